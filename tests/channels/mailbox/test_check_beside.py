"""`wardline channel check mail` beside a bot that runs: where the endpoint takes each refresh token once, they ask for
tokens one after the other, and neither locks the other out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from bot.channels.base import House
from bot.channels.mailbox.oauth import AccessToken
from bot.tables.mail import Box, OAuth, Server
from storage.replicas import DatabaseLease
from storage.vault import Vault
from storage.writer import open_store
from tests.bot.running import KEY, NIGHT
from tests.channels.keeping import Keeper
from tests.channels.mailbox.test_check import found
from tests.support.certificates import HOST
from tests.support.postoffice import USER
from tests.support.token_server import CLIENT, CONSENT, SCOPE, SECRET, TokenServer
from tests.support.waiting import PATIENCE, until

A_WHILE = 0.5
"""Seconds in which who does not wait would ask; who waits is not hurried by it."""


@dataclass
class Ward:
    """A bot's database in a folder, and a mailbox whose endpoint takes each consent once."""

    folder: Path
    tokens: TokenServer
    house: House
    keeper: Keeper

    @property
    def oauth(self) -> OAuth:
        return OAuth(self.tokens.url, CLIENT, SCOPE, SECRET, CONSENT)

    @property
    def box(self) -> Box:
        nowhere = Server(HOST, 1)
        return Box("it", USER, nowhere, nowhere, USER, oauth=self.oauth)

    async def bot(self) -> str:
        """The running bot needs a token."""
        return await AccessToken(self.box, self.oauth, self.house).get()

    async def check(self) -> bool:
        """Whether the command finds that tokens are handed out."""
        (is_well, _), *_ = await found(self.folder, self.box)
        return is_well

    def asked(self) -> list[str]:
        """Which refresh tokens were shown."""
        return [form["refresh_token"] for form in self.tokens.forms]


@pytest_asyncio.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    keeper = Keeper(tmp_path / "rest.sqlite3")
    with closing(keeper), closing(open_store(f"sqlite:///{tmp_path / 'wardline.sqlite3'}", KEY)) as store:
        async with TokenServer(USER, rotates=True) as tokens:
            keeper.now = NIGHT
            house = replace(keeper.house(), lease=DatabaseLease(store.writer), vault=Vault(store.writer))
            yield Ward(tmp_path, tokens, house, keeper)
            tokens.answers.set()


async def test_the_check_waits_for_the_bot(ward: Ward) -> None:
    ward.keeper.now = NIGHT + timedelta(minutes=5)  # however slow this machine is, its lease has not run out
    ward.tokens.answers.clear()
    bot = asyncio.create_task(ward.bot())
    await until(lambda: ward.tokens.forms)
    check = asyncio.create_task(ward.check())
    await asyncio.wait([check], timeout=A_WHILE)
    ward.tokens.answers.set()
    async with asyncio.timeout(PATIENCE):
        assert (await bot, await check) == ("at-1", True)
    assert ward.asked() == [CONSENT, "consent-1"]


async def test_the_bot_waits_for_the_check(ward: Ward) -> None:
    ward.tokens.answers.clear()
    check = asyncio.create_task(ward.check())
    await until(lambda: ward.tokens.forms)
    bot = asyncio.create_task(ward.bot())
    await asyncio.wait([bot], timeout=A_WHILE)
    ward.tokens.answers.set()
    async with asyncio.timeout(PATIENCE):
        assert (await bot, await check) == ("at-2", True)
    assert ward.asked() == [CONSENT, "consent-1"]


async def test_many_checks_leave_the_bot_its_consent(ward: Ward) -> None:
    asking = [ward.bot(), *(ward.check() for _ in range(3))]
    async with asyncio.timeout(PATIENCE):
        token, *is_well = await asyncio.gather(*asking)
    assert (str(token).startswith("at-"), is_well) == (True, [True] * 3)
    assert ward.asked() == [CONSENT, "consent-1", "consent-2", "consent-3"]


async def test_a_bot_that_died_while_it_asked_keeps_no_check_waiting_for_good(ward: Ward) -> None:
    """Its lease runs out."""
    name = f"token:mail:it:{USER}"
    fence = await ward.house.lease.acquire(name, "who died", NIGHT - timedelta(seconds=29), timedelta(seconds=30))
    assert fence is not None
    async with asyncio.timeout(PATIENCE):
        assert await ward.check()
