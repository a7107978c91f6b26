"""The hospital of a simulation: people, rota and catalogue made to fit whatever contracts are to be lived under."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sla.aliases import compared
from sla.catalogue import Catalogue, System
from sla.contract import Contract
from sla.contract_reader import read_contract
from sla.errors import ContractError, Problem
from sla.labels import Role, Side
from sla.message import Address
from sla.people import People, Person, people_of
from sla.rota import Rota, Shift, Team, Turn
from sla.rules import Rules
from sla.succession import Succession, in_succession
from storage.files import packaged_rules
from storage.texts import read_text

DEPARTMENTS = (
    "emergency", "icu", "operating-theatre", "cardiology", "radiology", "laboratory", "pharmacy", "cashier",
    "outpatient", "obstetrics", "human-resources", "paediatrics",
)  # fmt: skip  # one glance
CLINICIANS, ENGINEERS, MANAGERS = 6, 5, 2
SWAPS_A_YEAR = 24
GROUP_IN_ONE_OF = 2
"""In every second team the site's group is told before the first on call."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The rules, and who plays. `clinicians` by department; `systems` by contract; `away` says when somebody is on
    leave: spans of (from, to)."""

    rules: Rules
    clinicians: Mapping[str, tuple[str, ...]]
    systems: tuple[System, ...]
    away: Mapping[str, tuple[tuple[datetime, datetime], ...]]

    def back_at(self, person: str, at: datetime) -> datetime:
        """When a person who is asked at an instant is there to read it."""
        return next((end for start, end in self.away.get(person, ()) if start <= at < end), at)


def read_contracts(folder: Path) -> Succession:
    """The contracts of a folder, by id, each with all its versions. Raises ContractError with every problem of every
    file, of versions whose days overlap as well."""
    found: list[tuple[str, Contract]] = []
    problems: list[Problem] = []
    for file in sorted(folder.glob("*.toml")):
        try:
            found.append((file.name, read_contract(read_text(file, file.name), file.name)))
        except ContractError as error:
            problems += error.problems
    succession, overlaps = in_succession(found)
    problems += overlaps
    if not found and not problems:
        absent = "holds no *.toml" if folder.is_dir() else "is no folder"
        problems.append(Problem(str(folder), "", absent, "at least one contract"))
    if problems:
        raise ContractError(problems)
    return succession


def make_cast(seed: str, start: datetime, days: int, succession: Succession | None = None) -> Cast:
    """Everybody, by chance from `seed`. The contracts of `succession` replace the packaged ones."""
    packaged = packaged_rules()
    named = succession or {id: packaged.versions_of(id) for id in packaged.contracts}
    systems = _systems(named, packaged.catalogue)
    places = [id for id in DEPARTMENTS if packaged.catalogue.department(id)]
    people = _people(places, tuple(named))
    rules = replace(
        packaged,
        version=f"simulated-{seed}",
        contracts={id: versions[-1] for id, versions in named.items()},
        versions={(each.id, each.version): each for versions in named.values() for each in versions},
        succession=named,
        catalogue=_catalogue(packaged.catalogue, systems),
        people=people,
        rota=Rota(tuple(_team(id, place, seed, start, days) for place, id in enumerate(named))),
    )
    clinicians = {place: tuple(f"{place}-{number}" for number in range(CLINICIANS)) for place in places}
    return Cast(rules, clinicians, systems, _leave(people, seed, start, days))


def _systems(succession: Succession, catalogue: Catalogue) -> tuple[System, ...]:
    """Every system that any version of a contract names, each once, by its entry in the catalogue; new ones for those
    that it does not know. One that several contracts name is covered by the one that names the fewest: a contract about
    little is not to lose all of it to one about much."""
    named = {
        id: tuple(dict.fromkeys(system for version in versions for system in version.systems)) or (f"{id}-system",)
        for id, versions in succession.items()
    }
    claims: dict[str, str] = {}
    for contract, systems in sorted(named.items(), key=lambda each: len(each[1])):
        for system in systems:
            claims.setdefault(system, contract)
    in_order = dict.fromkeys(system for systems in named.values() for system in systems)
    return tuple(_system(id, claims[id], catalogue.system(id)) for id in in_order)


def _system(id: str, contract: str, known: System | None) -> System:
    if known:
        return replace(known, contract=contract)
    return System(id, f"{id}系统", id, contract, care=True, aliases=(id,))


def _catalogue(packaged: Catalogue, systems: tuple[System, ...]) -> Catalogue:
    ids = {system.id for system in systems}
    ambiguous = (replace(each, systems=tuple(id for id in each.systems if id in ids)) for each in packaged.ambiguous)
    ours = {compared(name) for system in systems for name in (system.id, *system.aliases)}
    elsewhere = tuple(name for name in packaged.elsewhere if compared(name) not in ours)
    meant = tuple(each for each in ambiguous if each.systems)
    return Catalogue(systems, packaged.departments, None, meant, elsewhere)


def _person(
    id: str, side: Side, *roles: Role, department: str | None = None, contract: str = "", ways: int = 1
) -> Person:
    """`ways`: in how many channels the person can be reached."""
    addresses = (Address("webchat", id),) if side is Side.HOSPITAL else _both(id)[:ways]
    only = frozenset({contract} if contract else ())
    return Person(id, id, side, frozenset(roles), addresses, department, f"s-{id}", "zh", only)


def _ways(order: int, number: int) -> int:
    """In how many channels an engineer can be reached: in the first team one of them in none at all."""
    return 0 if (order, number) == (0, ENGINEERS - 1) else 1 + number % 2


def _both(id: str) -> tuple[Address, ...]:
    return Address("telegram", id), Address("webchat", id)


def _people(places: list[str], contracts: tuple[str, ...]) -> People:
    hospital, provider = Side.HOSPITAL, Side.PROVIDER
    found = [_person("admin", hospital, Role.ADMINISTRATOR)]
    found += [_person(f"manager-{n}", hospital, Role.HOSPITAL_MANAGER) for n in range(MANAGERS)]
    for place in places:
        found.append(_person(f"head-{place}", hospital, Role.DEPARTMENT_HEAD, Role.CLINICIAN, department=place))
        found += [_person(f"{place}-{n}", hospital, Role.CLINICIAN, department=place) for n in range(CLINICIANS)]
    for order, contract in enumerate(contracts):
        found += [
            _person(f"{contract}-e{n}", provider, Role.ENGINEER, contract=contract, ways=_ways(order, n))
            for n in range(ENGINEERS)
        ]
        found.append(_person(f"{contract}-lead", provider, Role.LEAD, Role.ENGINEER, contract=contract, ways=2))
        found.append(_person(f"{contract}-boss", provider, Role.PROVIDER_MANAGER, contract=contract))
    return people_of(found)


def _team(contract: str, place: int, seed: str, start: datetime, days: int) -> Team:
    """Weekly turns, and swaps by chance."""
    chance = Random(f"{seed}/rota/{contract}")  # noqa: S311  # a simulation
    engineers = tuple(f"{contract}-e{n}" for n in range(ENGINEERS))
    swaps = []
    for _ in range(SWAPS_A_YEAR * days // 365):
        begin = start + timedelta(hours=chance.randrange(days * 24))
        pair = chance.sample(engineers, 2)
        swaps.append(Shift(begin, begin + timedelta(hours=chance.choice((8, 12, 24))), *pair))
    return Team(
        id=contract,
        name=contract,
        contracts=frozenset({contract}),
        turn=Turn(engineers, (start - timedelta(days=start.weekday() + 7)).replace(hour=8)),
        exceptions=tuple(swaps),
        group=(Address("telegram", f"group-{contract}"),) if place % GROUP_IN_ONE_OF else (),
        lead=f"{contract}-lead",
        provider_managers=(f"{contract}-boss",),
        hospital_managers=tuple(f"manager-{n}" for n in range(MANAGERS)),
    )


def _leave(people: People, seed: str, start: datetime, days: int) -> dict[str, tuple[tuple[datetime, datetime], ...]]:
    """Managers and heads are away for some days now and then, both managers at once as well."""
    found = {}
    for id, person in people.by_id.items():
        if person.roles.isdisjoint({Role.HOSPITAL_MANAGER, Role.DEPARTMENT_HEAD, Role.PROVIDER_MANAGER}):
            continue
        chance = Random(f"{seed}/leave/{id}")  # noqa: S311  # a simulation
        begins = sorted(start + timedelta(hours=chance.randrange(days * 24)) for _ in range(max(1, days // 60)))
        found[id] = tuple((at, at + timedelta(days=chance.choice((1, 3, 7, 10)))) for at in begins)
    return found
