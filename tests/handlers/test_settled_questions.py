"""Whoever was asked for a word sees what became of the question, and nobody presses what is over."""

from pathlib import Path

import pytest

from handlers.describe import system_name
from tests.handlers.test_pause import NIGHT, PAUSES, allowing
from tests.handlers.test_pause import taken as taken_by_engineer
from tests.handlers.test_storm import HERE, THERE
from tests.support.house import House, open_house
from tests.support.settled import changes, shown_to

DOWN = "急诊HIS打不开，所有电脑都不行"
PLAN = "方案 W1 更换核心交换机，分三步。10月3日18:00前完成"
MENDED = "修好了 W1 原因：断线 方法：重插 结果：恢复"


@pytest.fixture
def taken(house: House) -> House:
    """W1 is under smart-hospital and engineer2 has it."""
    return taken_by_engineer(house)


def confirmed(house: House) -> House:
    """W1 is mended, and the nurse is asked how satisfied she is."""
    house.says("nurse", DOWN)
    house.says("engineer2", "接单 W1")
    house.says("engineer2", MENDED)
    house.presses("nurse", "确认修复")
    house.forget()
    return house


def test_a_rating_stands_where_its_buttons_were_and_may_be_changed(house: House) -> None:
    confirmed(house).presses("nurse", "不满意")
    assert shown_to(house, "nurse", "满意吗") == ["已评价：不满意"]
    house.presses("nurse", "修改评价")
    house.expect("nurse", "请重新评价 W1")
    house.presses("nurse", "满意")
    assert shown_to(house, "nurse", "谢谢您的评价") == ["已评价：满意"]
    assert shown_to(house, "nurse", "请重新评价") == ["已评价：满意"]
    contract = house.rules.contract_of(house.ticket())
    assert contract
    assert house.ticket().points == contract.satisfaction.points[1]


def test_what_came_back_is_not_rated(house: House) -> None:
    confirmed(house).says("nurse", "还是不行 W1")
    assert shown_to(house, "nurse", "满意吗") == ["已重新打开"]
    house.presses("nurse", "满意")  # where a channel cannot change what it sent
    house.expect("nurse", "W1")
    assert house.ticket().points is None
    house.forget()


def test_each_sides_word_on_a_plan_settles_its_own_buttons(taken: House) -> None:
    taken.says("engineer2", PLAN)
    taken.presses("head-emergency", "同意")
    assert shown_to(taken, "head-emergency", "方案") == ["示例·周主任已同意"]
    assert shown_to(taken, "manager", "方案") == []
    taken.says("manager", "同意 W1")
    assert shown_to(taken, "manager", "方案") == ["示例·郑科长已同意"]
    taken.forget()


def test_a_plan_that_was_refused_or_replaced_waits_for_nobody(taken: House) -> None:
    taken.says("engineer2", PLAN)
    taken.says("manager", "不同意：没有回退步骤")
    assert shown_to(taken, "head-emergency", "方案") == ["示例·郑科长不同意"]
    taken.says("engineer2", PLAN.replace("三步", "四步"))
    taken.says("engineer2", PLAN.replace("三步", "五步"))
    assert "已有新方案" in changes(taken).values()
    taken.forget()


def test_a_plan_waits_for_nobody_once_the_fault_is_mended(taken: House) -> None:
    taken.says("engineer2", PLAN)
    taken.says("engineer2", MENDED)
    assert shown_to(taken, "manager", "方案") == ["示例·李工已修复"]
    taken.forget()


def test_whether_it_is_the_same_fault_is_answered_once(house: House) -> None:
    house.says("nurse", HERE)
    house.says("icu-nurse", THERE)
    house.presses("icu-nurse", "不是同一问题")
    assert shown_to(house, "icu-nurse", "并入同一故障") == ["已单独处理"]
    house.says("manager", "合并 W2 W1")
    house.presses("manager", "不是同一问题")
    assert shown_to(house, "manager", "W2") == ["已单独处理"]
    house.forget()


def test_a_known_fault_that_is_mended_is_asked_about_no_more(house: House) -> None:
    house.says("nurse", HERE)
    house.says("icu-nurse", THERE)
    house.says("engineer1", "接单 W1")
    house.says("engineer1", MENDED)
    assert shown_to(house, "icu-nurse", "并入同一故障") == ["示例·王工已修复"]
    house.forget()


def test_which_system_is_meant_is_asked_until_it_is_known(house: House) -> None:
    house.says("nurse", "系统打不开了")
    asked = [heard for heard in house.all if heard.who == "nurse" and heard.notice.buttons]
    assert asked
    house.says("nurse", "HIS")
    assert list(changes(house).values()) == [system_name(house.ticket().system, house.rules, "zh")]
    house.forget()


def test_a_message_keeps_its_buttons_while_one_of_them_is_of_use(house: House) -> None:
    house.says("nurse", "急诊电脑系统打不开了")
    house.forward(seconds=20)
    house.says("nurse", "10分钟前登录界面一直转圈，所有人都这样")
    house.says("nurse", "HIS")
    known = system_name(house.ticket().system, house.rules, "zh")
    assert shown_to(house, "nurse", "已开工单 W1") == [known]
    assert shown_to(house, "nurse", "已补充到工单 W1") == [], "it may still be another fault"
    assert house.presses("nurse", "这是新问题") == 2
    assert shown_to(house, "nurse", "已补充到工单 W1") == ["已另开工单"], "which system it is was answered before"
    house.forget()


def test_a_pause_is_chosen_once_and_ends_once(tmp_path: Path) -> None:
    with open_house(tmp_path, rules=allowing(PAUSES + NIGHT)) as house:
        taken_by_engineer(house).says("engineer2", "暂停 W1 等院方提供端口")
        house.presses("engineer2", "等待院方")
        assert "示例·李工已暂停计时" in changes(house).values()
        house.presses("manager", "继续")
        assert shown_to(house, "engineer2", "暂停") == ["示例·李工已暂停计时", "计时已继续"]
        assert "计时已继续" in shown_to(house, "manager", "W1")
        house.forget()


def test_an_outage_is_confirmed_by_one_manager_for_all(house: House) -> None:
    house.says("nurse", "急诊的人事系统打不开，整个科室都不行")
    house.says("engineer2", "接单 W1")
    house.says("engineer2", MENDED)
    house.presses("manager", "都不是")
    assert "示例·郑科长已答：都不是" in shown_to(house, "manager", "W1")
    house.forget()


def test_what_one_asks_for_and_another_decides_is_decided_once(house: House) -> None:
    house.says("nurse", "急诊的人事系统打不开")
    house.forward(minutes=121)
    house.says("provider-manager", "申请豁免 W1 响应 原因：全院停电")
    house.says("provider-manager", "申请豁免 W1 到场 原因：道路封闭")
    house.presses("manager", "同意")
    assert shown_to(house, "manager", "道路封闭") == ["示例·郑科长已同意"]
    assert shown_to(house, "manager", "全院停电") == []
    house.says("manager", "不同意 W1：没有停电")
    assert shown_to(house, "manager", "全院停电") == ["示例·郑科长不同意"]
    house.forget()


def test_a_change_of_labels_is_agreed_once(house: House) -> None:
    house.says("nurse", DOWN)
    house.says("engineer2", "接单 W1")
    house.says("engineer2", "W1 优先级低")
    assert shown_to(house, "manager", "建议") == []
    house.presses("manager", "同意更改")
    assert shown_to(house, "manager", "建议") == ["已更改"]
    house.forget()


def test_what_was_said_besides_is_a_report_of_its_own_once(house: House) -> None:
    house.says("nurse", "HIS打不开了")
    house.forward(seconds=20)
    house.says("nurse", "10分钟前登录界面一直转圈")
    assert house.presses("nurse", "这是新问题") == 2
    assert shown_to(house, "nurse", "已补充到工单 W1") == ["已另开工单"]
    house.forget()


def test_what_was_added_to_an_open_ticket_is_a_report_of_its_own_once(house: House) -> None:
    house.says("head-hr", "HIS打不开")
    before = house.ticket().priority
    house.forward(minutes=10)
    house.says("head-hr", "全院HIS都打不开了，挂号收费全停了")
    added = len(house.ticket().events) - 2
    assert house.presses("head-hr", "这是新问题") == 2
    assert shown_to(house, "head-hr", "已补充到工单 W1") == ["已另开工单"]
    assert house.ticket().priority is before, "what made it graver was about something else"
    house.says("head-hr", action=f"new:1:{added}")
    house.expect("head-hr", "失效")
    assert house.count() == 2
    house.forget()


def test_what_was_said_to_a_ticket_that_is_closed_now_is_made_its_own_once(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.forward(minutes=10)
    house.says("nurse", "HIS登录不了，一直转圈")
    house.says("nurse", "撤销 W1")
    assert shown_to(house, "nurse", "已补充到工单 W1") == ["已撤销"]
    place = next(n for n, event in enumerate(house.ticket().events) if "转圈" in event.data.get("text", ""))
    for _ in range(2):  # where a channel cannot change what it sent
        house.says("nurse", action=f"new:1:{place}")
    house.expect("nurse", "失效")
    assert (house.count(), house.ticket(2).text) == (2, "HIS登录不了，一直转圈")
    house.forget()


def test_what_somebody_else_said_to_a_ticket_is_no_report_of_its_reporter(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.says("manager", "W1 请尽快处理，护士长在等")
    house.says("nurse", action=f"new:1:{len(house.ticket().events) - 1}")
    house.expect("nurse", "失效")
    assert house.count() == 1
    house.forget()


def test_a_known_fault_of_another_system_is_asked_about_no_more(house: House) -> None:
    house.says("nurse", HERE)
    house.says("engineer2", "接单 W1")
    house.forward(minutes=20)
    house.says("head-hr", "HIS打不开了")
    house.expect("head-hr", "已知故障")
    house.says("head-hr", "不是HIS，是人力资源管理系统")
    system = system_name(house.ticket(2).system, house.rules, "zh")
    assert shown_to(house, "head-hr", "已知故障") == [system]
    house.forget()


def test_who_says_late_that_it_is_a_known_fault_hears_that_it_is_mended(house: House) -> None:
    house.says("nurse", HERE)
    house.says("engineer2", "接单 W1")
    house.forward(minutes=20)
    house.says("head-hr", "HIS打不开了")
    house.says("engineer2", MENDED)
    house.presses("head-hr", "就是这个故障")
    house.expect("head-hr", "W1", "已经修复", "W2")
    assert house.ticket(2).is_working
    house.forget()
