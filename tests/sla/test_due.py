"""Which clocks start, and when they are due: every row of the contracts, and an oracle of its own."""

from collections.abc import Mapping

import pytest

from sla.contract import Start
from sla.contract_reader import read_contract
from sla.due import starting_clocks, window_of
from sla.labels import Kind, Priority, Window
from tests.sla.book import at, calendar, contracts, texts
from tests.sla.oracle import oracle, questions

K, P = Kind, Priority


def clocks(
    contract: str,
    system: str | None,
    kind: Kind,
    priority: Priority,
    instant: str,
    disaster: bool = False,
    event: Start = Start.REPORT,
) -> dict[str, str]:
    found = starting_clocks(contracts()[contract], system, kind, priority, at(instant), disaster, event, calendar())
    return {clock.name: clock.due.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00") for clock in found}


SMART = [
    # an ordinary Wednesday, in the window
    ("2026-09-30 10:00", {"respond": "2026-09-30 10:30", "fix": "2026-09-30 11:00", "plan": "2026-09-30 18:00"}),
    # the window ends under it: the clocks run on
    (
        "2026-09-30 16:59:59",
        {"respond": "2026-09-30 17:29:59", "fix": "2026-09-30 17:59:59", "plan": "2026-10-01 00:59:59"},
    ),
    # 17:00 sharp is off-hours
    (
        "2026-09-30 17:00",
        {
            "respond": "2026-09-30 17:30",
            "arrive": "2026-09-30 19:00",
            "fix": "2026-09-30 20:00",
            "plan": "2026-10-01 01:00",
        },
    ),
    # a holiday
    (
        "2026-10-01 10:00",
        {
            "respond": "2026-10-01 10:30",
            "arrive": "2026-10-01 12:00",
            "fix": "2026-10-01 13:00",
            "plan": "2026-10-01 18:00",
        },
    ),
    # a made-up Saturday
    ("2026-10-10 08:00", {"respond": "2026-10-10 08:30", "fix": "2026-10-10 09:00", "plan": "2026-10-10 16:00"}),
    # an ordinary Saturday
    (
        "2026-10-17 08:00",
        {
            "respond": "2026-10-17 08:30",
            "arrive": "2026-10-17 10:00",
            "fix": "2026-10-17 11:00",
            "plan": "2026-10-17 16:00",
        },
    ),
]


@pytest.mark.parametrize(("instant", "expected"), SMART)
@pytest.mark.parametrize("priority", list(P))
def test_smart_hospital_fault(instant: str, expected: Mapping[str, str], priority: Priority) -> None:
    assert clocks("smart-hospital", "hr", K.FAULT, priority, instant) == expected


@pytest.mark.parametrize("contract", ["smart-hospital", "distance-education"])
@pytest.mark.parametrize("kind", [k for k in K if k is not K.FAULT])
def test_these_contracts_set_clocks_for_faults_only(contract: str, kind: Kind) -> None:
    assert clocks(contract, None, kind, P.HIGH, "2026-09-30 10:00") == {}


@pytest.mark.parametrize(
    ("instant", "names"),
    [
        ("2026-09-29 10:00", ["respond", "fix", "plan"]),  # Tuesday
        ("2026-09-30 10:00", ["respond", "arrive", "fix", "plan"]),  # Wednesday
        ("2026-10-08 16:59", ["respond", "fix", "plan"]),  # Thursday
        ("2026-10-08 17:00", ["respond", "arrive", "fix", "plan"]),
        ("2026-10-06 10:00", ["respond", "arrive", "fix", "plan"]),  # a Tuesday off
        ("2026-10-10 10:00", ["respond", "arrive", "fix", "plan"]),  # a Saturday made up
    ],
)
def test_distance_education_is_on_site_on_two_days(instant: str, names: list[str]) -> None:
    assert list(clocks("distance-education", "elearning", K.FAULT, P.LOW, instant)) == names


@pytest.mark.parametrize(
    ("kind", "disaster", "instant", "respond"),
    [
        (K.CONSULT, False, "2026-10-01 03:00", "2026-10-01 04:00"),
        (K.CONSULT, True, "2026-10-01 03:00", "2026-10-01 04:00"),
        (K.FAULT, False, "2026-10-01 03:00", "2026-10-01 05:00"),
        (K.FAULT, True, "2026-10-01 03:00", "2026-10-01 03:05"),
        (K.DATA_FIX, True, "2026-09-30 10:00", "2026-09-30 12:00"),
        (K.CHANGE, False, "2026-09-30 10:00", "2026-09-30 12:00"),
        (K.SERVICE, False, "2026-09-30 23:30", "2026-10-01 01:30"),
        (K.TRAINING, False, "2026-09-29 07:00", "2026-09-30 17:00"),
        (K.TRAINING, False, "2026-09-30 07:00", "2026-10-08 17:00"),
        (K.TRAINING, False, "2026-10-09 17:00", "2026-10-10 17:00"),
        (K.TRAINING, False, "2026-10-10 08:00", "2026-10-12 17:00"),
    ],
)
def test_jiahe_icu(kind: Kind, disaster: bool, instant: str, respond: str) -> None:
    assert clocks("jiahe-icu", "jiahe-icu", kind, P.CRITICAL, instant, disaster) == {"respond": respond}


@pytest.mark.parametrize(
    ("kind", "instant", "expected"),
    [
        (
            K.FAULT,
            "2026-09-30 17:59",
            {"respond": "2026-09-30 18:29", "arrive": "2026-09-30 18:59", "fix": "2026-10-09 18:00"},
        ),
        (
            K.FAULT,
            "2026-09-30 18:00",
            {"respond": "2026-09-30 19:00", "arrive": "2026-09-30 20:00", "fix": "2026-10-09 18:00"},
        ),
        (K.DATA_FIX, "2026-10-08 10:00", {"fix": "2026-10-10 18:00"}),
        (K.CHANGE, "2026-09-24 10:00", {"deliver": "2026-10-08 18:00"}),
        (K.CHANGE, "2026-10-03 10:00", {"deliver": "2026-10-10 18:00"}),
        (K.CHANGE, "2026-10-10 10:00", {"deliver": "2026-10-19 18:00"}),
        (K.CONSULT, "2026-09-30 10:00", {}),
        (K.SERVICE, "2026-09-30 10:00", {}),
        (K.TRAINING, "2026-09-30 10:00", {}),
    ],
)
def test_third_party_unified(kind: Kind, instant: str, expected: Mapping[str, str]) -> None:
    assert clocks("third-party-unified", "pacs", kind, P.CRITICAL, instant, True) == expected


@pytest.mark.parametrize(
    ("system", "kind", "priority", "expected"),
    [
        ("his", K.FAULT, P.CRITICAL, {"respond": "10:15", "senior": "01 10:00", "fix": "08 18:00"}),
        ("his", K.FAULT, P.HIGH, {"respond": "10:15", "fix": "08 18:00"}),
        ("cis", K.DATA_FIX, P.CRITICAL, {"respond": "10:15", "fix": "08 18:00"}),
        ("his", K.FAULT, P.MEDIUM, {"respond": "10:15", "fix": "10 18:00"}),
        ("his", K.CONSULT, P.LOW, {"respond": "10:15", "fix": "13 18:00"}),
        ("his", K.SERVICE, P.LOW, {"respond": "10:15", "fix": "13 18:00"}),
        ("his", K.TRAINING, P.LOW, {"respond": "10:15"}),
        ("his", K.CHANGE, P.LOW, {"respond": "10:15"}),
        ("reconciliation", K.FAULT, P.LOW, {"respond": "10:15", "fix": "13 18:00", "locate": "01 10:00"}),
        ("reconciliation", K.DATA_FIX, P.LOW, {"respond": "10:15", "fix": "13 18:00"}),
    ],
)
def test_cqmu2_his(system: str, kind: Kind, priority: Priority, expected: Mapping[str, str]) -> None:
    found = clocks("cqmu2-his", system, kind, priority, "2026-09-30 10:00")
    full = {k: f"2026-09-30 {v}" if " " not in v else f"2026-10-{v}" for k, v in expected.items()}
    assert found == full


def test_events_start_their_own_clocks_only() -> None:
    def after(event: Start, kind: Kind) -> dict[str, str]:
        return clocks("cqmu2-his", "his", kind, P.CRITICAL, "2026-09-01 23:00", event=event)

    assert after(Start.REMOTE_FAILED, K.FAULT) == {"arrive": "2026-09-02 02:00"}
    assert after(Start.REMOTE_FAILED, K.TRAINING) == {"arrive": "2026-09-02 02:00"}
    assert after(Start.ASSESSED, K.FAULT) == {}
    assert after(Start.ASSESSED, K.CHANGE) == {
        "solution": "2026-09-15 18:00",
        "build": "2026-09-29 18:00",  # the made-up Sunday 09-20 counts, 09-25 does not
        "live": "2026-10-19 18:00",
    }
    for contract in contracts():
        if contract != "cqmu2-his":
            for event in (Start.ASSESSED, Start.REMOTE_FAILED):
                assert clocks(contract, None, K.CHANGE, P.LOW, "2026-09-01 10:00", event=event) == {}


def test_the_approved_deadline() -> None:
    contract = contracts()["smart-hospital"]
    begin, deadline = at("2026-10-01 10:00"), at("2026-10-03 12:00")
    args = (contract, "hr", K.FAULT, P.HIGH, begin, False, Start.APPROVED, calendar())
    [clock] = starting_clocks(*args, agreed=deadline)
    assert (clock.name, clock.due) == ("fix_by_plan", deadline)
    assert starting_clocks(*args) == ()


def test_through_an_unknown_year() -> None:
    def provisional(contract: str, kind: Kind, instant: str) -> dict[str, bool]:
        found = starting_clocks(contracts()[contract], None, kind, P.LOW, at(instant), False, Start.REPORT, calendar())
        return {clock.name: clock.provisional for clock in found}

    assert provisional("third-party-unified", K.FAULT, "2026-12-30 10:00") == {
        "respond": False,
        "arrive": False,
        "fix": True,
    }
    assert provisional("third-party-unified", K.FAULT, "2026-12-29 10:00") == {
        "respond": False,
        "arrive": False,
        "fix": False,
    }
    # In 2027 nobody knows yet whether that day is a working day, and so which window it is.
    assert provisional("third-party-unified", K.FAULT, "2027-03-01 10:00") == {
        "respond": True,
        "arrive": True,
        "fix": True,
    }
    assert provisional("smart-hospital", K.FAULT, "2027-03-01 10:00") == {"respond": False, "fix": True, "plan": False}
    assert provisional("smart-hospital", K.FAULT, "2027-03-01 03:00") == dict.fromkeys(
        ("respond", "arrive", "fix", "plan"), False
    )


def test_where_two_rules_of_one_clock_fit_the_stricter_governs() -> None:
    text = texts("contracts")["cqmu2-his.toml"]
    rule = text[text.index("[[clock]]") :].split("\n\n", 1)[0]
    for amount, respond in (("10 min", "10:10"), ("20 min", "10:15")):
        more = rule.replace("15 min", amount).replace("base =", 'kinds = ["fault"]\nbase =')
        for both in (text + "\n" + more + "\n", text.replace(rule, more + "\n\n" + rule)):
            contract = read_contract(both, "x")
            args = (contract, "his", K.FAULT, P.LOW, at("2026-09-30 10:00"), False, Start.REPORT, calendar())
            assert {c.name: c.due for c in starting_clocks(*args)}["respond"] == at(f"2026-09-30 {respond}")


def test_the_oracle_agrees_on_random_reports() -> None:
    started = 0
    for contract, system, kind, priority, instant, disaster, event in questions(6000):
        rules = contracts()[contract]
        args = (rules, system, kind, priority, instant, disaster, Start(event), calendar())
        window, expected = oracle(contract, system, kind, priority, instant, disaster, event)
        assert {c.name: c.due for c in starting_clocks(*args)} == expected, args
        assert window_of(rules, instant, calendar()) == Window(window)
        started += len(expected)
    assert started > 3000
