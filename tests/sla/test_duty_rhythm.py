"""When duties are due: by the calendar of 2026 and the law's way of counting."""

from datetime import date, timedelta

import pytest

from sla.duty import CHANGE_LIVE, Closing, Count, DayOff, Place, Rhythm, Unit, Year
from sla.records import Record, RecordKind
from sla.rhythm import DutyState, Happening, beginning, occurrences, undated
from tests.sla.duties import CALENDAR, days, done, local, one_duty, packaged, year_of

MARCH = date(2026, 3, 15)


def test_the_quarters_documents_are_due_ten_working_days_before_its_end() -> None:
    # Before 30 September: 25-27 are 中秋节, Sunday the 20th is made up. Before 30 June: 19-21 are 端午节.
    found = year_of(packaged("smart-hospital", "quarter-documents"), 2026)
    assert [(one.period, f"{one.due:%m-%d %H:%M}") for one in found] == [
        ("2026-Q1", "03-17 17:00"),
        ("2026-Q2", "06-15 17:00"),
        ("2026-Q3", "09-16 17:00"),
        ("2026-Q4", "12-17 17:00"),
    ]
    assert not any(one.provisional for one in found)


def test_a_month_that_ends_on_a_day_off_gives_way_to_the_next_working_day() -> None:
    found = year_of(packaged("smart-hospital", "training"), 2026)
    # 31 January is a Saturday; 28 February a Saturday that is made up; 31 May and 31 October are weekend days.
    assert days(found) == [
        "02-02", "02-28", "03-31", "04-30", "06-01", "06-30", "07-31", "08-31", "09-30", "11-02", "11-30", "12-31",
    ]  # fmt: skip
    assert [one.period for one in found][:2] == ["2026-01", "2026-02"]


@pytest.mark.parametrize(
    ("day_off", "expected"),
    [(DayOff.NEXT, "11-02"), (DayOff.PREVIOUS, "10-30"), (DayOff.STAYS, "10-31"), (DayOff.FALLS_AWAY, None)],
)
def test_the_file_decides_what_becomes_of_a_day_off(day_off: DayOff, expected: str | None) -> None:
    contract = one_duty(Rhythm.MONTHLY, day_off=day_off)
    found = [one for one in year_of(contract, 2026) if one.period == "2026-10"]
    assert days(tuple(found)) == ([expected] if expected else [])


def test_a_daily_duty_is_due_on_every_day_by_the_close_of_service_or_by_midnight() -> None:
    found = year_of(packaged("smart-hospital", "inspection"), 2026)
    assert len(found) == 365
    holiday = next(one for one in found if one.period == "2026-10-01")
    assert (holiday.opens, holiday.due) == (local(2026, 10, 1, 0), local(2026, 10, 1, 17))
    backups = occurrences(packaged("jiahe-icu", "full-backup"), date(2026, 10, 1), date(2026, 10, 1), CALENDAR)
    assert [one.due for one in backups] == [local(2026, 10, 2, 0)]
    workdays = year_of(one_duty(Rhythm.DAILY, day_off=DayOff.FALLS_AWAY), 2026)
    assert len(workdays) == CALENDAR.working_days_between(date(2025, 12, 31), date(2026, 12, 31))


def test_weeks_begin_on_monday_and_a_week_of_holidays_is_due_after_them() -> None:
    found = year_of(one_duty(Rhythm.WEEKLY, day_off=DayOff.NEXT), 2026)
    spring = next(one for one in found if one.period == "2026-W08")
    assert (spring.opens, spring.due) == (local(2026, 2, 16, 0), local(2026, 2, 24, 17))


def test_the_contracts_year_is_not_the_calendars() -> None:
    contract = packaged("smart-hospital", "development-sum", MARCH)
    # The contract's year ends on 14 March 2027, a Sunday; ten working days before it.
    [one] = year_of(contract, 2027)
    assert (one.period, f"{one.due:%Y-%m-%d}") == ("2026-03-15", "2027-03-01")
    assert one.provisional, "nobody has announced the holidays of 2027"
    assessment = packaged("cqmu2-his", "assessment", MARCH)
    [one] = year_of(assessment, 2027)
    assert (one.opens, one.due) == (local(2027, 3, 15, 0), local(2027, 4, 14, 18))


def test_without_the_contracts_days_nothing_is_guessed() -> None:
    for id, duty, missing in [
        ("smart-hospital", "development-sum", "valid_from"),
        ("smart-hospital", "big-inspection", "valid_from"),
        ("jiahe-icu", "technical-documents", "valid_from"),
        ("third-party-unified", "acceptance", "valid_to"),
    ]:
        contract = packaged(id, duty)
        assert year_of(contract, 2026) == ()
        assert [key for _, key in undated(contract)] == [missing]
    assert undated(packaged("smart-hospital", "training")) == ()
    assert undated(packaged("smart-hospital", "big-inspection"), since=MARCH) == ()


def test_once_by_the_contracts_start_or_end() -> None:
    start, end = date(2026, 9, 21), date(2026, 9, 30)
    # The start is not counted; 中秋节, 国庆节 and the made-up Saturday are: 15 working days.
    [documents] = year_of(packaged("jiahe-icu", "technical-documents", start), 2026)
    assert documents.due == local(2026, 10, 19, 17)
    [acceptance] = year_of(packaged("third-party-unified", "acceptance", None, end), 2026)
    assert (acceptance.opens, acceptance.due) == (local(2026, 10, 1, 0), local(2026, 10, 15, 18))


def test_a_contract_of_twelve_months_has_twelve_months_and_four_quarters_whenever_it_begins() -> None:
    end = date(2027, 3, 14)
    for rhythm, count in {Rhythm.MONTHLY: 12, Rhythm.QUARTERLY: 4, Rhythm.HALF_YEARLY: 2, Rhythm.YEARLY: 1}.items():
        for year in Year:
            contract = one_duty(rhythm, MARCH, end, year=year, day_off=DayOff.STAYS)
            found = occurrences(contract, date(2025, 1, 1), date(2028, 12, 31), CALENDAR)
            assert len(found) == count, (rhythm, year)
            assert found[0].opens == local(2026, 3, 15, 0)


def test_what_would_be_due_before_the_contract_began_is_not_due() -> None:
    contract = one_duty(Rhythm.QUARTERLY, date(2026, 3, 25), place=Place.BEFORE_END, count=Count(10, Unit.WORKING_DAYS))
    assert [one.period for one in year_of(contract, 2026)] == ["2026-Q2", "2026-Q3", "2026-Q4"]


def test_months_and_years_end_before_the_day_of_the_same_number() -> None:
    # From the 31st: months without one end on their last day (民法典 第202条).
    contract = one_duty(Rhythm.MONTHLY, date(2026, 1, 31), year=Year.CONTRACT, day_off=DayOff.STAYS)
    assert days(year_of(contract, 2026))[:4] == ["02-28", "03-30", "04-30", "05-30"]
    leap = one_duty(Rhythm.YEARLY, date(2024, 2, 29), year=Year.CONTRACT, day_off=DayOff.STAYS)
    ends = occurrences(leap, date(2024, 1, 1), date(2029, 1, 1), CALENDAR)
    assert [f"{one.due:%Y-%m-%d}" for one in ends] == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-28"]
    assert beginning(date(2024, 2, 29), 48) == date(2028, 2, 29)


def test_a_month_after_the_end_of_a_month() -> None:
    contract = one_duty(
        Rhythm.MONTHLY,
        place=Place.AFTER_END,
        count=Count(1, Unit.MONTHS),
        day_off=DayOff.STAYS,
        closing=Closing.MIDNIGHT,
    )
    found = {one.period: one.due for one in year_of(contract, 2026)}
    assert found["2026-01"] == local(2026, 3, 1, 0), "31 February is the 28th, to its end"
    assert found["2026-02"] == local(2026, 3, 29, 0)


# what is done


def test_done_at_the_last_instant_is_in_time_and_a_second_later_late() -> None:
    contract = packaged("smart-hospital", "training")
    for second, state in ((0, DutyState.DONE), (1, DutyState.LATE)):
        at = local(2026, 9, 30, 17) + timedelta(seconds=second)
        found = year_of(contract, 2026, done("training/2026-09", at))
        assert found[8].state(local(2026, 12, 1)) is state
        assert found[9].state(local(2026, 12, 1)) is DutyState.OVERDUE
        assert found[10].state(local(2026, 11, 30, 17)) is DutyState.OPEN
        assert found[11].state(local(2026, 11, 30)) is DutyState.COMING


def test_what_was_revoked_was_not_done_and_a_later_word_counts() -> None:
    contract, at = packaged("smart-hospital", "training"), local(2026, 9, 30)
    first, gone = done("training/2026-09", at), done("training/2026-09", at, revoked=True)
    assert year_of(contract, 2026, first, gone)[8].done is None
    assert year_of(contract, 2026, first, gone, first)[8].done == first


def test_every_fourteen_days_are_counted_from_the_last_time() -> None:
    contract = packaged("smart-hospital", "big-inspection", date(2026, 6, 1))
    early = done("big-inspection/2026-06-01", local(2026, 6, 5))
    found = year_of(contract, 2026, early)
    # 14 June is a Sunday, but it was done on the 5th; the 19th is 端午节, up to the 21st.
    assert [(one.period, f"{one.due:%m-%d}") for one in found][:3] == [
        ("2026-06-01", "06-15"),
        ("2026-06-06", "06-22"),
        ("2026-06-20", "07-03"),
    ]
    assert found[0].done == early


def test_who_missed_one_time_makes_it_good_late_and_the_next_is_counted_from_there() -> None:
    contract = packaged("smart-hospital", "big-inspection", date(2026, 7, 1))
    late = done("big-inspection/2026-07-01", local(2026, 7, 20))
    found = year_of(contract, 2026, late)
    assert [(one.period, one.state(local(2026, 7, 21))) for one in found][:3] == [
        ("2026-07-01", DutyState.LATE),
        ("2026-07-15", DutyState.DONE),
        ("2026-07-21", DutyState.OPEN),
    ]
    assert f"{found[2].due:%m-%d}" == "08-03"


# what follows something


def test_the_report_is_due_five_working_days_after_the_inspection() -> None:
    inspection, report = packaged("jiahe-icu", "online-inspection"), packaged("jiahe-icu", "online-report")
    records = [done("online-inspection/2026-Q3", local(2026, 9, 23))]
    [one] = year_of(report, 2026, *records)
    assert (one.period, one.due) == ("2026-Q3", local(2026, 10, 8, 17))
    assert year_of(report, 2026) == ()
    assert year_of(inspection, 2026, *records)[2].done == records[0]


def test_a_change_of_staff_wants_consent_a_month_before_and_a_month_of_hand_over() -> None:
    change = Record(
        "smart-hospital", RecordKind.STAFF_CHANGE, "2026-10-31", local(2026, 9, 1), "lead", local(2026, 9, 1),
        {"to": "2026-10-31"},
    )  # fmt: skip
    [notice] = year_of(packaged("smart-hospital", "staff-notice"), 2026, change)
    assert (notice.opens, notice.due) == (local(2026, 9, 1), local(2026, 9, 30, 17))
    consent = done("staff-notice/2026-10-31", local(2026, 9, 10))
    [handover] = year_of(packaged("smart-hospital", "staff-handover"), 2026, change, consent)
    assert handover.due == local(2026, 10, 10, 17)


def test_what_happened_belongs_to_the_version_that_was_valid_then() -> None:
    done_then = done("online-inspection/2026-Q2", local(2026, 6, 30))
    for start, end, count in [(None, date(2026, 6, 30), 1), (date(2026, 7, 1), None, 0)]:
        assert len(year_of(packaged("jiahe-icu", "online-report", start, end), 2026, done_then)) == count


def test_a_right_begins_and_is_never_overdue() -> None:
    contract = packaged("third-party-unified", "change-acceptance")
    live = Happening(CHANGE_LIVE, "W12", date(2026, 9, 24), local(2026, 9, 24))
    [one] = occurrences(contract, date(2026, 1, 1), date(2026, 12, 31), CALENDAR, happened=[live])
    # 28, 29, 30 September, 8, 9, 10 (made up), 12 October.
    assert one.due == local(2026, 10, 13, 0)
    assert one.state(local(2026, 10, 12, 23)) is DutyState.COMING
    assert one.state(local(2027, 10, 13)) is DutyState.OPEN
