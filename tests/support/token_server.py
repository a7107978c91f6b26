"""A token endpoint on loopback (RFC 6749), and who tells a mail server whether an access token is good."""

import asyncio
from collections.abc import Callable
from itertools import count

from aiohttp import web

from tests.support.certificates import HOST

CLIENT, SECRET, CONSENT, SCOPE = "wardline", "c1i3nt/s3cret", "consent-0", "mail offline_access"


class TokenServer:
    """Hands out `at-1`, `at-2`, … for `user`. `forms` are what it was asked; `refresh` is the refresh token that it
    takes, None for application access; `rotates` whether it hands out another one each time; `answer` is said
    instead of a token, once `answers` is set. `good` are the tokens that mail servers are to take."""

    def __init__(self, user: str, *, refresh: str | None = CONSENT, rotates: bool = False) -> None:
        self.user, self.refresh, self.rotates = user, refresh, rotates
        self.forms: list[dict[str, str]] = []
        self.good: set[str] = set()
        self.good_for: object = 3600
        self.answer: tuple[int, str] | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.base = ""
        self._numbers = count(1)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where tokens are asked for."""
        return f"{self.base}/token"

    async def __aenter__(self) -> "TokenServer":
        application = web.Application()
        application.router.add_post("/token", self._token)
        application.router.add_get("/info", self._info)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        self.base = f"http://{HOST}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    def revoke(self) -> None:
        """No token that was handed out is good any more."""
        self.good.clear()

    def takes(self) -> Callable[[str, str], bool]:
        """Whether a user may come in with a token, for servers in other threads."""
        return lambda user, token: user == self.user and token in self.good

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        await self.answers.wait()
        if self.answer is not None:
            return web.Response(status=self.answer[0], text=self.answer[1])
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return web.json_response({"error": "invalid_client"}, status=401)
        if self.refresh is None:
            if form["grant_type"] != "client_credentials":
                return web.json_response({"error": "unsupported_grant_type"}, status=400)
        elif form.get("refresh_token") != self.refresh:
            return web.json_response({"error": "invalid_grant", "error_description": "AADSTS70008"}, status=400)
        number = next(self._numbers)
        token = f"at-{number}"
        self.good.add(token)
        said: dict[str, object] = {"access_token": token, "token_type": "Bearer", "expires_in": self.good_for}
        if self.refresh is not None and self.rotates:
            self.refresh = said["refresh_token"] = f"consent-{number}"
        return web.json_response(said)

    async def _info(self, request: web.Request) -> web.Response:
        """As Dovecot asks: whose token this is, if it is good."""
        if request.query.get("access_token") not in self.good:
            return web.json_response({"error": "invalid_token"}, status=400)
        return web.json_response({"email": self.user, "active": True})
