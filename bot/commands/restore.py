"""wardline restore: put a copy in the place of the database. The bot must not run; the old database is kept aside."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from bot.settings import secret
from sla.toml import Reader
from storage.backup import restore
from storage.base import StorageError
from storage.texts import read_text

DATA = Path("wardline-data")
FILE = "wardline.sqlite3"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("restore", help="bring a copy back", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that wardline backup wrote")
    add_places(parser)


def add_places(parser: argparse.ArgumentParser) -> None:
    """The options that say where the database is."""
    parser.add_argument("--config", type=Path, help="folder of the configuration (default: DATA/config)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Check the copy and put it in place."""
    database = database_of(args.config, args.data, os.environ)
    aside = restore(args.file, database)
    print(f"{database} is now what {args.file} holds.")
    if aside:
        print(f"The database before it is kept as {aside}.")
    return 0


def database_of(config: Path | None, data: Path, environment: Mapping[str, str]) -> Path:
    """The SQLite file of a bot with these folders: WARDLINE_DATABASE_URL names it, or [storage] url, else it is in
    the folder of the data. Raises StorageError for PostgreSQL, which has better tools of its own."""
    file = (config or data / "config") / "wardline.toml"
    written = Reader(read_text(file, str(file)), str(file)) if file.exists() else None
    named = written.table("storage", required=False).text("url", "") if written else ""
    url = secret("WARDLINE_DATABASE_URL", environment) or named
    if not url:
        return data / FILE
    scheme, _, path = url.partition(":///")
    if not scheme.startswith("sqlite"):
        raise StorageError(
            "the database is PostgreSQL: copy it with pg_dump -Fc, and bring it back with pg_restore; "
            "this command knows SQLite files"
        )
    return Path(path)
