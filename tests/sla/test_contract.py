"""The five contracts as they are shipped, and files that are wrong."""

from datetime import timedelta

import pytest

from sla.clock_reader import STOPS
from sla.contract import Contract, Start, internal_contract
from sla.contract_reader import read_contract
from sla.errors import ContractError
from sla.labels import Kind, Priority, Window
from sla.ticket import EventKind
from sla.worktime import Base
from tests.sla.book import contracts, texts

SMALL = """id = "a"
name = "A"
hospital = "H"
provider = "P"
systems = ["x", "y"]
[windows]
working_day = ["08:00-12:00", "13:00-17:00"]
fri = ["08:00-12:00"]
[reminders]
respond = ["5 min", "10 min"]
[[clause]]
number = "1"
text = "一小时内响应"
[[clock]]
name = "respond"
clause = "1"
base = "elapsed"
amount = "1 h"
why_zh = "因为"
why_en = "because"
[[breach_group]]
name = "g"
clocks = ["respond"]
clause = "1"
"""


def test_the_five_are_there_with_their_systems() -> None:
    assert {id: len(c.systems) for id, c in contracts().items()} == {
        "smart-hospital": 4,
        "distance-education": 1,
        "jiahe-icu": 1,
        "third-party-unified": 36,
        "cqmu2-his": 5,
    }
    named = [system for contract in contracts().values() for system in contract.systems]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("contract", contracts().values(), ids=lambda c: c.id)
def test_every_rule_cites_the_contracts_own_words_and_says_why(contract: Contract) -> None:
    for rule in contract.clock_rules:
        clause = contract.clause(rule.clause)
        assert len(clause.text) > 20, rule
        assert rule.why_zh.endswith("。")
        assert rule.why_en.endswith(".")
        assert rule.name in STOPS
        assert rule.stops
        assert not rule.internal
        assert rule.reminders


def test_looser_clauses_are_noted() -> None:
    for name in ("smart-hospital", "distance-education"):
        assert "4小时宽于2.3的3小时" in contracts()[name].clause("5.1(4)").note


def test_breach_groups_and_thresholds() -> None:
    for name in ("smart-hospital", "distance-education"):
        contract = contracts()[name]
        assert {g.name: g.clocks for g in contract.breach_groups} == {
            "respond": ("respond", "arrive"),
            "resolve": ("fix",),
            "plan": ("plan", "fix_by_plan"),
        }
        assert {rule.name: rule.group for rule in contract.clock_rules} == {
            "respond": "respond",
            "arrive": "respond",
            "fix": "resolve",
            "plan": "plan",
            "fix_by_plan": "plan",
        }
        assert (contract.satisfaction.threshold, contract.satisfaction.clause) == (85, "2.8")
    assert contracts()["jiahe-icu"].satisfaction.threshold is None
    assert {c.satisfaction.points for c in contracts().values()} == {(100, 90, 70, 40, 0)}


def test_the_plan_is_reminded_of_five_times() -> None:
    [plan] = [rule for rule in contracts()["smart-hospital"].clock_rules if rule.name == "plan"]
    assert plan.reminders == tuple(timedelta(minutes=m) for m in (240, 120, 60, 30, 10))


def test_the_version_is_that_of_the_text() -> None:
    text = texts("contracts")["jiahe-icu.toml"]
    one, two = read_contract(text, "a"), read_contract(text + "\n", "a")
    assert len(one.version) == 16
    assert one.version == contracts()["jiahe-icu"].version != two.version


def test_a_small_contract() -> None:
    contract = read_contract(SMALL, "a.toml")
    assert [len(spans) for spans in contract.windows.weekly] == [2, 2, 2, 2, 1, 0, 0]
    assert (len(contract.windows.make_up), contract.windows.closing) == (2, 17 * 60)
    [rule] = contract.clock_rules
    assert (rule.base, rule.amount, rule.unit, rule.starts, rule.group) == (
        Base.ELAPSED,
        60,
        "minutes",
        Start.REPORT,
        "g",
    )
    assert rule.reminders == (timedelta(minutes=10), timedelta(minutes=5))
    assert EventKind.ACKNOWLEDGED in rule.stops
    assert contract.covers("x")
    assert contract.covers(None)
    assert not contract.covers("z")
    assert rule.fits("x", Kind.TRAINING, Priority.LOW, Window.OFFSITE, True)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('id = "a"', "", None, "is missing"),
        ('name = "A"', 'nane = "A"', 2, "is not known here"),
        ('"08:00-12:00", "13', '"08:00-13:30", "13', 7, "two windows overlap"),
        ("08:00-12:00", "8:00-12:00", 7, '"8:00" is no time of day'),
        ('fri = ["08:00-12:00"]', 'fri = ["08:00-08:00"]', 8, '"08:00-08:00" has no length'),
        ('fri = ["08:00-12:00"]', 'fri = ["22:00-06:00", "23:00-24:00"]', 8, "two windows overlap"),
        ('fri = ["08:00-12:00"]', 'saturday = ["08:00-12:00"]', 8, "is not known here"),
        ('respond = ["5 min", "10 min"]', 'respnd = ["5 min"]', 10, "no [[clock]] has this name"),
        ('clause = "1"\nbase', 'clause = "1, 2"\nbase', 16, 'there is no [[clause]] with the number "2"'),
        ('base = "elapsed"', 'base = "ellapsed"', 17, '"ellapsed" is not known here'),
        ('amount = "1 h"', 'amount = "1 day"', 18, 'is "1 day"'),
        ('amount = "1 h"', 'amount = "30 s"', 18, "is no whole number of minutes"),
        ('amount = "1 h"', "", 14, "is missing"),
        ('base = "elapsed"', 'base = "working_days"', 18, '"1 h" is no number of days'),
        ('base = "elapsed"', 'base = "agreed"', 18, "an agreed deadline is named by the approvals"),
        ('name = "respond"', 'name = "answer"', 15, '"answer" is no clock whose end is known'),
        ('amount = "1 h"', 'amount = "1 h"\nsystems = ["z"]', 19, 'the contract does not cover "z"'),
        ('clocks = ["respond"]', 'clocks = ["fix"]', 23, 'no [[clock]] is named "fix"'),
        ('clocks = ["respond"]', 'clocks = ["respond", "respond"]', 23, '"respond" is in two groups'),
        ('provider = "P"', 'provider = "P"\ntimezone = "Asia/Peking"', 5, '"Asia/Peking" is no time zone'),
        ("[[clock]]", '[[clause]]\nnumber = "1"\ntext = "x"\n[[clock]]', 11, 'there are two clauses "1"'),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, line: int | None, reason: str) -> None:
    assert old in SMALL
    with pytest.raises(ContractError) as error:
        read_contract(SMALL.replace(old, new, 1), "contracts/a.toml")
    found = [(p.line, p.reason) for p in error.value.problems]
    assert any(r.startswith(reason) and at in (line, None) for at, r in found), found
    assert all(p.file == "contracts/a.toml" and p.instead for p in error.value.problems)


def test_a_clock_of_ones_own_says_what_ends_it() -> None:
    text = SMALL.replace('name = "respond"', 'name = "answer"\nstops = ["acknowledged"]').replace(
        'clocks = ["respond"]', 'clocks = ["answer"]'
    )
    [rule] = read_contract(text.replace("[reminders]\nrespond", "[reminders]\nanswer"), "a.toml").clock_rules
    assert (rule.name, rule.stops, rule.group) == ("answer", (EventKind.ACKNOWLEDGED,), "g")


def test_systems_without_a_contract_have_one_internal_target() -> None:
    contract = internal_contract()
    [rule] = contract.clock_rules
    assert (rule.name, rule.amount, rule.internal, rule.group) == ("respond", 30, True, "")
    assert contract.covers("anything")


def test_only_a_fault_can_be_a_disaster() -> None:
    [rule] = read_contract(SMALL.replace('base = "elapsed"', 'disaster = true\nbase = "elapsed"'), "a").clock_rules
    assert rule.fits("x", Kind.FAULT, Priority.LOW, Window.ONSITE, True)
    assert not rule.fits("x", Kind.FAULT, Priority.CRITICAL, Window.ONSITE, False)
    assert not rule.fits("x", Kind.DATA_FIX, Priority.LOW, Window.ONSITE, True)
