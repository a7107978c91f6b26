"""wardline keys: another key for the stored texts. `new` makes one, to be put in front of the ring; `list` says how
many texts lie under which key; `rotate` encrypts all of them anew under the first, so that the others can go. Where
several processes share the database, start them with the new ring before."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.app import system_clock
from bot.commands.run import DATA, existing
from bot.settings import read_settings
from storage.crypt import generate_key
from storage.rekey import count_by_key, encrypt_anew, forget_other_keys

if TYPE_CHECKING:
    from storage.writer import Store

T = TypeVar("T")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The three commands and their options."""
    parser = subparsers.add_parser("keys", help="make, list and rotate the keys of stored texts", description=__doc__)
    kinds = parser.add_subparsers(dest="what", required=True, metavar="new|list|rotate")
    made = kinds.add_parser("new", help="print a new key; nothing is stored")
    made.add_argument("--id", help="its name in the ring (default: k and today's date)")
    for name, about in (
        ("list", "how many texts lie under which key"),
        ("rotate", "encrypt all texts anew under the first key of the ring"),
    ):
        each = kinds.add_parser(name, help=about)
        each.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
        each.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key")


def run(args: argparse.Namespace) -> int:
    """Make, count or rotate. Raises KeyProblem for an unusable ring, StorageError while a bot has the file."""
    if args.what == "new":
        print(generate_key(args.id or f"k{system_clock().now():%Y%m%d}"))
        return 0
    return _in_store(args, _list if args.what == "list" else _rotate)


def _in_store(args: argparse.Namespace, work: "Callable[[Store], int]") -> int:
    from storage.writer import open_store  # takes half a second, and `new` needs none of it

    settings = read_settings(existing(args.config, args.data), args.data, os.environ)
    store = open_store(settings.database, settings.keys, alone=args.what == "rotate")
    try:
        return work(store)
    finally:
        store.close()


def _list(store: "Store") -> int:
    for id, texts in store.writer.run_sync(count_by_key).items():
        print(f"{id}: {texts} texts")
    return 0


def _rotate(store: "Store") -> int:
    done = 0
    while found := store.writer.run_sync(encrypt_anew):
        done += found
    unused = store.writer.run_sync(forget_other_keys)
    first, now = next(iter(store.writer.run_sync(count_by_key))), system_clock().now()
    store.writer.run_sync(lambda uow: uow.audit.add(now, "command line", "keys rotate", first, f"{done} texts"))
    print(f'{done} texts were encrypted anew; all of them lie under the key "{first}".')
    if unused:
        print(f"No longer needed for this database: {', '.join(unused)}. Copies made before still need them.")
    return 0
