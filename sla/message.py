"""The two envelopes: Inbound, what a channel hands in, and Notice, what it is to send.

Every channel makes the first and takes the second; nothing behind it knows which channel it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message; `ref` is the id under which `storage` keeps its bytes, None when it was refused.

    `size` is in bytes. `refused` names why the bytes were not kept ("too_big", "type", "unavailable"), or is empty.
    """

    name: str
    type: str
    size: int
    ref: str | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message or button press, as a channel read it.

    `key` is the provider's own id of it, unique in `channel`: the same key twice is the same message. `sender` is
    the address of the person in that channel, `conversation` where it was said (equal to `sender` in a private talk)
    and where answers go. `sent_at` is the channel's timestamp (aware), None where it gives none. `action` is the id
    of a pressed button ("ack:17"), empty for words. `reply_to` is the provider's id of the message answered to.
    `edits` is the key of the message whose words these replace. Messages with one `album` were sent as one. `quoted`
    are somebody else's words that were answered to, with the bot called to them. `origin` names whose words `quoted`
    are, or, where nothing is quoted, the forwarded `text`. `proven`: the channel vouches for the sender; a mail into
    which anybody may have written that address is not.
    """

    channel: str
    key: str
    sender: str
    conversation: str
    text: str
    sent_at: datetime | None = None
    sender_name: str = ""
    action: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    group: bool = False
    language: str = ""
    edits: str = ""
    album: str = ""
    quoted: str = ""
    origin: str = ""
    proven: bool = True


class Purpose(StrEnum):
    """Why a notice is sent; it decides how hard it is tried.

    PAGE must reach somebody: an unsure result is sent again, a refused one goes to the person's next address.
    REMINDER and BREACH likewise. ANSWER and INFO are not sent again after an unsure result; after a crash in the middle
    of a send they may come twice, since nobody knows whether they came at all.
    """

    PAGE = "page"
    REMINDER = "reminder"
    BREACH = "breach"
    ANSWER = "answer"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a notice. `action` is opaque to channels and at most 64 bytes (the Bot API's limit)."""

    label: str
    action: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person or a group can be reached: a channel and an address in it."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one recipient, in words that are final.

    `key` is stable (ticket, step, person): adding the same key twice is one notice. `addresses` are tried in order;
    the first is where it goes unless it fails. `person` is empty for groups and for senders nobody knows.
    `not_before` delays the first try. `sound` asks for an audible alert where the channel has one. `attachments` are
    files that were kept; the text names them, for channels that cannot show them. `changes` is the outbox row of a
    message that was sent to the same address: this one says nothing by itself, it shows `settles` in the place of the
    buttons there.
    """

    key: str
    purpose: Purpose
    addresses: tuple[Address, ...]
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    person: str = ""
    ticket: int | None = None
    not_before: datetime | None = None
    sound: bool = False
    attachments: tuple[Attachment, ...] = ()
    changes: int = 0
    settles: str = ""


def to_json_inbound(inbound: Inbound) -> dict[str, object]:
    """The inbound as plain JSON values; `from_json_inbound` is its inverse."""
    return {
        "channel": inbound.channel,
        "key": inbound.key,
        "sender": inbound.sender,
        "conversation": inbound.conversation,
        "text": inbound.text,
        "sent_at": inbound.sent_at.isoformat() if inbound.sent_at else None,
        "sender_name": inbound.sender_name,
        "action": inbound.action,
        "reply_to": inbound.reply_to,
        "attachments": to_json_attachments(inbound.attachments),
        "group": inbound.group,
        "language": inbound.language,
        "edits": inbound.edits,
        "album": inbound.album,
        "quoted": inbound.quoted,
        "origin": inbound.origin,
        "proven": inbound.proven,
    }


def from_json_inbound(value: Mapping[str, Any]) -> Inbound:
    """The inverse of `to_json_inbound`."""
    plain = dict(value)
    sent_at = plain.pop("sent_at")
    attachments = plain.pop("attachments")
    return Inbound(
        sent_at=datetime.fromisoformat(str(sent_at)) if sent_at else None,
        attachments=from_json_attachments(attachments),
        **plain,
    )


def to_json_attachments(attachments: Iterable[Attachment]) -> list[list[object]]:
    """Attachments as plain JSON values; `from_json_attachments` is its inverse."""
    return [[a.name, a.type, a.size, a.ref, a.refused] for a in attachments]


def from_json_attachments(values: Iterable[Iterable[Any]]) -> tuple[Attachment, ...]:
    """The inverse of `to_json_attachments`."""
    return tuple(Attachment(*item) for item in values)
