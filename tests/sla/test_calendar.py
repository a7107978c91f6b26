"""Working days, windows, and years whose notice is not known yet."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import Calendar, Hours, Season, ServiceWindows, Span, read_holidays, statutory_days
from sla.errors import ContractError
from sla.labels import Window
from sla.lunar import festivals
from sla.schedule import NoWorkingTime
from sla.workdays import Workdays
from tests.sla.book import ZONE, at, calendar, contracts, years

DAYS = st.dates(date(2023, 6, 1), date(2028, 6, 1))


@pytest.mark.parametrize(("year", "working"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_each_known_year(year: int, working: int) -> None:
    assert calendar().working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == working


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-09-30", True),
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),  # Saturday, made up
        ("2026-10-11", False),  # Sunday
        ("2026-01-02", False),  # Friday, part of the New Year break
        ("2026-01-04", True),  # Sunday, made up
        ("2026-02-14", True),
        ("2026-02-28", True),
        ("2026-05-09", True),
        ("2026-09-20", True),
        ("2025-01-26", True),
        ("2025-10-08", False),
        ("2024-09-14", True),
        ("2024-02-09", True),  # New Year's Eve was no holiday in 2024
        ("2027-01-01", False),
        ("2027-02-05", False),  # the eve, from the law alone
        ("2027-02-08", False),
        ("2027-02-09", True),
        ("2027-05-02", False),
        ("2027-05-04", True),
        ("2027-10-03", False),
        ("2027-10-04", True),
        ("2027-10-09", False),  # a Saturday: no make-up day is guessed
    ],
)
def test_days(day: str, works: bool) -> None:
    assert calendar().is_working_day(date.fromisoformat(day)) is works


def test_statutory_days_are_those_of_the_law() -> None:
    assert len(statutory_days(2025)) == len(statutory_days(2026)) == len(statutory_days(2027)) == 13
    off = {day for year in years() if year.year > 2024 for f in year.festivals for day in f.days_off}
    assert statutory_days(2025) | statutory_days(2026) <= off


def test_festivals_of_the_known_years_lie_in_their_notices() -> None:
    for year in years():
        named = {f.name: f.days_off for f in year.festivals}
        for festival, day in festivals(year.year).items():
            assert any(festival in name and day in days for name, days in named.items()), (festival, day)


def test_the_moon_keeps_its_months() -> None:
    """Between two festivals lie whole months of the moon: of 29 or 30 days, one more in a year with a leap month."""
    for year in range(2020, 2060):
        this, after = festivals(year), festivals(year + 1)
        assert (after["春节"] - this["春节"]).days in {353, 354, 355, 383, 384, 385}
        assert (this["端午"] - this["春节"]).days in {121, 122, 123, 151, 152, 153}
        assert (this["中秋"] - this["端午"]).days in {98, 99, 127, 128, 129}
        assert date(year, 1, 21) <= this["春节"] <= date(year, 2, 20)
        assert this["清明"] in (date(year, 4, 4), date(year, 4, 5))
    assert festivals(2061) == {}


def test_unknown_years_are_named() -> None:
    assert calendar().unknown_years(date(2026, 1, 1), date(2026, 12, 31)) == ()
    assert calendar().unknown_years(date(2023, 12, 31), date(2027, 1, 1)) == (2023, 2027)
    assert calendar().known(2026)
    assert not calendar().known(2027)


@given(DAYS, st.integers(1, 60))
def test_the_nth_working_day_has_n_working_days_up_to_it(day: date, count: int) -> None:
    last = calendar().add_working_days(day, count)
    assert calendar().is_working_day(last)
    assert calendar().working_days_between(day, last) == count
    assert calendar().add_working_days(last, -count) <= calendar().next_working_day(day)


@given(DAYS, DAYS, DAYS)
def test_working_days_add_up(one: date, two: date, three: date) -> None:
    a, b, c = sorted((one, two, three))
    count = calendar().working_days_between
    assert count(a, b) + count(b, c) == count(a, c)


def test_a_calendar_without_working_days_says_so() -> None:
    never, once = Workdays(lambda _: False), Workdays(lambda day: day == date(2036, 2, 29))
    for count in (1, -1):
        with pytest.raises(NoWorkingTime):
            never.after(date(2026, 1, 1), count)
    assert once.after(date(2026, 1, 1), 1) == date(2036, 2, 29) == once.after(date(2046, 1, 1), -1)
    with pytest.raises(NoWorkingTime):
        once.after(date(2026, 1, 1), 2)
    with pytest.raises(NoWorkingTime):
        calendar().add_working_days(date(9999, 12, 1), 40)
    assert never.count(date(2020, 1, 1), date(2026, 1, 1)) == 0
    assert len(never.off(date(2020, 1, 1), date(2026, 1, 1))) == 2193


def test_holiday_files_are_checked() -> None:
    text = (
        'year = 2026\nnotice = "x"\n[[festival]]\nname = "x"\ndays_off = [2026-10-01, 2027-10-01]\n'
        "make_up_days = [2026-10-01]\ndays_on = []\n"
    )
    with pytest.raises(ContractError) as error:
        read_holidays(text, "2026.toml")
    assert [(p.line, p.reason) for p in error.value.problems] == [
        (5, "2027-10-01 is not in 2026"),
        (6, "2026-10-01 is a weekday"),
        (6, "2026-10-01 is named as a day off as well"),
        (7, "is not known here"),
    ]


def test_a_notice_may_reach_into_the_december_before() -> None:
    year = read_holidays(
        'year = 2027\nnotice = "x"\n[[festival]]\nname = "元旦"\ndays_off = [2026-12-31, 2027-01-01]\n', "2027.toml"
    )
    assert not Calendar(ZONE, (*years(), year)).is_working_day(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("contract", "instant", "window"),
    [
        ("smart-hospital", "2026-09-30 07:59:59", Window.OFFSITE),
        ("smart-hospital", "2026-09-30 08:00", Window.ONSITE),
        ("smart-hospital", "2026-09-30 16:59:59", Window.ONSITE),
        ("smart-hospital", "2026-09-30 17:00", Window.OFFSITE),
        ("smart-hospital", "2026-10-01 10:00", Window.OFFSITE),
        ("smart-hospital", "2026-10-10 10:00", Window.ONSITE),
        ("smart-hospital", "2026-10-11 10:00", Window.OFFSITE),
        ("distance-education", "2026-09-29 10:00", Window.ONSITE),  # Tuesday
        ("distance-education", "2026-09-30 10:00", Window.OFFSITE),  # Wednesday
        ("distance-education", "2026-10-06 10:00", Window.OFFSITE),  # a Tuesday off
        ("distance-education", "2026-10-10 10:00", Window.OFFSITE),  # a Saturday made up
        ("third-party-unified", "2026-09-30 17:59", Window.ONSITE),
        ("third-party-unified", "2026-09-30 18:00", Window.OFFSITE),
        ("cqmu2-his", "2026-09-30 11:59", Window.ONSITE),
        ("cqmu2-his", "2026-09-30 12:00", Window.OFFSITE),
        ("cqmu2-his", "2026-09-30 13:59", Window.OFFSITE),
        ("cqmu2-his", "2026-09-30 14:00", Window.ONSITE),
        ("cqmu2-his", "2026-09-30 18:00", Window.OFFSITE),
    ],
)
def test_windows_are_half_open_and_open_on_working_days_only(contract: str, instant: str, window: Window) -> None:
    assert contracts()[contract].windows.window_at(at(instant), calendar()) is window


def test_the_window_of_an_unknown_year_is_unsure_only_in_its_hours() -> None:
    windows = contracts()["smart-hospital"].windows
    assert windows.is_provisional(at("2027-03-01 10:00"), calendar())
    assert not windows.is_provisional(at("2027-03-01 03:00"), calendar())
    assert not windows.is_provisional(at("2026-03-01 10:00"), calendar())


def test_close_of_service() -> None:
    def close(contract: str, day: str) -> str:
        closing = contracts()[contract].windows.close_of_service(date.fromisoformat(day), calendar())
        return closing.strftime("%m-%d %H:%M")

    assert close("cqmu2-his", "2026-09-30") == "09-30 18:00"
    assert close("distance-education", "2026-09-29") == "09-29 17:00"
    assert close("distance-education", "2026-09-30") == "09-30 17:00"  # no window, but a day of business
    assert ServiceWindows().close_of_service(date(2026, 9, 30), calendar()) == at("2026-10-01 00:00")


def test_wall_clock_times_that_do_not_exist_or_exist_twice() -> None:
    berlin = Calendar(ZoneInfo("Europe/Berlin"))
    assert berlin.at(date(2026, 3, 29), 150).isoformat() == "2026-03-29T03:30:00+02:00"
    assert berlin.at(date(2026, 10, 25), 150).isoformat() == "2026-10-25T02:30:00+02:00"
    # In Beirut the clock leapt at midnight: the day began at one.
    beirut = Calendar(ZoneInfo("Asia/Beirut"))
    assert beirut.at(date(2022, 3, 26), 1440).isoformat() == "2022-03-27T01:00:00+03:00"


def test_windows_close_at_their_latest_end_unless_told() -> None:
    weekly = [[Span(600, 700)], [], [], [], []]
    assert ServiceWindows.of(weekly, [Span(500, 800)]).closing == 800
    assert ServiceWindows.of(weekly, [], 720).closing == 720
    assert ServiceWindows.of([[]] * 5, []).closing == 1440


# windows of a desk that never quite closes

DAY_DESK, NIGHT_DESK, HALF = Span(480, 1080), Span(1320, 1800), Span(540, 720)
SUMMER = Season("summer", (6, 1), (9, 30), Hours.of([[Span(450, 690)]] * 5, [HALF]))
WINTER = Season("winter", (12, 15), (2, 15), Hours.of([[HALF]] * 5, [], 1000))


def desk(*seasons: Season) -> ServiceWindows:
    """Monday to Friday by day, Saturday half a day, every festival by night; make-up days half a day."""
    base = ServiceWindows.of([[DAY_DESK]] * 5 + [[HALF], []], [HALF], None, [NIGHT_DESK])
    return ServiceWindows(base.weekly, base.make_up, base.day_off, base.closing, seasons)


@pytest.mark.parametrize(
    ("day", "spans"),
    [
        ("2026-03-04", [DAY_DESK]),
        ("2026-03-07", [HALF]),  # Saturday
        ("2026-03-08", []),
        ("2026-10-01", [NIGHT_DESK]),
        ("2026-10-03", [NIGHT_DESK]),  # a Saturday of the festival
        ("2026-10-10", [HALF]),  # a Saturday, made up
        ("2026-06-01", [Span(450, 690)]),
        ("2026-09-20", [HALF]),  # a Sunday of the summer, made up
        ("2026-09-30", [Span(450, 690)]),
        ("2026-12-15", [HALF]),
        ("2026-02-12", [HALF]),
        ("2026-02-24", [DAY_DESK]),
        ("2026-12-14", [DAY_DESK]),
    ],
)
def test_each_sort_of_day_has_its_windows(day: str, spans: list[Span]) -> None:
    assert list(desk(SUMMER, WINTER).spans(date.fromisoformat(day), calendar())) == spans


def test_a_night_window_runs_into_the_morning_after() -> None:
    windows = desk()
    for instant, window in (
        ("2026-10-07 21:59", Window.OFFSITE),
        ("2026-10-07 22:00", Window.ONSITE),
        ("2026-10-08 05:59", Window.ONSITE),
        ("2026-10-08 06:00", Window.OFFSITE),
        ("2026-10-01 05:00", Window.OFFSITE),  # the eve was a working day
    ):
        assert windows.window_at(at(instant), calendar()) is window


def test_a_day_closes_with_its_last_window_at_midnight_at_the_latest() -> None:
    windows = desk(SUMMER, WINTER)
    for day, closes in (
        ("2026-03-04", "2026-03-04 18:00"),
        ("2026-03-08", "2026-03-08 18:00"),
        ("2026-07-01", "2026-07-01 11:30"),
        ("2026-10-01", "2026-10-02 00:00"),
        ("2026-01-10", "2026-01-10 16:40"),  # no window on a winter's Saturday: its closing
    ):
        assert windows.close_of_service(date.fromisoformat(day), calendar()) == at(closes)


def test_a_week_has_five_days_or_seven() -> None:
    assert Hours.of([[HALF]] * 5, [], None, [NIGHT_DESK]).weekly[5:] == ((NIGHT_DESK,), (NIGHT_DESK,))
    assert Hours.of([[NIGHT_DESK]] * 5, []).closing == 1440
    with pytest.raises(ValueError, match="not 6"):
        Hours.of([[HALF]] * 6, [])


def test_round_the_clock_no_notice_can_change_the_window() -> None:
    always = ServiceWindows.of([[Span(0, 1440)]] * 7, [Span(0, 1440)], None, [Span(0, 1440)])
    assert always.window_at(at("2027-10-01 03:00"), calendar()) is Window.ONSITE
    assert not always.is_provisional(at("2027-10-01 03:00"), calendar())
    assert desk().is_provisional(at("2027-03-03 23:00"), calendar())  # a festival's night, if it is one
    assert desk().is_provisional(at("2027-03-04 05:00"), calendar())
    assert not desk().is_provisional(at("2027-03-04 06:30"), calendar())
