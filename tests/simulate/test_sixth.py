"""A sixth contract beside the five: its systems are reported, its pauses are lived through, its versions follow."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.simulate import oracle
from bot.simulate.worlds import live
from bot.simulate.year import START, Plan, cast_of
from sla.clock import Clock
from sla.contract import Contract
from sla.ticket import Ticket
from storage.files import packaged_files
from tests.house import ROOT

EXAMPLES = sorted((ROOT / "docs/examples").glob("shili-county-*.toml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The five contracts and the sixth with its successor, which begins after ten days here."""
    days = {
        "2026-03-01": "2026-01-01",
        "2027-02-28": "2026-01-10",
        "2027-03-01": "2026-01-11",
        "2028-02-29": "2026-12-31",
    }
    for name, text in packaged_files().items():
        if name.startswith("contracts/"):
            (tmp_path / Path(name).name).write_text(text, encoding="utf-8")
    for file in EXAMPLES:
        text = file.read_text(encoding="utf-8")
        for old, new in days.items():
            text = text.replace(old, new)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    return tmp_path


def test_every_system_of_every_contract_is_there_and_covered_by_one_that_names_it(folder: Path) -> None:
    rules = cast_of(Plan("sixth", 30, 0, folder)).rules
    named = {system for id in rules.contracts for version in rules.versions_of(id) for system in version.systems}
    assert {system.id for system in rules.catalogue.systems} == named
    assert len(rules.catalogue.systems) == len(named)
    for system in ("lis", "pacs", "blood"):
        contract = rules.covering(system, START)
        assert contract is not None
        assert contract.id == "shili-county"
    assert [version.valid_from and version.valid_from.day for version in rules.versions_of("shili-county")] == [1, 11]
    assert {team.id for team in rules.rota.teams} == set(rules.contracts)


def test_the_sixth_is_lived_under_with_its_pauses_and_its_successor(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recounted: list[datetime | None] = []

    def recount(ticket: Ticket, clock: Clock, contract: Contract | None) -> datetime | None:
        due = due_with_pauses(ticket, clock, contract)
        recounted.append(due)
        return due

    due_with_pauses = oracle.due_with_pauses
    monkeypatch.setattr(oracle, "due_with_pauses", recount)
    outcome = live(Plan("sixth", 20, 1800, folder))
    assert outcome.broken is None
    assert {"shili-county", "cqmu2-his"} <= {contract for contract, _, _ in outcome.clocks}
    assert outcome.happened["paused"] > 5
    assert outcome.happened["continued"] > 3
    assert any(recounted), "deadlines that pauses moved were counted a second time"


def test_a_deadline_that_its_pause_did_not_move_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def longer(ticket: Ticket, clock: Clock, contract: Contract | None) -> datetime | None:
        due = due_with_pauses(ticket, clock, contract)
        return due and due + timedelta(minutes=1)

    due_with_pauses = oracle.due_with_pauses
    monkeypatch.setattr(oracle, "due_with_pauses", longer)
    outcome = live(Plan("sixth", 20, 1200, folder))
    assert outcome.broken is not None
    assert outcome.broken.invariant == "a pause lengthens by its length"
    assert any("暂停" in act.words for act in outcome.script)


def test_what_is_no_folder_is_told_before_anything_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--contracts", str(tmp_path / "absent")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "is no folder" in said.err
