"""What a file of the configuration may hold, learnt from the very code that reads it.

`explore(read)` lets a reading function read a file that has everything and nothing: an `Explorer` stands in for the
`Reader`, notes what is asked for, and answers as a file would. It does so again and again, so that each branch is
seen: without the optional keys and with them, and with every word of every enumeration. What comes out is the table
of the file: its keys, their types, words and limits. `sla.schema` writes it as JSON Schema.

    explore(read_contract).keys["clock"].table.keys["base"].words
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from sla.toml import Opens, Reader

E = TypeVar("E", bound=StrEnum)

Path = tuple[str, ...]
"""Keys from the root down, without indexes: ("clock", "base"). ANY stands for a key of the writer's own."""
ANY = "*"
Reads = Callable[[str, str, Opens], object]
"""A reading function: text, file name, what makes its reader."""


@dataclass(slots=True)
class Asked:
    """What is asked of one key. `types`: the getters of `Reader` that asked; several where other keys decide which.

    `words` is empty where any will do. `default` is None where there is none, or where other keys decide it.
    `demanded`: in how many tables it was asked for without a default and without asking first whether it is there.
    """

    types: set[str] = field(default_factory=set)
    words: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    defaults: list[object] = field(default_factory=list)
    table: "Table | None" = None
    demanded: int = 0

    @property
    def default(self) -> object:
        """What stands for a key that is left out."""
        return self.defaults[0] if len(self.defaults) == 1 else None


@dataclass(slots=True)
class Table:
    """A table of a file: its keys, in the order in which they are asked for. The keys of one that is `open_ended` are
    the writer's own, and `keys[ANY]` is what each holds. `read`: how often it was read."""

    keys: dict[str, Asked] = field(default_factory=dict)
    open_ended: bool = False
    read: int = 0

    @property
    def required(self) -> tuple[str, ...]:
        """The keys that a table cannot do without, whatever else stands in it."""
        return tuple(key for key, asked in self.keys.items() if key != ANY and asked.demanded == self.read)

    def walk(self, path: Path = ()) -> Iterator[tuple[Path, Asked]]:
        """Every key within, from the top down."""
        for key, asked in self.keys.items():
            yield (*path, key), asked
            if asked.table:
                yield from asked.table.walk((*path, key))


@dataclass(slots=True)
class Trip:
    """One reading: whether the optional keys are there, and the one word that is written somewhere. `choices` are the
    keys that take a word of a list, as they were met."""

    has: bool
    word: tuple[Path, str] | None = None
    choices: dict[Path, tuple[str, ...]] = field(default_factory=dict)


def explore(read: Reads) -> Table:
    """The table of the files that `read` reads."""
    root = Table()
    for has in (False, True):
        first = _travel(read, root, Trip(has))
        for path, words in first.choices.items():
            for word in words:
                _travel(read, root, Trip(has, (path, word)))
    return root


def _travel(read: Reads, root: Table, trip: Trip) -> Trip:
    read("", "", lambda text, file: Explorer(root, trip))
    return trip


class Explorer(Reader):
    """Stands in for a Reader: notes what is asked for, and answers with the default or a stand-in."""

    def __init__(self, table: Table, trip: Trip, path: Path = ()) -> None:
        super().__init__("", "")
        self._table, self._trip, self._at = table, trip, path
        self._demanded: set[str] = set()
        self._maybe: set[str] = set()
        self._inner: dict[str, Explorer] = {}
        table.read += 1

    def _note(self, key: str, getter: str, required: bool, default: object = None) -> Asked:
        asked = self._table.keys.setdefault(key, Asked())
        asked.types.add(getter)
        if required and key not in self._maybe and key not in self._demanded:
            self._demanded.add(key)
            asked.demanded += 1
        if not required and default not in asked.defaults:
            asked.defaults.append(default)
        return asked

    def _chosen(self, key: str, words: Sequence[str]) -> str | None:
        path = (*self._at, key)
        self._trip.choices[path] = tuple(words)
        return self._trip.word[1] if self._trip.word and self._trip.word[0] == path else None

    def names(self) -> tuple[str, ...]:
        self._table.open_ended = True
        return (ANY,)

    def has(self, key: str) -> bool:
        self._maybe.add(key)
        self._table.keys.setdefault(key, Asked())
        return self._trip.has

    def text(self, key: str, default: str | None = None) -> str:
        self._note(key, "text", default is None, default)
        return default or ""

    def integer(self, key: str, default: int | None = None, *, least: int = 0, most: int = 10**9) -> int:
        asked = self._note(key, "integer", default is None, default)
        asked.least, asked.most = least, most
        return least if default is None else default

    def number(self, key: str, default: float | None = None) -> float:
        self._note(key, "number", default is None, default)
        return default or 0.0

    def boolean(self, key: str, default: bool | None = None) -> bool:
        self._note(key, "boolean", default is None, default)
        word = self._chosen(key, ("true", "false"))
        return word == "true" if word else bool(default)

    def choice(self, key: str, kind: type[E], default: E | None = None) -> E:
        self._note(key, "choice", default is None, default).words = tuple(kind)
        word = self._chosen(key, tuple(kind))
        return kind(word) if word else default or next(iter(kind))

    def one_of(self, key: str, words: Sequence[str], default: str | None = None) -> str:
        self._note(key, "choice", default is None, default).words = tuple(words)
        return self._chosen(key, words) or default or ""

    def day(self, key: str) -> date:
        self._note(key, "day", True)
        return date.min

    def duration(self, key: str, default: timedelta | None = None) -> timedelta:
        self._note(key, "duration", default is None, default)
        return default or timedelta()

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        self._note(key, "texts", default is None, default)
        return tuple(default or ())

    def choices(self, key: str, kind: type[E], default: Sequence[E] | None = None) -> tuple[E, ...]:
        self._note(key, "choices", default is None, default).words = tuple(kind)
        return tuple(default or ())

    def days(self, key: str, default: Sequence[date] | None = None) -> tuple[date, ...]:
        self._note(key, "days", default is None, default)
        return tuple(default or ())

    def durations(self, key: str, default: Sequence[timedelta] | None = None) -> tuple[timedelta, ...]:
        self._note(key, "durations", default is None, default)
        return tuple(default or ())

    def table(self, key: str, *, required: bool = True) -> Reader:
        return self._within_table(key, "table", required)

    def tables(self, key: str, *, required: bool = False) -> list[Reader]:
        return [self._within_table(key, "tables", required)]

    def _within_table(self, key: str, getter: str, required: bool) -> Reader:
        if key not in self._inner:  # asked again, it is the same, as with every Reader
            asked = self._note(key, getter, required)
            asked.table = asked.table or Table()
            self._inner[key] = Explorer(asked.table, self._trip, (*self._at, key))
        return self._inner[key]

    def finish(self) -> None:
        """Nothing is wrong with a file that does not exist."""
