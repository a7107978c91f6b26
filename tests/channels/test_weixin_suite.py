"""WeCom and an Official Account pass the suite of all channels."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.channels.provider_suite import ProviderSuite
from tests.channels.weixin_rig import WeChatRig, WeixinRig, weixin


class TestWeCom(ProviderSuite):
    @pytest_asyncio.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[WeixinRig]:
        async with weixin(tmp_path) as rig:
            yield rig


class TestWeChat(ProviderSuite):
    @pytest_asyncio.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[WeixinRig]:
        async with weixin(tmp_path, WeChatRig) as rig:
            yield rig
