"""The ways in and out beside the web chat: which are set up, how each is made, and where its callbacks arrive.

A channel's library is heavy, so that it is imported when the channel is made, after the port listens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

from aiohttp import web

from bot.channels.base import Channel
from bot.settings import Settings, SettingsError

CALLBACK = ("GET", "POST")
"""WeChat and WeCom ask by GET whether we are the ones to be called."""


@dataclass(frozen=True, slots=True)
class Way:
    """A channel that is set up. `callback` is the path under which its provider calls us with one of `methods`; ""
    where it never does."""

    name: str
    make: Callable[[], Channel]
    callback: str = ""
    methods: tuple[str, ...] = ("POST",)


@runtime_checkable
class Called(Channel, Protocol):
    """A channel whose provider calls us."""

    async def webhook(self, request: web.Request) -> web.StreamResponse:
        """Answer one call: as taken only what is committed; what is malformed or not the provider's with 4xx."""


def ways_of(settings: Settings) -> tuple[Way, ...]:
    """The channels that are set up, by the settings. Raises SettingsError for two that are one."""
    ways = []
    if settings.wecom.is_on and settings.wecom.robot_is_on:
        raise SettingsError(
            "[wecom] is either an application or its smart robot: people have one address in it. "
            "Unset WARDLINE_WECOM_BOT_SECRET, or WARDLINE_WECOM_SECRET."
        )
    if settings.telegram.enabled and settings.telegram.token:
        ways.append(Way("telegram", partial(_telegram, settings), _path(settings.telegram.webhook)))
    if settings.wecom.is_on:
        ways.append(Way("wecom", partial(_wecom, settings), _path(settings.wecom.callback), CALLBACK))
    if settings.wecom.robot_is_on:
        ways.append(Way("wecom", partial(_wecom_robot, settings)))
    if settings.wechat.is_on:
        ways.append(Way("wechat", partial(_wechat, settings), _path(settings.wechat.callback), CALLBACK))
    if settings.mail.is_on:
        ways.append(Way("mail", partial(_mail, settings), "/act/{token}" if settings.web.url else "", CALLBACK))
    return tuple(ways)


def _path(address: str) -> str:
    """The path of a public address; "" where there is none."""
    return (urlsplit(address).path or "/") if address else ""


def _telegram(settings: Settings) -> Channel:
    from bot.channels.telegram import TelegramChannel

    return TelegramChannel(settings.telegram)


def _wecom(settings: Settings) -> Channel:
    from bot.channels.weixin.wecom import WeComChannel

    return WeComChannel(settings.wecom)


def _wecom_robot(settings: Settings) -> Channel:
    from bot.channels.weixin.robot import RobotChannel

    return RobotChannel(settings.wecom)


def _wechat(settings: Settings) -> Channel:
    from bot.channels.weixin.wechat import WeChatChannel

    return WeChatChannel(settings.wechat)


def _mail(settings: Settings) -> Channel:
    from bot.channels.mailbox.channel import MailChannel

    return MailChannel(settings.mail, settings.web.url)
