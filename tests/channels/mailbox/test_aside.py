"""Mails that cannot be read: kept, counted, and told to the administrators once."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.channels.mail.letter import Mail as Letter
from bot.channels.mail.reading import read_mail
from bot.channels.mailbox.ageing import ASIDE, RAW
from bot.channels.mailbox.aside import Aside
from bot.channels.mailbox.cursor import read_cursor
from bot.channels.mailbox.signing import KEY_NAME
from bot.commands import mail_aside
from bot.tables.mail import Mail
from storage.base import UnitOfWork
from storage.vault import Vault
from storage.writer import open_store
from tests.bot.running import KEY, MovedClock, Running, running, sample
from tests.channels.mailbox.test_crowd import with_file
from tests.channels.mailbox.test_servers import boxed, mail, reading
from tests.support.odd_imap import OddImap
from tests.support.waiting import until, until_found

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
            await until_found(lambda: read_to(bot, 8, 3))
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


@pytest.mark.parametrize("more", [(), ("--take", "*")])
def test_a_bot_that_runs_waits_for_none_of_them_to_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    """They may be hundreds, and large: no page goes out while somebody else is writing."""
    sample(tmp_path / "config")
    (tmp_path / "keys").write_text(KEY, "ascii")
    file, noted = tmp_path / "wardline.sqlite3", datetime(2026, 10, 1, tzinfo=UTC)

    def hold_back(uow: UnitOfWork) -> None:
        for number in range(3):
            ref = uow.files.add(f"it-7-{number}.eml", RAW, with_file(number), noted)
            aside = Aside(f"it-7-{number}", ref, "too many", noted, held=True, came=noted, whole=number < 2)
            uow.marks.put(aside.name, aside.text())

    store = open_store(f"sqlite:///{file}", KEY)
    store.writer.run_sync(hold_back)
    asyncio.run(Vault(store.writer).put(KEY_NAME, "17" * 32))
    store.close()
    wrote: list[str] = []

    def meanwhile(raw: bytes) -> Letter:
        with closing(sqlite3.connect(file, timeout=0)) as bot, bot:
            bot.execute("UPDATE marks SET value = value")
        wrote.append("a page")
        return read_mail(raw)

    monkeypatch.setattr(mail_aside, "read_mail", meanwhile)
    assert main(["mail", "aside", "--data", str(tmp_path), *more]) == 0
    assert len(wrote) == len(capsys.readouterr().out.splitlines()) == 3
    store = open_store(f"sqlite:///{file}", KEY)
    rows, trail = store.read_sync(lambda uow: (uow.inbox.unhandled(9), uow.audit.entries(9)))
    store.close()
    files = [file.refused for row in rows for file in row.inbound.attachments]
    assert files == (["", "", "too_big"] if more else []), "of one that was cut off no file is whole"
    assert len([entry for entry in trail if "mail taken" in entry]) == len(files)


async def read_to(bot: Running, validity: int, uid: int) -> bool:
    """Whether the mailbox was read so far."""
    cursor = read_cursor(await bot.app.house.get_mark("mail:it"))
    return cursor is not None and (cursor.validity, cursor.uid) == (validity, uid)


async def test_a_flood_is_not_told_mail_by_mail(tmp_path: Path) -> None:
    server = OddImap(tmp_path)
    server.mails = {number: BROKEN + bytes([number]) for number in range(1, 16)}
    server.put(mail(1))
    async with reading(tmp_path, server) as (_, keeper):
        await until(lambda: keeper.refusals.count(("mail", "aside")) == 15)
        await keeper.until(1)
        assert len(keeper.asides) == 10
        keeper.now += timedelta(hours=1)
        server.put(BROKEN + b"later")
        await until(lambda: len(keeper.asides) == 11)
    assert len({key for _, key, _, _ in keeper.asides}) == 11
    assert boxed(server).address in keeper.asides[0][2]
