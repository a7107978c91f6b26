"""Processes over one database send no more together than one may."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import ChannelError
from bot.channels.turns import Limit, booked
from storage.crypt import generate_key
from storage.replicas import DatabaseTurns, open_turns
from storage.writer import open_store
from tests.channels.rig import notice
from tests.channels.telegram_rig import telegram
from tests.channels.weixin_rig import weixin
from tests.support.botapi import START
from tests.support.databases import TestDatabase, postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]  # fixtures

KEY = generate_key()
MINUTE, HOUR = Limit(3, 60.0), Limit(5, 3600.0)


@given(st.lists(st.floats(0, 40), max_size=60), st.sampled_from([0.0, 15.0]))
def test_never_more_than_the_limits_in_any_of_their_spans(gaps: list[float], patience: float) -> None:
    kept, now, went = "", 0.0, []
    for gap in gaps:
        now += gap
        kept, wait = booked(kept, (MINUTE, HOUR), now, patience)
        if wait <= patience:
            went.append(now + wait)
    assert went == sorted(went)
    for limit in (MINUTE, HOUR):
        for first, beyond in zip(went, went[limit.most :], strict=False):
            assert beyond - first >= limit.seconds - 0.001


@given(st.lists(st.floats(0, 40), min_size=1, max_size=30))
def test_who_has_to_wait_is_told_how_long_to_the_moment(gaps: list[float]) -> None:
    kept, now = "", 0.0
    for gap in gaps:
        now += gap
        kept, wait = booked(kept, (MINUTE,), now, 0.0)
        if wait:
            assert booked(kept, (MINUTE,), now + wait + 0.001, 0.0)[1] == 0.0


def test_a_clock_that_was_put_back_keeps_nobody_waiting() -> None:
    kept = ""
    for _ in range(3):
        kept, _ = booked(kept, (MINUTE,), 7200.0, 0.0)
    assert booked(kept, (MINUTE,), 3600.0, 0.0)[1] == 0.0


@pytest.fixture
def both(postgresql: TestDatabase) -> Iterator[tuple[DatabaseTurns, DatabaseTurns]]:
    """What two processes over one database have of it."""
    with ExitStack() as stack:
        open_store(postgresql.url, KEY).close()
        found = [open_turns(postgresql.url, KEY) for _ in range(2)]
        first, second = (each for each in found if each)
        stack.callback(first.close)
        stack.callback(second.close)
        yield first, second


def test_a_file_is_one_process_alone(tmp_path: Path) -> None:
    assert open_turns(f"sqlite:///{tmp_path / 'w.db'}", KEY) is None


async def test_a_member_of_wecom_gets_thirty_a_minute_from_both(
    tmp_path: Path, both: tuple[DatabaseTurns, DatabaseTurns]
) -> None:
    async with weixin(tmp_path) as rig:
        channels = [rig.made() for _ in both]
        for channel, turns in zip(channels, both, strict=True):
            await channel.start(replace(rig.keeper.house(), turns=turns))
        sends = [channels[n % 2].send(notice(rig, f"W{n} 呼叫")) for n in range(40)]
        found = await asyncio.gather(*sends, return_exceptions=True)
        late = [error for error in found if isinstance(error, ChannelError)]
        assert (len(rig.shown()), len(late), rig.platform.dropped) == (30, 10, [])
        assert {(error.result, error.retry_after) for error in late} == {("not_sent", timedelta(minutes=1))}
        rig.now_is(rig.keeper.now + timedelta(seconds=61))
        await asyncio.gather(*(channels[n % 2].send(notice(rig, f"W{n} 再次")) for n in range(10)))
        assert (len(rig.shown()), rig.platform.dropped) == (40, [])
        for channel in channels:
            await channel.stop()


async def test_a_chat_of_the_bot_api_gets_one_a_second_from_both(
    tmp_path: Path, both: tuple[DatabaseTurns, DatabaseTurns]
) -> None:
    async with telegram(tmp_path) as rig:
        house, loop = rig.keeper.house(), asyncio.get_running_loop()
        began = loop.time()
        channels = [rig.another() for _ in both]
        for number, (channel, turns) in enumerate(zip(channels, both, strict=True)):
            now = lambda: START + timedelta(seconds=loop.time() - began)  # noqa: E731 - one for each
            await channel.start(replace(house, turns=turns, owner=f"p{number}", now=now))
        await asyncio.gather(*(channels[number % 2].send(notice(rig, "W9")) for number in range(4)))
        sent = rig.server.called("sendMessage")
        assert {call.status for call in sent} == {200}
        assert all(call.at - began >= second for second, call in enumerate(sent))
        for channel in channels:
            await channel.stop()


async def test_where_nobody_can_tell_nothing_is_sent(tmp_path: Path, both: tuple[DatabaseTurns, DatabaseTurns]) -> None:
    both[0].close()
    async with weixin(tmp_path) as rig:
        channel = rig.made()
        await channel.start(replace(rig.keeper.house(), turns=both[0]))
        with pytest.raises(ChannelError) as caught:
            await channel.send(notice(rig, "W9"))
        assert (caught.value.result, rig.shown()) == ("not_sent", [])
        await channel.stop()
