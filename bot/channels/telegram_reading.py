"""An update of the Bot API, as JSON, to an Inbound. Pure; each update is read by itself.

Only what is needed is looked at, so that kinds of content that do not exist yet are no obstacle.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sla.errors import SlaError
from sla.message import Attachment, Inbound

CHANNEL = "telegram"
NAME_MOST = 120
FILES = {
    "document": ("file", "", "application/octet-stream"),
    "voice": ("voice", ".ogg", "audio/ogg"),
    "audio": ("audio", "", "audio/mpeg"),
    "video": ("video", ".mp4", "video/mp4"),
    "video_note": ("video", ".mp4", "video/mp4"),
}
"""Content with one file: the name it gets if it has none, its ending and its type."""
OTHERS = ("sticker", "location", "venue", "contact", "poll", "dice", "game", "story")
"""Content that carries nothing to be kept; it is named, so that the person can be told."""

TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)
NUMBER_MOST = 2**63

Json = Mapping[str, Any]


class Malformed(SlaError):
    """An update is not what the Bot API promises. Says which field, never what was in it."""


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself, as it is called in groups."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to be fetched: the server's id of it, name and type as the sender says, `size` in bytes (0: unknown)."""

    id: str
    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Read:
    """What an update says. `files` are yet to be fetched; `callback` is the press that wants an answer."""

    inbound: Inbound
    files: tuple[Wanted, ...] = ()
    callback: str = ""


def read_me(user: object) -> Me:
    """The bot itself, out of getMe's answer. Raises Malformed."""
    if not isinstance(user, Mapping):
        raise Malformed("user")
    return Me(_number(user, "id"), _text(user, "username"))


def update_id(update: object) -> int | None:
    """Its number, or None where it has none."""
    number = update.get("update_id") if isinstance(update, Mapping) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def read_update(update: object, me: Me) -> Read | None:
    """What a person said or pressed; None when it is not for the bot (talk in a group, news of the chat, other bots).

    Raises Malformed.
    """
    if not isinstance(update, Mapping):
        raise Malformed("update")
    if "callback_query" in update:
        return _press(_object(update, "callback_query"))
    if "message" in update:
        return _message(_object(update, "message"), me, "m")
    if "edited_message" in update:
        return _message(_object(update, "edited_message"), me, f"e{update_id(update)}:")
    return None


def _press(query: Json) -> Read | None:
    person = _object(query, "from")
    callback = _text(query, "id")
    if "data" not in query:
        return None  # a game; we offer none
    sender = str(_number(person, "id"))
    message = _object(query, "message") if "message" in query else {}
    chat = _object(message, "chat") if message else {"id": _number(person, "id"), "type": "private"}
    inbound = Inbound(
        channel=CHANNEL,
        key=f"c{callback}",
        sender=sender,
        conversation=str(_number(chat, "id")),
        text="",
        sender_name=_name(person),
        action=_text(query, "data"),
        reply_to=str(_number(message, "message_id")) if message else "",
        group=_text(chat, "type") != "private",
        language=_language(person),
    )
    return Read(inbound, callback=callback)


def _message(message: Json, me: Me, prefix: str) -> Read | None:
    number, chat = _number(message, "message_id"), _object(message, "chat")
    is_group = _text(chat, "type") != "private"
    if "from" not in message or _object(message, "from").get("is_bot") is True:
        return None
    person = _object(message, "from")
    text, entities = _words(message)
    is_edit = "edit_date" in message and prefix != "m"
    files = () if is_edit else tuple(_files(message, number))  # they were fetched when the message was new
    others = tuple(Attachment(kind, kind, 0, refused="type") for kind in OTHERS if kind in message)[:1]
    said = _to_the_bot(message, text, entities, me) if is_group else text
    if said is None or not (text or files or others) or (is_edit and not text):
        return None
    inbound = Inbound(
        channel=CHANNEL,
        key=f"{prefix}{_number(chat, 'id')}:{number}",
        sender=str(_number(person, "id")),
        conversation=str(_number(chat, "id")),
        text=said.strip(),
        sent_at=_instant(message),
        sender_name=_name(person),
        reply_to=_reply_to(message),
        attachments=others,
        group=is_group,
        language=_language(person),
    )
    return Read(inbound, files)


def _words(message: Json) -> tuple[str, Sequence[Json]]:
    """Text or caption, as sent, and what is marked in it."""
    for words, marks in (("text", "entities"), ("caption", "caption_entities")):
        if words in message:
            found = message.get(marks, [])
            if not isinstance(found, list):
                raise Malformed(marks)
            return _text(message, words), [mark for mark in found if isinstance(mark, Mapping)]
    return "", []


def _to_the_bot(message: Json, text: str, entities: Sequence[Json], me: Me) -> str | None:
    """What was said to the bot in a group, without its name; None when it was not spoken to."""
    spoken_to = _author(message.get("reply_to_message")) == me.id
    for entity in reversed(entities):
        marked = _marked(text, entity)
        if marked is None:
            continue
        start, end = marked
        words, own = text[start:end], f"@{me.username}".casefold()
        if entity.get("type") == "bot_command" and start == 0:
            _, at, name = words.partition("@")
            if at and f"@{name}".casefold() != own:
                return None  # a command for another bot
            spoken_to, text = True, words.partition("@")[0] + text[end:]
        elif _names(entity, words, me, own):
            spoken_to, text = True, f"{text[:start].rstrip()} {text[end:].lstrip()}".strip()
    return text if spoken_to else None


def _names(entity: Json, words: str, me: Me, own: str) -> bool:
    if entity.get("type") == "text_mention":
        user = entity.get("user")
        return isinstance(user, Mapping) and user.get("id") == me.id
    return entity.get("type") == "mention" and words.casefold() == own


def _marked(text: str, entity: Json) -> tuple[int, int] | None:
    """Where a mark stands. It is counted in UTF-16 code units."""
    offset, length = entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length <= 0:
        return None
    raw = text.encode("utf-16-le")
    start = len(raw[: 2 * offset].decode("utf-16-le", "ignore"))
    return start, start + len(raw[2 * offset : 2 * (offset + length)].decode("utf-16-le", "ignore"))


def _author(message: object) -> int | None:
    author = message.get("from") if isinstance(message, Mapping) else None
    return author.get("id") if isinstance(author, Mapping) else None


def _reply_to(message: Json) -> str:
    if "reply_to_message" not in message:
        return ""
    return str(_number(_object(message, "reply_to_message"), "message_id"))


def _files(message: Json, number: int) -> list[Wanted]:
    found = []
    for kind, (name, ending, type_) in FILES.items():
        if kind in message:
            file = _object(message, kind)
            named = _file_name(file.get("file_name")) or f"{name}-{number}{ending}"
            found.append(Wanted(_text(file, "file_id"), named, _type(file.get("mime_type")) or type_, _size(file)))
    photos = message.get("photo", [])
    if not isinstance(photos, list):
        raise Malformed("photo")
    if photos:
        largest = max((_checked(photo) for photo in photos), key=_size)
        found.append(Wanted(_text(largest, "file_id"), f"photo-{number}.jpg", "image/jpeg", _size(largest)))
    return found


def _file_name(name: object) -> str:
    """A name without folders and signs that are not to be seen; "" where there is none."""
    last = plain(name).replace("\\", "/").rpartition("/")[2] if isinstance(name, str) else ""
    return "".join(sign for sign in last if sign.isprintable())[:NAME_MOST].strip(". ")


def _type(type_: object) -> str:
    return type_.lower() if isinstance(type_, str) and TYPE.fullmatch(type_) else ""


def _size(file: Json) -> int:
    size = file.get("file_size", 0)
    return size if isinstance(size, int) and size > 0 else 0


def _instant(message: Json) -> datetime | None:
    seconds = message.get("edit_date", message.get("date"))
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise Malformed("date")
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (OverflowError, ValueError, OSError):
        raise Malformed("date") from None


def _name(person: Json) -> str:
    names = [plain(part) for part in (person.get("first_name"), person.get("last_name")) if isinstance(part, str)]
    return " ".join(names).strip()[:NAME_MOST]


def _language(person: Json) -> str:
    code = person.get("language_code")
    return plain(code)[:2].lower() if isinstance(code, str) else ""


def plain(text: str) -> str:
    """Without half signs (lone surrogates) and NUL, which no database takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", " ")


def _checked(value: object) -> Json:
    if not isinstance(value, Mapping):
        raise Malformed("photo")
    return value


def _object(parent: Json, key: str) -> Json:
    value = parent.get(key)
    if not isinstance(value, Mapping):
        raise Malformed(key)
    return value


def _number(parent: Json, key: str) -> int:
    value = parent.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= NUMBER_MOST:
        raise Malformed(key)
    return value


def _text(parent: Json, key: str) -> str:
    value = parent.get(key)
    if not isinstance(value, str):
        raise Malformed(key)
    return plain(value)
