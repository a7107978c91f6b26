"""Buttons go everywhere when nobody needs them any more: at every address of everybody who was paged."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.mailbox.channel import MailChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.webchat import WebChat
from bot.channels.weixin.robot import RobotChannel
from bot.channels.weixin.wechat import WeChatChannel
from bot.channels.weixin.wecom import WeComChannel
from handlers.settled import CHANGING, arrived, settle
from sla.message import Address, Button, Notice, Purpose
from sla.ticket import EventKind
from storage.base import UnitOfWork
from tests.support.addresses import with_addresses
from tests.support.house import House, open_house
from tests.support.settled import addresses_of, changes, shown_to, words

DOWN = "急诊HIS打不开，所有电脑都不行"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Engineers and leads have an address beside the web chat, which comes first for one of them."""
    rules = with_addresses(
        engineer2=("telegram:li", "webchat:engineer2"),
        engineer1=("webchat:engineer1", "mail:wang@x"),
        lead=("mail:lead@x", "telegram:lead"),
    )
    with open_house(tmp_path, rules=rules) as opened:
        yield opened


def test_whoever_takes_it_every_page_says_so_at_whichever_address(house: House) -> None:
    house.says("nurse", DOWN)
    house.forward(minutes=9)
    paged = [heard.who for heard in house.all if heard.notice.buttons and "ack:1" in actions(heard.notice)]
    assert {"engineer1", "engineer2"} <= set(paged)
    house.says("engineer1", "接单 W1")
    house.forget()
    found = words(house)
    assert set(found["telegram:li"]) == set(found["webchat:engineer1"]) == {"示例·王工已接单"}
    assert not any(where.startswith("mail") for where in found)  # what was mailed stays as it is
    told = [where for where in addresses_of(house) if where.channel == "mail"]
    assert told


def test_each_message_is_changed_once(house: House) -> None:
    house.says("nurse", DOWN)
    house.forward(minutes=9)
    house.says("engineer1", "接单 W1")
    before = changes(house)
    house.says("engineer1", "到场 W1")
    assert changes(house) == before
    house.says("engineer1", "转给 示例·李工 W1")
    after = changes(house)
    assert after.items() > before.items()
    assert {after[each] for each in after.keys() - before.keys()} == {"已转给示例·李工"}
    house.forget()


def test_what_the_reporter_was_asked_is_over_when_it_is_answered_in_words(house: House) -> None:
    house.says("nurse", DOWN)
    house.says("engineer2", "接单 W1", channel="telegram")
    house.says("engineer1", "修好了 W1 原因：断线 方法：重插 结果：恢复")
    house.forget()
    asked = [heard for heard in house.all if "confirm:1" in actions(heard.notice)]
    assert asked
    house.says("nurse", "好了谢谢")
    assert "已确认解决" in words(house)["webchat:nurse"]
    house.forget()


def test_what_was_withdrawn_needs_nobody(house: House) -> None:
    house.says("nurse", DOWN)
    house.says("nurse", "撤销 W1")
    assert "已撤销" in words(house)["telegram:li"]
    house.forget()


def test_what_is_joined_to_another_ticket_says_to_which(house: House) -> None:
    house.says("nurse", DOWN)
    house.says("icu-nurse", "ICU的PACS打不开图像，所有电脑都不行")
    house.says("manager", "合并 W2 W1")
    found = changes(house)
    assert {shown for (_, words), shown in found.items() if "W2" in words} == {"已并入W1"}
    assert not [words for _, words in found if "W1" in words]
    house.forget()


def test_who_reported_it_opens_it_again_and_the_question_is_over(house: House) -> None:
    house.says("nurse", DOWN)
    house.says("engineer1", "接单 W1")
    house.says("engineer1", "修好了 W1 原因：断线 方法：重插 结果：恢复")
    assert words(house)["webchat:engineer1"] == ["示例·王工已修复"]
    house.says("nurse", "还是不行")
    assert "已重新打开" in words(house)["webchat:nurse"]
    house.forget()


def test_while_one_of_its_buttons_is_of_use_a_message_keeps_all(house: House) -> None:
    house.says("nurse", DOWN)
    asked(house, "接单还是暂停？", "ack:1", "pause:1")
    house.says("engineer1", "接单 W1")
    assert shown_to(house, "engineer2", "接单还是暂停？") == []
    house.says("engineer1", "修好了 W1 原因：断线 方法：重插 结果：恢复")
    assert shown_to(house, "engineer2", "接单还是暂停？") == ["示例·王工已修复"]
    house.forget()


def test_of_what_happened_at_once_the_latest_is_said(house: House) -> None:
    house.says("nurse", DOWN)
    house.says("engineer1", "接单 W1")
    house.says("engineer1", "转给 示例·李工 W1")
    asked(house, "谁来接单？", "ack:1")

    def settle_both(uow: UnitOfWork) -> None:
        ticket = uow.tickets.load(1)
        assert ticket is not None
        both = [event for event in ticket.events if event.kind in (EventKind.ACKNOWLEDGED, EventKind.HANDED_OVER)]
        settle(ticket, both, uow, house.rules, house.now)

    house.run(settle_both)
    house.deliver()
    assert shown_to(house, "engineer2", "谁来接单？") == ["已转给示例·李工"]
    house.forget()


def asked(house: House, text: str, *pressed: str) -> None:
    """Somebody is sent a message about the first ticket with buttons of these actions."""
    buttons = (tuple(Button("按钮", action) for action in pressed),)
    here = (Address("webchat", "engineer2"),)
    notice = Notice(text, Purpose.INFO, here, text, buttons=buttons, person="engineer2", ticket=1)
    house.run(lambda uow: uow.outbox.add([notice], house.now))
    house.deliver()


@pytest.mark.parametrize("known", [True, False], ids=["told at once", "when it must have arrived"])
def test_a_page_that_is_under_way_when_it_is_taken_is_changed_when_it_has_arrived(house: House, known: bool) -> None:
    house.deliver, deliver = lambda: None, house.deliver  # type: ignore[method-assign]  # nothing is sent yet
    house.says("nurse", DOWN)
    until = house.now + timedelta(minutes=1)
    leased = house.run(lambda uow: uow.outbox.claim("w", house.now, until, 99, ["telegram"]))
    house.says("engineer1", "接单 W1")
    (page,) = [row for row in leased if "ack:1" in actions(row.notice)]
    assert house.run(lambda uow: uow.outbox.sent(page, house.now, "m-1"))
    deliver()
    assert words(house) == {}
    if known:
        house.run(lambda uow: arrived(page, house.now, uow))
    else:
        house.forward(minutes=2)
    deliver()
    assert words(house) == {"telegram:li": ["示例·王工已接单"]}
    house.forget()


def test_those_that_can_change_what_they_sent_are_the_channels_that_say_so() -> None:
    all_of_them = (WebChat, TelegramChannel, WeComChannel, RobotChannel, WeChatChannel, MailChannel)
    assert {kind.name for kind in all_of_them if kind.capabilities.edit} == CHANGING


def actions(notice: Notice) -> list[str]:
    return [button.action for line in notice.buttons for button in line]
