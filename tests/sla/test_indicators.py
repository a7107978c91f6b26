"""The quarterly indicators of jiahe-icu (三2, 三3), forms and quotas: what a contract's period comes to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from sla.assess import Assessment, Beside, assess, outage_bounds
from sla.contract import Contract
from sla.figures import Share
from sla.figures_sums import Sums
from sla.indicators import Indicated, months_between
from sla.records import Record, RecordKind
from sla.surveys import Survey, days_of, survey
from sla.ticket import EventKind, Outage, OutageLevel, Ticket
from tests.sla.book import at, calendar, contracts
from tests.sla.stories import case, ticket
from tests.sla.tickets import event

E = EventKind
ICU, SMART = contracts()["jiahe-icu"], contracts()["smart-hospital"]
FIRST, AFTER = date(2026, 7, 1), date(2026, 10, 1)
NOW = at("2026-10-20 12:00")
BEGAN = at("2026-09-10 09:00")


def record(kind: RecordKind, subject: str, instant: str, contract: str = "jiahe-icu", **data: object) -> Record:
    return Record(contract, kind, subject, at(instant), "manager", at(instant), data)


def quarter(
    tickets: Sequence[Ticket] = (),
    records: Sequence[Record] = (),
    contract: Contract = ICU,
    watched: datetime | None = None,
    outages: Sequence[Outage] = (),
) -> Assessment:
    sums = Sums(at("2026-10-01 00:00"), NOW)
    for one in tickets:
        sums.add(*case(one))
    since = {contract.id: watched} if watched else {}
    return assess(contract, FIRST, AFTER, sums, Beside(calendar(), records, outages, {}, since))


def named(assessed: Assessment, name: str) -> Indicated:
    return next(one for one in assessed.indicators if one.indicator.name == name)


def fault(number: int, respond: str, **labels: object) -> Ticket:
    acts = [event(E.ACKNOWLEDGED, respond), event(E.RESOLVED, "2026-09-10 15:00")]
    return ticket(number, "jiahe-icu", BEGAN, acts, **labels)


def test_faults_answered_in_time_and_resolved() -> None:
    told = [
        fault(1, "2026-09-10 11:00"),
        fault(2, "2026-09-10 11:01"),
        fault(3, "2026-09-10 10:01", kind="consult"),
        ticket(4, "jiahe-icu", BEGAN, []),
        ticket(5, "jiahe-icu", BEGAN, [event(E.CANCELLED, "2026-09-10 09:10")]),
    ]
    assessed = quarter(told)
    timely = named(assessed, "timeliness")
    assert (timely.share, timely.tickets) == (Share(1, 3), (2, 4)), "a consultation is no fault"
    assert named(assessed, "resolution").share == Share(2, 3)
    overdue = named(assessed, "overdue")
    assert (overdue.value, overdue.tickets, overdue.reached) == (Fraction(2), (2, 4), False)


def test_a_quarter_without_anything_has_no_value_and_misses_nothing() -> None:
    for one in quarter().indicators:
        assert one.value == (Fraction(0) if one.indicator.name == "overdue" else None)
        assert one.reached is (True if one.indicator.name == "overdue" else None)


def test_indicators_belong_to_their_own_length_of_time() -> None:
    sums = Sums(at("2027-01-01 00:00"), NOW)
    assert assess(ICU, date(2026, 1, 1), date(2027, 1, 1), sums, Beside(calendar())).indicators == ()
    assert months_between(date(2026, 7, 2), date(2026, 10, 2)) == 0


def done(subject: str, instant: str) -> Record:
    return record(RecordKind.DUTY_DONE, subject, instant)


def test_inspections_count_by_when_they_were_due_and_only_once_they_are_watched() -> None:
    assert named(quarter(), "inspection").share == Share(0, 0)
    watched = at("2026-07-01 00:00")
    assert named(quarter(watched=watched), "inspection").share == Share(0, 1), "the quarter's own, online"
    in_time = done("online-inspection/2026-Q3", "2026-09-01 10:00")
    report_late = done("online-report/2026-Q3", "2026-09-20 10:00")
    found = quarter(records=[in_time, report_late], watched=watched)
    assert named(found, "inspection").share == Share(1, 2), "the report within 5 working days came too late"
    after = done("online-inspection/2026-Q3", "2026-10-05 10:00")
    assert named(quarter(records=[after], watched=watched), "inspection").share == Share(0, 1)
    back = replace(in_time, recorded_at=NOW, data={"revoked": True})
    assert named(quarter(records=[in_time, back], watched=watched), "inspection").share == Share(0, 1)


def test_what_was_due_before_it_was_watched_and_what_is_a_right_are_nobody_s_omission() -> None:
    assert named(quarter(watched=at("2026-09-30 17:00")), "inspection").share == Share(0, 1), "due at that instant"
    assert named(quarter(watched=at("2026-09-30 17:01")), "inspection").share == Share(0, 0)
    overdue = record(RecordKind.DUTY_OVERDUE, "online-inspection/2026-Q3", "2026-09-30 17:00")
    assert named(quarter(records=[overdue]), "inspection").share == Share(0, 1), "it is on record"
    rights = replace(ICU, duties=tuple(replace(duty, may=True) for duty in ICU.duties))
    assert named(quarter(contract=rights, watched=at("2026-07-01 00:00")), "inspection").share == Share(0, 0)


def test_trainings_are_averaged_over_those_with_points() -> None:
    held = [
        record(RecordKind.TRAINING, "1", "2026-07-01 00:00", points=90.5),
        record(RecordKind.TRAINING, "2", "2026-09-30 23:59", points=80),
        record(RecordKind.TRAINING, "3", "2026-08-01 09:00"),
        record(RecordKind.TRAINING, "4", "2026-10-01 00:00", points=10),
    ]
    training = named(quarter(records=held), "training")
    assert (training.value, training.count) == (Fraction("85.25"), 3)


# forms


def form(subject: str, points: float, answers: int = 0) -> Record:
    return record(RecordKind.SURVEY, subject, "2026-07-01 09:00", points=points, answers=answers)


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ([], None),
        ([form("2026-Q3", 88.5, 10), form("2026-08", 10)], Survey(Fraction("88.5"), 10, ("2026-Q3",))),
        ([form("2026-07", 80, 10), form("2026-08", 90, 30)], Survey(Fraction("87.5"), 40, ("2026-07", "2026-08"))),
        ([form("2026-07", 80, 10), form("2026-08", 90)], Survey(Fraction(85), 10, ("2026-07", "2026-08"))),
        ([form("2026-07", 80), form("2026-06", 10), form("2026", 20)], Survey(Fraction(80), 0, ("2026-07",))),
        ([form("2026-07", 80), form("2026-07", 60)], Survey(Fraction(60), 0, ("2026-07",))),
        ([form("rubbish", 80)], None),
    ],
)
def test_forms_of_the_time_itself_else_of_its_parts(forms: list[Record], expected: Survey | None) -> None:
    numbered = [replace(one, id=number) for number, one in enumerate(forms, 1)]
    assert survey(numbered, "jiahe-icu", FIRST, AFTER) == expected
    assert survey(numbered, "another", FIRST, AFTER) is None


def test_what_a_subject_names() -> None:
    assert days_of("2026-Q4") == (date(2026, 10, 1), date(2027, 1, 1))
    assert days_of("2026-12") == (date(2026, 12, 1), date(2027, 1, 1))
    assert days_of("2026") == (date(2026, 1, 1), date(2027, 1, 1))
    assert [days_of(text) for text in ("0000", "2026-13", "9999", "2026-Q5", "")] == [None] * 5


# what follows from it


def rated(number: int, points: int) -> Ticket:
    return ticket(number, "smart-hospital", BEGAN, [
        event(E.RESOLVED, "2026-09-10 09:10"), event(E.RATED, "2026-09-10 09:20", points=points),
    ])  # fmt: skip  # short


def test_under_85_people_are_added_at_85_they_are_not() -> None:
    found = quarter([rated(1, 70), rated(2, 100)], contract=SMART)
    assert (found.satisfaction, found.adds_people) == (Fraction(85), False)
    asked = replace(form("2026-Q3", 84.99), contract="smart-hospital")
    assert quarter([rated(1, 100)], [asked], contract=SMART).adds_people is True, "the forms come first"
    assert quarter([], contract=SMART).adds_people is None


def changes(live: int, back: int) -> list[Ticket]:
    went = [event(E.LIVE, "2026-09-11 09:00"), event(E.REOPENED, "2026-09-12 09:00"), event(E.LIVE, "2026-09-13 09:00")]
    return [
        ticket(number, "smart-hospital", BEGAN, went if number <= back else went[:1], kind="change")
        for number in range(1, live + 1)
    ]


@pytest.mark.parametrize(
    ("live", "back", "in_target", "adds"),
    [
        (0, 0, None, None),
        (100, 7, True, False),
        (100, 8, False, False),
        (100, 12, False, False),
        (100, 13, False, True),
    ],
)
def test_rework_under_eight_percent_over_twelve_adds_people(
    live: int, back: int, in_target: bool | None, adds: bool | None
) -> None:
    found = quarter(changes(live, back), contract=SMART)
    assert (found.figures.rework, found.rework_in_target, found.adds_testers) == (Share(back, live), in_target, adds)


def outage(number: int, began: str, minutes: int) -> Outage:
    start = at(began)
    return Outage(number, "smart-hospital", "hr", OutageLevel.DOWNTIME, start, start + timedelta(minutes=minutes))


def test_quotas_are_judged_over_the_year_and_shown_for_the_period() -> None:
    there = [outage(1, "2026-02-01 08:00", 10), outage(2, "2026-03-01 08:00", 10), outage(3, "2026-08-01 08:00", 20)]
    found = quarter(contract=SMART, outages=there)
    use = next(use for use in found.quotas if use.quota.level is OutageLevel.DOWNTIME)
    assert [event.outage.ticket for event in use.events] == [3]
    assert found.breaches == {use.group: 1}, "the third of the year"
    assert [month.name for month in use.months] == ["2026-07", "2026-08", "2026-09"]
    bounds = outage_bounds([SMART], at("2026-07-01 00:00"), at("2026-10-01 00:00"))
    assert bounds == (at("2026-01-01 00:00"), at("2027-01-01 00:00"))
