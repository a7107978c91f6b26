"""What WeCom's application and an Official Account have in common as channels: calls in, calls out, one token."""

from abc import ABC, abstractmethod
from datetime import timedelta

import aiohttp
from aiohttp import web

from bot.channels.base import ChannelError, House
from bot.channels.weixin.calls import TIMEOUT, Calls
from bot.channels.weixin.envelope import Envelope
from bot.channels.weixin.inbox import PATIENCE_SECONDS, Pressed, WeixinInbox
from bot.channels.weixin.tokens import Tokens
from bot.settings import SettingsError
from bot.tables.wechat import WeChat
from bot.tables.wecom import WeCom
from sla.worded import Worded


class Application(ABC):
    """One account at the platform. `id` is what its calls are sealed for, `account` what its token is kept under."""

    name: str

    def __init__(
        self,
        settings: WeCom | WeChat,
        id: str,
        account: str,
        patience: float = PATIENCE_SECONDS,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        """`patience` is how long a call waits for its file, in seconds; `timeout` how long we wait for an answer.
        Raises SettingsError for keys that cannot be any."""
        self._account, self._api = account, settings.api
        self._patience, self._timeout = patience, timeout
        try:
            self._envelope = Envelope(settings.token, settings.aes_key, id)
        except ValueError as error:
            name = f"WARDLINE_{self.name.upper()}_AES_KEY"
            raise SettingsError(Worded("{name} is none: {error}", name=name, error=error)) from error
        self._calls: Calls | None = None
        self._inbox: WeixinInbox | None = None
        self._house: House | None = None

    async def start(self, house: House) -> None:
        """Begin to take calls. The platform is asked for nothing yet: that it is down hinders nobody."""
        self._calls = Calls(self._api, house.now, self._timeout)
        self._tokens = Tokens(self._account, self._fetch_token, house)
        self._house = house
        self._inbox = WeixinInbox(self.name, self._envelope, house, self._fetch, self._patience, self._pressed(house))

    async def stop(self) -> None:
        """End at once: what is not committed comes again."""
        if self._inbox:
            await self._inbox.stop()
        if self._calls:
            await self._calls.close()

    def problem(self) -> str:
        """What the platform said, where an administrator has to know."""
        return self._calls.problem if self._calls else ""

    def healthy(self) -> bool:
        """There is no loop that could have ended."""
        return True

    async def webhook(self, request: web.Request) -> web.StreamResponse:
        """Take one call of the platform."""
        if self._inbox is None:
            return web.Response(status=503)
        return await self._inbox.answer(request)

    def _pressed(self, house: House) -> Pressed | None:  # noqa: ARG002 - for those who have cards
        """Who is told of pressed buttons; None where there are no cards."""
        return None

    @abstractmethod
    async def _fetch_token(self, failed: str) -> tuple[str, timedelta]:
        """Ask for an access token, as `Tokens` wants it."""

    async def _fetch(self, media: str, most: int) -> bytes:
        calls, _ = self._started()
        return await calls.fetch(self._tokens, "/cgi-bin/media/get", most, media_id=media)

    def _started(self) -> tuple[Calls, House]:
        if self._calls is None or self._house is None:
            raise ChannelError("not_sent", "the channel has not started")
        return self._calls, self._house
