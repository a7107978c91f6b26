"""`wardline channel check` for WeCom and for an Official Account."""

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any, TypeGuard

import aiohttp

from bot.channels.checking import Checking
from bot.channels.weixin.envelope import Envelope
from bot.channels.weixin.frames import SUBSCRIBE
from bot.channels.weixin.wechat import WeChatChannel
from bot.channels.weixin.wecom import WeComChannel
from bot.settings import Settings, SettingsError
from bot.tables.wecom import WeCom

NOT_ALLOWED = frozenset({40164, 60020})
WRONG_SECRET = frozenset({40001, 40125, 41004, 853000})
WRONG_ID = frozenset({40013, 41002})
WRONG_AGENT = frozenset({301002, 40056, 60011})
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7}")


async def check_wecom(settings: Settings, checking: Checking) -> None:
    """The application, or the smart robot, whichever is set up."""
    wecom = settings.wecom
    if wecom.robot_is_on:
        await _robot(wecom, checking)
        return
    if not wecom.is_on:
        checking.wrong(checking.say("check_off", names="[wecom] corp_id, WARDLINE_WECOM_SECRET"))
        return
    try:
        WeComChannel(wecom)
    except SettingsError as error:
        checking.wrong(str(error))
        return
    asked = {"corpid": wecom.corp_id, "corpsecret": wecom.secret}
    answer = await checking.call("GET", f"{wecom.api}/cgi-bin/gettoken", params=asked)
    if _is_well(answer, checking, "WARDLINE_WECOM_SECRET", "[wecom] corp_id"):
        checking.well(checking.say("check_token"))
        given = {"access_token": str(answer["access_token"]), "agentid": str(wecom.agent)}
        agent = await checking.call("GET", f"{wecom.api}/cgi-bin/agent/get", params=given)
        if _is_well(agent, checking, "WARDLINE_WECOM_SECRET", "[wecom] corp_id"):
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
    if _is_well(answer, checking, "WARDLINE_WECHAT_SECRET", "[wechat] app_id"):
        checking.well(checking.say("check_token"))
    if not wechat.template:
        checking.well(checking.say("check_no_template"))
    await _callback(Envelope(wechat.token, wechat.aes_key, wechat.app_id), wechat.callback, checking, sealed=False)


def _is_well(
    answer: Mapping[str, Any] | None, checking: Checking, secret: str, id: str
) -> TypeGuard[Mapping[str, Any]]:
    """Whether the errcode is 0; what another one means is noted."""
    if answer is None:
        return False
    code, words = answer.get("errcode", 0), str(answer.get("errmsg", ""))[:120]
    if code == 0:
        return True
    found = _ADDRESS.search(words)
    if code in NOT_ALLOWED:
        checking.wrong(checking.say("check_address", code=code, address=found.group() if found else "?"))
    elif code in WRONG_SECRET:
        checking.wrong(checking.say("check_secret", code=code, name=secret))
    elif code in WRONG_ID:
        checking.wrong(checking.say("check_id", code=code, name=id))
    elif code in WRONG_AGENT:
        checking.wrong(checking.say("check_agent_wrong", code=code))
    else:
        checking.wrong(checking.say("check_code", code=code, words=words))
    return False


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


async def _robot(wecom: WeCom, checking: Checking) -> None:
    """Subscribe once; a bot that runs loses its connection by it, and connects again."""
    account = {"bot_id": wecom.bot_id, "secret": wecom.bot_secret}
    frame = {"cmd": SUBSCRIBE, "headers": {"req_id": f"{SUBSCRIBE}_{secrets.token_hex(8)}"}, "body": account}
    try:
        async with checking.session.ws_connect(wecom.ws_url) as socket:
            await socket.send_json(frame)
            answer = json.loads(await socket.receive_str(timeout=10))
    except (aiohttp.ClientError, TimeoutError, OSError, TypeError, ValueError) as error:
        checking.wrong(checking.say("check_unreachable", host=wecom.ws_url, why=type(error).__name__))
        return
    if _is_well(
        answer if isinstance(answer, dict) else {"errcode": -1}, checking, "WARDLINE_WECOM_BOT_SECRET", "bot_id"
    ):
        checking.well(checking.say("check_token"))
