"""The reporter after the report: how it stands, hurry, it works, it does not, withdrawn, nobody need come."""

import pytest

from sla.message import Attachment, Purpose
from sla.ticket import EventKind, State
from tests.support.house import House

REPORT = "急诊科HIS打不开，所有电脑都开不了医嘱"


@pytest.fixture
def open_(house: House) -> House:
    """W1 is open and engineer2 has it."""
    house.says("nurse", REPORT)
    house.says("engineer2", "接单 W1")
    house.forget()
    return house


@pytest.fixture
def mended(open_: House) -> House:
    """W1 is resolved."""
    open_.says("engineer2", "修好了 W1 原因：锁表 方法：杀会话 结果：恢复")
    return open_


@pytest.mark.parametrize("words", ["怎么样了", "进度", "进度 W1", "W1 怎么样了", "？？"])
def test_how_it_stands(open_: House, words: str) -> None:
    before = open_.ticket().events
    open_.says("nurse", words)
    open_.expect("nurse", "处理中", "示例·李工自今天 03:42接手", "下一期限")
    assert open_.ticket().events == before


def test_with_no_ticket_there_is_nothing_to_tell(house: House) -> None:
    house.says("nurse", "怎么样了")
    house.expect("nurse", "没有未结束的工单")


def test_urging_pages_again_at_most_once_in_a_quarter_of_an_hour(open_: House) -> None:
    open_.says("nurse", "快点啊，没人来")
    open_.expect("nurse", "已催促", "示例·李工")
    open_.expect_page("engineer2", "W1")
    open_.forward(minutes=14)
    open_.says("nurse", "快点啊，没人来")
    open_.expect("nurse", "今天 03:42 已催过，示例·李工已收到呼叫；今天 03:57 后可以再催")
    open_.expect_silence("engineer2", "【催办】")
    open_.forward(minutes=1)
    open_.says("nurse", "快点啊，没人来")
    open_.expect("nurse", "已催促，正在呼叫示例·李工、示例·王工")
    open_.expect_page("engineer2", "【催办】")
    open_.expect_page("engineer1", "【催办】")  # the second time one rung more
    assert [e.kind for e in open_.ticket().events].count(EventKind.URGED) == 2
    open_.forget()


def test_who_has_the_ticket_is_urged_to_go_on_with_it_and_nobody_to_take_it(open_: House) -> None:
    open_.says("nurse", "快点啊，没人来")
    page = open_.expect_page("engineer2", "【催办】", "您已接单")
    assert [button.label for row in page.buttons for button in row] == ["到场", "远程不行", "修好了"]
    open_.forward(minutes=15)
    open_.says("nurse", "快点啊，没人来")
    other = open_.expect_page("engineer1", "【催办】", "示例·李工已接单，请协助或督促处理")
    assert other.buttons == ()
    open_.presses("engineer2", "到场")
    open_.forward(minutes=15)
    open_.forget()
    open_.says("nurse", "快点啊，没人来")
    page = open_.expect_page("engineer2", "【催办】", "您已接单")
    assert [button.label for row in page.buttons for button in row] == ["修好了"]
    open_.forget()


def test_who_goes_on_urging_is_never_heard_by_fewer_people(open_: House) -> None:
    called = []
    for _ in range(6):
        open_.forget()
        open_.says("nurse", "快点啊，没人来")
        called.append([heard.who for heard in open_.heard if heard.notice.purpose is Purpose.PAGE])
        open_.forward(minutes=15)
    above = [[], ["engineer1"], ["lead"], *(3 * [["provider-manager"]])]
    assert called == [["engineer2", *more] for more in above]
    open_.forget()


def test_while_nobody_has_it_whoever_is_urged_is_asked_to_take_it(house: House) -> None:
    house.says("nurse", "急诊HIS打不开，所有电脑都不行")
    house.says("nurse", "快点啊，没人来")
    for who in ("engineer2", "engineer1"):
        page = house.expect_page(who, "【催办】", "请接单")
        assert [button.label for row in page.buttons for button in row] == ["接单"]
    house.says("engineer2", "接单 W1")
    house.says("engineer2", "转给 示例·王工 W1")
    house.forward(minutes=15)
    house.forget()
    house.says("nurse", "快点啊，没人来")  # who it was handed over to has not taken it yet
    page = house.expect_page("engineer1", "【催办】", "请接单")
    assert [button.label for row in page.buttons for button in row] == ["接单"]
    house.forget()


def test_the_reporter_confirms_and_rates(mended: House) -> None:
    mended.says("nurse", "好了谢谢")
    asked = mended.expect("nurse", "满意吗")
    assert [row[0].label for row in asked.buttons] == ["非常满意", "满意", "一般", "不满意", "非常不满意"]
    mended.expect("engineer2", "已确认修复")
    mended.presses("nurse", "一般")
    assert mended.ticket().state is State.CONFIRMED
    assert mended.ticket().points == 70
    mended.presses("nurse", "一般")
    mended.expect("nurse", "已经这样评价过")
    mended.says("nurse", action="confirm:1")
    mended.expect("nurse", "之前已经确认")
    mended.says("icu-nurse", action="rate:1:0")
    mended.expect("icu-nurse", "不是您的工单")
    mended.says("manager", action="rate:1:0")
    mended.expect("manager", "只能由报障人评价")
    mended.says("nurse", action="rate:1:99")
    mended.expect("nurse", "失效")
    assert mended.ticket().points == 70


def test_it_works_before_anybody_resolved_it(open_: House) -> None:
    open_.says("nurse", "好了，谢谢")
    open_.expect("nurse", "请工程师登记修复")
    open_.expect("engineer2", "报障人说已恢复")
    assert open_.ticket().is_working


def test_it_still_does_not_work_before_the_confirmation(mended: House) -> None:
    mended.says("nurse", "还是不行")
    mended.expect("nurse", "已重新打开，继续处理")
    assert mended.ticket().round == 1
    assert mended.ticket().is_working
    mended.forget()


def test_the_button_still_broken(mended: House) -> None:
    mended.presses("nurse", "还是不行")
    assert mended.ticket().is_working
    mended.says("nurse", action="still_broken:1")
    mended.expect("nurse", "正在处理中，无需重新打开")
    mended.forget()


def test_it_comes_back_after_the_confirmation_as_a_new_round(mended: House) -> None:
    mended.presses("nurse", "确认修复")
    mended.forward(days=2)
    mended.forget()
    mended.says("nurse", "又不行了，还是打不开")
    assert mended.ticket().round == 2
    mended.expect("nurse", "新一轮", "响应")
    mended.expect_page("engineer2", "W1")


def test_after_a_week_it_is_a_new_report(mended: House) -> None:
    mended.presses("nurse", "确认修复")
    mended.forward(days=8)
    mended.forget()
    assert mended.says("nurse", "还是不行") == 2
    mended.forget()


def test_it_still_does_not_work_while_somebody_works(open_: House) -> None:
    open_.says("nurse", "还是不行")
    open_.expect("engineer2", "还是不行")
    assert open_.ticket().events[-1].kind is EventKind.NOTED
    assert open_.count() == 1


def test_of_two_tickets_the_one_is_asked_for(open_: House) -> None:
    open_.says("nurse", "PACS看不了片子")
    open_.forget()
    open_.says("nurse", "好了谢谢")
    open_.expect("nurse", "哪一张工单")
    assert open_.says("nurse", action="pick:2") == 2
    assert open_.ticket(2).events[-1].data["says"] == "works"
    assert open_.ticket(2).events[-1].data["text"] == "好了谢谢"
    open_.forget()


def test_the_words_name_the_system(open_: House) -> None:
    open_.says("nurse", "PACS看不了片子")
    open_.forget()
    assert open_.says("nurse", "PACS好了，谢谢") == 2
    open_.forget()


def test_withdrawing(open_: House) -> None:
    open_.says("icu-nurse", "撤销 W1")
    open_.expect("icu-nurse", "不是您的工单")
    open_.says("engineer2", "撤销 W1")
    open_.expect("engineer2", "只能由报障人")
    assert open_.ticket().is_working
    open_.says("nurse", "撤销 W1 自己弄好了")
    assert open_.ticket().state is State.CANCELLED
    open_.expect("engineer2", "不用再处理", "自己弄好了")
    open_.forward(days=3)


def test_the_manager_withdraws(open_: House) -> None:
    open_.says("manager", "撤销 W1 重复报障")
    open_.expect("nurse", "已被撤销", "重复报障")
    assert open_.ticket().state is State.CANCELLED


def test_nobody_need_come(open_: House) -> None:
    open_.says("engineer2", "无需到场 W1")
    open_.expect("engineer2", "只能由医院一方")
    open_.says("nurse", "无需到场 W1")
    open_.expect("engineer2", "无需到场")
    assert open_.ticket().events[-1].kind is EventKind.NOBODY_NEEDED


def test_a_follow_up_lands_on_the_ticket(open_: House) -> None:
    open_.says("nurse", "我的电脑在三楼护士站靠窗那台")
    open_.expect("engineer2", "三楼护士站")
    assert open_.ticket().events[-1].data["text"] == "我的电脑在三楼护士站靠窗那台"
    assert open_.count() == 1


@pytest.mark.parametrize("words", ["W1 修好了", "W1 已修复", "W1 fixed"])
def test_who_waits_for_it_says_by_its_number_that_it_works(open_: House, words: str) -> None:
    open_.says("nurse", words)
    open_.expect("nurse", "请工程师登记修复")
    open_.expect("engineer2", "报障人说已恢复")


def test_what_is_said_beside_urging_too_soon_is_kept(open_: House) -> None:
    open_.says("nurse", "快点啊，没人来")
    open_.forward(minutes=6)
    open_.says("nurse", "怎么还没人来，我在三楼抢救室等")
    assert open_.ticket().events[-1].data["text"] == "怎么还没人来，我在三楼抢救室等"
    assert [event.kind for event in open_.ticket().events].count(EventKind.URGED) == 1
    open_.forget()


@pytest.mark.parametrize("words", ["还是不行", "快点啊，没人来", "好了谢谢"])
def test_a_picture_beside_such_words_is_on_the_ticket(open_: House, words: str) -> None:
    if words == "还是不行":
        open_.says("engineer2", "修好了 W1 原因：锁表 方法：杀会话 结果：恢复")
    open_.says("nurse", words, attachments=(Attachment("报错.png", "image/png", 10, "f1"),))
    assert [event.data["file"] for event in open_.ticket().events if "file" in event.data] == ["f1"]
    open_.forget()
