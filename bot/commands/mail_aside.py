"""`wardline mail aside`: the mails that could not be read, with the reason; --save writes them down as they came."""

import argparse
import json
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.channels.kinds import safe_name
from bot.channels.mailbox.ageing import ASIDE
from bot.commands.password import in_store
from bot.commands.run import DATA, existing
from storage.base import UnitOfWork
from storage.files import load_folder


def run(args: argparse.Namespace) -> int:
    """A line for each of the latest, oldest first: when it was set aside, its name, why. Times are those of the site.
    Raises OSError where the folder cannot be written to."""
    data = args.data or DATA
    config = existing(args.config, data)
    zone = ZoneInfo(load_folder(config)[0].site.timezone)
    found: list[tuple[str, str, str, bytes | None]] = []

    def look(uow: UnitOfWork) -> None:
        for place, ref, why, at in json.loads(uow.marks.get(ASIDE) or "[]"):
            kept = uow.files.get(ref)
            found.append((place, why, at, kept[2] if kept else None))

    in_store(config, data, look)
    for place, why, at, raw in found:
        gone = "" if raw is not None else " (no longer kept)"
        print(f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M}  {place}.eml  {why}{gone}")
        if args.save and raw is not None:
            args.save.mkdir(parents=True, exist_ok=True)
            (args.save / safe_name(place, "mail", ".eml")).write_bytes(raw)
    return 0
