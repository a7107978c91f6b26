"""An update of the Bot API, as JSON, to an Inbound. Pure; each update is read by itself.

Only what is needed is looked at, so that kinds of content that do not exist yet are no obstacle.
"""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from bot.channels.telegram_fields import (
    CHANNEL,
    NAME_MOST,
    Json,
    Malformed,
    instant_of,
    language_of,
    name_of,
    number_in,
    object_in,
    optional_in,
    plain,
    shown,
    text_in,
)
from bot.channels.telegram_news import Moved, moved, unblocked
from sla.message import Attachment, Inbound

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

MARKS_MOST = 100  # as many as the server marks in a text
START = re.compile(r"/start ([A-Za-z0-9-]{1,50})_(\d{6})", re.ASCII)
TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)


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
    return Me(number_in(user, "id"), text_in(user, "username"))


def update_id(update: object) -> int | None:
    """Its number, or None where it has none."""
    number = update.get("update_id") if isinstance(update, Mapping) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def read_update(update: object, me: Me, albums: Container[str] = ()) -> Read | Moved | None:
    """What a person said or pressed; None when it is not for the bot (talk in a group, news of the chat, other bots).
    What belongs to one of these `albums` is for the bot, since another part of it was.

    Raises Malformed.
    """
    if not isinstance(update, Mapping):
        raise Malformed("update")
    if "callback_query" in update:
        return _press(object_in(update, "callback_query"))
    if "message" in update:
        message = object_in(update, "message")
        return moved(message) or _message(message, me, albums)
    if "edited_message" in update:
        return _message(object_in(update, "edited_message"), me, albums, f"e{update_id(update)}:")
    if "my_chat_member" in update:
        back = unblocked(object_in(update, "my_chat_member"), f"j{update_id(update)}")
        return Read(back) if back else None
    return None


def words_first(reads: Sequence[Read]) -> list[Read]:
    """The messages of one conversation in their order; of an album the part with words first, so that nobody is asked
    what its pictures show."""
    began: dict[str, int] = {}
    for index, read in enumerate(reads):
        began.setdefault(read.inbound.album, index)
    places = [(began[r.inbound.album] if r.inbound.album else at, not r.inbound.text) for at, r in enumerate(reads)]
    return [reads[at] for at in sorted(range(len(reads)), key=places.__getitem__)]


def _press(query: Json) -> Read | None:
    person = object_in(query, "from")
    callback = text_in(query, "id")
    if "data" not in query:
        return None  # a game; we offer none
    sender = str(number_in(person, "id"))
    message = object_in(query, "message") if "message" in query else {}
    chat = object_in(message, "chat") if message else {"id": number_in(person, "id"), "type": "private"}
    inbound = Inbound(
        channel=CHANNEL,
        key=f"c{callback}",
        sender=sender,
        conversation=_place(message, chat),
        text="",
        sender_name=name_of(person),
        action=text_in(query, "data"),
        reply_to=str(number_in(message, "message_id")) if message else "",
        group=text_in(chat, "type") != "private",
        language=language_of(person),
    )
    return Read(inbound, callback=callback)


def _message(message: Json, me: Me, albums: Container[str], edit: str = "") -> Read | None:
    """`edit` begins the key of a message that is brought again because it was edited."""
    number, chat = number_in(message, "message_id"), object_in(message, "chat")
    is_group = text_in(chat, "type") != "private"
    if "from" not in message or object_in(message, "from").get("is_bot") is True:
        return None
    person = object_in(message, "from")
    text, entities = _words(message)
    files = () if edit else tuple(_files(message, number))  # they were fetched when the message was new
    others = tuple(Attachment(kind, kind, 0, refused="type") for kind in OTHERS if kind in message)[:1]
    album = optional_in(message, "media_group_id")
    said = _to_the_bot(message, text, entities, me) if is_group else text
    said = text if said is None and album in albums else said
    if said is None:
        return None
    said = said if is_group else _bound(said)
    quoted = quotation(message, me) if is_group and (said.strip() or not album) else Quotation()
    files = (*quoted.files, *files) if not edit else ()
    if not (text or files or others or quoted.text) or (edit and not text):
        return None
    key = f"{number_in(chat, 'id')}:{number}"
    inbound = Inbound(
        channel=CHANNEL,
        key=f"{edit or 'm'}{key}",
        sender=str(number_in(person, "id")),
        conversation=_place(message, chat),
        text=said.strip(),
        sent_at=instant_of(message),
        sender_name=name_of(person),
        reply_to=_reply_to(message),
        attachments=others,
        group=is_group,
        language=language_of(person),
        edits=f"m{key}" if edit else "",
        album=album,
        quoted=quoted.text,
        origin=quoted.whose if quoted.text or quoted.files else _origin(message, person),
    )
    return Read(inbound, files)


def _bound(said: str) -> str:
    """A link that `wardline bindcode` made starts the bot with a staff number and a code: as it would be typed."""
    found = START.fullmatch(said.strip())
    return f"bind {found[1]} {found[2]}" if found else said


def _place(message: Json, chat: Json) -> str:
    """Where it was said: the chat, and in a group with topics the topic, as in "-100123:45"."""
    id = str(number_in(chat, "id"))
    return f"{id}:{number_in(message, 'message_thread_id')}" if message.get("is_topic_message") is True else id


@dataclass(frozen=True, slots=True)
class Quotation:
    """Somebody else's message that was answered to: its words (those marked, if some were), whose they are, its
    files."""

    text: str = ""
    whose: str = ""
    files: tuple[Wanted, ...] = ()


def quotation(message: Json, me: Me) -> Quotation:
    """What a message answers to, where that is a person's message; nothing for the bot's own, and for the one that a
    topic began with."""
    other = message.get("reply_to_message")
    if not isinstance(other, Mapping) or _begins_topic(message, other) or _author(other) in (me.id, None):
        return Quotation()
    author = object_in(other, "from")
    marked = message.get("quote")
    text = text_in(marked, "text") if isinstance(marked, Mapping) else _words(other)[0]
    is_own = _author(other) == _author(message)
    whose = "" if is_own else _origin(other, author) or name_of(author)
    files = tuple(_files(other, number_in(other, "message_id")))
    return Quotation(text.strip(), whose, files) if author.get("is_bot") is not True else Quotation()


def _begins_topic(message: Json, other: Json) -> bool:
    """In a topic every message answers to its first one, unless it answers to another."""
    return message.get("is_topic_message") is True and other.get("message_id") == message.get("message_thread_id")


def _origin(message: Json, person: Json) -> str:
    """Whose words were forwarded; "" where they are the person's own, or nothing was forwarded."""
    origin = message.get("forward_origin")
    if not isinstance(origin, Mapping):
        return ""
    user, chat = origin.get("sender_user"), origin.get("sender_chat", origin.get("chat"))
    if isinstance(user, Mapping):
        return "" if user.get("id") == person.get("id") else name_of(user)
    if isinstance(chat, Mapping):
        title, signed = chat.get("title"), origin.get("author_signature")
        return " ".join(shown(name) for name in (title, signed) if isinstance(name, str))[:NAME_MOST]
    return shown(origin.get("sender_user_name"))


def _words(message: Json) -> tuple[str, Sequence[Json]]:
    """Text or caption, as sent, and what is marked in it."""
    for words, marks in (("text", "entities"), ("caption", "caption_entities")):
        if words in message:
            found = message.get(marks, [])
            if not isinstance(found, list):
                raise Malformed(marks)
            return text_in(message, words), [mark for mark in found if isinstance(mark, Mapping)]
    return "", []


def _to_the_bot(message: Json, text: str, entities: Sequence[Json], me: Me) -> str | None:
    """What was said to the bot in a group, without its name; None when it was not spoken to."""
    above = message.get("reply_to_message")
    raw = text.encode("utf-16-le")
    spoken_to = isinstance(above, Mapping) and _author(above) == me.id and not _begins_topic(message, above)
    for entity in reversed(entities[:MARKS_MOST]):
        marked = _marked(raw, entity)
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


def _marked(raw: bytes, entity: Json) -> tuple[int, int] | None:
    """Where a mark stands in a text. It is counted in UTF-16 code units, as which the text is given."""
    offset, length = entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length <= 0:
        return None
    start = len(raw[: 2 * offset].decode("utf-16-le", "ignore"))
    return start, start + len(raw[2 * offset : 2 * (offset + length)].decode("utf-16-le", "ignore"))


def _author(message: object) -> int | None:
    author = message.get("from") if isinstance(message, Mapping) else None
    return author.get("id") if isinstance(author, Mapping) else None


def _reply_to(message: Json) -> str:
    if "reply_to_message" not in message:
        return ""
    above = object_in(message, "reply_to_message")
    return "" if _begins_topic(message, above) else str(number_in(above, "message_id"))


def _files(message: Json, number: int) -> list[Wanted]:
    found = []
    for kind, (name, ending, type_) in FILES.items():
        if kind in message:
            file = object_in(message, kind)
            named = _file_name(file.get("file_name")) or f"{name}-{number}{ending}"
            found.append(Wanted(text_in(file, "file_id"), named, _type(file.get("mime_type")) or type_, _size(file)))
    photos = message.get("photo", [])
    if not isinstance(photos, list):
        raise Malformed("photo")
    if photos:
        largest = max((_checked(photo) for photo in photos), key=_size)
        found.append(Wanted(text_in(largest, "file_id"), f"photo-{number}.jpg", "image/jpeg", _size(largest)))
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


def _checked(value: object) -> Json:
    if not isinstance(value, Mapping):
        raise Malformed("photo")
    return value
