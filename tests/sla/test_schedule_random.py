"""The engine against a stepper that looks at every minute, and the laws that adding and measuring keep."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sla.calendar import Calendar, Season, ServiceWindows, Span
from sla.calendar import Hours as Week
from sla.weekplan import WeekPlan
from tests.sla.book import calendar, years

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia")
LEAPS = {  # days on which the clock of each zone leaps, and one on which none does
    "Asia/Shanghai": ("2026-05-01", "1991-09-15"),
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "America/Sao_Paulo": ("2017-10-15", "2018-02-17"),
    "Africa/Cairo": ("2026-04-24", "2026-10-29"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "Pacific/Apia": ("2011-12-30", "2026-01-07"),
}
MINUTE, QUARTER, DAY = timedelta(minutes=1), 900, timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Desk:
    """A calendar around one day, and the same as plain data for the stepper."""

    zone: ZoneInfo
    day: date
    weekly: tuple[tuple[tuple[int, int], ...], ...]
    holidays: tuple[date, ...]
    exceptions: dict[date, tuple[tuple[int, int], ...]]
    pauses: tuple[tuple[datetime, datetime], ...]

    def plan(self) -> WeekPlan:
        return WeekPlan(self.zone, self.weekly, self.holidays, self.exceptions, self.pauses)

    def instants(self) -> list[tuple[float, float]]:
        """When each window of the days around is open, in true seconds."""
        found = []
        for day in (self.day + n * DAY for n in range(-6, 7)):
            for opens, closes in self.exceptions.get(day, self.weekly[day.weekday()]):
                if day not in self.holidays:
                    found.append((self.wall(day, opens), self.wall(day, closes)))
        return found

    def wall(self, day: date, second: int) -> float:
        wall = datetime(day.year, day.month, day.day, tzinfo=self.zone) + timedelta(seconds=second)
        return wall.timestamp()

    def steps(self, start: datetime, end: datetime) -> timedelta:
        """The minutes from `start` to `end` that count, each looked at by itself."""
        open_, total = self.instants(), timedelta()
        while start < end:
            second = start.timestamp()
            counts = any(begin <= second < close for begin, close in open_)
            total += MINUTE * (counts and not any(begin <= start < close for begin, close in self.pauses))
            start += MINUTE
        return total


def windows() -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    quarters = st.tuples(st.integers(0, 95), st.integers(1, 96))
    return st.lists(quarters.map(lambda q: (q[0] * QUARTER, (q[0] + q[1]) * QUARTER)), max_size=2).map(tuple)


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    zone = draw(st.sampled_from(ZONES))
    day = date.fromisoformat(draw(st.sampled_from(LEAPS[zone])))
    near = st.integers(-3, 3).map(lambda n: day + n * DAY)
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    length = st.tuples(st.integers(-2000, 2000), st.integers(0, 600))
    pauses = st.lists(length.map(lambda p: (midnight + p[0] * MINUTE, midnight + sum(p) * MINUTE)), max_size=2)
    return Desk(
        ZoneInfo(zone),
        day,
        tuple(draw(windows()) for _ in range(7)),
        tuple(draw(st.lists(near, max_size=2))),
        draw(st.dictionaries(near, windows(), max_size=2)),
        tuple(draw(pauses)),
    )


def _near(desk: Desk, minutes: int) -> datetime:
    midnight = datetime(desk.day.year, desk.day.month, desk.day.day, tzinfo=desk.zone).astimezone(UTC)
    return midnight + minutes * MINUTE


@settings(max_examples=60, deadline=None)
@given(desks(), st.integers(-2000, 2000), st.integers(0, 2500))
def test_measuring_agrees_with_looking_at_every_minute(desk: Desk, begin: int, length: int) -> None:
    start, end = _near(desk, begin), _near(desk, begin + length)
    schedule = desk.plan().schedule
    assert schedule.between(start, end) == desk.steps(start, end)
    assert schedule.between(end, start) == -schedule.between(start, end)


@settings(max_examples=60, deadline=None)
@given(desks(), st.integers(-1500, 1500), st.integers(1, 1200))
def test_adding_ends_where_the_stepper_has_seen_enough(desk: Desk, begin: int, minutes: int) -> None:
    start, schedule = _near(desk, begin), desk.plan().schedule
    assume(desk.steps(start, start + 1500 * MINUTE) >= minutes * MINUTE)
    end = schedule.add(start, minutes * MINUTE).astimezone(UTC)
    assert desk.steps(start, end) == minutes * MINUTE
    assert desk.steps(start, end - MINUTE) == (minutes - 1) * MINUTE  # no earlier instant would do
    back = schedule.add(end, -minutes * MINUTE).astimezone(UTC)
    assert desk.steps(back, end) == minutes * MINUTE
    assert desk.steps(back + MINUTE, end) == (minutes - 1) * MINUTE  # and backwards no later one


MICROS = st.integers(1, 10**13).map(lambda n: timedelta(microseconds=n))
STARTS = st.integers(0, 10**15).map(lambda n: datetime(2011, 12, 1, tzinfo=UTC) + timedelta(microseconds=n))


@given(desks(), STARTS, MICROS)
def test_adding_and_measuring_are_inverse(desk: Desk, start: datetime, amount: timedelta) -> None:
    plan = desk.plan()
    assume(any(plan.works(desk.day + n * DAY) for n in range(40, 47)))
    schedule = plan.schedule
    assert schedule.between(start, schedule.add(start, amount)) == amount
    assert schedule.between(start, schedule.add(start, -amount)) == -amount


@given(desks(), STARTS, MICROS, MICROS)
def test_adding_is_additive_and_monotone(desk: Desk, start: datetime, one: timedelta, two: timedelta) -> None:
    plan = desk.plan()
    assume(any(plan.works(desk.day + n * DAY) for n in range(40, 47)))
    schedule = plan.schedule
    assert schedule.add(schedule.add(start, one), two) == schedule.add(start, one + two)
    assert schedule.add(schedule.add(start, -one), -two) == schedule.add(start, -one - two)
    assert schedule.add(start, one) < schedule.add(start, one + two)
    assert schedule.add(start, one) <= schedule.add(start + two, one)
    middle = start + two
    whole = schedule.between(start, middle) + schedule.between(middle, middle + one)
    assert whole == schedule.between(start, middle + one)


@given(desks(), STARTS, MICROS, st.randoms(use_true_random=False))
def test_the_order_of_what_a_calendar_is_told_does_not_matter(
    desk: Desk, start: datetime, length: timedelta, dice: Random
) -> None:
    holidays, pauses, exceptions = list(desk.holidays), list(desk.pauses), list(desk.exceptions.items())
    for shuffled in (holidays, pauses, exceptions):
        dice.shuffle(shuffled)
    weekly = [tuple(reversed(spans)) for spans in desk.weekly]
    other = WeekPlan(desk.zone, weekly, [*holidays, *holidays], dict(exceptions), pauses)
    assert other.schedule.between(start, start + length) == desk.plan().schedule.between(start, start + length)


# the windows of a contract run on the same engine

SPANS = st.lists(st.tuples(st.integers(0, 95), st.integers(1, 96)), max_size=1).map(
    lambda found: [Span(15 * opens, 15 * (opens + length)) for opens, length in found]
)
DAY_OF_YEAR = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: (day.month, day.day))


@st.composite
def contract_windows(draw: st.DrawFn) -> ServiceWindows:
    def week() -> Week:
        return Week.of([draw(SPANS) for _ in range(7)], draw(SPANS), None, draw(SPANS))

    base = week()
    seasons = tuple(
        Season(f"season {n}", draw(DAY_OF_YEAR), draw(DAY_OF_YEAR), week()) for n in range(draw(st.integers(0, 2)))
    )
    return ServiceWindows(base.weekly, base.make_up, base.day_off, base.closing, seasons)


def _hours(found: ServiceWindows, day: date) -> Week:
    for season in found.seasons:
        first, last, this = (f"{m:02}{d:02}" for m, d in (season.first, season.last, (day.month, day.day)))
        inside = first <= this <= last if first <= last else not last < this < first
        if inside:
            return season.hours
    return found


def _contract_steps(found: ServiceWindows, start: datetime, end: datetime) -> timedelta:
    off = {day for year in years() for f in year.festivals for day in f.days_off}
    made = {day for year in years() for f in year.festivals for day in f.make_up_days}
    total = timedelta()
    while start < end:
        local = start.astimezone(calendar().timezone)
        minute = local.hour * 60 + local.minute
        counts = False
        for day, shown in ((local.date(), minute), (local.date() - DAY, minute + 1440)):
            hours = _hours(found, day)
            sort = hours.make_up if day in made else hours.day_off if day in off else hours.weekly[day.weekday()]
            counts = counts or any(span.opens <= shown < span.closes for span in sort)
        total += MINUTE * counts
        start += MINUTE
    return total


@settings(max_examples=60, deadline=None)
@given(contract_windows(), st.integers(0, 1000 * 1440), st.integers(0, 2500))
def test_a_contracts_seasons_days_off_and_nights(found: ServiceWindows, begin: int, length: int) -> None:
    start = datetime(2024, 1, 2, tzinfo=UTC) + begin * MINUTE
    end = start + length * MINUTE
    assert calendar().schedule(found).between(start, end) == _contract_steps(found, start, end)
    assert (found.window_at(start, calendar()) == "onsite") is bool(_contract_steps(found, start, start + MINUTE))


def test_a_calendar_keeps_the_sums_of_its_contracts() -> None:
    desk = ServiceWindows.of([[Span(480, 1020)]] * 5, [])
    place = Calendar(ZoneInfo("Asia/Shanghai"), years())
    assert place.schedule(desk) is place.schedule(desk)
    assert place.in_zone(ZoneInfo("Europe/Berlin")) is place.in_zone(ZoneInfo("Europe/Berlin"))
    for minute in range(300):
        place.schedule(ServiceWindows.of([[Span(minute, 1020)]] * 5, []))
    start = datetime(2026, 3, 4, tzinfo=UTC)
    assert place.schedule(desk).between(start, start + DAY) == timedelta(hours=9)
