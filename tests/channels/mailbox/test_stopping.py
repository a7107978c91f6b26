"""Who reads a mailbox under a lease stops when it is told to, whatever the database does about the lease."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.mailbox.channel import MailChannel
from bot.channels.mailbox.reader import LEASE
from bot.channels.mailbox.signing import signer_of
from bot.tables.mail import Mail
from tests.channels.mail_rig import MailKeeper
from tests.channels.mailbox.test_servers import PAUSES, boxed, heard
from tests.channels.test_leased import Breaking, Slow
from tests.support.odd_imap import OddImap
from tests.support.waiting import PATIENCE

NAME = "mail:it:it@wardline.example"


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[MailKeeper]:
    keeper = MailKeeper(tmp_path / "house.sqlite3")
    yield keeper
    keeper.close()


@asynccontextmanager
async def beginning(server: OddImap, keeper: MailKeeper, lease: Breaking) -> AsyncIterator[MailChannel]:
    """A channel that reads the server's mailbox under that lease; it is to stop in time."""
    with server:
        await signer_of(keeper.house())  # its key is made under a lease as well
        channel = MailChannel(Mail((boxed(server),)), "", PAUSES)
        await channel.start(replace(keeper.house(), lease=lease))
        yield channel
        done, _ = await asyncio.wait([asyncio.create_task(channel.stop())], timeout=PATIENCE)
        lease.breaks = set()  # who did not stop does now
        assert done


async def test_a_lease_that_cannot_be_given_back_keeps_no_reader_from_stopping(
    tmp_path: Path, keeper: MailKeeper, caplog: pytest.LogCaptureFixture
) -> None:
    server, lease = OddImap(tmp_path), Breaking(keeper.house().lease)
    async with beginning(server, keeper, lease):
        await heard(server, "EXAMINE")
        lease.breaks = {"release"}
    assert [record.getMessage() for record in caplog.records if "lease" in record.getMessage()] == [
        "lease_not_released"
    ]


@pytest.mark.parametrize("breaks", [{"acquire"}, set[str]()])
async def test_who_is_stopped_while_the_lease_is_taken_leaves_it_free(
    tmp_path: Path, keeper: MailKeeper, breaks: set[str]
) -> None:
    server, slow = OddImap(tmp_path), Slow(keeper.house().lease)
    async with beginning(server, keeper, slow) as channel:
        async with asyncio.timeout(PATIENCE):
            await slow.asked.wait()
        stopping = asyncio.create_task(channel.stop())
        await asyncio.sleep(0)  # it is told
        slow.breaks = breaks
        slow.answers.set()
        await asyncio.wait([stopping], timeout=PATIENCE)
        assert not channel.healthy()
    assert await slow.acquire(NAME, "second", keeper.now, LEASE), "nobody has it"
    assert server.connections == 0
