"""Groups of alternatives that give up early where none of them can begin.

Python tries the alternatives of a pattern one after the other at every place of a text. Here those whose first
character is known stand behind one look at it, which most places do not pass: the same matches in a third of the time.
"""

import re
from collections.abc import Iterable, Sequence
from re import _constants, _parser  # type: ignore[attr-defined]  # the parser has no public name
from typing import Any

LEAST = 3
"""Alternatives in a row that are worth a look ahead."""
PIECE = 12
"""The most that are tried behind one look: where their first characters pass, each costs a try."""
WIDE = 1_000
"""A range of so many characters says nothing: it is found at every place."""
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_NO_WIDTH = (_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT)
_CLASSES = {_constants.CATEGORY_DIGIT: r"\d", _constants.CATEGORY_SPACE: r"\s"}

First = frozenset[str]
"""What a match can begin with, as members of a character class."""


def alternatives(patterns: Sequence[str], least: int = LEAST) -> str:
    """One pattern for any of these, the earlier before the later, as "|".join would make.

    `least`: how many in a row are worth a look ahead.
    """
    parts: list[str] = []
    row: list[tuple[str, First]] = []
    for pattern in (part for each in patterns for part in split(each)):
        found = _first(_parser.parse(pattern))
        if found is None:
            parts += _together(row, least)
            parts.append(pattern)
            row = []
        else:
            row.append((pattern, found))
    return "|".join([*parts, *_together(row, least)])


def split(pattern: str) -> list[str]:
    """The alternatives of a pattern at its top level."""
    parts, depth, begin, at = [], 0, 0, 0
    while at < len(pattern):
        character = pattern[at]
        if character == "\\":
            at += 1
        elif character == "[":
            at = pattern.index("]", at + 2)  # no class here holds an escaped bracket
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and not depth:
            parts.append(pattern[begin:at])
            begin = at + 1
        at += 1
    return [*parts, pattern[begin:]]


def _together(row: Sequence[tuple[str, First]], least: int) -> list[str]:
    """Patterns that follow each other, behind one look at the next character; many of them in pieces, each behind a
    look of its own."""
    words = [pattern for pattern, _ in row]
    if len(row) < least:
        return words
    if len(row) > PIECE:
        pieces = (row[start : start + PIECE] for start in range(0, len(row), PIECE))
        words = [part for piece in pieces for part in _together(piece, least)]
    members = sorted(frozenset().union(*(found for _, found in row)))
    return [f"(?=[{''.join(members)}])(?:{'|'.join(words)})"]


def _first(items: Iterable[tuple[Any, Any]]) -> First | None:
    """What a match of these must begin with; None where that cannot be said, or it may be empty."""
    found, empty = _begin(items)
    return None if empty else found


def _begin(items: Iterable[tuple[Any, Any]]) -> tuple[First | None, bool]:
    """What a match can begin with (None: anything), and whether it may be empty."""
    found: First = frozenset()
    for kind, value in items:
        if kind in _NO_WIDTH:
            continue
        more, empty = _begin_of(kind, value)
        if more is None:
            return None, False
        found |= more
        if not empty:
            return found, False
    return found, True


def _begin_of(kind: Any, value: Any) -> tuple[First | None, bool]:
    """`_begin` of one item, as the parser makes it."""
    if kind is _constants.LITERAL:
        return frozenset({re.escape(chr(value))}), False
    if kind is _constants.IN:
        return _members(value), False
    if kind is _constants.SUBPATTERN:
        return _begin(value[3])
    if kind in _REPEATS:
        least, _, repeated = value
        found, empty = _begin(repeated)
        return found, empty or least == 0
    if kind is _constants.BRANCH:
        begins = [_begin(branch) for branch in value[1]]
        known = [found for found, _ in begins if found is not None]
        union: First = frozenset().union(*known)
        return (union if len(known) == len(begins) else None), any(empty for _, empty in begins)
    return None, False


def _members(items: Iterable[tuple[Any, Any]]) -> First | None:
    """The members of a character class; None for one that leaves out, or that holds too much to be of use."""
    found: set[str] = set()
    for kind, value in items:
        if kind is _constants.LITERAL:
            found.add(re.escape(chr(value)))
        elif kind is _constants.RANGE and value[1] - value[0] < WIDE:
            found.add(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif kind is _constants.CATEGORY and value in _CLASSES:
            found.add(_CLASSES[value])
        else:
            return None
    return frozenset(found)
