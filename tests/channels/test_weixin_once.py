"""A nonce says one thing, whichever process is called, and also after a restart."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from bot.channels.once import ONCE, Once
from bot.channels.weixin.envelope import Envelope
from bot.clock import Clock
from bot.intake import CALM, Intake
from bot.metrics import Metrics
from bot.purge import Purge
from sla.message import Address
from storage.files import packaged_rules
from storage.writer import Store, open_store
from tests.channels.keeping import Keeper
from tests.channels.test_weixin_callbacks import WORDS, Query, made
from tests.support.databases import KEYS, TestDatabase, database, postgresql, postgresql_server, sqlite
from tests.support.weixin import CALL_TOKEN, CORP, Weixin
from tests.support.weixin_crypto import sealed, signed

__all__ = ["database", "postgresql", "postgresql_server", "sqlite"]  # fixtures

EVENT = (
    "<xml><FromUserName>linlin</FromUserName><CreateTime>1760000000</CreateTime><MsgType>event</MsgType>"
    "<Event>VIEW</Event></xml>"
)
PICTURE = (
    "<xml><FromUserName>linlin</FromUserName><CreateTime>1760000000</CreateTime><MsgType>image</MsgType>"
    "<MediaId>m</MediaId><MsgId>9</MsgId></xml>"
)


@dataclass
class Replica:
    """A process over the database, with the channel and its intake."""

    store: Store
    ended: ExitStack
    """Lets the store go, once."""
    keeper: Keeper
    session: ClientSession
    url: str

    async def post(self, query: Query, body: bytes) -> int:
        async with self.session.post(self.url, params=query, data=body) as response:
            return response.status

    async def get(self, query: Query) -> int:
        async with self.session.get(self.url, params=query) as response:
            return response.status

    def texts(self) -> list[str]:
        """What was taken, whichever replica took it."""
        found = self.store.read_sync(lambda uow: uow.inbox.of_sender(Address("wechat", "linlin"), 99))
        found = found or self.store.read_sync(lambda uow: uow.inbox.of_sender(Address("wecom", "linlin"), 99))
        return [row.inbound.text for row in found]


@asynccontextmanager
async def replica(database: TestDatabase, platform: Weixin, tmp_path: Path) -> AsyncIterator[Replica]:
    keeper, store, rules = Keeper(tmp_path / "rest.sqlite3"), open_store(database.url, KEYS), packaged_rules()
    clock, ended = Clock(lambda: platform.now, float), ExitStack()
    ended.callback(store.close)
    intake = Intake(store, lambda: rules, clock, Metrics(), lambda: None, lambda row: None)

    async def once(said: Once) -> None:
        await store.writer.run(said.claim)

    channel = made(platform)
    await channel.start(replace(keeper.house(), take_once=intake.keep, once=once, now=lambda: platform.now))
    application = web.Application()
    application.router.add_route("*", "/", channel.webhook)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with ClientSession() as session:
            yield Replica(store, ended, keeper, session, f"http://127.0.0.1:{runner.addresses[0][1]}/")
    finally:
        await channel.stop()
        await runner.cleanup()
        keeper.close()
        ended.close()


@asynccontextmanager
async def another(first: Replica, database: TestDatabase, platform: Weixin, tmp_path: Path) -> AsyncIterator[Replica]:
    """A second process beside the first; a file has one at a time, so that there it is the same one after a restart."""
    if database.kind == "sqlite":
        first.ended.close()
    async with replica(database, platform, tmp_path / "second") as second:
        yield second


def otherwise(platform: Weixin, query: Query, words: str) -> tuple[Query, bytes]:
    """Other words under the time and nonce of a call; whoever has all keys signs anew."""
    if platform.mode == "plain":
        return query, words.encode()
    hidden = sealed(words, platform.aes_key, CORP)
    again = {**query, "msg_signature": signed(CALL_TOKEN, query["timestamp"], query["nonce"], hidden)}
    return again, f"<xml><Encrypt>{hidden}</Encrypt></xml>".encode()


@pytest.fixture(params=["wecom", "plain", "compatible", "safe"])
def platform(request: pytest.FixtureRequest) -> Weixin:
    return Weixin(mode=request.param)


@pytest.fixture(params=["wecom", "compatible", "safe"])
def sealing(request: pytest.FixtureRequest) -> Weixin:
    return Weixin(mode=request.param)


async def test_the_same_nonce_with_other_words_is_refused_by_every_process(
    database: TestDatabase, platform: Weixin, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    query, body = platform.enveloped(WORDS.format("先到的", 1))
    async with replica(database, platform, tmp_path) as first:
        assert await first.post(query, body) == 200
        async with another(first, database, platform, tmp_path) as second:
            assert await second.post(*otherwise(platform, query, WORDS.format("冒充的", 2))) == 403
            assert await second.post(query, body) == 200, "the platform's own retry"
            assert second.texts() == ["先到的"]
            assert [why for _, why in second.keeper.refusals] == ["nonce_again"]


@pytest.mark.parametrize(
    ("mode", "words"), [("plain", EVENT), *((mode, PICTURE) for mode in ("wecom", "plain", "compatible", "safe"))]
)
async def test_also_where_there_were_no_words(database: TestDatabase, tmp_path: Path, mode: str, words: str) -> None:
    platform = Weixin(mode=mode)
    (tmp_path / "second").mkdir()
    query, body = platform.enveloped(words)
    async with replica(database, platform, tmp_path) as first:
        await first.post(query, body)
        async with another(first, database, platform, tmp_path) as second:
            assert await second.post(*otherwise(platform, query, WORDS.format("冒充的", 2))) == 403
            assert "冒充的" not in second.texts()


@pytest.mark.parametrize("event", ["LOCATION", "enter_agent", "VIEW", "unsubscribe"])
async def test_what_merely_happened_costs_no_commit_where_its_signature_lets_nothing_else_in(
    sqlite: TestDatabase, tmp_path: Path, sealing: Weixin, event: str
) -> None:
    """It is answered while nobody can write, and counted."""
    query, body = sealing.enveloped(EVENT.replace("VIEW", event))
    async with replica(sqlite, sealing, tmp_path) as first:
        with closing(sqlite3.connect(sqlite.file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert [await first.post(query, body) for _ in range(3)] == [200] * 3
        assert [why for _, why in first.keeper.refusals] == ["event"] * 3
        _, words = sealing.enveloped(WORDS.format("冒充的", 2))
        assert await first.post(query, words) == 403, "under the event's signature"
        assert first.texts() == []


async def test_an_event_in_clear_is_counted_as_well(sqlite: TestDatabase, tmp_path: Path) -> None:
    platform = Weixin(mode="plain")
    async with replica(sqlite, platform, tmp_path) as first:
        assert await first.post(*platform.enveloped(EVENT)) == 200
        assert first.keeper.refusals == [("wechat", "event")]


async def test_a_question_that_was_overheard_lets_no_message_in_anywhere(
    database: TestDatabase, tmp_path: Path
) -> None:
    """A proxy's log has the address of every question, whose signature covers no words."""
    platform = Weixin(mode="plain")
    (tmp_path / "second").mkdir()
    query, body = platform.enveloped(WORDS.format("冒充的", 1))
    asked = {name: query[name] for name in ("timestamp", "nonce")} | {"echostr": "17"}
    asked["signature"] = signed(CALL_TOKEN, query["timestamp"], query["nonce"])
    async with replica(database, platform, tmp_path) as first:
        assert [await first.get(asked) for _ in range(2)] == [200] * 2
        async with another(first, database, platform, tmp_path) as second:
            assert await second.post(query, body) == 403
            assert second.texts() == []


async def test_in_a_rush_too_and_what_is_refused_is_not_kept(database: TestDatabase, tmp_path: Path) -> None:
    """Above so many at once messages are only kept before they are answered."""
    platform = Weixin(mode="plain")
    query, _ = platform.enveloped(WORDS.format("", 0))
    async with replica(database, platform, tmp_path) as first:
        words = [WORDS.format(f"第{number}个", number).encode() for number in range(3 * CALM)]
        found = await asyncio.gather(*(first.post(query, each) for each in words))
        assert sorted(found) == [200] + [403] * (3 * CALM - 1)
        assert first.texts() == [f"第{found.index(200)}个"]


async def test_of_two_processes_that_are_called_at_once_one_takes_it(postgresql: TestDatabase, tmp_path: Path) -> None:
    platform = Weixin(mode="plain")
    (tmp_path / "second").mkdir()
    async with (
        replica(postgresql, platform, tmp_path) as first,
        replica(postgresql, platform, tmp_path / "second") as second,
    ):
        for number in range(10):
            query, body = platform.enveloped(WORDS.format("一", f"a{number}"))
            other = otherwise(platform, query, WORDS.format("二", f"b{number}"))
            found = await asyncio.gather(first.post(query, body), second.post(*other))
            assert sorted(found) == [200, 403]


async def test_it_is_forgotten_when_no_call_can_be_as_old(database: TestDatabase, tmp_path: Path) -> None:
    platform = Weixin(mode="plain")

    async with replica(database, platform, tmp_path) as first:

        def noted() -> int:
            return first.store.read_sync(lambda uow: len(uow.marks.named(ONCE, "", 99)))

        assert await first.post(*platform.enveloped(WORDS.format("一", 1))) == 200
        steady = 0.0
        purge = Purge(first.store.writer.run, timedelta(days=90), Clock(lambda: platform.now, lambda: steady))
        await purge.turn()
        assert noted() == 1
        platform.now += timedelta(minutes=9, seconds=50)
        steady += 3600.0
        await purge.turn()
        assert noted() == 1, "a clock may be five minutes ahead of the platform's, another five behind"
        platform.now += timedelta(minutes=1)
        steady += 3600.0
        assert await first.post(*platform.enveloped(WORDS.format("二", 2))) == 200
        await purge.turn()
        assert noted() == 1
        assert first.texts() == ["一", "二"]


def test_the_nonce_of_one_account_is_none_of_another() -> None:
    """Two addresses of one bot, whose platforms know nothing of each other."""
    query = {"timestamp": "1760000000", "nonce": "1"}
    whose = [("token", "first"), ("token", "second"), ("another", "first")]
    names = {Envelope(token, "", receiver).once(query, b"").name for token, receiver in whose}
    assert len(names) == len(whose)
