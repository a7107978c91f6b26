"""The platform of smart robots on loopback: one connection a robot, frames acknowledged, each message brought once."""

import asyncio
import base64
import itertools
import json
import os
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSMsgType, web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.support.botapi import START
from tests.support.waiting import until_change

BOT, SECRET = "aib0123456789", "robot-secret"
CREATED = int(START.timestamp())
Fields = dict[str, Any]


@dataclass
class RobotPlatform:
    """`shown`: to whom which messages were sent. The next sends are answered by `codes`; None: taken, not answered."""

    port: int = 0
    shown: dict[str, list[Fields]] = field(default_factory=dict)
    updated: list[Fields] = field(default_factory=list)
    codes: list[int | None] = field(default_factory=list)
    members: set[str] = field(default_factory=set)
    secret: str = SECRET
    silent: bool = False
    """Whether pings are left without an answer."""
    connections: int = 0
    pings: int = 0
    broken: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    _socket: web.WebSocketResponse | None = None
    _late: list[Fields] = field(default_factory=list)
    _presses: set[str] = field(default_factory=set)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _runner: web.AppRunner | None = None
    _bringing: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/"

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self.down()
        if kind is None:
            assert not self.broken, self.broken

    async def up(self) -> None:
        """Listen, on the same port as before."""
        application = web.Application()
        application.router.add_get("/", self._connected)
        application.router.add_get("/file/{name}", self._file)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Break the connection and refuse others."""
        await self.breaks()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def breaks(self) -> None:
        """Break the connection."""
        if self._socket is not None:
            await self._socket.close()

    async def until(self, true: Any) -> None:
        """Wait until something is true, as it may become with each frame."""
        await until_change(self._changed, true)

    def brings(self, command: str, body: Fields) -> None:
        """Bring a frame; at once when a robot is connected, else as soon as one is."""
        id = f"req-{next(self._numbers)}"
        if command == "aibot_event_callback":
            self._presses.add(id)
        self.brings_text(json.dumps({"cmd": command, "headers": {"req_id": id}, "body": body}))

    def brings_text(self, text: str) -> None:
        """Bring a text, whatever it is."""
        self._bringing.put_nowait(text)

    def gives(self, content: bytes) -> tuple[str, str]:
        """A file that somebody sent: where it is, and the key under which it lies."""
        key, name = os.urandom(32), f"f{next(self._numbers)}"
        missing = 32 - len(content) % 32
        encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        self.files[name] = encryptor.update(content + bytes([missing]) * missing) + encryptor.finalize()
        return f"http://127.0.0.1:{self.port}/file/{name}", base64.b64encode(key).decode().rstrip("=")

    async def _file(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["name"])
        return web.Response(body=found) if found is not None else web.Response(status=404)

    async def _connected(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if self._socket is not None:
            await self._socket.close()  # one connection a robot: the last one is it
        self._socket, bringing = socket, None
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                frame = json.loads(message.data)
                answer = self._answer(frame)
                if answer is not None:
                    await socket.send_json({"headers": frame["headers"], **answer})
                if frame["cmd"] == "aibot_subscribe" and answer == {"errcode": 0, "errmsg": "ok"}:
                    self.connections += 1
                    bringing = asyncio.create_task(self._bring(socket))
                async with self._changed:
                    self._changed.notify_all()
        finally:
            if bringing:
                bringing.cancel()
            if self._socket is socket:
                self._socket = None
        return socket

    async def _bring(self, socket: web.WebSocketResponse) -> None:
        while True:
            await socket.send_str(await self._bringing.get())

    def _answer(self, frame: Fields) -> Fields | None:
        command, body, ok = frame["cmd"], frame.get("body", {}), {"errcode": 0, "errmsg": "ok"}
        if command == "ping":
            self.pings += 1
            return None if self.silent else ok
        if command == "aibot_subscribe":
            right = (body.get("bot_id"), body.get("secret")) == (BOT, self.secret)
            return ok if right else {"errcode": 853000, "errmsg": "invalid bot_id or secret"}
        if command == "aibot_respond_update_msg":
            if frame["headers"]["req_id"] not in self._presses:
                return {"errcode": 846605, "errmsg": "invalid req_id"}
            self._presses.discard(frame["headers"]["req_id"])
            self.updated.append(body)
            return ok
        return self._sent(body)

    def _sent(self, body: Fields) -> Fields | None:
        code = self.codes.pop(0) if self.codes else 0
        to = str(body.get("chatid"))
        if code or (code == 0 and to not in self.members):
            return {"errcode": code or 40003, "errmsg": "as told"}
        if body["msgtype"] == "markdown" and len(body["markdown"]["content"].encode()) > 4096:
            self.broken.append("a text of more than 4096 bytes")
        self.shown.setdefault(to, []).append(body)
        return {"errcode": 0, "errmsg": "ok"} if code == 0 else None
