"""What a mailbox is opened with: its password, or an access token that is fetched anew before it ends, or when it is
not taken any more.

The token endpoint is asked with the refresh token that somebody's consent gave, or, without one, in the name of the
application itself (client credentials). An endpoint may hand out another refresh token each time: it is kept, and used
for as long as the one that it replaces stands in the environment.
"""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.channels.base import ChannelError, House
from bot.channels.leased import Sharing, Turn
from bot.channels.weixin.tokens import LEASE, LOOK_SECONDS, Tokens, lease_name
from bot.tables.mail import Box, OAuth
from storage.vault import Vault

SECONDS = 20.0
LOOKS_BESIDE = int(LEASE.total_seconds() / LOOK_SECONDS) + 10
"""How often a command looks whether the bot has its token: until the lease of one that died has run out."""
FOR = 3600
"""Seconds for which a token is good when the endpoint does not say."""


class TokenError(ChannelError):
    """The token endpoint gave no token. `error` is its word for why ("" where it said nothing of the kind)."""

    def __init__(self, reason: str, error: str = "") -> None:
        super().__init__("not_sent", reason)
        self.error = error


@dataclass(frozen=True, slots=True)
class Granted:
    """An access token, and for how long it is good."""

    token: str
    good_for: timedelta


class Secret(Protocol):
    """What opens a mailbox."""

    async def get(self, failed: str = "") -> str:
        """The password, or an access token other than `failed`. Raises ChannelError where there is none."""

    def proved(self, token: str) -> None:
        """The server took it."""


class Password:
    """A password, or an access token that is at hand: there is no other."""

    def __init__(self, value: str) -> None:
        self._value = value

    async def get(self, failed: str = "") -> str:  # noqa: ARG002 - there is no other
        """It, also where that is what failed."""
        return self._value

    def proved(self, token: str) -> None:
        """Nothing follows from it."""


def token_name(box: Box) -> str:
    """The name under which the access token of a box is kept."""
    return f"mail:{box.name}:{box.user}"


class RefreshToken:
    """The refresh token of a box: the last one that was handed out for that in the environment, else that."""

    def __init__(self, box: Box, oauth: OAuth, vault: Vault | None) -> None:
        self._given, self._vault = oauth.refresh_token, vault
        self._kept = f"{token_name(box)}:refresh"

    async def get(self) -> str:
        """It; "" where there is none."""
        kept = json.loads(await self._vault.get(self._kept) or "{}") if self._vault else {}
        return str(kept["token"]) if kept.get("of") == _name(self._given) else self._given

    async def replaced(self, token: str) -> None:
        """Another one was handed out."""
        if self._vault:
            await self._vault.put(self._kept, json.dumps({"of": _name(self._given), "token": token}))


class AccessToken:
    """The current access token of a box, which all processes share."""

    def __init__(self, box: Box, oauth: OAuth, house: House) -> None:
        self._oauth, self._refresh = oauth, RefreshToken(box, oauth, house.vault)
        self._tokens = Tokens(token_name(box), self._fetch, house)

    async def get(self, failed: str = "") -> str:
        """A token that is good. Raises ChannelError, also where a new one is not taken either."""
        return await self._tokens.get(failed)

    def proved(self, token: str) -> None:
        """The server took it: when it is refused later, another one may help."""
        self._tokens.proved(token)

    async def _fetch(self, _failed: str) -> tuple[str, timedelta]:
        granted = await grant(self._oauth, self._refresh)
        return granted.token, granted.good_for


def secret_of(box: Box, house: House) -> Secret:
    """What opens the box."""
    return AccessToken(box, box.oauth, house) if box.oauth else Password(box.password)


async def grant_beside(oauth: OAuth, box: Box, vault: Vault, sharing: Sharing) -> Granted:
    """As `grant`, beside a bot that may run: one after the other, since a refresh token that is replaced is good for
    once. Raises TokenError, StorageError."""
    turn = Turn(lease_name(token_name(box)), sharing, LEASE)
    for _ in range(LOOKS_BESIDE):
        fence = await turn.take()
        if fence is not None:
            try:
                return await grant(oauth, RefreshToken(box, oauth, vault))
            finally:
                await turn.give_back(fence)
        await asyncio.sleep(LOOK_SECONDS)
    raise TokenError("the bot has been fetching a token for too long")


async def grant(oauth: OAuth, refreshing: RefreshToken) -> Granted:
    """Ask the token endpoint, with the refresh token, or as the application itself where there is none. Raises
    TokenError."""
    refresh = await refreshing.get()
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=SECONDS)) as session,
            session.post(oauth.token_url, data=_form(oauth, refresh), allow_redirects=False) as answer,
        ):
            values = await answer.json(content_type=None)
            status = answer.status
    except (ClientError, TimeoutError, ValueError) as error:
        raise TokenError(f"the token endpoint: {type(error).__name__}") from error
    token = values.get("access_token") if isinstance(values, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        said = str(values.get("error", "")) if isinstance(values, dict) else ""
        raise TokenError(f"the token endpoint gives no token: {said[:80] or status}", said[:80])
    replaced = values.get("refresh_token")
    if isinstance(replaced, str) and replaced not in ("", refresh):
        await refreshing.replaced(replaced)
    return Granted(token, timedelta(seconds=_seconds(values.get("expires_in"))))


def _seconds(said: object) -> int:
    """Some endpoints write the number as text."""
    text = str(said)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else FOR


def _form(oauth: OAuth, refresh: str) -> dict[str, str]:
    fields = {
        "grant_type": "refresh_token" if refresh else "client_credentials",
        "client_id": oauth.client_id,
        "client_secret": oauth.client_secret,
        "refresh_token": refresh,
        "scope": oauth.scope,
    }
    return {name: value for name, value in fields.items() if value}


def _name(refresh: str) -> str:
    return hashlib.sha256(refresh.encode()).hexdigest()[:16]
