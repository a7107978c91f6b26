"""The Bot API as a channel: updates by long polling or by webhook; notices by sendMessage.

An update counts as taken when its inbox row is committed; only then the offset moves on, or the webhook answers 200.
What dies in between comes again, and its key tells that it was there before.
"""

import asyncio
import hmac
import importlib
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from aiohttp import web

from bot.channels.base import Capabilities, ChannelError, House
from bot.channels.leased import WAIT_SECONDS, Leased
from bot.channels.settled import change
from bot.channels.telegram_albums import Albums
from bot.channels.telegram_errors import ApiError
from bot.channels.telegram_fields import CHANNEL, Malformed
from bot.channels.telegram_hook import CHECK_SECONDS, Hook, certificate_of, own_secret
from bot.channels.telegram_insist import HOUSE, Insist
from bot.channels.telegram_news import Moved, added_to
from bot.channels.telegram_pace import ALL_TURNS, Pace, limits_of
from bot.channels.telegram_places import Moves, Place
from bot.channels.telegram_polling import Poller
from bot.channels.telegram_reading import Me, Read, Wanted, read_me, read_update, update_id, words_first
from bot.channels.telegram_text import LIMIT, split
from bot.channels.telegram_waits import WAITS, Waits
from bot.channels.turns import turn_of
from bot.settings import SettingsError
from bot.tables.telegram import HOOK_SECRET, TOKEN, Telegram
from handlers.people import LINK_MARK
from sla.message import Attachment, Button, Purpose
from storage.base import Earlier, OutboxRow, StorageError

if TYPE_CHECKING:
    from bot.channels.telegram_api import BotApi

FILE_MOST = 20 * 1024 * 1024  # what a bot may fetch; the server says no above it
DOCUMENT_MOST = 50 * 1024 * 1024  # what a bot may send
FILE_SECONDS = 25.0  # others wait behind a file that comes slowly
BODY_MOST = 1_000_000
ACTION_BYTES = 64
WAIT_MOST_SECONDS = 15.0
CHANGE_WAIT_SECONDS = 2.0
"""Of changes of earlier messages no more than fit into this stand in line before a page to the same chat."""
"""For how long one send waits for its turn; the outbox keeps what has to wait for longer."""
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds after a call that failed; the last one over and over."""
HALVES_MOST = 1000
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name, not what is in it

T = TypeVar("T")

log = logging.getLogger(__name__)


class TelegramChannel:
    """The channel "telegram". `pauses` are those after failed calls, `check_seconds` those between two looks at the
    webhook; `waits` is how long the server is waited for, `leapt` by how many seconds tests have moved the time."""

    name = CHANNEL
    capabilities = Capabilities(buttons=True, edit=True, text_limit=LIMIT, attachments=True)

    def __init__(
        self,
        settings: Telegram,
        pauses: Sequence[float] = PAUSES,
        check_seconds: float = CHECK_SECONDS,
        waits: Waits = WAITS,
        leapt: Callable[[], float] = float,
    ) -> None:
        """Raises SettingsError for a token, secret or certificate that cannot be one."""
        if not TOKEN.fullmatch(settings.token):
            raise SettingsError("WARDLINE_TELEGRAM_TOKEN is not a bot's token; one looks like 123456:ABC-DEF")
        self._settings, self._pauses, self._check_seconds, self._waits = settings, pauses, check_seconds, waits
        self._secret = settings.webhook_secret or own_secret(settings.token)
        if not HOOK_SECRET.fullmatch(self._secret):
            raise SettingsError("WARDLINE_TELEGRAM_WEBHOOK_SECRET may hold 1 to 256 of A-Z a-z 0-9 _ - only")
        self._bot = bot = settings.token.partition(":")[0]
        self._mark, self._moves = f"telegram:offset:{bot}", Moves(f"telegram:moved:{bot}")
        self._certificate = certificate_of(settings.certificate) if settings.certificate else b""
        self._pace, self._leapt = Pace(), leapt
        self._api: BotApi | None = None
        self._house: House | None = None
        self._me: Me | None = None
        self._task: asyncio.Task[None] | None = None
        self._answers: set[asyncio.Task[None]] = set()
        self._albums = Albums(f"telegram:albums:{bot}")
        self._insist = Insist(pauses)
        self._polling: Leased | None = None
        self._half_sent: OrderedDict[tuple[int, str], tuple[int, str]] = OrderedDict()

    @property
    def webhook_path(self) -> str:
        """Where the web server has to mount `webhook`; empty when updates are polled."""
        return (urlsplit(self._settings.webhook).path or "/") if self._settings.webhook else ""

    async def start(self, house: House) -> None:
        """Begin to take messages; a provider that is down is tried again and again."""
        module = await asyncio.to_thread(importlib.import_module, "bot.channels.telegram_api")
        self._api = api = module.BotApi(self._settings.api, self._settings.token, self._waits)
        self._house = house
        self._task = asyncio.create_task(self._run(api, house), name="telegram")

    async def stop(self) -> None:
        """End at once: what is not committed comes again."""
        tasks = [*self._answers, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._api:
            await self._api.close()

    def problem(self) -> str:
        """What the server said to the last call, if that was no; or why nobody polls."""
        return self._insist.problem() or (self._polling.problem() if self._polling else "")

    def healthy(self) -> bool:
        """Whether its loop is alive, or the webhook in place."""
        task = self._task
        return task is not None and not (task.done() and (task.cancelled() or task.exception() is not None))

    # in

    async def webhook(self, request: web.Request) -> web.Response:
        """Take one update: 200 when it is committed, 503 when it could not be kept (the server brings it again). What
        is not the server's (403), no update (400) or too long (413) is counted, and named in the log without a word of
        it."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret.encode()):
            return self._turned_away("secret", 403)
        if self._house is None or self._api is None or self._me is None:
            return web.Response(status=503)
        content = await request.content.read(BODY_MOST + 1)
        while len(content) <= BODY_MOST and (more := await request.content.read(BODY_MOST + 1)):
            content += more
        if len(content) > BODY_MOST:
            return self._turned_away("too_big", 413)
        try:
            update = json.loads(content)
        except (ValueError, RecursionError):
            return self._turned_away("malformed", 400)
        if update_id(update) is None:
            return self._turned_away("malformed", 400)
        try:
            await self._take([update], self._api, self._house, self._me)
        except StorageError:
            log.warning("telegram_not_kept", extra={"update": update_id(update)})
            return web.Response(status=503)
        return web.Response(status=200)

    def _turned_away(self, why: str, status: int) -> web.Response:
        if self._house:
            self._house.refused(self.name, why)
        log.warning("telegram_call_refused", extra={"why": why})
        return web.Response(status=status)

    async def _run(self, api: "BotApi", house: House) -> None:
        """Say who we are, then poll for ever, or keep the webhook in place."""
        me = self._me = await self._insist(partial(_who, api))
        await self._insist(lambda: self._moves.load(house), HOUSE)
        if self._settings.link and me.username:
            prefix = f"{self._settings.link}{me.username}?start="
            await self._insist(lambda: house.put_mark(LINK_MARK, prefix), HOUSE)
        if self._settings.webhook:
            hook = Hook(api, house, self._settings.webhook, self._secret, self._certificate)
            await hook.run(self._insist, self._check_seconds)
        else:
            wait = min(WAIT_SECONDS, self._pauses[-1])
            poller = Poller(self._mark, api, house, lambda it: self._take(it, api, house, me), self._insist)
            self._polling = Leased(self._mark, house, poller.run, self._pauses, wait)
            await self._polling.run()

    async def _take(self, updates: Sequence[object], api: "BotApi", house: House, me: Me) -> None:
        """Keep every update; those of one conversation in their order. Raises StorageError when one was not kept."""
        talks: dict[str, list[Read]] = {}
        await self._albums.prepare(updates, house)
        for update in updates:  # of an album only one part may name the bot, and not the first
            await self._read(update, house, me)
        for update in updates:
            read = await self._read(update, house, me, final=True)
            if read:
                talks.setdefault(read.inbound.conversation, []).append(read)
        ordered = map(words_first, talks.values())
        kept = await asyncio.gather(*(self._keep_talk(t, api, house) for t in ordered), return_exceptions=True)
        for problem in kept:
            if problem is not None:
                raise problem

    async def _read(self, update: object, house: House, me: Me, *, final: bool = False) -> Read | None:
        """A message or press, from where the house knows it. What cannot be read is set aside, and news are noted, in
        the `final` reading."""
        try:
            read = read_update(update, me, self._albums)
            group = added_to(update) if final else ""
        except Malformed as error:
            if final:
                await self._set_aside(update, error, house)
            return None
        if group:
            log.info("telegram_added_to_group", extra={"chat": group})
        if isinstance(read, Moved):
            await self._moves.learn(house, read.old, read.new)
            return None
        if read is None:
            return None
        if read.inbound.group and read.inbound.album:
            await self._albums.learn(read.inbound.album, house)
        conversation = self._moves.name_of(read.inbound.conversation)
        return replace(read, inbound=replace(read.inbound, conversation=conversation))

    async def _set_aside(self, update: object, error: Malformed, house: House) -> None:
        """Keep what cannot be read, for somebody to look at; it must not stop the others."""
        name = f"telegram-update-{update_id(update)}.json"
        ref = await house.keep_file(name, "application/json", json.dumps(update).encode())
        log.error("telegram_malformed", extra={"update": update_id(update), "field": str(error), "file": ref})

    async def _keep_talk(self, reads: Sequence[Read], api: "BotApi", house: House) -> None:
        for read in reads:
            files = [await self._keep_file(wanted, api, house) for wanted in read.files]
            await house.take(replace(read.inbound, attachments=(*files, *read.inbound.attachments)))
            if read.callback:
                task = asyncio.create_task(self._answer(read.callback, api))
                self._answers.add(task)
                task.add_done_callback(self._answers.discard)

    async def _answer(self, callback: str, api: "BotApi") -> None:
        """Let the pressed button rest; it does so by itself after a while."""
        try:
            await api.answer(callback)
        except ApiError as error:
            log.info("telegram_press_not_answered", extra={"why": str(error)})

    async def _keep_file(self, wanted: Wanted, api: "BotApi", house: House) -> Attachment:
        """Fetch and keep an attachment. One that cannot be had does not keep the message from being taken."""
        most = min(house.max_file, FILE_MOST)
        if wanted.size > most:
            return Attachment(wanted.name, wanted.type, wanted.size, refused="too_big")
        try:
            async with asyncio.timeout(FILE_SECONDS):
                content = await _fetch(wanted, api, most)
        except (ApiError, TimeoutError) as error:
            log.warning("telegram_file", extra={"why": str(error) or "too slow"})
            too_big = isinstance(error, ApiError) and "too big" in error.reason
            reason = "too_big" if too_big else "unavailable"
            return Attachment(wanted.name, wanted.type, wanted.size, refused=reason)
        ref = await house.keep_file(wanted.name, wanted.type, content)
        return Attachment(wanted.name, wanted.type, len(content), ref)

    # out

    async def send(self, row: OutboxRow) -> str:
        """Send a notice, in parts where it is long, with its buttons under the last, and its files below; the id of
        the last part. A second attempt goes on with the part or file that failed."""
        if self._api is None or row.address is None:
            raise ChannelError("not_sent", "the channel has not started")
        address = row.address.address
        if row.notice.changes and self._house:
            return await change(row, self._house, partial(self._replace, address, row.notice.settles))
        parts, place = split(row.notice.text), (row.id, address)
        if not parts:
            raise ChannelError("refused", "there is no text")
        until = self._steady() + WAIT_MOST_SECONDS
        silent = row.notice.purpose is Purpose.INFO and not row.notice.sound
        files = [file for file in row.notice.attachments if file.ref]
        start, sent = self._half_sent.pop(place, (0, ""))
        for number in range(start, len(parts) + len(files)):
            try:
                if number < len(parts):
                    buttons = _fitting(row) if number == len(parts) - 1 else ()
                    sent = await self._send_part(address, _message(self._api, parts[number], buttons, silent), until)
                else:
                    await self._send_file(address, files[number - len(parts)], sent, until)
            except BaseException:
                if number:
                    self._remember_half(place, number, sent)
                raise
        return sent

    async def _replace(self, address: str, words: str, earlier: Earlier) -> None:
        """Show words in the place of the buttons under a message, below its own; its buttons alone go where there is no
        room for them."""
        parts, api = split(earlier.notice.text), self._api
        if api is None:
            return
        whole = f"{parts[-1]}\n\n{words}" if parts else ""
        text = whole if len(split(whole)) == 1 else ""

        async def settle(place: Place) -> str:
            await api.settle(place.chat, earlier.provider_id, text)
            return ""

        await self._say(self._moves.now(address).general, settle, self._steady() + CHANGE_WAIT_SECONDS)

    async def _send_file(self, address: str, file: Attachment, below: str, until: float) -> None:
        """Send a file below the text that names it. One that the server could never take is left out."""
        if self._api is None or self._house is None:
            raise ChannelError("not_sent", "the channel has not started")
        try:
            content = await self._house.read_file(file.ref or "")
        except StorageError as error:
            raise ChannelError("not_sent", "the file could not be read") from error
        if not content or len(content) > DOCUMENT_MOST:
            log.error("telegram_file_left_out", extra={"file": file.ref, "size": len(content or b"")})
            return
        await self._send_part(address, _document(self._api, file.name, content, below), until)

    async def _send_part(self, address: str, say: Callable[[Place], Awaitable[str]], until: float) -> str:
        """Send one message when it is its turn, to where the chat is now; `say` sends it to a place."""
        if self._house is None:
            raise ChannelError("not_sent", "the channel has not started")
        await self._moves.written_to(self._house, address)
        place = self._moves.now(address)
        try:
            return await self._say(place, say, until)
        except ApiError as error:
            if place.topic and error.topic_gone:
                log.warning("telegram_topic_gone", extra={"chat": place.chat, "topic": place.topic})
                return await self._say(place.general, say, until)
            if not error.migrated_to or error.migrated_to == place.chat:
                raise
            await self._moves.learn(self._house, place.chat, error.migrated_to)
            return await self._say(replace(place, chat=error.migrated_to), say, until)

    async def _say(self, place: Place, say: Callable[[Place], Awaitable[str]], until: float) -> str:
        most = until - self._steady()
        wait = self._pace.book(place.chat, self._steady(), most)
        if wait > most:
            raise ChannelError("not_sent", "too many messages at once", timedelta(seconds=wait))
        await asyncio.sleep(wait)
        await asyncio.sleep(self._pace.book_among_all(self._steady()))
        if self._house and self._house.turns:
            await self._take_turns(self._house, place.chat, until)
        try:
            return await say(place)
        except ApiError as error:
            if error.retry_after:
                self._pace.hold(place.chat, self._steady() + error.retry_after.total_seconds())
            raise

    async def _take_turns(self, house: House, chat: str, until: float) -> None:
        """Wait for the turns that are left by other processes: in the chat, then among all."""
        bot = f"telegram:{self._bot}"
        for whose, limits in ((f"{bot}:{chat}", limits_of(chat)), (bot, ALL_TURNS)):
            most = max(until - self._steady(), 0.0)
            wait = await turn_of(house, whose, limits, most)
            if wait > most:
                raise ChannelError("not_sent", "too many messages at once", timedelta(seconds=wait))
            await asyncio.sleep(wait)

    def _steady(self) -> float:
        """Seconds of a clock that only goes on."""
        return asyncio.get_running_loop().time() + self._leapt()

    def _remember_half(self, place: tuple[int, str], number: int, sent: str) -> None:
        self._half_sent[place] = number, sent
        if len(self._half_sent) > HALVES_MOST:
            self._half_sent.popitem(last=False)


async def _who(api: "BotApi") -> Me:
    return read_me(await api.me())


async def _fetch(wanted: Wanted, api: "BotApi", most: int) -> bytes:
    """The bytes of a file; asked for once more where that may help."""
    try:
        return await api.file(wanted.id, most)
    except ApiError as error:
        if error.result == "refused":
            raise
    return await api.file(wanted.id, most)


def _message(
    api: "BotApi", text: str, buttons: Sequence[Sequence[Button]], silent: bool
) -> Callable[[Place], Awaitable[str]]:
    return lambda place: api.send(place, text, buttons, silent)


def _document(api: "BotApi", name: str, content: bytes, below: str) -> Callable[[Place], Awaitable[str]]:
    return lambda place: api.send_document(place, name, content, below)


def _fitting(row: OutboxRow) -> tuple[tuple[Button, ...], ...]:
    """The notice's buttons without those that the server would refuse the whole message for."""
    lines = tuple(tuple(b for b in line if 0 < len(b.action.encode()) <= ACTION_BYTES) for line in row.notice.buttons)
    if lines != row.notice.buttons:
        log.error("telegram_button_left_out", extra={"outbox": row.id})
    return lines
