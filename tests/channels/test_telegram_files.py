"""Files that go out over the Bot API: below the text that names them, each once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels.base import ChannelError
from sla.message import Attachment, Purpose
from storage.base import OutboxRow
from tests.channels.rig import BUTTONS, notice
from tests.channels.telegram_rig import TelegramRig, telegram
from tests.support.botapi import Fault

CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 5000


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[TelegramRig]:
    async with telegram(tmp_path) as rig:
        rig.server.methods.pace.enforced = False
        yield rig


async def with_files(rig: TelegramRig, *contents: bytes) -> OutboxRow:
    """A notice with these files, which are kept."""
    row = notice(rig, "W12 的方案，附件：方案0.pdf", BUTTONS, Purpose.INFO)
    keep = rig.keeper.house().keep_file
    refs = [await keep(f"方案{at}.pdf", "application/pdf", content) for at, content in enumerate(contents)]
    kept = enumerate(zip(refs, contents, strict=True))
    files = tuple(Attachment(f"方案{at}.pdf", "application/pdf", len(it), ref) for at, (ref, it) in kept)
    return replace(row, notice=replace(row.notice, attachments=files))


async def test_files_come_below_the_text_and_its_buttons(rig: TelegramRig) -> None:
    row = await with_files(rig, CONTENT, b"second")
    sent = await rig.channel.send(row)
    assert rig.shown() == [(row.notice.text, ["ack:12", "handover:12"])]
    assert rig.shown_files() == [("方案0.pdf", CONTENT, int(sent)), ("方案1.pdf", b"second", int(sent))]


@pytest.mark.parametrize("skip", [0, 1])
async def test_what_was_delivered_before_a_failure_is_not_sent_again(rig: TelegramRig, skip: int) -> None:
    row = await with_files(rig, CONTENT, b"second")
    rig.server.fails(Fault("sendDocument", skip=skip))
    with pytest.raises(ChannelError) as failure:
        await rig.channel.send(row)
    assert failure.value.result == "not_sent"
    assert len(rig.shown_files()) == skip
    sent = await rig.channel.send(row)
    assert rig.shown() == [(row.notice.text, ["ack:12", "handover:12"])]
    assert rig.shown_files() == [("方案0.pdf", CONTENT, int(sent)), ("方案1.pdf", b"second", int(sent))]


async def test_a_file_that_nobody_could_be_sent_keeps_back_no_other(
    rig: TelegramRig, caplog: pytest.LogCaptureFixture
) -> None:
    row = await with_files(rig, b"", b"x" * (50 * 1024 * 1024 + 1), b"good")
    sent = await rig.channel.send(row)
    assert rig.shown_files() == [("方案2.pdf", b"good", int(sent))]
    assert [record.message for record in caplog.records].count("telegram_file_left_out") == 2
