"""The Bot API channel passes the suite of all channels, by polling and by webhook."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.channels.provider_suite import ProviderSuite
from tests.channels.telegram_rig import TelegramRig, WebhookRig, telegram


class TestPolling(ProviderSuite):
    @pytest_asyncio.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[TelegramRig]:
        async with telegram(tmp_path) as rig:
            yield rig


class TestWebhook(ProviderSuite):
    @pytest_asyncio.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[TelegramRig]:
        async with telegram(tmp_path, WebhookRig) as rig:
            yield rig
