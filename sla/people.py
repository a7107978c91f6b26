"""Who is who: the people of the hospital and of the provider, as people.toml names them.

[[person]]
id = "wang"; name = "王工"; side = "provider"; roles = ["engineer"]; staff_number = "20001"; language = "zh"
addresses = ["webchat:wang", "telegram:123456789"]     tried in their order
department = "emergency"                               of the hospital's people; a head approves plans for it
contracts = ["cqmu2-his"]                              of managers and engineers; left out: all
name_en = "Wang"                                       for readers of English
Without language the person is told everything in the site's, and answered in the one they write.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sla.labels import Role, Side
from sla.message import Address
from sla.toml import Opens, Reader, nearest
from sla.worded import Worded

CHANNELS = ("webchat", "telegram", "wecom", "wechat", "mail")
"""The channels that an address of the configuration may name."""
ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
"""What ids of people and teams look like: short, so that they fit into the action of a button."""
SIDE_OF = {
    Role.CLINICIAN: Side.HOSPITAL,
    Role.DEPARTMENT_HEAD: Side.HOSPITAL,
    Role.HOSPITAL_MANAGER: Side.HOSPITAL,
    Role.ENGINEER: Side.PROVIDER,
    Role.LEAD: Side.PROVIDER,
    Role.PROVIDER_MANAGER: Side.PROVIDER,
}
"""The side whose people may have a role; an administrator may be of either."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person. `addresses` are tried in their order. `contracts` limits a manager or engineer to these contracts;
    empty means all. `language` is "zh" or "en"; unless the person `keeps_language`, who writes in the other one is
    answered in it. A department head approves written plans for `department`. `name_en` is for readers of English.
    """

    id: str
    name: str
    side: Side
    roles: frozenset[Role]
    addresses: tuple[Address, ...] = ()
    department: str | None = None
    staff_number: str = ""
    language: str = "zh"
    contracts: frozenset[str] = frozenset()
    name_en: str = ""
    keeps_language: bool = True

    def called(self, language: str) -> str:
        """The name as it is written in a language."""
        return self.name_en or self.name if language == "en" else self.name

    def answers_to(self, name: str) -> bool:
        """Whether somebody who writes this means the person: by id, name or staff number."""
        return name.lower() in {self.id, self.name.lower(), self.name_en.lower(), self.staff_number} - {""}

    def is_called(self, name: str) -> bool:
        """Whether the name, said without what stands before it, means the person: 王工 of 信息科·王工."""
        return len(name) > 1 and (
            self.name.lower().endswith(name.lower()) or self.name_en.lower().endswith(name.lower())
        )

    def serves(self, contract: str | None) -> bool:
        """Whether tickets under this contract concern the person."""
        return not self.contracts or contract is None or contract in self.contracts


@dataclass(frozen=True, slots=True)
class People:
    """All of them, with the ways to find one."""

    by_id: Mapping[str, Person]
    by_address: Mapping[Address, Person]
    by_staff_number: Mapping[str, Person]

    def having(self, role: Role, contract: str | None = None) -> tuple[Person, ...]:
        """Everybody with this role whom tickets under `contract` concern, in the order of the file."""
        return tuple(p for p in self.by_id.values() if role in p.roles and p.serves(contract))


def speaking(people: People, language: str) -> People:
    """The same people; whose language was not named speaks `language`."""
    persons = {id: p if p.keeps_language else replace(p, language=language) for id, p in people.by_id.items()}
    return People(
        persons,
        {address: persons[p.id] for address, p in people.by_address.items()},
        {number: persons[p.id] for number, p in people.by_staff_number.items()},
    )


def people_of(persons: Iterable[Person]) -> People:
    """The index over these people; an address or staff number of two people belongs to the first."""
    by_id: dict[str, Person] = {}
    by_address: dict[Address, Person] = {}
    by_staff_number: dict[str, Person] = {}
    for person in persons:
        by_id.setdefault(person.id, person)
        for address in person.addresses:
            by_address.setdefault(address, person)
        if person.staff_number:
            by_staff_number.setdefault(person.staff_number, person)
    return People(by_id, by_address, by_staff_number)


def read_people(text: str, file: str, opened: Opens = Reader) -> People:
    """people.toml. Raises ContractError with every problem: unknown words, ids, addresses or staff numbers given twice,
    roles on the wrong side."""
    reader = opened(text, file)
    rows = reader.tables("person", required=True)
    persons = [_person(row) for row in rows]
    _check_unique(rows, persons)
    reader.finish()
    return people_of(persons)


def read_addresses(row: Reader, key: str) -> tuple[Address, ...]:
    """A list of addresses, each written "channel:address"; an empty one where the key is missing."""
    found = []
    for text in row.texts(key, ()):
        channel, colon, address = text.partition(":")
        if not colon or not address.strip():
            row.wrong(key, Worded('"{text}" is no address', text=text), 'channel and address, like "webchat:wang"')
        elif channel not in CHANNELS:
            row.wrong(key, Worded('the channel "{channel}" is not known', channel=channel), nearest(channel, CHANNELS))
        else:
            own = address.strip()
            found.append(Address(channel, own.lower() if channel == "mail" else own))  # so a mail's sender is read
    return tuple(found)


def read_id(row: Reader, key: str = "id") -> str:
    """An id: at most 32 small letters, digits, dots, hyphens, underscores."""
    value = row.text(key)
    if value and not ID.fullmatch(value):
        row.wrong(
            key,
            Worded('"{value}" is no id', value=value),
            'small letters, digits, ".", "_", "-", at most 32, like "wang.li"',
        )
    return value


def _person(row: Reader) -> Person:
    person = Person(
        id=read_id(row),
        name=row.text("name"),
        side=row.choice("side", Side),
        roles=frozenset(row.choices("roles", Role)),
        addresses=read_addresses(row, "addresses"),
        department=row.text("department", "") or None,
        staff_number=row.text("staff_number", ""),
        language=row.one_of("language", ("zh", "en"), "zh"),
        contracts=frozenset(row.texts("contracts", ())),
        name_en=row.text("name_en", ""),
        keeps_language=row.has("language"),
    )
    _check_roles(row, person)
    return person


def _check_roles(row: Reader, person: Person) -> None:
    for role in sorted(person.roles):
        side = SIDE_OF.get(role, person.side)
        if side is not person.side:
            reason = Worded(
                '"{role}" is a role of the {side}, {id} is on the side of the {own}',
                role=role,
                side=Worded(side),
                id=person.id,
                own=Worded(person.side),
            )
            row.wrong("roles", reason)
    if Role.DEPARTMENT_HEAD in person.roles and not person.department:
        row.wrong("department", "a department head needs one", 'department = "…", an id of catalogue.toml')


def _check_unique(rows: list[Reader], persons: list[Person]) -> None:
    taken: dict[tuple[str, object], Person] = {}
    for row, person in zip(rows, persons, strict=True):
        claims: list[tuple[str, object]] = [("id", person.id), *(("addresses", each) for each in person.addresses)]
        if person.staff_number:
            claims.append(("staff_number", person.staff_number))
        for claim in claims:
            other = taken.setdefault(claim, person)
            if other is not person:
                key, value = claim
                shown = f"{value.channel}:{value.address}" if isinstance(value, Address) else value
                row.wrong(
                    key,
                    Worded('"{shown}" belongs to {name} already', shown=shown, name=other.name),
                    "one of its own for each person",
                )
