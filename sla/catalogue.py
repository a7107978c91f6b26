"""The hospital's systems and departments, with the names by which people call them. Read from TOML text and checked.

Keys of the file: `default_contract` (optional), `elsewhere` (names of systems that are in no contract: naming one
means that none of ours is meant), `[[system]]`, `[[department]]`, and `[[ambiguous]]` (a word that may mean several
systems: it stays open until somebody is asked). Aliases are compared without regard to case and width.
"""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sla.errors import ContractError, Problem


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


def read_catalogue(text: str, file: str) -> Catalogue:
    """Reads a catalogue. `file` is only its name for messages. Raises ContractError with every problem found."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContractError([Problem(file, "", f"not TOML: {error}")]) from error
    reading = _Reading(file)
    catalogue = Catalogue(
        systems=tuple(reading.system(row, where) for row, where in reading.rows(raw, "system")),
        departments=tuple(reading.department(row, where) for row, where in reading.rows(raw, "department")),
        default_contract=reading.text(raw, "default_contract", "") or None,
        ambiguous=tuple(reading.ambiguous(row, where) for row, where in reading.rows(raw, "ambiguous")),
        elsewhere=reading.words(raw, "elsewhere", ""),
    )
    reading.unknown(raw, {"system", "department", "ambiguous", "default_contract", "elsewhere"}, "")
    reading.check(catalogue)
    if reading.problems:
        raise ContractError(reading.problems)
    return catalogue


@dataclass(slots=True)
class _Reading:
    """Collects the problems of one file while its tables are turned into values."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, key: str, reason: str, instead: str = "") -> None:
        self.problems.append(Problem(self.file, key, reason, instead))

    def rows(self, raw: Mapping[str, object], key: str) -> Iterator[tuple[Mapping[str, object], str]]:
        """The tables of an array of tables, each with the path it stands at."""
        found = raw.get(key, [])
        for index, row in enumerate(found if isinstance(found, list) else [found]):
            if isinstance(row, dict):
                yield row, f"{key}[{index}]"
            else:
                self.wrong(f"{key}[{index}]", "is no table", f"[[{key}]]")

    def text(self, row: Mapping[str, object], key: str, where: str, required: bool = False) -> str:
        value = row.get(key, "")
        if not isinstance(value, str) or (required and not value.strip()):
            self.wrong(
                f"{where}.{key}".lstrip("."), "must be a text that says something" if required else "must be a text"
            )
            return ""
        return value

    def flag(self, row: Mapping[str, object], key: str, where: str, required: bool) -> bool:
        value = row.get(key)
        if isinstance(value, bool):
            return value
        if value is not None or required:
            self.wrong(f"{where}.{key}", "must be true or false")
        return False

    def words(self, row: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
        value = row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
            self.wrong(f"{where}.{key}".lstrip("."), "must be a list of words", '["word", "another"]')
            return ()
        return tuple(str(word) for word in value)

    def unknown(self, row: Mapping[str, object], known: set[str], where: str) -> None:
        for key in row.keys() - known:
            self.wrong(f"{where}.{key}".lstrip("."), "unknown key", " | ".join(sorted(known)))

    def system(self, row: Mapping[str, object], where: str) -> System:
        self.unknown(row, {"id", "name", "name_en", "contract", "care", "aliases", "functions"}, where)
        return System(
            id=self.text(row, "id", where, required=True),
            name=self.text(row, "name", where, required=True),
            name_en=self.text(row, "name_en", where),
            contract=self.text(row, "contract", where, required=True),
            care=self.flag(row, "care", where, required=True),
            aliases=self.words(row, "aliases", where),
            functions=self.words(row, "functions", where),
        )

    def department(self, row: Mapping[str, object], where: str) -> Department:
        self.unknown(row, {"id", "name", "name_en", "care_cannot_wait", "aliases"}, where)
        return Department(
            id=self.text(row, "id", where, required=True),
            name=self.text(row, "name", where, required=True),
            name_en=self.text(row, "name_en", where),
            care_cannot_wait=self.flag(row, "care_cannot_wait", where, required=False),
            aliases=self.words(row, "aliases", where),
        )

    def ambiguous(self, row: Mapping[str, object], where: str) -> Ambiguous:
        self.unknown(row, {"words", "systems"}, where)
        return Ambiguous(self.words(row, "words", where), self.words(row, "systems", where))

    def check(self, catalogue: Catalogue) -> None:
        """What only the whole can show: ids given twice, names claimed twice, systems that do not exist."""
        self._distinct("system", [system.id for system in catalogue.systems])
        self._distinct("department", [department.id for department in catalogue.departments])
        claims = [(system.id, (system.name, *system.aliases, *system.functions)) for system in catalogue.systems]
        claims += [("/".join(entry.systems), entry.words) for entry in catalogue.ambiguous]
        claims.append(("elsewhere", catalogue.elsewhere))
        self._claimed_once("system", claims)
        self._claimed_once("department", [(each.id, (each.name, *each.aliases)) for each in catalogue.departments])
        known = {system.id for system in catalogue.systems}
        for index, entry in enumerate(catalogue.ambiguous):
            for id in sorted(set(entry.systems) - known):
                self.wrong(f"ambiguous[{index}].systems", f"no system has the id {id!r}")

    def _distinct(self, table: str, ids: list[str]) -> None:
        for id in sorted({id for id in ids if id and ids.count(id) > 1}):
            self.wrong(table, f"the id {id!r} is given twice")

    def _claimed_once(self, table: str, claims: list[tuple[str, tuple[str, ...]]]) -> None:
        owner: dict[str, str] = {}
        for id, words in claims:
            for word in words:
                first = owner.setdefault(folded(word), id)
                if first != id:
                    self.wrong(
                        table, f"the alias {word!r} is claimed by {first!r} and by {id!r}", "keep it in one of them"
                    )
