"""The engineer takes, arrives, hands over, resolves; who may not is told so."""

from datetime import timedelta

import pytest

from sla.message import Attachment
from sla.ticket import EventKind, State
from tests.support.house import House

REPORT = "急诊科HIS打不开，所有电脑都开不了医嘱"
CHANGE = "请在HIS里新增一个抗菌药物统计报表"


@pytest.fixture
def reported(house: House) -> House:
    """W1 is open and engineer2 was paged."""
    house.says("nurse", REPORT)
    house.forget()
    return house


def kinds(house: House, number: int = 1) -> list[EventKind]:
    return [event.kind for event in house.ticket(number).events]


@pytest.mark.parametrize("words", ["接单", "接单 W1", "W1 接单", "ack", "take W1"])
def test_taking_by_word(reported: House, words: str) -> None:
    assert reported.says("engineer2", words) == 1
    assert reported.ticket().assignee == "engineer2"
    reported.expect("nurse", "已由示例·李工接单")
    answer = reported.expect("engineer2", "已由您接单", "修复")
    assert [button.label for button in answer.buttons[0]] == ["到场", "远程不行", "修好了"]


def test_who_else_was_paged_hears_who_took_it(reported: House) -> None:
    reported.forward(minutes=7)
    reported.expect_page("engineer2", "再次")
    reported.expect_page("engineer1", "W1")
    reported.presses("engineer1", "接单")
    reported.expect("engineer2", "示例·王工已接单", "不用再处理")
    reported.expect("engineer1", "已由您接单")
    reported.forward(minutes=30)


def test_taking_what_somebody_has(reported: House) -> None:
    reported.says("engineer2", "接单")
    reported.says("engineer1", "接单 W1")
    reported.expect("engineer1", "已由示例·李工接单")
    assert reported.ticket().assignee == "engineer2"


def test_nothing_waits(house: House) -> None:
    house.says("engineer2", "接单")
    house.expect("engineer2", "没有待接的工单")
    house.says("engineer2", "到场")
    house.expect("engineer2", "您手上没有处理中的工单")


@pytest.mark.parametrize("answer", ["2", "W2", "工单2"])
def test_two_wait_and_the_words_are_asked_for_a_number(reported: House, answer: str) -> None:
    reported.says("icu-nurse", "PACS看不了片子")
    reported.forget()
    reported.says("engineer2", "接单")
    reported.expect("engineer2", "哪一张工单")
    assert reported.says("engineer2", answer) == 2
    assert reported.ticket(2).assignee == "engineer2"
    assert reported.ticket(1).assignee == ""
    reported.forget()


def test_who_acts_without_taking_has_taken_by_that(reported: House) -> None:
    reported.says("engineer1", "远程不行 W1")
    assert kinds(reported)[1:] == [EventKind.ACKNOWLEDGED, EventKind.REMOTE_FAILED]
    reported.expect("nurse", "已由示例·王工接单")
    reported.expect("nurse", "将安排到现场")
    reported.expect("engineer1", "到场 今天 06:42前")


@pytest.mark.parametrize(
    "words",
    ["接单 W1", "到场 W1", "远程不行 W1", "原因 W1 网线", "修好了 W1 原因：网线", "方案 W1 换网线", "转给 王工 W1"],
)
@pytest.mark.parametrize("who", ["nurse", "manager", "stranger"])
def test_others_may_not(reported: House, words: str, who: str) -> None:
    before = reported.ticket().events
    reported.says(who, words)
    reported.expect(who, "只有工程师")
    assert reported.ticket().events == before


def test_arriving_is_told_and_counted_once(reported: House) -> None:
    reported.says("engineer2", "接单")
    reported.says("engineer2", "到场")
    reported.expect("nurse", "已到现场")
    assert reported.ticket().state is State.ON_SITE
    reported.says("engineer2", "到场")
    reported.expect("engineer2", "之前已经记录过")
    assert kinds(reported).count(EventKind.ARRIVED) == 1


def test_the_cause_is_recorded(reported: House) -> None:
    reported.says("engineer2", "原因 W1")
    reported.expect("engineer2", "请写明原因")
    reported.says("engineer2", "原因 W1 数据库锁表")
    assert reported.ticket().events[-1].data["cause"] == "数据库锁表"


def test_resolving_with_all_parts_at_once(reported: House) -> None:
    reported.says("engineer2", "修好了 W1 原因：交换机故障 方法：更换交换机 结果：业务恢复")
    data = reported.ticket().events[-1].data
    assert (data["cause"], data["method"], data["result"]) == ("交换机故障", "更换交换机", "业务恢复")
    said = reported.expect("nurse", "已修复", "更换交换机")
    assert [button.label for button in said.buttons[0]] == ["确认修复", "还是不行"]


def test_resolving_by_button_asks_once_for_what_is_missing(reported: House) -> None:
    reported.presses("engineer2", "接单")
    reported.presses("engineer2", "修好了")
    reported.expect("engineer2", "原因，方法，结果")
    assert reported.ticket().is_working
    reported.says("engineer2", "原因是网线松了，方法 重新插好")
    assert reported.ticket().state is State.RESOLVED
    data = reported.ticket().events[-1].data
    assert (data["cause"], data["method"]) == ("网线松了", "重新插好")
    reported.expect("engineer2", "记录中缺：结果")


@pytest.mark.parametrize(
    "words", ["原因：网线松了 方法：重新插好 结果：恢复", "cause: 网线松了 method: 重新插好 result: 恢复"]
)
def test_the_answer_in_the_very_form_that_was_asked_for_resolves_it(reported: House, words: str) -> None:
    reported.presses("engineer2", "接单")
    reported.presses("engineer2", "修好了")
    reported.expect("engineer2", "原因：… 方法：… 结果：…")
    reported.says("engineer2", words)
    assert reported.ticket().state is State.RESOLVED
    data = reported.ticket().events[-1].data
    assert (data["cause"], data["method"], data["result"]) == ("网线松了", "重新插好", "恢复")


def test_the_cause_of_a_ticket_that_is_named_is_a_cause_whatever_is_asked(reported: House) -> None:
    reported.presses("engineer2", "接单")
    reported.presses("engineer2", "修好了")
    reported.says("engineer2", "原因 W1 数据库锁表")
    assert reported.ticket().is_working
    assert reported.ticket().events[-1].data["cause"] == "数据库锁表"


def test_the_answer_to_one_missing_part_is_that_part(reported: House) -> None:
    reported.says("engineer2", "修好了 W1 原因：网线松 方法：重插")
    reported.expect("engineer2", "结果")
    reported.says("engineer2", "全部恢复")
    assert reported.ticket().events[-1].data["result"] == "全部恢复"


def test_mere_words_resolve_it_and_are_kept(reported: House) -> None:
    reported.says("engineer2", "修好了 W1")
    reported.says("engineer2", "重启了一下服务器就好了")
    assert reported.ticket().state is State.RESOLVED
    assert reported.ticket().events[-1].data["text"] == "重启了一下服务器就好了"


def test_a_picture_is_no_answer_to_what_was_done(reported: House) -> None:
    reported.says("engineer2", "修好了 W1")
    reported.says("engineer2", attachments=(Attachment("rack.png", "image/png", 10, ref="f7"),))
    assert reported.ticket().is_working
    assert "f7" in [event.data.get("file") for event in reported.ticket().events]


def test_a_command_goes_before_an_open_question(reported: House) -> None:
    reported.says("engineer2", "修好了 W1")
    reported.says("engineer2", "值班")
    reported.expect("engineer2", "第一值班")
    assert reported.ticket().is_working


def test_handing_over(reported: House) -> None:
    reported.says("engineer2", "接单")
    reported.says("engineer2", "转给 示例·王工")
    reported.expect_page("engineer1", "W1")
    reported.expect("nurse", "已转给示例·王工")
    assert reported.ticket().assignee == "engineer1"
    reported.says("engineer1", "接单")
    reported.forget()
    reported.says("engineer2", "转给 engineer2 W1")
    reported.expect("engineer2", "已由示例·王工接单")
    reported.says("engineer1", "转给 隔壁老王")
    reported.expect("engineer1", "找不到")
    reported.says("engineer1", "转给")
    reported.expect("engineer1", "请写明转给谁")
    reported.says("lead", "转给 engineer2 W1")
    assert reported.ticket().assignee == "engineer2"
    reported.expect_page("engineer2", "W1")


def test_whom_it_was_handed_to_hears_that_another_took_it(reported: House) -> None:
    """The other one on call now, and no longer who handed it over, is who need not come any more."""
    reported.says("engineer2", "接单")
    reported.forward(minutes=1)
    reported.says("engineer2", "转给 示例·王工")
    reported.expect_page("engineer1", "W1")
    reported.forget()
    reported.says("lead", "接单 W1")
    reported.expect("engineer1", "示例·陈组长已接单", "不用再处理")
    reported.expect_silence("engineer2", "不用再处理")


def test_words_and_files_between_the_sides_are_passed_on(reported: House) -> None:
    reported.says("engineer2", "接单")
    reported.forget()
    reported.says("engineer2", "我在路上了，十分钟到")
    reported.expect("nurse", "示例·李工说", "十分钟到")
    reported.says("nurse", "说明 W1 在二楼抢救室")
    reported.expect("engineer2", "二楼抢救室")
    reported.says("engineer2", "W1 日志", attachments=(Attachment("log.txt", "text/plain", 10, ref="f9"),))
    assert reported.expect("nurse", "日志").attachments == (Attachment("log.txt", "text/plain", 10, ref="f9"),)
    picture = Attachment("屏幕.png", "image/png", 12, ref="f10")
    reported.says("nurse", "说明 W1 屏幕这样", attachments=(picture,))
    assert reported.expect("engineer2", "屏幕这样").attachments == (picture,)
    assert "f9" in [event.data.get("file") for event in reported.ticket().events]


def test_a_reply_finds_its_ticket(reported: House) -> None:
    reported.says("icu-nurse", "PACS看不了片子")
    page = next(heard for heard in reported.all if heard.who == "engineer2" and "W1" in heard.notice.text)
    reported.says("engineer2", "接单", reply_to=page.id)
    assert reported.ticket(1).assignee == "engineer2"
    assert reported.ticket(2).assignee == ""
    reported.forget()


def test_the_stages_of_a_change(house: House) -> None:
    house.says("nurse", CHANGE)
    house.says("engineer2", "接单 W1")
    house.forget()
    for words, told in (
        ("评估通过", "评估通过"),
        ("方案已出 W1", "给出解决方案"),
        ("已开发", ""),
        ("已上线 W1", "已上线"),
    ):
        house.says("engineer2", words)
        if told:
            house.expect("nurse", told)
        done = house.expect("engineer2", "W1 已记录")
        assert bool(done.buttons) is house.ticket().is_working, "what is live waits for nobody's work"
        house.now += timedelta(hours=1)
    assert house.ticket().state is State.RESOLVED
    house.says("nurse", "验收 W1")
    house.expect("nurse", "满意")
    assert house.ticket().state is State.CONFIRMED
    assert kinds(house)[-1] is EventKind.ACCEPTED
    house.forget()


def test_a_fault_has_no_stages(reported: House) -> None:
    reported.says("engineer2", "评估通过 W1")
    reported.expect("engineer2", "不是需求变更")
    assert kinds(reported) == [EventKind.REPORTED]
    reported.says("nurse", "验收 W1")
    reported.expect("nurse", "不是需求变更")


def test_lists_and_records(reported: House) -> None:
    reported.says("engineer2", "工单")
    reported.expect("engineer2", "W1", "待接单", "响应 今天 03:57前")
    reported.says("engineer2", "值班")
    reported.expect("engineer2", "第一值班 示例·李工", "第二值班 示例·王工", "今天 08:00起")
    reported.says("nurse", "W1")
    reported.expect("nurse", REPORT, "急诊科")
    reported.says("icu-nurse", "W1")
    reported.expect("icu-nurse", "不是您的工单")
    reported.says("icu-nurse", "工单")
    reported.expect("icu-nurse", "没有未结束的工单")
    reported.says("manager", "帮助")
    reported.expect("manager", "审批人")


@pytest.mark.parametrize("words", ["接单 W1 W2", "接单 W1、W2", "take W1 and W2"])
def test_several_are_taken_at_once(reported: House, words: str) -> None:
    reported.says("nurse", "PACS看不了片子")
    reported.forget()
    reported.says("engineer2", words)
    assert {reported.ticket(number).assignee for number in (1, 2)} == {"engineer2"}
    reported.expect("engineer2", "W1 ")
    reported.expect("engineer2", "W2 ")
    assert EventKind.NOTED not in kinds(reported)


def test_of_several_none_is_taken_where_somebody_has_one(reported: House) -> None:
    reported.says("nurse", "PACS看不了片子")
    reported.says("engineer1", "接单 W2")
    reported.forget()
    reported.says("engineer2", "接单 W1 W2")
    reported.expect("engineer2", "W2", "示例·王工")
    assert reported.ticket(1).state is State.REPORTED
    reported.forget()


@pytest.mark.parametrize("words", ["到了", "我到了", "已到现场", "I'm here"])
def test_arriving_in_the_words_that_people_write_at_night(reported: House, words: str) -> None:
    reported.says("engineer2", "我来处理")
    reported.says("engineer2", words)
    assert kinds(reported)[-2:] == [EventKind.ACKNOWLEDGED, EventKind.ARRIVED]
    reported.forget()


@pytest.mark.parametrize("words", ["收到", "收到，马上处理", "好的", "我看看", "接单1"])
def test_who_was_called_and_does_not_take_it_hears_that_it_waits(reported: House, words: str) -> None:
    reported.says("engineer2", words)
    offer = reported.expect("engineer2", "W1 还没有人接单")
    assert [button.label for row in offer.buttons for button in row] == ["接单 W1"]
    reported.presses("engineer2", "接单 W1")
    assert reported.ticket().assignee == "engineer2"
    reported.forget()
    reported.says("engineer2", "收到")
    reported.expect("engineer2", "不客气")


def test_who_was_not_called_hears_nothing_of_it(reported: House) -> None:
    reported.says("engineer1", "收到")
    reported.expect_silence("engineer1", "还没有人接单")


def test_cause_and_result_are_told_from_one_another_without_their_names(reported: House) -> None:
    reported.says("engineer2", "接单 W1")
    reported.says("engineer2", "修好了，重启了服务")
    reported.expect("engineer2", "写明原因，结果")
    reported.says("engineer2", "内存泄漏，已恢复")
    found = reported.ticket().events[-1]
    assert found.kind is EventKind.RESOLVED
    assert {**found.data, "cause": "内存泄漏", "method": "重启了服务", "result": "已恢复"} == found.data
    reported.forget()
