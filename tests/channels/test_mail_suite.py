"""Mail passes the suite of all channels."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.channels.mail_rig import MailRig, mailing
from tests.channels.provider_suite import ProviderSuite


class TestMail(ProviderSuite):
    @pytest_asyncio.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[MailRig]:
        async with mailing(tmp_path) as rig:
            yield rig
