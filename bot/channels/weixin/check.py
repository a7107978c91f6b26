"""`wardline channel check` for WeCom and for an Official Account."""

import aiohttp

from bot.channels.checking import Checking
from bot.channels.weixin.check_robot import check_robot
from bot.channels.weixin.codes import is_well
from bot.channels.weixin.envelope import Envelope
from bot.channels.weixin.wechat import WeChatChannel
from bot.channels.weixin.wecom import WeComChannel
from bot.settings import Settings, SettingsError


async def check_wecom(settings: Settings, checking: Checking) -> None:
    """The application, or the smart robot, whichever is set up."""
    wecom = settings.wecom
    if wecom.robot_is_on:
        await check_robot(settings, checking)
        return
    if not wecom.is_on:
        is_robot = wecom.bot_id or wecom.bot_secret
        names = "bot_id, WARDLINE_WECOM_BOT_SECRET" if is_robot else "corp_id, WARDLINE_WECOM_SECRET"
        checking.wrong(checking.say("check_off", names=f"[wecom] {names}"))
        return
    try:
        WeComChannel(wecom)
    except SettingsError as error:
        checking.wrong(str(error))
        return
    asked = {"corpid": wecom.corp_id, "corpsecret": wecom.secret}
    answer = await checking.call("GET", f"{wecom.api}/cgi-bin/gettoken", params=asked)
    if is_well(answer, checking, "WARDLINE_WECOM_SECRET", "[wecom] corp_id"):
        checking.well(checking.say("check_token"))
        given = {"access_token": str(answer["access_token"]), "agentid": str(wecom.agent)}
        agent = await checking.call("GET", f"{wecom.api}/cgi-bin/agent/get", params=given)
        if is_well(agent, checking, "WARDLINE_WECOM_SECRET", "[wecom] corp_id"):
            checking.well(checking.say("check_agent", name=str(agent.get("name", ""))[:40], agent=wecom.agent))
    await _callback(Envelope(wecom.token, wecom.aes_key, wecom.corp_id), wecom.callback, checking, sealed=True)


async def check_wechat(settings: Settings, checking: Checking) -> None:
    """The Official Account."""
    wechat = settings.wechat
    if not wechat.is_on:
        checking.wrong(checking.say("check_off", names="[wechat] app_id, WARDLINE_WECHAT_SECRET"))
        return
    try:
        WeChatChannel(wechat)
    except SettingsError as error:
        checking.wrong(str(error))
        return
    asked = {"grant_type": "client_credential", "appid": wechat.app_id, "secret": wechat.secret}
    answer = await checking.call("POST", f"{wechat.api}/cgi-bin/stable_token", json=asked)
    if is_well(answer, checking, "WARDLINE_WECHAT_SECRET", "[wechat] app_id"):
        checking.well(checking.say("check_token"))
    if not wechat.template:
        checking.well(checking.say("check_no_template"))
    await _callback(Envelope(wechat.token, wechat.aes_key, wechat.app_id), wechat.callback, checking, sealed=False)


async def _callback(envelope: Envelope, url: str, checking: Checking, *, sealed: bool) -> None:
    """Ask the public address as the platform does when the address is entered there."""
    if not url:
        checking.wrong(checking.say("check_callback_none"))
        return
    query, echo = envelope.question(checking.now, sealed=sealed)
    try:
        async with checking.session.get(url, params=query) as response:
            status, text = response.status, (await response.content.read(1000)).decode("utf-8", "replace")
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        checking.wrong(checking.say("check_callback_unreachable", url=url, why=type(error).__name__))
        return
    if (status, text) == (200, echo):
        checking.well(checking.say("check_callback", url=url))
    elif status == 403:
        checking.wrong(checking.say("check_callback_refused", url=url))
    elif status == 503:
        checking.wrong(checking.say("check_callback_starting", url=url))
    else:
        checking.wrong(checking.say("check_callback_other", url=url, status=status))
