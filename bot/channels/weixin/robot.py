"""WeCom's smart robot over a WebSocket: no public address is needed, which suits the network of a hospital.

An address is a member's user id, or the id of a group in which the robot is. The platform brings a message once: what
could not be kept at once is kept in memory and tried again while the process lives.
"""

import asyncio
import base64
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import aiohttp
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.channels.base import Capabilities, ChannelError, House
from bot.channels.kinds import safe_name, type_of
from bot.channels.leased import WAIT_SECONDS, Leased
from bot.channels.settled import change
from bot.channels.weixin.calls import TIMEOUT
from bot.channels.weixin.cut import cut
from bot.channels.weixin.envelope import Refusal
from bot.channels.weixin.frames import CARD_BUTTONS, FILES, SEND, UPDATE, Said, Wanted, card, plain, read_frame, settled
from bot.channels.weixin.inbox import NEWS
from bot.channels.weixin.link import ACK_SECONDS, BEAT_SECONDS, PAUSES, STEADY_SECONDS, Fields, Link, lease_of
from bot.channels.weixin.pace import Pace
from bot.channels.weixin.steps import Step, Steps
from bot.channels.weixin.wecom import CHANNEL, MEMBER_A_MINUTE, MEMBER_AN_HOUR, TASK
from bot.tables.wecom import WeCom
from sla.message import Attachment
from storage.base import Earlier, OutboxRow, StorageError

TEXT_BYTES = 4096
PRESS_SECONDS = 5.0
"""How long a pressed card can be changed."""
PRESSES_MOST = 1000
WAITING_MOST = 1000
"""Messages that are not kept yet; beyond them nothing is read."""
AGAIN_SECONDS = (0.2, 1.0, 5.0)
"""Pauses before a message that could not be kept is tried again, the last one over and over."""
LAST_SECONDS = 3.0
"""How long the end waits for messages that are not kept."""
FILE_SECONDS = 20.0
BLOCK, PADDING = 16, 32

log = logging.getLogger(__name__)


class RobotChannel:
    """The channel "wecom" by its smart robot. `pauses` are those before the next try to connect, in seconds; `beat` is
    the time between two signs of life, `ack` that in which an acknowledgement must come, `steady` that after which a
    connection was a good one, `wait` that after which a process looks whether the connection is another's still."""

    name = CHANNEL
    capabilities = Capabilities(
        buttons=True, edit=True, text_limit=TEXT_BYTES // 3, attachments=False, button_limit=CARD_BUTTONS
    )

    def __init__(
        self,
        settings: WeCom,
        pauses: Sequence[float] = PAUSES,
        beat: float = BEAT_SECONDS,
        ack: float = ACK_SECONDS,
        steady: float = STEADY_SECONDS,
        wait: float = WAIT_SECONDS,
    ) -> None:
        self._settings, self._pauses, self._beat, self._ack = settings, pauses, beat, ack
        self._steady, self._wait = steady, wait
        self._house: House | None = None
        self._link: Link | None = None
        self._holding: Leased | None = None
        self._task: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None
        self._talks: dict[str, asyncio.Queue[Said]] = {}
        self._keeping: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(WAITING_MOST)
        self._presses: OrderedDict[tuple[str, str], tuple[str, float]] = OrderedDict()
        self._pace, self._steps = Pace(f"robot:{settings.bot_id}"), Steps()
        self._unkept = ""

    async def start(self, house: House) -> None:
        """Begin to be connected; a platform that is down is tried again and again."""
        settings = self._settings
        account = {"bot_id": settings.bot_id, "secret": settings.bot_secret}
        self._house, self._session = house, aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True)
        self._link = Link(
            settings.ws_url, account, self._heard, house.now, self._pauses, self._beat, self._ack, self._steady
        )
        self._holding = Leased(
            lease_of(settings.bot_id), house, self._link.run, self._pauses, self._wait, steady=self._steady
        )
        self._task = asyncio.create_task(self._holding.run(), name="wecom-robot")

    async def stop(self) -> None:
        """End within a few seconds, in which what was heard is kept if that can be."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._keeping:
            await asyncio.wait(self._keeping, timeout=LAST_SECONDS)
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        if self._session:
            await self._session.close()

    def problem(self) -> str:
        """Since when there is no connection, or that messages cannot be kept. Where another process is connected, it
        is that one's to say."""
        if self._link is None or self._holding is None or self._holding.elsewhere:
            return self._unkept
        return self._holding.problem() or self._link.problem() or self._unkept

    def holds(self) -> bool:
        """Whether the connection is this process's to have, and with it the outbox."""
        return self._holding is not None and self._holding.holds()

    def healthy(self) -> bool:
        """Whether it goes on trying to be connected."""
        return self._task is not None and not self._task.done()

    # in

    async def _heard(self, frame: Fields) -> None:
        """Put what was said in line; those of one conversation are kept in their order."""
        _, house = self._started()
        try:
            said = read_frame(frame)
        except Refusal as refusal:
            house.refused(CHANNEL, refusal.why)
            return
        if said is None:
            house.refused(CHANNEL, NEWS)
            return
        if said.pressed:
            self._remember(said, frame)
        await self._room.acquire()
        talk = said.inbound.conversation
        if talk in self._talks:
            self._talks[talk].put_nowait(said)
            return
        self._talks[talk] = asyncio.Queue()
        self._talks[talk].put_nowait(said)
        task = asyncio.create_task(self._keep_talk(talk))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    def _remember(self, said: Said, frame: Fields) -> None:
        headers = frame.get("headers")
        id = str(headers.get("req_id", "")) if isinstance(headers, dict) else ""
        until = asyncio.get_running_loop().time() + PRESS_SECONDS
        self._presses[said.inbound.conversation, said.pressed] = id, until
        if len(self._presses) > PRESSES_MOST:
            self._presses.popitem(last=False)

    async def _keep_talk(self, talk: str) -> None:
        """Keep the messages of one conversation, each before the next."""
        while not self._talks[talk].empty():
            said = self._talks[talk].get_nowait()
            try:
                await self._keep(said)
            except Exception:  # the fence: whatever one message raises, the next of its conversation is kept
                log.exception("robot_crashed_on", extra={"number": said.inbound.key})
                self._started()[1].refused(CHANNEL, "crashed")
            self._room.release()
        del self._talks[talk]

    async def _keep(self, said: Said) -> None:
        """Keep a message, however often that has to be tried."""
        _, house = self._started()
        tries = 0
        while True:
            try:
                files = tuple([await self._file(wanted, house) for wanted in said.files])
                await house.take(replace(said.inbound, attachments=(*said.inbound.attachments, *files)))
            except StorageError:
                if not tries:
                    log.warning("robot_message_not_kept")
                self._unkept = "messages cannot be kept"
                await asyncio.sleep(AGAIN_SECONDS[min(tries, len(AGAIN_SECONDS) - 1)])
                tries += 1
            else:
                self._unkept = ""
                return

    async def _file(self, wanted: Wanted, house: House) -> Attachment:
        """The file, kept under the type that its bytes show; or why there is none."""
        try:
            async with asyncio.timeout(FILE_SECONDS):
                content = opened(await self._fetch(wanted.url, house.max_file + PADDING), wanted.key)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("robot_file_not_fetched", extra={"why": type(error).__name__})
            return Attachment(FILES[wanted.kind], wanted.kind, 0, refused="unavailable")
        if len(content) > house.max_file:
            return Attachment(FILES[wanted.kind], wanted.kind, house.max_file + 1, refused="too_big")
        kind, ending = type_of(content)
        name = safe_name("", FILES[wanted.kind], ending)
        return Attachment(name, kind, len(content), await house.keep_file(name, kind, content))

    async def _fetch(self, url: str, most: int) -> bytes:
        """The bytes under an address, as far as a block more than `most`."""
        if self._session is None:
            raise ValueError("not started")
        content = bytearray()
        async with self._session.get(url) as response:
            response.raise_for_status()
            async for chunk in response.content.iter_chunked(65536):
                content += chunk
                if len(content) > most:
                    return bytes(most + BLOCK)  # it is too big, whatever it is
        return bytes(content)

    def _started(self) -> tuple[Link, House]:
        if self._link is None or self._house is None:
            raise ChannelError("not_sent", "the channel has not started")
        return self._link, self._house

    # out

    async def send(self, row: OutboxRow) -> str:
        """Send a notice: its text in parts, a card with its buttons; of a card the task, by which a press names it.
        Raises ChannelError."""
        _, house = self._started()
        if row.address is None:
            raise ChannelError("refused", "no address")
        to, text = row.address.address, plain(row.notice.text)
        if row.notice.changes:
            return await change(row, house, partial(self._replace, to, row.notice.settles))
        steps: list[Step] = [partial(self._say, to, part) for part in cut(text, TEXT_BYTES)]
        buttons = [button for line in row.notice.buttons for button in line]
        if buttons:
            task = TASK.sub("", f"{house.owner[:40]}-{row.id}-{row.fence}")
            steps.append(partial(self._message, to, card(row.notice.text, buttons, task), task))
        return await self._steps.take(row, steps)

    async def _say(self, to: str, text: str) -> str:
        return await self._message(to, {"msgtype": "markdown", "markdown": {"content": text}}, "")

    async def _message(self, to: str, content: Fields, id: str) -> str:
        link, house = self._started()
        await self._pace.take(house, to, MEMBER_A_MINUTE, MEMBER_AN_HOUR)
        await link.call(SEND, {"chatid": to, **content})
        return id

    async def _replace(self, to: str, words: str, earlier: Earlier) -> None:
        """Show words in the place of a card that was pressed just now; others cannot be changed."""
        link, _ = self._started()
        id, until = self._presses.pop((to, earlier.provider_id), ("", 0.0))
        if id and asyncio.get_running_loop().time() < until:
            await link.call(UPDATE, settled(earlier.notice.text, words, earlier.provider_id), id)


def opened(content: bytes, key: str) -> bytes:
    """A file that came under a key of its own (AES-256-CBC, its first 16 bytes as IV, PKCS#7 over 32 bytes); as it is
    where there is no key. Raises ValueError for what does not lie under it."""
    if not key:
        return content
    try:
        secret = base64.b64decode(key + "=" * (-len(key) % 4), validate=True)
    except ValueError as error:
        raise ValueError("a key that is none") from error
    if len(secret) != PADDING or not content or len(content) % BLOCK:
        raise ValueError("a key or a file of another length")
    decryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:BLOCK])).decryptor()
    whole = decryptor.update(content) + decryptor.finalize()
    count = whole[-1]
    if not 0 < count <= PADDING or whole[-count:] != bytes([count]) * count:
        raise ValueError("another key")
    return whole[:-count]
