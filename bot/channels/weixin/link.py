"""The connection of a smart robot: subscribed, kept alive, opened anew; frames out with their acknowledgements.

The platform keeps one connection a robot: who connects takes it from whoever had it, and what was said while there was
none does not come again. So one process has it, under a lease: while the database cannot be asked the connection that
is there stays, but it is not opened anew, or two processes would take it from each other for ever.
"""

import asyncio
import json
import logging
import random
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import aiohttp

from bot.channels.base import ChannelError
from bot.channels.leased import Sure
from bot.channels.weixin.calls import PlatformError, meaning
from bot.channels.weixin.frames import EVENT, MESSAGE, PING, SUBSCRIBE
from storage.base import StorageError

PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds before the next try to connect, the last one over and over; each is stretched or cut by up to a half."""
BEAT_SECONDS = 30.0
MISSED_MOST = 2
ACK_SECONDS = 5.0
OPEN_SECONDS = 15.0
"""How long a connection may take to come about: a network that drops everything says nothing."""
FRAME_MOST = 1024 * 1024
STEADY_SECONDS = 60.0
"""A connection that lasted so long was a good one: after it the pauses begin anew."""
LOST_OFTEN = 3
"""After so many connections in a row that did not last, something is wrong although there is one just now."""

Fields = dict[str, Any]
Heard = Callable[[Fields], Awaitable[None]]
"""A frame in which somebody said something. It may take its time: nothing else is read meanwhile."""

log = logging.getLogger(__name__)


def lease_of(bot_id: str) -> str:
    """The name of the lease for a robot's connection."""
    return f"wecom:robot:{bot_id}"


class Link:
    """`problem` says why there is no connection and since when; "" while there is one."""

    def __init__(
        self,
        url: str,
        account: Mapping[str, str],
        heard: Heard,
        now: Callable[[], datetime],
        pauses: Sequence[float] = PAUSES,
        beat: float = BEAT_SECONDS,
        ack: float = ACK_SECONDS,
        steady: float = STEADY_SECONDS,
    ) -> None:
        self._url, self._account, self._heard, self._now = url, dict(account), heard, now
        self._pauses, self._beat, self._ack, self._steady = pauses, beat, ack, steady
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._acks: dict[str, asyncio.Future[Fields]] = {}
        self._since, self._why = now(), "not connected yet"
        self._opened, self._failures, self._short = 0.0, 0, 0

    def problem(self) -> str:
        """Since when nothing comes in and goes out; what was said meanwhile does not come again."""
        if self._socket and (self._short < LOST_OFTEN or self._lasts()):
            return ""
        what = "lost again and again" if self._socket else "no connection"
        return f"{what} since {self._since.isoformat(timespec='seconds')}: {self._why}"

    async def run(self, sure: Sure) -> None:
        """Be connected for as long as that is ours to be, which is asked before each connection."""
        async with aiohttp.ClientSession(trust_env=True) as session:
            try:
                await self._insist(session, sure)
            finally:
                self._lost()

    async def _insist(self, session: aiohttp.ClientSession, sure: Sure) -> None:
        while True:
            try:
                if not await sure():
                    return
                await self._connected(session)
            except StorageError:
                self._why = "the database cannot be asked whose connection it is"
            except (aiohttp.ClientError, ChannelError, TimeoutError, OSError) as error:
                self._why = error.reason if isinstance(error, ChannelError) else type(error).__name__
            except Exception as error:  # the fence: whatever one connection raises, the next is opened
                log.exception("robot_crashed")
                self._why = type(error).__name__
            else:
                self._why = "the platform closed it"
            pause = self._ended()
            await asyncio.sleep(pause * (0.5 + random.random()))  # noqa: S311 - spreads tries, hides nothing

    def _ended(self) -> float:
        """What follows from the end of a connection, or from its not coming about; seconds until the next try."""
        if self._socket:
            log.warning("robot_gone", extra={"why": self._why})
            lasted = self._lasts()
            if lasted or not self._short:
                self._since = self._now()
            self._failures, self._short = (0, 0) if lasted else (self._failures, self._short + 1)
        self._failures += 1
        self._lost()
        return self._pauses[min(self._failures - 1, len(self._pauses) - 1)]

    def _lasts(self) -> bool:
        """Whether the connection has lasted long enough to be a good one."""
        return asyncio.get_running_loop().time() - self._opened >= self._steady

    async def call(self, command: str, body: Mapping[str, Any], id: str = "") -> Fields:
        """Send a frame; its acknowledgement. Raises ChannelError: "unknown" where none came."""
        if self._socket is None:
            raise ChannelError("not_sent", self.problem())
        return await self._call(self._socket, command, body, id)

    async def _call(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        command: str,
        body: Mapping[str, Any] | None,
        id: str = "",
        seconds: float = 0.0,
    ) -> Fields:
        id = id or f"{command}_{secrets.token_hex(12)}"
        ack = self._acks[id] = asyncio.get_running_loop().create_future()
        frame = {"cmd": command, "headers": {"req_id": id}} | ({} if body is None else {"body": body})
        text = json.dumps(frame, ensure_ascii=False).encode("utf-8", "replace").decode()
        try:
            await socket.send_str(text)
            async with asyncio.timeout(seconds or self._ack):
                answer: Fields = await ack
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is one of the last
            raise ChannelError("unknown", f"no answer: {type(error).__name__}") from error
        finally:
            self._acks.pop(id, None)
        code = answer.get("errcode", 0)
        if code == 0:
            return answer
        if not isinstance(code, int):
            raise PlatformError("unknown", 0, "an answer of another kind")
        raise meaning(code, str(answer.get("errmsg", ""))[:120])

    async def _connected(self, session: aiohttp.ClientSession) -> None:
        """One connection, from its beginning to its end."""
        async with asyncio.timeout(OPEN_SECONDS):
            opened = await session.ws_connect(self._url, max_msg_size=FRAME_MOST, timeout=_CLOSE)
        async with opened as socket:
            reading = asyncio.create_task(self._read(socket))
            try:
                await self._call(socket, SUBSCRIBE, self._account)
                self._socket, self._opened = socket, asyncio.get_running_loop().time()
                log.info("robot_connected", extra={"gone_since": self._since.isoformat()})
                beating = asyncio.create_task(self._keep_alive(socket))
                try:
                    done, _ = await asyncio.wait((reading, beating), return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        task.result()
                finally:
                    await _end(beating)
            finally:
                await _end(reading)

    async def _keep_alive(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Ends when the platform does not answer any more."""
        missed = 0
        while missed < MISSED_MOST:
            await asyncio.sleep(self._beat)
            try:
                await self._call(socket, PING, None, seconds=min(self._ack, self._beat))
                missed = 0
            except ChannelError:
                missed += 1

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            frame = _frame(message)
            if frame.get("cmd") in (MESSAGE, EVENT):
                await self._heard(frame)
                continue
            headers = frame.get("headers")
            ack = self._acks.get(str(headers.get("req_id", ""))) if isinstance(headers, dict) else None
            if ack and not ack.done():
                ack.set_result(frame)

    def _lost(self) -> None:
        self._socket = None
        for ack in self._acks.values():
            if not ack.done():
                ack.set_exception(ConnectionResetError())


_CLOSE = aiohttp.ClientWSTimeout(ws_close=2.0)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _frame(message: aiohttp.WSMessage) -> Fields:
    """The frame in a message; an empty one for whatever is none."""
    try:
        found = json.loads(message.data) if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY) else None
    except (ValueError, RecursionError):
        log.warning("robot_frame_unreadable")
        return {}
    return found if isinstance(found, dict) else {}
