"""Which systems and departments a text names.

Names are looked up by their first two characters; of overlapping ones the leftmost and longest stands. Where nothing
is named as it is written, other ways of writing it are tried (spelled.py), and other characters that sound alike
(sounds.py). What is then still one slip away from a name is only a question: near.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Entry:
    """A name of the catalogue. `sort`: name, function, ambiguous, elsewhere or department; `ids` whom it may mean."""

    word: str
    sort: str
    ids: tuple[str, ...]


class Hit(NamedTuple):
    """A name found at [start, end) of the folded text. `sounded`: found by its sound, not by its characters."""

    start: int
    end: int
    entry: Entry
    sounded: bool = False

    def meets(self, other: "Hit") -> bool:
        """Whether they have a character in common."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Hit") -> bool:
        """Whether the other is a shorter part of this."""
        return self.start <= other.start and other.end <= self.end and other.end - other.start < self.end - self.start


LONGEST = 12
"""A Latin name that stands right beside another has no more letters."""


@dataclass(frozen=True, slots=True)
class Index:
    """Entries by their `words`, and by the first two characters of a word the `lengths` it can have, longest first."""

    words: Mapping[str, Entry]
    lengths: Mapping[str, tuple[int, ...]]


def index(entries: Iterable[Entry]) -> Index:
    """Of entries with the same word the first counts. Words of one character are left out."""
    words: dict[str, Entry] = {}
    lengths: dict[str, set[int]] = {}
    for entry in entries:
        if len(entry.word) >= 2:
            words.setdefault(entry.word, entry)
            lengths.setdefault(entry.word[:2], set()).add(len(entry.word))
    return Index(words, {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()})


@lru_cache(maxsize=4)
def pairs(text: str) -> list[str]:
    """Each character with the one behind it: what names are looked up by. Not to be changed, it is kept."""
    return [one + other for one, other in pairwise(text)]


def _is_letter(character: str) -> bool:
    return "a" <= character <= "z"


def _stands_free(text: str, start: int, end: int, joined: frozenset[str]) -> bool:
    """A Latin name must not be part of a longer Latin word, but of two that are `joined`, nor of a mail address."""
    if "@" in (text[start - 1 : start], text[end : end + 1]):
        return False
    before = start and _is_letter(text[start]) and _is_letter(text[start - 1])
    behind = end < len(text) and _is_letter(text[end - 1]) and _is_letter(text[end])
    if not before and not behind:
        return True
    return not (before and behind) and bool(joined) and _run(text, start, end) in joined


def _run(text: str, start: int, end: int) -> str:
    """The letters that text[start:end] lies in, no more than LONGEST of them on either side."""
    first, last = start, end
    while first and start - first < LONGEST and _is_letter(text[first - 1]):
        first -= 1
    while last < len(text) and last - end < LONGEST and _is_letter(text[last]):
        last += 1
    return text[first:last]


def find(text: str, names: Index, joined: frozenset[str] = frozenset()) -> list[Hit]:
    """The names in folded text, in their order; overlapping ones: the leftmost, the longest of those.

    `joined`: Latin words that are two names with nothing between them.
    """
    hits: list[Hit] = []
    free = 0
    words, lengths = names.words, names.lengths
    for start in [at for at, pair in enumerate(pairs(text)) if pair in lengths]:
        if start < free:
            continue
        for length in lengths[text[start : start + 2]]:
            entry = words.get(text[start : start + length])
            if entry is not None and _stands_free(text, start, start + len(entry.word), joined):
                free = start + len(entry.word)
                hits.append(Hit(start, free, entry))
                break
    return hits
