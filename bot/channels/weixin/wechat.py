"""A WeChat Official Account (公众号) as a channel: messages of customer service, else a template message.

Within 48 hours after somebody wrote, five messages may be sent; what is past it the platform refuses. Then a template
message tells that there is something, where a template is set up; else the person's next address is tried. Choices are
a menu of words in the message: who taps one writes it, with the choice's id.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp

from bot.channels.base import Capabilities, ChannelError, House
from bot.channels.weixin.application import Application
from bot.channels.weixin.calls import TIMEOUT, PlatformError
from bot.channels.weixin.cut import cut
from bot.channels.weixin.inbox import PATIENCE_SECONDS
from bot.channels.weixin.steps import Step, Steps
from bot.settings import SettingsError
from bot.tables.wechat import WeChat
from handlers.reach import always_mark
from sla.message import Attachment, Button
from storage.base import OutboxRow, StorageError

CHANNEL = "wechat"
TEXT_BYTES = 2048
WINDOW = timedelta(hours=48)
CLOSED = frozenset({45015, 45047})
"""The person has written nothing for too long, or has been sent too much since."""
PICTURES = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif"}
PICTURE_MOST = 10 * 1024 * 1024
TEMPLATE_SIGNS = 20
"""Signs of a value that a template shows."""

log = logging.getLogger(__name__)


class WeChatChannel(Application):
    """The channel "wechat". An address is the person's open id."""

    name = CHANNEL
    capabilities = Capabilities(
        buttons=True, edit=False, text_limit=TEXT_BYTES // 3, attachments=True, proactive=WINDOW
    )

    def __init__(
        self, settings: WeChat, patience: float = PATIENCE_SECONDS, timeout: aiohttp.ClientTimeout = TIMEOUT
    ) -> None:
        super().__init__(settings, settings.app_id, f"wechat:{settings.app_id}", patience, timeout)
        self._settings, self._steps = settings, Steps()
        if settings.callback and not settings.token:
            raise SettingsError("[wechat] callback needs WARDLINE_WECHAT_TOKEN")

    async def start(self, house: House) -> None:
        """Begin to take calls, and note whether people can be written to at any time. Raises StorageError where that
        cannot be kept."""
        # A subscription message gets through only to those who have just allowed one: nothing to build on.
        always = self._settings.template if not self._settings.subscription else ""
        await house.put_mark(always_mark(CHANNEL), always)
        await super().start(house)

    async def _fetch_token(self, failed: str) -> tuple[str, timedelta]:
        """The stable token: that of other callers stays good. Only where it is the one that `failed`, it is made anew,
        which may be done 20 times a day."""
        calls, settings = self._started()[0], self._settings
        asked = {"grant_type": "client_credential", "appid": settings.app_id, "secret": settings.secret}
        answer = await calls.post("/cgi-bin/stable_token", asked)
        if failed and answer.get("access_token") == failed:
            answer = await calls.post("/cgi-bin/stable_token", {**asked, "force_refresh": True})
        return str(answer["access_token"]), timedelta(seconds=int(answer.get("expires_in", 7200)))

    # out

    async def send(self, row: OutboxRow) -> str:
        """Send a notice: its text in parts, the last with its choices, its pictures. Where the window is closed, a
        template message. "" since the platform gives its messages no id. Raises ChannelError."""
        if row.address is None:
            raise ChannelError("refused", "no address")
        to, parts = row.address.address, cut(row.notice.text, TEXT_BYTES - _menu_bytes(row))
        buttons = [button for line in row.notice.buttons for button in line]
        steps: list[Step] = [partial(self._message, to, _text(part)) for part in parts[:-1]]
        steps += [partial(self._message, to, _menu(part, buttons) if buttons else _text(part)) for part in parts[-1:]]
        steps += [partial(self._picture, to, file) for file in row.notice.attachments]
        try:
            return await self._steps.take(row, steps)
        except PlatformError as error:
            if error.code not in CLOSED or not self._settings.template:
                raise
        return await self._template(to, row)

    async def _message(self, to: str, content: Mapping[str, Any]) -> str:
        calls, _ = self._started()
        await calls.with_token(self._tokens, "/cgi-bin/message/custom/send", {"touser": to, **content})
        return ""

    async def _template(self, to: str, row: OutboxRow) -> str:
        """That there is something, in the few words that a template shows; the platform's id of it."""
        calls, _ = self._started()
        words = row.notice.text.strip().partition("\n")[0]
        number = f"W{row.notice.ticket}" if row.notice.ticket else "-"
        values = {"ticket": number, "words": words}
        data = {field: {"value": values[value][:TEMPLATE_SIGNS]} for value, field in self._settings.fields.items()}
        content = {"touser": to, "template_id": self._settings.template, "data": data}
        if self._settings.subscription:
            await calls.with_token(self._tokens, "/cgi-bin/message/subscribe/bizsend", content)
            return ""
        content["client_msg_id"] = f"{row.id}"
        answer = await calls.with_token(self._tokens, "/cgi-bin/message/template/send", content)
        return str(answer.get("msgid", ""))

    async def _picture(self, to: str, file: Attachment) -> str:
        """Send a picture; other files an Official Account cannot send: the text names them."""
        calls, house = self._started()
        if file.type not in PICTURES:
            return ""
        try:
            content = await house.read_file(file.ref or "")
        except StorageError as error:
            raise ChannelError("not_sent", "the file could not be read") from error
        if not content or len(content) > PICTURE_MOST:
            log.error("wechat_file_left_out", extra={"file": file.ref, "size": len(content or b"")})
            return ""
        media = await calls.upload(
            self._tokens, "/cgi-bin/media/upload", f"picture{PICTURES[file.type]}", content, type="image"
        )
        return await self._message(to, {"msgtype": "image", "image": {"media_id": media}})


def _text(text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def _menu(text: str, buttons: Sequence[Button]) -> dict[str, Any]:
    """Words with choices below them."""
    choices = [{"id": button.action, "content": button.label} for button in buttons]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": text, "list": choices, "tail_content": ""}}


def _menu_bytes(row: OutboxRow) -> int:
    """The room that the choices take."""
    return sum(len((b.label + b.action).encode()) + 16 for line in row.notice.buttons for b in line)
