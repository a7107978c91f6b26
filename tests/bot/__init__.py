"""The process, run for real on loopback: its own web server, a real store, a clock that the test moves."""
