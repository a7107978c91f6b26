"""The one question back: what is offered and in which order, who need not wait for it, and every way to answer."""

import pytest

from sla.labels import Priority
from sla.message import Purpose
from tests.support.house import House

ICU_SYSTEMS = {"jiahe-icu", "mijian-icu", "medical-monitoring"}


def offered(house: House, who: str) -> list[str]:
    """The ids of the systems under the latest question, in their order; "other" for 其他/不清楚."""
    asked = next(heard for heard in reversed(house.all) if heard.who == who and heard.notice.purpose is Purpose.ANSWER)
    buttons = [button for row in asked.notice.buttons for button in row]
    return [button.action.split(":")[2] for button in buttons if button.action.startswith("system:")]


def reported_before(house: House, who: str, *texts: str) -> None:
    """Faults of another time, long settled."""
    for text in texts:
        number = house.says(who, text)
        house.says("manager", f"撤销 W{number} 旧单")
        house.forward(minutes=6)
    house.forget()


def test_what_the_words_may_mean_comes_first_and_alone(house: House) -> None:
    house.says("icu-nurse", "重症系统打不开")
    assert set(offered(house, "icu-nurse")[:-1]) == ICU_SYSTEMS
    assert offered(house, "icu-nurse")[-1] == "other"
    house.forget()


def test_of_these_what_the_department_reported_before_comes_first(house: House) -> None:
    reported_before(house, "head-icu", "重症监护管理系统打不开")
    house.says("icu-nurse", "重症系统打不开")
    found = offered(house, "icu-nurse")
    assert found[0] == "medical-monitoring"
    assert set(found[:-1]) == ICU_SYSTEMS
    assert house.ticket(house.count()).system is None  # put first, never booked by itself
    house.forget()


def test_of_these_what_the_person_reported_before_comes_first_wherever_it_works(house: House) -> None:
    reported_before(house, "head-hr", "医学考试系统打不开")
    house.says("head-hr", "考试系统进不去")
    assert offered(house, "head-hr")[:2] == ["medical-exam", "sanji-exam"]
    house.forget()


def test_without_a_hint_what_was_reported_most_often_comes_first(house: House) -> None:
    reported_before(house, "head-icu", "PACS打不开", "OA打不开", "PACS看不了片子")
    house.says("icu-nurse", "系统打不开了")
    assert offered(house, "icu-nurse")[:2] == ["pacs", "oa"]
    house.forget()


def test_nobody_is_said_to_be_called_while_the_page_waits_for_the_answer(house: House) -> None:
    house.says("icu-nurse", "系统打不开了，单独我这台")
    house.expect("icu-nurse", "您回答后就呼叫值班工程师示例·李工")
    house.says("icu-nurse", "怎么样了")
    assert "正在呼叫" not in house.expect("icu-nurse", "W1", "待接单").text
    house.forward(minutes=2)
    house.expect_page("engineer2", "W1")
    house.says("icu-nurse", "怎么样了")
    house.expect("icu-nurse", "待接单，正在呼叫示例·李工")
    house.forget()


def test_with_no_past_what_is_named_after_the_department(house: House) -> None:
    house.says("icu-nurse", "系统打不开了")
    assert set(offered(house, "icu-nurse")[:3]) == ICU_SYSTEMS
    assert len(offered(house, "icu-nurse")) == 7
    house.forget()


@pytest.mark.parametrize(
    "answer", ["不知道", "我也不清楚", "不清楚是哪个系统", "都不是", "其他", "don't know", "other"]
)
def test_who_does_not_know_says_so_and_the_engineer_is_called_at_once(house: House, answer: str) -> None:
    house.says("icu-nurse", "系统打不开了")
    house.forget()
    house.forward(seconds=30)
    house.says("icu-nurse", answer)
    house.expect("icu-nurse", "由工程师来判断", "正在呼叫值班工程师")
    house.expect_page("engineer2", "W1")
    assert house.ticket().system is None
    house.forward(minutes=3)
    house.expect_silence("engineer2", "【呼叫】")  # the wait is over once


def test_the_button_for_it(house: House) -> None:
    house.says("icu-nurse", "重症系统打不开")
    house.presses("icu-nurse", "其他/不清楚")
    house.expect_page("engineer2", "W1")
    house.forget()
    house.says("icu-nurse", "所有电脑")
    assert "请问是哪个系统" not in house.expect("icu-nurse", "已补充到工单 W1").text  # asked once, not again
    house.forget()


def test_after_no_answer_the_name_is_still_taken(house: House) -> None:
    house.says("icu-nurse", "系统打不开了")
    house.presses("icu-nurse", "其他/不清楚")
    house.forward(minutes=3)
    house.says("icu-nurse", "是PACS")
    assert house.ticket().system == "pacs"
    assert house.count() == 1
    house.forget()


def test_the_page_waits_two_minutes_of_silence(house: House) -> None:
    house.says("icu-nurse", "系统打不开了")
    house.forward(seconds=119)
    house.expect_silence("engineer2")
    house.forward(seconds=1)
    house.expect_page("engineer2", "W1")


def test_a_critical_one_is_asked_for_and_does_not_wait(house: House) -> None:
    house.says("nurse", "所有电脑系统都打不开了")
    assert house.ticket().priority is Priority.CRITICAL
    house.expect_page("engineer2", "优先级 紧急")
    house.expect("nurse", "请问是哪个系统", "正在呼叫值班工程师")


def test_what_is_in_no_catalogue_is_not_guessed_at(house: House) -> None:
    house.says("nurse", "护士站打印机不出纸")
    assert offered(house, "nurse") == ["other"]
    house.expect("nurse", "直接回复系统名称")
    house.forget()
