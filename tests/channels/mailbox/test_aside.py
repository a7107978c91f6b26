"""Mails that cannot be read: kept, counted, and told to the administrators once."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.channels.mailbox.ageing import ASIDE
from bot.channels.mailbox.cursor import read_cursor
from bot.tables.mail import Mail
from storage.writer import open_store
from tests.bot.running import KEY, MovedClock, Running, running, sample
from tests.channels.mailbox.test_servers import boxed, mail, reading
from tests.support.odd_imap import OddImap

BROKEN = b"\x00\x01\xff\r\n\r\n"


async def test_administrators_hear_of_it_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where the mailbox is numbered anew, and it is read another time."""
    server = OddImap(tmp_path)
    server.mails = {91: BROKEN, 92: mail(1)}
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "keys").write_text(KEY, "ascii")
    with server:
        async with running(tmp_path / "data", MovedClock(), mail=Mail((boxed(server),))) as bot:
            admin = await bot.person("admin")
            heard = await admin.hears("读不了")
            assert "it@wardline.example" in heard["text"]
            server.validity, server.mails = 8, {1: BROKEN, 2: mail(1), 3: b"\x00" + BROKEN}
            server.cut()
            async with asyncio.timeout(10):
                while not await read_to(bot, 8, 3):  # noqa: ASYNC110 - nothing tells of it
                    await asyncio.sleep(0.01)
            await bot.app.delivery.turn()
            told = [message for message in await admin.history() if "读不了" in message["text"]]
            assert len(told) == 2
            _, counted = await bot.get("/metrics")
    assert "wardline_inbox_aside_total 3.0" in counted
    assert main(["mail", "aside", "--data", str(tmp_path / "data"), "--save", str(tmp_path / "saved")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[2] for line in lines] == ["it-7-91.eml", "it-8-1.eml", "it-8-3.eml"]
    assert (tmp_path / "saved" / "it-8-3.eml").read_bytes() == b"\x00" + BROKEN


def test_what_is_no_longer_kept_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample(tmp_path / "config")
    (tmp_path / "keys").write_text(KEY, "ascii")
    store = open_store(f"sqlite:///{tmp_path / 'wardline.sqlite3'}", KEY)
    noted = [["it-7-2", "gone", "no sender", "2026-10-01T02:00:00+00:00"]]
    store.writer.run_sync(lambda uow: uow.marks.put(ASIDE, json.dumps(noted)))
    store.close()
    assert main(["mail", "aside", "--data", str(tmp_path), "--save", str(tmp_path / "saved")]) == 0
    assert capsys.readouterr().out == "2026-10-01 10:00  it-7-2.eml  no sender (no longer kept)\n"
    assert not (tmp_path / "saved").exists()


async def read_to(bot: Running, validity: int, uid: int) -> bool:
    """Whether the mailbox was read so far."""
    cursor = read_cursor(await bot.app.house.get_mark("mail:it"))
    return cursor is not None and (cursor.validity, cursor.uid) == (validity, uid)


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
