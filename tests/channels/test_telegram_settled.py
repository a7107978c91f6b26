"""Buttons on the Bot API, when somebody took what they asked for."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest_asyncio

from sla.message import Address, Notice, Purpose
from tests.channels.rig import BUTTONS, PIECES
from tests.channels.telegram_rig import TelegramRig, telegram
from tests.support.botapi import Fault


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[TelegramRig]:
    async with telegram(tmp_path) as rig:
        yield rig


def notice(rig: TelegramRig, key: str, text: str) -> Notice:
    return Notice(key, Purpose.PAGE, (Address("telegram", rig.person),), text, BUTTONS, "li", 12)


def taken(rig: TelegramRig, key: str = "taken") -> Notice:
    return replace(notice(rig, key, "W12 李工已接单。"), buttons=(), settles="李工已接单")


async def test_the_page_says_who_took_it_and_has_no_buttons(rig: TelegramRig) -> None:
    await rig.keeper.delivers(rig.channel, notice(rig, "page", "W12 呼叫：呼吸机"))
    await rig.keeper.delivers(rig.channel, taken(rig))
    assert rig.shown() == [("W12 呼叫：呼吸机\n\n李工已接单", []), ("W12 李工已接单。", [])]


async def test_a_page_that_is_full_loses_its_buttons_alone(rig: TelegramRig) -> None:
    full = "报" * rig.channel.capabilities.text_limit
    await rig.keeper.delivers(rig.channel, notice(rig, "page", full))
    await rig.keeper.delivers(rig.channel, taken(rig))
    assert rig.shown()[0] == (full, [])


async def test_of_a_long_page_the_last_part_says_it(rig: TelegramRig) -> None:
    text = "\n".join(PIECES[: rig.channel.capabilities.text_limit * 3 // 2 // len(PIECES[0])])
    await rig.keeper.delivers(rig.channel, notice(rig, "page", text))
    before = rig.shown()
    await rig.keeper.delivers(rig.channel, taken(rig))
    (first, _), (last, _), _ = rig.shown()
    assert (first, last) == (before[0][0], f"{before[1][0]}\n\n李工已接单")


async def test_what_cannot_be_changed_hinders_no_message(rig: TelegramRig) -> None:
    await rig.keeper.delivers(rig.channel, notice(rig, "page", "W12 呼叫"))
    rig.server.faults.append(Fault("editMessageText", 500))
    await rig.keeper.delivers(rig.channel, taken(rig))
    assert [text for text, _ in rig.shown()] == ["W12 呼叫", "W12 李工已接单。"]
