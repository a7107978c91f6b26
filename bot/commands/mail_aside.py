"""`wardline mail aside`: the mails that nobody dealt with, with the reason; --save writes them down as they came,
--take has those that were held back taken after all."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.app import system_clock
from bot.channels.kinds import safe_name
from bot.channels.mail.reading import read_mail
from bot.channels.mailbox.ageing import ASIDE
from bot.channels.mailbox.aside import PAGE, Aside, asides_in
from bot.channels.mailbox.incoming import files_of, inbound_of
from bot.channels.mailbox.signing import KEY_NAME, Signer
from bot.commands.beside import remark
from bot.commands.password import store_of
from bot.commands.run import DATA, existing
from bot.settings import SettingsError
from sla.worded import Worded
from storage.base import UnitOfWork
from storage.files import load_folder
from storage.vault import secret_in

if TYPE_CHECKING:
    from storage.writer import Store


def run(args: argparse.Namespace) -> int:
    """A line for each, oldest first: when it was set aside, its name, who wrote one that was held back, why. Times are
    those of the site. Raises OSError where the folder cannot be written to, SettingsError for a name of none."""
    data = args.data or DATA
    config = existing(args.config, data)
    site = load_folder(config)[0].site
    zone, now = ZoneInfo(site.timezone), system_clock().now()
    with store_of(config, data) as store:
        asides = store.read_sync(_asides)
        if not asides and not args.take:
            remark("no mail is set aside")
        for aside in _chosen(asides, args.take) if args.take else asides:
            raw = store.read_sync(partial(_kept, ref=aside.ref))
            what = _taken(store, aside, raw, site.max_file, now) if args.take else _why(aside, raw)
            print(f"{aside.noted.astimezone(zone):%Y-%m-%d %H:%M}  {aside.place}.eml  {what}")
            if args.save and raw is not None:
                _save(args.save, aside, raw)
    return 0


def _kept(uow: UnitOfWork, ref: str) -> bytes | None:
    found = uow.files.get(ref)
    return found[2] if found else None


def _asides(uow: UnitOfWork) -> list[Aside]:
    found, last = list[Aside](), ""
    while page := uow.marks.named(ASIDE, last, PAGE):
        last = page[-1][0]
        found += [aside for name, value in page for aside in asides_in(name, value)]
    return sorted(found, key=lambda aside: (aside.noted, aside.place))


def _chosen(asides: Sequence[Aside], names: Sequence[str]) -> list[Aside]:
    """Those of these names, with or without their ending; * stands for any signs. Raises SettingsError."""
    wanted = [name.removesuffix(".eml") for name in names]
    for name in wanted:
        if not any(fnmatch(aside.place, name) for aside in asides):
            raise SettingsError(
                Worded('no mail that was set aside is called "{name}"; `wardline mail aside` names them', name=name)
            )
    return [aside for aside in asides if any(fnmatch(aside.place, name) for name in wanted)]


def _why(aside: Aside, raw: bytes | None) -> str:
    if raw is None:
        return f"{aside.why} (no longer kept)"
    return f"held back, from {read_mail(raw).sender}: {aside.why}" if aside.held else aside.why


def _taken(store: "Store", aside: Aside, raw: bytes | None, most: int, now: datetime) -> str:
    """Take a mail that was held back, as one that nothing proves; the bot handles it within half a minute. What came
    of it. It is read before the bot has to wait, and each has a unit of its own: they may be hundreds."""
    if raw is None:
        return "not taken: it is no longer kept"
    if aside.came is None:
        return f"not taken, it cannot be read: {aside.why}"
    mail = read_mail(raw)
    signer = Signer(bytes.fromhex(store.read_sync(partial(secret_in, name=KEY_NAME)) or ""))
    inbound = inbound_of(mail, aside.came, signer, proven=False, attachments=())
    found = tuple(files_of(mail.attachments, most, whole=aside.whole))

    def take(uow: UnitOfWork) -> int | None:
        files = [
            file if content is None else replace(file, ref=uow.files.add(file.name, file.type, content, now))
            for file, content in found
        ]
        uow.marks.remove(aside.name)
        row = uow.inbox.add(replace(inbound, attachments=tuple(files)), now)
        if row is not None:
            uow.audit.add(now, "command line", "mail taken", aside.place)
            return row
        for file in files:  # somebody else was first, perhaps just now: theirs are kept
            if file.ref:
                uow.files.remove(file.ref)
        return None

    row = store.writer.run_sync(take)
    return f"{'taken' if row else 'was taken before'}, from {mail.sender}"


def _save(folder: Path, aside: Aside, raw: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / safe_name(aside.place, "mail", ".eml")).write_bytes(raw)
