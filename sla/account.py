"""The account of outages against a quota: minutes and times by month and year, and what each event breaks. Pure.

The answer depends on the facts alone: the outages as they are known, not the order in which they were recorded. Time is
counted exactly, on the clock (seconds and their parts), and compared so: a limit that is reached is kept, one that is
passed is not. An outage that goes on counts up to `now`. Minutes belong to the calendar month in which they passed: an
outage over the month's end is split at its midnight. The event itself counts in the month and year in which it began.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sla.quota import Limit, Overlap, Quota, Year
from sla.ticket import Outage

INSTANT = timedelta(microseconds=1)
NOTHING = timedelta()
_Span = tuple[datetime, datetime, Outage]
"""An outage, with the instants (UTC) from which and until which it counts."""


@dataclass(frozen=True, slots=True)
class Over:
    """A limit that was passed: the instant (UTC) at which it was reached, by how much, and in which period ("2026-10",
    "2026"; of a recovery the month in which the event began). `by` is zero where times are counted."""

    limit: Limit
    at: datetime
    by: timedelta
    period: str


@dataclass(frozen=True, slots=True)
class Counted:
    """One event: how long it lasted, the how-manieth of its month and year it is, and what it is over.

    `over` holds what it passed, in the order in which it was reached; `breach` is the one that counts, the first of
    those whose excess is a breach, None when it is none: an event is at most one breach.
    """

    outage: Outage
    recovery: timedelta
    in_month: int
    in_year: int
    over: tuple[Over, ...]
    breach: Over | None


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month: `name` is "2026-10"; `start` and `end` (UTC) are its midnights in the contract's time zone.
    `used` is the time that counts, `overlap` how much of all time was spent by two or more outages at once; `times` the
    events that began in it; `passed` the instant at which the limit of minutes was reached by what went over it, and
    the ticket of the outage that did."""

    name: str
    start: datetime
    end: datetime
    used: timedelta
    overlap: timedelta
    times: int
    passed: tuple[datetime, int] | None


@dataclass(frozen=True, slots=True)
class Use:
    """How much of one limit is used in one period. Minutes are whole, a begun one counts, so that what is shown is over
    the limit exactly when the time is; `full` says that nothing is left, `over` that it was passed."""

    limit: Limit
    period: str
    used: int
    allowed: int
    percent: int
    full: bool
    over: bool


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a year [`start`, `end`) (UTC) under one quota. `events` began in it, by their beginning; `months`
    are those that touch it, `times` counts the events."""

    quota: Quota
    year: int
    start: datetime
    end: datetime
    months: tuple[Month, ...]
    events: tuple[Counted, ...]

    @property
    def times(self) -> int:
        return len(self.events)

    def month_at(self, at: datetime) -> Month | None:
        """The month of an instant, None outside the year."""
        return next((month for month in self.months if month.start <= at < month.end), None)

    def uses(self, month: Month | None = None) -> tuple[Use, ...]:
        """What is used of each limit that is counted: of the year, and of `month` where one is given."""
        quota, found = self.quota, []
        if month is not None and quota.month_minutes is not None:
            found.append(_minutes_used(month, quota.month_minutes))
        if month is not None and quota.month_times is not None:
            found.append(_times_used(Limit.MONTH_TIMES, month.name, month.times, quota.month_times))
        if quota.year_times is not None:
            found.append(_times_used(Limit.YEAR_TIMES, str(self.year), self.times, quota.year_times))
        return tuple(found)

    def next_breaks(self, at: datetime) -> tuple[Limit, ...]:
        """The limits that one more event, begun at `at`, would pass, however short it was."""
        return tuple(use.limit for use in self.uses(self.month_at(at)) if use.full)


def minutes(span: timedelta) -> int:
    """A length in whole minutes; a begun minute counts."""
    return -(-span // timedelta(minutes=1))


def distinct(outages: Iterable[Outage]) -> tuple[Outage, ...]:
    """One outage an incident: tickets joined to another one do not add to it. The incident's own ticket carries it;
    where that has none, the lowest number of those that are joined does."""
    of_incident: dict[int, Outage] = {}
    for outage in sorted(outages, key=lambda each: (each.incident is not None, each.ticket)):
        of_incident.setdefault(outage.incident or outage.ticket, outage)
    return tuple(sorted(of_incident.values(), key=_order))


def year_of(at: datetime, quota: Quota, zone: ZoneInfo, since: date | None = None) -> int:
    """The year in which an event that began at `at` counts: of a contract's year that in which it begins. `since`: the
    contract's first day."""
    local = at.astimezone(zone).date()
    return local.year - (local < _first_day(local.year, quota, since))


def year_bounds(year: int, quota: Quota, zone: ZoneInfo, since: date | None = None) -> tuple[datetime, datetime]:
    """The year's first instant and the one after its last (UTC)."""
    first, following = (_first_day(each, quota, since) for each in (year, year + 1))
    return _midnight(first, zone), _midnight(following, zone)


def account(
    quota: Quota, outages: Iterable[Outage], year: int, zone: ZoneInfo, now: datetime, since: date | None = None
) -> Account:
    """The account of a year. `outages` are those of the contract, of any level, also those that only reach into the
    year; `zone` is the contract's; `since` its first day, for a quota by contract years."""
    start, end = year_bounds(year, quota, zone, since)
    there = _known(quota, outages, now)
    # What began in the year may reach over its end, and pass the limit of a month behind it.
    reach = max((_until(outage, now) for outage in _begun(there, start, end)), default=end)
    spans = _spans(there, now)
    months = tuple(_month(first, quota, spans, zone) for first in _months(start, max(reach, end), zone))
    events = tuple(_count(quota, there, months, (start, end), str(year), now))
    return Account(quota, year, start, end, tuple(m for m in months if m.start < end), events)


def next_change(quota: Quota, outages: Iterable[Outage], zone: ZoneInfo, now: datetime) -> datetime | None:
    """The next instant (UTC) after `now` at which an outage that goes on brings something that is told: so much of
    the recovery or of the month's minutes is used, a limit is passed, a month begins. None when none goes on."""
    there = _known(quota, outages, now)
    running = [outage for outage in there if outage.ended is None]
    if not running:
        return None
    month = _month(now.astimezone(zone).date().replace(day=1), quota, _spans(there, now), zone)
    looks = [month.end]
    if quota.recovery is not None:
        spans = (quota.recovery * quota.warn_at / 100, quota.recovery + INSTANT)
        looks += [outage.began + span for outage in running for span in spans]
    if quota.month_minutes is not None:
        limit = timedelta(minutes=quota.month_minutes)
        at_once = len(running) if quota.overlap is Overlap.EACH else 1
        left = (mark - month.used for mark in (limit * quota.warn_at / 100, limit, limit + INSTANT))
        looks += [now.astimezone(UTC) + -(-span // at_once) for span in left]
    return min(look for look in looks if look > now)


# counting


def _known(quota: Quota, outages: Iterable[Outage], now: datetime) -> list[Outage]:
    """Those of the quota's level that have begun, in their order. In UTC: instants of one zone are compared, and
    subtracted, by the wall clock, which goes back once a year where there is summer time."""
    there = (replace(o, began=o.began.astimezone(UTC)) for o in outages if o.level is quota.level)
    return sorted((outage for outage in there if outage.began <= now.astimezone(UTC)), key=_order)


def _count(
    quota: Quota,
    outages: Sequence[Outage],
    months: Sequence[Month],
    year: tuple[datetime, datetime],
    name: str,
    now: datetime,
) -> Iterable[Counted]:
    """The events that began in the year, each judged by its place among the others."""
    in_year = 0
    for month in months:
        for in_month, outage in enumerate(_begun(outages, month.start, month.end), 1):
            if not year[0] <= outage.began < year[1]:
                continue  # the month reaches over the contract year's end; the event is of the other year
            in_year += 1
            recovery = _until(outage, now) - outage.began
            over = sorted(_overs(quota, outage, recovery, (in_month, in_year), (months, month, name)), key=_reached)
            breach = next((each for each in over if quota.is_breach(each.limit)), None)
            yield Counted(outage, recovery, in_month, in_year, tuple(over), breach)


def _overs(
    quota: Quota,
    outage: Outage,
    recovery: timedelta,
    place: tuple[int, int],
    periods: tuple[Sequence[Month], Month, str],
) -> Iterable[Over]:
    (in_month, in_year), (months, month, year) = place, periods
    began = outage.began
    if quota.month_times is not None and in_month > quota.month_times:
        yield Over(Limit.MONTH_TIMES, began, NOTHING, month.name)
    if quota.year_times is not None and in_year > quota.year_times:
        yield Over(Limit.YEAR_TIMES, began, NOTHING, year)
    if quota.recovery is not None and recovery > quota.recovery:
        yield Over(Limit.RECOVERY, began + quota.recovery, recovery - quota.recovery, month.name)
    for each in months:
        if each.passed and each.passed[1] == outage.ticket and quota.month_minutes is not None:
            by = each.used - timedelta(minutes=quota.month_minutes)
            yield Over(Limit.MONTH_MINUTES, each.passed[0], by, each.name)


def _reached(over: Over) -> tuple[datetime, int]:
    """The order in which limits were reached; at the same instant the year's before the month's."""
    order = (Limit.YEAR_TIMES, Limit.MONTH_TIMES, Limit.RECOVERY, Limit.MONTH_MINUTES)
    return over.at, order.index(over.limit)


def _order(outage: Outage) -> tuple[datetime, int]:
    return outage.began.astimezone(UTC), outage.ticket


def _begun(outages: Sequence[Outage], start: datetime, end: datetime) -> list[Outage]:
    return [outage for outage in outages if start <= outage.began < end]


def _until(outage: Outage, now: datetime) -> datetime:
    """When it ended (UTC), now while it goes on; never before it began."""
    return max((outage.ended or now).astimezone(UTC), outage.began)


# months


def _spans(outages: Sequence[Outage], now: datetime) -> list[_Span]:
    """From when to when each of them lasted."""
    return [(outage.began, _until(outage, now), outage) for outage in outages]


def _month(first: date, quota: Quota, spans: Sequence[_Span], zone: ZoneInfo) -> Month:
    start, end = _midnight(first, zone), _midnight(_next_month(first), zone)
    touching = [span for span in spans if span[0] < end and start < span[1]]
    within = [(max(since, start), min(until, end), outage) for since, until, outage in touching if since < until]
    summed = sum((until - since for since, until, _ in within), NOTHING)
    limit = None if quota.month_minutes is None else timedelta(minutes=quota.month_minutes)
    wall, passed = _sweep(within, quota.overlap, limit)
    used = summed if quota.overlap is Overlap.EACH else wall
    times = sum(start <= span[0] < end for span in spans)
    return Month(f"{first:%Y-%m}", start, end, used, summed - wall, times, passed)


def _sweep(
    spans: Sequence[_Span], overlap: Overlap, limit: timedelta | None
) -> tuple[timedelta, tuple[datetime, int] | None]:
    """The time on the wall that these spans cover; and when, and by the outage of which ticket, the limit was reached
    before it was passed: of several at once by the one that began last."""
    wall, used, passed = NOTHING, NOTHING, None
    for since, until in pairwise(sorted({instant for span in spans for instant in span[:2]})):
        active = [outage for start, end, outage in spans if start <= since and until <= end]
        if not active:
            continue
        at_once = len(active) if overlap is Overlap.EACH else 1
        length = (until - since) * at_once
        if limit is not None and passed is None and used + length > limit:
            passed = since + (limit - used) / at_once, max(active, key=_order).ticket
        used += length
        wall += until - since
    return wall, passed


def _months(start: datetime, end: datetime, zone: ZoneInfo) -> Iterable[date]:
    """The first days of the calendar months that touch [start, end)."""
    first = start.astimezone(zone).date().replace(day=1)
    while _midnight(first, zone) < end:
        yield first
        first = _next_month(first)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _first_day(year: int, quota: Quota, since: date | None) -> date:
    if quota.year is Year.CALENDAR or since is None:
        return date(year, 1, 1)
    try:
        return since.replace(year=year)
    except ValueError:  # begun on a 29 February: the year is full when the February is
        return date(year, 3, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) of a day; where the clocks skip midnight, the instant at which they do."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


# uses


def _minutes_used(month: Month, allowed: int) -> Use:
    limit, used = timedelta(minutes=allowed), month.used
    percent = used * 100 // limit if limit else 100 * bool(used)
    over = used > limit
    return Use(Limit.MONTH_MINUTES, month.name, minutes(used), allowed, percent, used >= limit, over)


def _times_used(limit: Limit, period: str, used: int, allowed: int) -> Use:
    percent = used * 100 // allowed if allowed else 100 * bool(used)
    return Use(limit, period, used, allowed, percent, used >= allowed, used > allowed)
