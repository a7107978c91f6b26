"""Announced maintenance as it stands on record, in words, and what its end tells those who wait for it."""

from datetime import datetime, timedelta

from handlers import describe
from handlers.reach import addresses_of_reporter, held
from handlers.wording import plain, say
from sla.maintenance import AHEAD, LONGEST, Maintenance, maintenances
from sla.message import Notice, Purpose
from sla.records import Record, RecordKind
from sla.rules import Rules
from sla.ticket import Ticket
from storage.base import UnitOfWork

MAINTENANCE = "maintenance"
"""The kind of its looks; the subject is its number."""
LAST_NUMBER = "maintenance/number"
SOON = timedelta(minutes=1)


def book(uow: UnitOfWork, now: datetime, system: str | None = None) -> dict[int, Maintenance]:
    """Every maintenance that may still go on, or was announced not long ago, by number; of one system alone where it is
    named."""
    return maintenances(uow.records.between(now - AHEAD - LONGEST, now + SOON, None, RecordKind.MAINTENANCE), system)


def running_on(system: str, uow: UnitOfWork, at: datetime, now: datetime) -> Maintenance | None:
    """The maintenance that goes on at an instant on a system; of several the one that lasts longest."""
    found = [each for each in book(uow, now, system).values() if each.is_running(at)]
    return max(found, key=lambda each: each.ends, default=None)


def write(one: Maintenance, by: str, uow: UnitOfWork, now: datetime, **data: object) -> None:
    """Put something about a maintenance on record."""
    uow.records.add(Record(one.contract, RecordKind.MAINTENANCE, str(one.number), now, by, now, data))


def line(one: Maintenance, rules: Rules, now: datetime, language: str) -> str:
    """One maintenance in a line: its number, the system, from when to when, what is done."""
    zone = describe.zone_of(rules)
    begins, ends = (plain.instant(at, now, language, zone) for at in (one.begins, one.ends))
    key = "maintenance_line_why" if one.text else "maintenance_line"
    system = describe.system_name(one.system, rules, language)
    return say(key, language, number=one.number, system=system, begins=begins, ends=ends, text=one.text)


def maintenance_passes(subject: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Its end has come: whoever said that they cannot work because of it is told. It was moved: look again then."""
    one = book(uow, now).get(int(subject))
    if one is None or one.is_over:
        uow.watched.put(MAINTENANCE, subject, None)
    elif now < one.ends:
        uow.watched.put(MAINTENANCE, subject, one.ends)
    else:
        uow.outbox.add(to_reporters(one, "maintenance_ended", f"end-{int(one.ends.timestamp())}", uow, rules, now), now)
        uow.watched.put(MAINTENANCE, subject, None)


def to_reporters(one: Maintenance, key: str, step: str, uow: UnitOfWork, rules: Rules, now: datetime) -> list[Notice]:
    """The sentence `key` for everybody who waits for its end, where they reported it. `step` names what is told."""
    tickets = uow.tickets.load_many(one.tickets)
    found = (
        _to_reporter(one, tickets[number], key, step, uow, rules, now) for number in one.tickets if number in tickets
    )
    return [notice for notice in found if notice]


def _to_reporter(
    one: Maintenance, ticket: Ticket, key: str, step: str, uow: UnitOfWork, rules: Rules, now: datetime
) -> Notice | None:
    person = rules.people.by_id.get(ticket.reporter)
    language = person.language if person and person.keeps_language else ticket.language
    ends = plain.instant(one.ends, now, language, describe.zone_of(rules))
    system = describe.system_name(one.system, rules, language)
    text = say(key, language, system=system, ends=ends, ticket=ticket.number)
    name = f"maintenance:{one.number}:{step}:{ticket.number}"
    addresses = addresses_of_reporter(ticket, rules, uow, now)
    if not addresses:
        return None
    notice = Notice(name, Purpose.INFO, addresses, text, (), person.id if person else "", ticket.number)
    return held(notice, uow, rules, now)
