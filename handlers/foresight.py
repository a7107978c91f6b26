"""Looking ahead: a year whose holidays nobody has announced yet, and what a changed calendar moves.

The State Council's notice for a year comes in the autumn before. Until its file is in the folder, deadlines that fall
into the year are provisional; the administrators are told from 60 days before, every week, until it is there.
"""

from datetime import datetime, timedelta

from handlers.reach import addresses_for, held
from handlers.wording import say
from sla.calendar import Calendar
from sla.labels import Role
from sla.message import Notice, Purpose
from sla.rules import Rules
from storage.base import UnitOfWork

RECOMPUTE, YEAR = "recompute", "year"
"""Kinds of the watched table: a ticket whose deadlines are to be derived anew, and a year without a notice."""
AHEAD = timedelta(days=60)
AGAIN = timedelta(days=7)
EVERY_OPEN_TICKET = 1_000_000


def watch_year(uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Look at the first year without a notice from 60 days before it. To be called when rules come into force."""
    year = now.astimezone(rules.calendar.timezone).year
    while rules.calendar.known(year):
        year += 1
    uow.watched.put(YEAR, str(year), max(_first_told(rules.calendar, year), now))


def year_passes(subject: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Tell the administrators that the notice for a year is missing; nobody once it is there or the year is over."""
    year = int(subject)
    over = now.astimezone(rules.calendar.timezone).year > year
    if rules.calendar.known(year) or over:
        uow.watched.put(YEAR, subject, None)
        return
    weeks = (now - _first_told(rules.calendar, year)) // AGAIN
    for person in rules.people.having(Role.ADMINISTRATOR):
        addresses = addresses_for(person, uow, now)
        if addresses:
            text = say("year_unknown", person.language, year=year)
            notice = Notice(f"year:{year}:{weeks}:{person.id}", Purpose.INFO, addresses, text, person=person.id)
            uow.outbox.add([held(notice, uow, rules, now)], now)
    uow.watched.put(YEAR, subject, now + AGAIN)


def calendar_changed(uow: UnitOfWork, now: datetime) -> None:
    """Have the deadlines of all open tickets derived anew, each in a unit of its own as soon as there is time."""
    for ticket in uow.tickets.open_on(limit=EVERY_OPEN_TICKET):
        uow.watched.put(RECOMPUTE, str(ticket.number), now)


def _first_told(calendar: Calendar, year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=calendar.timezone) - AHEAD
