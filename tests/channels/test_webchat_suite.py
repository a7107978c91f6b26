"""The web chat passes the suite of all channels. It has no provider that could be down: it is the process itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.channels.suite import Suite
from tests.channels.webchat_rig import WebChatRig, webchat


class TestWebChat(Suite):
    @pytest_asyncio.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[WebChatRig]:
        async with webchat(tmp_path) as rig:
            yield rig
