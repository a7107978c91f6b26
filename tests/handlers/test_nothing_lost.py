"""A few words that mean more than they say: nobody is left without them."""

import pytest

from sla.labels import Priority, Scope, Severity
from sla.ticket import EventKind, State
from tests.support.house import House


@pytest.mark.parametrize("words", ["可以", "好的", "是的", "对", "嗯，可以", "ok"])
def test_yes_to_what_the_engineer_asked_reaches_the_engineer(house: House, words: str) -> None:
    house.says("nurse", "HIS打不开了")
    house.says("engineer2", "接单 W1")
    house.forward(minutes=2)
    house.says("engineer2", "W1 我远程看一下可以吗")
    house.expect("nurse", "我远程看一下可以吗")
    house.forget()
    assert house.says("nurse", words) == 1
    house.expect("engineer2", "W1", words)


@pytest.mark.parametrize("words", ["好的", "对", "是的", "谢谢"])
def test_yes_to_the_bot_troubles_nobody(house: House, words: str) -> None:
    house.says("nurse", "昨晚10点HIS打不开了")
    house.expect("nurse", "对吗？")
    house.forget()
    before = house.ticket().events
    house.says("nurse", words)
    assert house.ticket().events == before
    house.expect_silence("engineer2")


def test_yes_to_whether_it_is_mended_is_asked_with_the_button(house: House) -> None:
    house.says("nurse", "HIS打不开了")
    house.says("engineer2", "接单 W1")
    house.says("engineer2", "修好了 W1 原因：网络 方法：重启 结果：恢复")
    house.forget()
    house.says("nurse", "可以")
    assert house.expect("nurse", "W1").buttons
    assert house.ticket().state is State.RESOLVED
    house.presses("nurse", "确认修复")
    assert house.ticket().state is State.CONFIRMED
    house.forget()


def test_a_ward_that_says_we_too_is_a_ward(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.expect_page("engineer2", "优先级 中")
    house.forward(minutes=1)
    house.says("icu-nurse", "我们科也打不开")
    ticket = house.ticket(2)
    assert (ticket.incident, ticket.scope, ticket.priority) == (1, Scope.DEPARTMENT, Priority.CRITICAL)
    assert house.ticket(1).priority is Priority.CRITICAL
    house.expect("engineer2", "更严重", "优先级 紧急")
    house.forget()


def test_we_too_of_one_person_makes_nothing_graver(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.says("icu-nurse", "我这也是")
    assert (house.ticket(2).scope, house.ticket(2).priority) == (Scope.WORKSTATION, Priority.MEDIUM)
    house.forget()


def test_a_ward_that_also_has_what_nobody_reported_is_critical(house: House) -> None:
    house.says("icu-nurse", "我们科也打不开")
    assert (house.ticket().scope, house.ticket().priority) == (Scope.DEPARTMENT, Priority.CRITICAL)
    house.expect_page("engineer2", "优先级 紧急")


@pytest.mark.parametrize("after", [20, 600])
def test_still_not_anywhere_says_how_far_it_goes(house: House, after: int) -> None:
    house.says("nurse", "HIS打不开了")
    house.forward(seconds=after)
    house.forget()
    assert house.says("nurse", "所有电脑都不行") == 1
    house.expect("nurse", "W1", "整个科室", "优先级 紧急")
    assert house.ticket().priority is Priority.CRITICAL
    house.forget()


def test_the_engineer_who_has_it_puts_it_right_without_a_number(house: House) -> None:
    house.says("nurse", "HIS打不开了")
    house.says("engineer2", "接单 W1")
    house.forget()
    house.says("engineer2", "不是HIS，是PACS")
    house.expect("manager", "W1", "PACS")
    assert house.ticket().system == "his"
    house.presses("manager", "同意更改")
    assert house.ticket().system == "pacs"
    house.forget()


def test_the_management_asks_how_it_stands(house: House) -> None:
    house.says("nurse", "全院HIS都打不开了")
    house.says("head-hr", "PACS看不了片子")
    house.forget()
    house.says("manager", "HIS怎么样了")
    assert "W2" not in house.expect("manager", "W1").text
    house.says("manager", "怎么样了")
    house.expect("manager", "W1", "W2")


@pytest.mark.parametrize("words", ["2号工单怎么样了", "工单2怎么样了"])
def test_a_ticket_by_its_number_said_either_way(house: House, words: str) -> None:
    house.says("nurse", "HIS打不开")
    house.forward(minutes=2)
    house.says("nurse", "PACS也看不了片子")
    house.forget()
    assert house.says("nurse", words) == 2
    house.forget()


def test_a_colleague_is_called_by_the_end_of_the_name(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.says("engineer2", "接单 W1")
    house.says("engineer2", "转给王工")
    assert house.ticket().events[-1].kind is EventKind.HANDED_OVER
    house.forget()


def test_an_english_sentence_is_answered_in_english(house: House) -> None:
    house.says("nurse", "HIS is down in the ER")
    house.expect("nurse", "Ticket W1 is open")
    house.says("nurse", "works now, thanks", language="zh")
    house.expect("nurse", "W1")
    house.says("icu-nurse", "PACS down")
    house.expect("icu-nurse", "已开工单 W2")
    house.forget()


def test_few_letters_and_buttons_go_on_in_the_language_of_the_report(house: House) -> None:
    house.says("nurse", "HIS keeps crashing for everyone")
    house.expect("nurse", "Ticket W1 is open")
    house.says("nurse", "ok")
    house.expect("nurse", "All right")
    house.says("engineer2", "接单 W1")
    house.says("engineer2", "修好了 W1 原因：网络 方法：重启 结果：恢复")
    house.says("nurse", action="confirm:1")
    house.expect("nurse", "thank you")
    house.forget()


def test_a_call_that_says_all_is_enough(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.forward(seconds=100)
    house.forget()
    house.says("nurse", "是全院")
    house.expect_page("engineer2", "优先级 紧急")
    house.expect_silence("engineer2")


def test_who_was_joined_may_ask_by_the_number_that_was_told(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.forward(minutes=1)
    house.says("icu-nurse", "HIS登不上")
    house.expect("icu-nurse", "并入同一故障 W1")
    house.forget()
    assert house.says("icu-nurse", "W1怎么样了") == 2
    house.expect("icu-nurse", "W2", "W1")
    house.says("icu-nurse", "催 W1")
    assert house.ticket(1).events[-1].kind is EventKind.URGED
    house.says("head-hr", "W1怎么样了")
    house.expect("head-hr", "不是您的工单")
    house.forget()


@pytest.mark.parametrize("words", ["发错了，是PACS", "我选错了，是PACS", "点错了 PACS", "说错了，是PACS"])
def test_a_slip_is_put_right_in_whatever_words(house: House, words: str) -> None:
    house.says("nurse", "HIS打不开")
    house.forward(seconds=20)
    assert house.says("nurse", words) == 1
    assert house.ticket().system == "pacs"
    house.forget()


def test_what_it_is_not_is_not_offered_again(house: House) -> None:
    house.says("nurse", "系统登不上")
    first = house.expect("nurse", "请问是哪个系统").buttons[0][0]
    assert "HIS" in first.label
    house.forward(seconds=20)
    house.says("nurse", "不是HIS")
    labels = [button.label for row in house.expect("nurse", "请问是哪个系统").buttons for button in row]
    assert first.label not in labels
    assert len(labels) > 3
    house.forget()


def test_in_a_group_a_yes_among_others_is_not_answered(house: House) -> None:
    house.says("head-hr", "对", group="room-1")
    house.expect_silence("room-1")
    house.expect_silence("head-hr")


def test_a_guest_who_names_the_system_in_letters_is_answered_in_chinese(house: House) -> None:
    house.says("guest", "打不开了")
    house.says("guest", "HIS")
    house.expect("guest", "W1 现在是")
    house.forget()


def test_one_who_says_it_is_less_bad_speaks_for_one(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.forward(minutes=1)
    house.says("icu-nurse", "ICU全科HIS都打不开")
    house.forward(minutes=3)
    house.forget()
    house.says("nurse", "只是慢，还能用")
    first = house.ticket(1)
    assert (first.scope, first.severity, first.priority) == (Scope.DEPARTMENT, Severity.DOWN, Priority.CRITICAL)
    house.says("icu-nurse", "只是慢，还能用")
    first = house.ticket(1)
    assert (first.scope, first.severity, first.priority) == (Scope.DEPARTMENT, Severity.DEGRADED, Priority.HIGH)
    house.expect("engineer2", "W1", "更正", "优先级 高")
    house.forget()
