"""When the duties of a contract are due, and how each time stands.

How the days are counted (民法典 第200条: by years, months and days of the Gregorian calendar):
- The day that a count begins with is not counted (第201条第1款); nor is it where the count goes backwards: ten working
  days before 30 September leave 30 September out.
- A month or a year ends on the day of the same number, or on the month's last one where there is none (第202条).
  A period that has a first day of its own, like the contract's year, ends on the day before that number.
- A last day that is a day off gives way to the next working day (第203条第1款), and for what is due before something to
  the working day before it: the law lengthens periods, not the notice that the other side is to have. A duty of every
  day stays on its day. `day_off` of the file decides otherwise.
- The last day is over at the close of service (第203条第2款), or at 24:00 where the file says so.
A period that began before the contract counts from the contract's first day, one that ends after its last day is not
due: a contract of twelve months has twelve months, four quarters and one year of each sort, whenever it begins. What
would be due before its period begins is not due either.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sla.calendar import MIDNIGHT, Calendar
from sla.contract import Contract
from sla.duty import MONTHS, STAFF_CHANGE, Closing, DayOff, Duty, Place, Rhythm, Unit, Year
from sla.legal_days import add_months
from sla.records import Record, RecordKind

DAY = timedelta(days=1)
FIRST_OF_ALL = date(2000, 1, 1)
"""A Saturday; calendar months and years are numbered from it."""
LONGEST_SHIFT = 30
"""Days by which days off may move a last day, generously."""


class DutyState(StrEnum):
    """How one time of a duty stands."""

    COMING = "coming"
    """Its period has not begun; of a right: it may not be used yet."""
    OPEN = "open"
    DONE = "done"
    LATE = "late"
    """Done, after it was due."""
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that duties follow: its event (a word of `sla.duty.EVENTS`), a key of its own, its day, and when it
    became known (aware)."""

    event: str
    key: str
    day: date
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a duty is due. `period` names it among the others of the duty: 2026-10-03, 2026-W40, 2026-09,
    2026-Q3, 2026-H2, 2026; the first day of a contract's own period, or of an "every"; the contract's first or last day
    for what comes once; an event's key.

    `opens`: when its period begins, `due`: the last instant in time (of a right: the first), both in the contract's
    zone. `provisional`: an unknown year was counted through. `done`: the record that says so, None while there is none.
    """

    contract: str
    duty: Duty
    period: str
    opens: datetime
    due: datetime
    provisional: bool = False
    done: Record | None = None

    @property
    def subject(self) -> str:
        """What records of it are kept under."""
        return f"{self.duty.id}/{self.period}"

    def state(self, now: datetime) -> DutyState:
        """How it stands at an instant (aware). Done at the very last instant is in time."""
        if self.done:
            return DutyState.DONE if self.done.at <= self.due or self.duty.may else DutyState.LATE
        if self.duty.may:
            return DutyState.COMING if now < self.due else DutyState.OPEN
        if now > self.due:
            return DutyState.OVERDUE
        return DutyState.OPEN if now >= self.opens else DutyState.COMING


def occurrences(
    contract: Contract,
    first: date,
    last: date,
    calendar: Calendar,
    records: Iterable[Record] = (),
    happened: Iterable[Happening] = (),
    since: date | None = None,
    *,
    duties: Iterable[Duty] | None = None,
    period: str = "",
) -> tuple[Occurrence, ...]:
    """Every time that a duty of the contract is due from `first` to `last` (both included), by its due instant.

    `records` are those of the contract, in the order of their recording: duties done, staff changes; `happened` what
    else duties follow. `since`: the day from which the duties are watched, for an "every" of a contract without
    `valid_from`. `duties`: of these alone (None: of all); `period`: of them the times of that name alone, in whatever
    case. Asked in pieces, the same comes out as asked at once.
    """
    calendar = calendar.in_zone(contract.timezone)
    done = standing(records)
    events = (*happened, *_happened(contract, done.values(), records, calendar))
    book = _Book(contract, calendar, done, tuple(events), since, period.upper())
    found = [one for duty in (contract.duties if duties is None else duties) for one in book.of(duty, first, last)]
    return tuple(sorted(found, key=lambda one: (one.due, one.subject)))


def undated(contract: Contract, since: date | None = None) -> tuple[tuple[Duty, str], ...]:
    """The duties that cannot be dated, each with the key of the contract's file that is missing."""
    return tuple((duty, key) for duty in contract.duties if (key := _lacking(contract, duty, since)))


def standing(records: Iterable[Record]) -> Mapping[str, Record]:
    """What was done, by subject: the last word about each; what was revoked is not done."""
    last = {record.subject: record for record in records if record.kind is RecordKind.DUTY_DONE}
    return {subject: record for subject, record in last.items() if not record.data.get("revoked")}


def _lacking(contract: Contract, duty: Duty, since: date | None) -> str:
    if duty.rhythm is Rhythm.ONCE:
        wanted = "valid_from" if duty.place is Place.AFTER_START else "valid_to"
    elif duty.rhythm is Rhythm.EVERY:
        wanted = "" if since else "valid_from"
    else:
        wanted = "valid_from" if duty.year is Year.CONTRACT else ""
    there = contract.valid_to if wanted == "valid_to" else contract.valid_from
    return "" if there else wanted


def _happened(
    contract: Contract, done: Iterable[Record], records: Iterable[Record], calendar: Calendar
) -> Iterator[Happening]:
    """What duties follow, out of the records: duties done, and people replaced (the last word about each)."""
    followed = {duty.after for duty in contract.duties}
    for record in done:
        duty, _, period = record.subject.partition("/")
        if duty in followed:
            yield Happening(duty, period, calendar.day_of(record.at), record.at)
    changes = {record.subject: record for record in records if record.kind is RecordKind.STAFF_CHANGE}
    for subject, record in changes.items():
        if not record.data.get("revoked") and record.data.get("to"):
            yield Happening(STAFF_CHANGE, subject, date.fromisoformat(str(record.data["to"])), record.at)


@dataclass(frozen=True, slots=True)
class _Book:
    """What is known when due days are asked for. `wanted`: the name of the only times that are, in capitals."""

    contract: Contract
    calendar: Calendar
    done: Mapping[str, Record]
    events: Sequence[Happening]
    since: date | None
    wanted: str = ""

    def of(self, duty: Duty, first: date, last: date) -> Iterator[Occurrence]:
        if _lacking(self.contract, duty, self.since):
            return
        if duty.rhythm is Rhythm.EVENT:
            found = self._after_events(duty, first, last)
        elif duty.rhythm is Rhythm.EVERY:
            found = self._chain(duty, last)
        else:
            found = self._periods(duty, first, last)
        yield from (
            one
            for one in found
            if first <= self.calendar.day_of(_within(one.due)) <= last and self._is_wanted(one.period)
        )

    def _is_wanted(self, period: str) -> bool:
        return not self.wanted or period.upper() == self.wanted

    # periods

    def _periods(self, duty: Duty, first: date, last: date) -> Iterator[Occurrence]:
        margin = _reach(duty)
        for key, start, end in self._spans(duty, first - margin, last + margin):
            begins = max(start, self.contract.valid_from or start)
            if not begins <= end <= (self.contract.valid_to or end) or not self._is_wanted(key):
                continue
            day, counted_from = self._last_day(duty, begins, end)
            if day is not None and day >= begins and _is_near(day, first, last):
                opens = end + DAY if duty.place is Place.AFTER_END else begins
                yield self._occurrence(duty, key, self._at(opens), day, counted_from)

    def _spans(self, duty: Duty, first: date, last: date) -> Iterator[tuple[str, date, date]]:
        """The periods that touch the days from `first` to `last`: key, first and last day."""
        if duty.rhythm is Rhythm.ONCE:
            begins, ends = self.contract.valid_from or date.min, self.contract.valid_to or date.max
            yield (begins if duty.place is Place.AFTER_START else ends).isoformat(), begins, ends
        elif duty.rhythm in MONTHS:
            yield from self._spans_of_months(duty, MONTHS[duty.rhythm], first, last)
        else:
            length = 7 if duty.rhythm is Rhythm.WEEKLY else 1
            begins = first - timedelta(days=first.weekday() if length == 7 else 0)
            while begins <= last:
                key = f"{begins:%G-W%V}" if length == 7 else begins.isoformat()
                yield key, begins, begins + timedelta(days=length - 1)
                begins += timedelta(days=length)

    def _spans_of_months(self, duty: Duty, months: int, first: date, last: date) -> Iterator[tuple[str, date, date]]:
        of_contract = duty.year is Year.CONTRACT and self.contract.valid_from
        anchor = of_contract or FIRST_OF_ALL
        number = ((first.year - anchor.year) * 12 + first.month - anchor.month) // months - 1
        number = max(number, 0) if of_contract else number
        while (begins := beginning(anchor, number * months)) <= last:
            number += 1
            ends = beginning(anchor, number * months) - DAY
            yield (begins.isoformat() if of_contract else _key(duty.rhythm, begins)), begins, ends

    def _last_day(self, duty: Duty, begins: date, ends: date) -> tuple[date | None, date]:
        """The last day, and the day from which it was counted."""
        if duty.count is None or duty.place is Place.END:
            return self._moved(duty, ends), ends
        start = begins if duty.place is Place.AFTER_START else ends
        sign = -1 if duty.place is Place.BEFORE_END else 1
        return self._counted(duty, start, sign), start

    def _counted(self, duty: Duty, start: date, sign: int) -> date | None:
        count = duty.count
        if count is None:
            return None
        if count.unit is Unit.WORKING_DAYS:
            return self.calendar.add_working_days(start, sign * count.number)
        if count.unit is Unit.DAYS:
            return self._moved(duty, start + timedelta(days=sign * count.number))
        months = count.number * (12 if count.unit is Unit.YEARS else 1)
        return self._moved(duty, add_months(start, sign * months))

    def _moved(self, duty: Duty, day: date) -> date | None:
        if duty.day_off is DayOff.STAYS or self.calendar.is_working_day(day):
            return day
        if duty.day_off is DayOff.FALLS_AWAY:
            return None
        return self.calendar.add_working_days(day, 1 if duty.day_off is DayOff.NEXT else -1)

    # events, and what comes again after so many days

    def _after_events(self, duty: Duty, first: date, last: date) -> Iterator[Occurrence]:
        sign = -1 if duty.place is Place.BEFORE_EVENT else 1
        for event in self.events:
            begins, ends = self.contract.valid_from or event.day, self.contract.valid_to or event.day
            day = self._counted(duty, event.day, sign) if event.event == duty.after else None
            if day is not None and begins <= event.day <= ends and _is_near(day, first, last):
                yield self._occurrence(duty, event.key, event.known_at, day, event.day)

    def _chain(self, duty: Duty, last: date) -> Iterator[Occurrence]:
        """Each time done begins a new count; where it was not done in time, the next count begins all the same, and
        what is done then makes the missed ones good, late."""
        when = {r.at: r for subject, r in self.done.items() if subject.partition("/")[0] == duty.id}
        done = [(self.calendar.day_of(at), when[at]) for at in sorted(when)]
        start = (self.contract.valid_from or self.since or date.max) - DAY
        ends = self.contract.valid_to or date.max
        while (unmoved := start + timedelta(days=duty.every)) <= ends and start <= last:
            day = self._moved(duty, unmoved) or unmoved
            after = [(at, record) for at, record in done if at > start]
            in_time = bool(after) and after[0][0] <= day
            found = self._occurrence(duty, (start + DAY).isoformat(), self._at(start + DAY), day, start)
            yield _with(found, after[0][1] if after else None)
            start = after[0][0] if in_time else unmoved

    # one of them

    def _at(self, day: date) -> datetime:
        return self.calendar.at(max(day, FIRST_OF_ALL), 0)

    def _occurrence(self, duty: Duty, period: str, opens: datetime, day: date, counted_from: date) -> Occurrence:
        calendar, windows = self.calendar, self.contract.windows
        if duty.may:
            due = calendar.at(day + DAY, 0)
        elif duty.closing is Closing.MIDNIGHT:
            due = calendar.at(day, MIDNIGHT)
        else:
            due = windows.close_of_service(day, calendar)
        in_working_days = duty.count is not None and duty.count.unit is Unit.WORKING_DAYS
        moves = in_working_days or duty.day_off is not DayOff.STAYS
        unknown = moves and calendar.unknown_years(min(counted_from, day), max(counted_from, day))
        done = self.done.get(f"{duty.id}/{period}")
        return Occurrence(self.contract.id, duty, period, opens, due, bool(unknown), done)


def _with(one: Occurrence, done: Record | None) -> Occurrence:
    return Occurrence(one.contract, one.duty, one.period, one.opens, one.due, one.provisional, done)


def _within(due: datetime) -> datetime:
    """An instant of the last day: 24:00 belongs to the day that it ends."""
    return due - timedelta(microseconds=1)


def _is_near(day: date, first: date, last: date) -> bool:
    """Whether a last day may lie in these days, before its instant is known: most that come up do not."""
    return first - DAY <= day <= last + DAY


def _reach(duty: Duty) -> timedelta:
    """How far a last day may lie from its period."""
    count = duty.count
    if count is None:
        return timedelta(days=0 if duty.day_off in (DayOff.STAYS, DayOff.FALLS_AWAY) else LONGEST_SHIFT)
    days = {Unit.DAYS: 1, Unit.WORKING_DAYS: 3, Unit.MONTHS: 31, Unit.YEARS: 366}[count.unit]
    return timedelta(days=LONGEST_SHIFT + count.number * days)


def _key(rhythm: Rhythm, begins: date) -> str:
    if rhythm is Rhythm.YEARLY:
        return str(begins.year)
    if rhythm is Rhythm.HALF_YEARLY:
        return f"{begins.year}-H{begins.month // 6 + 1}"
    if rhythm is Rhythm.QUARTERLY:
        return f"{begins.year}-Q{begins.month // 3 + 1}"
    return f"{begins:%Y-%m}"


def beginning(anchor: date, months: int) -> date:
    """The first day of the period that begins so many months after one that began on `anchor`: the day of the same
    number, or the first of the next month where there is none, since the period before ends on that month's last."""
    day = add_months(anchor, months)
    return day if day.day == anchor.day else day + DAY
