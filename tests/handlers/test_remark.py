"""Beside a rating people say why: that is no fault but a remark on the service, and who answers for that hears it."""

import pytest

from sla.message import Attachment
from sla.ticket import State
from tests.support.house import House
from tests.support.slow import seconds


@pytest.fixture
def mended(house: House) -> House:
    """W1 of the nurse is confirmed, and she is asked how satisfied she is."""
    house.says("nurse", "急诊科HIS打不开，所有电脑都开不了医嘱")
    house.says("engineer2", "接单 W1")
    house.says("engineer2", "修好了 W1 原因：锁表 方法：杀会话 结果：恢复")
    house.presses("nurse", "确认修复")
    house.forget()
    return house


@pytest.fixture
def rated(mended: House) -> House:
    """She is not."""
    mended.presses("nurse", "不满意")
    mended.forget()
    return mended


@pytest.mark.parametrize(
    "words", ["太慢了", "修得太慢了！", "等太久了", "态度也不好", "催了好几次才来", "下次快点", "too slow"]
)
def test_what_is_said_right_after_a_rating_is_said_of_the_service(rated: House, words: str) -> None:
    assert rated.says("nurse", words) == 1
    rated.expect("nurse", "已记入 W1 的评价")
    rated.expect("provider-manager", "W1", "评价服务", words)
    assert rated.count() == 1
    assert rated.ticket().state is State.CONFIRMED
    assert (rated.ticket().events[-1].data["text"], rated.ticket().events[-1].data["says"]) == (words, "remark")


def test_one_remark_may_follow_another(rated: House) -> None:
    rated.says("nurse", "太慢了")
    assert rated.says("nurse", "态度也不好") == 1
    assert rated.count() == 1


def test_instead_of_pressing_a_button_one_may_say_it(mended: House) -> None:
    mended.says("nurse", "太慢了")
    mended.expect("provider-manager", "太慢了")
    mended.says("nurse", "不满意。")
    contract = mended.rules.contract_of(mended.ticket())
    assert contract
    assert mended.ticket().points == contract.satisfaction.points[3]


@pytest.mark.parametrize("words", ["HIS太慢了", "又很慢", "打印机卡纸了", "现在很卡"])
def test_what_is_said_of_a_system_is_a_report(rated: House, words: str) -> None:
    assert rated.says("nurse", words) == 2
    rated.expect_silence("provider-manager")
    rated.forget()


def test_after_a_new_report_slow_is_said_of_that(rated: House) -> None:
    rated.says("nurse", "PACS看不了片子")
    rated.forward(seconds=20)
    assert rated.says("nurse", "太慢了") == 2
    rated.expect_silence("provider-manager")
    rated.forget()


def test_of_what_was_opened_again_slow_is_said_of_the_system(rated: House) -> None:
    rated.says("nurse", "又不行了")
    rated.says("nurse", "太慢了")
    rated.expect_silence("provider-manager")
    assert rated.ticket().is_working
    rated.forget()


def test_after_a_while_nobody_speaks_of_the_rating_any_more(rated: House) -> None:
    rated.forward(minutes=11)
    assert rated.says("nurse", "太慢了") == 2
    rated.forget()


def test_urging_for_another_ticket_is_no_remark(rated: House) -> None:
    rated.says("nurse", "PACS看不了片子")
    rated.forget()
    assert rated.says("nurse", "等太久了，快点") == 2
    rated.forget()


def test_a_picture_after_a_rating_is_not_put_on_what_is_over(rated: House) -> None:
    shot = Attachment("报错.png", "image/png", 10, "f1")
    rated.says("nurse", attachments=(shot,))
    rated.expect("nurse", "图片已收到")
    assert not any(event.data.get("file") for event in rated.ticket().events)


def test_what_a_colleague_says_is_not_taken_for_it(rated: House) -> None:
    assert rated.says("icu-nurse", "太慢了") == 2
    rated.forget()


@pytest.mark.parametrize("words", ["快点过来", "快来人啊，打印机", "我们催了好久了，没人来", "就是有点慢"])
def test_who_calls_somebody_or_tells_of_a_fault_remarks_nothing(rated: House, words: str) -> None:
    rated.says("nurse", words)
    rated.expect_silence("provider-manager", "评价服务")
    assert not any(event.data.get("says") == "remark" for event in rated.ticket().events)
    rated.forget()


def test_no_words_take_long_to_be_known_for_a_remark(rated: House) -> None:
    assert seconds(lambda: rated.says("nurse", "来的" * 40 + "x"), 1.0) < 1.0
    rated.forget()
