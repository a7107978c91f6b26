"""`wardline channel check wecom` for the smart robot: who connects takes the connection from whoever has it, so that a
Wardline that runs over this database is asked instead."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from bot.channels.causes import why
from bot.channels.checking import Checking, is_there
from bot.channels.lacks import SOCKET, is_address
from bot.channels.leased import LEASE
from bot.channels.weixin.codes import is_well
from bot.channels.weixin.frames import SUBSCRIBE
from bot.channels.weixin.link import lease_of
from bot.settings import LOOPBACK, Settings
from bot.tables.wecom import WeCom
from storage.base import StorageError
from storage.replicas import DatabaseLease
from storage.writer import open_store


async def check_robot(settings: Settings, checking: Checking) -> None:
    """Subscribe for a moment, where nobody has the connection; else ask who has it."""
    async with _held(settings, checking) as is_free:
        if is_free:
            await _subscribe(settings.wecom, checking)
        else:
            await _ask(settings, checking)


@asynccontextmanager
async def _held(settings: Settings, checking: Checking) -> AsyncIterator[bool]:
    """Whether the connection is nobody's, of those who share the database; nobody takes it meanwhile."""
    if not (settings.keys and is_there(settings.database)):
        yield True
        return
    try:
        store = await asyncio.to_thread(open_store, settings.database, settings.keys, alone=False)
    except StorageError as error:
        checking.wrong(checking.say("check_no_store", why=error))
        yield False
        return
    lease, name, owner = DatabaseLease(store.writer), lease_of(settings.wecom.bot_id), f"check-{secrets.token_hex(4)}"
    try:
        fence = await lease.acquire(name, owner, checking.now, LEASE)
        try:
            yield fence is not None
        finally:
            if fence is not None:
                await lease.release(name, owner, fence)
    finally:
        await asyncio.to_thread(store.close)


async def _subscribe(wecom: WeCom, checking: Checking) -> None:
    if not is_address(wecom.ws_url, SOCKET):
        return  # told before
    account = {"bot_id": wecom.bot_id, "secret": wecom.bot_secret}
    frame = {"cmd": SUBSCRIBE, "headers": {"req_id": f"{SUBSCRIBE}_{secrets.token_hex(8)}"}, "body": account}
    try:
        async with checking.session.ws_connect(wecom.ws_url) as socket:
            await socket.send_json(frame)
            answer = json.loads(await socket.receive_str(timeout=10))
    except (aiohttp.ClientError, TimeoutError, OSError, TypeError, ValueError) as error:
        checking.wrong(checking.say("check_unreachable", host=wecom.ws_url, why=why(error, checking.say)))
        return
    answer = answer if isinstance(answer, dict) else {"errcode": -1}
    if is_well(answer, checking, "WARDLINE_WECOM_BOT_SECRET", "[wecom] bot_id"):
        checking.well(checking.say("check_token"))


async def reach_robot(wecom: WeCom, checking: Checking) -> None:
    """Whether the way to the platform is free, where its secret lacks: who does not subscribe takes no connection."""
    if not is_address(wecom.ws_url, SOCKET):
        return  # told before
    try:
        async with checking.session.ws_connect(wecom.ws_url):
            checking.well(checking.say("check_reached", host=wecom.ws_url))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        checking.wrong(checking.say("check_unreachable", host=wecom.ws_url, why=why(error, checking.say)))


async def _ask(settings: Settings, checking: Checking) -> None:
    """Whether the one that runs is connected, as far as it can be asked here."""
    host = settings.web.host if settings.web.host in LOOPBACK else "127.0.0.1"
    place = f"[{host}]" if ":" in host else host
    try:
        async with checking.session.get(f"http://{place}:{settings.web.port}/readyz") as response:
            found = await response.json()
        is_connected = found.get("wecom") if isinstance(found, dict) else None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        is_connected = None
    if is_connected is True:
        checking.well(checking.say("check_robot_running"))
    elif is_connected is False:
        checking.wrong(checking.say("check_robot_gone"))
    else:
        checking.well(checking.say("check_robot_held"))
