"""What a mailbox is opened with: its password, or an access token that is fetched anew before it ends."""

from datetime import timedelta

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.channels.base import ChannelError, House
from bot.channels.weixin.tokens import Tokens
from bot.tables.mail import Box, OAuth

SECONDS = 20.0


class Secrets:
    """The password of a box, or its current access token, which all processes share."""

    def __init__(self, box: Box, house: House) -> None:
        self._box = box
        self._tokens = Tokens(f"mail:{box.name}:{box.user}", self._fetch, house) if box.oauth else None

    async def get(self) -> str:
        """The password or token. Raises ChannelError where the token cannot be had."""
        return await self._tokens.get() if self._tokens else self._box.password

    async def _fetch(self, _failed: str) -> tuple[str, timedelta]:
        oauth = self._box.oauth
        if oauth is None:
            raise ChannelError("not_sent", "no OAuth2 is set up")
        try:
            timeout = ClientTimeout(total=SECONDS)
            async with (
                ClientSession(timeout=timeout) as session,
                session.post(oauth.token_url, data=_form(oauth), allow_redirects=False) as answer,
            ):
                values = await answer.json(content_type=None)
        except (ClientError, TimeoutError, ValueError) as error:
            raise ChannelError("not_sent", f"the token endpoint: {type(error).__name__}") from error
        if not isinstance(values, dict) or not isinstance(values.get("access_token"), str):
            said = values.get("error", answer.status) if isinstance(values, dict) else answer.status
            raise ChannelError("not_sent", f"the token endpoint gives no token: {str(said)[:80]}")
        good_for = values.get("expires_in")
        return values["access_token"], timedelta(seconds=good_for if isinstance(good_for, int) else 3600)


def _form(oauth: OAuth) -> dict[str, str]:
    fields = {
        "grant_type": "refresh_token",
        "client_id": oauth.client_id,
        "client_secret": oauth.client_secret,
        "refresh_token": oauth.refresh_token,
        "scope": oauth.scope,
    }
    return {name: value for name, value in fields.items() if value}
