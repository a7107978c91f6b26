"""Which days are working days, and when service is open on them.

A working day is a weekday (Monday to Friday) that is no day off, or a make-up workday (调休上班日). The State Council
names both for one year at a time, in the autumn before. A year without its notice is unknown: of it only the days
off that the law itself fixes are taken (全国年节及纪念日放假办法, as of 2025), make-up days are not guessed, and
whatever is counted through it is provisional.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import repeat
from typing import Self
from zoneinfo import ZoneInfo

from sla.labels import Window
from sla.lunar import festivals
from sla.schedule import DAY, Schedule
from sla.toml import Opens, Reader
from sla.worded import Worded
from sla.workdays import Workdays

MIDNIGHT = 24 * 60
SCHEDULES = 256
"""So many are kept of one calendar; a hospital has a handful of contracts."""


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


def read_holidays(text: str, file: str, opened: Opens = Reader) -> HolidayYear:
    """One file of `holidays/`. Raises ContractError with every problem found."""
    reader = opened(text, file)
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
                row.wrong(
                    key, Worded("{day} is not in {year}", day=day, year=year), Worded("a day of {year}", year=year)
                )
    return festival


def _check_days(reader: Reader, found: HolidayYear) -> None:
    off = {day for festival in found.festivals for day in festival.days_off}
    for row, festival in zip(reader.tables("festival"), found.festivals, strict=True):
        for day in festival.make_up_days:
            if day.weekday() < 5:
                row.wrong("make_up_days", Worded("{day} is a weekday", day=day), "a Saturday or Sunday")
            if day in off:
                row.wrong("make_up_days", Worded("{day} is named as a day off as well", day=day), "one of the two")


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
    _workdays: Workdays = field(init=False, repr=False, compare=False)
    _schedules: "dict[int, tuple[ServiceWindows, Schedule]]" = field(init=False, repr=False, compare=False)
    _zones: "dict[ZoneInfo, Calendar]" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = [festival for year in self.years for festival in year.festivals]
        object.__setattr__(self, "_off", frozenset(day for f in found for day in f.days_off))
        object.__setattr__(self, "_make_up", frozenset(day for f in found for day in f.make_up_days))
        object.__setattr__(self, "_known", frozenset(year.year for year in self.years))
        object.__setattr__(self, "_workdays", Workdays(self.is_working_day))
        object.__setattr__(self, "_schedules", {})
        object.__setattr__(self, "_zones", {})

    def in_zone(self, timezone: ZoneInfo) -> "Calendar":
        """The same days in another time zone."""
        if timezone is self.timezone:
            return self
        if timezone not in self._zones:
            self._zones[timezone] = replace(self, timezone=timezone)
        return self._zones[timezone]

    def schedule(self, windows: "ServiceWindows") -> Schedule:
        """The service time of `windows` on these days; made once and kept, with the sums it makes."""
        # By identity: to hash a contract's windows takes longer than to count with them.
        kept = self._schedules.get(id(windows))
        if kept is None:
            if len(self._schedules) >= SCHEDULES:
                self._schedules.clear()
            made = Schedule(
                self.timezone, lambda day: [(60 * s.opens, 60 * s.closes) for s in windows.spans(day, self)]
            )
            kept = self._schedules[id(windows)] = (windows, made)
        return kept[1]

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
        if first.year == last.year:
            return () if first.year in self._known else (first.year,)
        return tuple(year for year in range(first.year, last.year + 1) if year not in self._known)

    def is_make_up_day(self, day: date) -> bool:
        """Whether the day is a Saturday or Sunday on which people work."""
        return day in self._make_up

    def is_holiday(self, day: date) -> bool:
        """Whether a notice names the day a day off (weekends within too); of an unknown year, the law does."""
        return day in self._off or (day.year not in self._known and day in statutory_days(day.year))

    def is_working_day(self, day: date) -> bool:
        """Whether the day is a working day; of an unknown year, as far as the law alone tells."""
        return day in self._make_up or (day.weekday() < 5 and not self.is_holiday(day))

    def days_without_work(self, first: date, last: date) -> tuple[date, ...]:
        """The days off from `first` to `last`, both included."""
        return self._workdays.off(first, last)

    def next_working_day(self, day: date) -> date:
        """The day itself if it is a working day, else the first after it."""
        return day if self.is_working_day(day) else self._workdays.after(day, 1)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which does not count itself; before it when `count` is negative.

        Nought gives the day itself. Raises NoWorkingTime.
        """
        return self._workdays.after(day, count)

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to and with `last`; nought when `last` is not later."""
        return self._workdays.count(first + DAY, last)


@lru_cache(maxsize=4096)
def _at(day: date, minute: int, timezone: ZoneInfo) -> datetime:
    days, rest = divmod(minute, MIDNIGHT)
    local = datetime.combine(day + days * DAY, time(rest // 60, rest % 60), timezone)
    return local.astimezone(UTC).astimezone(timezone)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A window, in minutes after the midnight of the day on which it opens; half-open: `closes` is no part of it.

    1440 is 24:00; more lies in the next day, so that 22:00-06:00 is Span(1320, 1800). A window is at most a day long.
    """

    opens: int
    closes: int


Spans = tuple[Span, ...]
Week = tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans]
NO_WEEK: Week = ((), (), (), (), (), (), ())


@dataclass(frozen=True, slots=True)
class Hours:
    """The windows of every sort of day, each ordered and without overlap.

    `weekly` holds those of Monday to Sunday: of working days, and of a Saturday or Sunday that is neither part of a
    festival nor made up. `make_up` holds those of a make-up workday, `day_off` those of a festival's days off.
    `closing` is the minute at which business ends on a working day without a window of its own (a Monday of a contract
    with service on Tuesdays and Thursdays); 24:00 for a contract without windows.
    """

    weekly: Week = NO_WEEK
    make_up: Spans = ()
    day_off: Spans = ()
    closing: int = MIDNIGHT

    @classmethod
    def of(
        cls,
        weekly: Iterable[Iterable[Span]],
        make_up: Iterable[Span],
        closing: int | None = None,
        day_off: Iterable[Span] = (),
    ) -> Self:
        """Windows out of five days (Monday to Friday; the weekend has the windows of a day off) or of seven.

        `closing`, unless given, is the latest end of any window of a working day, at most 24:00; 24:00 where there is
        none.
        """
        off = tuple(sorted(day_off))
        days = [tuple(sorted(spans)) for spans in weekly]
        if len(days) not in (5, 7):
            raise ValueError(f"a week has five working days, or seven days; not {len(days)}")
        extra = tuple(sorted(make_up))
        ends = [min(span.closes, MIDNIGHT) for spans in (*days[:5], extra) for span in spans]
        monday, tuesday, wednesday, thursday, friday, saturday, sunday = (*days, off, off)[:7]
        return cls(
            weekly=(monday, tuesday, wednesday, thursday, friday, saturday, sunday),
            make_up=extra,
            day_off=off,
            closing=max(ends, default=MIDNIGHT) if closing is None else closing,
        )

    def sorts(self) -> tuple[Spans, ...]:
        """The windows of every sort of day."""
        return (*self.weekly, self.make_up, self.day_off)


@dataclass(frozen=True, slots=True)
class Season:
    """Part of every year with hours of its own (夏令作息): from `first` to `last`, both (month, day) and included.
    `name` is what clocks cite it by, `name_zh` and `name_en` what people read ("": the same).

    A season whose last day comes before its first goes on over New Year.
    """

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    hours: Hours
    name_zh: str = ""
    name_en: str = ""

    def called(self, language: str) -> str:
        """Its name in a language."""
        return (self.name_en if language == "en" else self.name_zh) or self.name

    def covers(self, day: date) -> bool:
        """Whether the day lies in the season."""
        this = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= this <= self.last
        return this >= self.first or this <= self.last


@dataclass(frozen=True, slots=True)
class ServiceWindows(Hours):
    """When the provider is on site: the hours of the year, and the seasons that have their own (the first that covers
    a day governs it)."""

    seasons: tuple[Season, ...] = ()

    def hours(self, day: date) -> Hours:
        """The hours that govern a day: those of its season, else these."""
        for season in self.seasons:
            if season.covers(day):
                return season.hours
        return self

    def spans(self, day: date, calendar: Calendar) -> Spans:
        """The windows that open on a day."""
        hours = self.hours(day)
        if calendar.is_make_up_day(day):
            return hours.make_up
        return hours.day_off if calendar.is_holiday(day) else hours.weekly[day.weekday()]

    def close_of_service(self, day: date, calendar: Calendar) -> datetime:
        """When business ends on a day (民法典 第203条第2款): the end of its last window, else `closing`.

        A day is over at 24:00, whatever window goes on.
        """
        spans = self.spans(day, calendar)
        return calendar.at(day, min(spans[-1].closes, MIDNIGHT) if spans else self.hours(day).closing)

    def window_at(self, instant: datetime, calendar: Calendar) -> Window:
        """Whether the instant lies in a window. A window to 17:00 does not hold 17:00 sharp."""
        return Window.ONSITE if calendar.schedule(self).is_open(instant) else Window.OFFSITE

    def is_provisional(self, instant: datetime, calendar: Calendar) -> bool:
        """Whether `window_at` may change when the notice of an unknown year arrives: not for hours that are closed on
        every sort of day, or open on every sort."""
        today = calendar.day_of(instant)
        if calendar.known(today.year):
            return False
        days = (today - DAY, today)
        sorts = zip(*(self.hours(day).sorts() for day in days), strict=True)
        return len({any(map(_holds, spans, days, repeat(instant), repeat(calendar))) for spans in sorts}) > 1


def _holds(spans: Spans, day: date, instant: datetime, calendar: Calendar) -> bool:
    return any(calendar.at(day, span.opens) <= instant < calendar.at(day, span.closes) for span in spans)
