"""wardline bindcode: make a code by which a person binds an address, once, within 24 hours."""

import argparse
from pathlib import Path

from bot.app import system_clock
from bot.commands.password import find, in_store
from bot.commands.run import DATA, named
from bot.settings import SettingsError
from handlers.people import link_for, make_code
from sla.worded import Worded
from storage.base import UnitOfWork


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    summary = "make a code by which a person binds an address"
    parser = subparsers.add_parser("bindcode", help=summary, description=__doc__)
    parser.add_argument("person", metavar="STAFF", help="a person's staff number or id, as in people.toml")
    parser.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Print the code, and the link that does the same where the bot's name is known. Raises SettingsError for somebody
    without a staff number."""
    config = named(args.config, args.data)
    person = find(config, args.person)
    if not person.staff_number:
        raise SettingsError(
            Worded("{id} has no staff number in people.toml; without one a code cannot be used", id=person.id)
        )
    made: list[str] = []

    def make(uow: UnitOfWork) -> None:
        code = make_code(person, "command line", uow, system_clock().now())
        made.extend((code, link_for(person, code, uow)))

    in_store(config, args.data, make)
    print(f'{person.name}: send "绑定 {person.staff_number} {made[0]}" to the bot within 24 hours.')
    if made[1]:
        print(f"Or open this link within that time, on the phone with the account: {made[1]}")
    return 0
