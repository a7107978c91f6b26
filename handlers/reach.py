"""Who is reached how: the people on a rung, their addresses, and a notice to one of them."""

from datetime import datetime

from sla.labels import Role
from sla.message import Address, Button, Notice, Purpose
from sla.people import Person
from sla.rota import Team, Who, pair
from sla.rules import Rules
from storage.base import UnitOfWork

Buttons = tuple[tuple[Button, ...], ...]


def addresses_for(person: Person, uow: UnitOfWork) -> tuple[Address, ...]:
    """Where to reach a person: the addresses in people.toml in their order, then those that the person bound."""
    return tuple(dict.fromkeys((*person.addresses, *uow.bindings.addresses_of(person.id))))


def people_on(who: Who, team: Team, at: datetime, rules: Rules, person: str = "") -> tuple[Person, ...]:
    """The people on a rung at an instant. `person` stands for the first on call, whoever that is; the second is then
    the other one on call. Nobody for the group, which has addresses instead of people."""
    ids: tuple[str, ...] = ()
    if who in (Who.FIRST, Who.SECOND):
        first, second = pair(team, at)
        if person:
            first, second = person, next((id for id in (second, first) if id != person), "")
        ids = (first if who is Who.FIRST else second,)
    elif who is Who.LEAD:
        ids = (team.lead,)
    elif who is Who.PROVIDER_MANAGER:
        ids = team.provider_managers
    elif who is Who.HOSPITAL_MANAGER:
        ids = team.hospital_managers
    return persons(ids, rules)


def persons(ids: tuple[str, ...], rules: Rules) -> tuple[Person, ...]:
    """The people with these ids, each once; ids that nobody has (any more) are left out."""
    found = (rules.people.by_id.get(id) for id in dict.fromkeys(ids))
    return tuple(person for person in found if person is not None)


def managers_of(contract: str | None, rules: Rules) -> tuple[Person, ...]:
    """The managers of both sides for a contract; where no team serves it, whoever has the role."""
    team, people = rules.rota.team_of(contract), rules.people
    if team:
        return persons((*team.provider_managers, *team.hospital_managers), rules)
    return (*people.having(Role.PROVIDER_MANAGER, contract), *people.having(Role.HOSPITAL_MANAGER, contract))


def notice_to_person(
    key: str, person: Person, purpose: Purpose, text: str, uow: UnitOfWork, ticket: int, buttons: Buttons = ()
) -> Notice | None:
    """A notice to a person, tried on one address after the other; None when the person has no address at all.

    `key` names what is said about the ticket; whom it is said to is added here. Pages sound.
    """
    addresses = addresses_for(person, uow)
    if not addresses:
        return None
    name = f"{ticket}:{key}:{person.id}"
    sound = purpose is Purpose.PAGE
    return Notice(name, purpose, addresses, text, buttons, person.id, ticket, sound=sound)
