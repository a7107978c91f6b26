"""WeCom's smart robot with its platform on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.channels.weixin.robot import RobotChannel
from bot.tables.wecom import WeCom
from sla.message import Inbound
from storage.base import StorageError
from tests.channels.keeping import Keeper
from tests.channels.rig import ProviderRig
from tests.support.waiting import PATIENCE, until
from tests.support.weixin_robot import BOT, CREATED, SECRET, RobotPlatform

PAUSES = (0.05,)
BEAT = 0.1
ACK = 1.0


class RobotRig(ProviderRig):
    """One person in a talk with the robot."""

    captions = replies = False
    name = ""
    wait = timedelta(minutes=10)
    channel: RobotChannel

    def __init__(self, platform: RobotPlatform, keeper: Keeper) -> None:
        self.platform, self.keeper, self.person = platform, keeper, "linlin"
        platform.members |= {self.person, "group-1"}
        self._last: dict[str, Any] = {}
        self._numbers = iter(range(7000, 9999))
        self._turned_away = asyncio.Event()
        self.breaks_on: str | None = None
        """Words on which the house breaks, as no house ever should."""

    async def start(self) -> None:
        self.channel = RobotChannel(WeCom(bot_id=BOT, bot_secret=SECRET, ws_url=self.platform.url), PAUSES, BEAT, ACK)
        await self.channel.start(replace(self.keeper.house(), take=self._take))

    async def _take(self, inbound: Inbound) -> None:
        if inbound.text == self.breaks_on:
            raise ZeroDivisionError
        try:
            await self.keeper.house().take(inbound)
        except StorageError:
            self._turned_away.set()
            raise

    def brings(self, kind: str, command: str = "aibot_msg_callback", **fields: Any) -> str:
        """The platform brings a message of the person; its number."""
        number = str(next(self._numbers))
        self._last = {
            "msgid": number,
            "aibotid": BOT,
            "chattype": "single",
            "create_time": CREATED,
            "from": {"userid": self.person},
            "msgtype": kind,
            **fields,
        }
        self.platform.brings(command, self._last)
        return number

    def says(self, text: str) -> str:
        return self.brings("text", text={"content": text})

    def says_again(self) -> None:
        self.platform.brings("aibot_msg_callback", self._last)

    def answers(self, provider_id: str, text: str) -> None:
        raise NotImplementedError

    def presses(self, provider_id: str, action: str) -> None:
        card = {"card_type": "button_interaction", "event_key": action, "task_id": provider_id}
        event = {"eventtype": "template_card_event", "template_card_event": card}
        self.brings("event", "aibot_event_callback", event=event)

    def sends(self, kind: str, content: bytes, words: str = "") -> None:
        if kind == "sticker":
            self.brings("sticker")
            return
        url, key = self.platform.gives(content)
        kind = {"photo": "image", "voice": "video"}.get(kind, kind)  # a voice comes as words
        file: dict[str, Any] = {kind: {"url": url, "aeskey": key}}
        self.brings(kind, **file)

    def sends_nonsense(self) -> None:
        for text in (
            "",
            "x",
            "[]",
            '{"cmd": "aibot_msg_callback"}',
            '{"headers": 1}',
            '{"cmd":1,"headers":{"req_id":[]}}',
        ):
            self.platform.brings_text(text)
        self.platform.brings("aibot_msg_callback", {"msgid": "1", "from": "linlin", "msgtype": {}})

    def shown(self) -> list[tuple[str, list[str]]]:
        found: list[tuple[str, list[str]]] = []
        for message in self.platform.shown.get(self.person, []):
            if message["msgtype"] == "markdown":
                found.append((message["markdown"]["content"], []))
            else:
                found[-1] = found[-1][0], [button["key"] for button in message["template_card"]["button_list"]]
        return found

    async def down(self) -> None:
        await self.platform.down()
        await until(lambda: bool(self.channel.problem()))

    async def up(self) -> None:
        times = self.platform.connections
        await self.platform.up()
        await connected(self, times + 1)

    def next_send(self, result: str) -> None:
        codes = {"refused": 40003, "busy": 45009, "failed": -1, "unanswered": None}
        self.platform.codes.append(codes[result])

    def ports(self) -> tuple[int, ...]:
        return (self.platform.port,)

    async def token_expires(self) -> None:
        """Its secret was made anew at the platform."""
        self.platform.secret = "another-secret"
        await self.platform.breaks()
        await until(lambda: bool(self.channel.problem()))

    async def token_is_mended(self) -> None:
        times = self.platform.connections
        self.platform.secret = SECRET
        await connected(self, times + 1)

    async def until_tried(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._turned_away.wait()


@asynccontextmanager
async def robot(folder: Path) -> AsyncIterator[RobotRig]:
    """A rig that is started and connected, and ends with no rule broken."""
    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(RobotPlatform())
        keeper = Keeper(folder / "house.sqlite3")
        stack.callback(keeper.close)
        rig = RobotRig(platform, keeper)
        await rig.start()
        stack.push_async_callback(rig.stop)
        await connected(rig)
        yield rig


async def connected(rig: RobotRig, times: int = 1) -> None:
    """Wait until the robot is connected, and knows it."""
    await rig.platform.until(lambda: rig.platform.connections >= times)
    await rig.platform.until(lambda: not rig.channel.problem())
