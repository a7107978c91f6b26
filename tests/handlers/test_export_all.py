"""All is exported at once: whoever has the lines alone comes to the same figures, and reads no more than he may."""

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.commands.password import in_store
from bot.commands.run import prepare
from sla.ledger import reconcile, waive
from sla.records import Record, RecordKind
from sla.ticket import EventKind, OutageLevel, Ticket
from storage.base import UnitOfWork
from tests.sla.book import at
from tests.sla.stories import case, ticket
from tests.sla.tickets import event

E = EventKind
NOW = "2027-02-20T12:00:00+08:00"
SMART, HIS, ICU = "smart-hospital", "cqmu2-his", "jiahe-icu"


def outage(number: int, began: str, minutes: int, *before: Any) -> Ticket:
    begins = at(began)
    ended = begins + timedelta(minutes=minutes)
    said = {"level": OutageLevel.DOWNTIME.value, "began": begins.isoformat(), "ended": ended.isoformat()}
    return ticket(number, SMART, begins, [*before, event(E.OUTAGE, began, **said)])


def a_year() -> list[Ticket]:
    done = [event(E.ACKNOWLEDGED, "2026-09-10 09:20"), event(E.RESOLVED, "2026-09-10 09:50")]
    moved = event(E.RECLASSIFIED, "2026-09-10 10:30", contract=HIS, system="his")
    return [
        outage(1, "2026-01-31 23:50", 20),
        outage(2, "2026-03-01 10:00", 30),
        outage(3, "2026-09-02 10:00", 5),
        ticket(4, HIS, at("2026-09-10 09:00"), [*done, event(E.RATED, "2026-09-10 10:00", points=70)]),
        ticket(5, SMART, at("2026-09-10 09:00"), [moved]),
        ticket(6, HIS, at("2026-12-31 23:59"), [event(E.NOTED, "2027-01-01 08:00", text="王医生电话13812345678")]),
    ]


def records() -> list[Record]:
    def kept(kind: RecordKind, subject: str, day: str, **data: Any) -> Record:
        return Record(HIS, kind, subject, at(f"{day} 00:00"), "manager", at("2027-01-05 09:00"), data)

    return [
        kept(RecordKind.SURVEY, "2026", "2026-01-01", points=70, answers=40),
        kept(RecordKind.SURVEY, "2026", "2026-01-01", points=84.9, answers=50),
        kept(RecordKind.PRAISE, "20260301-7", "2026-03-01", text="多谢"),
        kept(RecordKind.PRAISE, "20260302-9", "2026-03-02", text="多谢"),
        kept(RecordKind.PRAISE, "20260302-9", "2026-03-02", void=True),
        *(
            Record(ICU, RecordKind.DUTY_DONE, subject, at(f"{day} 10:00"), "lead", at(f"{day} 10:00"), {})
            for subject, day in (("online-inspection/2026-Q2", "2026-06-29"), ("online-report/2026-Q2", "2026-07-03"))
        ),
    ]


def fill(uow: UnitOfWork) -> None:
    for one in a_year():
        uow.tickets.save(one, one.events, None)
        uow.ledger.append(reconcile(one, case(one)[1], (), at("2027-02-19 11:00")))
    entries = uow.ledger.of_ticket(6)
    seq = next(entry.seq for entry in entries if entry.clock == "respond")
    uow.ledger.append([waive(entries, seq, "manager", "storm", at("2027-02-19 11:30"))])
    for record in records():
        uow.records.add(record)


@pytest.fixture
def data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with a database in which the year is."""
    in_store(prepare(None, tmp_path), tmp_path, fill)
    capsys.readouterr()
    return tmp_path


def lines(data: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert main(["export", "--all", "--data", str(data), *words]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["figures", "--json", "--at", NOW, *words]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


YEAR = ("--from", "2026-01-01", "--to", "2026-12-31")
SEPTEMBER = ("--from", "2026-09-01", "--to", "2026-09-30")
SUMMER = ("--from", "2026-07-01", "--to", "2026-09-30")


@pytest.mark.parametrize(
    ("exported", "counted"),
    [
        ((), YEAR),
        ((), ("--contract", HIS, "--year", "2026", "--score")),
        (("--contract", HIS), ("--contract", HIS, "--year", "2026", "--score")),
        (YEAR, YEAR),
        (SEPTEMBER, SEPTEMBER),
        (SUMMER, (*SUMMER, "--contract", ICU)),
        ((*SEPTEMBER, "--contract", SMART), (*SEPTEMBER, "--contract", SMART)),
        (
            ("--from", "2026-12-01", "--contract", HIS),
            ("--from", "2026-12-01", "--to", "2026-12-31", "--contract", HIS),
        ),
    ],
)
def test_the_lines_come_to_the_same_figures(
    data: Path, capsys: pytest.CaptureFixture[str], exported: Sequence[str], counted: Sequence[str]
) -> None:
    assert main(["export", "--all", "--data", str(data), "--out", str(data / "out"), *exported]) == 0
    capsys.readouterr()
    kept = asked(capsys, "--data", str(data), *counted)
    assert asked(capsys, "--jsonl", str(data / "out" / "facts.jsonl"), *counted) == kept
    assert "null" not in json.dumps(kept.get("total", 0))


def test_a_month_brings_the_outages_of_its_year_and_a_contract_what_once_ran_under_it(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    month = lines(data, capsys, *SEPTEMBER)
    assert [line["ticket"] for line in month if "ticket" in line] == ["W3", "W4", "W5", "W1", "W2"]
    of_contract = lines(data, capsys, "--contract", SMART)
    assert [line.get("ticket") for line in of_contract] == ["W1", "W2", "W3", "W5"]
    assert [line["record"] for line in lines(data, capsys) if "record" in line] == [
        *("survey", "survey", "praise", "praise", "praise", "duty_done", "duty_done")
    ]
    assert lines(data, capsys, "--from", "2030-01-01", "--contract", SMART) == []


def test_what_was_said_is_withheld_unless_somebody_answers_for_it(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "13812345678" not in json.dumps(lines(data, capsys))
    trail: list[tuple[str, ...]] = []
    in_store(data / "config", data, lambda uow: trail.extend(entry[1:] for entry in uow.audit.entries(10)))
    assert not trail
    assert "13812345678" in json.dumps(lines(data, capsys, "--full", "--from", "2026-12-01"))
    in_store(data / "config", data, lambda uow: trail.extend(entry[1:] for entry in uow.audit.entries(10)))
    assert trail == [("command line", "export full", "all", "2026-12-01")]


@pytest.mark.skipif(os.name == "nt", reason="files have owners there, but no modes")
def test_files_are_their_owners_alone(data: Path) -> None:
    out = data / "out"
    out.mkdir()
    (out / "W6.txt").write_text("an older one")
    (out / "W6.txt").chmod(0o644)
    for words in (("--all", "--full"), ("W6", "--full")):
        assert main(["export", *words, "--data", str(data), "--out", str(out)]) == 0
    found = {file.name: file.stat().st_mode & 0o777 for file in out.iterdir()}
    assert found == {"facts.jsonl": 0o600, "W6.json": 0o600, "W6.txt": 0o600}
    assert "13812345678" in (out / "W6.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a ticket, like W12"),
        (("W1", "--all"), "not both"),
        (("W1", "--from", "2026-01-01"), "go with --all"),
        (("--all", "--from", "2026-02-30"), "is no day"),
        (("--all", "--from", "9999-12-31"), "too far away"),
        (("--all", "--from", "2026-02-02", "--to", "2026-02-01"), "before the first"),
        (("--all", "--contract", "cqmu2"), 'did you mean "cqmu2-his"?'),
    ],
)
def test_questions_that_make_no_sense(
    data: Path, capsys: pytest.CaptureFixture[str], words: Sequence[str], said: str
) -> None:
    assert main(["export", *words, "--data", str(data), "--lang", "en"]) == 2
    assert said in capsys.readouterr().err
