"""Contracts begin and end: open tickets go over to a successor that takes over, and an end is told ahead.

An open ticket stays with the version of its start, unless the next version says `takes_over`: then whatever is worked
on goes over on that one's first day, as by any change of contract. 60 and 30 days before the last day of a contract
without a successor the managers of both sides are told.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from handlers import describe
from handlers.reach import addresses_for, held, managers_of, notice_to_person
from handlers.wording import say
from sla.clock import Clock
from sla.contract import Contract
from sla.message import Notice, Purpose
from sla.rules import Rules, first_instant
from sla.ticket import Event, EventKind, Ticket
from storage.base import UnitOfWork

CONTRACT, GOES_OVER = "contract", "goes_over"
"""Kinds of the watched table: a contract by its id, and a ticket that goes over to the next version."""
AHEAD = (60, 30)
"""Days before the last day on which its end is told."""
LATE_REPORTS = timedelta(hours=24)
"""So long after a first day reports from before it may still come in: they go over as well."""
EVERY_OPEN_TICKET = 1_000_000


def watch_contracts(uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Look at every contract that begins or ends. To be called when rules come into force."""
    for id in rules.contracts:
        dated = any(version.valid_from or version.valid_to for version in rules.versions_of(id))
        uow.watched.put(CONTRACT, id, now if dated else None)


def contract_passes(id: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Hand open tickets over where a successor's first day has come, and tell of an end that is near."""
    versions = rules.versions_of(id)
    if any(version.takes_over and version.valid_from and first_instant(version) <= now for version in versions):
        for ticket in uow.tickets.open_on(contracts=[id], limit=EVERY_OPEN_TICKET):
            if _successor(ticket, rules, now):
                uow.watched.put(GOES_OVER, str(ticket.number), now)
    told_at = list(_told_at(versions))
    due = [days for days, at in told_at if at <= now]
    if due and now < _end(versions[-1]):
        _tell_end(versions[-1], min(due), uow, rules, now)
    instants = [at for _, at in told_at]
    for version in versions:
        if version.takes_over and version.valid_from:
            instants += [first_instant(version), first_instant(version) + LATE_REPORTS]
    uow.watched.put(CONTRACT, id, min((at for at in instants if at > now), default=None))


def going_over(ticket: Ticket, rules: Rules, now: datetime) -> Event | None:
    """The event by which a ticket goes over to the version that took over; None where it stays."""
    successor = _successor(ticket, rules, now) if ticket.is_open else None
    if successor is None:
        return None
    data = {"contract_version": successor.version, "reason": "takes_over"}
    return Event(EventKind.RECLASSIFIED, now.astimezone(rules.calendar.timezone), "", data, now)


def tell_gone_over(ticket: Ticket, clocks: Iterable[Clock], uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Whoever has the ticket, or is on call for it, hears which deadlines it has now."""
    person = rules.people.by_id.get(ticket.assignee) or describe.called(ticket, rules, now)
    if person is None:
        return
    language = person.language
    due = describe.deadlines(describe.still_running(clocks), rules, now, language) or say("no_deadline", language)
    name = describe.contract_name(ticket, rules, language)
    text = say("gone_over", language, ticket=ticket.number, title=ticket.title, contract=name, deadlines=due)
    key = f"gone-over/{ticket.contract_version}"
    notice = notice_to_person(key, person, Purpose.INFO, text, uow, rules, now, ticket.number)
    if notice:
        uow.outbox.add([notice], now)


def _successor(ticket: Ticket, rules: Rules, now: datetime) -> Contract | None:
    """The version that the ticket has to go over to, None where it stays."""
    present = rules.contract_of(ticket)
    successor = rules.taking_over(present, now) if present else None
    return successor if successor and present and successor.version != present.version else None


def _end(contract: Contract) -> datetime:
    last = contract.valid_to or date.max - timedelta(days=1)
    return datetime.combine(last + timedelta(days=1), time.min, contract.timezone).astimezone(UTC)


def _told_at(versions: tuple[Contract, ...]) -> Iterator[tuple[int, datetime]]:
    """How many days ahead, and when, the end of the last version is told."""
    last = versions[-1].valid_to if versions else None
    for days in AHEAD if last else ():
        at = datetime.combine(versions[-1].valid_to or date.max, time(9), versions[-1].timezone)
        yield days, at - timedelta(days=days)


def _tell_end(contract: Contract, days: int, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    for person in managers_of(contract.id, rules):
        addresses = addresses_for(person, uow, now)
        last = contract.valid_to
        if addresses and last:
            text = say("contract_ends", person.language, contract=contract, day=last.isoformat())
            key = f"contract-ends:{contract.id}:{last}:{days}:{person.id}"
            notice = Notice(key, Purpose.INFO, addresses, text, person=person.id)
            uow.outbox.add([held(notice, uow, rules, now)], now)
