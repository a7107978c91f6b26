"""`wardline figures`: the same figures from the data and from exported facts, as a page and as JSON."""

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.commands.figures import LAST_YEAR
from bot.commands.password import in_store
from bot.commands.run import prepare
from handlers.record import as_json
from sla.facts import Unreadable, read_facts
from sla.fold import then
from sla.ledger import reconcile, waive
from sla.records import Record, RecordKind
from sla.ticket import EventKind, OutageLevel, Ticket
from storage.base import UnitOfWork
from storage.files import packaged_rules
from tests.sla.book import at
from tests.sla.stories import case, ticket
from tests.sla.tickets import event

E = EventKind
NOW = "2026-10-20T12:00:00+08:00"
PERIOD = ("--from", "2026-09-01", "--to", "2026-09-30", "--at", NOW)
LETTER = Record("cqmu2-his", RecordKind.PRAISE, "1", at("2026-09-02 09:00"), "manager", at("2026-09-02 09:00"), {})


def september() -> list[Ticket]:
    begins = at("2026-09-10 09:00")
    done = [event(E.ACKNOWLEDGED, "2026-09-10 09:20"), event(E.RESOLVED, "2026-09-10 09:50")]
    outage = event(
        E.OUTAGE,
        "2026-09-10 12:00",
        level=OutageLevel.DOWNTIME.value,
        began=begins.isoformat(),
        ended=(begins + timedelta(minutes=61)).isoformat(),
    )
    return [
        ticket(1, "smart-hospital", begins, [*done, outage]),
        ticket(2, "smart-hospital", begins, []),
        ticket(3, "cqmu2-his", begins, [*done, event(E.RATED, "2026-09-10 10:00", points=90)]),
        ticket(4, None, begins, done, department="ward-that-was"),
        ticket(5, "cqmu2-his", at("2026-10-01 00:00"), []),
        ticket(6, "cqmu2-his", at("2026-08-31 23:59"), []),
    ]


def fill(uow: UnitOfWork) -> None:
    """The tickets with what the ledger says of them: the late answer to the second one was waived."""
    for one in september():
        uow.tickets.save(one, one.events, None)
        uow.ledger.append(reconcile(one, case(one)[1], (), at("2026-10-20 11:00")))
    entries = uow.ledger.of_ticket(2)
    seq = next(entry.seq for entry in entries if entry.clock == "respond")
    uow.ledger.append([waive(entries, seq, "manager", "storm", at("2026-10-20 11:30"))])
    uow.records.add(LETTER)


@pytest.fixture
def data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with a database in which September is."""
    in_store(prepare(None, tmp_path), tmp_path, fill)
    capsys.readouterr()
    return tmp_path


def exported(data: Path) -> str:
    """The facts as they are exported, one a line, and a record."""
    rules, lines = packaged_rules(), []

    def read(uow: UnitOfWork) -> None:
        for number in range(1, 7):
            one = uow.tickets.load(number)
            assert one is not None
            lines.append(json.dumps(as_json(one, list(uow.ledger.of_ticket(number)), rules, full=False)))

    in_store(prepare(None, data), data, read)
    letter = {"record": "praise", "contract": "cqmu2-his", "subject": "1", "at": LETTER.at.isoformat()}
    return "\n".join([*lines, json.dumps(letter)]) + "\n"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever configuration lies where the tests are started is not meant."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["figures", "--json", *words]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_month_of_one_contract(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, "--data", str(data), "--contract", "smart-hospital", *PERIOD)
    assert (found["from"], found["to"], found["tickets"], found["open"]) == ("2026-09-01", "2026-09-30", 2, 2)
    respond = found["clocks"]["respond"]
    assert (respond["kept"], respond["broken"], respond["waived"], respond["clause"]) == (1, 0, 1, "2.3")
    assert found["clocks"]["fix"]["broken"] == 1
    assert found["breaches"] == {"resolve": 1, "plan": 1, "quota:downtime": 1}
    assert found["waived"] == {"respond": 1}
    assert found["times"]["fix"] == {"count": 1, "median": 3000, "p90": 3000}
    assert found["quotas"]["downtime"]["months"] == {"2026-09": {"seconds": 3660, "times": 1}}


def test_exported_facts_come_to_the_same(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = exported(data)
    file = tmp_path / "facts.jsonl"
    file.write_text("\ufeff" + lines, encoding="utf-8")
    for which in (("--contract", "smart-hospital"), ("--contract", "cqmu2-his"), ()):
        capsys.readouterr()
        kept = asked(capsys, "--data", str(data), *which, *PERIOD)
        assert asked(capsys, "--jsonl", str(file), *which, *PERIOD) == kept
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    found = asked(capsys, "--jsonl", "-", *PERIOD)
    assert found["all"]["tickets"] == 4
    assert found["all"]["internal"] == {"internal": {"respond": found["all"]["internal"]["internal"]["respond"]}}
    assert set(found["contracts"]) == {"smart-hospital", "cqmu2-his"}


def test_the_score_of_a_year_names_the_ticket(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--data", str(data), "--contract", "cqmu2-his", "--year", "2026", "--at", NOW, "--score")
    found = asked(capsys, *words)
    late = found["parts"]["his"]["deductions"]
    assert {(one["ticket"], one["clock"]) for one in late} == {
        ("W3", "respond"), ("W5", "respond"), ("W5", "fix"), ("W6", "respond"), ("W6", "fix"),
    }  # fmt: skip  # one glance instead of a column
    assert found["parts"]["his"]["points"] == 22.5
    assert found["parts"]["resolution"]["deductions"][0]["tickets"] == ["W5", "W6"]
    assert found["total"] == 22.5 + 20 + 5 + 20 + 18 + 0 + 2
    assert main(["figures", *words]) == 0
    page = capsys.readouterr().out
    for said in ("响应支持（HIS） 22.5/25", "−0.5  W3 响应（第 2 条）应于 2026-09-10 09:15 前", "合计 87.5/100：合格"):
        assert said in page


@pytest.mark.parametrize(("language", "said"), [("zh", "停机"), ("en", "downtime")])
def test_pages_to_read(data: Path, capsys: pytest.CaptureFixture[str], language: str, said: str) -> None:
    for which in (("--contract", "smart-hospital"), ("--contract", "jiahe-icu"), ()):
        assert main(["figures", "--data", str(data), "--lang", language, *which, *PERIOD]) == 0
    page = capsys.readouterr().out
    assert said in page
    assert "W1" in page
    assert ("重症医学科 2" if language == "zh" else "Intensive care 2") in page
    assert "ward-that-was 1" in page, "what is in no catalogue any more goes by its id"
    assert "2.5" in page
    assert "None" not in page


def test_pages_read_like_sentences(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def page(contract: str, language: str) -> list[str]:
        words = ("--data", str(data), "--contract", contract, "--lang", language, *PERIOD)
        assert main(["figures", *words]) == 0
        return [line.strip() for line in capsys.readouterr().out.splitlines()]

    assert {"尚无评价", "2026年9月：1小时1分，1 次"} <= set(page("smart-hospital", "zh"))
    assert {"Nobody has rated yet", "Sep 2026: 1 h 1 min, 1 time"} <= set(page("smart-hospital", "en"))
    assert any(line.startswith("响应（第 2 条") for line in page("cqmu2-his", "zh"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--year", "2026", "--contract", "cqmu2"], 'did you mean "cqmu2-his"?'),
        (["--from", "2026-01-01"], "name the period"),
        (["--from", "2026-02-01", "--to", "2026-01-31"], "is before the first"),
        (["--from", "2026-02-30", "--to", "2026-03-31"], "is no day"),
        (["--from", "0001-01-01", "--to", "2026-03-31"], "too far away"),
        (["--year", "99999"], "is no year"),
        (["--year", "2026", "--from", "2026-01-01", "--to", "2026-01-31"], "instead of"),
        (["--year", "2026", "--at", "2026-10-01T10:00"], "has no offset"),
        (["--year", "2026", "--at", "noon"], "is no instant"),
        (["--year", "2026", "--score"], "a score is of a contract's year"),
        (["--year", "2026", "--score", "--contract", "jiahe-icu"], "has no [score]"),
        (["--year", "2026", "--jsonl", "nowhere.jsonl"], "nowhere.jsonl"),
    ],
)
def test_questions_that_make_no_sense(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: Sequence[str], said: str
) -> None:
    assert main(["init", str(tmp_path / "config")]) == 0
    assert main(["link", "nurse", "--data", str(tmp_path)]) == 0  # makes the database
    assert main(["figures", "--data", str(tmp_path), *words, "--lang", "en"]) == 2
    assert said in capsys.readouterr().err


REPORT = '{"kind":"reported","at":"2026-09-10T09:00:00+08:00","data":{"kind":"fault","priority":"low"}}'

SURVEY = '{"record":"survey","contract":"cqmu2-his","subject":"2026","at":"2026-01-01T00:00:00Z","data":{%s}}'
RATED = '{"kind":"rated","at":"2026-09-10T10:00:00+08:00","data":{"points":"90"}}'

TOLD = '{"ticket":"W1","events":[' + REPORT + ",%s]}"
OUTAGE = '{"kind":"outage","at":"2026-09-10T10:00:00Z","data":{"level":"downtime","began":"%s"}}'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "has no end"),
        ("nonsense", "line 1 is no JSON: column 1: a value is missing"),
        ('{"ticket":"W1" "events":[]}', "line 1 is no JSON: column 16: a comma is missing"),
        ("[1]", "no JSON object"),
        ('{"ticket":"W1"}', 'line 1: "events" is missing'),
        ('{"ticket":"W1","events":[]}', "without events"),
        ('{"ticket":"W1","events":[{"kind":"reported","at":"2026-09-10T09:00:00"}]}', "no offset"),
        ('{"ticket":"one","events":[' + REPORT + "]}", 'line 1: "one" is no ticket like W12'),
        ('{"record":"applause","contract":"a","subject":"1","at":"2026-09-10T09:00:00Z"}', "applause"),
        (SURVEY % "", "points"),
        (SURVEY % '"points":NaN', "points are a number from 0 to 100, not NaN"),
        (SURVEY % '"points":100.5', "not 100.5"),
        (SURVEY % '"points":"88"', 'not "88"'),
        (SURVEY % '"points":88,"answers":"many"', "answers are no number"),
        (TOLD % RATED, 'not "90"'),
        (TOLD % '{"kind":"acknowledged","at":"0001-01-01T00:00:00+08:00"}', "too far away"),
        (TOLD % '{"kind":"resolved","at":"9999-12-31T23:59:59-08:00"}', "too far away"),
        (TOLD % (OUTAGE % "2026-09-10T09:00:00"), "no offset"),
        (TOLD % (OUTAGE % "0001-01-01T00:00:00Z"), "too far away"),
        (TOLD % '{"kind":"reclassified","at":"2026-09-10T09:00:00Z","data":{"system":["his"]}}', "is no text"),
    ],
)
def test_lines_that_are_no_facts_are_named(line: str, said: str) -> None:
    with pytest.raises(Unreadable, match="line 1") as raised:
        list(read_facts([line]))
    assert said in str(raised.value)


def test_of_an_object_over_several_lines_the_one_that_is_wrong_is_named() -> None:
    with pytest.raises(Unreadable, match=r"line 5 is no JSON: column 12: a value is missing"):
        list(read_facts([TOLD.replace(",%s", ""), "", "{", '"ticket": "W2",', '"events": [,]', "}"]))


def test_an_export_that_was_printed_to_be_read_is_read_as_well() -> None:
    pretty = json.dumps({"ticket": 12, "events": [json.loads(REPORT)]}, indent=2)
    found = list(read_facts([*pretty.splitlines(), "", *pretty.splitlines()]))
    assert [one.ticket.number for one in found if not isinstance(one, Record)] == [12, 12]


def test_an_instant_shows_what_was_known_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arrival and repair were written down later, the waiver as well, and the outage was taken back in the end."""
    began = at("2026-09-10 09:00")
    outage = {"level": OutageLevel.DOWNTIME.value, "began": began.isoformat()}
    one = ticket(
        1,
        "smart-hospital",
        began,
        [
            replace(event(E.ACKNOWLEDGED, "2026-09-10 09:31"), recorded_at=at("2026-09-10 09:31")),
            replace(event(E.OUTAGE, "2026-09-10 09:40", **outage), recorded_at=at("2026-09-10 09:40")),
            replace(event(E.RESOLVED, "2026-09-10 09:50"), recorded_at=at("2026-09-10 11:00")),
            replace(event(E.OUTAGE, "2026-09-11 08:00", **outage, none=True), recorded_at=at("2026-09-11 08:00")),
        ],
    )
    letter = replace(LETTER, contract="smart-hospital", recorded_at=at("2026-09-12 09:00"))

    def fill_in(uow: UnitOfWork) -> None:
        uow.tickets.save(one, one.events, None)
        uow.ledger.append(reconcile(one, case(one)[1], (), at("2026-09-10 09:31")))
        entries = uow.ledger.of_ticket(1)
        uow.ledger.append([waive(entries, entries[0].seq, "manager", "storm", at("2026-09-12 10:00"))])
        uow.records.add(letter)

    in_store(prepare(None, tmp_path), tmp_path, fill_in)
    capsys.readouterr()
    assert main(["export", "--all", "--data", str(tmp_path), "--out", str(tmp_path)]) == 0

    def known(instant: str) -> tuple[object, ...]:
        words = ("--contract", "smart-hospital", "--from", "2026-09-01", "--to", "2026-09-30", "--at", instant)
        found = asked(capsys, "--data", str(tmp_path), *words)
        assert asked(capsys, "--jsonl", str(tmp_path / "facts.jsonl"), *words) == found
        respond, events = found["clocks"].get("respond"), found["quotas"]["downtime"]["events"]
        how = next((key for key in ("kept", "broken", "running", "waived") if respond[key]), "") if respond else ""
        return how, found["resolution"]["part"], [each["seconds"] for each in events], found["on_record"]["praise"]

    assert known("2026-09-10T08:59:59+08:00") == ("", 0, [], 0)
    assert known("2026-09-10T09:30:00+08:00") == ("running", 0, [], 0)
    assert known("2026-09-10T10:30:00+08:00") == ("broken", 0, [5400], 0)
    assert known("2026-09-10T12:00:00+08:00") == ("broken", 1, [3000], 0)
    assert known("2026-09-13T12:00:00+08:00") == ("waived", 1, [], 1)


def test_tickets_of_strange_contracts_are_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever counts another hospital's facts by the packaged contracts hears of it; the sums stay as they are."""
    known = packaged_rules().contracts["smart-hospital"].version
    pairs = [("smart-hospital", known), ("smart-hospital", "0123"), ("county", "4567"), ("county", ""), (None, "")]
    named = [{"contract": contract, "contract_version": version} for contract, version in pairs]
    told = [
        then(ticket(number, None, at("2026-09-10 09:00"), []), event(E.RECLASSIFIED, "2026-09-10 09:00", **labels))
        for number, labels in enumerate(named, start=1)
    ]
    facts = "\n".join(json.dumps(as_json(one, (), packaged_rules(), full=False)) for one in told)
    monkeypatch.setattr("sys.stdin", io.StringIO(facts))
    assert main(["figures", "--json", "--jsonl", "-", *PERIOD, "--lang", "en"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["all"]["tickets"] == 5
    assert [line.split(":")[1] for line in printed.err.splitlines()] == [
        " 1 of the tickets ran under versions of contracts that this configuration has not",
        " 2 of the tickets ran under contracts that this configuration has not",
    ]


def test_a_ticket_that_is_exported_twice_counts_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The exports of two months, one after the other: both bring the outages of the year."""
    one, other = (json.dumps(as_json(each, (), packaged_rules(), full=False)) for each in september()[:2])
    file = tmp_path / "facts.jsonl"
    file.write_text(f"{one}\n{other}\n{one}", encoding="utf-8")
    found = asked(capsys, "--jsonl", str(file), "--contract", "smart-hospital", *PERIOD)
    assert (found["tickets"], len(found["quotas"]["downtime"]["events"])) == (2, 1)
    later = json.loads(one)
    later["events"].append({"kind": "noted", "at": "2026-09-11T09:00:00+08:00"})
    file.write_text("\n".join([one, json.dumps(later)]), encoding="utf-8")
    assert main(["figures", "--jsonl", str(file), *PERIOD, "--lang", "en"]) == 2
    assert "W1 is there twice, with different events" in capsys.readouterr().err


def test_the_last_year_that_can_be_asked_for(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--from", f"{LAST_YEAR}-12-01", "--to", f"{LAST_YEAR}-12-31")
    assert asked(capsys, "--data", str(data), *words)["all"]["tickets"] == 0
    assert main(["export", "--all", "--data", str(data), *words]) == 0
