"""The webhook: put in place, and looked at now and then, since somebody else may take it away without a word."""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.channels.base import House
from bot.channels.telegram_fields import shown
from bot.channels.telegram_insist import WEBHOOK, Insist
from bot.settings import SettingsError
from sla.worded import Worded

if TYPE_CHECKING:
    from bot.channels.telegram_api import BotApi

CHECK_SECONDS = 300.0
LATELY = timedelta(minutes=10)
"""An error of the server's last try to bring something counts for so long."""

log = logging.getLogger(__name__)


class Hook:
    """The webhook at an address. `certificate` (b"": none) is given to the server to be trusted."""

    def __init__(self, api: "BotApi", house: House, url: str, secret: str, certificate: bytes) -> None:
        self._api, self._house, self._url = api, house, url
        self._secret, self._certificate = secret, certificate

    async def run(self, insist: Insist, seconds: float) -> None:
        """Put it in place, and again where it is not; tell what the server says of it, every `seconds`."""
        await insist(self._set)
        while True:
            await asyncio.sleep(seconds)
            state = await insist(self._api.webhook)
            if state.get("url") != self._url:
                log.warning("telegram_webhook_set_again", extra={"was": "another" if state.get("url") else "none"})
                await insist(self._set)
            else:
                insist.note(WEBHOOK, told(state, self._house.now()))

    def _set(self) -> Awaitable[None]:
        return self._api.set_webhook(self._url, self._secret, self._certificate)


def told(state: Mapping[str, Any], now: datetime) -> str:
    """Why the server could not bring what waits, in its own words; "" where nothing waits, or it went well since."""
    at, waits = state.get("last_error_date"), state.get("pending_update_count")
    if not isinstance(at, int) or not isinstance(waits, int) or waits <= 0:
        return ""
    if now - datetime.fromtimestamp(min(max(at, 0), 2**32), UTC) > LATELY:
        return ""
    return f"webhook: {shown(state.get('last_error_message')) or 'not reached'} ({waits} waiting)"


def certificate_of(path: str) -> bytes:
    """The webhook's own certificate, which the server is to trust. Raises SettingsError."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise SettingsError(
            Worded(
                "[telegram] certificate names {path}, which cannot be read: {strerror}",
                path=path,
                strerror=Worded(error.strerror or "?"),
            )
        ) from error
    if b"PRIVATE KEY" in content or b"-----BEGIN CERTIFICATE-----" not in content:
        raise SettingsError(
            Worded("[telegram] certificate: {path} must be a certificate in PEM, without a private key", path=path)
        )
    return content


def own_secret(token: str) -> str:
    """A secret for the webhook where none is set: the same in every replica, and not to be guessed."""
    return hmac.new(token.encode(), b"wardline webhook", hashlib.sha256).hexdigest()
