"""The hospital's systems and departments, with the names by which people call them. Read from TOML text and checked.

Keys of the file: `default_contract` (optional), `elsewhere` (names of systems that are in no contract: naming one
means that none of ours is meant), `[[system]]`, `[[department]]`, and `[[ambiguous]]` (a word that may mean several
systems: it stays open until somebody is asked). Aliases are compared without regard to case and width.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from sla.toml import Opens, Reader, nearest


@dataclass(frozen=True, slots=True)
class System:
    """A system somebody may report. `contract` is the id of the contract that covers it.

    `care`: whether patient care waits for it. `aliases` are names; `functions` are words for what it is used for
    (医嘱 stands for the HIS), which count only where no name is said.
    """

    id: str
    name: str
    name_en: str
    contract: str
    care: bool
    aliases: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Department:
    """A department of the hospital. `care_cannot_wait`: a fault that stops it is critical."""

    id: str
    name: str
    name_en: str
    care_cannot_wait: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Words that may mean any of several systems."""

    words: tuple[str, ...]
    systems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All systems and departments. `default_contract` covers what is in no catalogue; None: internal targets only."""

    systems: tuple[System, ...]
    departments: tuple[Department, ...]
    default_contract: str | None = None
    ambiguous: tuple[Ambiguous, ...] = ()
    elsewhere: tuple[str, ...] = ()
    _systems: Mapping[str | None, System] = field(init=False, repr=False, compare=False)
    _departments: Mapping[str | None, Department] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_systems", {system.id: system for system in reversed(self.systems)})
        object.__setattr__(self, "_departments", {place.id: place for place in reversed(self.departments)})

    def system(self, id: str | None) -> System | None:
        """The system of that id, or None."""
        return self._systems.get(id)

    def department(self, id: str | None) -> Department | None:
        """The department of that id, or None."""
        return self._departments.get(id)


def folded(alias: str) -> str:
    """An alias as it is compared: full-width and half-width, upper and lower case are the same."""
    return unicodedata.normalize("NFKC", alias).lower().strip()


def read_catalogue(text: str, file: str, opened: Opens = Reader) -> Catalogue:
    """Reads a catalogue. `file` is only its name for messages. Raises ContractError with every problem found."""
    reader = opened(text, file)
    systems, departments = reader.tables("system"), reader.tables("department")
    ambiguous = reader.tables("ambiguous")
    catalogue = Catalogue(
        systems=tuple(_system(row) for row in systems),
        departments=tuple(_department(row) for row in departments),
        default_contract=reader.text("default_contract", "") or None,
        ambiguous=tuple(Ambiguous(row.texts("words", ()), row.texts("systems", ())) for row in ambiguous),
        elsewhere=reader.texts("elsewhere", ()),
    )
    _check_ids([*zip(systems, (system.id for system in catalogue.systems), strict=True)])
    _check_ids([*zip(departments, (department.id for department in catalogue.departments), strict=True)])
    _check_claims(_claims(reader, systems, ambiguous, catalogue))
    _check_claims(
        [
            (row, key, each.id, words)
            for row, each in zip(departments, catalogue.departments, strict=True)
            for key, words in (("name", (each.name,)), ("aliases", each.aliases))
        ]
    )
    known = {system.id: system for system in catalogue.systems}
    for row, entry in zip(ambiguous, catalogue.ambiguous, strict=True):
        for id in sorted(set(entry.systems) - set(known)):
            row.wrong("systems", f'no system has the id "{id}"', nearest(id, known))
    reader.finish()
    return catalogue


def _system(row: Reader) -> System:
    return System(
        id=row.text("id"),
        name=row.text("name"),
        name_en=row.text("name_en", ""),
        contract=row.text("contract"),
        care=row.boolean("care"),
        aliases=row.texts("aliases", ()),
        functions=row.texts("functions", ()),
    )


def _department(row: Reader) -> Department:
    return Department(
        id=row.text("id"),
        name=row.text("name"),
        name_en=row.text("name_en", ""),
        care_cannot_wait=row.boolean("care_cannot_wait", False),
        aliases=row.texts("aliases", ()),
    )


def _check_ids(rows: list[tuple[Reader, str]]) -> None:
    taken: set[str] = set()
    for row, id in rows:
        if id and id in taken:
            row.wrong("id", f'the id "{id}" is given twice', "an id of its own for each")
        taken.add(id)


_Claim = tuple[Reader, str, str, tuple[str, ...]]
"""Where words stand (the table and its key), whose they are, and the words."""


def _claims(reader: Reader, systems: list[Reader], ambiguous: list[Reader], catalogue: Catalogue) -> list[_Claim]:
    found: list[_Claim] = []
    for row, system in zip(systems, catalogue.systems, strict=True):
        found += [(row, "name", system.id, (system.name,)), (row, "aliases", system.id, system.aliases)]
        found.append((row, "functions", system.id, system.functions))
    for row, entry in zip(ambiguous, catalogue.ambiguous, strict=True):
        found.append((row, "words", "/".join(entry.systems), entry.words))
    return [*found, (reader, "elsewhere", "elsewhere", catalogue.elsewhere)]


def _check_claims(claims: list[_Claim]) -> None:
    """A word that two things claim is told at the second."""
    owner: dict[str, str] = {}
    for row, key, id, words in claims:
        for word in words:
            first = owner.setdefault(folded(word), id)
            if word and first != id:
                row.wrong(key, f'"{word}" is claimed by "{first}" and by "{id}"', "keep it in one of them")
