"""The Bot API channel with its server, polled or by webhook."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

from aiohttp import web

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_waits import WAITS, Waits
from bot.tables.telegram import Telegram
from tests.channels.keeping import Keeper
from tests.channels.rig import ProviderRig
from tests.support.botapi import BotApi, Fault
from tests.support.botapi_world import TOKEN, Json

QUICK = (0.05,)
LOOK_SECONDS = 0.1
"""Between two looks at the webhook."""
GROUP = -1_001_234
SECRET = "Loopback_secret-1"


class TelegramRig(ProviderRig):
    """`server` is the provider; `account` the person."""

    channel: TelegramChannel

    def __init__(self, server: BotApi, keeper: Keeper) -> None:
        self.server, self.keeper, self.world = server, keeper, server.world
        self.account = self.world.person(41, "李护士", username="nurse_li")
        self.person, self.name = str(self.account.id), self.account.first_name
        self.world.group(GROUP, "值班群")
        self._last: Json = {}

    def settings(self) -> Telegram:
        return Telegram(api=self.server.url, token=TOKEN)

    async def start(self) -> None:
        self.channel = self.another()
        await self.channel.start(self.keeper.house())

    def another(self) -> TelegramChannel:
        """A channel that is not started."""
        waits = Waits(connect=0.3, call=0.3, poll=1) if self.brief else WAITS
        return TelegramChannel(self.settings(), QUICK, LOOK_SECONDS, waits, lambda: self.server.leapt)

    def now_is(self, now: datetime) -> None:
        self.server.leapt += (now - self.keeper.now).total_seconds()
        super().now_is(now)

    def says(self, text: str) -> str:
        self._last = self.world.writes(self.account, text)
        return str(self._last["message"]["message_id"])

    def says_again(self) -> None:
        self.world.repeats(self._last)

    def answers(self, provider_id: str, text: str) -> None:
        self.world.writes(self.account, text, reply_to_message=self.of_bot(provider_id))

    def presses(self, provider_id: str, action: str) -> None:
        self.world.presses(self.account, self.of_bot(provider_id), action)

    def sends(self, kind: str, content: bytes, words: str = "") -> None:
        if kind == "photo":
            self.world.sends_photo(self.account, b"small", content, caption=words)
        else:
            self.world.sends(self.account, "document" if kind == "file" else kind, content, caption=words)

    def sends_nonsense(self) -> None:
        self.world.injects({"message": {"message_id": "twelve", "chat": None}})

    def shown(self) -> list[tuple[str, list[str]]]:
        return [(m["text"], actions(m)) for m in self.world.shown(self.account.id) if "text" in m]

    def shown_files(self) -> list[tuple[str, bytes, int]]:
        """The files that the person was sent: name, bytes, and the id of the message above."""
        return [
            (
                m["document"]["file_name"],
                self.world.files[m["document"]["file_id"]],
                m["reply_to_message"]["message_id"],
            )
            for m in self.world.shown(self.account.id)
            if "document" in m
        ]

    async def down(self) -> None:
        await self.server.down()

    async def up(self) -> None:
        await self.server.up()

    def next_send(self, result: str) -> None:
        if result == "refused":
            self.account.blocked = True
        else:
            self.server.fails(FAULTS[result]())

    def ports(self) -> tuple[int, ...]:
        return (self.server.port,)

    async def token_expires(self) -> None:
        """It is withdrawn; a poll that is held breaks off."""
        await self.server.down()
        self.server.token = f"{TOKEN}-another"
        await self.server.up()

    async def token_is_mended(self) -> None:
        self.server.token = TOKEN

    async def until_tried(self) -> None:
        """A poll that asks for what it was given before."""
        asked = len(self.server.called("getUpdates"))
        await self.server.until(lambda: len(self.server.called("getUpdates")) >= asked + 2)

    def of_bot(self, provider_id: str) -> Json:
        return self.world.messages[self.account.id, int(provider_id)]


FAULTS = {
    "busy": lambda: Fault("sendMessage", 429, "Too Many Requests: retry after 7", parameters={"retry_after": 7}),
    "failed": lambda: Fault("sendMessage"),
    "unanswered": lambda: Fault("sendMessage", taken=True),
}


class WebhookRig(TelegramRig):
    """The same by webhook: a web server of our own that the updates are brought to."""

    port = 0

    def settings(self) -> Telegram:
        url = f"http://127.0.0.1:{self.port}/hooks/telegram"
        return Telegram(api=self.server.url, webhook=url, token=TOKEN, webhook_secret=SECRET)

    async def open(self) -> web.AppRunner:
        """Listen, on behalf of whichever channel is there."""
        application = web.Application()
        application.router.add_post("/hooks/telegram", self.brought)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        return runner

    async def brought(self, request: web.Request) -> web.Response:
        """An update, to whichever channel is there."""
        assert request.path == self.channel.webhook_path
        return await self.channel.webhook(request)

    async def until_tried(self) -> None:
        await self.server.until(lambda: any(call.status == 503 for call in self.server.called("webhook")))


@asynccontextmanager
async def telegram(folder: Path, kind: type[TelegramRig] = TelegramRig) -> AsyncIterator[TelegramRig]:
    """A rig that is started, and ends with no rule broken."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(BotApi())
        keeper = Keeper(folder / "house.sqlite3")
        stack.callback(keeper.close)
        rig = kind(server, keeper)
        if isinstance(rig, WebhookRig):
            stack.push_async_callback((await rig.open()).cleanup)
        await rig.start()
        stack.push_async_callback(rig.stop)
        yield rig


def actions(message: Json) -> list[str]:
    """The actions of the buttons under a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row]
