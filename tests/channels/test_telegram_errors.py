"""What the Bot API says no with, how long it is waited for, and what each of that means for a notice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.delivery import is_refusal
from sla.message import Purpose
from tests.channels.outages import WHO, Ward
from tests.channels.rig import failed_send
from tests.channels.telegram_rig import TelegramRig, telegram
from tests.support.botapi import Fault
from tests.support.waiting import until


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[TelegramRig]:
    async with telegram(tmp_path) as rig:
        yield rig


@pytest_asyncio.fixture
async def brief(tmp_path: Path, rig: TelegramRig) -> TelegramRig:
    """It waits for no answer longer than a fraction of a second."""
    await rig.stop()
    rig.brief = True
    await rig.start()
    return rig


NOT_FOUND, MOVED = "Bad Request: chat not found", "Bad Request: group chat was upgraded to a supergroup chat"


@pytest.mark.parametrize(
    ("fault", "result", "of_address", "seconds"),
    [
        (Fault("sendMessage", 400, "Bad Request: message is too long"), "refused", False, 0),
        (Fault("sendMessage", 400, NOT_FOUND), "refused", True, 0),
        (Fault("sendMessage", 401, "Unauthorized"), "not_sent", False, 0),
        (Fault("sendMessage", 403, "Forbidden: bot was blocked by the user"), "refused", True, 0),
        (Fault("sendMessage", 403, "Forbidden: user is deactivated"), "refused", True, 0),
        (Fault("sendMessage", 404, "Not Found"), "not_sent", False, 0),
        (Fault("sendMessage", 409, "Conflict: terminated by other getUpdates request"), "not_sent", False, 0),
        (Fault("sendMessage", 413, "Request Entity Too Large"), "refused", False, 0),
        (Fault("sendMessage", 429, "Too Many Requests", parameters={"retry_after": 31}), "not_sent", False, 31),
        (Fault("sendMessage", 500), "not_sent", False, 0),
        (Fault("sendMessage", 502, gateway=True), "unknown", False, 0),
        (Fault("sendMessage", 503, gateway=True), "not_sent", False, 0),
        (Fault("sendMessage", 504, gateway=True), "unknown", False, 0),
    ],
    ids=lambda value: f"{value.status} {value.description}" if isinstance(value, Fault) else None,
)
async def test_each_answer_has_its_treatment(
    rig: TelegramRig, fault: Fault, result: str, of_address: bool, seconds: int
) -> None:
    rig.server.fails(fault)
    error = await failed_send(rig)
    assert error.result == result
    assert is_refusal(error) is of_address
    assert error.retry_after == (timedelta(seconds=seconds) if seconds else None)
    assert rig.shown() == []
    await asyncio.sleep(0)
    assert rig.channel.problem() == ""  # one message says nothing of the channel; its polls do


@pytest.mark.parametrize("fault", [Fault("getUpdates", 401, "Unauthorized"), Fault("getUpdates", 409, "Conflict: two")])
async def test_what_a_poll_is_answered_is_told_until_one_goes_well(rig: TelegramRig, fault: Fault) -> None:
    fault.times = None
    rig.server.fails(fault)
    await rig.server.down()  # the poll that is held now ends
    await rig.server.up()
    await until(lambda: fault.description in rig.channel.problem())
    assert rig.channel.healthy()
    rig.server.mended()
    rig.says("在吗")
    await rig.keeper.until(1)
    await until(lambda: rig.channel.problem() == "")


async def test_a_message_that_was_taken_and_never_answered_is_unknown(brief: TelegramRig) -> None:
    brief.server.fails(Fault("sendMessage", taken=True, silent=True))
    assert (await failed_send(brief)).result == "unknown"
    assert len(brief.shown()) == 1


async def test_silence_from_the_first_byte_on_is_unknown_too(brief: TelegramRig) -> None:
    brief.server.fails(Fault("sendMessage", silent=True))
    assert (await failed_send(brief)).result == "unknown"
    assert brief.shown() == []


@pytest.mark.parametrize(("purpose", "shown"), [(Purpose.PAGE, 2), (Purpose.ANSWER, 1)])
async def test_an_unsure_page_comes_twice_rather_than_never_and_an_answer_is_told_to_managers(
    brief: TelegramRig, purpose: Purpose, shown: int
) -> None:
    ward = Ward(brief)
    brief.server.fails(Fault("sendMessage", taken=True, silent=True))
    await ward.says("W9 呼叫", purpose, only_there=True)
    await ward.goes_on(seconds=30)
    assert [text for text, _ in brief.shown()] == ["W9 呼叫"] * shown
    assert len(await ward.told("manager")) == 2 - shown


async def test_a_poll_that_is_never_answered_is_given_up_and_asked_again(brief: TelegramRig) -> None:
    silence = brief.server.fails(Fault("getUpdates", silent=True, times=None))
    await until(lambda: "no answer" in brief.channel.problem())
    brief.says("在吗")
    brief.server.faults.remove(silence)
    await brief.keeper.until(1)
    await until(lambda: brief.channel.problem() == "")


async def test_who_blocked_the_bot_is_paged_at_the_next_address_and_the_first_one_is_marked(rig: TelegramRig) -> None:
    ward = Ward(rig)
    rig.account.blocked = True
    await ward.says("W9 呼叫")
    await ward.goes_on(seconds=2)
    assert rig.shown() == []
    assert [text for text, _ in await ward.told(WHO)] == ["W9 呼叫"]
    known = await rig.keeper.run(lambda uow: uow.reach.of(WHO, (ward.there, ward.spare), whole=True))
    assert known.known[ward.there].refused_at is not None
    assert "blocked" in known.known[ward.there].why
