"""A mailbox with its provider on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.channels.mail_rig import MailRig, mailing


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[MailRig]:
    """The channel, started."""
    async with mailing(tmp_path) as rig:
        yield rig
