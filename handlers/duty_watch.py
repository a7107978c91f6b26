"""Time passes over duties: what was not done in time goes on record, who has to do something hears of it in time.

Nobody is told one thing after the other. Once a day, an hour before the first of the day's duties is due and at 16:00
at the latest, everybody gets one message with all that is coming; on the next working morning the managers of both
sides get one with all that was missed, of duties that come every day only the latest. What is due another day is told
of on working days alone. After a downtime the same holds: everything goes on record, and is told once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from handlers.duty_book import (
    MISSED,
    Book,
    begin_to_watch,
    leads,
    live_change,
    managers,
    open_book,
    reminded,
)
from handlers.duty_words import contract_name, due_lines, missed_line
from handlers.reach import addresses_for, held
from handlers.wording import say
from sla.duty import CHANGE_LIVE
from sla.labels import Side
from sla.message import Notice, Purpose
from sla.people import Person
from sla.records import Record, RecordKind
from sla.rhythm import DutyState, Occurrence
from sla.rules import Rules
from sla.ticket import Ticket
from storage.base import UnitOfWork

DUTY = "duty"
"""The kind of the watched table; its subjects are ALL, and a ticket's number for a change that went live."""
ALL = "all"
MORNING, AFTERNOON, NIGHT = 8 * 60 + 30, 16 * 60, 20 * 60
"""Minutes after midnight: when what was missed is told; when what is coming; when nothing is told any more."""
AHEAD = timedelta(days=40)
LATELY = timedelta(days=2)
"""How far back each look goes for what was due; what puts older things right looks further by itself."""
DAY = timedelta(days=1)
NEAR = timedelta(days=2)
"""As far as tomorrow, whatever the time zone of the contract."""
JUST_AFTER = timedelta(seconds=1)
BY_BOT = ""
"""Who wrote a record that no person made."""

Told = Mapping[Person, Sequence[str]]


def watch_duties(uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Look at all duties now. To be called when rules come into force."""
    begin_to_watch(rules, uow, now)
    uow.watched.put(DUTY, ALL, now)


def duty_passes(subject: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Record what is overdue, remind, tell of what was missed, and look again when there is something to say."""
    if subject != ALL:
        _acceptance(subject, uow, rules, now)
        return
    begin_to_watch(rules, uow, now)
    books = [open_book(contract, uow, rules, now) for contract in rules.contracts.values()]
    times = [one for book in books for one in record_overdue(book, uow, LATELY, ahead=NEAR)]
    morning = _tell_missed(uow, rules, now)
    afternoon = _remind(books, times, uow, rules, now)
    # What is due after tomorrow is seen when tomorrow's reminder is sent.
    due = (one.due + JUST_AFTER for one in times if not one.done and not one.duty.may and one.due >= now)
    uow.watched.put(DUTY, ALL, min([*due, *morning, afternoon]) if books else None)


def record_overdue(
    book: Book, uow: UnitOfWork, back: timedelta = MISSED, ahead: timedelta = timedelta()
) -> tuple[Occurrence, ...]:
    """Put on record what is overdue and is not yet. Looks at what was due since the last look, and at least so far
    `back`; all times of duties from then on, as far as `ahead` of today."""
    mark, now = f"duties:checked:{book.contract.id}", book.now
    # One at a time: two processes that did not see each other's records would both put the same on record.
    uow.marks.put(f"duties:recording:{book.contract.id}", now.isoformat())
    seen = uow.marks.get(mark)
    start = min(datetime.fromisoformat(seen) if seen else book.since or now, now - back)
    there = _standing(uow.records.between(start - DAY, now + JUST_AFTER, book.contract.id, RecordKind.DUTY_OVERDUE))
    day = book.calendar.day_of
    times = book.times(day(start), day(now) + ahead)
    for one in times:
        if one.state(now) is DutyState.OVERDUE and (one.contract, one.subject) not in there:
            data = {"due": one.due.isoformat(), "clause": one.duty.clause}
            uow.records.add(Record(one.contract, RecordKind.DUTY_OVERDUE, one.subject, one.due, BY_BOT, now, data))
    uow.marks.put(mark, now.isoformat())
    return times


def not_overdue(one: Occurrence, uow: UnitOfWork, now: datetime) -> None:
    """It was done in time after all, and said so late (a network that was down): what was put on record as overdue
    stays there, revoked."""
    there = uow.records.of(one.contract, RecordKind.DUTY_OVERDUE, one.subject)
    if there and not there[-1].data.get("revoked") and one.state(now) is DutyState.DONE:
        data = {**there[-1].data, "revoked": True}
        uow.records.add(replace(there[-1], by=BY_BOT, recorded_at=now, data=data, id=0))


def _standing(records: Iterable[Record]) -> Mapping[tuple[str, str], Record]:
    """The last word about each, by contract and subject; what was revoked is left out."""
    last = {(record.contract, record.subject): record for record in sorted(records, key=lambda record: record.id)}
    return {key: record for key, record in last.items() if not record.data.get("revoked")}


# what is coming


def _remind(
    books: Sequence[Book], times: Sequence[Occurrence], uow: UnitOfWork, rules: Rules, now: datetime
) -> datetime:
    """One message for everybody who has something to do; when the next one is to be sent, by tomorrow afternoon at the
    latest. `times` are those that lately were due, and those of today and tomorrow."""
    calendar = rules.calendar
    today = calendar.day_of(now)
    at = _reminding_at(today, times, rules)
    if now < at:
        return at
    following = _reminding_at(today + DAY, times, rules)
    if now >= calendar.at(today, NIGHT):
        return following
    mark = uow.marks.get("duties:reminded")
    last = date.fromisoformat(mark) if mark else today - DAY
    if last < today:
        coming = [one for book in books for one in book.times(today - DAY, today + AHEAD)]
        _tell(_wanted(coming, last, uow, rules, now), "remind", "duties_coming", uow, rules, now)
        if calendar.is_working_day(today):  # a day off leaves it to the next working day to tell the rest
            uow.marks.put("duties:reminded", today.isoformat())
    return following


def _reminding_at(day: date, times: Sequence[Occurrence], rules: Rules) -> datetime:
    at = rules.calendar.at(day, AFTERNOON)
    of_day = (one for one in times if not one.done and rules.calendar.day_of(one.due - JUST_AFTER) == day)
    last_calls = [one.due - before for one in of_day for before in one.duty.reminders if before < DAY]
    return max(min([at, *last_calls]), rules.calendar.at(day, MORNING))


def _wanted(times: Sequence[Occurrence], last: date, uow: UnitOfWork, rules: Rules, now: datetime) -> Told:
    """What everybody is reminded of: what is due today, and what was to be told since the day `last`."""
    wanted: dict[Person, list[Occurrence]] = {}
    for one in sorted(times, key=lambda one: (one.contract, one.due)):
        if one.state(now) is DutyState.OPEN and _is_to_be_told(one, last, rules, now):
            for person in reminded(one, uow, rules, now):
                wanted.setdefault(person, []).append(one)
    return {person: due_lines(some, rules, now, person.language) for person, some in wanted.items()}


def _is_to_be_told(one: Occurrence, last: date, rules: Rules, now: datetime) -> bool:
    calendar = rules.calendar
    today, due = calendar.day_of(now), calendar.day_of(one.due - JUST_AFTER)
    if due == today and not one.duty.may:
        return True
    if not calendar.is_working_day(today):
        return False
    if one.duty.may:
        return last < calendar.day_of(one.due) <= today
    # What falls on a day off is told on the working day before it.
    days = (_last_worked(calendar.day_of(one.due - before), rules) for before in one.duty.reminders)
    return any(_last_worked(last, rules) < day <= today for day in days)


def _last_worked(day: date, rules: Rules) -> date:
    """The day itself if it is a working day, else the last one before it."""
    return rules.calendar.add_working_days(day + DAY, -1)


# what was missed


def _tell_missed(uow: UnitOfWork, rules: Rules, now: datetime) -> tuple[datetime, ...]:
    """Tell the managers of both sides, and the lead, what went on record since they were told the last time; if it is
    too early for that, when it is to be done."""
    mark = uow.marks.get("duties:told")
    last = datetime.fromisoformat(mark) if mark else now - MISSED
    found = _standing(uow.records.between(last - MISSED, now + JUST_AFTER, None, RecordKind.DUTY_OVERDUE))
    new = [record for record in found.values() if record.recorded_at > last]
    if not new:
        return ()
    at = _morning_after(min(record.recorded_at for record in new), rules)
    if now < at:
        return (at,)
    told: dict[Person, list[str]] = {}
    for contract, duties in _by_duty(new).items():
        for person in _concerned(contract, rules):
            lines = told.setdefault(person, [])
            lines.append(
                say("duty_contract", person.language, contract=contract_name(contract, rules, now, person.language))
            )
            lines += [missed_line(duty, some, rules, now, person.language) for duty, some in duties.items()]
    _tell(told, "missed", "duties_missed", uow, rules, now)
    uow.marks.put("duties:told", now.isoformat())
    return ()


def _morning_after(instant: datetime, rules: Rules) -> datetime:
    """The first morning of a working day from an instant on."""
    calendar = rules.calendar
    day = calendar.next_working_day(calendar.day_of(instant))
    at = calendar.at(day, MORNING)
    return at if at >= instant else calendar.at(calendar.add_working_days(day, 1), MORNING)


def _by_duty(records: Iterable[Record]) -> Mapping[str, Mapping[str, list[Record]]]:
    """The records of each contract and duty, the latest last."""
    found: dict[str, dict[str, list[Record]]] = {}
    for record in sorted(records, key=lambda record: (record.contract, record.at, record.id)):
        duty, _, _ = record.subject.partition("/")
        found.setdefault(record.contract, {}).setdefault(duty, []).append(record)
    return found


def _concerned(contract: str, rules: Rules) -> tuple[Person, ...]:
    both = (managers(contract, side, rules) for side in (Side.PROVIDER, Side.HOSPITAL))
    return tuple(dict.fromkeys([*leads(contract, rules), *(person for side in both for person in side)]))


def _tell(told: Told, name: str, key: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """One message a person and day."""
    today = rules.calendar.day_of(now)
    for person, lines in told.items():
        addresses = addresses_for(person, uow, now)
        if addresses:
            text = say(key, person.language, lines="\n".join(lines))
            notice_key = f"duties:{name}:{today:%Y%m%d}:{person.id}"
            uow.outbox.add([Notice(notice_key, Purpose.REMINDER, addresses, text, person=person.id)], now)


# changes that went live


def went_live(ticket: Ticket, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """A change went live: look again on the morning from which its acceptance may be asked for."""
    for one in _acceptances(ticket, uow, rules, now):
        uow.watched.put(DUTY, str(ticket.number), _morning_after(one.due, rules))


def _acceptance(subject: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Tell the provider that the acceptance of a change may be asked for now."""
    ticket = uow.tickets.load(int(subject))
    open_ones = [one for one in (_acceptances(ticket, uow, rules, now) if ticket else ()) if not one.done]
    for one in open_ones:
        for person in (*leads(one.contract, rules), *managers(one.contract, Side.PROVIDER, rules)):
            addresses = addresses_for(person, uow, now)
            if ticket and addresses and one.due <= now:
                fields = {"ticket": ticket.number, "title": ticket.title, "clause": one.duty.clause}
                text = say("duty_may_now", person.language, name=one.duty.name(person.language), **fields)
                key = f"duties:may:{one.contract}:{one.subject}:{person.id}"
                notice = Notice(key, Purpose.INFO, addresses, text, person=person.id, ticket=ticket.number)
                uow.outbox.add([held(notice, uow, rules, now)], now)
    to_come = (_morning_after(one.due, rules) for one in open_ones if one.due > now)
    uow.watched.put(DUTY, subject, min(to_come, default=None))


def _acceptances(ticket: Ticket, uow: UnitOfWork, rules: Rules, now: datetime) -> tuple[Occurrence, ...]:
    contract = rules.contracts.get(ticket.contract or "")
    versions = rules.versions_of(contract.id) if contract else ()
    if contract is None or not any(duty.after == CHANGE_LIVE for version in versions for duty in version.duties):
        return ()
    book = open_book(contract, uow, rules, now)
    live = live_change(ticket, book.calendar)
    return replace(book, happened=live).around(AHEAD, lambda duty: duty.after == CHANGE_LIVE)
