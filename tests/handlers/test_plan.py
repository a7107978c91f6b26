"""The written plan: submitted, put before both sides, approved, refused, replaced."""

from datetime import datetime

import pytest

from sla.message import Attachment
from sla.ticket import EventKind
from tests.support.house import ZONE, House

PLAN = "方案 W1 更换核心交换机，分三步。10月3日18:00前完成"
DUE = datetime(2026, 10, 3, 18, tzinfo=ZONE)


@pytest.fixture
def taken(house: House) -> House:
    """W1 is under smart-hospital and engineer2 has it."""
    house.says("nurse", "急诊科所有电脑OA打不开")
    system = next(s.id for s in house.rules.catalogue.systems if s.contract == "smart-hospital")
    house.says("manager", f"W1 是{house.rules.catalogue.system(system).name}")  # type: ignore[union-attr]  # it is there
    house.says("engineer2", "接单 W1")
    assert house.ticket().contract == "smart-hospital"
    house.forget()
    return house


def test_both_sides_get_it_with_buttons_and_both_words_make_it_a_clock(taken: House) -> None:
    taken.says("engineer2", PLAN)
    taken.expect("engineer2", "已提交", "示例·周主任", "示例·郑科长")
    taken.expect("head-emergency", "更换核心交换机", "10月3日 18:00")
    taken.expect("manager", "更换核心交换机")
    taken.presses("head-emergency", "同意")
    taken.expect("head-emergency", "还需管理部门")
    plan = taken.ticket().plan
    assert plan is not None
    assert plan.approved_at is None
    taken.presses("manager", "同意")
    for who in ("engineer2", "head-emergency", "manager", "nurse"):
        taken.expect(who, "10月3日 18:00")
    plan = taken.ticket().plan
    assert plan is not None
    assert plan.approved_deadline == DUE


def test_the_earlier_of_two_deadlines_stands(taken: House) -> None:
    taken.says("engineer2", PLAN)
    taken.says("head-emergency", "同意 W1")
    taken.says("manager", "同意 限期10月2日12:00")
    plan = taken.ticket().plan
    assert plan is not None
    assert plan.approved_deadline == datetime(2026, 10, 2, 12, tzinfo=ZONE)
    taken.expect("engineer2", "明天 12:00")


def test_a_refusal_carries_its_reason_back(taken: House) -> None:
    taken.says("engineer2", PLAN)
    taken.says("manager", "不同意：没有回退步骤")
    taken.expect("engineer2", "退回", "没有回退步骤")
    taken.expect("head-emergency", "没有回退步骤")
    taken.says("head-emergency", "同意 W1")
    taken.expect("head-emergency", "已被示例·郑科长退回")
    taken.says("engineer2", "方案 W1 加上回退步骤，10月4日12:00前完成")
    plan = taken.ticket().plan
    assert plan is not None
    assert plan.number == 2


def test_a_refusal_by_button_asks_why(taken: House) -> None:
    taken.says("engineer2", PLAN)
    taken.presses("head-emergency", "不同意")
    taken.expect("head-emergency", "理由")
    plan = taken.ticket().plan
    assert plan is not None
    assert plan.refused_at is None
    taken.says("head-emergency", "夜里不能停机")
    taken.expect("engineer2", "夜里不能停机")
    assert taken.ticket().events[-1].data["side"] == "department"


def test_an_old_button_does_not_approve_a_new_plan(taken: House) -> None:
    taken.says("engineer2", PLAN)
    taken.says("engineer2", "方案 W1 改用备用机，10月5日18:00前完成")
    taken.says("manager", action="approve:1:1:management")
    taken.expect("manager", "已被新方案取代")
    plan = taken.ticket().plan
    assert plan is not None
    assert not plan.approvals


def test_a_word_is_given_once(taken: House) -> None:
    taken.says("engineer2", PLAN)
    taken.says("manager", "同意 W1")
    taken.says("manager", "同意 W1")
    taken.expect("manager", "已经审批过")
    plan = taken.ticket().plan
    assert plan is not None
    assert len(plan.approvals) == 1


@pytest.mark.parametrize("who", ["nurse", "head-icu", "engineer2", "stranger"])
def test_others_do_not_approve(taken: House, who: str) -> None:
    taken.says("engineer2", PLAN)
    taken.says(who, action="approve:1:1:management")
    taken.expect(who, "不由您审批")
    taken.says(who, action="approve:1:1:department")
    taken.expect(who, "不由您审批")


def test_one_person_does_not_give_both_words(taken: House) -> None:
    taken.says("engineer2", PLAN)
    taken.says("manager", action="approve:1:1:management")
    taken.says("manager", action="approve:1:1:department")
    taken.expect("manager", "不由您审批")


def test_a_file_is_a_plan_and_its_deadline_is_asked_for_once(taken: House) -> None:
    taken.says("engineer2", "方案 W1", attachments=(Attachment("plan.docx", "application/msword", 9, ref="f1"),))
    taken.expect("engineer2", "完成期限")
    taken.expect("manager", "附件：plan.docx", "未注明")
    taken.says("engineer2", "10月3日18:00")
    taken.expect("manager", "10月3日 18:00")
    taken.says("head-emergency", "同意 W1")
    taken.says("manager", "同意 W1")
    plan = taken.ticket().plan
    assert plan is not None
    assert (plan.file, plan.approved_deadline) == ("f1", DUE)


def test_both_approvers_are_sent_the_plans_files(taken: House) -> None:
    files = (Attachment("方案.pdf", "application/pdf", 10, ref="f1"), Attachment("图.png", "image/png", 9, ref="f2"))
    taken.says("engineer2", "方案 W1 换硬盘，10月3日18:00前完成", attachments=files)
    for who in ("head-emergency", "manager"):
        assert taken.expect(who, "附件：方案.pdf，图.png").attachments == files
    assert taken.expect("engineer2", "等待审批").attachments == ()
    taken.says("engineer2", "方案 W1 改用备用机，10月5日18:00前完成")
    assert taken.expect("manager", "备用机").attachments == ()


def test_other_words_than_a_deadline_are_a_note_and_the_question_stays_open(taken: House) -> None:
    taken.says("engineer2", "方案 W1 换硬盘")
    taken.says("engineer2", "我在机房，信号不好")
    taken.expect("nurse", "信号不好")
    taken.says("engineer2", "10月3日18:00")
    taken.expect("engineer2", "已转审批人")


def test_a_refusal_that_comes_too_late_leaves_no_trace(taken: House) -> None:
    taken.says("engineer2", PLAN)
    taken.presses("head-emergency", "不同意")
    taken.says("engineer2", "方案 W1 改用备用机，10月5日18:00前完成")
    taken.says("head-emergency", "夜里不能停机")
    taken.expect("head-emergency", "已被新方案取代")
    plan = taken.ticket().plan
    assert plan is not None
    assert plan.refused_at is None


def test_the_word_alone_asks_for_the_plan(taken: House) -> None:
    taken.says("engineer2", "方案 W1")
    taken.expect("engineer2", "请发送 W1 的书面方案")
    assert taken.ticket().plan is None
    taken.says("engineer2", "更换硬盘，10月3日18:00前完成")
    plan = taken.ticket().plan
    assert plan is not None
    assert plan.deadline == DUE


def test_without_a_plan_there_is_nothing_to_approve(taken: House) -> None:
    taken.says("manager", "同意 W1")
    taken.expect("manager", "没有书面方案")
    taken.says("manager", "同意")
    taken.expect("manager", "没有等待您审批的方案")


def test_where_the_department_is_unknown_the_manager_names_somebody(house: House) -> None:
    house.says("stranger", "OA打不开")
    house.says("engineer2", "接单 W1")
    house.says("engineer2", PLAN)
    shown = house.expect("manager", "审批人 W1")
    assert [b.label for b in shown.buttons[0]] == ["同意（使用科室）", "同意（管理部门）", "不同意"]
    house.says("manager", "审批人 W1 示例·韩主任")
    house.expect("head-icu", "更换核心交换机")
    house.says("head-icu", "同意 W1")
    house.says("manager", "同意 W1")
    plan = house.ticket().plan
    assert plan is not None
    assert {(a.side, a.by) for a in plan.approvals} == {("department", "head-icu"), ("management", "manager")}
    house.says("nurse", "审批人 W1 示例·韩主任")
    house.expect("nurse", "只有医院管理人员")
    house.says("manager", "审批人 W1 示例·王工")
    house.expect("manager", "找不到医院人员")
    house.forget()


def test_where_nobody_else_could_the_manager_gives_both_words_as_two_acts(house: House) -> None:
    house.says("stranger", "OA打不开")
    house.says("engineer2", "接单 W1")
    house.says("engineer2", PLAN)
    house.presses("manager", "同意（管理部门）")
    plan = house.ticket().plan
    assert plan is not None
    assert plan.approved_at is None
    house.presses("manager", "同意（使用科室）")
    assert [event.kind for event in house.ticket().events[-2:]] == [EventKind.PLAN_APPROVED] * 2
    plan = house.ticket().plan
    assert plan is not None
    assert plan.approved_deadline == DUE
    house.forget()
