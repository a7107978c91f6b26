"""What a contract file may say beyond the five: windows, seasons, starts, grace, pauses, validity; what is wrong."""

from datetime import date, timedelta

import pytest

from sla.calendar import Season, Span
from sla.contract import Contract, Start
from sla.contract_reader import read_contract
from sla.errors import ContractError
from sla.labels import Window
from sla.succession import gaps, in_succession
from sla.ticket import EventKind
from tests.sla.book import at, calendar
from tests.sla.county import COUNTY, county

E = EventKind
EIGHT, NOON, TWO, SIX = 8 * 60, 12 * 60, 14 * 60, 18 * 60


def changed(old: str, new: str) -> Contract:
    assert old in COUNTY
    return read_contract(COUNTY.replace(old, new, 1), "contracts/county.toml")


def windows(lines: str) -> Contract:
    """The contract with these lines as its [windows], and no season."""
    begin, end = COUNTY.index("[windows]"), COUNTY.index("[reminders]")
    text = COUNTY[:begin] + "[windows]\n" + lines + "\n" + COUNTY[end:]
    return read_contract(text.replace('seasons = ["summer"]\n', ""), "x")


# windows and seasons


@pytest.mark.parametrize(
    ("instant", "window"),
    [
        ("2026-10-12 23:00", "onsite"),  # Monday night
        ("2026-10-13 05:59", "onsite"),
        ("2026-10-13 06:00", "offsite"),
        ("2026-10-13 12:00", "offsite"),
        ("2026-10-17 05:00", "onsite"),  # the night that Friday began
        ("2026-10-17 10:00", "onsite"),  # a Saturday
        ("2026-10-18 10:00", "offsite"),  # a Sunday
        ("2026-10-01 10:00", "onsite"),  # a festival
        ("2026-10-10 10:00", "onsite"),  # a Saturday made up
        ("2026-10-10 14:00", "offsite"),
    ],
)
def test_windows_of_every_sort_of_day_and_across_midnight(instant: str, window: str) -> None:
    contract = windows(
        'working_day = ["22:00-06:00"]\nsun = []\nmake_up_day = ["08:00-12:00"]\nday_off = ["09:00-17:00"]'
    )
    assert contract.windows.window_at(at(instant), calendar()) == Window(window)


def test_round_the_clock() -> None:
    contract = windows('working_day = ["00:00-24:00"]\nday_off = ["00:00-24:00"]')
    assert contract.windows.sorts() == ((Span(0, 1440),),) * 9
    assert not contract.windows.is_provisional(at("2031-05-05 10:00"), calendar())


def test_a_season_takes_what_it_does_not_say_from_the_year() -> None:
    [summer] = county().windows.seasons
    assert (summer.name, summer.first, summer.last) == ("summer", (5, 1), (9, 30))
    assert summer.hours.weekly[0] == (Span(EIGHT, NOON), Span(15 * 60, SIX))
    both = windows(
        'working_day = ["08:00-12:00", "14:00-18:00"]\nfri = ["08:00-12:00"]\nday_off = ["10:00-11:00"]\n'
        'closing = "17:30"\n[[season]]\nname = "a"\nfrom = "12-01"\nto = "02-29"\nworking_day = ["09:00-16:00"]\n'
        '[[season]]\nname = "b"\nfrom = "06-01"\nto = "06-30"\nfri = ["09:00-10:00"]'
    )
    winter, june = both.windows.seasons
    assert winter.hours.weekly[4] == (Span(540, 960),)  # working_day speaks of every working day
    assert (winter.hours.day_off, winter.hours.closing) == ((Span(600, 660),), 960)
    assert winter.covers(date(2027, 1, 15))
    assert winter.covers(date(2028, 2, 29))
    assert not winter.covers(date(2027, 3, 1))
    assert june.hours.weekly[3] == (Span(EIGHT, NOON), Span(TWO, SIX))
    assert (june.hours.weekly[4], june.hours.closing) == ((Span(540, 600),), 17 * 60 + 30)


def test_a_season_without_hours_is_a_name_for_its_days() -> None:
    contract = windows('working_day = ["08:00-17:00"]\n[[season]]\nname = "dry"\nfrom = "11-01"\nto = "03-31"')
    [dry] = contract.windows.seasons
    assert isinstance(dry, Season)
    assert dry.hours.weekly == contract.windows.weekly


# clocks, pauses, validity


def test_what_the_clocks_say() -> None:
    respond, target, *_ = county().clock_rules
    assert (respond.grace, respond.beside, respond.key) == (timedelta(minutes=10), False, "respond")
    assert (target.internal, target.beside, target.key, target.group) == (True, True, "respond/internal", "")
    [report] = county().started_by(Start.RESOLVED)
    assert (report.name, report.stops) == ("report", (E.CAUSE_RECORDED,))
    assert E.CONFIRMED not in report.ending
    assert E.CONFIRMED in respond.ending


def test_an_internal_target_alone_keeps_its_name() -> None:
    contract = changed('name = "respond"\nclause = "1"', 'name = "fix"\nclause = "1"')
    assert [rule.key for rule in contract.clock_rules if rule.internal] == ["respond"]


def test_what_the_pauses_say() -> None:
    waiting, night = county().pauses
    assert (waiting.clocks, waiting.at_most, waiting.ends) == (("fix", "mend", "settle"), None, ())
    assert (night.at_most, night.ends, night.why_en) == (timedelta(hours=6), (E.ARRIVED,), "no work at night")
    assert county().pause("night") is night
    assert county().pause("lunch") is None


def test_the_first_and_the_last_day_are_days_of_it() -> None:
    contract = changed('provider = "乙方"', 'provider = "乙方"\nvalid_from = 2026-01-01\nvalid_to = 2026-12-31')
    for instant, valid in (
        ("2025-12-31 23:59", False),
        ("2026-01-01 00:00", True),
        ("2026-12-31 23:59:59", True),
        ("2027-01-01 00:00", False),
    ):
        assert contract.is_valid(at(instant)) is valid
    assert county().is_valid(at("2026-01-01 00:00"))


def test_reminders_of_a_plan_written_again() -> None:
    assert county().plan_again_reminders == tuple(timedelta(minutes=m) for m in (60, 30, 10))
    contract = changed("[reminders]", '[reminders]\nplan_again = ["5 min", "20 min"]')
    assert contract.plan_again_reminders == (timedelta(minutes=20), timedelta(minutes=5))


def test_versions_that_follow_each_other() -> None:
    def valid(days: str) -> Contract:
        return changed('provider = "乙方"', f'provider = "乙方"\n{days}')

    one, two = valid("valid_to = 2026-05-31"), valid("valid_from = 2026-07-01\ntakes_over = true")
    succession, problems = in_succession([("b.toml", two), ("a.toml", one)])
    assert (succession, problems) == ({"county": (one, two)}, [])
    assert list(gaps((one, two))) == [(date(2026, 6, 1), date(2026, 6, 30))]
    assert list(gaps((one, valid("valid_from = 2026-06-01")))) == []
    for days in ("valid_from = 2026-05-31", "valid_to = 2026-12-31", ""):
        _, [problem] = in_succession([("b.toml", valid(days)), ("a.toml", one)])
        assert {problem.file, *("a.toml", "b.toml")} == {"a.toml", "b.toml"}
        assert "a.toml" in str(problem)
        assert "b.toml" in str(problem)


# what is wrong

WRONG = [
    (
        'working_day = ["08:00-12:00", "14',
        'working_day = ["08:00-12:00", "24:00-06:00", "14',
        '"24:00-06:00" has the wrong midnight',
    ),
    ('id = "county"', 'id = "internal"', '"internal" is what internal targets are called'),
    ('from = "05-01"', 'from = "05-32"', '"05-32" is no day of the year'),
    ('from = "05-01"', 'from = "2026-05-01"', "is no day of the year"),
    ('from = "05-01"\n', "", "is missing"),
    ('seasons = ["summer"]', 'seasons = ["sommer"]', 'no [[season]] is named "sommer"'),
    (
        "[reminders]",
        '[[season]]\nname = "b"\nfrom = "09-30"\nto = "10-31"\n[reminders]',
        '09-30 is in the season "summer"',
    ),
    (
        "[reminders]",
        '[[season]]\nname = "summer"\nfrom = "10-01"\nto = "10-31"\n[reminders]',
        'there are two seasons "summer"',
    ),
    ('grace = "10 min"', 'grace = "40 d"', "is longer than a month"),
    ("internal = true", 'internal = true\ngrace = "1 min"', "an internal target is never breached"),
    ('stops = ["cause_recorded"]', "", '"report" is no clock whose end is known'),
    ('stops = ["cause_recorded"]', "stops = []", "names no event"),
    ('stops = ["cause_recorded"]', 'stops = ["explained"]', '"explained" is not known here'),
    ('starts = "resolved"', 'starts = "solved"', '"solved" is not known here'),
    ('base = "working_hours"\namount = "6 h"', 'base = "agreed"', 'base "agreed" and start "report"'),
    ('clocks = ["fix"]', 'clocks = ["fx"]', 'no [[clock]] is named "fx"'),
    ('clocks = ["fix"]', "clocks = []", "names no clock"),
    ('name = "night"', 'name = "waiting"', 'there are two pauses "waiting"'),
    ('at_most = "6 h"', 'at_most = "6 hours"', 'is "6 hours"'),
    ('at_most = "6 h"', 'at_most = "30 s"', "is shorter than a minute"),
    ('ends = ["arrived"]', 'ends = ["reclassified"]', '"reclassified" cannot end a pause'),
    ('name = "night"\nclause = "1"', 'name = "night"\nclause = "7"', 'there is no [[clause]] with the number "7"'),
    (
        'provider = "乙方"',
        'provider = "乙方"\nvalid_from = 2026-02-01\nvalid_to = 2026-01-31',
        "comes before valid_from",
    ),
    ('provider = "乙方"', 'provider = "乙方"\nvalid_from = "2026-02-01"', 'is "2026-02-01"'),
    ('provider = "乙方"', 'provider = "乙方"\ntakes_over = true', "there is no first day"),
    (
        "[[pause]]",
        '[[breach_group]]\nname = "g"\nclause = "1"\nclocks = ["aim"]\n[[pause]]',
        'no [[clock]] is named "aim"',
    ),
]


@pytest.mark.parametrize(("old", "new", "reason"), WRONG)
def test_what_is_wrong_is_named_with_its_line_and_what_to_write(old: str, new: str, reason: str) -> None:
    with pytest.raises(ContractError) as error:
        changed(old, new)
    [problem] = [problem for problem in error.value.problems if reason in problem.reason]
    assert (problem.file, bool(problem.key), bool(problem.instead)) == ("contracts/county.toml", True, True)
    assert problem.line is not None


def test_an_internal_target_is_in_no_breach_group() -> None:
    target = COUNTY.replace('name = "respond"\ninternal', 'name = "aim"\nstops = ["arrived"]\ninternal')
    text = target + '\n[[breach_group]]\nname = "g"\nclause = "1"\nclocks = ["aim"]\n'
    with pytest.raises(ContractError, match="internal target, which is never breached"):
        read_contract(text, "x")
