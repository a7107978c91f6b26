"""`wardline schema`: the JSON Schema by which editors complete and check contract files and others, or their keys."""

import argparse
from pathlib import Path

from bot.settings import SettingsError
from sla.worded import Worded
from storage.schemas import FOLDER, READS, page_of, schema_text, write_schemas


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command's arguments."""
    parser = subparsers.add_parser(
        "schema", help="print the JSON Schema of contract files, and of others", description=__doc__
    )
    parser.add_argument("--of", choices=sorted(READS), default="contract", help="which file (default: contract)")
    parser.add_argument("--table", action="store_true", help="print the keys and what they mean, as Markdown")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the table")
    parser.add_argument("--write", metavar="DIR", type=Path, help="write the schemas into a configuration folder")


def run(args: argparse.Namespace) -> int:
    """Print or write it. Raises SettingsError for a folder that holds no configuration."""
    if args.write:
        if not (args.write / "wardline.toml").is_file():
            raise SettingsError(
                Worded("{write} is no folder of a configuration; wardline init {write} makes one", write=args.write)
            )
        write_schemas(args.write)
        print(f"The schemas are in {args.write / FOLDER}.")
    elif args.table:
        print(page_of(args.of, args.lang))
    else:
        print(schema_text(args.of), end="")
    return 0
