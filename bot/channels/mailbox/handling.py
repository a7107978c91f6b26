"""What becomes of each mail: kept as it came, read, and then taken as a message, dropped, or set aside. A mail that
cannot be dealt with hinders no other."""

import asyncio
import json
import logging
from datetime import datetime, timedelta

from bot.channels.base import House
from bot.channels.kinds import safe_name, type_of
from bot.channels.mail.letter import Attachment as Part
from bot.channels.mail.letter import Mail
from bot.channels.mail.reading import read_mail
from bot.channels.mailbox.answers import Answers
from bot.channels.mailbox.incoming import CHANNEL, bounced, inbound_of, why_dropped
from bot.channels.mailbox.proof import is_proven
from bot.channels.mailbox.signing import Signer
from bot.tables.mail import Box
from sla.message import Address, Attachment
from storage.base import StorageError

RAW = "message/rfc822"
FILES_MOST = 30
LARGE = 65536
"""Bytes above which a mail is read beside the loop."""
ASIDE_MOST = 50
SENT_LATELY = timedelta(days=3)

log = logging.getLogger(__name__)


class Handling:
    """Deals with the mails of all mailboxes. `own` are their addresses."""

    def __init__(self, house: House, signer: Signer, answers: Answers, own: frozenset[str]) -> None:
        self._house, self._signer, self._answers, self._own = house, signer, answers, own
        self._kept: dict[str, str] = {}

    async def handle(self, box: Box, place: str, at: datetime, raw: bytes, *, whole: bool) -> None:
        """Deal with a mail. `place` names it in its mailbox. Raises StorageError when it could not be kept: then it
        is still to be dealt with."""
        ref = self._kept.get(box.name, "").partition(" ")
        if ref[0] != place:  # what is tried again was kept the first time
            self._kept[box.name] = f"{place} {await self._house.keep_file(f'{place}.eml', RAW, raw)}"
            ref = self._kept[box.name].partition(" ")
        try:
            mail = await asyncio.to_thread(read_mail, raw) if len(raw) > LARGE else read_mail(raw)
            await self._as_kind(box, mail, place, ref[2], at, whole=whole)
        except StorageError:
            raise
        except Exception as error:  # the fence: one mail is not all mails
            log.exception("mail_crashed_on", extra={"place": place, "file": ref[2]})
            await self._set_aside(place, ref[2], type(error).__name__)

    async def _as_kind(self, box: Box, mail: Mail, place: str, ref: str, at: datetime, *, whole: bool) -> None:
        if mail.kind == "bounce":
            await self._bounced(mail, place)
        elif why := why_dropped(mail, self._own):
            self._house.refused(CHANNEL, "auto")
            log.info("mail_dropped", extra={"place": place, "why": why, "file": ref})
        elif mail.kind == "unreadable" or not mail.sender:
            await self._set_aside(place, ref, mail.reason or "no sender")
        else:
            files = await self._files(mail.attachments, whole=whole)
            proven = is_proven(mail.authentication_results, box.authserv, mail.sender)
            inbound = inbound_of(mail, at, self._signer, proven=proven, attachments=files)
            await self._house.take(inbound)
            log.info("mail_taken", extra={"place": place, "proven": proven, "file": ref})

    async def _files(self, parts: tuple[Part, ...], *, whole: bool) -> tuple[Attachment, ...]:
        """The files, kept under the type that their bytes show. Of a mail that was cut off none is whole."""
        found = []
        for number, part in enumerate(parts):
            kind, ending = type_of(part.content)
            name, size = safe_name(part.name, "attachment", ending), len(part.content)
            if not whole or size > self._house.max_file:
                found.append(Attachment(name, kind, size, refused="too_big"))
            elif number >= FILES_MOST:
                found.append(Attachment(name, kind, size, refused="unavailable"))
            else:
                found.append(Attachment(name, kind, size, await self._house.keep_file(name, kind, part.content)))
        return tuple(found)

    async def _bounced(self, mail: Mail, place: str) -> None:
        """Addresses that gave a mail of ours back are marked. Anybody can write such a notice: it has to bring back
        what we signed, or be about an address that we wrote to lately."""
        sure, others = bounced(mail, self._signer)
        lately = [address for address in others if await self._answers.was_sent(address, SENT_LATELY)]
        for address in dict.fromkeys((*sure, *lately)):
            await self._house.failed(Address(CHANNEL, address), f"mail came back ({mail.reason})")
        self._house.refused(CHANNEL, "bounce")
        log.warning("mail_bounced", extra={"place": place, "marked": len(sure) + len(lately)})

    async def _set_aside(self, place: str, ref: str, why: str) -> None:
        """Note the mail where an administrator finds it; its bytes are kept under `ref`."""
        self._house.refused(CHANNEL, "aside")
        log.error("mail_aside", extra={"place": place, "file": ref, "why": why})
        noted = json.loads(await self._house.get_mark("mail:aside") or "[]")
        entry = [place, ref, why[:200], self._house.now().isoformat()]
        await self._house.put_mark("mail:aside", json.dumps([*noted, entry][-ASIDE_MOST:]))
