"""A hospital's names and the words of lexicon.toml, compiled once."""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from handlers.intake.names import Entry, Index, index
from handlers.intake.near import Near, near_index
from handlers.intake.quick import alternatives
from handlers.intake.sounds import SoundIndex, sound_index
from handlers.intake.spelled import Typed, stems, typed_index
from handlers.intake.text import fold
from sla.catalogue import Catalogue, Department, System

_CHINESE = re.compile("[\u3000-\u9fff]")
WHOLE = 3
"""A department is known by its sound from so many characters on, a word that stands for no single system from more."""
# A class of words that an entry of lexicon.toml names.
_CLASS = re.compile("(?<=\\(\\?:)<([a-z]+)>")
# What an English name that needs its article can stand behind as well.
_INSTEAD = ("our ", "whole ", "entire ", "main ")
# What can be written right before or behind another name in letters.
_INITIALS = re.compile("[a-z]{2,4}")
# What makes it worth looking for Latin words.
LATIN = re.compile("[a-z]{3}")
_LATIN_WORD = re.compile("[a-z]{3,}")


class Words:
    """A group of words. Its Latin entries are kept apart, and looked up only where a text has Latin words at all.

    Compiled when they are first looked up: English ones take as long as Chinese ones, and few texts need them.
    """

    def __init__(self, patterns: list[str]) -> None:
        self._chinese = [pattern for pattern in patterns if _CHINESE.search(pattern)]
        self._latin = [pattern for pattern in patterns if not _CHINESE.search(pattern)]

    # ASCII: between a Latin and a Chinese character there is the end of a word, 系统down了.
    @cached_property
    def chinese(self) -> re.Pattern[str]:
        """The entries with Chinese characters; what matches nothing where there are none."""
        return re.compile(alternatives(self._chinese) or "(?!)", re.ASCII)

    @cached_property
    def latin(self) -> re.Pattern[str] | None:
        """The other entries, if there are any."""
        return re.compile(alternatives(self._latin), re.ASCII) if self._latin else None

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """The first place in [start, end) where one of them stands."""
        found = self.chinese.search(text, start, end)
        if LATIN.search(text, start, end) is None or self.latin is None:
            return found
        other = self.latin.search(text, start, end)
        if found is None or (other is not None and other.start() < found.start()):
            return other
        return found

    def compile(self) -> None:
        """Compile both, so that no text waits for it."""
        _ = self.chinese, self.latin

    def all(self, text: str) -> Iterator[tuple[int, int]]:
        """Where each of the Chinese ones stands."""
        return (found.span() for found in self.chinese.finditer(text))

    def without(self, text: str) -> str:
        """The text with all of them taken out."""
        text = self.chinese.sub("", text)
        return text if LATIN.search(text) is None or self.latin is None else self.latin.sub("", text)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that a message is read by. `words` holds the groups of lexicon.toml by their names."""

    systems: Mapping[str, System]
    departments: Mapping[str, Department]
    system_names: Index
    system_sounds: SoundIndex
    system_slips: Near
    system_stems: Index
    system_typed: Typed
    department_names: Index
    department_sounds: SoundIndex
    department_typed: Typed
    initials: frozenset[str]
    joined: frozenset[str]
    words: Mapping[str, Words]

    def speaks_latin(self, text: str) -> bool:
        """Whether there are Latin words in it other than names in letters, HIS and ICU, of which no rule speaks."""
        return any(word not in self.initials for word in _LATIN_WORD.findall(text))


@lru_cache(maxsize=8)
def compile_lexicon(catalogue: Catalogue) -> Lexicon:
    """The lexicon of a catalogue; the same object for an equal catalogue."""
    entries = list(_system_entries(catalogue))
    places = list(_department_entries(catalogue))
    places += list(_with_articles(places))
    return Lexicon(
        systems={system.id: system for system in catalogue.systems},
        departments={department.id: department for department in catalogue.departments},
        system_names=index(entries),
        system_sounds=sound_index(
            entry for entry in entries if entry.sort in ("name", "function") or len(entry.word) > WHOLE
        ),
        system_slips=near_index(entries),
        system_stems=index(stems(entries)),
        system_typed=typed_index(entries),
        department_names=index(places),
        department_sounds=sound_index(entry for entry in places if len(entry.word) >= WHOLE),
        department_typed=typed_index(places),
        initials=frozenset(entry.word for entry in (*entries, *places) if _INITIALS.fullmatch(entry.word)),
        joined=frozenset(_joined(entries, places)),
        words=_words(),
    )


def _title(name: str) -> str:
    """A name without what stands in brackets behind it."""
    return fold(name).split("(")[0].strip()


def _system_entries(catalogue: Catalogue) -> Iterator[Entry]:
    for system in catalogue.systems:
        for word in dict.fromkeys((_title(system.name), fold(system.name), *map(fold, system.aliases))):
            yield Entry(word, "name", (system.id,))
        for word in system.functions:
            yield Entry(fold(word), "function", (system.id,))
    for ambiguous in catalogue.ambiguous:
        for word in ambiguous.words:
            yield Entry(fold(word), "ambiguous", ambiguous.systems)
    for word in catalogue.elsewhere:
        yield Entry(fold(word), "elsewhere", ())


def _department_entries(catalogue: Catalogue) -> Iterator[Entry]:
    for department in catalogue.departments:
        for word in dict.fromkeys((_title(department.name), *map(fold, department.aliases))):
            yield Entry(word, "department", (department.id,))


def _with_articles(entries: list[Entry]) -> Iterator[Entry]:
    """ "The OR" is "our OR" as well; "or" alone is a word of every sentence."""
    for entry in entries:
        if entry.word.startswith("the "):
            for before in _INSTEAD:
                yield Entry(before + entry.word.removeprefix("the "), entry.sort, entry.ids)


def _joined(systems: list[Entry], departments: list[Entry]) -> Iterator[str]:
    """A department and a system in letters, as they are written without a space: ICUHIS."""
    names = [entry.word for entry in systems if entry.sort in ("name", "elsewhere") and _INITIALS.fullmatch(entry.word)]
    for place in departments:
        if _INITIALS.fullmatch(place.word):
            yield from (place.word + name for name in names)


def word_groups(source: str) -> dict[str, list[str]]:
    """The groups of a lexicon.toml, each with its patterns; what they name of [classes] is put in."""
    sections = tomllib.loads(source)
    classes: dict[str, str] = sections.pop("classes")
    return {
        name: [_CLASS.sub(lambda found: classes[found.group(1)], pattern) for pattern in patterns]
        for section in sections.values()
        for name, patterns in section.items()
    }


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Words]:
    from importlib.resources import files  # noqa: PLC0415 - ten milliseconds that only the first reading pays

    text = files("handlers.intake").joinpath("lexicon.toml").read_text(encoding="utf-8")
    return {name: Words(patterns) for name, patterns in word_groups(text).items()}
