"""Tickets joined to an incident by people, and taken out again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sla.ticket import EventKind, State
from tests.support.house import ZONE, House

HERE, THERE = "急诊科HIS打不开，所有电脑都开不了医嘱", "ICU的HIS四台电脑都登录不上"


@pytest.fixture
def two(house: House) -> House:
    """W1 is engineer2's, W2 waits; nothing is joined by itself."""
    site = replace(house.rules.site, incident_window=timedelta())
    house.rules = replace(house.rules, site=site)
    house.says("nurse", HERE)
    house.says("engineer2", "接单 W1")
    house.says("icu-nurse", THERE)
    house.forget()
    return house


def test_joined_by_the_engineer_it_pages_nobody_and_is_resolved_with_the_first(two: House) -> None:
    two.says("engineer2", "合并 W2 W1")
    two.expect("engineer2", "W2 已并入 W1")
    two.expect("icu-nurse", "W2", "同一故障")
    two.forward(minutes=20)
    assert two.ticket(2).incident == 1
    assert not [heard for heard in two.heard if heard.notice.ticket == 2]
    two.says("engineer2", "修好了 W1 原因：交换机 方法：更换 结果：恢复")
    two.expect("icu-nurse", "W2")
    assert two.ticket(2).resolved_at == two.now


def test_taken_out_again_it_is_paged_for_and_its_clocks_go_on_from_its_own_report(two: House) -> None:
    two.says("engineer2", "合并 W2 W1")
    two.forget()
    two.says("icu-nurse", "拆出 W2")
    two.expect("icu-nurse", "W2 已从 W1 拆出")
    two.expect_page("engineer2", "W2")
    assert two.ticket(2).incident is None
    assert two.ticket(2).round == 1
    two.forget()


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        ("engineer2", "合并 W2", "请写明两张工单"),
        ("engineer2", "合并 W2 W2", "不能并入"),
        ("nurse", "合并 W2 W1", "W2"),
        ("engineer2", "拆出 W2", "没有并入"),
    ],
)
def test_what_cannot_be_changes_nothing(two: House, who: str, words: str, answer: str) -> None:
    before = two.ticket(2).events
    two.says(who, words)
    two.expect(who, answer)
    assert two.ticket(2).events == before


def test_under_another_contract_only_the_hospital_joins(two: House) -> None:
    two.says("head-icu", "嘉和重症系统ICU四台电脑都登录不上")
    two.forget()
    two.says("engineer2", "合并 W3 W1")
    assert two.ticket(3).incident is None
    two.says("manager", "合并 W3 W1")
    assert two.ticket(3).incident == 1
    two.forget()


def test_what_was_joined_to_a_ticket_follows_it(two: House) -> None:
    two.says("head-icu", "HIS在ICU开不了医嘱")
    two.says("engineer2", "合并 W3 W2")
    two.says("engineer2", "合并 W2 W1")
    assert [two.ticket(n).incident for n in (1, 2, 3)] == [None, 1, 1]
    assert [e.kind for e in two.ticket(3).events][-2:] == [EventKind.PARTED, EventKind.JOINED]
    two.forget()


def test_a_word_that_only_begins_like_a_command_is_a_report(house: House) -> None:
    house.says("nurse", "合并打印功能坏了，打不出来")
    assert house.count() == 1
    house.forget()


def mended_together(house: House) -> None:
    house.says("engineer2", "合并 W2 W1")
    house.says("engineer2", "修好了 W1 原因：交换机 方法：更换 结果：恢复")
    house.forget()


def test_where_the_repair_never_was_all_of_the_incident_is_worked_on_again(two: House) -> None:
    mended_together(two)
    two.says("manager", "作废 W1 修复 原因：按错了")
    assert [two.ticket(n).state for n in (1, 2)] == [State.ACKNOWLEDGED, State.REPORTED]
    assert two.ticket(2).incident == 1
    two.expect("icu-nurse", "W2", "修复记录有误", "继续处理")
    two.forget()
    two.says("engineer2", "修好了 W1 原因：交换机 方法：更换 结果：恢复")
    two.expect("icu-nurse", "W2")
    assert two.ticket(2).resolved_at == two.now
    two.forget()


def test_who_has_confirmed_it_has_it_mended_whatever_becomes_of_the_incident(two: House) -> None:
    mended_together(two)
    two.says("icu-nurse", "好了，谢谢")
    two.forget()
    two.says("manager", "作废 W1 修复 原因：按错了")
    assert two.ticket(1).is_working
    assert two.ticket(2).state is State.CONFIRMED
    assert EventKind.AMENDED not in [event.kind for event in two.ticket(2).events]
    two.expect_silence("icu-nurse", "修复记录有误")
    two.forget()


def test_a_repair_put_right_is_put_right_for_all_and_may_be_taken_back(two: House) -> None:
    two.forward(minutes=30)
    mended_together(two)
    two.says("manager", "作废 W1 修复 原因：按错了")
    then = two.now - timedelta(minutes=10)
    two.says("manager", f"更正 W1 修复 {then.astimezone(ZONE):%H:%M} 原因：确实修好了")
    assert [two.ticket(n).resolved_at for n in (1, 2)] == [then, then]
    assert not two.ticket(2).is_working
    two.forget()
