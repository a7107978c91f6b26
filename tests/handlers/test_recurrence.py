"""Named by its number, a fault that comes back long after its repair is what it was, under a number of its own."""

import pytest

from handlers.record_words import told
from sla.labels import Kind, Priority, Scope
from sla.ticket import EventKind
from tests.support.house import House


def confirmed(house: House, words: str) -> None:
    """W1, which the nurse reported in these words, was mended, and she said so."""
    house.says("nurse", words)
    house.says("engineer2", "接单 W1")
    house.says("engineer2", "修好了 W1 原因：锁表 方法：杀会话 结果：恢复")
    house.presses("nurse", "确认修复")


@pytest.fixture
def over(house: House) -> House:
    """W1 was confirmed nine days ago."""
    confirmed(house, "急诊科HIS打不开，所有电脑都开不了医嘱")
    house.forward(days=9)
    house.forget()
    return house


def test_it_is_reported_with_the_labels_of_before_and_says_so(over: House) -> None:
    assert over.says("nurse", "W1 还是不行") == 2
    before, again = over.ticket(1), over.ticket(2)
    for name in ("kind", "system", "department", "scope", "severity", "priority", "contract"):
        assert getattr(again, name) == getattr(before, name), name
    over.expect("nurse", "已开工单 W2", "W1 的故障再次出现", "急诊科", "优先级 紧急（与原来相同）")
    over.expect_page("engineer1", "W2", "W1 复发：急诊科HIS打不开")  # whoever has the turn by now, and at once
    assert not before.is_open
    report = again.events[0]
    assert "W1 复发" in told(again, report, report.data, over.rules, "zh")


def test_said_again_it_is_the_same_report(over: House) -> None:
    over.says("nurse", "W1 还是不行")
    over.forward(minutes=6)
    over.forget()
    assert over.says("nurse", "W1 还是不行") == 2
    over.expect("engineer1", "还是不行")
    assert over.count() == 2
    over.forget()


def test_what_the_words_say_otherwise_stands(over: House) -> None:
    over.says("nurse", "W1 还是不行，这次全院都这样")
    assert (over.ticket(2).system, over.ticket(2).scope) == ("his", Scope.HOSPITAL)
    over.forget()


def test_what_others_made_graver_is_not_taken_over(house: House) -> None:
    house.says("head-hr", "我的电脑HIS打不开")
    house.says("icu-nurse", "ICU的HIS全科都打不开")
    assert house.ticket().priority is Priority.CRITICAL
    assert house.ticket(2).incident == 1
    house.says("engineer2", "接单 W1")
    house.says("engineer2", "修好了 W1 原因：锁表 方法：杀会话 结果：恢复")
    house.presses("head-hr", "确认修复")
    house.forward(days=9)
    house.says("head-hr", "W1 还是不行")
    assert (house.ticket(3).scope, house.ticket(3).priority) == (Scope.WORKSTATION, Priority.MEDIUM)
    house.forget()


def test_it_may_come_back_more_than_once(over: House) -> None:
    over.says("nurse", "W1 还是不行")
    over.says("engineer1", "接单 W2")
    over.says("engineer1", "修好了 W2 原因：锁表 方法：杀会话 结果：恢复")
    over.presses("nurse", "确认修复")
    over.forward(days=9)
    assert over.says("nurse", "W2 还是不行") == 3
    assert over.ticket(3).title == "W2 复发：急诊科HIS打不开，所有电脑都开不了医嘱"
    over.forget()


def test_within_a_week_it_is_opened_again_as_before(house: House) -> None:
    house.says("nurse", "急诊科HIS打不开，所有电脑都开不了医嘱")
    house.says("engineer2", "修好了 W1 原因：锁表 方法：杀会话 结果：恢复")
    house.presses("nurse", "确认修复")
    house.forward(days=6)
    assert house.says("nurse", "W1 还是不行") == 1
    assert house.ticket().events[-1].kind is EventKind.REOPENED
    house.forget()


@pytest.mark.parametrize(
    ("before", "again", "priority"),
    [
        ("请问HIS怎么导出报表", "W1 还是不行，急诊全科HIS都登不上了", Priority.CRITICAL),
        ("我的打印机卡纸", "W1 又不行了，抢救室正在抢救病人，等着打印", Priority.HIGH),
        ("我的打印机卡纸", "W1 又不行了，数据库全没了，所有数据丢了", Priority.CRITICAL),
        ("HIS有点慢", "W1 又不行了，HIS全院都打不开了", Priority.CRITICAL),
    ],
)
def test_what_is_worse_than_before_weighs_more_than_before(
    house: House, before: str, again: str, priority: Priority
) -> None:
    confirmed(house, before)
    house.forward(days=9)
    house.forget()
    assert house.ticket().priority in (Priority.LOW, Priority.MEDIUM)
    assert house.says("nurse", again) == 2
    assert (house.ticket(2).kind, house.ticket(2).priority) == (Kind.FAULT, priority)
    house.forward(minutes=3)  # a system that nobody named is asked for first
    house.expect_page("engineer1", "W2")
    house.forget()


def test_who_was_given_something_that_fails_now_reports_a_fault(house: House) -> None:
    confirmed(house, "帮我开通一个HIS账号")
    house.forward(days=9)
    house.forget()
    house.says("nurse", "W1 又登不上了")
    assert house.ticket(2).kind is Kind.FAULT
    house.forget()


def test_a_report_that_names_what_is_over_is_a_report(house: House) -> None:
    confirmed(house, "HIS有点慢")
    house.forget()
    assert house.says("nurse", "W1 HIS全院都打不开了") == 2
    assert house.ticket(2).priority is Priority.CRITICAL
    house.forget()
