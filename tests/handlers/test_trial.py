"""测试呼叫: a real page, its way and its acknowledgement told to who asked for it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.time_passes import time_passes
from sla.message import Purpose
from tests.support.addresses import refuses, sends, waiting, with_addresses
from tests.support.house import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    rules = with_addresses(engineer2=("wecom:li", "telegram:200"))
    with open_house(tmp_path, rules=rules) as opened:
        yield opened
        assert opened.count() == 0


@pytest.mark.parametrize("words", ["测试呼叫", "test page"])
def test_to_oneself(house: House, words: str) -> None:
    house.says("nurse", words)
    page = house.expect_page("nurse", "测试", "不是故障")
    assert page.sound
    assert page.ticket is None
    house.expect("nurse", "测试呼叫已发出")
    house.forward(seconds=12)
    house.expect("nurse", "已送达：网页，用时 0 秒")
    house.presses("nurse", "收到")
    house.expect("nurse", "测试成功：网页", "12 秒后确认")
    house.forward(minutes=10)
    assert not house.heard
    house.presses("nurse", "收到")
    house.expect("nurse", "已经确认过了")


def test_by_word_where_there_are_no_buttons(house: House) -> None:
    house.says("nurse", "收到")
    house.expect_silence("nurse", "测试")
    house.says("nurse", "测试呼叫")
    house.forward(seconds=30)
    house.says("nurse", "收到")
    house.expect("nurse", "测试成功", "30 秒后确认")
    house.says("nurse", "收到")
    house.expect_silence("nurse", "确认过")
    house.forget()


def test_nobody_acknowledges(house: House) -> None:
    house.says("nurse", "测试呼叫")
    house.forward(minutes=4, seconds=59)
    house.expect_page("nurse", "测试")
    house.expect_silence("nurse", "没有确认")
    house.forward(seconds=1)
    house.expect("nurse", "5 分钟内没有确认")
    house.presses("nurse", "收到")
    house.expect("nurse", "300 秒后确认")
    house.forward(hours=1)
    assert not [heard for heard in house.heard if heard.notice.purpose is Purpose.PAGE]


def test_a_manager_hears_which_way_it_went(house: House) -> None:
    house.says("manager", "测试呼叫李工")
    house.expect("manager", "已发给示例·李工")
    house.now += timedelta(seconds=2)
    refuses(house, "wecom", "no such user")
    house.expect_page("engineer2", "发起的测试")
    house.forward(seconds=5)
    house.expect("manager", "示例·李工", "已送达：Telegram，用时 2 秒（企业微信未送达）")
    house.presses("engineer2", "收到", channel="telegram")


def test_it_is_acknowledged_where_it_was_seen(house: House) -> None:
    house.says("manager", "测试呼叫 示例·李工")
    refuses(house, "wecom")
    page = house.expect_page("engineer2", "测试")
    house.forward(seconds=40)
    house.says("200", action=page.buttons[0][0].action, channel="telegram")
    house.expect("engineer2", "收到，测试成功")
    house.expect("manager", "示例·李工", "已确认：Telegram", "40 秒后确认")


def test_the_next_one_goes_straight_to_where_it_works(house: House) -> None:
    house.says("manager", "测试呼叫 李工")
    refuses(house, "wecom")
    page = house.expect_page("engineer2", "测试")
    assert page.addresses[0].channel == "wecom"
    house.forward(minutes=2)
    house.forget()
    house.says("manager", "测试呼叫 李工")
    house.expect_page("engineer2", "测试")
    assert not waiting(house, "wecom")


def test_where_nothing_takes_it_that_is_told(tmp_path: Path) -> None:
    with open_house(tmp_path, rules=with_addresses(engineer2=("wecom:li",))) as house:
        house.says("manager", "测试呼叫 李工")
        refuses(house, "wecom")
        house.forward(seconds=5)
        house.expect("manager", "示例·李工", "没有送达")
        house.forward(minutes=1)
        house.says("manager", "测试呼叫 李工")
        house.forward(minutes=6)
        house.expect("manager", "示例·李工", "没有送达")
        assert len(sends(house, "wecom")) == 1


@pytest.mark.parametrize(
    ("who", "words", "told"),
    [
        ("nurse", "测试呼叫 李工", "需由管理人员"),
        ("manager", "测试呼叫 不认识的人", "没有找到"),
        ("stranger", "测试呼叫", "绑定"),
    ],
)
def test_who_may_not(house: House, who: str, words: str, told: str) -> None:
    house.says(who, words)
    house.expect(who, told)
    assert not [heard for heard in house.heard if heard.notice.purpose is Purpose.PAGE]


def test_not_again_within_a_minute_and_no_more_than_twenty_an_hour(house: House) -> None:
    house.says("manager", "测试呼叫 王工")
    house.says("manager", "测试呼叫 王工")
    house.expect("manager", "一分钟后再试")
    for _ in range(19):
        house.forward(seconds=61)
        house.says("manager", "测试呼叫 王工")
    house.forward(seconds=61)
    house.says("manager", "测试呼叫 王工")
    house.expect("manager", "一小时最多 20 次")
    house.forget()


def test_a_whole_ladder(house: House) -> None:
    team = house.rules.rota.teams[0]
    house.says("manager", f"测试呼叫 {team.name}")
    sends(house, "wecom")
    paged = {heard.who for heard in house.heard if heard.notice.purpose is Purpose.PAGE}
    assert paged == {"engineer1", "lead", "provider-manager", "manager"}
    house.presses("lead", "收到")
    house.expect("manager", "已确认：网页")
    house.forget()


def test_a_test_of_last_week_is_over(house: House) -> None:
    house.says("nurse", "测试呼叫")
    old = house.expect_page("nurse", "测试").buttons[0][0].action
    house.forward(days=7)
    house.says("nurse", "测试呼叫")
    house.says("nurse", action=old)
    house.expect("nurse", "这个测试已经结束")
    house.forget()


@pytest.mark.parametrize(
    "words",
    ["test page of the HIS printer comes out blank", "测试呼叫系统没有声音，HIS也打不开", "收到短信说HIS打不开了"],
)
def test_what_only_begins_so_is_a_report(tmp_path: Path, words: str) -> None:
    with open_house(tmp_path) as house:
        assert house.says("nurse", words) == 1
        house.forget()


def test_a_subject_of_nobody_is_looked_at_no_more(house: House) -> None:
    house.run(lambda uow: uow.watched.put("test_page", "left", house.now))
    house.run(lambda uow: time_passes("test_page", "left", uow, house.rules, house.now))
    assert house.run(lambda uow: uow.watched.claim(house.now, 9, "test_page")) == []
