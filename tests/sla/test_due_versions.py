"""`wardline due` where contracts have seasons, targets, looser rules, and successors."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.sla.book import texts
from tests.sla.county import COUNTY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The county's contract until the end of October, and its successor, which is stricter."""
    (tmp_path / "contracts").mkdir()
    one = COUNTY.replace('provider = "乙方"', 'provider = "乙方"\nvalid_to = 2026-10-31')
    two = COUNTY.replace('provider = "乙方"', 'provider = "乙方"\nvalid_from = 2026-12-01').replace("30 min", "20 min")
    (tmp_path / "contracts" / "a.toml").write_text(one, "utf-8")
    (tmp_path / "contracts" / "b.toml").write_text(two, "utf-8")
    (tmp_path / "holidays").mkdir()
    (tmp_path / "holidays" / "2026.toml").write_text(texts("holidays")["2026.toml"], "utf-8")
    return tmp_path


def ask(folder: Path, at: str, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    told = ["--contract", "county", "--system", "lis", "--kind", "fault", "--priority", "critical", "--at", at]
    code = main(["due", *told, *more, "--config", str(folder)])
    said = capsys.readouterr()
    return said.out if code == 0 else said.err


def test_the_version_is_that_of_the_instant(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for at, respond in (("2026-10-31T23:59", "2026-11-01T00:29"), ("2026-12-01T00:00", "2026-12-01T00:20")):
        answer = json.loads(ask(folder, at, capsys, "--json"))
        assert answer["clocks"]["respond"] == f"{respond}:00+08:00"
        assert answer["clocks"]["respond/internal"] < answer["clocks"]["respond"]
    said = ask(folder, "2026-11-15T10:00", capsys)
    assert 'contract "county" covers nothing at 2026-11-15' in said
    assert "… to 2026-10-31; 2026-12-01 to …" in said


def test_seasons_grace_and_looser_rules_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(ask(folder, "2026-09-30T10:00", capsys, "--json"))
    assert answer["clocks"]["cooling"] == "2026-09-30T11:00:00+08:00"
    details = {detail["name"]: detail for detail in answer["details"]}
    assert details["respond"]["kept_until"] == "2026-09-30T10:40:00+08:00"
    assert details["fix"]["looser"] == [{"due": "2026-09-30T14:00:00+08:00", "clause": "1"}]
    words = ask(folder, "2026-10-02T10:00", capsys)
    assert "cooling" not in words
    assert "elapsed 30 minutes, 10 min of grace" in words
    assert "looser: 2026-10-02T14:00:00+08:00" in words


def test_a_stage_is_asked_for_by_its_event(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(ask(folder, "2026-10-12T11:00", capsys, "--json", "--event", "resolved"))
    assert answer["clocks"] == {"report": "2026-10-14T18:00:00+08:00"}
    assert "one of: report, assessed, remote_failed, resolved" in ask(
        folder, "2026-10-12T11:00", capsys, "--event", "built"
    )


def test_check_tells_of_what_is_hardly_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "c")]) == 0
    smart = tmp_path / "c" / "contracts" / "smart-hospital.toml"
    text = smart.read_text("utf-8")
    head = 'timezone = "Asia/Shanghai"'
    pause = '\n[[pause]]\nname = "w"\nclause = "2.3"\nclocks = ["fix"]\nwhy_zh = "等待"\nwhy_en = "waiting"\n'
    smart.write_text(text.replace(head, f"{head}\nvalid_to = 2026-05-31") + pause, "utf-8")
    later = text.replace(head, f"{head}\nvalid_from = 2026-07-01").replace("respond = [", "# respond = [")
    later = later.replace('systems = ["hr"', 'systems = ["pacs", "hr"')
    (smart.parent / "smart-2.toml").write_text(later, "utf-8")
    capsys.readouterr()
    assert main(["check", str(tmp_path / "c"), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "smart-hospital (… to 2026-05-31): clocks 7" in said
    assert "note: smart-hospital: no version is valid from 2026-06-01 to 2026-06-30" in said
    assert "note: smart-hospital: nobody is reminded of respond" in said
    assert "note: smart-hospital: the pause w has no at_most" in said
    assert "note: smart-hospital and third-party-unified both name pacs" in said or (
        "note: third-party-unified and smart-hospital both name pacs" in said
    )
    assert main(["check", str(tmp_path / "c")]) == 0
    said = capsys.readouterr().out
    assert "smart-hospital（… 至 2026-05-31）：7 项计时" in said
    assert "注意：smart-hospital：2026-06-01 至 2026-06-30 没有有效的版本" in said
    assert "注意：smart-hospital：暂停 w 没有 at_most" in said
