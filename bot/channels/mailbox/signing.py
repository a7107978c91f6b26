"""What is ours is signed: the ids of mails that we sent, and the links below them.

An id names the ticket and the row of the outbox, and carries a tag of the address it went to: an answer to it finds its
ticket, a bounce of it shows that it is one, and nobody makes up either. A link carries what it does and for whom.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.base import ChannelError, House

KEY_NAME = "mail:key"
LEASE = timedelta(seconds=30)
LOOK_SECONDS, LOOKS = 0.1, 100
TOKEN_MOST = 2000
_ID = re.compile(r"<wl\.(\d{1,9})\.(\d{1,18})\.([0-9a-f]{8})\.([0-9a-f]{24})@[^<>\s]{1,255}>")


@dataclass(frozen=True, slots=True)
class Own:
    """One of our mails: its ticket (0: none), the row it was (0: the root of a ticket's thread), whom it went to."""

    ticket: int
    row: int
    tag: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a link does: the action of a button, under its label, for whom it was sent to."""

    address: str
    action: str
    label: str
    ticket: int
    message_id: str
    until: datetime
    language: str


class Signer:
    """Signs and reads; `key` is shared by the processes over one database."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def message_id(self, ticket: int, row: int, address: str, domain: str) -> str:
        """The id of a mail; the same for the same row and address, so that a second try is seen to be one."""
        named = f"wl.{ticket}.{row}.{tag_of(address)}"
        return f"<{named}.{self._mac('id', named)[:24]}@{domain}>"

    def root(self, ticket: int, domain: str) -> str:
        """The id that every mail about a ticket refers to, so that mail programs show them as one talk."""
        return self.message_id(ticket, 0, "", domain)

    def own(self, message_id: str) -> Own | None:
        """What of ours the id names; None when it is not ours."""
        found = _ID.fullmatch(message_id)
        if found is None:
            return None
        named = f"wl.{found[1]}.{found[2]}.{found[3]}"
        if not hmac.compare_digest(self._mac("id", named)[:24], found[4]):
            return None
        return Own(int(found[1]), int(found[2]), found[3])

    def owns_in(self, text: str) -> list[Own]:
        """Those of our ids that stand anywhere in a text."""
        return [own for found in _ID.finditer(text) if (own := self.own(found[0]))]

    def token(self, wish: Wish) -> str:
        """The wish as the last part of a link."""
        values = [
            wish.address,
            wish.action,
            wish.label,
            wish.ticket,
            wish.message_id,
            int(wish.until.timestamp()),
            wish.language,
        ]
        packed = base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).decode().rstrip("=")
        return f"{packed}.{self._mac('link', packed)[:32]}"

    def wish(self, token: str, now: datetime) -> Wish | None:
        """What the link does; None when it is not ours, or over."""
        packed, _, mac = token[:TOKEN_MOST].partition(".")
        if not hmac.compare_digest(self._mac("link", packed)[:32].encode(), mac.encode("utf-8", "replace")):
            return None
        try:
            address, action, label, ticket, message_id, until, language = json.loads(
                base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
            )
        except (ValueError, binascii.Error):  # an older form of ours
            return None
        wish = Wish(address, action, label, ticket, message_id, datetime.fromtimestamp(until, now.tzinfo), language)
        return wish if now < wish.until else None

    def _mac(self, purpose: str, text: str) -> str:
        return hmac.new(self._key, f"{purpose}:{text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def tag_of(address: str) -> str:
    """An address as it is told apart in an id, without being shown."""
    return hashlib.sha256(address.lower().encode()).hexdigest()[:8]


def is_of_wardline(message_id: str) -> bool:
    """Whether some Wardline sent it, this one or another: then it is no person's."""
    return _ID.fullmatch(message_id) is not None


async def signer_of(house: House) -> Signer:
    """The signer with the key of this house, made by the first who needs it. Raises StorageError, ChannelError."""
    for _ in range(LOOKS):
        kept = await house.vault.get(KEY_NAME)
        if kept is not None:
            return Signer(bytes.fromhex(kept))
        fence = await house.lease.acquire(KEY_NAME, house.owner, house.now(), LEASE)
        if fence is not None:
            try:
                if await house.vault.get(KEY_NAME) is None:
                    await house.vault.put(KEY_NAME, secrets.token_hex(32))
            finally:
                await house.lease.release(KEY_NAME, house.owner, fence)
            continue
        await asyncio.sleep(LOOK_SECONDS)
    raise ChannelError("not_sent", "another process has been making the key for too long")
