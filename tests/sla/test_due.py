"""Which clocks start, and when they are due: every row of the contracts, and an oracle of its own."""

import io
import json
import random
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from sla.contract import Start
from sla.due import starting_clocks, window_of
from sla.labels import Kind, Priority, Window
from tests.sla.book import ZONE, at, calendar, contracts, texts, years

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


# An oracle: the contracts told once more, as naively as can be, with nothing of the code under test.

OFF = {day for year in years() for f in year.festivals for day in f.days_off}
MADE = {day for year in years() for f in year.festivals for day in f.make_up_days}


def works(day: date) -> bool:
    return day in MADE or (day.weekday() < 5 and day not in OFF)


def nth_day(instant: datetime, count: int, hour: int) -> datetime:
    day = instant.date()
    while count:
        day += timedelta(days=1)
        count -= works(day)
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def in_seven_days(instant: datetime, hour: int) -> datetime:
    day = instant.date() + timedelta(days=7)
    while not works(day):
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def oracle(
    contract: str, system: str | None, kind: str, priority: str, instant: datetime, disaster: bool, event: str
) -> tuple[str, dict[str, datetime]]:
    def minutes(n: int) -> datetime:
        return instant + timedelta(minutes=n)

    hour, day, found = instant.hour, instant.date(), dict[str, datetime]()
    if contract == "cqmu2-his":
        onsite = works(day) and (8 <= hour < 12 or 14 <= hour < 18)
    elif contract == "distance-education":
        onsite = works(day) and day.isoweekday() in (2, 4) and 8 <= hour < 17
    else:
        onsite = works(day) and 8 <= hour < (18 if contract == "third-party-unified" else 17)
    if contract == "cqmu2-his" and event == "remote_failed":
        found["arrive"] = minutes(180)
    elif contract == "cqmu2-his" and event == "assessed" and kind == "change":
        found = {name: nth_day(instant, n, 18) for name, n in (("solution", 10), ("build", 20), ("live", 30))}
    elif event != "report":
        pass
    elif contract in ("smart-hospital", "distance-education") and kind == "fault":
        found = {"respond": minutes(30), "fix": minutes(60 if onsite else 180), "plan": minutes(480)}
        if not onsite:
            found["arrive"] = minutes(120)
    elif contract == "jiahe-icu":
        wait = {"consult": 60, "training": 0}.get(kind, 120)
        found["respond"] = minutes(5 if kind == "fault" and disaster else wait) if wait else nth_day(instant, 1, 17)
    elif contract == "third-party-unified":
        if kind == "fault":
            found = {"respond": minutes(30 if onsite else 60), "arrive": minutes(60 if onsite else 120)}
        if kind in ("fault", "data_fix"):
            found["fix"] = nth_day(instant, 2, 18)
        if kind == "change":
            found["deliver"] = in_seven_days(instant, 18)
    elif contract == "cqmu2-his":
        found["respond"] = minutes(15)
        if kind == "fault" and priority == "critical":
            found["senior"] = minutes(1440)
        if kind in ("fault", "data_fix", "consult", "service"):
            found["fix"] = nth_day(instant, {"critical": 1, "high": 1, "medium": 3, "low": 5}[priority], 18)
        if kind == "fault" and system == "reconciliation":
            found["locate"] = minutes(1440)
    return ("onsite" if onsite else "offsite"), found


def questions(count: int) -> list[tuple[str, str, Kind, Priority, datetime, bool, str]]:
    """Random instants of 2024-2026, half of them at the edges of days and windows."""
    dice = random.Random(20261001)
    edges = [time(h, m, s) for h in (0, 8, 12, 14, 17, 18, 23) for m, s in ((0, 0), (59, 59), (0, 1))]
    found = []
    for _ in range(count):
        moment = datetime(2024, 1, 1, tzinfo=ZONE) + timedelta(seconds=dice.randrange((366 + 365 + 300) * 86400))
        if dice.random() < 0.5:
            moment = datetime.combine(moment.date(), dice.choice(edges), ZONE)
        contract = dice.choice(list(contracts().values()))
        system = dice.choice([*contract.systems, *(s for s in contract.systems if s == "reconciliation")])
        event = dice.choice(["report", "report", "report", "remote_failed", "assessed"])
        found.append(
            (contract.id, system, dice.choice(list(K)), dice.choice(list(P)), moment, dice.random() < 0.2, event)
        )
    return found


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


# the command


def ask(*args: str) -> int:
    return main(["due", *args])


def test_one_question_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    told = ["--contract", "smart-hospital", "--system", "hr", "--kind", "fault", "--priority", "high"]
    assert ask(*told, "--at", "2026-10-01T10:00:00+08:00") == 0
    out = capsys.readouterr().out
    assert "arrive       2026-10-01T12:00:00+08:00" in out
    assert "elapsed 2 hours · offsite · 2.3, 5.1(4)" in out
    assert "须在 2 小时内到达现场" in out
    assert ask(*told, "--at", "2026-10-01T10:00", "--lang", "en") == 0
    assert "within half an hour" in capsys.readouterr().out
    assert ask(*told, "--at", "2026-10-01T10:00", "--event", "assessed") == 0
    assert "no clock starts" in capsys.readouterr().out


def test_one_question_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    told = ["--contract", "cqmu2-his", "--system", "his", "--kind", "fault", "--priority", "low", "--json"]
    assert ask(*told, "--at", "2026-12-30T02:00:00Z") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["window"] == "onsite"
    assert answer["clocks"] == {"respond": "2026-12-30T10:15:00+08:00", "fix": "2027-01-07T18:00:00+08:00"}
    assert answer["provisional"] == {"respond": False, "fix": True}
    fix = answer["details"][1]
    assert (fix["base"], fix["amount"], fix["unit"], fix["clause"]) == ("working_days", 5, "days", "附件一")
    assert fix["passed_over"] == ["2027-01-01", "2027-01-02", "2027-01-03"]
    assert fix["clause_text"].startswith("事件处理")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"contract": "smart-hospitl"}, 'did you mean "smart-hospital"?'),
        ({"system": "pacs"}, "does not cover"),
        ({"system": ""}, "does not cover"),
        ({"system": 5}, '"system" must be a text'),
        ({"kind": "Fault"}, 'kind "Fault" is not known'),
        ({"priority": None}, '"priority" must be a text'),
        ({"at": "yesterday"}, "is no instant"),
        ({"at": "2026-10-01"}, "is no instant"),
        ({"at": 1790000000}, '"at" must be a text'),
        ({"at": "9999-12-31T23:00:00"}, "outside the years"),
        ({"at": "0001-01-01T00:00:00+08:00"}, "outside the years"),
        ({"disaster": "yes"}, '"disaster" must be true or false'),
        ({"event": "arrived"}, 'event "arrived" is not known'),
        ({"event": "approved"}, "the approvals name"),
        ({"event": 1}, '"event" must be a text'),
    ],
)
def test_a_question_that_makes_no_sense(change: dict[str, object], said: str) -> None:
    asked = {
        "contract": "smart-hospital",
        "system": "hr",
        "kind": "fault",
        "priority": "low",
        "at": "2026-10-01T10:00:00",
    }
    [answer] = lines(json.dumps({**asked, **change}).encode())
    assert set(answer) == {"error"}
    assert said in str(answer["error"])


def lines(*asked: bytes) -> list[dict[str, object]]:
    """What the command answers, run as it is run from a shell."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "due", "--jsonl"],
        input=b"\n".join(asked) + b"\n",
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    return [json.loads(line) for line in io.BytesIO(done.stdout)]


def test_many_questions_are_answered_in_their_order() -> None:
    asked, expected = [], []
    for contract, system, kind, priority, instant, disaster, event in questions(375):
        question = {
            "contract": contract,
            "system": system,
            "kind": kind,
            "priority": priority,
            "at": instant.isoformat(),
            "disaster": disaster,
            "event": event,
        }
        if event == "report":
            del question["event"]
        if not disaster:
            question["disaster"] = None
        asked.append(json.dumps(question).encode())
        window, due = oracle(contract, system, kind, priority, instant, disaster, event)
        expected.append((window, {name: instant.isoformat() for name, instant in due.items()}))
    assert [(answer["window"], answer["clocks"]) for answer in lines(*asked)] == expected


def test_bad_lines_are_answered_in_their_place() -> None:
    good = b'{"contract":"jiahe-icu","system":null,"kind":"fault","priority":"low","at":"2026-10-01T10:00:00+08:00"}'
    bad = [b"x", b"", b"[]", b"null", b"{}", b"\xff\xfe", b'{"contract":', b"[" * 100_000, b'"\\ud800"', b"9" * 5000]
    mixed = [line for each in bad for line in (good, each)]
    answers = lines(*mixed, b"\xef\xbb\xbf" + good)
    assert len(answers) == 2 * len(bad) + 1
    assert all("error" not in answer for answer in answers[::2])
    assert all(set(answer) == {"error"} for answer in answers[1::2])


def test_wrong_use_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("--contract", "jiahe-icu") == 2
    assert "--kind is missing" in capsys.readouterr().err
    told = ["--contract", "jiahe-icu", "--kind", "fault", "--priority", "low", "--at", "2026-10-01T10:00"]
    assert ask(*told, "--system", "his") == 2
    assert "does not cover" in capsys.readouterr().err


def test_a_folder_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("contracts", "holidays"):
        (tmp_path / folder).mkdir()
        for name, text in texts(folder).items():
            (tmp_path / folder / name).write_text(text.replace('amount = "15 min"', 'amount = "20 min"'), "utf-8")
    told = ["--contract", "cqmu2-his", "--kind", "training", "--priority", "low", "--at", "2026-10-01T10:00"]
    assert ask(*told, "--config", str(tmp_path), "--json") == 0
    assert json.loads(capsys.readouterr().out)["clocks"] == {"respond": "2026-10-01T10:20:00+08:00"}
    (tmp_path / "contracts" / "jiahe-icu.toml").write_text("id = 3\n", "utf-8")
    (tmp_path / "holidays" / "2026.toml").write_text("year = 'x'\n", "utf-8")
    assert ask(*told, "--config", str(tmp_path)) == 1
    err = capsys.readouterr().err
    assert "contracts/jiahe-icu.toml:1 [id]: is 3" in err
    assert "holidays/2026.toml:1 [year]" in err
