"""Who is reached how: the people on a rung, their addresses in the order of `sla.reachable`, a notice to one."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sla.labels import Role
from sla.message import Address, Button, Notice, Purpose
from sla.people import Person
from sla.reachable import WAITING, WINDOWS, Reach, held_until, is_behind, is_refusing, likely_first, waits
from sla.rota import Team, Who, pair
from sla.rules import Rules
from sla.ticket import Ticket
from storage.base import UnitOfWork

WHY_MOST = 200
Buttons = tuple[tuple[Button, ...], ...]


def addresses_for(person: Person, uow: UnitOfWork, now: datetime) -> tuple[Address, ...]:
    """Where to reach a person, in the order in which it is tried: as they want it, else those in people.toml before
    those that they bound; what is unlikely to be seen at once goes behind (`sla.reachable`)."""
    reach = reach_of(person, uow)
    return likely_first((*person.addresses, *reach.bound), reach, now)


def reach_of(person: Person, uow: UnitOfWork, *, whole: bool = False) -> Reach:
    """What decides where a person is reached; `whole`: also what decides nothing."""
    reach = uow.reach.of(person.id, person.addresses, whole=whole)
    windowed = {one.channel for one in (*person.addresses, *reach.bound) if one.channel in WINDOWS}
    if not windowed:
        return reach
    return replace(reach, always=frozenset(name for name in windowed if uow.marks.get(always_mark(name))))


def always_mark(channel: str) -> str:
    """The mark under which a channel notes that it can write to people although their window is closed; "" unnotes
    it."""
    return f"{channel}:always"


def is_reachable(person: Person, uow: UnitOfWork, now: datetime) -> bool:
    """Whether a person has an address at all that did not refuse lately."""
    known = uow.reach.of(person.id, person.addresses).known
    return not all(one in known and is_refusing(known[one], now) for one in addresses_for(person, uow, now))


def addresses_of_reporter(ticket: Ticket, rules: Rules, uow: UnitOfWork, now: datetime) -> tuple[Address, ...]:
    """Where who reported is told of it: where they reported it, then their other addresses."""
    person = rules.people.by_id.get(ticket.reporter)
    here = (Address(ticket.channel, ticket.conversation),) if ticket.channel else ()
    if person is None:
        return here
    reach = reach_of(person, uow)
    known, always = reach.known, reach.always
    found = dict.fromkeys((*here, *addresses_for(person, uow, now)))
    return tuple(sorted(found, key=lambda one: one in known and is_behind(one, known[one], now, always)))


def address_failed(address: Address, why: str, at: datetime, uow: UnitOfWork, *, refused: bool = True) -> None:
    """What was sent to an address failed; `refused`: it will not take anything, and goes behind the person's other
    addresses until a sign of life. `why` is kept in one line of at most 200 signs."""
    uow.reach.failed(address, at, " ".join(why.split())[:WHY_MOST], refused=refused)


def held(notice: Notice, uow: UnitOfWork, rules: Rules, now: datetime) -> Notice:
    """The notice, not before the quiet hours of its person are over where it can wait.

    News and breaches of tickets that are neither critical nor high can. Nothing waits for who is on call or has the
    ticket, or wrote just now.
    """
    person = rules.people.by_id.get(notice.person)
    if person is None or notice.purpose not in WAITING:
        return notice
    until = held_until(uow.reach.of(person.id, person.addresses), now.astimezone(ZoneInfo(rules.site.timezone)))
    if until is None or is_on_call(person, rules, now):
        return notice
    ticket = uow.tickets.load(notice.ticket) if notice.ticket else None
    if ticket and (ticket.assignee == person.id or not waits(notice.purpose, ticket.priority)):
        return notice
    return replace(notice, not_before=until)


def is_on_call(person: Person, rules: Rules, now: datetime) -> bool:
    """Whether the person is first or second on call in some team."""
    return any(person.id in pair(team, now) for team in rules.rota.teams)


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
    key: str,
    person: Person,
    purpose: Purpose,
    text: str,
    uow: UnitOfWork,
    rules: Rules,
    now: datetime,
    ticket: int,
    buttons: Buttons = (),
) -> Notice | None:
    """A notice to a person, tried on one address after the other; None when the person has no address at all.

    `key` names what is said about the ticket; whom it is said to is added here. Pages sound; what can wait is held
    back in quiet hours.
    """
    addresses = addresses_for(person, uow, now)
    if not addresses:
        return None
    name = f"{ticket}:{key}:{person.id}"
    sound = purpose is Purpose.PAGE
    return held(Notice(name, purpose, addresses, text, buttons, person.id, ticket, sound=sound), uow, rules, now)
