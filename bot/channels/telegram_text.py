"""A long text in parts that the Bot API takes. It counts UTF-16 code units: most signs are one, an emoji two."""

LIMIT = 4096
BREAKS = ("\n\n", "\n", "。", "！", "？", "；", ". ", " ", "，")
"""Where a part may end, the best first."""
LEAST = 0.6
"""A part ends at a break only where that leaves it at least so full."""


def units(text: str) -> int:
    """How long the Bot API says that a text is."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def split(text: str, limit: int = LIMIT) -> list[str]:
    """The text in parts of at most `limit` units, none of them blank; nothing but the space between them is dropped."""
    parts = []
    rest = text.strip()
    while rest:
        end = _end(rest, limit)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return parts


def _end(text: str, limit: int) -> int:
    """Where the first part ends."""
    end = _fits(text, limit)
    if end == len(text):
        return end
    for mark in BREAKS:
        at = text.rfind(mark, int(end * LEAST), end)
        if at > 0:
            return at + len(mark)
    return end


def _fits(text: str, limit: int) -> int:
    """How many signs from the start fit, within one of the most."""
    end = min(len(text), limit)
    while (over := units(text[:end]) - limit) > 0:
        end -= (over + 1) // 2
    return end
