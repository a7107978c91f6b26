"""`wardline channel check telegram`."""

import ssl
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.channels.causes import UNTRUSTED, cause, why
from bot.channels.checking import Checking
from bot.channels.lacks import is_address
from bot.channels.pem import of_webhook
from bot.channels.telegram_hook import told
from bot.settings import Settings
from bot.tables.telegram import TOKEN, Telegram

ADVICE: Mapping[str, str] = {
    "ssl": "check_webhook_ssl",
    "certificate": "check_webhook_ssl",
    "403": "check_webhook_refused",
    "timed out": "check_webhook_timeout",
    "timeout": "check_webhook_timeout",
}
"""Words of the server's about its last try to bring something, and the sentence with what to mend."""


async def check_telegram(settings: Settings, checking: Checking) -> None:
    """The token, and whether updates come the way that is set up. What shows without the network was told before."""
    telegram = settings.telegram
    if not telegram.enabled:
        checking.wrong(checking.say("check_disabled", setting="[telegram] enabled = false"))
        return
    if telegram == Telegram():
        checking.wrong(checking.say("check_off", names="WARDLINE_TELEGRAM_TOKEN"))
    if TOKEN.fullmatch(telegram.token):
        await _account(telegram, checking)
    if is_address(telegram.webhook):
        await _webhook(telegram, checking)


async def _account(telegram: Telegram, checking: Checking) -> None:
    base = f"{telegram.api}/bot{telegram.token}"
    me = await checking.call("GET", f"{base}/getMe")
    if me is None:
        return
    if not me.get("ok"):
        code = me.get("error_code", 0)
        if code in (401, 404):
            checking.wrong(checking.say("check_secret", code=code, name="WARDLINE_TELEGRAM_TOKEN"))
        else:
            checking.wrong(checking.say("check_code", code=code, words=str(me.get("description", ""))[:120]))
        return
    result = me.get("result")
    checking.well(checking.say("check_bot", name=str(result.get("username", "")) if isinstance(result, dict) else ""))
    hook = await checking.call("GET", f"{base}/getWebhookInfo")
    found = hook.get("result") if hook else None
    if isinstance(found, dict):
        _registered(found, telegram, checking)


def _registered(found: Mapping[str, Any], telegram: Telegram, checking: Checking) -> None:
    """How the server brings updates, and how its last try went."""
    if found.get("url", "") != telegram.webhook:
        checking.wrong(
            checking.say("check_webhook_other", theirs=found.get("url") or "-", ours=telegram.webhook or "-")
        )
    elif words := told(found, checking.now):  # its last error stays there for good
        key = next((key for sign, key in ADVICE.items() if sign in words.lower()), "check_webhook_error")
        checking.wrong(checking.say(key, url=telegram.webhook, words=words[:120]))
    else:
        checking.well(checking.say("check_webhook"))


async def _webhook(telegram: Telegram, checking: Checking) -> None:
    """Knock without the secret: the bot that runs turns that away, and nobody else does."""
    url = telegram.webhook
    try:
        async with checking.session.post(
            url, data=b"{}", ssl=_trusted(telegram, checking), allow_redirects=False
        ) as response:
            status = response.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        is_other = bool(telegram.certificate) and cause(error)[0] == UNTRUSTED
        key = "check_callback_certificate" if is_other else "check_callback_unreachable"
        words = cause(error)[1] if is_other else why(error, checking.say)
        checking.wrong(checking.say(key, url=url, why=words))
        return
    if status == 403:
        checking.well(checking.say("check_callback", url=url))
    elif status == 503:
        checking.wrong(checking.say("check_callback_starting", url=url))
    else:
        checking.wrong(checking.say("check_callback_other", url=url, status=status))


def _trusted(telegram: Telegram, checking: Checking) -> ssl.SSLContext | bool:
    """Who vouches for the webhook: its own certificate, whose names were compared already; nobody needs to (False)
    where that one is known to be of no use, so that the rest of the way is tried all the same."""
    if not telegram.certificate:
        return ssl.create_default_context()
    if any(of_webhook(telegram.certificate, telegram.webhook, checking.now)):
        return False
    trusted = ssl.create_default_context(cafile=telegram.certificate)
    trusted.check_hostname = False
    return trusted
