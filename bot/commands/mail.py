"""`wardline mail show FILE…`: what the mail channel makes of raw mails, for trying out and for measuring.
`wardline mail aside`: those that it could not read, or held back."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.channels.mail.letter import Mail
from bot.channels.mail.reading import read_mail
from bot.commands.beside import remark
from sla.worded import Worded

STDIN = "-"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command's arguments."""
    parser = subparsers.add_parser("mail", help="print what raw mails say", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True, metavar="show|aside")
    show = parts.add_parser("show", help="print sender, subject, new words, attachments and kind of each")
    show.add_argument("files", nargs="+", metavar="FILE", help="a raw mail, a folder of them, or - for one on stdin")
    show.add_argument(
        "--json", action="store_true", help="print a line of JSON for each mail instead of a page to read"
    )
    aside = parts.add_parser("aside", help="list the mails that could not be read or were held back, save or take them")
    aside.add_argument("--save", type=Path, metavar="FOLDER", help="write each mail into this folder, as it came")
    aside.add_argument(
        "--take", nargs="+", metavar="NAME", help="have mails that were held back taken; * stands for any signs"
    )
    aside.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
    aside.add_argument("--data", type=Path, help="folder of the database and the key (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Print each mail, in the order given; the files of a folder in that of their names. 0, whatever is in them. Raises
    OSError for a file that cannot be read."""
    if args.part == "aside":
        from bot.commands import mail_aside  # show needs no database

        return mail_aside.run(args)
    first = True
    for name, raw in raw_mails(args.files):
        mail = read_mail(raw)
        if args.json:
            print(json.dumps(as_json(name, mail), ensure_ascii=False))
        else:
            print(("" if first else "\n") + "\n".join(page(name, mail)))
        first = False
    if first:
        remark(Worded("there is no mail in {files}", files=", ".join(args.files)))
    return 0


def raw_mails(files: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each raw mail; hidden files of a folder are none."""
    for name in files:
        path = Path(name)
        if name == STDIN:
            yield STDIN, sys.stdin.buffer.read()
        elif path.is_dir():
            yield from (
                (str(each), each.read_bytes())
                for each in sorted(path.rglob("*"))
                if each.is_file() and not each.name.startswith(".")
            )
        else:
            yield name, path.read_bytes()


def as_json(name: str, mail: Mail) -> dict[str, object]:
    """The mail as other programs read it."""
    return {
        "file": name,
        "from": mail.sender,
        "subject": mail.subject,
        "text": mail.text,
        "quoted": mail.quoted,
        "attachments": [
            {"name": each.name, "type": each.type, "bytes": len(each.content)} for each in mail.attachments
        ],
        "kind": mail.kind,
        "message_id": mail.message_id,
        "references": list(mail.references),
    }


def page(name: str, mail: Mail) -> Iterator[str]:
    """The mail as a person reads it."""
    yield name
    yield f"  kind      {mail.kind}" + (f" ({mail.reason})" if mail.reason else "")
    yield f"  from      {' '.join(each for each in (mail.sender_name, f'<{mail.sender}>') if each)}"
    yield f"  subject   {mail.subject}"
    for address in mail.failed:
        yield f"  failed    {address}"
    for each in mail.attachments:
        yield f"  attached  {each.name or '(no name)'} · {each.type} · {len(each.content)} bytes"
    if mail.quoted:
        yield "  history   is left out below"
    yield from (f"    {line}" for line in mail.text.splitlines())
