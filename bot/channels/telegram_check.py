"""`wardline channel check telegram`."""

from bot.channels.checking import Checking
from bot.settings import Settings


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
    elif found.get("last_error_message"):
        words = str(found["last_error_message"])[:120]
        checking.wrong(checking.say("check_webhook_error", url=telegram.webhook, words=words))
    else:
        checking.well(checking.say("check_webhook"))
