"""The yearly score of cqmu2-his (附件二), reckoned by hand, and each deduction traced to its ticket."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from sla.contract import Contract
from sla.contract_reader import read_contract
from sla.errors import ContractError
from sla.figures_sums import Sums, Waived
from sla.records import Record, RecordKind
from sla.score import Scored, Sheet, days_of_year, score_of
from sla.ticket import EventKind, Ticket
from tests.sla.book import at, contracts, texts
from tests.sla.stories import case, ticket
from tests.sla.tickets import event

E = EventKind
NOW = at("2027-01-20 12:00")
HIS = contracts()["cqmu2-his"]
GOOD = Record("cqmu2-his", RecordKind.SURVEY, "2026", at("2026-12-20 09:00"), "manager", NOW, {"points": 88})


def fault(number: int, respond: str, fix: str, system: str | None = "his", **labels: object) -> Ticket:
    """Reported on Thursday 2026-09-10 at 09:00 with high priority: due 09:15, mended by Friday 18:00."""
    acts = [event(E.ACKNOWLEDGED, respond), *([event(E.RESOLVED, fix)] if fix else [])]
    return ticket(number, "cqmu2-his", at("2026-09-10 09:00"), acts, system=system, **labels)


def good(number: int, system: str | None = "his") -> Ticket:
    return fault(number, "2026-09-10 09:15", "2026-09-11 18:00", system)


def scored(
    tickets: Sequence[Ticket],
    records: Sequence[Record] = (GOOD,),
    waived: dict[int, Waived] | None = None,
    contract: Contract = HIS,
) -> Sheet:
    sums = Sums(at("2027-01-01 00:00"), NOW)
    for one in tickets:
        sums.add(*case(one), (waived or {}).get(one.number, frozenset()))
    sheet = score_of(contract, 2026, sums, records)
    assert sheet is not None
    return sheet


def part(sheet: Sheet, name: str) -> Scored:
    return next(one for one in sheet.parts if one.part.name == name)


def test_the_parts_of_the_file_add_up_to_a_hundred() -> None:
    score = HIS.terms.score
    assert score is not None
    assert {one.name: int(one.points) for one in score.parts} == {
        "his": 25, "cis": 20, "others": 5, "changes": 20, "satisfaction": 20, "resolution": 10,
    }  # fmt: skip  # as in the table of 附件二
    assert score.points == 100


def test_a_year_without_a_fault_has_all_but_what_the_forms_say() -> None:
    sheet = scored([good(1)])
    assert [one.points for one in sheet.parts] == [25, 20, 5, 20, Fraction("17.6"), 10]
    assert (sheet.total, sheet.passed, sheet.paid) == (Fraction("97.6"), True, Fraction(100))


def test_each_late_clock_costs_half_a_point_of_its_system_and_is_traced() -> None:
    sheet = scored(
        [
            fault(1, "2026-09-10 09:16", "2026-09-11 18:01"),
            fault(2, "2026-09-10 09:16", "2026-09-10 11:00", "cis"),
            fault(3, "2026-09-10 09:15", "2026-09-14 09:00", "history-db"),
            fault(4, "2026-09-10 10:00", "2026-09-10 11:00", None),
            good(5),
        ]
    )
    assert [one.points for one in sheet.parts[:3]] == [24, Fraction("19.5"), 4]
    traced = [
        (d.late.ticket, d.late.clock, d.late.clause, d.points)
        for one in sheet.parts
        for d in one.deductions
        if d.late is not None
    ]
    assert sorted(traced) == [
        (1, "fix", "附件一", Fraction(1, 2)),
        (1, "respond", "2", Fraction(1, 2)),
        (2, "respond", "2", Fraction(1, 2)),
        (3, "fix", "附件一", Fraction(1, 2)),
        (4, "respond", "2", Fraction(1, 2)),
    ]
    assert sheet.total == Fraction("95.1"), "24 + 19.5 + 4 + 20 + 17.6 + 10"


def test_a_part_is_never_under_nought_and_still_lists_everything() -> None:
    sheet = scored([fault(n, "2026-09-10 10:00", "2026-09-10 11:00", "history-db") for n in range(1, 13)])
    others = part(sheet, "others")
    assert (others.points, len(others.deductions)) == (Fraction(0), 12)
    assert sheet.total == Fraction("92.6")


def test_what_was_waived_costs_nothing_and_is_shown() -> None:
    told = fault(1, "2026-09-10 09:16", "2026-09-11 18:01")
    his = part(scored([told], waived={1: frozenset({(1, "respond")})}), "his")
    assert (his.points, [late.clock for late in his.waived]) == (Fraction("24.5"), ["respond"])


def change(number: int, solution: str, live: str) -> Ticket:
    acts = [
        event(E.ACKNOWLEDGED, "2026-03-02 09:05"),
        event(E.ASSESSED, "2026-03-02 10:00"),
        event(E.SOLUTION_GIVEN, solution),
        event(E.LIVE, live),
    ]
    return ticket(number, "cqmu2-his", at("2026-03-02 09:00"), acts, kind="change", priority="low")


def test_a_change_that_missed_its_stages_costs_one_point_however_many_they_were() -> None:
    in_time, late = change(1, "2026-03-10 09:00", "2026-03-20 09:00"), change(2, "2026-05-20 09:00", "2026-06-20 09:00")
    sheet = scored([in_time, late])
    changes = part(sheet, "changes")
    assert changes.points == 19
    assert [d.late.ticket for d in changes.deductions if d.late] == [2]
    assert part(sheet, "his").points == 25, "a change has no deadline of a fault"


@pytest.mark.parametrize(
    ("done", "all_of", "points"),
    [
        (90, 100, 10),
        (9, 10, 10),
        (899, 1000, 9),
        (89, 100, 9),
        (179, 200, 9),
        (177, 200, 8),
        (8, 10, 0),
        (2, 3, 0),
        (0, 1, 0),
    ],
)
def test_each_full_or_begun_percent_under_ninety_costs_a_point(done: int, all_of: int, points: int) -> None:
    sums = Sums(at("2027-01-01 00:00"), NOW)
    solved, unsolved = case(good(1)), case(fault(2, "2026-09-10 09:10", ""))
    for _ in range(done):
        sums.add(*solved)
    for _ in range(all_of - done):
        sums.add(*unsolved)
    sheet = score_of(HIS, 2026, sums, [GOOD])
    assert sheet is not None
    resolution = part(sheet, "resolution")
    assert resolution.points == points
    assert sum(len(d.tickets) for d in resolution.deductions) == (all_of - done if points < 10 else 0)


def test_changes_and_withdrawn_tickets_are_no_problems_to_resolve() -> None:
    withdrawn = ticket(1, "cqmu2-his", at("2026-09-10 09:00"), [event(E.CANCELLED, "2026-09-10 09:05")])
    unfinished = ticket(
        2, "cqmu2-his", at("2026-09-10 09:00"), [event(E.ACKNOWLEDGED, "2026-09-10 09:05")], kind="change"
    )
    assert part(scored([withdrawn, unfinished]), "resolution").points == 10


def praise(
    subject: str, instant: str = "2026-06-01 09:00", recorded: str = "2026-06-01 09:00", **data: object
) -> Record:
    return Record("cqmu2-his", RecordKind.PRAISE, subject, at(instant), "manager", at(recorded), data)


def test_each_letter_of_praise_of_the_year_adds_two_points() -> None:
    letters = [
        praise("1"),
        praise("2"),
        praise("2", recorded="2026-06-02 09:00", text="the same letter, put right"),
        praise("3", "2025-12-31 23:59"),
        praise("4", recorded="2026-06-01 10:00"),
        praise("4", recorded="2026-06-02 10:00", void=True),
        replace(praise("5"), contract="jiahe-icu"),
    ]
    sheet = scored([good(1)], [GOOD, *letters])
    assert [record.subject for record, _ in sheet.bonuses] == ["1", "2"]
    assert sheet.total == Fraction("101.6")


def test_without_forms_the_answers_count_and_without_answers_there_is_no_total() -> None:
    rated = ticket(1, "cqmu2-his", at("2026-09-10 09:00"), [
        event(E.RESOLVED, "2026-09-10 09:05"), event(E.RATED, "2026-09-10 09:10", points=70),
    ])  # fmt: skip  # short
    assert part(scored([rated], []), "satisfaction").points == 14
    silent = scored([good(1)], [])
    assert (part(silent, "satisfaction").points, silent.total) == (None, None)
    assert (silent.known, silent.passed, silent.paid) == (Fraction(80), True, Fraction(100))
    assert scored([fault(1, "2026-09-10 09:16", "2026-09-10 10:00")], []).passed is None, "79.5 may become enough"


def test_under_eighty_the_score_is_the_percentage_that_is_paid() -> None:
    late = [fault(n, "2026-09-10 09:16", "2026-09-11 18:01") for n in range(1, 26)]
    zero = replace(GOOD, data={"points": 30})
    sheet = scored(late, [zero])
    assert sheet.total == 0 + 20 + 5 + 20 + 6 + 10
    assert (sheet.passed, sheet.paid) == (False, Fraction(61))
    edge = scored(late[:20], [replace(GOOD, data={"points": 100})])
    assert (edge.total, edge.passed, edge.paid) == (Fraction(80), True, Fraction(100)), (
        "80分以上 takes 80 in (民法典 第1259条)"
    )


def test_a_contract_year_begins_on_the_contract_s_day() -> None:
    assert days_of_year(HIS, 2026) == (date(2026, 1, 1), date(2027, 1, 1)), "the file names no first day"
    begun = replace(HIS, valid_from=date(2025, 7, 1))
    assert days_of_year(begun, 2026) == (date(2026, 7, 1), date(2027, 7, 1))
    leap = replace(HIS, valid_from=date(2024, 2, 29))
    assert days_of_year(leap, 2027) == (date(2027, 3, 1), date(2028, 2, 29))


def test_a_contract_without_a_score_has_none() -> None:
    assert score_of(contracts()["jiahe-icu"], 2026, Sums(NOW, NOW), []) is None


def test_what_is_wrong_with_the_terms_of_a_file_is_told_with_its_line() -> None:
    text = texts("contracts")["cqmu2-his.toml"]
    wrong = text.replace('systems = ["cis"]', 'systems = ["cus"]').replace("passes = 80", "passes = 180")
    wrong = wrong.replace('clocks = ["solution", "build", "live"]', 'clocks = ["solution", "built"]')
    wrong = wrong.replace('clause = "附件二-用户满意度"', 'clause = "附件三"')
    with pytest.raises(ContractError) as raised:
        read_contract(wrong, "contracts/a.toml")
    told = "\n".join(map(str, raised.value.problems))
    for words in ('"cus" is not named', '"built" is not named', "is 180", '"附件三"'):
        assert words in told
    assert all(problem.line for problem in raised.value.problems)


def test_another_contract_can_have_a_score_of_its_own() -> None:
    text = (
        texts("contracts")["jiahe-icu.toml"]
        + """
[score]
clause = "三2"
passes = 60
[[score.part]]
name = "fast"
name_zh = "响应"
name_en = "Fast"
clause = "三2"
points = 10.5
measure = "late"
clocks = ["respond"]
each = 0.1
"""
    )
    own = read_contract(text, "contracts/own.toml")
    late = ticket(1, "jiahe-icu", at("2026-09-10 09:00"), [event(E.RESOLVED, "2026-09-10 12:00")])
    assert scored([late], contract=own).total == Fraction("10.4")
