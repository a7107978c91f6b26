"""Typed reading of TOML: every error with file, line and key, and what to write instead.

A `Reader` walks parsed TOML. Each getter returns a value of the type asked for; where the file is wrong it notes a
`Problem`, returns a harmless stand-in and goes on, so that one look finds everything. `finish()` then adds the keys
that nobody asked for and raises one ContractError with all problems; before it returns, what was read must not be used.

    reader = Reader(text, "contracts/a.toml")
    name = reader.text("name")
    for row in reader.tables("clock"):
        base = row.choice("base", Base)
    reader.finish()
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sla.errors import ContractError, Problem
from sla.toml_faults import fault
from sla.toml_lines import KeyPath, line_numbers
from sla.worded import Worded

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

DURATION = re.compile(r"(\d{1,6}) ?(s|min|h|d)")
UNITS = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


def duration(text: str) -> timedelta | None:
    """A length of time on the clock, written as "30 min", "2 h", "10 s" or "1 d" (24 h); None for any other text."""
    match = DURATION.fullmatch(text.strip())
    return int(match[1]) * UNITS[match[2]] if match else None


def written(length: timedelta) -> str:
    """The length as `duration` reads it, in the largest unit that fits: "2 h"."""
    fitting = (unit for unit in ("d", "h", "min", "s") if length and length % UNITS[unit] == timedelta())
    unit = next(fitting, "s")
    return f"{length // UNITS[unit]} {unit}"


def nearest(word: str, known: Iterable[str]) -> str:
    """What the writer probably meant ("did you mean …?"), else the words that are allowed."""
    words = [str(k) for k in known]
    close = difflib.get_close_matches(word, words, n=1)
    return Worded('did you mean "{word}"?', word=close[0]) if close else one_of(words)


def one_of(words: Iterable[str]) -> str:
    """The words that are allowed."""
    return Worded("one of: {words}", words=", ".join(words))


class _File:
    """What all readers of one file share."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        self.readers: list[Reader] = []
        self.content: dict[str, object] = {}
        try:
            self.content = tomllib.loads(text.removeprefix("\ufeff"))
        except tomllib.TOMLDecodeError as error:
            self.problems.append(fault(text, name, error))
        else:
            self.lines = line_numbers(text)

    def line(self, path: KeyPath) -> int | None:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


class Reader:
    """One table of a TOML file. `Reader(text, file)` is the whole file; `table` and `tables` give the ones within."""

    def __init__(
        self, text: str, file: str, *, _shared: _File | None = None, _path: KeyPath = (), _values: object = None
    ) -> None:
        self._file = _shared or _File(text, file)
        self._path = _path
        self._values: Mapping[str, object] = _values if isinstance(_values, Mapping) else {}
        if _shared is None:
            self._values = self._file.content
        self._asked: dict[str, None] = {}
        self._stand_ins: set[str] = set()
        self._open_ended = False
        self._tables: dict[str, Reader] = {}
        self._lists: dict[str, list[Reader]] = {}
        self._file.readers.append(self)

    # what is there

    @property
    def file(self) -> str:
        """The file's name as it was given."""
        return self._file.name

    @property
    def problems(self) -> list[Problem]:
        """All problems found in this file so far."""
        return self._file.problems

    def names(self) -> tuple[str, ...]:
        """The keys of this table, in their order, for tables whose keys are the writer's own."""
        self._open_ended = True
        return tuple(self._values)

    def has(self, key: str) -> bool:
        """Whether the key is written here."""
        self._asked[key] = None
        return key in self._values

    def line(self, key: str = "") -> int | None:
        """The line of a key of this table, or of the table itself."""
        return self._file.line((*self._path, key) if key else self._path)

    def wrong(self, key: str, reason: str, instead: str = "") -> None:
        """Note a problem with a key of this table ("" for the table itself); not of a stand-in, which nobody wrote."""
        if key not in self._stand_ins:
            self._note_wrong(key, reason, instead)

    def _note_wrong(self, key: str, reason: str, instead: str) -> None:
        path = (*self._path, key) if key else self._path
        name = _dotted(path)
        if not any((each.key, each.reason) == (name, reason) for each in self.problems):  # a key may be asked for twice
            self.problems.append(Problem(self.file, name, reason, instead, self._file.line(path)))

    def _stand_in(self, key: str, value: T) -> T:
        """The value in place of one that is wrong."""
        self._stand_ins.add(key)
        return value

    # plain values

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty; required unless a default is given."""
        value = self._get(key, default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str):
            self._mistyped(key, value, 'a text in quotes, like "…"')
        elif not value.strip() and default is None:
            self._note_wrong(key, "is empty", "a text")
        else:
            return value
        return self._stand_in(key, "")

    def integer(self, key: str, default: int | None = None, *, least: int = 0, most: int = 10**9) -> int:
        """A whole number between `least` and `most`, both included; required unless a default is given."""
        value = self._get(key, default is None)
        if value is None:
            return least if default is None else default
        if not isinstance(value, int) or isinstance(value, bool):
            self._mistyped(key, value, "a whole number")
        elif not least <= value <= most:
            among = Worded("a whole number from {least} to {most}", least=least, most=most)
            self._note_wrong(key, Worded("is {value}", value=value), among)
        else:
            return value
        return self._stand_in(key, least)

    def number(self, key: str, default: float | None = None) -> float:
        """A number, whole or with a fraction; required unless a default is given."""
        value = self._get(key, default is None)
        if value is None:
            return 0.0 if default is None else default
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._mistyped(key, value, "a number")
            return self._stand_in(key, 0.0)
        return float(value)

    def boolean(self, key: str, default: bool | None = None) -> bool:
        """true or false; required unless a default is given."""
        value = self._get(key, default is None)
        if value is None:
            return bool(default)
        if not isinstance(value, bool):
            self._mistyped(key, value, "true or false, without quotes")
            return self._stand_in(key, False)
        return value

    def choice(self, key: str, kind: type[E], default: E | None = None) -> E:
        """One word of an enumeration; required unless a default is given."""
        first = next(iter(kind))
        value = self._get(key, default is None)
        if value is None:
            return default or first
        return self._word(key, value, kind) or self._stand_in(key, first)

    def one_of(self, key: str, words: Sequence[str], default: str | None = None) -> str:
        """One of the given words; required unless a default is given."""
        value = self.text(key, default)
        if value and value != default and value not in words:
            self.wrong(key, Worded('"{value}" is not known here', value=value), nearest(value, words))
            self._stand_ins.add(key)
        return value

    def day(self, key: str) -> date:
        """A date (2026-10-01, without quotes); required."""
        return self._as_day(key, self._get(key, True)) or self._stand_in(key, date.min)

    def duration(self, key: str, default: timedelta | None = None) -> timedelta:
        """A length of time like "30 min", "2 h", "10 s", "1 d"; required unless a default is given."""
        value = self._get(key, default is None)
        if value is None:
            return default or timedelta()
        found = self._as_duration(key, value)
        return self._stand_in(key, timedelta()) if found is None else found

    # lists

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of texts; required unless a default is given."""
        good = []
        for value in self._list(key, default):
            if isinstance(value, str) and value.strip():
                good.append(value)
            else:
                self._mistyped(key, value, 'a list of texts, like ["a", "b"]')
        return tuple(good)

    def choices(self, key: str, kind: type[E], default: Sequence[E] | None = None) -> tuple[E, ...]:
        """A list of words of an enumeration; required unless a default is given."""
        words = (self._word(key, value, kind) for value in self._list(key, default))
        return tuple(dict.fromkeys(word for word in words if word is not None))

    def days(self, key: str, default: Sequence[date] | None = None) -> tuple[date, ...]:
        """A list of dates; required unless a default is given."""
        found = (self._as_day(key, value) for value in self._list(key, default))
        return tuple(d for d in found if d is not None)

    def durations(self, key: str, default: Sequence[timedelta] | None = None) -> tuple[timedelta, ...]:
        """A list of lengths of time; required unless a default is given."""
        if default is not None and not self.has(key):
            return tuple(default)
        found = (self._as_duration(key, value) for value in self._list(key, None))
        return tuple(d for d in found if d is not None)

    # tables

    def table(self, key: str, *, required: bool = True) -> "Reader":
        """A table within this one; an empty one where it is missing (a problem if it is required)."""
        if key not in self._tables:
            self._tables[key] = self._one(key, required)
        return self._tables[key]

    def tables(self, key: str, *, required: bool = False) -> list["Reader"]:
        """The tables of a list ([[key]] …), in their order. Asked again, the same readers."""
        if key not in self._lists:
            self._lists[key] = self._several(key, required)
        return self._lists[key]

    def _one(self, key: str, required: bool) -> "Reader":
        header = f"[{_dotted((*self._path, key))}]"
        value = self._get(key, required, header)
        if value is not None and not isinstance(value, Mapping):
            self._mistyped(key, value, Worded("a table, like {header}", header=header))
        return self._within((*self._path, key), value)

    def _several(self, key: str, required: bool) -> list["Reader"]:
        header = f"[[{_dotted((*self._path, key))}]]"
        value = self._get(key, required, header)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(v, Mapping) for v in value):
            self._mistyped(key, value, Worded("a list of tables, each begun with {header}", header=header))
            return []
        return [self._within((*self._path, key, index), each) for index, each in enumerate(value)]

    # the end

    def note_unknown_keys(self) -> None:
        """Note a problem for each key of this file that no getter has asked for."""
        for reader in self._file.readers:
            if reader._open_ended:
                continue
            for key in reader._values:
                if key not in reader._asked:
                    reader.wrong(key, "is not known here", nearest(key, reader._asked))

    def finish(self) -> None:
        """Raise ContractError with every problem of the file, if there is one."""
        self.note_unknown_keys()
        if self.problems:
            raise ContractError(sorted(self.problems, key=lambda p: p.line or 0))

    # inside

    def _within(self, path: KeyPath, values: object) -> "Reader":
        return Reader("", "", _shared=self._file, _path=path, _values=values)

    def _get(self, key: str, required: bool, instead: str = "") -> object:
        self._asked[key] = None
        if key not in self._values:
            if required and not (self._file.problems and not self._file.content):
                self._note_wrong(key, "is missing", instead or f"{key} = …")
                self._stand_ins.add(key)
            return None
        return self._values[key]

    def _list(self, key: str, default: Sequence[object] | None) -> Sequence[object]:
        value = self._get(key, default is None)
        if value is None:
            return default or ()
        if not isinstance(value, list):
            self._mistyped(key, value, "a list in brackets, like […]")
            return self._stand_in(key, ())
        return value

    def _mistyped(self, key: str, value: object, instead: str) -> None:
        self._note_wrong(key, Worded("is {value}", value=_shown(value)), instead)

    def _word(self, key: str, value: object, kind: type[E]) -> E | None:
        words = [member.value for member in kind]
        if not isinstance(value, str):
            self._mistyped(key, value, one_of(words))
            return None
        if value not in words:
            self._note_wrong(key, Worded('"{value}" is not known here', value=value), nearest(value, words))
            return None
        return kind(value)

    def _as_day(self, key: str, value: object) -> date | None:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not None:
            self._mistyped(key, value, "a date without quotes, like 2026-10-01")
        return None

    def _as_duration(self, key: str, value: object) -> timedelta | None:
        found = duration(value) if isinstance(value, str) else None
        if found is None:
            self._mistyped(key, value, 'a length of time, like "30 min", "2 h" or "1 d"')
        return found


Opens = Callable[[str, str], Reader]
"""What makes a reader over a text and the name of its file: `Reader`, or what learns from it (`sla.grammar`)."""


def _dotted(path: KeyPath) -> str:
    parts: list[str] = []
    for part in path:
        if isinstance(part, int) and parts:
            parts[-1] += f"[{part + 1}]"  # people count from one
        else:
            parts.append(str(part))
    return ".".join(parts)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return Worded("a table")
    if isinstance(value, list):
        return Worded("a list")
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"
