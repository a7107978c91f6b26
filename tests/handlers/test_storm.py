"""Reports of one fault by several people become one incident; what is particular to one thing does not."""

from collections.abc import Callable

import pytest

from sla.labels import Priority, Scope
from sla.message import Purpose
from sla.ticket import EventKind, Ticket
from storage.sql_tickets import SqlTickets
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
    house.expect("engineer2", "W2 反映的情况更严重", "抢救", "紧急")


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


# somebody leaves, somebody says more


def of_three(house: House) -> None:
    """W1 leads, W2 and W3 are joined to it; engineer2 was paged once, two minutes ago."""
    for who in ("head-hr", "icu-nurse", "nurse"):
        house.says(who, "HIS打不开了")
        house.forward(seconds=40)
    house.expect_page("engineer2", "W1")
    house.forget()


def test_withdrawn_by_its_reporter_the_incident_goes_on_under_the_next(house: House) -> None:
    of_three(house)
    house.says("head-hr", "撤销 W1 是我们自己断电")
    assert parts(house) == [None, None, 2]
    house.expect("engineer2", "W1 已不再牵头", "W2", "另有 1 张工单并入")
    assert not [heard for heard in house.heard if heard.notice.purpose is Purpose.PAGE]
    house.forward(minutes=3)  # five minutes after the page of W1: two reports are no critical fault
    house.expect_page("engineer2", "W2")
    house.forward(minutes=5)
    house.expect_page("engineer1", "W2")
    house.says("engineer1", "接单")
    house.forget()
    house.says("engineer1", "修好了 W2 原因：锁表 方法：重启 结果：恢复")
    house.expect("nurse", "W3", "请确认")


def test_what_was_done_for_the_first_was_done_for_the_next(house: House) -> None:
    of_three(house)
    house.says("engineer2", "接单")
    house.forward(minutes=20)
    house.says("engineer2", "到场")
    house.forget()
    house.says("head-hr", "撤销 W1 是我们自己断电")
    heir = house.ticket(2)
    assert (heir.assignee, heir.state.value) == ("engineer2", "on_site")
    assert {event.data["from"] for event in heir.events if event.kind is EventKind.ARRIVED} == {1}
    house.forward(minutes=30)
    assert not [heard for heard in house.heard if heard.notice.purpose in (Purpose.PAGE, Purpose.BREACH)]
    assert house.run(lambda uow: uow.ledger.of_ticket(2)) == []


def test_handed_over_the_one_it_was_handed_to_is_not_called_twice(house: House) -> None:
    of_three(house)
    house.says("engineer2", "接单")
    house.says("engineer2", "转给 示例·王工 W1")
    house.expect_page("engineer1", "W1")
    house.forget()
    house.says("head-hr", "撤销 W1 是我们自己断电")
    assert house.ticket(2).assignee == "engineer1"
    assert not [heard for heard in house.heard if heard.notice.purpose is Purpose.PAGE]
    house.forward(minutes=5)
    house.expect_page("engineer1", "W2")
    house.forget()


def test_the_first_taken_out_leaves_the_others_together(house: House) -> None:
    of_three(house)
    house.says("engineer2", "拆出 W1")
    assert parts(house) == [None, None, 2]
    assert house.ticket(1).priority is Priority.MEDIUM
    house.says("head-icu", "HIS打不开了")
    assert house.ticket(4).incident == 2
    house.forget()


def test_a_joined_ticket_that_is_withdrawn_counts_no_more(house: House) -> None:
    of_three(house)
    assert house.ticket(1).scope is Scope.HOSPITAL
    house.says("nurse", "撤销 W3 点错了")
    assert house.ticket(1).scope is Scope.WORKSTATION
    assert parts(house)[:2] == [None, 1]
    house.forget()


def test_corrected_to_another_system_it_leaves_the_incident(house: House) -> None:
    of_three(house)
    house.says("nurse", "不是HIS，是PACS")
    house.expect("nurse", "W3 已从 W1 拆出")
    assert (house.ticket(3).incident, house.ticket(3).system) == (None, "pacs")
    house.expect_page("engineer2", "W3")
    house.forget()


def test_the_first_corrected_to_another_system_leaves_the_others_together(house: House) -> None:
    of_three(house)
    house.says("head-hr", "W1 不是HIS，是PACS")
    assert parts(house) == [None, None, 2]
    assert (house.ticket(1).system, house.ticket(2).system) == ("pacs", "his")
    house.forget()


def test_the_system_told_late_joins_it_where_it_belongs_without_a_page(house: House) -> None:
    house.says("nurse", HERE)
    house.expect_page("engineer2", "W1")
    house.says("icu-nurse", "电脑上系统打不开了")
    house.expect("icu-nurse", "W2", "哪个系统")
    house.forward(seconds=100)
    house.says("icu-nurse", "HIS")
    house.expect("icu-nurse", "W2 已并入 W1")
    assert house.ticket(2).incident == 1
    house.forward(minutes=2)
    assert not [heard for heard in house.heard if heard.notice.ticket == 2 and heard.notice.purpose is Purpose.PAGE]
    house.forget()


def test_what_is_said_later_makes_the_incident_graver(house: House) -> None:
    house.says("head-hr", "HIS有点卡，点一下等半分钟")
    house.says("icu-nurse", "HIS很卡")
    house.says("icu-nurse", "ICU全科都打不开了，病人抢救等着用")
    assert house.ticket(2).incident == 1
    assert house.ticket(1).priority is house.ticket(2).priority is Priority.HIGH
    assert house.ticket(1).events[-1].data["graver"] == 2
    house.forget()


def test_of_several_who_find_it_broken_still_the_first_leads_and_one_page_is_sent(house: House) -> None:
    of_three(house)
    house.says("engineer2", "接单")
    house.says("engineer2", "修好了 W1 原因：锁表 方法：重启 结果：恢复")
    house.forget()
    house.says("icu-nurse", "W2 还是不行")
    house.expect_page("engineer2", "W2")
    house.says("nurse", "W3 还是不行")
    assert parts(house) == [None, None, 2]
    house.expect("nurse", "与 W2 一并处理")
    assert not [heard for heard in house.heard if heard.notice.purpose is Purpose.PAGE]


# the engineer's side


def test_taking_one_that_is_joined_takes_the_incident(house: House) -> None:
    of_three(house)
    house.says("engineer2", "接单 W3")
    house.expect("engineer2", "W1")
    assert house.ticket(1).assignee == "engineer2"
    assert house.ticket(3).assignee == ""


def test_what_is_joined_is_no_work_of_its_own_and_may_be_taken_out_where_it_is_shown(house: House) -> None:
    of_three(house)
    house.says("engineer2", "工单")
    told = house.expect("engineer2", "W1")
    assert "W2" not in told.text
    house.says("engineer2", "W3")
    house.presses("engineer2", "拆出，单独处理")
    assert house.ticket(3).incident is None
    house.expect("nurse", "W3", "不是同一故障")
    house.forget()


# we too


def test_we_too_joins_what_many_may_have_rather_than_what_is_one_things(house: House) -> None:
    house.says("nurse", "HIS的打印机不出纸，处方打不出来")
    house.says("head-hr", "HIS打不开了")
    house.says("icu-nurse", "HIS我们也是")
    assert house.ticket(3).incident == 2
    assert house.ticket(3).events[1].data["why"].startswith("said-so")
    house.forget()


def test_we_too_said_again_goes_on_the_ticket_that_is_there(house: House) -> None:
    house.says("nurse", "HIS打不开，全科都不行")
    house.says("icu-nurse", "我们也是")
    house.forward(minutes=2)
    house.says("icu-nurse", "HIS我们也是")
    assert house.count() == 2
    house.forget()


def test_we_too_takes_over_nothing_that_others_made_graver(house: House) -> None:
    for who in ("head-hr", "icu-nurse", "nurse"):
        house.says(who, "HIS打不开了")
    assert house.ticket(1).priority is Priority.CRITICAL
    house.says("head-icu", "我们也是")
    assert (house.ticket(4).incident, house.ticket(4).priority) == (1, Priority.MEDIUM)
    house.forget()


def test_what_the_same_person_calls_a_new_matter_is_joined_to_nothing(house: House) -> None:
    house.says("nurse", HERE)
    house.says("icu-nurse", THERE)
    house.forward(minutes=5)
    house.says("nurse", "HIS急诊科开不了检查单")
    house.presses("nurse", "这是新问题")
    assert parts(house) == [None, 1, None]
    house.forget()


def test_an_incident_is_counted_once_a_report_however_large_it_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.says("nurse", HERE)
    house.says("icu-nurse", THERE)
    counted: list[str] = []

    def spy(name: str) -> Callable[..., object]:
        whole = getattr(SqlTickets, name)

        def spied(*args: object) -> object:
            counted.append(name)
            return whole(*args)

        return spied

    for name in ("size_of", "size_with"):
        monkeypatch.setattr(SqlTickets, name, spy(name))
    house.says("head-hr", "人事科的HIS打不开了")
    answer = house.expect("head-hr", "W3", "并入同一故障 W1", "已有 3 人报障")
    assert answer.ticket == 3
    assert counted == ["size_with"]
    house.forget()
