"""Announced maintenance and known faults: told at once to whoever reports, answered with one button."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handlers.maintenance_book import book
from sla.labels import Scope
from sla.message import Purpose
from sla.ticket import State
from tests.support.house import ZONE, House, open_house

EVENING = datetime(2026, 9, 30, 21, 0, tzinfo=ZONE)
SAID = "维护 HIS 今晚22:00-23:30 升级"


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[House]:
    """Nine in the evening; whatever is left over is not the point."""
    with open_house(tmp_path, EVENING) as house:
        yield house
        house.forget()


def pages(house: House, ticket: int) -> list[str]:
    """Who was paged for a ticket."""
    return [h.who for h in house.all if h.notice.purpose is Purpose.PAGE and h.notice.ticket == ticket]


# announcing


def test_it_is_told_to_the_managers_and_who_is_on_call_alone(evening: House) -> None:
    evening.says("lead", SAID)
    noted = evening.expect("lead", "已登记维护 1", "HIS", "今天 22:00 至 今天 23:30", "升级")
    assert [button.label for row in noted.buttons for button in row] == ["取消维护 1"]
    for who in ("provider-manager", "manager", "engineer2"):
        evening.expect(who, "示例·陈组长登记了维护 1")
    assert not evening.heard


@pytest.mark.parametrize(
    ("who", "words", "begins", "ends"),
    [
        ("engineer1", "公告：今晚22:00-次日01:00 HIS 数据库迁移", "2026-09-30 22:00", "2026-10-01 01:00"),
        ("manager", "维护 PACS 明晚10点到11点半", "2026-10-01 22:00", "2026-10-01 23:30"),
        ("provider-manager", "maintenance HIS tonight 22:00-23:30 upgrade", "2026-09-30 22:00", "2026-09-30 23:30"),
        ("engineer1", "维护 HIS 23:00-02:00", "2026-09-30 23:00", "2026-10-01 02:00"),
        ("engineer1", "维护 HIS 20:30-21:30 补丁", "2026-09-30 20:30", "2026-09-30 21:30"),
        ("engineer1", "维护 HIS 10月3日 01:00 到 05:00", "2026-10-03 01:00", "2026-10-03 05:00"),
    ],
)
def test_when_it_is_to_be(evening: House, who: str, words: str, begins: str, ends: str) -> None:
    evening.says(who, words)
    records = evening.run(lambda uow: uow.records.between(EVENING, EVENING + timedelta(minutes=1)))
    found = [datetime.fromisoformat(records[0].data[name]).strftime("%Y-%m-%d %H:%M") for name in ("begins", "ends")]
    assert found == [begins, ends]


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        ("engineer1", "维护 今晚22:00-23:30", "请写明系统"),
        ("engineer1", "维护 HIS 今晚升级", "请写明系统"),
        ("engineer1", "维护 HIS 今天 19:00-20:00", "已经过去"),
        ("engineer1", "维护 HIS 10月1日 01:00 到 10月20日 02:00", "最长 7 天"),
        ("engineer1", "取消维护 5", "没有这项维护"),
        ("engineer1", "维护", "目前没有登记的维护"),
        ("nurse", "维护", "目前没有登记的维护"),
    ],
)
def test_what_cannot_be_is_told(evening: House, who: str, words: str, answer: str) -> None:
    evening.says(who, words)
    evening.expect(who, answer)
    assert evening.run(lambda uow: uow.records.between(EVENING, EVENING + timedelta(minutes=1))) == []


def test_a_clinicians_report_that_begins_like_it_is_a_report(evening: House) -> None:
    evening.says("nurse", "维护 窗口HIS打不开了")
    assert evening.count() == 1


def test_it_is_listed_moved_and_taken_back(evening: House) -> None:
    evening.says("lead", SAID)
    evening.says("manager", "维护 PACS 明晚10点到11点")
    evening.forget()
    evening.says("nurse", "维护")
    evening.expect("nurse", "维护 1", "HIS", "维护 2", "PACS")
    evening.says("engineer1", "延长维护 1 到 00:30")
    evening.expect("engineer1", "已改为维护 1", "明天 00:30")
    evening.expect("manager", "示例·王工改了时间", "明天 00:30")
    evening.says("engineer1", "取消维护 2")
    evening.expect("engineer1", "已取消", "维护 2", "明天 22:00 至 明天 23:00")
    evening.says("nurse", "维护")
    assert "维护 2" not in evening.expect("nurse", "维护 1").text
    evening.presses("lead", "取消维护 1")
    evening.expect("lead", "已取消", "维护 1")


def test_help_names_it_to_those_who_may(evening: House) -> None:
    evening.says("engineer1", "帮助")
    evening.expect("engineer1", "维护 HIS 今晚")
    evening.says("nurse", "帮助")
    evening.expect_silence("nurse", "维护 HIS")


# a report meanwhile


@pytest.fixture
def going_on(evening: House) -> House:
    """Ten past ten: maintenance 1 of HIS goes on."""
    evening.says("lead", SAID)
    evening.forward(minutes=70)
    evening.forget()
    return evening


def test_whoever_reports_is_told_and_needs_nothing_with_one_button(going_on: House) -> None:
    going_on.says("head-hr", "HIS打不开了")
    going_on.expect("head-hr", "W1", "正在维护", "升级", "今天 23:30", "您回答后就呼叫")
    going_on.presses("head-hr", "是维护造成的")
    going_on.expect("head-hr", "W1 已关闭", "今天 23:30")
    assert going_on.ticket().state is State.CANCELLED
    going_on.forward(minutes=60)
    assert pages(going_on, 1) == []
    going_on.forward(minutes=25)
    going_on.expect("head-hr", "维护已经结束", "W1")


def test_without_the_button_it_is_a_ticket_like_any_other(going_on: House) -> None:
    going_on.says("head-hr", "HIS打不开了")
    going_on.forward(seconds=119)
    assert pages(going_on, 1) == []
    going_on.forward(seconds=1)
    going_on.expect_page("engineer2", "W1")


def test_a_critical_report_pages_at_once_and_is_told_all_the_same(going_on: House) -> None:
    going_on.says("nurse", "急诊科HIS打不开，所有电脑都开不了医嘱，抢救等着用")
    going_on.expect_page("engineer2", "W1")
    going_on.expect("nurse", "正在维护")


def test_that_something_else_is_wrong_pages_at_once(going_on: House) -> None:
    going_on.says("head-hr", "HIS打不开了")
    going_on.presses("head-hr", "不是维护造成的")
    going_on.expect_page("engineer2", "W1")
    going_on.expect("head-hr", "单独处理", "正在呼叫")


def test_who_waits_hears_that_it_takes_longer_and_when_it_is_ended(going_on: House) -> None:
    going_on.says("head-hr", "HIS打不开了")
    going_on.presses("head-hr", "是维护造成的")
    going_on.forget()
    going_on.says("lead", "维护 1 到 00:30")
    going_on.expect("head-hr", "明天 00:30", "W1")
    going_on.forward(minutes=100)
    going_on.expect_silence("head-hr", "已经结束")
    going_on.forget()
    going_on.says("lead", "维护结束 1")
    going_on.expect("lead", "已结束", "至 今天 23:50")  # and not as it was planned
    going_on.expect("manager", "结束了维护 1", "至 今天 23:50")
    assert going_on.run(lambda uow: book(uow, going_on.now))[1].ends == going_on.now
    going_on.expect("head-hr", "已经结束")
    going_on.says("icu-nurse", "HIS打不开了")
    going_on.expect_silence("icu-nurse", "正在维护")


def test_the_second_of_an_incident_is_asked_as_well_and_the_incident_outlives_the_first(going_on: House) -> None:
    going_on.says("head-hr", "HIS打不开了")
    going_on.says("icu-nurse", "HIS打不开了")
    going_on.expect("icu-nurse", "正在维护")
    assert going_on.ticket(2).incident == 1
    going_on.presses("head-hr", "是维护造成的")
    assert going_on.ticket(2).incident is None
    going_on.forward(minutes=3)
    assert pages(going_on, 2) == ["engineer2"]


def test_another_system_and_another_time_are_no_matter_of_it(going_on: House) -> None:
    going_on.says("head-hr", "PACS打不开了")
    going_on.expect_silence("head-hr", "维护")
    going_on.forward(minutes=90)
    going_on.says("icu-nurse", "HIS打不开了")
    going_on.expect_silence("icu-nurse", "正在维护")


# a known fault


@pytest.fixture
def known(evening: House) -> House:
    """W1 stops a department, engineer2 has it, and it was reported twenty minutes ago."""
    evening.says("nurse", "急诊科HIS打不开，所有电脑都开不了医嘱")
    evening.says("engineer2", "接单")
    evening.forward(minutes=20)
    evening.forget()
    return evening


def test_a_known_fault_is_told_at_once_and_joined_with_one_button(known: House) -> None:
    known.says("head-hr", "HIS打不开了")
    answer = known.expect("head-hr", "W2", "HIS", "已知故障：W1", "示例·李工处理中", "修复期限 ", "2分钟")
    assert [button.label for row in answer.buttons for button in row] == ["就是这个故障", "不是同一问题"]
    known.presses("head-hr", "就是这个故障")
    known.expect("head-hr", "W2", "W1", "2 人")
    assert known.ticket(2).incident == 1
    known.forward(minutes=10)
    assert pages(known, 2) == []


def test_without_the_button_its_page_only_waits(known: House) -> None:
    known.says("head-hr", "HIS打不开了")
    known.forward(seconds=119)
    assert pages(known, 2) == []
    known.forward(seconds=1)
    assert pages(known, 2) == ["engineer2"]


def test_a_critical_one_waits_for_nothing(known: House) -> None:
    known.says("icu-nurse", "ICU全科HIS打不开，病人抢救等着用")
    known.expect("icu-nurse", "已知故障：W1")
    assert pages(known, 2) == ["engineer2"]


def test_that_it_is_another_pages_at_once_and_is_never_joined(known: House) -> None:
    known.says("head-hr", "HIS打不开了")
    known.presses("head-hr", "不是同一问题")
    assert pages(known, 2) == ["engineer2"]
    known.says("icu-nurse", "HIS打不开了")
    assert known.ticket(3).incident is None


def test_what_is_particular_and_what_nobody_has_taken_is_not_asked_about(evening: House) -> None:
    evening.says("head-hr", "HIS打不开了")
    evening.forward(minutes=20)
    evening.says("icu-nurse", "HIS打不开了")
    evening.expect_silence("icu-nurse", "已知故障")
    assert evening.ticket(1).scope is Scope.WORKSTATION
    evening.says("nurse", "HIS的打印机不出纸，处方打不出来")
    evening.expect_silence("nurse", "已知故障")
