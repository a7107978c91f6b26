"""The engine on made-up desks: across midnight, over holidays, pauses and exceptions, where the wall clock leaps."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla.schedule import CHUNK, EPOCH, NoWorkingTime
from sla.weekplan import WeekPlan

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = [(9 * 3600, 12 * 3600), (13 * 3600, 18 * 3600)]
NIGHT = [(22 * 3600, 30 * 3600)]
WHOLE = [(0, 86_400)]
Windows = Sequence[tuple[int, int]]


def at(text: str, zone: ZoneInfo = SHANGHAI, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def plan(
    windows: Windows,
    days: Iterable[int] = range(5),
    zone: ZoneInfo = SHANGHAI,
    holidays: Iterable[str] = (),
    exceptions: Mapping[str, Windows] | None = None,
    pauses: Iterable[tuple[str, str]] = (),
) -> WeekPlan:
    return WeekPlan(
        zone,
        [windows if day in days else () for day in range(7)],
        [date.fromisoformat(day) for day in holidays],
        {date.fromisoformat(day): hours for day, hours in (exceptions or {}).items()},
        [(at(begin, zone), at(end, zone)) for begin, end in pauses],
    )


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


# the edges of a window


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-03-04 10:00", 2, "2026-03-04 12:00"),  # lands on closing time: closing time, not 13:00
        ("2026-03-04 12:00", 5, "2026-03-04 18:00"),
        ("2026-03-04 18:00", 0.5, "2026-03-05 09:30"),
        ("2026-03-06 17:00", 1, "2026-03-06 18:00"),  # Friday
        ("2026-03-06 17:00", 1.5, "2026-03-09 09:30"),  # Monday
        ("2026-03-04 13:30", -0.5, "2026-03-04 13:00"),  # backwards, on opening time: opening time, not 12:00
        ("2026-03-04 13:30", -1, "2026-03-04 11:30"),
        ("2026-03-09 09:00", -0.5, "2026-03-06 17:30"),
        ("2026-03-08 15:00", -8, "2026-03-06 09:00"),
        ("2026-03-04 10:00", 8 * 250, "2027-02-17 10:00"),  # fifty weeks
        ("2026-03-04 10:00", -8 * 250, "2025-03-19 10:00"),
    ],
)
def test_service_time_is_counted_to_the_edge_of_a_window(start: str, amount: float, end: str) -> None:
    office = plan(OFFICE)
    assert office.schedule.add(at(start), hours(amount)) == at(end)
    assert office.schedule.between(at(start), at(end)) == hours(amount)


def test_seconds_and_their_parts_are_exact() -> None:
    schedule = plan([(9 * 3600 + 1, 9 * 3600 + 4)]).schedule
    start = at("2026-03-04 09:00:02.250001")
    end = schedule.add(start, timedelta(seconds=5.5))
    assert end == at("2026-03-06 09:00:01.750001")
    assert schedule.between(start, end) == timedelta(seconds=5.5)
    assert schedule.add(end, timedelta(seconds=-5.5)) == start


def test_no_amount_waits_for_the_next_opening_when_asked_as_a_plan() -> None:
    office = plan(OFFICE)
    for start, opening, closing in (
        ("2026-03-04 12:30", "2026-03-04 13:00", "2026-03-04 12:00"),
        ("2026-03-04 13:00", "2026-03-04 13:00", "2026-03-04 12:00"),
        ("2026-03-04 14:00", "2026-03-04 14:00", "2026-03-04 14:00"),
        ("2026-03-07 14:00", "2026-03-09 09:00", "2026-03-06 18:00"),
    ):
        assert office.add(at(start), timedelta()) == office.schedule.opening(at(start)) == at(opening)
        assert office.schedule.closing(at(start)) == at(closing)
        assert office.schedule.add(at(start), timedelta()) == at(start)
        assert office.schedule.is_open(at(start)) is (start == opening)
    noon = at("2026-03-04 12:00")  # closing time stays closing time
    assert office.add(noon, timedelta()) == office.schedule.closing(noon) == noon
    assert office.schedule.opening(noon) == at("2026-03-04 13:00")
    assert (office.schedule.is_open(noon), office.schedule.was_open(noon)) == (False, True)
    assert (office.schedule.is_open(at("2026-03-04 13:00")), office.schedule.was_open(at("2026-03-04 13:00"))) == (
        True,
        False,
    )


# across midnight


def test_a_night_desk_works_from_the_evening_to_the_morning() -> None:
    night = plan(NIGHT).schedule
    assert night.add(at("2026-03-04 20:00"), hours(3)) == at("2026-03-05 01:00")
    assert night.add(at("2026-03-06 23:00"), hours(8)) == at("2026-03-09 23:00")  # Friday's night ends on Saturday
    assert night.between(at("2026-03-02 00:00"), at("2026-03-09 00:00")) == hours(40)
    assert night.add(at("2026-03-07 06:00"), hours(-8)) == at("2026-03-06 22:00")


def test_the_night_before_a_holiday_runs_out() -> None:
    night = plan(NIGHT, range(7), holidays=["2026-05-01"]).schedule
    assert night.add(at("2026-04-30 22:00"), hours(3)) == at("2026-05-01 01:00")
    assert night.add(at("2026-04-30 22:00"), hours(8.5)) == at("2026-05-02 22:30")  # none opens in the evening
    assert night.add(at("2026-05-01 07:00"), hours(-1)) == at("2026-05-01 05:00")
    assert not night.is_open(at("2026-05-02 03:00"))


def test_round_the_clock_is_one_window() -> None:
    always = plan(WHOLE, range(7)).schedule
    start = at("2026-03-04 13:37")
    assert always.add(start, timedelta(days=700)) == start + timedelta(days=700)
    assert always.add(start, timedelta(days=-700)) == start - timedelta(days=700)


def test_windows_that_overlap_count_once() -> None:
    twice = plan([(9 * 3600, 14 * 3600), (12 * 3600, 18 * 3600), (10 * 3600, 11 * 3600)]).schedule
    assert twice.between(at("2026-03-04 00:00"), at("2026-03-05 00:00")) == hours(9)


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Asia/Shanghai", "Pacific/Kiritimati"])
def test_where_one_stretch_of_sums_ends_and_the_next_begins(zone: str) -> None:
    place = ZoneInfo(zone)
    always = plan(WHOLE, range(7), place).schedule
    for chunk in range(30, 60):
        edge = EPOCH + timedelta(microseconds=chunk << CHUNK)
        assert always.between(edge - hours(30), edge + hours(30)) == hours(60)
        assert always.add(edge - hours(30), hours(60)) == edge + hours(30)
        assert always.add(edge + hours(30), hours(-60)) == edge - hours(30)
        opened = edge.astimezone(place) - hours(2)  # a night that began two hours before
        second = opened.hour * 3600 + opened.minute * 60
        night = plan([(second, second + 14_400)], [opened.weekday()], place).schedule
        assert night.between(edge - hours(12), edge + hours(12)) == hours(4)


# holiday > pause > exception > week


def test_what_goes_before_what() -> None:
    saturday = {"2026-10-10": [(10 * 3600, 16 * 3600)]}
    made_up = plan(OFFICE, exceptions=saturday)
    assert made_up.schedule.add(at("2026-10-09 17:00"), hours(3)) == at("2026-10-10 12:00")
    shorter = plan(OFFICE, exceptions={"2026-10-09": [(9 * 3600, 10 * 3600)]})
    assert shorter.schedule.add(at("2026-10-09 08:00"), hours(2)) == at("2026-10-12 10:00")
    closed = plan(OFFICE, exceptions={"2026-10-09": ()})
    assert closed.schedule.add(at("2026-10-09 08:00"), hours(2)) == at("2026-10-12 11:00")
    paused = plan(OFFICE, exceptions=saturday, pauses=[("2026-10-10 11:00", "2026-10-10 15:00")])
    assert paused.schedule.add(at("2026-10-09 17:00"), hours(3)) == at("2026-10-10 16:00")
    holiday = plan(OFFICE, exceptions=saturday, holidays=["2026-10-10"])
    assert holiday.schedule.add(at("2026-10-09 17:00"), hours(3)) == at("2026-10-12 11:00")


def test_an_exception_leaves_the_night_before_alone() -> None:
    night = plan(NIGHT, exceptions={"2026-03-05": [(8 * 3600, 9 * 3600)]}).schedule
    assert night.between(at("2026-03-04 12:00"), at("2026-03-06 12:00")) == hours(8 + 1)


def test_pauses_may_overlap_touch_and_be_empty() -> None:
    pauses = [
        ("2026-03-04 10:00", "2026-03-04 11:00"),
        ("2026-03-04 10:30", "2026-03-04 11:15"),
        ("2026-03-04 11:15", "2026-03-04 11:30"),
        ("2026-03-04 14:00", "2026-03-04 14:00"),
        ("2026-03-04 17:00", "2026-03-05 09:30"),
        ("2026-02-01 00:00", "2026-02-03 00:00"),
    ]
    paused = plan(OFFICE, pauses=pauses).schedule
    assert paused.add(at("2026-03-04 09:00"), hours(1.5)) == at("2026-03-04 12:00")
    assert paused.add(at("2026-03-04 16:00"), hours(1)) == at("2026-03-04 17:00")
    assert paused.add(at("2026-03-04 16:00"), hours(1.5)) == at("2026-03-05 10:00")
    assert paused.add(at("2026-03-05 10:00"), hours(-1)) == at("2026-03-04 16:30")
    assert plan(OFFICE, pauses=reversed(pauses)).schedule.between(at("2026-03-01"), at("2026-04-01")) == paused.between(
        at("2026-03-01"), at("2026-04-01")
    )


# nothing to count


@pytest.mark.parametrize("amount", [1, -1])
def test_a_calendar_without_working_time_says_so(amount: int) -> None:
    never = (
        plan(()),
        plan([(9 * 3600, 9 * 3600)]),
        plan(OFFICE, holidays=map(str, map(date.fromordinal, range(720_000, 760_000)))),
        plan(OFFICE, pauses=[("1900-01-01", "2200-01-01")]),
    )
    for one in never:
        with pytest.raises(NoWorkingTime):
            one.add(at("2026-03-04 10:00"), hours(amount))
        with pytest.raises(NoWorkingTime):
            one.schedule.opening(at("2026-03-04 10:00"))
        assert one.schedule.between(at("2026-03-04"), at("2027-03-04")) == timedelta()


def test_a_count_that_leads_out_of_the_years_we_know_says_so() -> None:
    with pytest.raises(NoWorkingTime):
        plan(OFFICE).add(at("2026-03-04 10:00"), timedelta(days=300_000))
    with pytest.raises(NoWorkingTime):
        plan(OFFICE).schedule.between(at("0001-01-02"), at("9999-12-30"))


def test_one_far_day_is_found() -> None:
    once = plan((), exceptions={"2041-02-03": [(0, 60)]})
    assert once.add(at("2026-03-04 10:00"), timedelta(seconds=30)) == at("2041-02-03 00:00:30")
    with pytest.raises(NoWorkingTime):
        once.add(at("2026-03-04 10:00"), timedelta(seconds=61))


# where the wall clock leaps


def test_a_night_with_a_leap_is_as_long_as_true_time_says() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = plan(NIGHT, range(7), berlin).schedule
    spring, autumn = at("2026-03-28 22:00", berlin), at("2026-10-24 22:00", berlin)
    assert night.between(spring, at("2026-03-29 06:00", berlin)) == hours(7)
    assert night.between(autumn, at("2026-10-25 06:00", berlin)) == hours(9)
    assert night.add(spring, hours(5)) == at("2026-03-29 04:00", berlin)
    assert night.add(autumn, hours(5)) == at("2026-10-25 02:00", berlin, fold=1)
    assert night.between(at("2026-10-25 02:30", berlin), at("2026-10-25 02:30", berlin, fold=1)) == hours(1)


def test_a_window_within_the_leap() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    inside = plan([(2 * 3600, 3 * 3600)], range(7), berlin).schedule
    turned = plan([(9_000, 11_700)], range(7), berlin).schedule  # 02:30 to 03:15: 03:30 to 03:15, empty
    sunday, monday = at("2026-03-29", berlin), at("2026-03-30", berlin)
    assert inside.between(sunday, monday) == turned.between(sunday, monday) == timedelta()
    assert turned.add(sunday, timedelta(seconds=1)) == at("2026-03-30 02:30:01", berlin)
    twice = plan([(2 * 3600, 3 * 3600)], range(7), berlin).schedule
    assert twice.between(at("2026-10-25", berlin), at("2026-10-26", berlin)) == hours(2)


def test_opening_and_closing_where_the_hour_comes_twice() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    desk = plan([(0, 3 * 3600), (4 * 3600, 5 * 3600)], range(7), berlin)
    pause = (at("2026-10-25 01:00", berlin).astimezone(UTC), at("2026-10-25 02:00", berlin, 1).astimezone(UTC))
    paused = WeekPlan(berlin, [WHOLE] * 7, pauses=[pause]).schedule
    assert paused.opening(at("2026-10-25 02:00", berlin)) == at("2026-10-25 02:00", berlin, 1)
    assert paused.opening(at("2026-10-25 02:00", berlin)).fold == 1
    assert desk.schedule.closing(at("2026-03-29 03:30", berlin)).isoformat() == "2026-03-29T03:00:00+02:00"
    night = plan([(0, 2 * 3600)], range(7), berlin).schedule
    assert night.closing(at("2026-03-29 05:00", berlin)).isoformat() == "2026-03-29T03:00:00+02:00"


def test_no_answer_is_a_time_that_the_clock_leaps_over() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    asked, shown = at("2026-03-29 02:30", berlin), "2026-03-29T03:30:00+02:00"
    always, never_now = plan(WHOLE, range(7), berlin), plan(OFFICE, range(7), berlin)
    assert always.add(asked, timedelta()).isoformat() == shown
    assert always.schedule.opening(asked).isoformat() == always.schedule.closing(asked).isoformat() == shown
    assert never_now.schedule.add(asked, timedelta()).isoformat() == shown


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("America/Sao_Paulo", "2017-10-15", 23),  # the clock leaps at midnight: the day begins at one
        ("America/Sao_Paulo", "2018-02-17", 25),  # and back: the day ends an hour later
        ("Asia/Beirut", "2022-03-27", 23),
        ("Africa/Cairo", "2026-04-24", 23),
        ("Asia/Tehran", "2021-03-22", 23),
        ("America/Havana", "2026-03-08", 23),
        ("Pacific/Apia", "2011-12-30", 0),  # a day that was left out
        ("Antarctica/Troll", "2026-03-29", 22),  # by two hours
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ],
)
def test_days_where_local_midnight_does_not_exist(zone: str, day: str, length: float) -> None:
    place = ZoneInfo(zone)
    begin = at(day, place)
    whole = plan(WHOLE, range(7), place).schedule
    day_after = at(day, place) + timedelta(days=1)
    assert whole.between(begin, day_after) == hours(length)
    eve = at(f"{date.fromisoformat(day) - timedelta(days=1)} 23:00", place)
    assert whole.add(eve, hours(2)) == (eve.astimezone(UTC) + hours(2)).astimezone(place)
    off = plan(WHOLE, range(7), place, holidays=[day]).schedule
    assert off.between(eve - timedelta(hours=23), day_after) == hours(24)
    assert off.between(begin, day_after) == timedelta()
