"""Several messages in a row by one person are one report: what is read together, what is not, who hears of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from sla.errors import SlaError
from sla.labels import Kind, Priority, Scope
from sla.message import Attachment, Inbound, Purpose
from sla.ticket import EventKind, Ticket
from storage.crypt import generate_key
from storage.files import packaged_rules
from storage.writer import open_store
from tests.support.house import NIGHT, House, open_house

PICTURE = Attachment("蓝屏.png", "image/png", 3, "ref-1")
PARTS = ("HIS打不开", "急诊的", "所有电脑")


def says_all(house: House, who: str, *texts: str, every: float = 20, group: str = "") -> None:
    """One message after the other, so many seconds apart."""
    for text in texts:
        house.says(who, text, group=group)
        house.forward(seconds=every)


def changes(ticket: Ticket) -> list[str]:
    """The reasons of the changes of labels."""
    return [str(event.data["reason"]) for event in ticket.events if event.kind is EventKind.RECLASSIFIED]


def test_three_messages_are_one_report(house: House) -> None:
    house.says("icu-nurse", "HIS打不开")
    house.expect("icu-nurse", "已开工单 W1")
    house.expect_page("engineer2", "W1", "重症医学科", "优先级 中")
    house.forward(seconds=30)
    assert house.says("icu-nurse", "急诊的") == 1
    house.expect("icu-nurse", "已补充到工单 W1", "急诊科")
    house.expect("engineer2", "报障人补充：急诊的", "急诊科", "期限")
    house.forward(seconds=30)
    assert house.says("icu-nurse", "所有电脑") == 1
    answer = house.expect("icu-nurse", "已补充到工单 W1", "整个科室", "优先级 紧急", "修复")
    assert "已开工单" not in answer.text
    ticket = house.ticket()
    assert (ticket.department, ticket.scope, ticket.priority) == ("emergency", Scope.DEPARTMENT, Priority.CRITICAL)
    assert ticket.reported_at == NIGHT
    assert ticket.title == "HIS打不开 急诊的 所有电脑"
    assert changes(ticket) == ["said in several messages"] * 2
    assert [e.data["text"] for e in ticket.events if e.kind is EventKind.NOTED] == ["急诊的", "所有电脑"]
    assert house.count() == 1
    house.expect_page("engineer2", "W1", "优先级 紧急")  # critical calls anew, and says all
    house.expect_silence("engineer2", "W1")


def test_the_record_says_what_more_words_changed(house: House) -> None:
    """Why they did is a mark for the program, and no word of anybody's."""
    house.says("icu-nurse", "HIS打不开")
    house.says("icu-nurse", "急诊的")
    house.says("icu-nurse", "W1")
    lines = house.expect("icu-nurse", "示例·苏护士 急诊的").text.splitlines()
    assert lines[-1].endswith("更正 示例·苏护士 急诊科")
    house.forget()


@pytest.mark.parametrize("texts", list(permutations(PARTS)), ids=" ".join)
def test_in_whatever_order_they_are_said(house: House, texts: Sequence[str]) -> None:
    says_all(house, "head-hr", *texts)
    ticket = house.ticket()
    assert house.count() == 1
    assert (ticket.system, ticket.department, ticket.scope) == ("his", "emergency", Scope.DEPARTMENT)
    assert ticket.priority is Priority.CRITICAL
    assert ticket.reported_at == NIGHT + timedelta(seconds=20 * texts.index("HIS打不开"))
    house.forget()


@pytest.mark.parametrize("texts", list(permutations(PARTS)), ids=" ".join)
def test_in_whatever_order_they_come_in(house: House, texts: Sequence[str]) -> None:
    house.forward(seconds=100)
    for text in texts:
        house.says("head-hr", text, sent_at=NIGHT + timedelta(seconds=20 * PARTS.index(text)))
    ticket = house.ticket()
    assert house.count() == 1
    assert (ticket.department, ticket.scope, ticket.priority) == ("emergency", Scope.DEPARTMENT, Priority.CRITICAL)
    assert ticket.reported_at == NIGHT
    assert ticket.title.startswith("HIS打不开 ")
    house.forget()


def test_in_english(house: House) -> None:
    says_all(house, "200", "Hello, HIS", "it is down", "in the ER", "all computers")
    ticket = house.ticket()
    assert house.count() == 1
    assert (ticket.system, ticket.department, ticket.priority) == ("his", "emergency", Priority.CRITICAL)
    house.expect("200", "What is wrong there?")
    house.expect("200", "Added to ticket W1", "Emergency")
    house.forget()


def test_a_fragment_first_is_answered_and_waits_for_the_rest(house: House) -> None:
    house.says("head-hr", "急诊的")
    house.expect("head-hr", "收到：急诊科", "请接着说")
    assert house.count() == 0
    house.forward(seconds=80)
    house.says("head-hr", "HIS打不开了")
    ticket = house.ticket()
    assert ticket.department == "emergency"
    assert ticket.text == "急诊的\nHIS打不开了"
    assert ticket.reported_at == house.now
    house.expect_page("engineer2", "急诊科")


def test_a_fragment_too_long_ago_is_no_part(house: House) -> None:
    house.says("head-hr", "急诊的")
    house.forward(seconds=91)
    house.says("head-hr", "HIS打不开了")
    assert house.ticket().department == "human-resources"
    house.forget()


def test_talk_before_the_report_is_no_part_of_it(house: House) -> None:
    says_all(house, "nurse", "在吗", "今天天气不错", "HIS打不开了")
    assert house.ticket().text == "HIS打不开了"
    house.forget()


def test_the_window_slides_and_ends_after_five_minutes(house: House) -> None:
    house.says("nurse", "HIS打不开")
    for _ in range(4):
        house.forward(seconds=85)
        house.says("nurse", "我的电脑在三楼护士站靠窗那台")
    parts = [event.data.get("part") for event in house.ticket().events if event.kind is EventKind.NOTED]
    assert parts == [True, True, True, None]
    house.forget()


def test_after_the_window_words_that_fail_by_themselves_are_no_part(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.forward(seconds=91)
    house.says("nurse", "HIS登录不了，一直转圈")
    assert not any(event.data.get("part") for event in house.ticket().events)
    house.expect("nurse", "已补充到工单 W1（HIS打不开）")
    house.forget()


@pytest.mark.parametrize(
    "text", ["PACS也看不了片子", "另外打印机不出纸", "还有个问题，护士站电脑黑屏", "another problem: the printer jams"]
)
def test_another_problem_is_a_report_of_its_own(house: House, text: str) -> None:
    house.says("nurse", "HIS打不开")
    house.forward(seconds=20)
    assert house.says("nurse", text) == 2
    assert len(house.ticket(1).events) == 1
    house.forget()


def test_two_more_machines_are_no_other_problem(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.forward(seconds=20)
    assert house.says("nurse", "另外两台电脑也打不开") == 1
    assert house.count() == 1
    house.forget()


def test_what_is_something_else_stays_what_it_is(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.forget()
    before = house.ticket().events
    house.says("nurse", "谢谢")
    house.says("nurse", "怎么样了")
    assert house.ticket().events == before
    house.says("nurse", "快点啊，没人来")
    assert house.ticket().events[-1].kind is EventKind.URGED
    house.says("nurse", "不是HIS，是PACS")
    assert (house.ticket().system, changes(house.ticket())) == ("pacs", ["不是HIS，是PACS"])
    house.says("nurse", "好了谢谢")
    assert house.ticket().events[-1].data["says"] == "works"
    assert house.count() == 1
    house.forget()


def test_what_was_corrected_stays_corrected(house: House) -> None:
    says_all(house, "icu-nurse", "HIS打不开", "不是HIS，是PACS", "急诊的", "全院都看不了", every=10)
    ticket = house.ticket()
    assert (ticket.system, ticket.department, ticket.scope) == ("pacs", "emergency", Scope.HOSPITAL)
    assert house.count() == 1
    house.forget()


def test_how_far_it_goes_shrinks_where_that_is_said(house: House) -> None:
    house.says("head-hr", "HIS崩了")
    assert house.ticket().scope is Scope.DEPARTMENT
    house.forward(seconds=20)
    house.says("head-hr", "这台电脑一直转圈")
    assert house.ticket().scope is Scope.DEPARTMENT
    house.forward(seconds=20)
    house.says("head-hr", "就我这台")
    assert house.ticket().scope is Scope.WORKSTATION
    house.forget()


def test_a_rescue_that_is_held_up_counts_after_a_correction_as_well(house: House) -> None:
    says_all(house, "head-hr", "HIS打不开", "正在抢救", every=10)
    assert house.ticket().priority is Priority.HIGH
    house.forward(minutes=4)
    house.says("head-hr", "急诊的")
    assert (house.ticket().department, house.ticket().priority) == ("emergency", Priority.HIGH)
    house.forget()


def test_a_fault_stays_one(house: House) -> None:
    says_all(house, "head-hr", "OA登录不上", "密码忘了", every=10)
    assert (house.ticket().kind, house.ticket().priority) == (Kind.FAULT, Priority.MEDIUM)
    house.forget()


def test_a_name_alone_is_completed_to_whatever_it_is(house: House) -> None:
    says_all(house, "head-hr", "OA", "怎么导出报表", every=10)
    assert (house.ticket().kind, house.count()) == (Kind.CONSULT, 1)
    house.forget()


def test_the_onset_is_told_afterwards(house: House) -> None:
    says_all(house, "nurse", "HIS打不开", "凌晨3点半开始的", every=10)
    assert house.ticket().started_at == NIGHT - timedelta(minutes=12)
    house.expect("nurse", "已补充到工单 W1", "03:30")
    house.forget()


def test_pictures_go_on_the_same_ticket(house: House) -> None:
    house.says("nurse", attachments=(PICTURE,))
    house.expect("nurse", "图片已收到")
    house.says("nurse", "急诊的")
    house.says("nurse", "HIS打不开")
    house.says("nurse", attachments=(Attachment("二.png", "image/png", 3, "ref-2"),))
    house.says("nurse", "所有电脑都这样", attachments=(Attachment("三.png", "image/png", 3, "ref-3"),))
    files = [event.data["file"] for event in house.ticket().events if "file" in event.data]
    assert files == ["ref-1", "ref-2", "ref-3"]
    assert house.count() == 1
    house.forget()


def test_the_question_stays_open_while_more_is_said(house: House) -> None:
    house.says("head-hr", "系统打不开了")
    house.expect("head-hr", "请问是哪个系统")
    house.forward(seconds=20)
    house.says("head-hr", "急诊的")
    assert house.expect("head-hr", "已补充到工单 W1", "请问是哪个系统").buttons
    house.expect_silence("engineer2")
    house.says("head-hr", "HIS")
    house.expect_page("engineer2", "W1", "HIS", "急诊科")
    assert house.count() == 1


def test_words_that_name_the_system_together_are_an_answer(house: House) -> None:
    house.says("nurse", "打不开了")
    house.forward(seconds=10)
    house.says("nurse", "就是那个HIS，医嘱也开不了")
    assert house.ticket().system == "his"
    house.expect_page("engineer2", "W1")
    assert house.count() == 1


def test_what_makes_it_critical_waits_for_no_answer(house: House) -> None:
    house.says("nurse", "系统打不开了")
    house.expect_silence("engineer2")
    house.says("nurse", "我们科所有电脑都打不开")
    house.expect_page("engineer2", "优先级 紧急")
    house.expect("nurse", "已补充到工单 W1", "正在呼叫值班工程师")


def test_in_a_group_only_the_same_sender_goes_on(house: House) -> None:
    house.says("nurse", "HIS打不开", group="room-1")
    house.says("icu-nurse", "所有电脑", group="room-1")
    assert len(house.ticket().events) == 1
    house.says("nurse", "所有电脑")  # said elsewhere: to the bot alone it is a correction, not a part
    assert not any(event.data.get("part") for event in house.ticket().events)
    house.says("nurse", "重症的也一样", group="room-1")
    assert house.ticket().events[-1].data.get("part") or house.ticket().events[-2].data.get("part")
    assert house.count() == 1
    house.forget()


def test_the_same_message_twice_is_there_once(house: House) -> None:
    house.says("nurse", "HIS打不开")
    again = Inbound("webchat", "same", "nurse", "nurse", "所有电脑", sent_at=house.now)
    house.take(again)
    with pytest.raises(SlaError, match="twice"):
        house.take(again)
    assert [event.kind for event in house.ticket().events].count(EventKind.NOTED) == 1
    house.forget()


def test_it_goes_on_after_a_restart(tmp_path: Path) -> None:
    key = generate_key()
    for number, text in enumerate(("急诊的", "HIS打不开", "所有电脑")):
        store = open_store(f"sqlite:///{tmp_path / 'wardline.db'}", key)
        house = House(store.writer, packaged_rules(), NIGHT + timedelta(seconds=30 * number))
        house.said = number
        house.says("head-hr", text)
        store.close()
    store = open_store(f"sqlite:///{tmp_path / 'wardline.db'}", key)
    ticket = House(store.writer, packaged_rules(), NIGHT).ticket()
    store.close()
    assert (ticket.department, ticket.scope) == ("emergency", Scope.DEPARTMENT)


def test_what_was_put_together_wrongly_comes_apart(house: House) -> None:
    house.says("head-hr", "HIS打不开")
    house.forward(seconds=20)
    house.says("head-hr", "全科打印机都不出纸了")
    before = house.ticket()
    assert (before.scope, house.count()) == (Scope.DEPARTMENT, 1)
    house.forget()
    assert house.presses("head-hr", "这是新问题") == 2
    house.expect("head-hr", "已开工单 W2")
    assert (house.ticket().scope, house.ticket().priority) == (Scope.WORKSTATION, Priority.MEDIUM)
    assert house.ticket().title == "HIS打不开"
    house.forward(seconds=10)
    house.says("head-hr", "另外两台也卡")
    assert "打印机" not in house.ticket(1).title
    house.forget()


def test_the_button_is_about_the_message_above_it(house: House) -> None:
    says_all(house, "head-hr", "HIS打不开", "全科打印机都不出纸了", "登录框一直转圈", every=5)
    first = next(heard for heard in house.all if "整个科室" in heard.notice.text and heard.notice.buttons)
    action = first.notice.buttons[0][0].action
    assert house.says("head-hr", action=action) == 2
    assert house.ticket(2).text == "全科打印机都不出纸了"
    assert house.ticket(1).scope is Scope.WORKSTATION
    house.says("head-hr", action=action)
    house.expect("head-hr", "失效")
    house.says("nurse", action=action)
    house.expect("nurse", "不是您的工单")
    assert house.count() == 2
    house.forget()


def test_who_took_it_hears_of_it_once(house: House) -> None:
    house.says("icu-nurse", "HIS打不开")
    house.says("engineer2", "接单 W1")
    house.forget()
    house.says("icu-nurse", "是新来的电脑")
    told = [heard for heard in house.heard if heard.who == "engineer2"]
    assert [heard.notice.purpose for heard in told] == [Purpose.INFO]
    house.forget()
    house.says("icu-nurse", "药房的")
    told = [heard for heard in house.heard if heard.who == "engineer2"]
    assert [heard.notice.purpose for heard in told] == [Purpose.INFO]
    assert "药" in told[0].notice.text


def test_the_hospital_sets_the_window(tmp_path: Path) -> None:
    rules = packaged_rules()
    rules = replace(rules, site=replace(rules.site, merge_window=timedelta(seconds=10)))
    with open_house(tmp_path, rules=rules) as house:
        house.says("nurse", "HIS打不开")
        house.forward(seconds=11)
        house.says("nurse", "是新来的电脑打不开呢就这样")
        assert not any(event.data.get("part") for event in house.ticket().events)
        house.forget()
