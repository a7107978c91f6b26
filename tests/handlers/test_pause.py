"""Pauses by chat: an engineer waits for the hospital, the hospital hears of it, either side ends it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sla.clock import clocks_of
from sla.message import Purpose
from sla.rules import Rules
from sla.ticket import EventKind
from storage.files import packaged_files, packaged_rules, rules_from_files
from tests.support.house import House, open_house

PAUSES = """
[[pause]]
name = "waiting"
clause = "2.3"
clocks = ["fix"]
why_zh = "等待院方"
why_en = "waiting for the hospital"
"""
LIMITED = PAUSES.replace("clocks =", 'at_most = "2 h"\nclocks =')
NIGHT = PAUSES.replace("waiting", "night", 1).replace("等待院方", "夜间不便施工")


def allowing(pauses: str) -> Rules:
    """The sample, with a smart-hospital contract that allows these pauses."""
    files = packaged_files()
    name = "contracts/smart-hospital.toml"
    return rules_from_files({**files, name: files[name] + pauses})


def taken(house: House) -> House:
    """W1 is under smart-hospital since 03:42, and engineer2 has it."""
    house.says("nurse", "急诊科所有电脑OA打不开")
    system = next(s for s in house.rules.catalogue.systems if s.contract == "smart-hospital")
    house.says("manager", f"W1 是{system.name}")
    house.says("engineer2", "接单 W1")
    assert house.ticket().contract == "smart-hospital"
    house.forget()
    return house


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, rules=allowing(PAUSES)) as house:
        yield taken(house)


def due(house: House) -> str:
    """When the repair is due."""
    ticket, rules = house.ticket(), house.rules
    clocks = clocks_of(ticket, rules.contract_of(ticket), rules.calendar, rules.versions)
    return next(clock.due.strftime("%m-%d %H:%M") for clock in clocks if clock.name == "fix")


def test_none_of_the_five_contracts_allows_one(house: House) -> None:
    assert not any(contract.pauses for contract in packaged_rules().contracts.values())
    taken(house)
    house.says("engineer2", "暂停 W1 等院方提供端口")
    house.expect("engineer2", "没有约定暂停计时", "照常计时", purpose=Purpose.ANSWER)
    assert house.ticket().events[-1].kind is not EventKind.PAUSED
    assert not house.heard


def test_the_hospital_hears_of_it_and_lets_the_clock_run_again(waiting: House) -> None:
    before = due(waiting)
    waiting.says("engineer2", "暂停 W1 等院方提供端口")
    waiting.expect("engineer2", "已按第 2.3 条暂停计时：修复", "等院方提供端口", purpose=Purpose.ANSWER)
    waiting.expect("manager", "暂停计时：修复", "等院方提供端口")
    waiting.expect("nurse", "暂停处理", "等院方提供端口")
    waiting.forward(minutes=30)
    waiting.presses("manager", "继续")
    waiting.expect("manager", "已恢复计时", purpose=Purpose.ANSWER)
    waiting.expect("engineer2", "恢复计时", "期限")
    waiting.expect("nurse", "已继续处理")
    hours, minutes = divmod(int(before[6:8]) * 60 + int(before[9:]) + 30, 60)
    assert due(waiting) == f"{before[:5]} {hours:02}:{minutes:02}"
    waiting.forget()  # the written plan goes on being reminded of


def test_nothing_is_overdue_and_nobody_is_reminded_while_it_lasts(waiting: House) -> None:
    waiting.says("engineer2", "到场 W1")
    waiting.says("engineer2", "暂停 W1 等院方提供端口")
    waiting.forget()
    waiting.forward(hours=6)
    assert not [h for h in waiting.all if h.notice.purpose is Purpose.BREACH]
    assert not [h for h in waiting.heard if h.notice.purpose is Purpose.REMINDER and "修复" in h.notice.text]
    waiting.says("engineer2", "进度 W1")
    waiting.expect("engineer2", "修复 已暂停")
    waiting.says("engineer2", "继续 W1")
    waiting.forward(hours=4)
    assert [h for h in waiting.heard if h.notice.purpose is Purpose.REMINDER and "修复" in h.notice.text]
    waiting.expect("manager", "修复", purpose=Purpose.BREACH)
    waiting.forget()


def test_it_ends_by_itself_when_the_contract_limits_it(tmp_path: Path) -> None:
    with open_house(tmp_path, rules=allowing(LIMITED)) as house:
        taken(house)
        house.says("engineer2", "到场 W1")
        house.says("engineer2", "暂停 W1 等院方提供端口")
        house.expect("engineer2", "最迟 今天 05:42 自动恢复")
        house.forget()
        house.forward(hours=1, minutes=59)
        assert house.ticket().events[-1].kind is EventKind.PAUSED
        house.forward(minutes=1)
        last = house.ticket().events[-1]
        assert (last.kind, last.by, last.at) == (EventKind.CONTINUED, "", house.now)
        house.expect("engineer2", "暂停期已满", "期限")
        house.expect("manager", "暂停期已满")
        house.says("manager", "继续 W1")
        house.expect("manager", "没有暂停计时")
        house.forget()


def test_after_a_downtime_it_is_over_since_it_was_to_be(tmp_path: Path) -> None:
    with open_house(tmp_path, rules=allowing(LIMITED)) as house:
        taken(house)
        house.says("engineer2", "到场 W1")
        house.says("engineer2", "暂停 W1 等院方提供端口")
        began = house.now
        projected = due(house)
        house.now = began.replace(hour=7)
        house.forward(seconds=1)
        last = house.ticket().events[-1]
        assert (last.kind, last.at - began) == (EventKind.CONTINUED, timedelta(hours=2))
        assert due(house) == projected
        house.forget()


@pytest.mark.parametrize(
    ("who", "text", "answer"),
    [
        ("engineer2", "暂停 W1", "请写明暂停原因"),
        ("nurse", "暂停 W1 明天再说", "工程师"),
        ("engineer2", "继续 W1", "没有暂停计时"),
        ("stranger", "继续 W1", "W1"),
    ],
)
def test_what_is_refused(waiting: House, who: str, text: str, answer: str) -> None:
    events = len(waiting.ticket().events)
    waiting.says(who, text)
    waiting.expect(who, answer)
    assert len(waiting.ticket().events) == events


def test_a_second_pause_and_one_that_comes_too_late_are_refused(waiting: House) -> None:
    waiting.says("engineer2", "暂停 W1 等院方提供端口")
    waiting.says("engineer2", "暂停 W1 还在等")
    waiting.expect("engineer2", "起已暂停计时")
    waiting.says("engineer2", "修好了 W1 原因：端口 方法：换端口 结果：正常")
    waiting.says("engineer2", "暂停 W1 等院方确认")
    waiting.expect("engineer2", "W1")
    assert [e.kind for e in waiting.ticket().events].count(EventKind.PAUSED) == 1
    waiting.forget()


def test_an_overdue_repair_cannot_be_paused(waiting: House) -> None:
    waiting.forward(hours=5)
    waiting.forget()
    waiting.says("engineer2", "暂停 W1 等院方提供端口")
    waiting.expect("engineer2", "没有可以暂停的计时")


def test_of_several_pauses_the_one_meant_is_asked_for(tmp_path: Path) -> None:
    with open_house(tmp_path, rules=allowing(PAUSES + NIGHT)) as house:
        taken(house)
        house.says("engineer2", "暂停 W1 等院方提供端口")
        house.expect("engineer2", "按哪一条暂停")
        house.presses("engineer2", "夜间不便施工")
        paused = house.ticket().events[-1]
        assert (paused.kind, paused.data["pause"], paused.data["reason"]) == (
            EventKind.PAUSED,
            "night",
            "等院方提供端口",
        )
        house.says("engineer2", "继续 W1")
        house.says("engineer2", "暂停 W1 等待院方提供端口")
        assert house.ticket().events[-1].data["pause"] == "waiting"
        house.forget()


def test_the_words_of_a_nurse_who_says_pause_are_a_report(waiting: House) -> None:
    waiting.says("nurse", "继续报错，PACS打不开")
    assert waiting.count() == 2
    waiting.forget()


def test_after_a_pause_nobody_is_called_for_the_time_that_it_took(tmp_path: Path) -> None:
    rules = allowing(PAUSES.replace('"fix"', '"arrive", "fix", "plan"'))
    with open_house(tmp_path, rules=rules) as house:
        taken(house).says("engineer2", "暂停 W1 等院方提供端口")
        house.forward(hours=5)
        house.says("manager", "继续 W1")
        house.forward(minutes=55)
        assert [heard for heard in house.heard if heard.notice.purpose is Purpose.PAGE] == []
        house.forward(minutes=10)  # two hours were left for the arrival, half of them are gone
        house.expect_page("engineer2", "还没有进展")
        house.forget()
