"""`wardline ledger`: verify finds what somebody did to the database by hand; list shows what it holds."""

import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.commands.password import in_store
from sla.ledger import Entry
from storage.files import load_folder

AT = datetime(2026, 9, 30, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai


@pytest.fixture
def data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder whose ledger has four entries, one an hour."""
    assert main(["init", str(tmp_path / "config")]) == 0
    assert main(["link", "nurse", "--data", str(tmp_path)]) == 0  # makes the database
    assert main(["ledger", "verify", "--data", str(tmp_path)]) == 0
    assert "记录 0 条" in capsys.readouterr().out
    kinds = [("breach", "smart-hospital"), ("breach", "cqmu2-his"), ("closed", "cqmu2-his"), ("waiver", "cqmu2-his")]
    entries = [
        Entry(kind, number, contract, "2", "respond", 1, AT, AT + number * timedelta(hours=1), 60, reason="停电")
        for number, (kind, contract) in enumerate(kinds, 1)
    ]
    in_store(tmp_path / "config", tmp_path, lambda uow: uow.ledger.append(entries))
    return tmp_path


def tampered(data: Path, statement: str) -> None:
    path = data / "wardline.sqlite3"
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()


def verify(data: Path, *words: str) -> int:
    return main(["ledger", "verify", *words, "--data", str(data)])


def test_a_whole_ledger_is_told_with_its_head(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(data) == 0
    whole, count, span, last = capsys.readouterr().out.splitlines()
    assert (whole, count) == ("违约台账完整。", "记录 4 条")
    assert span == "起止 2026-10-01 00:00 至 2026-10-01 03:00（Asia/Shanghai）"
    head = last.removeprefix("末条 ")
    assert verify(data, "--lang", "en") == 0
    assert "from 2026-10-01 00:00 to 2026-10-01 03:00 (Asia/Shanghai)\nhead 4:" in capsys.readouterr().out
    assert head.startswith("4:")
    assert verify(data, "--head", head) == 0
    capsys.readouterr()
    assert verify(data, "--json", "--head", head[:14]) == 0
    assert json.loads(capsys.readouterr().out)["whole"] is True


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("update ledger set overrun = 0 where seq = 2", "entry 2 was changed"),
        ("update ledger set reason = '' where seq = 4", "entry 4 was changed"),
        ("delete from ledger where seq = 2", "entry 2 is missing"),
        ("delete from ledger where seq > 2", "entries 3 to 4 are missing at the end"),
        ("update ledger set seq = 99 where seq = 2", "reordered: entry 99 belongs before entry 3, at place 2"),
        ("update ledger_head set hash = 'x'", "names entry 4"),
        ("delete from ledger_head", "the head that is kept beside the entries is missing"),
        ("update ledger set due = 'soon' where seq = 2", "entry 2 was changed"),
        ("update ledger set recorded_at = 9e17 where seq = 3", "entry 3 was changed"),
    ],
)
def test_what_was_done_by_hand_is_found(
    data: Path, capsys: pytest.CaptureFixture[str], statement: str, said: str
) -> None:
    tampered(data, statement)
    assert verify(data, "--lang", "en") == 1
    assert said in capsys.readouterr().out
    assert verify(data) == 1
    first, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("违约台账有误：")
    assert not any(word in first for word in ("entr", "head")), first
    assert verify(data, "--json") == 1
    assert said in json.loads(capsys.readouterr().out)["problem"]


def test_the_end_taken_away_with_its_head_is_found_by_what_was_noted(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(data, "--json") == 0
    whole = json.loads(capsys.readouterr().out)
    tampered(data, "delete from ledger where seq = 4")
    tampered(data, "update ledger_head set seq = 3, hash = (select hash from ledger where seq = 3)")
    assert verify(data) == 0
    capsys.readouterr()
    assert verify(data, "--head", f"4:{whole['head']}") == 1
    assert "末尾缺第 4 条" in capsys.readouterr().out


def test_a_head_that_is_none_is_told(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(data, "--head", "4") == 2
    assert "按 verify 的输出填写" in capsys.readouterr().err


def test_list_shows_the_days_and_the_contract_asked_for(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def listed(*words: str) -> list[str]:
        assert main(["ledger", "list", *words, "--data", str(data)]) == 0
        return capsys.readouterr().out.splitlines()

    capsys.readouterr()
    assert len(listed()) == 4
    assert len(listed("--to", "2026-09-30")) == 0, "23:00 and an hour is the next day in the hospital's zone"
    assert len(listed("--from", "2026-10-01", "--to", "2026-10-01")) == 4
    (one,) = listed("--contract", "smart-hospital")
    assert re.fullmatch(
        r"2026-10-01 00:00  1\. [0-9a-f]{12} 违约：W1 智能医院项目运维服务 第 2 条，响应超时（记录时已超 1分钟）", one
    )
    entry = json.loads(listed("--json")[3])
    assert (entry["seq"], entry["kind"], entry["overrun"], entry["clock"]) == (4, "waiver", 60, "respond")


def test_waivers_quotas_and_what_was_put_right_are_told_in_sentences(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def entry(kind: str, clock: str, **more: Any) -> Entry:
        return Entry(
            kind, 7, "smart-hospital", "4.1", clock, 1, AT, AT + timedelta(days=1), **{"overrun": 5400, **more}
        )

    entries = [
        entry("waiver", "respond", by="manager", reason="停电", refers_to=1),
        entry("breach", "quota:downtime/recovery"),
        entry("closed", "quota:downtime/month_minutes/2026-10"),
        entry("correction", "plan/3", reason="gone", refers_to=1),
        entry("missed", "quota:downtime/year_times", overrun=0),
        entry("breach", "quota:gone/recovery", overrun=0),
    ]
    in_store(data / "config", data, lambda uow: uow.ledger.append(entries))

    def said(language: str) -> list[str]:
        assert main(["ledger", "list", "--lang", language, "--data", str(data)]) == 0
        lines = capsys.readouterr().out.splitlines()[4:]
        return [line.partition("：" if language == "zh" else ": ")[2].partition("4.1")[2] for line in lines]

    capsys.readouterr()
    name = load_folder(data / "config")[0].people.by_id["manager"]
    assert said("zh") == [
        f" 条，响应不计违约（{name.name}，原因：停电）（针对记录 1）",
        " 条，非计划停机恢复时间超出限额（记录时已超 1小时30分）",
        " 条，2026年10月非计划停机累计时间共超 1小时30分",
        " 条，书面方案按更正后的记录不再适用（针对记录 1）",
        " 条，非计划停机年次数，不计违约",
        " 条，gone恢复时间超出限额",
    ]
    assert said("en")[0] == f", response is no breach ({name.called('en')}; reason: 停电) (about entry 1)"


@pytest.mark.parametrize(
    "words", [["ledger", "verify"], ["ledger", "list"], ["outages"], ["explain", "W1"], ["export", "W1"], ["figures"]]
)
def test_to_look_where_no_bot_ever_ran_says_so_and_makes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    for folder, said in ((tmp_path / "absent", "不是文件夹"), (tmp_path, "不是文件夹")):
        assert main([*words, "--data", str(folder)]) == 2
        assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert main(["init", str(tmp_path / "config")]) == 0
    assert main([*words, "--data", str(tmp_path)]) == 2
    assert "没有数据库" in capsys.readouterr().err
    assert not (tmp_path / "wardline.sqlite3").exists()
