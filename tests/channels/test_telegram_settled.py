"""Buttons on the Bot API, when somebody took what they asked for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels.base import ChannelError
from sla.message import Address, Notice, Purpose
from tests.channels import rig as rigs
from tests.channels.keeping import LEASE
from tests.channels.rig import BUTTONS, PIECES
from tests.channels.telegram_rig import TelegramRig, telegram
from tests.support.botapi import Fault


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[TelegramRig]:
    async with telegram(tmp_path) as rig:
        yield rig


def notice(rig: TelegramRig, key: str, text: str) -> Notice:
    return Notice(key, Purpose.PAGE, (Address("telegram", rig.person),), text, BUTTONS, "li", 12)


async def taken(rig: TelegramRig) -> None:
    await rig.keeper.settles(rig.channel, "page", "李工已接单")


async def test_the_page_says_who_took_it_and_has_no_buttons(rig: TelegramRig) -> None:
    await rig.keeper.delivers(rig.channel, notice(rig, "page", "W12 呼叫：呼吸机"))
    await taken(rig)
    assert rig.shown() == [("W12 呼叫：呼吸机\n\n李工已接单", [])]


async def test_a_page_that_is_full_loses_its_buttons_alone(rig: TelegramRig) -> None:
    full = "报" * rig.channel.capabilities.text_limit
    await rig.keeper.delivers(rig.channel, notice(rig, "page", full))
    await taken(rig)
    assert rig.shown()[0] == (full, [])


async def test_of_a_long_page_the_last_part_says_it(rig: TelegramRig) -> None:
    text = "\n".join(PIECES[: rig.channel.capabilities.text_limit * 3 // 2 // len(PIECES[0])])
    await rig.keeper.delivers(rig.channel, notice(rig, "page", text))
    before = rig.shown()
    await taken(rig)
    (first, _), (last, _) = rig.shown()
    assert (first, last) == (before[0][0], f"{before[1][0]}\n\n李工已接单")


async def test_one_that_the_person_deleted_is_refused_and_one_that_failed_may_be_tried_again(rig: TelegramRig) -> None:
    await rig.keeper.delivers(rig.channel, notice(rig, "page", "W12 呼叫"))
    gone = "Bad Request: message to edit not found"
    for fault, result in ((Fault("editMessageText"), "not_sent"), (Fault("editMessageText", 400, gone), "refused")):
        rig.server.faults.append(fault)
        with pytest.raises(ChannelError) as caught:
            await taken(rig)
        assert (caught.value.result, caught.value.of_address) == (result, False)
    assert rig.shown() == [("W12 呼叫", ["ack:12", "handover:12"])]


async def test_changes_wait_for_their_turn_like_messages(rig: TelegramRig) -> None:
    began = asyncio.get_running_loop().time()
    for number in range(3):
        await rig.keeper.delivers(rig.channel, notice(rig, f"page-{number}", f"W12 呼叫 {number}"))
    for number in range(3):
        await rig.keeper.settles(rig.channel, f"page-{number}", "李工已接单")
    times = [call.at for call in rig.server.calls if call.method in {"sendmessage", "editmessagetext"}]
    assert len(times) == 6
    assert all(at - began >= second for second, at in enumerate(times))
    assert [buttons for _, buttons in rig.shown()] == [[], [], []]


async def test_many_changes_keep_no_page_waiting(rig: TelegramRig) -> None:
    """Twelve tickets of one engineer are joined at once; the thirteenth page does not wait until all say so."""
    await rig.keeper.delivers(rig.channel, notice(rig, "page", "W12 呼叫"))
    page = await rig.keeper.run(lambda uow: uow.outbox.of_key("page"))
    assert page is not None
    about = replace(page.notice, text="", buttons=(), purpose=Purpose.INFO, changes=page.id, settles="已并入")
    changes, now = [replace(about, key=f"change:{number}:") for number in range(12)], rig.keeper.now
    await rig.keeper.run(lambda uow: uow.outbox.add(changes, now))
    rows = await rig.keeper.run(lambda uow: uow.outbox.claim("k", now, now + LEASE, 12, ["telegram"]))
    tasks = [asyncio.create_task(rig.channel.send(row)) for row in rows]
    await asyncio.sleep(0)
    await rig.keeper.run(lambda _: None)  # until each knows what it changes
    await rig.channel.send(rigs.notice(rig, "W13 呼叫"))
    await asyncio.gather(*tasks, return_exceptions=True)
    (at,) = [number for number, call in enumerate(rig.server.calls) if "W13" in str(call.params)]
    assert len([call for call in rig.server.calls[:at] if call.method == "editmessagetext"]) <= 3
    later = [task.exception() for task in tasks if task.exception()]
    assert len(later) >= 9
    assert all(isinstance(error, ChannelError) and error.retry_after for error in later), "they come again"
