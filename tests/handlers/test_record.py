"""Everything of a ticket comes out again; redacted, nothing that must not leave the record."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.commands.password import in_store
from handlers.receive import receive
from handlers.record import as_json, as_text
from sla.fold import fold
from sla.ledger import Entry
from sla.message import Inbound
from storage.base import UnitOfWork
from storage.files import load_folder
from tests.support.house import NIGHT, House

REPORT = "急诊科HIS里患者张三丰的医嘱开不了，我的电话13812345678"


@pytest.fixture
def told(house: House) -> House:
    """W1 with something of everything."""
    house.says("777", REPORT, channel="telegram")
    house.says("engineer2", "接单 W1")
    house.says("engineer2", "方案 W1 患者张三丰的数据重建，10月3日18:00前完成")
    house.says("manager", "不同意 W1：夜里不行")
    house.says("engineer2", "修好了 W1 原因：锁表 方法：重启 结果：恢复")
    house.forget()
    return house


def test_as_json(told: House) -> None:
    ticket = told.ticket()
    entries = told.run(lambda uow: list(uow.ledger.of_ticket(1)))
    full = json.loads(json.dumps(as_json(ticket, entries, told.rules, full=True)))
    assert full["ticket"] == "W1"
    assert full["events"][0]["data"]["text"] == REPORT
    assert full["reporter"] == "telegram:777"
    assert [event["kind"] for event in full["events"]] == [str(event.kind) for event in ticket.events]
    assert {clock["clock"] for clock in full["clocks"]} >= {"respond", "fix"}
    assert full["events"][-1]["data"] == {"cause": "锁表", "method": "重启", "result": "恢复"}


def test_redacted_it_says_no_more_than_it_may(told: House) -> None:
    ticket = told.ticket()
    values = json.dumps(as_json(ticket, (), told.rules, full=False), ensure_ascii=False)
    for page in (values, as_text(ticket, (), told.rules, "zh", full=False)):
        for secret in ("张三丰", "13812345678", "telegram:777"):
            assert secret not in page
        assert "夜里不行" in page


def test_names_made_of_digits_are_no_telephones(told: House) -> None:
    begun = told.ticket()
    version = "a13812345678b0cd"
    first = replace(begun.events[0], data={**begun.events[0].data, "contract_version": version})
    entry = Entry("breach", 1, "his", "2", "respond", 1, NIGHT, NIGHT, 9, hash=version * 4, prev=version[::-1] * 4)
    found = as_json(fold(1, (first, *begun.events[1:])), [entry], told.rules, full=False)
    assert found["events"][0]["data"]["contract_version"] == version
    assert (found["ledger"][0]["hash"], found["ledger"][0]["prev"]) == (entry.hash, entry.prev)
    assert "13812345678" not in found["events"][0]["data"]["text"]


@pytest.mark.parametrize(("language", "who"), [("zh", "engineer2 (示例·李工)"), ("en", "engineer2 (Engineer Li)")])
def test_as_text(told: House, language: str, who: str) -> None:
    page = as_text(told.ticket(), (), told.rules, language, full=True)
    for words in ("W1", "张三丰", "锁表", who, "2026-10-01 03:42"):
        assert words in page


def commands(folder: Path, *words: str) -> int:
    return main([*words, "--data", str(folder)])


def test_a_full_export_is_kept_on_the_trail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "config")]) == 0
    assert commands(tmp_path, "bindcode", "10001") == 0  # makes the database
    config = tmp_path / "config"
    rules = load_folder(config)[0]

    def report(uow: UnitOfWork) -> None:
        row = uow.inbox.add(Inbound("webchat", "1", "nurse", "nurse", REPORT), NIGHT)
        kept = uow.inbox.get(row or 0)
        assert kept is not None
        receive(kept, uow, rules, NIGHT)

    in_store(config, tmp_path, report)
    capsys.readouterr()
    assert commands(tmp_path, "export", "w1") == 0
    assert "13812345678" not in capsys.readouterr().out
    assert commands(tmp_path, "export", "W1", "--full", "--json") == 0
    assert json.loads(capsys.readouterr().out)["events"][0]["data"]["text"] == REPORT
    assert commands(tmp_path, "export", "1", "--out", str(tmp_path / "out"), "--lang", "en") == 0
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"W1.json", "W1.txt"}
    trail: list[tuple[str, ...]] = []
    in_store(config, tmp_path, lambda uow: trail.extend(entry[1:4] for entry in uow.audit.entries(10)))
    assert trail.count(("command line", "export full", "W1")) == 1


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "config")]) == 0
    assert commands(tmp_path, "bindcode", "10001") == 0
    assert "绑定 10001" in capsys.readouterr().out
    assert commands(tmp_path, "bindcode", "nobody") == 2
    assert "names nobody" in capsys.readouterr().err
    assert commands(tmp_path, "export", "W1") == 2
    assert "没有工单 W1" in capsys.readouterr().err
    assert commands(tmp_path, "export", "twelve") == 2
    assert "不是工单号" in capsys.readouterr().err
    assert commands(tmp_path, "export", "W1", "--lang", "en") == 2
    assert "no ticket W1" in capsys.readouterr().err
