"""A priority that somebody names, and nothing else, is what they want it to be: no note, no report, no mere hurry."""

import pytest

from handlers.wished import wished
from sla.labels import Priority
from sla.message import Purpose
from sla.ticket import EventKind
from tests.support.house import House


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("这个很急，提到最高", "critical"),
        ("请把优先级调到最高", "critical"),
        ("请按最高优先级处理", "critical"),
        ("能不能提到最高？", "critical"),
        ("W1 优先级改为紧急", "critical"),
        ("please raise it to the highest priority", "critical"),
        ("top priority please", "critical"),
        ("优先级应该是高", "high"),
        ("改成高优先级", "high"),
        ("请把W1的优先级降为低吧", "low"),
        ("优先级最低", "low"),
        ("priority should be medium", "medium"),
    ],
)
def test_what_is_asked_for(text: str, priority: str) -> None:
    assert wished(text) == Priority(priority)


@pytest.mark.parametrize(
    "text",
    [
        "急！！",
        "很急，快点",
        "不要提到最高",
        "优先级是高吗？",
        "为什么把优先级改为低？",
        "PACS打不开，优先级最高",
        "最高血压测不出来",
        "is it high priority?",
        "紧急",
        "高",
        "这个最高",
        "优先级低了",
        "the priority is low",
    ],
)
def test_what_asks_for_none(text: str) -> None:
    assert wished(text) is None


@pytest.fixture
def open_(house: House) -> House:
    """W1 of the nurse is of medium priority."""
    house.says("nurse", "我的电脑HIS打不开")
    house.forget()
    return house


@pytest.mark.parametrize(("text", "priority"), [("优先级改为低", "low"), ("优先级应该是高", "high")])
@pytest.mark.parametrize("later", [0, 4, 120])
def test_who_reports_puts_it_right_in_words_without_a_number(
    open_: House, text: str, priority: str, later: int
) -> None:
    open_.forward(minutes=later)
    assert open_.says("nurse", text) == 1
    open_.expect("nurse", "W1 已更正为")
    assert open_.ticket().priority == priority
    open_.forget()


@pytest.mark.parametrize("words", ["这个很急，提到最高", "优先级提到最高", "W1 优先级改为紧急"])
def test_the_highest_is_put_before_the_managers_and_somebody_is_called_meanwhile(open_: House, words: str) -> None:
    assert open_.says("nurse", words) == 1
    open_.expect("nurse", "须由医院管理人员同意", "已催促")
    assert {heard.who for heard in open_.heard if heard.notice.purpose is Purpose.PAGE} == {"engineer2", "engineer1"}
    assert open_.ticket().priority is Priority.MEDIUM
    open_.expect("manager", "示例·林护士建议更改 W1", "优先级 紧急")
    open_.says("nurse", "提到最高！！")
    open_.expect_silence("manager", "建议更改")  # once is enough
    open_.presses("manager", "同意更改")
    assert open_.ticket().priority is Priority.CRITICAL
    open_.expect("nurse", "优先级 紧急")
    open_.forget()


def test_a_head_of_a_department_gives_it(house: House) -> None:
    house.says("head-icu", "我的电脑HIS打不开")
    house.says("head-icu", "提到最高")
    assert house.ticket().priority is Priority.CRITICAL
    house.expect_silence("manager", "建议更改")
    house.forget()


def test_of_what_is_critical_already_it_hurries(house: House) -> None:
    house.says("nurse", "急诊科HIS打不开，所有电脑都开不了医嘱")
    house.says("nurse", "提到最高")
    assert house.ticket().events[-1].kind is EventKind.URGED
    house.expect_silence("manager", "建议更改")
    house.forget()


def test_who_works_on_it_may_raise_it_without_a_number(open_: House) -> None:
    open_.says("engineer2", "接单 W1")
    open_.says("engineer2", "优先级改为紧急")
    assert open_.ticket().priority is Priority.CRITICAL
    open_.forget()
