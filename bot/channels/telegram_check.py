"""`wardline channel check telegram`."""

import ssl

import aiohttp

from bot.channels.checking import Checking
from bot.channels.telegram_hook import certificate_of, told
from bot.settings import Settings
from bot.tables.telegram import Telegram


async def check_telegram(settings: Settings, checking: Checking) -> None:
    """The token, and whether updates come the way that is set up."""
    telegram = settings.telegram
    if not (telegram.enabled and telegram.token):
        checking.wrong(checking.say("check_off", names="WARDLINE_TELEGRAM_TOKEN"))
        return
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
    if not isinstance(found, dict):
        return
    if found.get("url", "") != telegram.webhook:
        checking.wrong(
            checking.say("check_webhook_other", theirs=found.get("url") or "-", ours=telegram.webhook or "-")
        )
    elif words := told(found, checking.now):  # its last error stays there for good
        checking.wrong(checking.say("check_webhook_error", url=telegram.webhook, words=words[:120]))
    else:
        checking.well(checking.say("check_webhook"))
    if telegram.webhook:
        await _webhook(telegram, checking)


async def _webhook(telegram: Telegram, checking: Checking) -> None:
    """Knock without the secret: the bot that runs turns that away, and nobody else does."""
    url, trusted = telegram.webhook, ssl.create_default_context()
    if telegram.certificate:
        certificate_of(telegram.certificate)
        trusted.load_verify_locations(telegram.certificate)
    try:
        async with checking.session.post(url, data=b"{}", ssl=trusted, allow_redirects=False) as response:
            status = response.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        checking.wrong(checking.say("check_callback_unreachable", url=url, why=type(error).__name__))
        return
    if status == 403:
        checking.well(checking.say("check_callback", url=url))
    elif status == 503:
        checking.wrong(checking.say("check_callback_starting", url=url))
    else:
        checking.wrong(checking.say("check_callback_other", url=url, status=status))
