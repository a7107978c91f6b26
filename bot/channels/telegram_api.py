"""Calls of the Bot API over aiogram, which builds the requests and keeps the connections.

Answers are read as plain JSON: aiogram would refuse a whole batch of updates for one that it does not know. This module
is imported when the channel starts, since aiogram takes seconds.
"""

import json
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteWebhook,
    EditMessageReplyMarkup,
    EditMessageText,
    GetFile,
    GetMe,
    GetUpdates,
    GetWebhookInfo,
    SendDocument,
    SendMessage,
    SetWebhook,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    TCPConnector,
)

from bot.channels.telegram_errors import ApiError, of_answer
from bot.channels.telegram_places import Place
from bot.channels.telegram_waits import WAITS, Waits
from bot.channels.way_out import by_environment
from sla.message import Button

KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
CHUNK = 65_536


class TooBig(ApiError):
    """A file is larger than what may be fetched."""

    def __init__(self) -> None:
        super().__init__("refused", "the file is too big")


class _RawSession(AiohttpSession):
    """Answers with the JSON itself, raises ApiError."""

    def __init__(self, base: str, waits: Waits) -> None:
        super().__init__(api=TelegramAPIServer.from_base(base))
        self.waits = waits

    async def create_session(self) -> ClientSession:
        """Connections by the proxy of the environment, as everywhere; also to servers that an authority of the hospital
        vouches for. aiogram's own know neither."""
        if self._session is None or self._session.closed:
            connector = TCPConnector(ssl=ssl.create_default_context())
            self._session = ClientSession(connector=connector, trust_env=by_environment())
        return self._session

    async def close(self) -> None:
        """Let the connections go at once; aiogram would wait a moment for the other side."""
        if self._session is not None:
            await self._session.close()

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: float | None = None,  # noqa: ASYNC109 - so it is called in aiogram
    ) -> TelegramType:
        """The `result` of the answer, as JSON; the type that aiogram promises is not kept."""
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        limit = ClientTimeout(total=timeout or self.waits.call, sock_connect=self.waits.connect)
        async with _no_answer(), session.post(url, data=self.build_form_data(bot, method), timeout=limit) as response:
            status, content = response.status, await response.read()
        body = _json(content)
        if status == 200 and isinstance(body, dict) and body.get("ok") is True:
            return cast(TelegramType, body.get("result"))
        raise of_answer(status, body)


class BotApi:
    """One bot at one Bot API server. Every call raises ApiError."""

    def __init__(self, base: str, token: str, waits: Waits = WAITS) -> None:
        self._session, self._waits = _RawSession(base, waits), waits
        self._bot = Bot(token, session=self._session)

    async def close(self) -> None:
        """Let the connections go."""
        await self._session.close()

    async def me(self) -> object:
        return await self._call(GetMe())

    async def updates(self, offset: int | None) -> list[object]:
        """What is new from `offset` on; waits for it as long as a poll is held."""
        poll = GetUpdates(offset=offset, limit=100, timeout=self._waits.poll, allowed_updates=KINDS)
        found = await self._call(poll, self._waits.poll + self._waits.call)
        if not isinstance(found, list):
            raise ApiError("unknown", "the updates are no list")
        return found

    async def send(self, place: Place, text: str, buttons: Sequence[Sequence[Button]], silent: bool) -> str:
        """Send one message; its id."""
        rows = [[InlineKeyboardButton(text=b.label, callback_data=b.action) for b in row] for row in buttons if row]
        message = SendMessage(
            chat_id=place.chat,
            message_thread_id=place.topic or None,
            text=text,
            parse_mode=None,
            disable_notification=silent or None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=InlineKeyboardMarkup(inline_keyboard=rows) if rows else None,
        )
        return _id(await self._call(message))

    async def send_document(self, place: Place, name: str, content: bytes, below: str) -> str:
        """Send a file, without a sound, as an answer to the message `below` ("": to none); its id."""
        reply = ReplyParameters(message_id=int(below), allow_sending_without_reply=True) if below else None
        document = SendDocument(
            chat_id=place.chat,
            message_thread_id=place.topic or None,
            document=BufferedInputFile(content, name),
            disable_content_type_detection=True,
            disable_notification=True,
            reply_parameters=reply,
        )
        return _id(await self._call(document, self._waits.document))

    async def answer(self, callback: str) -> None:
        """Tell the client of the person who pressed a button that it was heard."""
        await self._call(AnswerCallbackQuery(callback_query_id=callback))

    async def settle(self, chat: str, message: str, text: str) -> None:
        """Take the buttons off a message, and let it say `text`, unless that is ""."""
        if text:
            links = LinkPreviewOptions(is_disabled=True)
            edit = EditMessageText(
                chat_id=chat, message_id=int(message), text=text, parse_mode=None, link_preview_options=links
            )
            await self._call(edit)
        else:
            await self._call(EditMessageReplyMarkup(chat_id=chat, message_id=int(message)))

    async def set_webhook(self, url: str, secret: str, certificate: bytes = b"") -> None:
        """`certificate` is the one that the server is to trust, where no authority vouches for it."""
        file = BufferedInputFile(certificate, "certificate.pem") if certificate else None
        await self._call(SetWebhook(url=url, secret_token=secret, allowed_updates=KINDS, certificate=file))

    async def webhook(self) -> Mapping[str, Any]:
        """What the server knows of the webhook."""
        found = await self._call(GetWebhookInfo())
        if not isinstance(found, dict):
            raise ApiError("unknown", "the webhook is no object")
        return found

    async def delete_webhook(self) -> None:
        """Back to polling; what waits is kept."""
        await self._call(DeleteWebhook(drop_pending_updates=False))

    async def file(self, file_id: str, most: int) -> bytes:
        """The bytes of a file. Raises TooBig when they are more than `most`."""
        found = await self._call(GetFile(file_id=file_id))
        path = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(path, str):
            raise ApiError("unknown", "the file has no path")
        url = self._session.api.file_url(self._bot.token, path)
        session = await self._session.create_session()
        limit = ClientTimeout(total=self._waits.file, sock_connect=self._waits.connect)
        content = bytearray()
        async with _no_answer(), session.get(url, timeout=limit) as response:
            if response.status != 200:
                raise of_answer(response.status, None)
            async for chunk in response.content.iter_chunked(CHUNK):
                content += chunk
                if len(content) > most:
                    raise TooBig
        return bytes(content)

    async def _call(self, method: TelegramMethod[Any], seconds: float = 0.0) -> object:
        """Call, for `seconds` at most (0: as long as any)."""
        return await self._session(self._bot, method, timeout=seconds or self._waits.call)  # type: ignore[arg-type]  # less than a second too


@asynccontextmanager
async def _no_answer() -> AsyncIterator[None]:
    """Turn what goes wrong on the way into an ApiError: not sent where no connection came about, else unknown."""
    try:
        yield
    except (ClientConnectorError, ConnectionTimeoutError, ClientHttpProxyError) as error:
        raise ApiError("not_sent", f"no connection: {type(error).__name__}") from None
    except (ClientError, TimeoutError, OSError) as error:
        raise ApiError("unknown", f"no answer: {type(error).__name__}") from None


def _id(sent: object) -> str:
    return str(sent.get("message_id", "")) if isinstance(sent, dict) else ""


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
