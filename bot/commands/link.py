"""wardline link: make a link that logs one person into the web chat, once, within half an hour."""

import argparse
import os

from bot.app import system_clock
from bot.commands.password import add_person, find, in_store
from bot.commands.run import named
from bot.settings import read_settings
from bot.web.login import LINK_LIFE
from bot.web.passwords import new_token, token_hash
from storage.base import UnitOfWork


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("link", help="make a one-time link into the web chat", description=__doc__)
    add_person(parser)


def run(args: argparse.Namespace) -> int:
    """Print the link."""
    config = named(args.config, args.data)
    person = find(config, args.person)
    web = read_settings(config, args.data, os.environ).web
    token, now = new_token(), system_clock().now()

    def add(uow: UnitOfWork) -> None:
        uow.accounts.add_link(token_hash(token), person.id, now + LINK_LIFE)
        uow.audit.add(now, "command line", "link", person.id)

    in_store(config, args.data, add)
    print(f"{web.url or f'http://{web.host}:{web.port}'}/link/{token}")
    return 0
