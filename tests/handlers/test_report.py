"""A report, its answer, its correction, the question back, a second one while one is open."""

import pytest

from sla.labels import Kind, Priority, Scope
from sla.message import Purpose
from sla.ticket import EventKind, State
from tests.support.house import House

REPORT = "急诊科HIS打不开，所有电脑都开不了医嘱，凌晨3点半开始的"


def test_the_answer_says_what_was_understood_and_what_happens(house: House) -> None:
    house.says("nurse", REPORT)
    said = house.expect("nurse", "已开工单 W1", purpose=Purpose.ANSWER).text
    for words in (
        "HIS",
        "故障",
        "急诊科",
        "整个科室",
        "优先级 紧急",
        "诊疗不能等待",
        "今天 03:30",
        "响应 今天 03:57前",
        "示例·李工",
        "更正",
    ):
        assert words in said
    house.expect_page("engineer2", "W1")
    ticket = house.ticket()
    assert (ticket.contract, ticket.priority, ticket.scope) == ("cqmu2-his", Priority.CRITICAL, Scope.DEPARTMENT)
    assert ticket.rules_version == house.rules.version
    assert ticket.events[0].data["why"]["priority"] == "down-care-waits"


def test_the_writers_own_department_counts_where_the_words_name_none(house: House) -> None:
    house.says("nurse", "我们所有电脑HIS都打不开了")
    ticket = house.ticket()
    assert (ticket.department, ticket.priority) == ("emergency", Priority.CRITICAL)
    house.forget()


def test_patients_stay_out_of_pages(house: House) -> None:
    house.says("nurse", "HIS里患者张三丰的医嘱开不了，电话13812345678")
    page = house.expect_page("engineer2", "W1").text
    assert "13812345678" not in page
    assert "张三丰" not in page
    assert "13812345678" in house.ticket().text


def test_not_this_but_that(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.forget()
    assert house.says("nurse", "不是HIS，是PACS") == 1
    house.expect("nurse", "已更正为", "PACS", "第三方业务系统")
    house.expect("engineer2", "W1", "更正")
    assert house.ticket().contract == "third-party-unified"
    assert house.count() == 1


def test_the_scope_is_corrected_and_the_priority_follows(house: House) -> None:
    house.says("icu-nurse", "HIS打不开了")
    before = house.ticket().priority
    house.forget()
    house.says("icu-nurse", "是全院")
    assert before is not Priority.CRITICAL
    assert house.ticket().priority is Priority.CRITICAL
    house.expect("icu-nurse", "全院")
    house.forget()


def test_the_department_is_corrected_by_its_name_alone(house: House) -> None:
    house.says("head-hr", "HIS打不开了")
    house.says("head-hr", "急诊的")
    assert house.ticket().department == "emergency"
    assert house.count() == 1
    house.forget()


def test_an_unknown_system_is_asked_for_once_and_the_page_waits(house: House) -> None:
    house.says("icu-nurse", "系统打不开了")
    answer = house.expect("icu-nurse", "请问是哪个系统")
    assert "重症" in answer.buttons[0][0].label  # she works in the ICU
    house.forward(minutes=1)
    house.expect_silence("engineer2")
    house.says("icu-nurse", "PACS")
    house.expect("icu-nurse", "W1 现在是", "PACS", "正在呼叫值班工程师示例·李工")
    house.expect_page("engineer2", "PACS")
    assert house.count() == 1


def test_an_answer_in_words_is_kept_whole_and_tells_how_far_it_goes(house: House) -> None:
    house.says("icu-nurse", "系统打不开了")
    house.says("icu-nurse", "是PACS，全院都打不开了，分诊台也一样")
    ticket = house.ticket()
    assert (ticket.system, ticket.scope) == ("pacs", Scope.HOSPITAL)
    assert any("分诊台也一样" in str(event.data.get("text")) for event in ticket.events[1:])
    assert house.count() == 1
    house.forget()


def test_the_question_is_answered_by_a_button(house: House) -> None:
    house.says("icu-nurse", "系统打不开了")
    house.says("icu-nurse", action="system:1:his")
    assert house.ticket().system == "his"
    house.forget()


def test_without_an_answer_the_page_goes_out(house: House) -> None:
    house.says("icu-nurse", "系统打不开了")
    house.expect("icu-nurse", "请问是哪个系统")
    house.forward(minutes=3)
    house.expect_page("engineer2", "W1")


def test_somebody_else_cannot_answer_the_question(house: House) -> None:
    house.says("icu-nurse", "系统打不开了")
    house.says("nurse", action="system:1:his")
    house.expect("nurse", "不是您的工单")
    assert house.ticket().system is None
    house.forget()


def test_the_same_thing_again_is_added_and_can_be_made_its_own(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.forget()
    assert house.says("nurse", "HIS登录不了，一直转圈") == 1
    house.expect("nurse", "已补充到工单 W1")
    house.expect("engineer2", "登录不了")
    assert house.count() == 1
    assert house.presses("nurse", "这是新问题") == 2
    house.expect("nurse", "已开工单 W2")
    assert house.ticket(2).text == "HIS登录不了，一直转圈"
    house.forget()


def test_the_same_thing_graver_raises_the_priority(house: House) -> None:
    house.says("head-hr", "HIS打不开")
    before = house.ticket().priority
    house.says("head-hr", "全院HIS都打不开了，挂号收费全停了")
    assert house.count() == 1
    assert before is not Priority.CRITICAL
    assert house.ticket().priority is Priority.CRITICAL
    house.forget()


def test_another_thing_is_another_ticket(house: House) -> None:
    house.says("nurse", "HIS打不开")
    assert house.says("nurse", "PACS看不了片子") == 2
    assert house.ticket(2).system == "pacs"
    house.forget()


def test_an_engineers_wish_to_lower_waits_for_the_hospital(house: House) -> None:
    house.says("nurse", REPORT)
    house.presses("engineer2", "接单")
    house.forget()
    house.says("engineer2", "W1 优先级低")
    house.expect("engineer2", "须由医院同意")
    assert house.ticket().priority is Priority.CRITICAL
    house.expect("manager", "建议更改 W1", "优先级 低")
    house.says("nurse", action=f"agree_change:1:{len(house.ticket().events) - 1}")
    house.expect("nurse", "只有医院管理人员")
    house.presses("manager", "同意更改")
    assert house.ticket().priority is Priority.LOW
    house.expect("engineer2", "W1")
    house.says("manager", action=f"agree_change:1:{len(house.ticket().events) - 2}")
    house.expect("manager", "没有待同意的更改")
    house.forget()


@pytest.mark.parametrize(
    "words", ["W1 优先级改为低", "W1 优先级：低", "优先级应该是低", "请把W1的优先级降为低吧", "W1 更正：优先级调整为低"]
)
def test_a_wish_to_lower_is_one_however_it_is_said(house: House, words: str) -> None:
    house.says("nurse", REPORT)
    house.presses("engineer2", "接单")
    house.forget()
    house.says("engineer2", words)
    house.expect("manager", "建议更改 W1", "优先级 低")
    house.presses("manager", "同意更改")
    assert house.ticket().priority is Priority.LOW
    house.forget()


def test_who_wants_to_know_why_it_was_lowered_proposes_nothing(house: House) -> None:
    house.says("nurse", REPORT)
    house.presses("engineer2", "接单")
    house.forget()
    house.says("engineer2", "W1 为什么把优先级改为低？")
    house.expect_silence("manager", "建议更改")
    house.forget()


def test_an_engineer_may_raise(house: House) -> None:
    house.says("icu-nurse", "HIS打不开了")
    house.presses("engineer2", "接单")
    house.says("engineer2", "W1 是全院")
    assert house.ticket().priority is Priority.CRITICAL
    house.forget()


def test_a_question_is_no_fault(house: House) -> None:
    house.says("nurse", "请问HIS怎么修改医嘱模板？")
    assert house.ticket().kind is Kind.CONSULT
    house.forget()


def test_in_english(house: House) -> None:
    house.says("200", "HIS is down in the emergency department, nobody can order anything", channel="telegram")
    said = house.expect("200", "Ticket W1 is open").text
    assert "bind STAFF-NUMBER CODE" in said
    assert "response by today 03:57" in said
    assert house.ticket().verified is False
    house.expect_page("engineer2", "W1")


def test_a_greeting_opens_nothing(house: House) -> None:
    house.says("nurse", "你好")
    house.says("nurse", "谢谢")
    assert house.count() == 0
    house.says("nurse", "今天天气不错")
    house.expect("nurse", "没有看懂")


def test_a_group_is_not_answered_for_mere_talk(house: House) -> None:
    house.says("nurse", "今天天气不错", group="room-1")
    assert not house.heard
    house.says("nurse", "HIS打不开", group="room-1")
    heard = next(heard for heard in house.heard if heard.notice.purpose is Purpose.ANSWER)
    assert heard.notice.addresses[0].address == "room-1"
    house.forget()


def test_me_too_joins_with_a_ticket_of_its_own(house: House) -> None:
    house.says("nurse", "HIS打不开，全科都不行")
    house.forget()
    assert house.says("icu-nurse", "我们也是") == 2
    house.expect("icu-nurse", "W2", "并入同一故障 W1")
    joined = house.ticket(2)
    assert (joined.incident, joined.system, joined.reporter) == (1, "his", "icu-nurse")
    assert joined.events[1].kind is EventKind.JOINED
    house.expect_silence("engineer2", "W2")


def test_what_is_mended_for_one_is_mended_for_who_joined(house: House) -> None:
    house.says("nurse", "HIS打不开，全科都不行")
    house.says("icu-nurse", "我们也是")
    house.forget()
    house.says("icu-nurse", "快点啊，没人来")
    house.expect_page("engineer2", "【催办】W1")
    house.expect_page("engineer1", "【催办】W1")
    house.says("icu-nurse", "怎么样了")
    house.expect("icu-nurse", "与 W1 一并处理")
    house.says("engineer2", "修好了 W1 原因：锁表 方法：重启 结果：恢复")
    house.expect("icu-nurse", "您的工单 W2", "请确认")
    assert house.ticket(2).state is State.RESOLVED
    house.presses("icu-nurse", "还是不行")
    assert house.ticket(2).incident is None
    house.expect_page("engineer2", "W2")


def test_who_joined_what_is_withdrawn_is_dealt_with_alone(house: House) -> None:
    house.says("nurse", "HIS打不开，全科都不行")
    house.says("icu-nurse", "我们也是")
    house.says("engineer2", "接单 W1")
    house.forget()
    house.says("nurse", "撤销 W1 是我们自己断电")
    assert (house.ticket(2).incident, house.ticket(2).assignee) == (None, "engineer2")
    house.expect("engineer2", "W1 已不再牵头", "W2", "期限")


def test_me_too_of_one_of_several_is_asked(house: House) -> None:
    house.says("nurse", "HIS打不开，全科都不行")
    house.says("head-hr", "PACS打不开了，看不了片")
    house.forget()
    house.says("icu-nurse", "我们也是")
    house.expect("icu-nurse", "哪一张工单")
    assert house.says("icu-nurse", action="pick:2") == 3
    assert house.ticket(3).incident == 2
    house.forget()


def test_words_on_an_open_ticket_weigh_as_much_as_a_report_of_their_own(house: House) -> None:
    """A department where care cannot wait, known from the ticket, stands still."""
    house.says("nurse", "急诊科我的电脑HIS打不开")
    house.forward(minutes=20)
    assert house.ticket().priority is Priority.MEDIUM
    assert house.says("nurse", "HIS全科都登不上了") == 1
    assert house.ticket().priority is Priority.CRITICAL
    house.forget()
