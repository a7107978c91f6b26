"""A long text in parts that WeChat takes: it counts the bytes of UTF-8."""

import re

from bot.channels.telegram_text import BREAKS, LEAST

_LINK = re.compile(r"<(?=/?a\b)", re.IGNORECASE)


def shown(text: str) -> str:
    """The text, in which nothing is a link that looks like words: both apps take <a href=…> in a text for one."""
    return _LINK.sub("＜", text)


def cut(text: str, most: int) -> list[str]:
    """The text in parts of at most `most` bytes, none of them blank; nothing but the space between them is dropped."""
    parts, rest = [], shown(text).strip()
    while rest:
        end = _end(rest, most)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return parts


def fits(text: str, most: int) -> int:
    """How many signs from the start have at most `most` bytes."""
    return len(text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore"))


def _end(text: str, most: int) -> int:
    end = max(fits(text, most), 1)
    if end == len(text):
        return end
    for mark in BREAKS:
        at = text.rfind(mark, int(end * LEAST), end)
        if at > 0:
            return at + len(mark)
    return end
