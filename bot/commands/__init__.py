"""One file a command, each with `add_parser(subparsers)` and `run(args) -> int`; imported only when it is called."""
