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
from bot.settings import Settings


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
    """The channels that are set up, by the settings."""
    ways = []
    if settings.telegram.enabled and settings.telegram.token:
        webhook = settings.telegram.webhook
        ways.append(Way("telegram", partial(_telegram, settings), path_of(webhook) if webhook else ""))
    return tuple(ways)


def path_of(address: str) -> str:
    """The path of a public address."""
    return urlsplit(address).path or "/"


def _telegram(settings: Settings) -> Channel:
    from bot.channels.telegram import TelegramChannel

    return TelegramChannel(settings.telegram)
