"""Lines of JSON that other people's programs and hands wrote: each is an object, or told what it lacks."""

import json
from datetime import datetime

LONGEST = 16_000_000
"""Bytes of a line that are read; a message is never so long."""
FIRST_YEAR, LAST_YEAR = 1970, 9000
_BOM = b"\xef\xbb\xbf"
NO_INSTANT = 'must be an ISO 8601 instant with an offset, like "2026-01-06T08:05:00+08:00"'


class BadLineError(ValueError):
    """A line that is not what it should be; the text says what is wrong, and what it should be."""


def parsed(line: bytes) -> dict[str, object]:
    """The object of a line. Raises BadLineError for anything else; never another error, whatever the bytes."""
    if len(line) > LONGEST:
        raise BadLineError(f"the line has {len(line)} bytes; at most {LONGEST} are read")
    if not line.strip():
        raise BadLineError("the line is empty")
    try:
        found = json.loads(line.removeprefix(_BOM).decode())
    except UnicodeDecodeError as error:
        raise BadLineError(f"the line is not UTF-8, at its byte {error.start + 1}") from error
    except json.JSONDecodeError as error:
        raise BadLineError(f"the line is not JSON: {error.msg} at its character {error.pos + 1}") from error
    except (RecursionError, ValueError) as error:  # nested without end; a number of thousands of digits
        raise BadLineError("the line is JSON that nobody can read: too deep, or with too long a number") from error
    if not isinstance(found, dict):
        raise BadLineError("the line is no JSON object")
    return found


def text_of(values: dict[str, object]) -> str:
    """`text`. Raises BadLineError where it is none."""
    text = values.get("text")
    if not isinstance(text, str):
        raise BadLineError('"text" must be a text')
    return text


def instant_of(values: dict[str, object], key: str) -> datetime:
    """An instant with its offset. Raises BadLineError for anything else."""
    raw = values.get(key)
    try:
        found = datetime.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadLineError(f'"{key}" {NO_INSTANT}')
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadLineError(f'"{key}" lies outside of the years {FIRST_YEAR} to {LAST_YEAR}')
    return found


def printable(values: object) -> bytes:
    """One line of JSON in UTF-8; half a character, which UTF-8 cannot hold, as JSON escapes it."""
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
