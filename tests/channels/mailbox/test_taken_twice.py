"""Two people who have the same mails taken at the same time: each mail is taken once, with one copy of its files."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.channels.mail.letter import Mail
from bot.channels.mail.reading import read_mail
from bot.channels.mailbox.ageing import RAW
from bot.channels.mailbox.aside import Aside
from bot.channels.mailbox.signing import KEY_NAME
from bot.commands import mail_aside
from storage.base import UnitOfWork
from storage.vault import Vault
from storage.writer import open_store
from tests.bot.running import KEY, sample
from tests.channels.mailbox.test_crowd import with_file
from tests.support.databases import TestDatabase, database, postgresql, postgresql_server, sqlite
from tests.support.waiting import PATIENCE

__all__ = ["database", "postgresql", "postgresql_server", "sqlite"]  # fixtures

MAILS, NOTED = 8, datetime(2026, 10, 1, tzinfo=UTC)


def hold_back(uow: UnitOfWork) -> None:
    """Mails with a picture each."""
    for number in range(MAILS):
        ref = uow.files.add(f"it-7-{number}.eml", RAW, with_file(number), NOTED)
        aside = Aside(f"it-7-{number}", ref, "too many", NOTED, held=True, came=NOTED)
        uow.marks.put(aside.name, aside.text())


def test_two_who_take_the_same_mails_at_once_leave_one_copy_of_their_files(
    tmp_path: Path,
    database: TestDatabase,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Both have read the list and the mail before either takes it."""
    (data := tmp_path / "data").mkdir(exist_ok=True)
    sample(data / "config")
    (data / "keys").write_text(KEY, "ascii")
    monkeypatch.setenv("WARDLINE_DATABASE_URL", database.url)
    store = open_store(database.url, KEY)
    store.writer.run_sync(hold_back)
    asyncio.run(Vault(store.writer).put(KEY_NAME, "17" * 32))
    both = threading.Barrier(2, timeout=PATIENCE)

    def together(raw: bytes) -> Mail:
        both.wait()
        return read_mail(raw)

    monkeypatch.setattr(mail_aside, "read_mail", together)
    with ThreadPoolExecutor(2) as people:
        taking = [people.submit(main, ["mail", "aside", "--data", str(data), "--take", "*"]) for _ in range(2)]
        assert [each.result() for each in taking] == [0, 0]
    said = capsys.readouterr().out
    assert (said.count(".eml  taken,"), said.count(".eml  was taken before,")) == (MAILS, MAILS)
    ever, later = (NOTED, ""), NOTED + timedelta(days=36500)
    pictures, rows, trail = store.read_sync(
        lambda uow: (uow.files.older("image/png", later, ever, 99), uow.inbox.unhandled(99), uow.audit.entries(99))
    )
    kept = [file.ref for row in rows for file in row.inbound.attachments]
    store.close()
    assert len(kept) == MAILS
    assert {file.ref for file in pictures} == set(kept)
    assert len([entry for entry in trail if "mail taken" in entry]) == MAILS
