"""The hospital's systems and departments, with the names by which people call them. Read from TOML text and checked.

Keys of the file: `default_contract` (optional), `elsewhere` (names of systems that are in no contract: naming one
means that none of ours is meant), `[[system]]`, `[[department]]`, and `[[ambiguous]]` (a word that may mean several
systems: it stays open until somebody is asked). `sla.aliases` checks that the words can be told apart.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sla.aliases import Claim, check
from sla.toml import Opens, Reader, nearest
from sla.worded import Worded


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
    check([*_claims(reader, systems, ambiguous, catalogue), *_of_departments(departments, catalogue)])
    known = {system.id: system for system in catalogue.systems}
    for row, entry in zip(ambiguous, catalogue.ambiguous, strict=True):
        for id in sorted(set(entry.systems) - set(known)):
            row.wrong("systems", Worded('no system has the id "{id}"', id=id), nearest(id, known))
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
            row.wrong("id", Worded('the id "{id}" is given twice', id=id), "an id of its own for each")
        taken.add(id)


def _claims(reader: Reader, systems: list[Reader], ambiguous: list[Reader], catalogue: Catalogue) -> Iterator[Claim]:
    for row, system in zip(systems, catalogue.systems, strict=True):
        yield Claim(row, "name", system.id, _names(system.name))
        yield Claim(row, "aliases", system.id, system.aliases)
        yield Claim(row, "functions", system.id, system.functions)
    for row, entry in zip(ambiguous, catalogue.ambiguous, strict=True):
        yield Claim(row, "words", "/".join(entry.systems), entry.words)
    yield Claim(reader, "elsewhere", "elsewhere", catalogue.elsewhere)


def _of_departments(departments: list[Reader], catalogue: Catalogue) -> Iterator[Claim]:
    for row, department in zip(departments, catalogue.departments, strict=True):
        yield Claim(row, "name", department.id, _names(department.name), "department")
        yield Claim(row, "aliases", department.id, department.aliases, "department")


def _names(name: str) -> tuple[str, ...]:
    """A name as it is looked for: also without what stands in brackets behind it."""
    return tuple(dict.fromkeys((name, name.replace("（", "(").split("(")[0].strip())))
