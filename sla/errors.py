"""The tree of errors.

SlaError
├── Refused          the person can mend it; carries a wording key and its fields
├── ContractError    a contract, or another file of the configuration, is wrong: file, key, reason
├── StorageError     (storage.base) the database said no; the unit of work was rolled back
└── ChannelError     (bot.channels.base) a send failed: with retry_after, or permanent

Losing a lease or a claim is an outcome, not an error.
"""

from collections.abc import Callable, Iterable


class SlaError(Exception):
    """Root of every error that Wardline raises on purpose."""


class Refused(SlaError):
    """A person asked for something that cannot be done; they can mend it.

    `key` names a sentence in `handlers.wording`, `fields` fill it. Nothing was changed.
    """

    def __init__(self, key: str, **fields: object) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields


class ContractError(SlaError):
    """Files of the configuration are wrong. `problems` lists every one found, not just the first."""

    def __init__(self, problems: "Iterable[Problem]") -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problem:
    """One thing wrong in one file: where it stands, what is wrong, what to write instead."""

    __slots__ = ("file", "instead", "key", "line", "reason")

    def __init__(self, file: str, key: str, reason: str, instead: str = "", line: int | None = None) -> None:
        self.file = file
        self.key = key
        self.reason = reason
        self.instead = instead
        self.line = line

    def __str__(self) -> str:
        return self.told(str)

    def told(self, in_words: Callable[[str], str]) -> str:
        """The problem in one line, its sentences as `in_words` says them."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        key = f" [{self.key}]" if self.key else ""
        instead = f" -> {in_words(self.instead)}" if self.instead else ""
        return f"{where}{key}: {in_words(self.reason)}{instead}"
