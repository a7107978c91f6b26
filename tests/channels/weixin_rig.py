"""WeCom and an Official Account with their platform on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientTimeout, web

from bot.channels.weixin.wechat import WeChatChannel
from bot.channels.weixin.wecom import WeComChannel
from bot.tables.wechat import WeChat
from bot.tables.wecom import WeCom
from tests.channels.keeping import Keeper
from tests.channels.rig import ProviderRig
from tests.support import waiting
from tests.support.weixin import AGENT, CALL_TOKEN, CORP, ROBOT_KEY, SECRET, Fault, Weixin

PATH = "/hooks/weixin"
PATIENCE = 0.3
"""Seconds that a call waits for its file."""


class WeixinRig(ProviderRig):
    """`platform` is the provider; what it calls is answered by whichever channel is started."""

    captions = replies = False
    renews = True
    name = ""
    wait = timedelta(minutes=10)
    channel: WeComChannel | WeChatChannel
    sends_by = "message/send"

    def __init__(self, platform: Weixin, keeper: Keeper) -> None:
        self.platform, self.keeper = platform, keeper
        self.person = "linlin"
        platform.members.add(self.person)
        self._last: tuple[dict[str, str], bytes] = {}, b""
        self._numbers = iter(range(7000, 9999))
        self._started = asyncio.Event()

    def made(self) -> WeComChannel | WeChatChannel:
        """A new channel."""
        settings = WeCom(
            self.platform.url,
            CORP,
            AGENT,
            f"https://wardline.example.org{PATH}",
            SECRET,
            CALL_TOKEN,
            self.platform.aes_key,
            {"ward": ROBOT_KEY},
        )
        return WeComChannel(settings, PATIENCE, self.timeout())

    def timeout(self) -> ClientTimeout:
        """How long it waits for an answer."""
        return ClientTimeout(total=0.3) if self.brief else ClientTimeout(total=waiting.PATIENCE)

    def now_is(self, now: datetime) -> None:
        super().now_is(now)
        self.platform.now = now

    async def open(self) -> web.AppRunner:
        """Listen, on behalf of whichever channel is there; while none is, a call waits."""
        application = web.Application()
        application.router.add_route("*", PATH, self._brought)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.platform.callback = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
        return runner

    async def _brought(self, request: web.Request) -> web.StreamResponse:
        await self._started.wait()
        return await self.channel.webhook(request)

    async def start(self) -> None:
        self.channel = self.made()
        await self.channel.start(self.keeper.house())
        self._started.set()

    async def stop(self) -> None:
        self._started.clear()
        await self.channel.stop()

    def calls(self, **fields: Any) -> None:
        """The platform calls with a message of the person."""
        self._last = self.platform.says({"FromUserName": self.person, **fields})

    def says(self, text: str) -> str:
        number = str(next(self._numbers))
        self.calls(MsgType="text", Content=text, MsgId=number, AgentID=AGENT)
        return number

    def says_again(self) -> None:
        self.platform.repeats(*self._last)

    def answers(self, provider_id: str, text: str) -> None:
        raise NotImplementedError

    def presses(self, provider_id: str, action: str) -> None:
        self.calls(MsgType="event", Event="template_card_event", EventKey=action, TaskId=provider_id, AgentID=AGENT)

    def sends(self, kind: str, content: bytes, words: str = "") -> None:
        number, kind = str(next(self._numbers)), {"photo": "image"}.get(kind, kind)
        media = {} if kind == "sticker" else {"MediaId": self.platform.gives(content)}
        self.calls(MsgType=kind, MsgId=number, AgentID=AGENT, **media)

    def sends_nonsense(self) -> None:
        self.platform.repeats(*self.platform.enveloped("<xml><MsgType>text</MsgType><FromUserName/></xml>"))
        self.platform.repeats({"timestamp": "soon"}, b"\x00<xml")

    def shown(self) -> list[tuple[str, list[str]]]:
        found: list[tuple[str, list[str]]] = []
        for message in self.platform.shown.get(self.person, []):
            content = message["content"]
            if content["msgtype"] == "text":
                found.append((content["text"]["content"], []))
            elif content["msgtype"] == "template_card":
                found[-1] = found[-1][0], [button["key"] for button in content["template_card"]["button_list"]]
            elif content["msgtype"] == "msgmenu":
                menu = content["msgmenu"]
                found.append((menu["head_content"], [choice["id"] for choice in menu["list"]]))
        return found

    async def down(self) -> None:
        await self.platform.down()

    async def up(self) -> None:
        await self.platform.up()

    def next_send(self, result: str) -> None:
        if result == "refused":
            self.platform.members.discard(self.person)
            return
        faults = {
            "busy": Fault(self.sends_by, 45009),
            "failed": Fault(self.sends_by, -1),
            "unanswered": Fault(self.sends_by, taken=True),
        }
        self.platform.faults.append(faults[result])

    def ports(self) -> tuple[int, ...]:
        return (self.platform.port,)

    async def token_expires(self) -> None:
        """The one that was handed out is not taken although its time is not over; another one is."""
        await self.send("先发一条")
        self.platform.shown.clear()
        self.platform.withdrawn |= {token.value for token in self.platform.tokens}
        self.platform.tokens.clear()

    async def token_is_mended(self) -> None:
        """Nothing to do: it is fetched anew."""

    async def until_tried(self) -> None:
        async with asyncio.timeout(waiting.PATIENCE):
            await self.platform.turned_away.wait()


class WeChatRig(WeixinRig):
    """An Official Account."""

    sends_by = "message/custom/send"

    def __init__(self, platform: Weixin, keeper: Keeper) -> None:
        super().__init__(platform, keeper)
        platform.mode = "safe"
        platform.wrote[self.person] = platform.now
        platform.sent_since[self.person] = 0

    def made(self) -> WeChatChannel:
        return WeChatChannel(
            WeChat(
                self.platform.url,
                CORP,
                f"https://wardline.example.org{PATH}",
                SECRET,
                CALL_TOKEN,
                self.platform.aes_key,
            ),
            PATIENCE,
            self.timeout(),
        )

    def presses(self, provider_id: str, action: str) -> None:
        self.calls(MsgType="text", Content="接单", bizmsgmenuid=action, MsgId=str(next(self._numbers)))


@asynccontextmanager
async def weixin(folder: Path, kind: type[WeixinRig] = WeixinRig) -> AsyncIterator[WeixinRig]:
    """A rig that is started, and ends with no rule broken."""
    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(Weixin())
        keeper = Keeper(folder / "house.sqlite3")
        stack.callback(keeper.close)
        rig = kind(platform, keeper)
        stack.push_async_callback((await rig.open()).cleanup)
        await rig.start()
        stack.push_async_callback(rig.stop)
        yield rig
