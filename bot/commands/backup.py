"""wardline backup: copy the database to a file, also while the bot runs. The keys are not in it: keep those too."""

import argparse
import os
from pathlib import Path

from bot.commands.restore import add_places, database_of
from storage.backup import back_up


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("backup", help="copy the data while the bot runs", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="file to write; it must not exist")
    add_places(parser)


def run(args: argparse.Namespace) -> int:
    """Write the copy and check it."""
    database = database_of(args.config, args.data, os.environ)
    back_up(database, args.file)
    print(f"{database} was copied to {args.file} and checked.")
    print("The texts in it can be read only with the keys (WARDLINE_KEYS or the key file): keep those elsewhere.")
    return 0
