"""What the platform calls us with: answered when it is committed, fetched where it is a file.

The platform waits 5 s for an answer and calls three times in all. A file is fetched meanwhile: a call whose file is not
there after a while is not answered as taken, so that the next one finds it; at the end it is taken in any case.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.channels.base import ChannelError, House
from bot.channels.kinds import safe_name, type_of
from bot.channels.once import Once, SaidOtherwise
from bot.channels.weixin.calls import TOO_BIG
from bot.channels.weixin.envelope import BODY_MOST, Envelope, Refusal
from bot.channels.weixin.reading import FILES, Read, read
from sla.message import Attachment
from storage.base import StorageError

Fetch = Callable[[str, int], Awaitable[bytes]]
"""The bytes of a file by the platform's id of it, at most so many. Raises ChannelError."""
Pressed = Callable[[str, str, str], Awaitable[None]]
"""A button of a card was pressed: by whom, of which card, and the code by which the card may be changed. Raises
StorageError."""
PATIENCE_SECONDS = 3.0
"""How long a call waits for its file; the platform gives up after 5 s."""
FILE_SECONDS = 8.0
"""How long a file may take: the third call, which is the last, still finds the message."""
BODY_SECONDS = 5.0
TAKEN_MOST = 10_000
"""Messages with files of which it is remembered that they were taken."""
TAKEN = "success"
NEWS = "event"
"""What is counted where something merely happened: a place is reported every few seconds, by everybody who lets us know
it, and costs no commit."""

log = logging.getLogger(__name__)


class WeixinInbox:
    """The calls to one address of one channel."""

    def __init__(
        self,
        channel: str,
        envelope: Envelope,
        house: House,
        fetch: Fetch,
        patience: float,
        pressed: Pressed | None = None,
    ) -> None:
        self._channel, self._envelope, self._house, self._fetch = channel, envelope, house, fetch
        self._patience, self._pressed = patience, pressed
        self._coming: dict[str, asyncio.Task[None]] = {}
        self._taken: OrderedDict[str, None] = OrderedDict()

    async def stop(self) -> None:
        """What is not committed comes again."""
        tasks = list(self._coming.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a call: 200 when it is committed or nobody's concern, 403 when it is not the platform's, 503 when it
        could not be kept yet (it comes again)."""
        try:
            return await (self._echo(request) if request.method == "GET" else self._called(request))
        except (Refusal, SaidOtherwise) as error:
            why = error.why if isinstance(error, Refusal) else "nonce_again"
            self._house.refused(self._channel, why)
            log.warning("call_refused", extra={"channel": self._channel, "why": why})
            turned_away = web.Response(status=403)
            turned_away.force_close()  # of its body there may be more on the line
            return turned_away
        except StorageError:
            log.warning("call_not_kept", extra={"channel": self._channel})
            return web.Response(status=503)

    async def _echo(self, request: web.Request) -> web.Response:
        echo, once = self._envelope.echo(request.query, self._house.now())
        if once:
            await self._house.once(once)
        return web.Response(text=echo)

    async def _called(self, request: web.Request) -> web.Response:
        body = await _body(request)
        found = read(self._envelope.open(request.query, body, self._house.now()), self._channel)
        once = self._envelope.once(request.query, body)
        if found is None:
            self._house.refused(self._channel, NEWS)
            if not self._envelope.signs_words:
                await self._house.once(once)  # nobody's concern, and yet its signature would sign a message
        elif not await self._take(found, once):
            return web.Response(status=503)
        return web.Response(text=TAKEN)

    async def _take(self, found: Read, once: Once) -> bool:
        """Whether the message is committed. Raises SaidOtherwise for a call whose nonce was somebody else's."""
        if found.response_code and self._pressed:
            await self._pressed(found.inbound.sender, found.inbound.reply_to, found.response_code)
        if not found.media:
            await self._house.take_once(found.inbound, once)
            return True
        await self._house.once(once)  # the file takes its time
        key = found.inbound.key
        if key in self._taken:  # the store would know it as well, but not before the file was fetched and kept again
            return True
        task = self._coming.get(key)
        if task is None:
            task = self._coming[key] = asyncio.create_task(self._take_with_file(found))
            task.add_done_callback(lambda ended: self._ended(key, ended))
        done, _ = await asyncio.wait([task], timeout=self._patience)
        for one in done:
            one.result()  # raises what went wrong
        return bool(done)

    def _ended(self, key: str, task: asyncio.Task[None]) -> None:
        self._coming.pop(key, None)
        if task.cancelled():
            return
        if task.exception() is None:
            self._taken[key] = None
            if len(self._taken) > TAKEN_MOST:
                self._taken.popitem(last=False)
        else:
            log.warning("file_not_kept", extra={"channel": self._channel})

    async def _take_with_file(self, found: Read) -> None:
        file = await self._file(found)
        await self._house.take(replace(found.inbound, attachments=(file,)))

    async def _file(self, found: Read) -> Attachment:
        """The file, kept under the type that its bytes show; or why there is none."""
        otherwise = FILES[found.kind]
        try:
            async with asyncio.timeout(FILE_SECONDS):
                content = await self._fetched(found.media)
        except (ChannelError, TimeoutError) as error:
            why = error.reason if isinstance(error, ChannelError) else "too slow"
            log.warning("file_not_fetched", extra={"channel": self._channel, "why": why})
            refused = "too_big" if why == TOO_BIG else "unavailable"
            name = safe_name(found.name, otherwise, "")
            return Attachment(
                name, found.kind, self._house.max_file + 1 if refused == "too_big" else 0, refused=refused
            )
        kind, ending = type_of(content)
        name = safe_name(found.name, otherwise, ending)
        return Attachment(name, kind, len(content), await self._house.keep_file(name, kind, content))

    async def _fetched(self, media: str) -> bytes:
        """The bytes of a file; asked for once more where that may help."""
        try:
            return await self._fetch(media, self._house.max_file)
        except ChannelError as error:
            if error.result == "refused":
                raise
        return await self._fetch(media, self._house.max_file)


async def _body(request: web.Request) -> bytes:
    """The body, as far as a little more than may be. Raises Refusal where it breaks off, is packed wrongly, or does not
    come."""
    content = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_chunked(65536):
                content += chunk
                if len(content) > BODY_MOST:
                    break
    except (ClientError, HttpProcessingError, web.RequestPayloadError, OSError):  # TimeoutError is one of the last
        request.content.feed_eof()  # the server would read on, and log what it then meets
        raise Refusal("no_body") from None
    return content
