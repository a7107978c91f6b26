"""Cards in WeCom, when somebody took what they asked for: everybody sees who it was."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels.base import ChannelError
from sla.message import Address, Notice, Purpose
from tests.channels.rig import BUTTONS
from tests.channels.weixin_rig import WeixinRig, weixin
from tests.support.weixin import AGENT


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[WeixinRig]:
    async with weixin(tmp_path) as rig:
        rig.platform.members.add("liming")
        yield rig


def later(rig: WeixinRig, **span: float) -> None:
    """Time goes on, for both sides."""
    rig.keeper.now += timedelta(**span)
    rig.platform.now = rig.keeper.now


async def paged(rig: WeixinRig, who: str, key: str = "page") -> str:
    """Page somebody for W12; the card's task."""
    page = Notice(f"{key}:{who}", Purpose.PAGE, (Address("wecom", who),), "W12 呼叫", BUTTONS, who, 12)
    return await rig.keeper.delivers(rig.channel, page)


async def taken(rig: WeixinRig, who: str, key: str = "page") -> None:
    """Somebody took W12: the card of this page is to say so."""
    await rig.keeper.settles(rig.channel, f"{key}:{who}", "李工已接单")


def shown(rig: WeixinRig) -> list[tuple[list[str], str]]:
    """Whose cards show what in the place of their buttons."""
    return [(content["userids"], content["button"]["replace_name"]) for content in rig.platform.updated]


async def test_everybody_who_was_paged_sees_who_took_it(rig: WeixinRig) -> None:
    for who in (rig.person, "liming"):
        await paged(rig, who)
    for who in (rig.person, "liming"):
        await taken(rig, who)
    assert shown(rig) == [([rig.person], "李工已接单"), (["liming"], "李工已接单")]
    assert {content["agentid"] for content in rig.platform.updated} == {AGENT}


async def test_a_card_is_changed_once(rig: WeixinRig) -> None:
    await paged(rig, "liming")
    for _ in range(2):
        await taken(rig, "liming")
    assert len(shown(rig)) == 1


async def test_another_process_can_change_what_this_one_sent(rig: WeixinRig) -> None:
    await paged(rig, "liming")
    await rig.stop()
    await rig.start()
    await taken(rig, "liming")
    assert shown(rig) == [(["liming"], "李工已接单")]


async def test_a_press_brings_a_code_where_the_answer_to_the_card_was_lost(rig: WeixinRig) -> None:
    task = await paged(rig, "liming")
    rig.platform.response_codes.clear()
    later(rig, hours=80)
    rig.person = "liming"
    rig.calls(
        MsgType="event",
        Event="template_card_event",
        EventKey="ack:12",
        TaskId=task,
        ResponseCode=rig.platform.new_code(),
    )
    (pressed,) = await rig.keeper.until(1)
    assert (pressed.action, pressed.reply_to) == ("ack:12", task)
    await taken(rig, "liming")
    assert shown(rig) == [(["liming"], "李工已接单")]


async def test_what_cannot_be_changed_any_more_is_left(rig: WeixinRig) -> None:
    await paged(rig, "liming")
    rig.platform.response_codes.clear()
    with pytest.raises(ChannelError) as caught:
        await taken(rig, "liming")
    assert caught.value.result == "refused"
    later(rig, minutes=5)  # the same words sooner would be the same message
    await paged(rig, "liming", "again")
    later(rig, hours=73)
    await taken(rig, "liming", "again")
    assert shown(rig) == []
