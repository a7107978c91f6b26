"""`wardline init DIR`: a sample configuration to begin with, and a key for the stored texts beside it."""

import argparse
import os
import sys
from pathlib import Path

from sla.errors import SlaError
from sla.worded import Worded
from storage.crypt import generate_key
from storage.schemas import initial_files, write_schemas

KEYS = "keys"
"""The key file's name within the folder; wardline.toml names it as storage.key_file."""
KEY_ENTRY = f"""
[storage]
# 加密消息内容的密钥文件，相对于本文件夹；请另行备份：没有它，数据无法读出。
# The key file, relative to this folder. Keep a copy elsewhere: without it the data cannot be read.
key_file = "{KEYS}"
"""


class FolderInUse(SlaError):
    """The folder holds something already; nothing was written."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command's arguments."""
    parser = subparsers.add_parser("init", help="write a sample configuration")
    parser.add_argument("folder", metavar="DIR", type=Path, help="a folder that is empty or does not exist yet")


def run(args: argparse.Namespace) -> int:
    """Writes the sample and says what comes next. Raises FolderInUse where there is something already."""
    folder: Path = args.folder
    write_sample(folder)
    print(next_steps(folder))
    return 0


def write_sample(folder: Path) -> None:
    """The sample's files and a fresh key (readable by its owner alone). Raises FolderInUse and OSError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse(
            Worded("{folder} is not empty; name a folder that is empty or does not exist yet", folder=folder)
        )
    for name, text in initial_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        last = KEY_ENTRY if name == "wardline.toml" else ""
        path.write_text(text + last, encoding="utf-8")
    write_schemas(folder)
    write_key(folder / KEYS)


def write_key(path: Path) -> None:
    """A new key. The file never exists with wider rights than its owner's; one that is there is left alone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(generate_key() + "\n")


def next_steps(folder: Path) -> str:
    """What to do with the new folder."""
    return f"""\
A sample configuration is in {folder}:
  wardline.toml    the hospital, the channels, the heartbeat
  people.toml      who is who, and where each can be reached
  rota.toml        who is on call, and whom to page next
  catalogue.toml   systems and departments by the names that people use
  contracts/       the service contracts · holidays/ the years that are known
  schema/          what editors know of these files, to complete and check them
  {KEYS:<16} the key that encrypts stored texts: keep a copy elsewhere, show it to nobody

Next:
  1. Put in your own people, rota and contracts; secrets go into the environment (see wardline.toml).
  2. {_command()} check {folder}
  3. {_command()} run {folder}"""


def _command() -> str:
    return Path(sys.argv[0]).name if Path(sys.argv[0]).name.startswith("wardline") else "wardline"
