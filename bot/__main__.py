"""The command line: `wardline COMMAND`. Each command lives in a module of its own, imported only when it is called."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from importlib import import_module, metadata

from sla.errors import ContractError, SlaError
from sla.worded import Worded

COMMANDS: Mapping[str, tuple[str, str]] = {
    # name: (module, what it does)
    "run": ("bot.commands.run", "start the bot"),
    "demo": ("bot.commands.demo", "play one night of a hospital in fast-forward, without any set-up"),
    "simulate": ("bot.commands.simulate", "live through a year by chance, and check what must always hold"),
    "init": ("bot.commands.init", "write a sample configuration to begin with"),
    "check": ("bot.commands.check", "check a configuration folder or one contract file"),
    "schema": ("bot.commands.schema", "print the JSON Schema of contract files and of the others"),
    "channel": ("bot.commands.channel", "try a channel's credentials, clock and callback, and say what to mend"),
    "mail": ("bot.commands.mail", "print what raw mails say: sender, new words, attachments, kind"),
    "due": ("bot.commands.due", "print the clocks that a report or an event starts"),
    "worktime": ("bot.commands.worktime", "count service time under any calendar, for other programs"),
    "read": ("bot.commands.read", "print what messages mean, for other programs"),
    "when": ("bot.commands.read", "print the instants that messages name, for other programs"),
    "redact": ("bot.commands.read", "print what pages and logs may show of texts, for other programs"),
    "intake": ("bot.commands.intake", "show how well messages are read: what people corrected, labelled lines"),
    "backup": ("bot.commands.backup", "copy the data while the bot runs"),
    "keys": ("bot.commands.keys", "make, list and rotate the keys of stored texts"),
    "restore": ("bot.commands.restore", "bring a copy back"),
    "outages": ("bot.commands.outages", "print downtime and department-level impact against the quotas"),
    "duties": ("bot.commands.duties", "print when duties are due, and how each stands"),
    "export": ("bot.commands.export", "print everything on record about a ticket"),
    "explain": ("bot.commands.explain", "tell how each deadline of a ticket came about"),
    "ledger": ("bot.commands.ledger", "verify or list the ledger of breaches and waivers"),
    "figures": ("bot.commands.figures", "print how the contracts were kept in a period, or the score of a year"),
    "bindcode": ("bot.commands.bindcode", "make a code by which a person binds a chat address"),
    "password": ("bot.commands.password", "set a person's password for the web chat"),
    "link": ("bot.commands.link", "make a one-time link into the web chat"),
}

OTHER_NAMES: Mapping[str, str] = {
    # what is looked for under another name: where it is
    "score": "figures --score",
    "report": "figures",
    "quota": "outages",
    "verify": "ledger verify",
    "waivers": "ledger list",
    "corrections": "intake corrections",
    "labels": "intake score",
    "start": "run",
    "validate": "check",
}

PROBLEMS_FOUND = 1
WRONG_USE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` names; the exit code: 0 well, 1 problems found, 2 wrong use or a failed start."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    chosen, language = next((word for word in arguments if not word.startswith("-")), ""), ""
    try:
        args = _read(chosen, arguments)
        language = getattr(args, "lang", "")
        return int(import_module(COMMANDS[args.command][0]).run(args))
    except ContractError as error:
        _tell(language, *(problem.told for problem in error.problems))
        return PROBLEMS_FOUND
    except (SlaError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            return _reader_gone()
        _tell(language, partial(_told, error))
        return WRONG_USE
    except KeyboardInterrupt:
        return 130


def _read(chosen: str, arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments of the chosen command; what it does not know is answered with its own usage."""
    parser, of_command = _parser(chosen)
    if chosen and chosen not in COMMANDS:
        parser.error(f'there is no command "{chosen[:40]}"; {_meant(chosen[:40])}')
    args, unknown = parser.parse_known_args(arguments)
    if unknown:
        (of_command or parser).error(f"not understood: {' '.join(unknown)[:200]}")
    return args


def _meant(word: str) -> str:
    """The command that was probably meant, as a question, else where they are listed."""
    close = get_close_matches(word.lower(), (*COMMANDS, *OTHER_NAMES), n=1)
    if not close:
        return "wardline --help lists them"
    return f'did you mean "wardline {OTHER_NAMES.get(close[0], close[0])}"?'


def _parser(chosen: str) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser | None]:
    """The parser of all commands, and that of the chosen one, which alone knows its arguments."""
    parser = argparse.ArgumentParser(prog="wardline", description="Fault intake, contract clocks and paging by chat.")
    parser.add_argument("--version", action="version", version=f"wardline {_version()}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, summary) in COMMANDS.items():
        if name == chosen:
            import_module(module).add_parser(subparsers)
        elif name not in subparsers.choices:
            subparsers.add_parser(name, help=summary)
    return parser, subparsers.choices.get(chosen)


def _version() -> str:
    try:
        return metadata.version("wardline")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _tell(language: str, *lines: Callable[[Callable[[str], str]], str]) -> None:
    from bot.commands.beside import tell  # the wording is read where there is something to say

    tell(language, *lines)


def _told(error: Exception, in_words: Callable[[str], str]) -> str:
    if isinstance(error, OSError) and error.strerror:
        why = Worded(error.strerror)
        return in_words(Worded("{path}: {why}", path=error.filename, why=why) if error.filename else why)
    return in_words(error.args[0] if error.args and isinstance(error.args[0], str) else str(error))


def _reader_gone() -> int:
    """The reader of a pipe left (`wardline read | head`): end quietly, and leave nothing to be flushed at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
