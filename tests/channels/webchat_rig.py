"""The web chat over HTTP, with a page that keeps what it could not hand over and tries again, as the real one does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from aiohttp import ClientError, ClientSession, CookieJar, FormData, web

from bot.channels.webchat import WebChat
from bot.clock import Clock
from bot.web.desk import Desk, Taken
from bot.web.health import Health
from bot.web.server import make_application
from sla.message import Address, Button, Inbound
from storage.files import packaged_rules
from tests.bot.running import settings
from tests.channels.keeping import MAX_FILE, Keeper
from tests.channels.rig import Rig, notice
from tests.support.waiting import PATIENCE

Files = tuple[tuple[str, bytes], ...]
AGAIN_SECONDS = 0.05
"""How soon the page tries again; the real one waits longer."""


class WebChatRig(Rig):
    """Somebody in the seat of the nurse."""

    person, name = "nurse", "示例·林护士"
    dated = stickers = splits = False
    longest = 30_000
    channel: WebChat

    def __init__(self, keeper: Keeper, folder: Path) -> None:
        self.keeper, self._folder = keeper, folder
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._posts: asyncio.Queue[tuple[object, Files]] = asyncio.Queue()
        self._last: tuple[object, Files] = {}, ()
        self._keys = iter(range(1, 9999))
        self._turned_away = asyncio.Event()

    async def start(self) -> None:
        self.channel = WebChat()
        await self.channel.start(self.keeper.house())
        rules = packaged_rules()
        rules = replace(rules, site=replace(rules.site, max_file=MAX_FILE))
        desk = Desk(
            settings(self._folder),
            lambda: rules,
            self.keeper.run,
            self.keeper.read,
            self._take,
            self.keeper.house().keep_file,
            Clock(lambda: self.keeper.now, asyncio.get_running_loop().time),
        )
        application = make_application(desk, self.channel, Health(_ready, _metrics))
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
        await self.channel.stop()

    async def _take(self, inbound: Inbound) -> Taken:
        return Taken(await self.keeper.take(inbound), None)

    async def page(self) -> None:
        """What the person's page does: hands over one message after the other, each until it is taken."""
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
            while True:
                body, files = await self._posts.get()
                while not await self._handed_over(http, body, files):  # noqa: ASYNC110 - so does the real page
                    await asyncio.sleep(AGAIN_SECONDS)

    async def _handed_over(self, http: ClientSession, body: object, files: Files) -> bool:
        """One try. Whatever is answered but "come again" ends it."""
        base = f"http://127.0.0.1:{self._port}"
        try:
            async with http.get(f"{base}/webchat/api/me") as me:
                proof = {"X-CSRF-Token": (await me.json())["csrf"]}
            data = {"json": body} if isinstance(body, dict) and not files else {"data": _form(body, files)}
            async with http.post(f"{base}/webchat/api/messages", headers=proof, **data) as answer:
                if answer.status == 503:
                    self._turned_away.set()
                return answer.status != 503
        except ClientError:
            return False

    def _post(self, files: Files = (), **fields: str) -> str:
        key = f"k{next(self._keys)}"
        self._last = {"seat": self.person, "client_key": key, **fields}, files
        self._posts.put_nowait(self._last)
        return key

    def says(self, text: str) -> str:
        return self._post(text=text)

    def says_again(self) -> None:
        self._posts.put_nowait(self._last)

    def answers(self, provider_id: str, text: str) -> None:
        self._post(text=text, reply_to=provider_id)

    def presses(self, provider_id: str, action: str) -> None:
        self._post(action=action, reply_to=provider_id)

    def sends(self, kind: str, content: bytes, words: str = "") -> None:
        self._post(((f"{kind}.bin", content),), text=words)

    def sends_nonsense(self) -> None:
        for body in (b"", b"{", b"[]", b'{"seat": 1, "text": []}', b"\xff\xfe"):
            self._posts.put_nowait((body, ()))

    async def send(self, text: str, buttons: tuple[tuple[Button, ...], ...] = ()) -> str:
        """As delivery does it: the row is marked, and shown."""
        row = notice(self, text, buttons)
        await self.keeper.run(lambda uow: uow.outbox.add([replace(row.notice, key=f"k{row.id}")], self.keeper.now))
        (sent,) = await self.keeper.run(lambda uow: uow.outbox.take(self.keeper.now, 9, [self.channel.name]))
        self.channel.sent(sent)
        return await self.channel.send(sent)

    def shown(self) -> list[tuple[str, list[str]]]:
        rows = self.keeper.told(Address(self.channel.name, self.person))
        return [(row.notice.text, [b.action for line in row.notice.buttons for b in line]) for row in rows]

    async def until_tried(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._turned_away.wait()


def _form(body: object, files: Files) -> FormData | bytes:
    if isinstance(body, bytes):
        return body
    assert isinstance(body, dict)
    form = FormData()
    for name, value in body.items():
        form.add_field(name, value)
    for name, content in files:
        form.add_field("file", content, filename=name, content_type="application/octet-stream")
    return form


async def _ready() -> dict[str, bool]:
    return {}


async def _metrics() -> bytes:
    return b""


@asynccontextmanager
async def webchat(folder: Path) -> AsyncIterator[WebChatRig]:
    """A rig that is started, with its page open."""
    async with AsyncExitStack() as stack:
        keeper = Keeper(folder / "house.sqlite3")
        stack.callback(keeper.close)
        rig = WebChatRig(keeper, folder)
        await rig.start()
        stack.push_async_callback(rig.stop)
        page = asyncio.create_task(rig.page())
        try:
            yield rig
        finally:
            page.cancel()
            await asyncio.gather(page, return_exceptions=True)
