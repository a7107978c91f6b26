"""Reports of one fault by several people become one incident; what is particular to one thing does not."""

import pytest

from sla.labels import Priority, Scope
from sla.message import Purpose
from sla.ticket import EventKind, Ticket
from tests.support.house import House

HERE, THERE = "急诊科HIS打不开，所有电脑都开不了医嘱", "ICU的HIS四台电脑都登录不上"


def parts(house: House) -> list[int | None]:
    """Which incident each ticket is part of, by number."""
    return [house.ticket(number).incident for number in range(1, house.count() + 1)]


def reasons(ticket: Ticket) -> list[EventKind]:
    return [event.kind for event in ticket.events]


def test_the_second_person_joins_and_hears_who_works_on_it_and_by_when(house: House) -> None:
    house.says("nurse", HERE)
    house.expect_page("engineer2", "W1")
    house.says("icu-nurse", THERE)
    answer = house.expect("icu-nurse", "W2", "W1", "2 人", "示例·李工", "下一期限", "修好后会告诉您")
    assert [button.label for row in answer.buttons for button in row] == ["不是同一问题"]
    joined = house.ticket(2)
    assert (joined.incident, joined.reporter, joined.department) == (1, "icu-nurse", "icu")
    assert joined.events[1].data["why"] == "alike-within-window: his down, 0 min after the latest"
    assert not [heard for heard in house.heard if heard.notice.purpose is Purpose.PAGE]


@pytest.mark.parametrize(
    "words",
    [
        "HIS的打印机不出纸，处方打不出来",
        "HIS里12床的医嘱打不开",
        "HIS里这个病人的病历打不开了",
        "我的HIS账号登录不上",
        "只有我这台电脑HIS打不开，旁边的都正常",
        "HIS里医嘱录错了，帮忙改一下",
        "HIS有点小问题，界面字体变小了，不影响使用",
        "HIS里串病人了，点张三出来的是李四的",
        "PACS打不开了，看不了片",
        "请问HIS怎么补打上个月的单子？",
    ],
)
def test_what_is_particular_stays_by_itself(house: House, words: str) -> None:
    house.says("nurse", HERE)
    house.says("icu-nurse", words)
    assert parts(house) == [None, None]
    house.forget()


@pytest.mark.parametrize(
    "words",
    [
        "HIS很卡，点一下要半分钟",
        "HIS崩了！！",
        "我这台电脑HIS登不上去",
        "抢救等着用，3床病人，HIS打不开",
        "HIS挂号窗口一个病人都挂不上",
        "cannot open HIS, it keeps failing",
        "全科账号都登不进HIS",
    ],
)
def test_what_many_may_have_is_part_of_it(house: House, words: str) -> None:
    house.says("nurse", HERE)
    house.says("icu-nurse", words)
    assert parts(house) == [None, 1]
    house.forget()


def test_the_window_slides_with_the_latest_report(house: House) -> None:
    house.says("nurse", HERE)
    house.says("engineer2", "接单 W1")
    house.forward(minutes=14)
    house.says("icu-nurse", THERE)
    house.forward(minutes=14)
    house.says("head-hr", "HIS打不开了")
    assert parts(house) == [None, 1, 1]
    house.forward(minutes=16)
    house.says("head-icu", "HIS打不开了")
    assert house.ticket(4).incident is None
    house.forget()


def test_ones_own_second_report_makes_no_incident(house: House) -> None:
    house.says("nurse", HERE)
    house.says("nurse", "HIS还是打不开啊，急诊的")
    house.says("nurse", "HIS挂号也登不上了")
    assert [house.ticket(n).incident for n in range(1, house.count() + 1)] == [None] * house.count()
    house.forget()


def test_three_departments_concern_the_hospital_without_a_second_page(house: House) -> None:
    house.says("head-hr", "HIS打不开了")
    house.expect_page("engineer2", "W1")
    assert house.ticket(1).scope is Scope.WORKSTATION
    house.says("icu-nurse", "HIS打不开了")
    house.says("nurse", "HIS打不开了")
    raised = house.ticket(1)
    assert (raised.scope, raised.priority) == (Scope.HOSPITAL, Priority.CRITICAL)
    assert raised.events[-1].data["counted"] == {"people": 3, "departments": 3}
    assert "3 人、3 个科室" in raised.events[-1].data["reason"]
    house.expect("engineer2", "已有 3 人、3 个科室报障", "急诊", "现为", "全院")
    assert not [heard for heard in house.heard if heard.notice.purpose is Purpose.PAGE]
    house.forward(minutes=3)
    house.expect_page("engineer2", "W1")  # the ladder of a critical fault goes on
    house.forget()


def test_when_one_leaves_what_the_count_raised_is_taken_back(house: House) -> None:
    for who in ("head-hr", "icu-nurse", "nurse"):
        house.says(who, "HIS打不开了")
    house.forget()
    house.presses("nurse", "不是同一问题")
    house.expect("nurse", "W3 已从 W1 拆出", "期限")
    house.expect_page("engineer2", "W3")
    first = house.ticket(1)
    assert (first.scope, first.priority) == (Scope.WORKSTATION, Priority.MEDIUM)
    assert house.ticket(3).incident is None
    house.forget()


def test_what_somebody_said_since_stands(house: House) -> None:
    for who in ("head-hr", "icu-nurse", "nurse"):
        house.says(who, "HIS打不开了")
    house.says("head-hr", "W1 优先级低")
    house.says("engineer2", "拆出 W3")
    assert house.ticket(1).priority is Priority.LOW
    house.forget()


def test_a_graver_report_makes_the_incident_graver_at_once(house: House) -> None:
    house.says("head-hr", "HIS有点卡，点一下等半分钟")
    house.says("engineer2", "接单 W1")
    house.forget()
    house.says("icu-nurse", "ICU全科HIS打不开，病人抢救等着用")
    first = house.ticket(1)
    assert first.priority is Priority.CRITICAL
    assert first.events[-1].data["graver"] == 2
    house.expect("engineer2", "W2 报的更严重", "抢救", "紧急")


def test_taken_out_it_is_never_joined_by_itself_again_and_no_other_joins_it(house: House) -> None:
    house.says("nurse", HERE)
    house.says("icu-nurse", THERE)
    house.says("engineer2", "拆出 W2")
    house.says("engineer2", "修好了 W1 原因：锁表 方法：重启 结果：恢复")
    house.says("head-hr", "HIS打不开了")
    assert parts(house) == [None, None, None]
    house.forget()


def test_what_is_mended_for_the_first_is_mended_for_all_and_a_report_after_it_is_new(house: House) -> None:
    for who in ("nurse", "icu-nurse", "head-hr"):
        house.says(who, "HIS打不开了")
    house.says("engineer2", "接单")
    house.expect("engineer2", "W1")
    house.forget()
    house.says("engineer2", "修好了 W1 原因：锁表 方法：重启 结果：恢复")
    house.expect("icu-nurse", "W2", "请确认")
    house.expect("head-hr", "W3", "请确认")
    house.says("head-icu", "HIS打不开了")
    assert house.ticket(4).incident is None
    house.forget()
