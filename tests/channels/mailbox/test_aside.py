"""Mails that cannot be read: kept, counted, and told to the administrators once."""

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.tables.mail import Mail
from tests.bot.running import MovedClock, running
from tests.channels.mailbox.test_servers import boxed, mail, reading
from tests.support.odd_imap import OddImap

BROKEN = b"\x00\x01\xff\r\n\r\n"


async def test_administrators_hear_of_it_once(tmp_path: Path) -> None:
    """Also where the mailbox is numbered anew, and it is read another time."""
    server = OddImap(tmp_path)
    server.mails = {91: BROKEN, 92: mail(1)}
    (tmp_path / "data").mkdir()
    with server:
        async with running(tmp_path / "data", MovedClock(), mail=Mail((boxed(server),))) as bot:
            admin = await bot.person("admin")
            heard = await admin.hears("读不了")
            assert "it@wardline.example" in heard["text"]
            server.validity, server.mails = 8, {1: BROKEN, 2: mail(1), 3: b"\x00" + BROKEN}
            server.cut()
            await admin.hears(lambda message: "读不了" in message["text"] and message["id"] != heard["id"])
            told = [message for message in await admin.history() if "读不了" in message["text"]]
            assert len(told) == 2
            _, counted = await bot.get("/metrics")
    assert "wardline_inbox_aside_total 3.0" in counted


async def test_a_flood_is_not_told_mail_by_mail(tmp_path: Path) -> None:
    server = OddImap(tmp_path)
    server.mails = {number: BROKEN + bytes([number]) for number in range(1, 16)}
    server.put(mail(1))
    async with reading(tmp_path, server) as (_, keeper):
        async with asyncio.timeout(10):
            while keeper.refusals.count(("mail", "aside")) < 15:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
        await keeper.until(1)
        assert len(keeper.asides) == 10
        keeper.now += timedelta(hours=1)
        server.put(BROKEN + b"later")
        async with asyncio.timeout(10):
            while len(keeper.asides) < 11:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
    assert len({key for _, key, _, _ in keeper.asides}) == 11
    assert boxed(server).address in keeper.asides[0][2]
