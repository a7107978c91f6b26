"""A bot that runs within the test, and people who talk to it over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout, CookieJar

from bot.app import App, system_clock
from bot.channels.base import Channel
from bot.clock import Clock
from bot.settings import Heartbeat, Log, Settings, Web, Webchat
from bot.tables.telegram import Telegram
from storage.crypt import generate_key
from storage.files import packaged_files
from tests.support.waiting import PATIENCE

NIGHT = datetime.fromisoformat("2026-10-01T22:00:00+08:00")
KEY = generate_key()

Message = dict[str, Any]


class MovedClock:
    """A clock that begins at an instant and goes on as the machine's does, until it is moved."""

    def __init__(self, start: datetime = NIGHT) -> None:
        machine = system_clock()
        self.offset = start - machine.now()
        self.steady_offset = 0.0
        self.clock = Clock(lambda: machine.now() + self.offset, lambda: machine.steady() + self.steady_offset)

    def jump(self, by: timedelta) -> None:
        """Move the wall clock alone, as an administrator or a time server does."""
        self.offset += by


class Person:
    """Somebody in a seat: says things, hears what comes over the stream."""

    def __init__(self, running: "Running", name: str) -> None:
        self.running, self.name = running, name
        self.heard: list[Message] = []
        self._news = asyncio.Condition()
        self._ear: asyncio.Task[None] | None = None

    async def say(self, text: str = "", **fields: Any) -> Message:
        """Post a message; the answer's body. Fails the test unless it was taken."""
        status, body = await self.running.post(seat=self.name, text=text, **fields)
        assert status == 200, body
        return body

    async def press(self, message: Message, label: str) -> Message:
        """Press a button under a message."""
        (action,) = [b["action"] for row in message["buttons"] for b in row if b["label"] == label]
        return await self.say(action=action, reply_to=str(message["id"]))

    async def listen(self) -> None:
        """Open the stream."""
        ready = asyncio.Event()
        self._ear = asyncio.create_task(self._listen(ready))
        async with asyncio.timeout(PATIENCE):
            await ready.wait()

    async def hears(self, wanted: str | Callable[[Message], bool]) -> Message:
        """The first message that holds these words or fits, once it is there."""

        def fits(message: Message) -> bool:
            return wanted in message["text"] if isinstance(wanted, str) else wanted(message)

        try:
            async with asyncio.timeout(PATIENCE), self._news:
                await self._news.wait_for(lambda: any(fits(m) for m in self.heard))
        except TimeoutError:
            raise AssertionError(f"{self.name} did not hear {wanted!r} but {self.heard}") from None
        return next(m for m in self.heard if fits(m))

    async def history(self) -> list[Message]:
        """What the seat's page shows after a reload."""
        async with self.running.http.get("/webchat/api/history", params={"seat": self.name}) as answer:
            found: list[Message] = (await answer.json())["messages"]
        return found

    async def leave(self) -> None:
        """Close the stream."""
        if self._ear:
            self._ear.cancel()
            await asyncio.gather(self._ear, return_exceptions=True)

    async def _listen(self, ready: asyncio.Event) -> None:
        async with self.running.http.get("/webchat/api/stream", params={"seats": self.name, "after": "0"}) as answer:
            async for line in answer.content:
                if line.startswith(b"event: ready"):
                    ready.set()
                elif line.startswith(b"data: ") and line.strip() != b"data: {}":
                    message = json.loads(line[6:])["message"]
                    async with self._news:
                        if (
                            message["by"] == "bot"
                            and not message["changes"]
                            and message["id"] not in {m["id"] for m in self.heard}
                        ):
                            self.heard.append(message)
                        self._news.notify_all()


class Running:
    """A bot that runs, and a browser's session with it."""

    def __init__(self, app: App, moved: MovedClock, http: ClientSession) -> None:
        self.app, self.moved, self.http = app, moved, http
        self.csrf = ""
        self.people: dict[str, Person] = {}

    async def person(self, name: str) -> Person:
        """Somebody who listens."""
        if name not in self.people:
            self.people[name] = Person(self, name)
            await self.people[name].listen()
        return self.people[name]

    async def post(self, headers: Mapping[str, str] | None = None, **fields: Any) -> tuple[int, Message]:
        """Post a message as a page does: status and body."""
        sent = {"X-CSRF-Token": self.csrf} if headers is None else headers
        async with self.http.post("/webchat/api/messages", json=fields, headers=sent) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str) -> tuple[int, str]:
        """Status and text of an address."""
        async with self.http.get(path, allow_redirects=False) as answer:
            return answer.status, await answer.text()

    def jump(self, by: timedelta) -> None:
        """Move the wall clock, and let the loops look at it now instead of within seconds."""
        self.moved.jump(by)
        self.look()

    def look(self) -> None:
        """Let every loop take its turn now."""
        for loop in self.app.loops:
            loop.nudge()


def sample(folder: Path, **changes: str) -> Path:
    """The sample configuration in a folder, some files said otherwise."""
    for name, text in {**packaged_files(), **changes}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def settings(data: Path, **changes: Any) -> Settings:
    """Settings for a test: any port, an SQLite file in `data`."""
    plain = Settings(
        web=Web(port=0),
        webchat=Webchat(enabled=True, seats=True, messages_a_minute=100_000),
        telegram=Telegram(),
        heartbeat=Heartbeat(),
        log=Log(),
        database=f"sqlite:///{data / 'wardline.sqlite3'}",
        keys=KEY,
    )
    return replace(plain, **changes)


@asynccontextmanager
async def running(
    data: Path, moved: MovedClock | None = None, channels: Mapping[str, Channel] | None = None, **changes: Any
) -> AsyncIterator[Running]:
    """A bot with its data and configuration in `data`, until the block ends."""
    config = data / "config"
    if not config.exists():
        sample(config)
    moved = moved or MovedClock()
    app = App(settings(data, **changes), config, moved.clock)
    app.channels.update(channels or {})
    await app.start()
    try:
        timeout = ClientTimeout(total=None, sock_connect=10)
        async with ClientSession(
            f"http://127.0.0.1:{app.port}", timeout=timeout, cookie_jar=CookieJar(unsafe=True)
        ) as http:
            bot = Running(app, moved, http)
            if app.settings.webchat.enabled and app.settings.webchat.seats:
                async with http.get("/webchat/api/me") as answer:
                    bot.csrf = (await answer.json())["csrf"]
            try:
                yield bot
            finally:
                for person in bot.people.values():
                    await person.leave()
    finally:
        await app.stop()
