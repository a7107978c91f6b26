"""Frames of WeCom's smart robot: what is said in them, and how ours look. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.channels.weixin.cut import fits
from bot.channels.weixin.envelope import Refusal, text_of
from bot.channels.weixin.reading import HELLO, ID_MOST, SECONDS_MOST
from sla.message import Attachment, Button, Inbound

Fields = Mapping[str, Any]
SUBSCRIBE, PING, SEND = "aibot_subscribe", "ping", "aibot_send_msg"
MESSAGE, EVENT, UPDATE = "aibot_msg_callback", "aibot_event_callback", "aibot_respond_update_msg"
FILES = {"image": "picture", "file": "file", "video": "video"}
"""Kinds with a file, and the name that it gets."""
TITLE_SIGNS, LABEL_BYTES, CARD_BUTTONS = 26, 30, 6
_MENTION = re.compile(r"^@\S+\s+")
_TAG = re.compile(r"<(?=[A-Za-z/!])")
_LINK = re.compile(r"\](?=\()")
_LINE = re.compile(r"^([ \t]*)([#>])", re.MULTILINE)
_WIDE = {"#": "＃", ">": "＞"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is to be fetched: where, the key under which it lies, and what it is said to be."""

    url: str
    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a frame says. `pressed`: the card under whose buttons one was pressed."""

    inbound: Inbound
    files: tuple[Wanted, ...] = ()
    pressed: str = ""


def read_frame(frame: Fields) -> Said | None:
    """What a person said or pressed; None for news that nobody has to hear of. Raises Refusal."""
    body = frame.get("body")
    if not isinstance(body, Mapping):
        raise Refusal("bad_fields")
    sender, number = text_of(body, "from", "userid"), text_of(body, "msgid")
    if not 0 < len(sender) <= ID_MOST or not 0 < len(number) <= ID_MOST:
        raise Refusal("bad_fields")
    chat = text_of(body, "chatid")[:ID_MOST] if text_of(body, "chattype") == "group" else ""
    inbound = Inbound("wecom", number, sender, chat or sender, "", _sent_at(body), group=bool(chat))
    if frame.get("cmd") == EVENT:
        return _event(body, inbound)
    return _message(body, inbound)


def _event(body: Fields, inbound: Inbound) -> Said | None:
    kind, card = text_of(body, "event", "eventtype"), ("event", "template_card_event")
    if kind == "enter_chat":  # once a day
        return Said(replace(inbound, action=HELLO))
    action, task = text_of(body, *card, "event_key")[:1024], text_of(body, *card, "task_id")[:ID_MOST]
    if kind == "template_card_event" and action:
        return Said(replace(inbound, action=action, reply_to=task), pressed=task)
    return None


def _message(body: Fields, inbound: Inbound) -> Said:
    """Its words and files; a kind that does not exist yet is a message without words."""
    kind = text_of(body, "msgtype")
    parts: Sequence[Any] = [body]
    if kind == "mixed":
        mixed = body.get("mixed")
        found = mixed.get("msg_item") if isinstance(mixed, Mapping) else None
        parts = found if isinstance(found, list) else []
    known = [part for part in parts if isinstance(part, Mapping)]
    words = "\n".join(filter(None, (_words(part) for part in known)))
    files = tuple(wanted for part in known if (wanted := _wanted(part)))
    if inbound.group:
        words = _MENTION.sub("", words)
    unread = () if words or files or kind in ("text", "voice", "mixed") else (_unread(kind),)
    return Said(replace(inbound, text=words, attachments=unread), files)


def _words(part: Fields) -> str:
    kind = text_of(part, "msgtype")
    return text_of(part, kind, "content") if kind in ("text", "voice") else ""


def _wanted(part: Fields) -> Wanted | None:
    kind = text_of(part, "msgtype")
    url = text_of(part, kind, "url")
    return Wanted(url, text_of(part, kind, "aeskey"), kind) if kind in FILES and url else None


def _unread(kind: str) -> Attachment:
    return Attachment(kind[:40] or "?", kind[:40], 0, refused="type")


def _sent_at(body: Fields) -> datetime | None:
    at = body.get("create_time")
    whole = isinstance(at, int) and 0 <= at <= SECONDS_MOST
    return datetime.fromtimestamp(at, UTC) if whole and isinstance(at, int) else None


# ours


def plain(text: str) -> str:
    """Words for a message of Markdown in which nothing is a heading, a quotation, a tag or a link that looks otherwise
    than where it leads."""
    text = _LINK.sub("] ", _TAG.sub("＜", text))
    return _LINE.sub(lambda found: found[1] + _WIDE[found[2]], text)


def card(text: str, buttons: Sequence[Button], task: str) -> dict[str, Any]:
    """A card with a button for each choice, named after the first line of the text."""
    title = text.strip().partition("\n")[0][:TITLE_SIGNS] or "Wardline"
    listed = [
        {"text": b.label[: fits(b.label, LABEL_BYTES)], "key": b.action, "style": 1 if n == 0 else 2}
        for n, b in enumerate(buttons[:CARD_BUTTONS])
    ]
    shown = {"card_type": "button_interaction", "main_title": {"title": title}, "button_list": listed, "task_id": task}
    return {"msgtype": "template_card", "template_card": shown}


def settled(text: str, words: str, task: str) -> dict[str, Any]:
    """What takes the place of a card: the same without buttons, with who took it."""
    title = {"title": text.strip().partition("\n")[0][:TITLE_SIGNS] or "Wardline", "desc": words}
    shown = {"card_type": "text_notice", "main_title": title, "card_action": {"type": 0}, "task_id": task}
    return {"response_type": "update_template_card", "template_card": shown}
