"""News of a chat, as Bot API updates tell them: blocked no more, taken into a group, moved to another id."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.telegram_fields import CHANNEL, Json, instant_of, language_of, name_of, number_in, object_in, text_in
from sla.message import Inbound


@dataclass(frozen=True, slots=True)
class Moved:
    """A group has become a supergroup, under another id."""

    old: str
    new: str


def added_to(update: object) -> str:
    """The id of the group that the bot was just taken into, for the log; "" for any other update."""
    news = update.get("my_chat_member") if isinstance(update, Mapping) else None
    if not isinstance(news, Mapping) or _standing(news, "new_chat_member") not in {"member", "administrator"}:
        return ""
    is_new = _standing(news, "old_chat_member") in {"left", "kicked"}
    chat = news.get("chat")
    group = isinstance(chat, Mapping) and chat.get("type") != "private"
    return str(number_in(chat, "id")) if is_new and group and isinstance(chat, Mapping) else ""


def moved(message: Json) -> Moved | None:
    """News of a group's new id; it comes in the old one and in the new one."""
    own = object_in(message, "chat") if "migrate_to_chat_id" in message or "migrate_from_chat_id" in message else {}
    if "migrate_to_chat_id" in message:
        return Moved(str(number_in(own, "id")), str(number_in(message, "migrate_to_chat_id")))
    if "migrate_from_chat_id" in message:
        return Moved(str(number_in(message, "migrate_from_chat_id")), str(number_in(own, "id")))
    return None


def unblocked(news: Json, key: str) -> Inbound | None:
    """Somebody who had blocked the bot wants it again: a sign of life, and worth a greeting."""
    chat, person = object_in(news, "chat"), object_in(news, "from")
    again = _standing(news, "old_chat_member") == "kicked" and _standing(news, "new_chat_member") == "member"
    if not again or text_in(chat, "type") != "private":
        return None
    sender = str(number_in(person, "id"))
    return Inbound(
        channel=CHANNEL,
        key=key,
        sender=sender,
        conversation=str(number_in(chat, "id")),
        text="",
        sent_at=instant_of(news),
        sender_name=name_of(person),
        action="hello",
        language=language_of(person),
    )


def _standing(news: Json, which: str) -> str:
    member = news.get(which)
    status = member.get("status") if isinstance(member, Mapping) else None
    return status if isinstance(status, str) else ""
