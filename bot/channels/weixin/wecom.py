"""WeCom (企业微信) as a channel: an application's messages, and cards with buttons; groups through their robots.

An address is a member's user id, or "robot:NAME" for a group robot. Long texts go in parts; buttons stand on a card of
their own below the text. The platform drops what is more than 30 messages a minute to one member without a word, so
that nobody is sent more than that.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp

from bot.channels.base import Capabilities, ChannelError, House
from bot.channels.settled import change
from bot.channels.weixin.application import Application
from bot.channels.weixin.calls import TIMEOUT, PlatformError
from bot.channels.weixin.cards import Cards
from bot.channels.weixin.cut import cut, fits
from bot.channels.weixin.inbox import PATIENCE_SECONDS, Pressed
from bot.channels.weixin.pace import Pace
from bot.channels.weixin.steps import Step, Steps
from bot.settings import SettingsError
from bot.tables.wecom import WeCom
from sla.message import Attachment, Button, Purpose
from storage.base import Earlier, OutboxRow, StorageError

CHANNEL = "wecom"
ROBOT = "robot:"
TEXT_BYTES = 2048
TITLE_SIGNS, LABEL_BYTES, CARD_BUTTONS = 36, 30, 6
FILE_MOST = 20 * 1024 * 1024
AGAIN = timedelta(minutes=2)
"""A message like one before it is the same one where it comes so soon: a retry, not the next page."""
SENT_AGAIN = frozenset({Purpose.PAGE, Purpose.REMINDER, Purpose.BREACH})
"""What is sent again where nobody knows whether it was taken; the platform has to know of the first time."""
MEMBER_A_MINUTE, ROBOT_A_MINUTE = 30, 20
MEMBER_AN_HOUR = 1000
NOT_REACHED = {
    "invaliduser": "nobody of that id, or not among those who see the application",
    "unlicenseduser": "the member has no licence for the interface",
}
TASK = re.compile(r"[^0-9A-Za-z_\-@]")

log = logging.getLogger(__name__)


class WeComChannel(Application):
    """The channel "wecom"."""

    name = CHANNEL
    capabilities = Capabilities(
        buttons=True, edit=True, text_limit=TEXT_BYTES // 3, attachments=True, button_limit=CARD_BUTTONS
    )

    def __init__(
        self, settings: WeCom, patience: float = PATIENCE_SECONDS, timeout: aiohttp.ClientTimeout = TIMEOUT
    ) -> None:
        super().__init__(settings, settings.corp_id, f"wecom:{settings.corp_id}:{settings.agent}", patience, timeout)
        if settings.callback and not (settings.token and settings.aes_key):
            raise SettingsError("[wecom] callback needs WARDLINE_WECOM_TOKEN and WARDLINE_WECOM_AES_KEY")
        self._settings, self._steps = settings, Steps()
        self._pace = Pace(f"wecom:{settings.corp_id}:{settings.agent}")

    def _pressed(self, house: House) -> Pressed:
        """A press brings a code by which its card can be changed."""
        self._cards = Cards(f"wecom:cards:{self._settings.corp_id}:{self._settings.agent}", house)
        return self._cards.keep

    async def _fetch_token(self, _failed: str) -> tuple[str, timedelta]:
        calls, settings = self._started()[0], self._settings
        answer = await calls.get("/cgi-bin/gettoken", corpid=settings.corp_id, corpsecret=settings.secret)
        return str(answer["access_token"]), timedelta(seconds=int(answer.get("expires_in", 7200)))

    # out

    async def send(self, row: OutboxRow) -> str:
        """Send a notice: its text in parts, a card with its buttons, its files; the id of the last message, of a card
        its task. Raises ChannelError."""
        _, house = self._started()
        if row.address is None:
            raise ChannelError("refused", "no address")
        to = row.address.address
        if row.notice.changes:
            return await change(row, house, partial(self._replace, to, row.notice.settles))
        if to.startswith(ROBOT):
            return await self._steps.take(
                row, [partial(self._robot, to, part) for part in cut(row.notice.text, TEXT_BYTES)]
            )
        once = _is_to_be_shown_once(row)
        steps: list[Step] = [partial(self._text, to, part, once) for part in cut(row.notice.text, TEXT_BYTES)]
        steps += [partial(self._file, to, file, once) for file in row.notice.attachments]
        buttons = [button for line in row.notice.buttons for button in line][:CARD_BUTTONS]
        if buttons:
            task = TASK.sub("", f"{house.owner[:40]}-{row.id}-{row.fence}")
            steps.append(partial(self._press, to, _card(row, buttons, task), task, once))
        return await self._steps.take(row, steps)

    async def _replace(self, to: str, words: str, earlier: Earlier) -> None:
        """Show words in the place of a card's buttons."""
        code = await self._cards.take(to, earlier.provider_id)
        if not code:
            return
        calls, _ = self._started()
        name = words[: fits(words, LABEL_BYTES)]
        asked = {
            "userids": [to],
            "agentid": self._settings.agent,
            "response_code": code,
            "button": {"replace_name": name},
        }
        await calls.with_token(self._tokens, "/cgi-bin/message/update_template_card", asked)

    async def _text(self, to: str, text: str, once: bool) -> str:
        answer = await self._message(to, {"msgtype": "text", "text": {"content": text}}, once)
        return str(answer.get("msgid", ""))

    async def _press(self, to: str, card: Mapping[str, Any], task: str, once: bool) -> str:
        """A card is known by its task: so says who presses a button."""
        answer = await self._message(to, card, once)
        if code := str(answer.get("response_code", "")):
            try:
                await self._cards.keep(to, task, code)
            except StorageError:
                log.info("wecom_card_not_kept")  # it is sent, and then stays as it is
        return task

    async def _robot(self, to: str, text: str) -> str:
        """Post to a group."""
        calls, house = self._started()
        key = self._settings.robots.get(to.removeprefix(ROBOT))
        if key is None:
            raise ChannelError("refused", "WARDLINE_WECOM_ROBOTS names no robot like this")
        await self._pace.take(house, to, ROBOT_A_MINUTE)
        await calls.post("/cgi-bin/webhook/send", {"msgtype": "text", "text": {"content": text}}, key=key)
        return ""

    async def _message(self, to: str, content: Mapping[str, Any], once: bool) -> Mapping[str, Any]:
        """Send one message to a member, `once` within `AGAIN` however often it is tried; the platform's answer."""
        calls, house = self._started()
        await self._pace.take(house, to, MEMBER_A_MINUTE, MEMBER_AN_HOUR)
        whole: dict[str, Any] = {"touser": to, "agentid": self._settings.agent, **content}
        if once:
            whole |= {"enable_duplicate_check": 1, "duplicate_check_interval": int(AGAIN.total_seconds())}
        answer = await calls.with_token(self._tokens, "/cgi-bin/message/send", whole)
        for name, why in NOT_REACHED.items():  # told beside errcode 0
            if to.lower() in str(answer.get(name, "")).lower().split("|"):
                raise PlatformError("refused", 0, why)
        return answer

    async def _file(self, to: str, file: Attachment, once: bool) -> str:
        """Hand a file over and send it; "", since nobody answers to a file."""
        calls, house = self._started()
        try:
            content = await house.read_file(file.ref or "")
        except StorageError as error:
            raise ChannelError("not_sent", "the file could not be read") from error
        if not content or len(content) > FILE_MOST:
            log.error("wecom_file_left_out", extra={"file": file.ref, "size": len(content or b"")})
            return ""
        media = await calls.upload(self._tokens, "/cgi-bin/media/upload", file.name, content, type="file")
        await self._message(to, {"msgtype": "file", "file": {"media_id": media}}, once)
        return ""


def _is_to_be_shown_once(row: OutboxRow) -> bool:
    """Whether the same words so soon are the same message. Who asks for the state twice is answered twice."""
    return row.notice.purpose in SENT_AGAIN or row.tries > 0 or row.fence > 1


def _card(row: OutboxRow, buttons: Sequence[Button], task: str) -> dict[str, Any]:
    """A card with a button for each choice, named after the first line of the text."""
    title = row.notice.text.strip().partition("\n")[0][:TITLE_SIGNS] or "Wardline"
    listed = [
        {"text": b.label[: fits(b.label, LABEL_BYTES)], "key": b.action, "style": 1 if n == 0 else 2}
        for n, b in enumerate(buttons)
    ]
    card = {
        "card_type": "button_interaction",
        "main_title": {"title": title},
        "task_id": task,
        "button_list": listed,
    }
    return {"msgtype": "template_card", "template_card": card}
