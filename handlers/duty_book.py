"""What handlers know of duties: how each stands by the records, its number, and who is concerned.

A duty's number is its place in the configuration, the same for everybody, so that people can speak of it. Duties are
watched from the day on which their contract was first in force here: what was due before is nobody's omission.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.reach import addresses_for, people_on, persons
from sla.amend import in_place
from sla.calendar import Calendar
from sla.contract import Contract
from sla.duty import CHANGE_LIVE, Duty
from sla.labels import Role, Side
from sla.people import Person
from sla.records import Record, RecordKind
from sla.rhythm import Happening, Occurrence, occurrences, undated
from sla.rota import Team, Who
from sla.rules import Rules
from sla.ticket import EventKind, State, Ticket
from storage.base import UnitOfWork

LOOK_BACK = timedelta(days=400)
"""Records older than this decide nothing: the longest rhythm is a year."""
MISSED = timedelta(days=45)
"""How long what was missed stays in view."""
CHANGES = timedelta(days=60)
"""How old the changes are that may still be put up for acceptance."""
SOON = timedelta(days=40)
"""Most duties come again within this."""
Wanted = Callable[[Duty], bool]


@dataclass(frozen=True, slots=True)
class Book:
    """The duties of one contract and what is on record of them. `contract` is that of its `versions` that is in
    force now, `since` when its duties were first watched (None: not yet)."""

    contract: Contract
    versions: tuple[Contract, ...]
    calendar: Calendar
    records: Sequence[Record]
    since: datetime | None
    now: datetime
    happened: tuple[Happening, ...] = ()

    def times(self, first: date, last: date, of: Wanted | None = None, period: str = "") -> tuple[Occurrence, ...]:
        """Every time that a duty is due on these days, without what was due before anybody watched. `of`: of the duties
        that it holds for; `period`: the times of that name."""
        since, found = self.since or self.now, self.all_times(first, last, of, period)
        return tuple(one for one in found if one.done or one.duty.may or one.due >= since)

    def all_times(self, first: date, last: date, of: Wanted | None = None, period: str = "") -> tuple[Occurrence, ...]:
        """Every time that a duty is due on these days."""
        since = self.calendar.day_of(self.since) if self.since else None
        days, known = (first, last, self.calendar), (self.records, self.happened, since)
        found: list[Occurrence] = []
        for version in self.versions:
            duties = [duty for duty in version.duties if of is None or of(duty)]
            found += occurrences(version, *days, *known, duties=duties, period=period) if duties else ()
        return in_order(found)

    def around(self, ahead: timedelta, of: Wanted | None = None, period: str = "") -> tuple[Occurrence, ...]:
        """What is due until so far ahead, and what was: of duties whose missed times pass, those of MISSED ago."""
        day = self.calendar.day_of(self.now)
        passing = self.times(day - MISSED, day + ahead, lambda duty: duty.passes and (not of or of(duty)), period)
        staying = self.times(
            day - LOOK_BACK, day + ahead, lambda duty: not duty.passes and (not of or of(duty)), period
        )
        return in_order((*passing, *staying))

    def following(self, one: Occurrence, ahead: timedelta) -> Occurrence | None:
        """The next time of the same duty that is in view until so far ahead; None where there is none."""
        for until in (SOON, ahead):  # what is found soon comes before all that is found later
            coming = (each for each in self.around(until, called(one.duty.id)) if each.due > one.due)
            if found := next(coming, None):
                return found
        return None

    def undated(self) -> tuple[tuple[Duty, str], ...]:
        """The duties that cannot be dated, each with the key of the file that is missing."""
        return undated(self.contract, self.calendar.day_of(self.since) if self.since else None)


def called(id: str) -> Wanted:
    """Asks for the duty of that id."""
    return lambda duty: duty.id == id


def in_order(times: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    """Times of duties by the instant at which they are due."""
    return tuple(sorted(times, key=lambda one: (one.due, one.subject)))


def open_book(
    contract: Contract,
    uow: UnitOfWork,
    rules: Rules,
    now: datetime,
    *,
    changes: bool = False,
    back: timedelta = LOOK_BACK,
) -> Book:
    """What is on record of a contract's duties now, by records not older than `back`. `changes`: with the changes that
    went live, which takes a look at every ticket of the last weeks."""
    start, end = now - back, now + timedelta(seconds=1)
    kinds = (RecordKind.DUTY_DONE, RecordKind.STAFF_CHANGE)
    records = [record for kind in kinds for record in uow.records.between(start, end, contract.id, kind)]
    contract, versions = rules.in_force(contract.id, now) or contract, rules.versions_of(contract.id)
    calendar = rules.calendar.in_zone(contract.timezone)
    wanted = changes and any(duty.after == CHANGE_LIVE for version in versions for duty in version.duties)
    return Book(
        contract=contract,
        versions=versions,
        calendar=calendar,
        records=sorted(records, key=lambda record: record.id),
        since=watched_since(contract, uow),
        now=now,
        happened=tuple(_changes(contract, uow, calendar, now)) if wanted else (),
    )


def _changes(contract: Contract, uow: UnitOfWork, calendar: Calendar, now: datetime) -> Iterator[Happening]:
    for ticket in uow.tickets.between(now - CHANGES, now, contract.id):
        yield from live_change(ticket, calendar)


def live_change(ticket: Ticket, calendar: Calendar) -> tuple[Happening, ...]:
    """That the change of a ticket went live, or was delivered, and waits for its acceptance; else nothing."""
    live = [event.at for event in in_place(ticket.events) if event.kind in (EventKind.LIVE, EventKind.DELIVERED)]
    if not live or ticket.state is not State.RESOLVED:
        return ()
    return (Happening(CHANGE_LIVE, f"W{ticket.number}", calendar.day_of(live[-1]), live[-1]),)


# since when


def watched_since(contract: Contract, uow: UnitOfWork) -> datetime | None:
    """Since when the duties of a contract are watched; None: not yet."""
    mark = uow.marks.get(f"duties:since:{contract.id}")
    return datetime.fromisoformat(mark) if mark else None


def begin_to_watch(rules: Rules, uow: UnitOfWork, now: datetime) -> None:
    """From now on the duties of every contract in force are watched; what is watched already goes on."""
    for contract in rules.contracts.values():
        if watched_since(contract, uow) is None:
            uow.marks.put(f"duties:since:{contract.id}", now.isoformat())


# numbers

Numbered = tuple[int, Contract, Duty]


def numbered(rules: Rules, person: Person, now: datetime) -> tuple[Numbered, ...]:
    """Every duty of the contracts that concern a person, as it is now, with its number."""
    found: list[Numbered] = []
    for number, (id, duty) in enumerate(_places(rules), start=1):
        contract, known = rules.in_force(id, now), duty_called(rules, id, duty, now)
        if contract and known and person.serves(id):
            found.append((number, contract, known))
    return tuple(found)


def number_of(rules: Rules, contract: str, duty: str) -> int:
    """The number of a duty; nought where it is there no more."""
    places = enumerate(_places(rules), start=1)
    return next((number for number, place in places if place == (contract, duty)), 0)


def _places(rules: Rules) -> Iterable[tuple[str, str]]:
    """Contract and duty in the order of the configuration; a duty of several versions is one."""
    of_all = ((id, duty.id) for id in rules.contracts for version in rules.versions_of(id) for duty in version.duties)
    return dict.fromkeys(of_all)


def duty_called(rules: Rules, contract: str, duty: str, at: datetime) -> Duty | None:
    """A duty by its id: that of the version in force at the instant, else of the last version that has it."""
    present = rules.in_force(contract, at)
    versions = [*([present] if present else []), *reversed(rules.versions_of(contract))]
    return next((each for version in versions for each in version.duties if each.id == duty), None)


# who


def managers(contract: str | None, side: Side, rules: Rules) -> tuple[Person, ...]:
    """The managers of one side of a contract."""
    team = rules.rota.team_of(contract)
    if team is None:
        role = Role.PROVIDER_MANAGER if side is Side.PROVIDER else Role.HOSPITAL_MANAGER
        return rules.people.having(role, contract)
    return persons(team.provider_managers if side is Side.PROVIDER else team.hospital_managers, rules)


def leads(contract: str, rules: Rules) -> tuple[Person, ...]:
    """The lead of the team that serves a contract."""
    team = rules.rota.team_of(contract)
    return persons((team.lead,), rules) if team else ()


def reminded(one: Occurrence, uow: UnitOfWork, rules: Rules, now: datetime) -> tuple[Person, ...]:
    """Who is reminded of a duty: of the provider's the lead, on a day off the first on call; where none of them can be
    reached, the managers of the side that has to do it."""
    team = rules.rota.team_of(one.contract) if one.duty.side is Side.PROVIDER else None
    first = _at_hand(team, one, rules, now) if team else ()
    reachable = tuple(person for person in first if addresses_for(person, uow, now))
    return reachable or managers(one.contract, one.duty.side, rules)


def _at_hand(team: Team, one: Occurrence, rules: Rules, now: datetime) -> tuple[Person, ...]:
    contract = rules.in_force(one.contract, now)
    calendar = rules.calendar.in_zone(contract.timezone) if contract else rules.calendar
    if calendar.is_working_day(calendar.day_of(now)):
        return persons((team.lead,), rules)
    return people_on(Who.FIRST, team, now, rules)
