"""One message while it is read: its text, and each group of words looked up at most once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from handlers.intake.lazy import Lazy
from handlers.intake.lexicon import Lexicon
from handlers.intake.names import Hit
from handlers.intake.text import Letter

T = TypeVar("T")

_BREAK = Lazy(r"[,。!?;\n~]")


@dataclass(frozen=True, slots=True)
class Label(Generic[T]):
    """A value with the rule that gave it and the words that fired."""

    value: T
    rule: str
    words: str = ""


@dataclass(slots=True)
class Reading:
    """What the rules ask.

    `text` is the subject, unless it answers another mail, and the new words. `latin`: there are Latin words in it.
    """

    lexicon: Lexicon
    letter: Letter
    text: str
    systems: list[Hit]
    departments: list[Hit]
    latin: bool
    _seen: dict[str, re.Match[str] | None] = field(default_factory=dict)

    def first(self, group: str) -> re.Match[str] | None:
        """The first place where a group of words fires."""
        if group not in self._seen:
            words = self.lexicon.words[group]
            self._seen[group] = (words if self.latin else words.chinese).search(self.text)
        return self._seen[group]

    def has(self, group: str) -> bool:
        """Whether a group of words fires anywhere."""
        return self.first(group) is not None

    def at(self, group: str) -> int:
        """Where a group first fires; beyond the end when it does not."""
        found = self.first(group)
        return len(self.text) + 1 if found is None else found.start()

    def said(self, group: str) -> str:
        """The words by which a group fired, or nothing."""
        found = self.first(group)
        return "" if found is None else found.group().strip()

    def only(self, spans: Sequence[tuple[int, int]]) -> "Reading":
        """The same message with nothing but these spans in it; whatever stays keeps its place."""
        shown = [" "] * len(self.text)
        for start, end in spans:
            shown[start:end] = self.text[start:end]

        def kept(hits: list[Hit]) -> list[Hit]:
            return [hit for hit in hits if any(start <= hit.start and hit.end <= end for start, end in spans)]

        return Reading(
            self.lexicon, self.letter, "".join(shown), kept(self.systems), kept(self.departments), self.latin
        )

    def clause_end(self, start: int) -> int:
        """Where the clause that `start` lies in ends."""
        found = _BREAK.search(self.text, start)
        return len(self.text) if found is None else found.start()

    def separate(self, first: int, second: int) -> bool:
        """Whether a clause ends between two places."""
        return _BREAK.search(self.text, first, second) is not None
