"""Which days are working days, and when service is open on them.

A working day is a weekday (Monday to Friday) that is no day off, or a make-up workday (调休上班日). The State Council
names both for one year at a time, in the autumn before. A year without its notice is unknown: of it only the days
off that the law itself fixes are taken (全国年节及纪念日放假办法, as of 2025), make-up days are not guessed, and
whatever is counted through it is provisional.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sla.errors import SlaError
from sla.labels import Window
from sla.lunar import festivals
from sla.toml import Reader

DAY = timedelta(days=1)
MIDNIGHT = 24 * 60
LONGEST_BREAK = 400
"""Days without one working day, after which a search gives up: no calendar of ours has such a stretch."""


class NoWorkingTime(SlaError):
    """The calendar or the service windows never open: a deadline counted in them would never come."""


@dataclass(frozen=True, slots=True)
class Festival:
    """What the notice says of one festival: the days off (weekends within included) and the make-up workdays."""

    name: str
    days_off: tuple[date, ...]
    make_up_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """The notice for one year: its name, where it was published, its festivals."""

    year: int
    notice: str
    source: str
    festivals: tuple[Festival, ...]


def read_holidays(text: str, file: str) -> HolidayYear:
    """One file of `holidays/`. Raises ContractError with every problem found."""
    reader = Reader(text, file)
    year = reader.integer("year", least=1900, most=2200)
    notice, source = reader.text("notice"), reader.text("source", "")
    found = HolidayYear(year, notice, source, tuple(_festival(row, year) for row in reader.tables("festival")))
    _check_days(reader, found)
    reader.finish()
    return found


def _festival(row: Reader, year: int) -> Festival:
    festival = Festival(row.text("name"), row.days("days_off"), row.days("make_up_days", ()))
    for key, days in (("days_off", festival.days_off), ("make_up_days", festival.make_up_days)):
        for day in days:
            # A notice may reach back into the last days of the year before (it did for New Year 2019).
            if not date(year - 1, 12, 25) <= day <= date(year, 12, 31):
                row.wrong(key, f"{day} is not in {year}", f"a day of {year}")
    return festival


def _check_days(reader: Reader, found: HolidayYear) -> None:
    off = {day for festival in found.festivals for day in festival.days_off}
    for row, festival in zip(reader.tables("festival"), found.festivals, strict=True):
        for day in festival.make_up_days:
            if day.weekday() < 5:
                row.wrong("make_up_days", f"{day} is a weekday", "a Saturday or Sunday")
            if day in off:
                row.wrong("make_up_days", f"{day} is named as a day off as well", "one of the two")


@lru_cache(maxsize=256)
def statutory_days(year: int) -> frozenset[date]:
    """The days off that the law fixes.

    元旦 1, 春节 4 (the eve and three days), 清明 1, 劳动节 2, 端午 1, 中秋 1, 国庆 3. Outside the years of the lunar
    table only those that the Gregorian calendar fixes.
    """
    fixed = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    days = {date(year, month, day) for month, day in fixed}
    moon = festivals(year)
    days.update(moon.values())
    if new_year := moon.get("春节"):
        days.update(new_year + offset * DAY for offset in (-1, 1, 2))
    return frozenset(days)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of a place. `years` are those whose notice is known; every other year is unknown."""

    timezone: ZoneInfo
    years: tuple[HolidayYear, ...] = ()
    _off: frozenset[date] = field(init=False, repr=False, compare=False)
    _make_up: frozenset[date] = field(init=False, repr=False, compare=False)
    _known: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = [festival for year in self.years for festival in year.festivals]
        object.__setattr__(self, "_off", frozenset(day for f in found for day in f.days_off))
        object.__setattr__(self, "_make_up", frozenset(day for f in found for day in f.make_up_days))
        object.__setattr__(self, "_known", frozenset(year.year for year in self.years))

    def in_zone(self, timezone: ZoneInfo) -> "Calendar":
        """The same days in another time zone."""
        return self if timezone is self.timezone else replace(self, timezone=timezone)

    def day_of(self, instant: datetime) -> date:
        """The day on the wall calendar of this place."""
        return instant.astimezone(self.timezone).date()

    def at(self, day: date, minute: int) -> datetime:
        """The instant `minute` minutes after local midnight on the wall clock; 1440 is the next day's midnight.

        A time that the wall clock leaps over becomes the instant as much later as the leap is long; one that it shows
        twice is the first.
        """
        return _at(day, minute, self.timezone)

    # days

    def known(self, year: int) -> bool:
        """Whether the notice for the year is here."""
        return year in self._known

    def unknown_years(self, first: date, last: date) -> tuple[int, ...]:
        """The years without a notice that the days from `first` to `last` (both included) touch."""
        return tuple(year for year in range(first.year, last.year + 1) if year not in self._known)

    def is_make_up_day(self, day: date) -> bool:
        """Whether the day is a Saturday or Sunday on which people work."""
        return day in self._make_up

    def is_working_day(self, day: date) -> bool:
        """Whether the day is a working day; of an unknown year, as far as the law alone tells."""
        if day in self._make_up:
            return True
        if day.weekday() >= 5 or day in self._off:
            return False
        return day.year in self._known or day not in statutory_days(day.year)

    def days_without_work(self, first: date, last: date) -> tuple[date, ...]:
        """The days off from `first` to `last`, both included."""
        return tuple(day for day in _days(first, last) if not self.is_working_day(day))

    def next_working_day(self, day: date) -> date:
        """The day itself if it is a working day, else the first after it."""
        return self.add_working_days(day - DAY, 1)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which does not count itself; before it when `count` is negative.

        Nought gives the day itself. Raises NoWorkingTime when no working day comes in 400 days.
        """
        step = DAY if count >= 0 else -DAY
        left, idle = abs(count), 0
        while left:
            day += step
            idle += 1
            if self.is_working_day(day):
                left, idle = left - 1, 0
            elif idle > LONGEST_BREAK:
                raise NoWorkingTime(f"no working day within {LONGEST_BREAK} days of {day}")
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to and with `last`; nought when `last` is not later."""
        return sum(1 for day in _days(first + DAY, last) if self.is_working_day(day))


@lru_cache(maxsize=4096)
def _at(day: date, minute: int, timezone: ZoneInfo) -> datetime:
    days, rest = divmod(minute, MIDNIGHT)
    local = datetime.combine(day + days * DAY, time(rest // 60, rest % 60), timezone)
    return local.astimezone(UTC).astimezone(timezone)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Part of a day, in minutes after local midnight; half-open: `closes` no longer belongs to it. 1440 is 24:00."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class ServiceWindows:
    """When the provider is on site. Windows are open on working days only.

    `weekly` holds the spans of Monday to Friday, `make_up` those of a make-up workday; each ordered, without overlap.
    `closing` is the minute at which service closes on a working day that has no span of its own (a Monday of a contract
    with service on Tuesdays and Thursdays); 24:00 for a contract without windows.
    """

    weekly: tuple[tuple[Span, ...], ...] = ((), (), (), (), ())
    make_up: tuple[Span, ...] = ()
    closing: int = MIDNIGHT

    @classmethod
    def of(
        cls, weekly: Iterable[Iterable[Span]], make_up: Iterable[Span], closing: int | None = None
    ) -> "ServiceWindows":
        """Windows whose `closing`, unless given, is the latest end of any of them; 24:00 where there is none."""
        days = tuple(tuple(sorted(spans)) for spans in weekly)
        extra = tuple(sorted(make_up))
        ends = [span.closes for spans in (*days, extra) for span in spans]
        return cls(days, extra, max(ends, default=MIDNIGHT) if closing is None else closing)

    def spans(self, day: date, calendar: Calendar) -> tuple[Span, ...]:
        """The windows of a day; none on a day off."""
        if not calendar.is_working_day(day):
            return ()
        return self.make_up if calendar.is_make_up_day(day) else self.weekly[day.weekday()]

    def close_of_service(self, day: date, calendar: Calendar) -> datetime:
        """When business ends on a day (民法典 第203条第2款): the end of its last window, else `closing`."""
        spans = self.spans(day, calendar)
        return calendar.at(day, spans[-1].closes if spans else self.closing)

    def window_at(self, instant: datetime, calendar: Calendar) -> Window:
        """Whether the instant lies in a window. A window to 17:00 does not hold 17:00 sharp."""
        day = calendar.day_of(instant)
        inside = any(
            calendar.at(day, span.opens) <= instant < calendar.at(day, span.closes)
            for span in self.spans(day, calendar)
        )
        return Window.ONSITE if inside else Window.OFFSITE

    def is_provisional(self, instant: datetime, calendar: Calendar) -> bool:
        """Whether `window_at` may change when the notice of an unknown year arrives: not for hours always closed."""
        day = calendar.day_of(instant)
        if calendar.known(day.year):
            return False
        spans = {span for spans in (*self.weekly, self.make_up) for span in spans}
        return any(calendar.at(day, s.opens) <= instant < calendar.at(day, s.closes) for s in spans)
