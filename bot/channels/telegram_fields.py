"""The fields of a Bot API object: what each must be, or the update is malformed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sla.errors import SlaError

CHANNEL = "telegram"
NAME_MOST = 120
NUMBER_MOST = 2**63

Json = Mapping[str, Any]


class Malformed(SlaError):
    """An update is not what the Bot API promises. Says which field, never what was in it."""


def object_in(parent: Json, key: str) -> Json:
    value = parent.get(key)
    if not isinstance(value, Mapping):
        raise Malformed(key)
    return value


def number_in(parent: Json, key: str) -> int:
    value = parent.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= NUMBER_MOST:
        raise Malformed(key)
    return value


def optional_in(parent: Json, key: str) -> str:
    return text_in(parent, key)[:64] if key in parent else ""


def text_in(parent: Json, key: str) -> str:
    value = parent.get(key)
    if not isinstance(value, str):
        raise Malformed(key)
    return plain(value)


def instant_of(message: Json) -> datetime | None:
    seconds = message.get("edit_date", message.get("date"))
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise Malformed("date")
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (OverflowError, ValueError, OSError):
        raise Malformed("date") from None


def name_of(person: Json) -> str:
    return " ".join(shown(person.get(part)) for part in ("first_name", "last_name")).strip()[:NAME_MOST]


def shown(name: object) -> str:
    """A name in one line."""
    return " ".join(plain(name).split())[:NAME_MOST] if isinstance(name, str) else ""


def language_of(person: Json) -> str:
    code = person.get("language_code")
    return plain(code)[:2].lower() if isinstance(code, str) else ""


def plain(text: str) -> str:
    """Without half signs (lone surrogates) and NUL, which no database takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", " ")
