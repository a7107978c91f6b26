"""The fields of a call to an Inbound. Pure; WeCom and Official Accounts name them alike.

What a person wrote, said, showed or pressed is a message; what merely happened (somebody left, a page was viewed) is
none. A kind of message that does not exist yet is taken without words, so that the person can be told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.channels.weixin.envelope import Refusal, text_of
from sla.message import Attachment, Inbound

Fields = Mapping[str, Any]
ID_MOST = 256
FILES = {"image": "picture", "voice": "voice", "video": "video", "shortvideo": "video", "file": "file"}
"""Kinds with one file, and the name that it gets where it has none."""
GREETED = "subscribe"
"""Not enter_agent, which comes whenever a member opens the application."""
PRESSES = ("template_card_event",)
HELLO = "hello"
"""The action of somebody who begins to follow."""
SECONDS_MOST = 253_402_300_799  # the last second that a datetime can be
SECONDS_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Read:
    """What a call says. `media`: the platform's id of a file that is to be fetched, `kind` which it is said to be.
    `response_code`: by which the pressed card may be changed, once."""

    inbound: Inbound
    media: str = ""
    kind: str = ""
    name: str = ""
    response_code: str = ""


def read(fields: Fields, channel: str) -> Read | None:
    """What a person said or pressed; None for news that nobody has to hear of. Raises Refusal."""
    kind = text_of(fields, "MsgType").lower()
    sender = text_of(fields, "FromUserName")
    if not kind or not 0 < len(sender) <= ID_MOST:
        raise Refusal("bad_fields")
    if kind == "event":
        return _event(fields, channel, sender)
    number = text_of(fields, "MsgId")
    if not 0 < len(number) <= ID_MOST:
        raise Refusal("bad_fields")
    return _message(fields, Inbound(channel, number, sender, sender, _words(fields, kind), _sent_at(fields)), kind)


def _event(fields: Fields, channel: str, sender: str) -> Read | None:
    """Events have no number: who, when and what together are one."""
    event, what = text_of(fields, "Event").lower(), text_of(fields, "EventKey")[:1024]
    task = text_of(fields, "TaskId")[:ID_MOST]
    key = f"{sender}:{text_of(fields, 'CreateTime')}:{event}:{task}:{what}"[:512]
    if event in PRESSES:
        pressed = Inbound(channel, key, sender, sender, "", _sent_at(fields), action=what, reply_to=task)
        return Read(pressed, response_code=text_of(fields, "ResponseCode")) if what else None
    if event == GREETED:
        return Read(Inbound(channel, key, sender, sender, "", _sent_at(fields), action=HELLO))
    if event == "click" and what:  # a menu: its keys are words that one could also write
        return Read(Inbound(channel, key, sender, sender, what, _sent_at(fields)))
    return None


def _message(fields: Fields, inbound: Inbound, kind: str) -> Read:
    media = text_of(fields, "MediaId")
    if kind in FILES and media:
        return Read(inbound, media, kind, text_of(fields, "FileName") or text_of(fields, "Title"))
    choice = text_of(fields, "bizmsgmenuid")
    if kind == "text" and choice:  # a choice of a menu is written as words, with its id
        return Read(replace(inbound, text="", action=choice))
    if kind in ("text", "location", "link"):
        return Read(inbound)
    unread = Attachment(kind[:40], kind[:40], 0, refused="type")
    return Read(
        Inbound(
            inbound.channel, inbound.key, inbound.sender, inbound.sender, "", inbound.sent_at, attachments=(unread,)
        )
    )


def _words(fields: Fields, kind: str) -> str:
    if kind == "text":
        return text_of(fields, "Content")
    if kind == "voice":
        return text_of(fields, "Recognition")  # being retired: often there is none
    if kind == "location":
        return " ".join(filter(None, (text_of(fields, "Label"), _place(fields))))
    if kind == "link":
        parts = (text_of(fields, name) for name in ("Title", "Description", "Url"))
        return "\n".join(filter(None, parts))
    return ""


def _place(fields: Fields) -> str:
    x, y = text_of(fields, "Location_X")[:20], text_of(fields, "Location_Y")[:20]
    return f"({x}, {y})" if x and y else ""


def _sent_at(fields: Fields) -> datetime | None:
    text = text_of(fields, "CreateTime")
    if not (text.isascii() and text.isdigit() and len(text) <= SECONDS_DIGITS and int(text) <= SECONDS_MOST):
        return None
    return datetime.fromtimestamp(int(text), UTC)
