"""On which line each key of a TOML text stands: the parser of the standard library does not say."""

import re
from collections.abc import Iterator

KeyPath = tuple[str | int, ...]
"""Keys from the root down; in a list of tables the index (from 0) follows the list's key."""

_KEY = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_ENTRY = re.compile(rf"\s*({_DOTTED})\s*=")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|' + r"'[^']*'|#.*")
_LONG = re.compile(r'"""|' + r"'''")


def line_numbers(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every table and key of a well-formed TOML text. Keys of inline tables are not in it."""
    found: dict[KeyPath, int] = {}
    for path, number, _ in places(text):
        found.setdefault(path, number)
    return found


def places(text: str) -> Iterator[tuple[KeyPath, int, bool]]:
    """Every table and key in its order, also of a text with mistakes: its line, and whether it is a table."""
    table: KeyPath = ()
    seen: dict[KeyPath, int] = {}
    for number, line in _first_lines(text):
        if header := _HEADER.match(line):
            table = _table_path(_parts(header[2]), header[1] == "[[", seen)
            yield table, number, True
        elif entry := _ENTRY.match(line):
            yield table + _parts(entry[1]), number, False


def _parts(dotted: str) -> KeyPath:
    return tuple(part.strip("\"'") for part in re.findall(_KEY, dotted))


def _table_path(keys: KeyPath, listed: bool, seen: dict[KeyPath, int]) -> KeyPath:
    """The header's keys with the index of the list's present element after each list."""
    path: KeyPath = ()
    for key in keys[:-1]:
        path = (*path, key)
        if path in seen:
            path = (*path, seen[path])
    path = (*path, keys[-1])
    if listed:
        seen[path] = seen.get(path, -1) + 1
        path = (*path, seen[path])
    return path


def _first_lines(text: str) -> list[tuple[int, str]]:
    """The lines on which a header or an entry may begin: not those inside a long string or a list."""
    lines: list[tuple[int, str]] = []
    closing: str | None = None
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        rest = line
        if closing:
            if closing not in line:
                continue
            rest, closing = line.split(closing, 1)[1], None
        elif depth == 0:
            lines.append((number, line))
            if _HEADER.match(line):
                continue
        rest, closing = _without_long_strings(rest)
        bare = _QUOTED.sub("", rest)
        depth = max(0, depth + bare.count("[") - bare.count("]"))
    return lines


def _without_long_strings(line: str) -> tuple[str, str | None]:
    """The line without its triple-quoted strings, and the quotes that are still open at its end."""
    while opening := _LONG.search(line):
        mark = opening[0]
        before, after = line.split(mark, 1)
        if mark not in after:
            return before, mark
        line = before + after.split(mark, 1)[1]
    return line, None
