"""`wardline channel check` for WeCom and for an Official Account: what the platform and our own callback say."""

from urllib.parse import urlsplit

import aiohttp

from bot.channels.causes import why
from bot.channels.checking import Checking
from bot.channels.lacks import is_address
from bot.channels.weixin.check_robot import check_robot, reach_robot
from bot.channels.weixin.codes import is_well
from bot.channels.weixin.envelope import Envelope
from bot.settings import Settings
from bot.tables.wechat import is_aes_key
from bot.tables.wecom import WeCom


async def check_wecom(settings: Settings, checking: Checking) -> None:
    """The application, or the smart robot, whichever is set up. What shows without the network was told before."""
    wecom = settings.wecom
    if not wecom.enabled:
        checking.wrong(checking.say("check_disabled", setting="[wecom] enabled = false"))
    elif not any((wecom.corp_id, wecom.secret, wecom.bot_id, wecom.bot_secret)):
        ways = "[wecom] corp_id, WARDLINE_WECOM_SECRET / bot_id, WARDLINE_WECOM_BOT_SECRET"
        checking.wrong(checking.say("check_off", names=ways))
    if wecom.robot_is_on:
        await check_robot(settings, checking)
    if wecom.is_on:
        await _application(wecom, checking)
    elif wecom.enabled and wecom.corp_id and not wecom.robot_is_on:
        await _reach(f"{wecom.api}/cgi-bin/gettoken", checking)
    elif wecom.enabled and wecom.bot_id and not wecom.robot_is_on:
        await reach_robot(wecom, checking)
    if wecom.enabled and wecom.callback and wecom.corp_id and wecom.token and is_aes_key(wecom.aes_key):
        await _callback(Envelope(wecom.token, wecom.aes_key, wecom.corp_id), wecom.callback, checking, sealed=True)


async def _application(wecom: WeCom, checking: Checking) -> None:
    asked = {"corpid": wecom.corp_id, "corpsecret": wecom.secret}
    answer = await checking.call("GET", f"{wecom.api}/cgi-bin/gettoken", params=asked)
    if not is_well(answer, checking, "WARDLINE_WECOM_SECRET", "[wecom] corp_id"):
        return
    checking.well(checking.say("check_token"))
    given = {"access_token": str(answer["access_token"]), "agentid": str(wecom.agent)}
    agent = await checking.call("GET", f"{wecom.api}/cgi-bin/agent/get", params=given) if wecom.agent else None
    if is_well(agent, checking, "WARDLINE_WECOM_SECRET", "[wecom] corp_id"):
        checking.well(checking.say("check_agent", name=str(agent.get("name", ""))[:40], agent=wecom.agent))


async def _reach(url: str, checking: Checking) -> None:
    """Without its secret there is nothing to ask the platform; whether the way to it is free shows all the same."""
    if await checking.call("GET", url) is not None:
        checking.well(checking.say("check_reached", host=urlsplit(url).netloc))


async def check_wechat(settings: Settings, checking: Checking) -> None:
    """The Official Account. What shows without the network was told before."""
    wechat = settings.wechat
    if not wechat.enabled:
        checking.wrong(checking.say("check_disabled", setting="[wechat] enabled = false"))
        return
    if not (wechat.app_id or wechat.secret):
        checking.wrong(checking.say("check_off", names="[wechat] app_id, WARDLINE_WECHAT_SECRET"))
        return
    if wechat.is_on:
        asked = {"grant_type": "client_credential", "appid": wechat.app_id, "secret": wechat.secret}
        answer = await checking.call("POST", f"{wechat.api}/cgi-bin/stable_token", json=asked)
        if is_well(answer, checking, "WARDLINE_WECHAT_SECRET", "[wechat] app_id"):
            checking.well(checking.say("check_token"))
    elif wechat.app_id:
        await _reach(f"{wechat.api}/cgi-bin/token", checking)
    if not wechat.template:
        checking.well(checking.say("check_no_template"))
    if wechat.callback and wechat.token and (not wechat.aes_key or is_aes_key(wechat.aes_key)):
        await _callback(Envelope(wechat.token, wechat.aes_key, wechat.app_id), wechat.callback, checking, sealed=False)


async def _callback(envelope: Envelope, url: str, checking: Checking, *, sealed: bool) -> None:
    """Ask the public address as the platform does when the address is entered there."""
    if not is_address(url):
        return  # told before
    query, echo = envelope.question(checking.now, sealed=sealed)
    try:
        async with checking.session.get(url, params=query) as response:
            status, text = response.status, (await response.content.read(1000)).decode("utf-8", "replace")
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        checking.wrong(checking.say("check_callback_unreachable", url=url, why=why(error, checking.say)))
        return
    if (status, text) == (200, echo):
        checking.well(checking.say("check_callback", url=url))
    elif status == 403:
        checking.wrong(checking.say("check_callback_refused", url=url))
    elif status == 503:
        checking.wrong(checking.say("check_callback_starting", url=url))
    else:
        checking.wrong(checking.say("check_callback_other", url=url, status=status))
