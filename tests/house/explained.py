"""Every silenced warning says why, on its own line or in a comment just above it."""

import re
from collections.abc import Iterator

# What silences a tool: the mark, then its codes. What follows the codes is the reason.
SILENCED = re.compile(
    r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?"
    r"|type:\s*ignore(?:\[[\w\-, ]*\])?"
    r"|pragma:\s*no cover)(?P<rest>.*)$"
)
REASON_LETTERS = 8


def unexplained(text: str) -> Iterator[int]:
    """The numbers, from 1, of the lines that silence a tool without a reason."""
    above = ""
    for number, line in enumerate(text.splitlines(), start=1):
        silenced = SILENCED.search(line)
        if silenced and not is_reason(silenced["rest"]) and not is_comment(above):
            yield number
        above = line


def is_reason(text: str) -> bool:
    return len(re.findall(r"\w", SILENCED.sub("", text))) >= REASON_LETTERS


def is_comment(line: str) -> bool:
    return line.lstrip().startswith("#") and is_reason(line)
