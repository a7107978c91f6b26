"""A nurse at three in the morning, from the first half sentence to the end, as she types it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sla.labels import Priority, Scope
from sla.message import Attachment
from sla.ticket import State
from tests.support.house import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The sample hospital at 03:42 on a holiday."""
    with open_house(tmp_path) as opened:
        yield opened


def test_a_night_in_half_sentences(house: House) -> None:
    house.says("icu-nurse", "在吗")
    house.expect("icu-nurse", "您好，请说")
    house.says("icu-nurse", "重症系统")
    house.expect("icu-nurse", "已开工单 W1", "请问是哪个系统", "最迟2分钟后")
    house.forward(seconds=10)
    house.says("icu-nurse", "打不开了")
    house.expect("icu-nurse", "已补充到工单 W1", "请问是哪个系统")
    house.forward(seconds=10)
    house.says("icu-nurse", attachments=(Attachment("屏幕.png", "image/png", 3, "ref-1"),))
    house.forward(seconds=10)
    house.expect_silence("engineer2", "【呼叫】")  # nobody is called before it is known whom to call
    house.presses("icu-nurse", "嘉和重症系统")
    house.expect("icu-nurse", "W1 现在是：嘉和重症系统", "正在呼叫值班工程师示例·李工")
    house.expect_page("engineer2", "W1", "嘉和重症系统", "重症系统 打不开了")
    house.forward(seconds=20)
    house.says("icu-nurse", "所有电脑都这样")
    house.expect("icu-nurse", "已补充到工单 W1", "整个科室", "优先级 紧急")
    house.expect_page("engineer2", "优先级 紧急")
    ticket = house.ticket()
    assert (house.count(), ticket.system, ticket.scope) == (1, "jiahe-icu", Scope.DEPARTMENT)
    assert ticket.priority is Priority.CRITICAL

    house.says("engineer2", "接单 W1")
    house.forget()
    house.forward(minutes=5)
    house.says("icu-nurse", "好了吗")
    house.expect("icu-nurse", "W1", "处理中", "示例·李工")
    house.says("icu-nurse", "快点啊")
    house.expect("icu-nurse", "已催促，正在呼叫示例·李工")
    house.expect_page("engineer2", "【催办】W1")
    house.says("icu-nurse", "PACS也看不了片子")
    house.expect("icu-nurse", "已开工单 W2")
    house.says("engineer2", "修好了 W1 原因：锁表 方法：杀会话 结果：恢复")
    house.forget()
    house.says("icu-nurse", "重症系统还是不行")
    house.expect("icu-nurse", "W1 已重新打开")
    house.expect_page("engineer2", "没有修好")
    house.says("engineer2", "修好了 W1 原因：锁表 方法：重启 结果：恢复")
    house.says("icu-nurse", "重症系统可以用了，谢谢")
    house.expect("icu-nurse", "W1 已确认修复", "满意吗")
    assert (house.ticket(1).state, house.ticket(2).is_working) == (State.CONFIRMED, True)
    house.forget()
