"""What becomes of each mail: kept as it came, read, and then taken as a message, dropped, or set aside. A mail that
cannot be dealt with hinders no other. Several go this way side by side, so that they share commits."""

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.channels.base import House
from bot.channels.mail.letter import Attachment as Part
from bot.channels.mail.letter import Mail
from bot.channels.mail.reading import read_mail
from bot.channels.mailbox.ageing import RAW
from bot.channels.mailbox.answers import HOUR, Answers, Ways
from bot.channels.mailbox.aside import Aside
from bot.channels.mailbox.crowd import Crowd, Verdict
from bot.channels.mailbox.incoming import CHANNEL, bounced, files_of, inbound_of, is_own_system, why_dropped
from bot.channels.mailbox.proof import is_proven
from bot.channels.mailbox.signing import Signer
from bot.tables.mail import Box
from handlers.intake.text import is_chinese
from sla.message import Address, Attachment
from storage.base import StorageError

LARGE = 65536
"""Bytes above which a mail is read beside the loop."""
TOLD_MOST = 10
"""So many mails that cannot be read are told of in an hour; further ones are noted and counted: it is a flood."""
SENT_LATELY = timedelta(days=3)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Come:
    """A mail as it came: its place names it in its mailbox, `at` is when it reached the own server, `whole` whether
    these are all of its bytes."""

    place: str
    at: datetime
    raw: bytes
    whole: bool


class Handling:
    """Deals with the mails of all mailboxes. `own` are their addresses; `crowd` admits senders whom nothing proves."""

    def __init__(
        self, house: House, signer: Signer, answers: Answers, ways: Ways, own: frozenset[str], crowd: Crowd
    ) -> None:
        self._house, self._signer, self._answers, self._ways, self._own = house, signer, answers, ways, own
        self._crowd, self._crowded = crowd, ""
        self._told = deque[datetime](maxlen=TOLD_MOST)
        self._kept: dict[str, dict[str, str]] = {}

    async def handle(self, box: Box, mails: Sequence[Come]) -> dict[str, StorageError]:
        """Deal with mails of a mailbox: all are kept as they came; then each sender's are dealt with in their order,
        beside those of others. Which could not be kept, by their place: they are still to be dealt with."""
        failed: dict[str, StorageError] = {}
        before = self._kept.get(box.name, {})  # what is tried again was kept the first time
        kept = self._kept[box.name] = {mail.place: before[mail.place] for mail in mails if mail.place in before}

        async def keep(mail: Come) -> None:
            try:
                if mail.place not in kept:
                    kept[mail.place] = await self._house.keep_file(f"{mail.place}.eml", RAW, mail.raw)
            except StorageError as error:
                failed[mail.place] = error

        await asyncio.gather(*map(keep, mails))
        queues: dict[str, list[tuple[Come, Mail | Exception]]] = {}
        for come in mails:
            if come.place in kept:
                read = await _read(come.raw)
                sender = read.sender if isinstance(read, Mail) else ""
                queues.setdefault(sender, []).append((come, read))

        async def deal(queue: Sequence[tuple[Come, Mail | Exception]]) -> None:
            for come, read in queue:
                try:
                    await self._deal(box, come, read, kept[come.place])
                except StorageError as error:
                    failed[come.place] = error
                    return  # what the same person wrote later waits for it

        await asyncio.gather(*map(deal, queues.values()))
        return failed

    async def _deal(self, box: Box, come: Come, read: Mail | Exception, ref: str) -> None:
        """Deal with one mail, whose bytes are kept under `ref`."""
        try:
            if isinstance(read, Exception):
                raise read
            await self._as_kind(box, read, come, ref)
        except StorageError:
            raise
        except Exception as error:  # the fence: one mail is not all mails
            log.exception("mail_crashed_on", extra={"place": come.place, "file": ref})
            await self._set_aside(box, come, ref, type(error).__name__)

    async def _as_kind(self, box: Box, mail: Mail, come: Come, ref: str) -> None:
        place = come.place
        if mail.kind == "bounce":
            await self._bounced(box, mail, place)
        elif why := why_dropped(mail, self._own):
            self._house.refused(CHANNEL, "auto")
            log.info("mail_dropped", extra={"place": place, "why": why, "file": ref})
        elif mail.kind == "unreadable" or not mail.sender:
            await self._set_aside(box, come, ref, mail.reason or "no sender")
        else:
            await self._take(box, mail, come, ref)

    async def _take(self, box: Box, mail: Mail, come: Come, ref: str) -> None:
        """Take it as a message, unless there are too many like it. Who answers to a mail that was sent to them has it,
        which is proof enough for that."""
        proven = is_proven(mail.authentication_results, box.authserv, mail.sender)
        inbound = inbound_of(mail, come.at, self._signer, proven=proven, attachments=())
        if not proven and not inbound.reply_to:
            verdict = await self._crowd.admits(mail.sender, inbound.key, come.at)
            if verdict.why:
                await self._hold_back(box, mail, come, ref, verdict)
                return
        files = await self._files(mail.attachments, whole=come.whole)
        await self._ways.came(mail.sender, box.name)
        await self._house.take(replace(inbound, attachments=files))
        log.info("mail_taken", extra={"place": come.place, "proven": proven, "file": ref})

    async def _hold_back(self, box: Box, mail: Mail, come: Come, ref: str, verdict: Verdict) -> None:
        """Count it and note it where administrators find it and can have it taken; they hear of it once an hour. Its
        sender hears that nobody was called: it may be an emergency, and somebody else may have used up their share."""
        why, now = verdict.why, self._house.now()
        self._house.refused(CHANNEL, "unproven")
        log.warning("mail_held_back", extra={"place": come.place, "file": ref, "why": why})
        aside = Aside(come.place, ref, why, now, held=True, came=come.at, whole=come.whole)
        await self._house.put_mark(aside.name, aside.text())
        hour = f"{now:%Y-%m-%dT%H}"
        if self._crowded != hour:
            await self._house.aside(CHANNEL, f"unproven:{hour}", f"{box.address}, {come.at:%Y-%m-%d %H:%M %z}", why)
            self._crowded = hour
        await self._ways.came(mail.sender, box.name)
        if verdict.is_to_hear:
            language = "zh" if is_chinese(f"{mail.subject} {mail.text}") else "en"
            await self._house.not_taken(Address(CHANNEL, mail.sender), language)

    async def _files(self, parts: tuple[Part, ...], *, whole: bool) -> tuple[Attachment, ...]:
        """The files, kept as far as they are to be."""
        found = []
        for file, content in files_of(parts, self._house.max_file, whole=whole):
            ref = None if content is None else await self._house.keep_file(file.name, file.type, content)
            found.append(replace(file, ref=ref))
        return tuple(found)

    async def _bounced(self, box: Box, mail: Mail, place: str) -> None:
        """Addresses that gave a mail of ours back are marked. Anybody can write such a notice, and a mark puts a page
        elsewhere: it has to bring back what we signed, or to come provably from the own mail system, about an address
        that we wrote to lately. Any other is counted and marks nobody."""
        sure, others = bounced(mail, self._signer)
        ours = is_own_system(mail, box)
        lately = [address for address in others if ours and await self._answers.was_sent(address, SENT_LATELY)]
        marked = tuple(dict.fromkeys((*sure, *lately)))
        for address in marked:
            await self._house.failed(Address(CHANNEL, address), f"mail came back ({mail.reason})")
        self._house.refused(CHANNEL, "bounce" if marked else "bounce_of_nothing")
        log.warning("mail_bounced", extra={"place": place, "marked": len(marked)})

    async def _set_aside(self, box: Box, come: Come, ref: str, why: str) -> None:
        """Note the mail where an administrator finds it, and tell them once; its bytes are kept under `ref`."""
        self._house.refused(CHANNEL, "aside")
        place = come.place
        log.error("mail_aside", extra={"place": place, "file": ref, "why": why})
        now = self._house.now()
        aside = Aside(place, ref, why, now)
        await self._house.put_mark(aside.name, aside.text())
        if len(self._told) < TOLD_MOST or now - self._told[0] >= HOUR:
            self._told.append(now)
            key = hashlib.sha256(come.raw).hexdigest()[:24]  # the same however it is numbered
            await self._house.aside(CHANNEL, key, f"{box.address}, {come.at:%Y-%m-%d %H:%M %z}", why)


async def _read(raw: bytes) -> Mail | Exception:
    """What the mail says, or what went wrong with it."""
    try:
        return await asyncio.to_thread(read_mail, raw) if len(raw) > LARGE else read_mail(raw)
    except Exception as error:  # noqa: BLE001 - it is set aside with it
        return error
