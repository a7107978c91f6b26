"""wardline password: set a person's password for the web chat, read from the terminal or from standard input."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app import system_clock
from bot.commands.run import DATA, named
from bot.settings import SettingsError, read_settings
from bot.web.passwords import SHORTEST, hash_password
from sla.people import Person
from sla.worded import Worded
from storage.base import UnitOfWork
from storage.files import load_folder

if TYPE_CHECKING:
    from storage.writer import Store


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("password", help="set a person's password for the web chat", description=__doc__)
    add_person(parser)


def add_person(parser: argparse.ArgumentParser) -> None:
    """What every command about one person's log-in takes."""
    parser.add_argument("person", metavar="PERSON", help="a person's id or staff number, as in people.toml")
    parser.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Ask for it twice, or read one line where standard input is no terminal."""
    config = named(args.config, args.data)
    person = find(config, args.person)
    hashed = hash_password(_asked())
    now = system_clock().now()

    def set_it(uow: UnitOfWork) -> None:
        uow.accounts.set_password(person.id, hashed, now)
        uow.audit.add(now, "command line", "password", person.id)

    in_store(config, args.data, set_it)
    print(f"The password of {person.id} ({person.name}) is set.")
    return 0


def find(config: Path, name: str) -> Person:
    """The person with this id or staff number. Raises SettingsError when there is none."""
    people = load_folder(config)[0].people
    person = people.by_id.get(name) or people.by_staff_number.get(name)
    if person is None:
        raise SettingsError(
            Worded('people.toml names nobody "{name}"; its ids are: {ids}', name=name, ids=", ".join(people.by_id))
        )
    return person


def in_store(config: Path, data: Path, unit: Callable[[UnitOfWork], None]) -> None:
    """Run one unit of work in the store of this configuration, also beside a bot that runs, which waits meanwhile: for
    what is changed, and is done soon. Who only looks has `bot.gather.looked`."""
    with store_of(config, data) as store:
        store.writer.run_sync(unit)


@contextmanager
def store_of(config: Path, data: Path) -> "Iterator[Store]":
    """The store of this configuration, also beside a bot that runs."""
    from storage.writer import open_store

    settings = read_settings(config, data, os.environ)
    store = open_store(settings.database, settings.keys, alone=False)
    try:
        yield store
    finally:
        store.close()


def _asked() -> str:
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != password:
            raise SettingsError("the two passwords differ; nothing was changed")
    else:
        password = sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST:
        raise SettingsError(
            Worded("a password needs at least {shortest} characters; nothing was changed", shortest=SHORTEST)
        )
    return password
