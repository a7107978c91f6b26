"""Calls to the platform over HTTP. It answers 200 whatever happens; what happened is its errcode.

Each code means one of a few things for a send. What is in no table is a refusal of this message: trying the same again
would not change it, and the person's next address is tried.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import aiohttp

from bot.channels.base import ChannelError
from bot.channels.way_out import by_environment
from bot.channels.weixin.tokens import Tokens

TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
ANSWER_MOST = 1_000_000
STALE = frozenset({40001, 40014, 42001})
"""The token is no longer taken: another one, once."""
BUSY = frozenset({-1, 45033, 46002})
"""Come again a little later."""
SPENT = frozenset({45009, 45011, 43117, 45026, 45029})
"""So many calls were made that nothing goes until the window is over."""
NOT_LISTED = frozenset({40164, 60020, 48001, 48004, 48005, 50001, 301002, 40013, 40125, 41002, 41004, 93000})
"""The address of this machine, the application or its secret is not one that may call: somebody has to mend it."""
TOO_BIG = "too big"
_NO_WAY = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
"""No connection came about, or the proxy opened none: nothing was sent."""
SPENT_FOR = timedelta(minutes=10)

T = TypeVar("T")


class PlatformError(ChannelError):
    """An errcode. `code` 0 where no answer came; `alarm`: an administrator has to mend something at the platform."""

    def __init__(self, result: str, code: int, reason: str, wait: timedelta | None = None) -> None:
        super().__init__(result, f"errcode {code}: {reason}" if code else reason, wait)
        self.code = code
        self.alarm = code in NOT_LISTED
        self.of_address = not self.alarm  # nobody is reached until that is mended: no fault of one address


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why calls of one kind do not go. `lasting`: only one of that kind that goes well tells that it is over. `until`:
    none is made before then."""

    reason: str
    lasting: bool
    until: datetime | None


class Calls:
    """Calls to one platform at the time that `now` tells."""

    def __init__(self, base: str, now: Callable[[], datetime], timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        self._base, self._now = base, now
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=by_environment())
        self._troubles: dict[str, _Trouble] = {}

    @property
    def problem(self) -> str:
        """What an administrator has to know of, "" while all is well; what somebody has to mend first."""
        found = sorted(self._troubles.values(), key=lambda trouble: not trouble.lasting)
        return found[0].reason if found else ""

    async def close(self) -> None:
        """Let the connections go."""
        await self._session.close()

    async def with_token(self, tokens: Tokens, path: str, content: Mapping[str, Any], **query: str) -> dict[str, Any]:
        """POST JSON with the token; once more with another where it was not taken. Raises PlatformError."""
        return await self._twice(tokens, lambda token: self.post(path, content, access_token=token, **query))

    async def post(self, path: str, content: Mapping[str, Any], **query: str) -> dict[str, Any]:
        """POST JSON; the answer, whose errcode is 0. Raises PlatformError."""
        body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return await self._call("POST", path, query, data=body, headers=headers)

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """GET; the answer, whose errcode is 0 or missing. Raises PlatformError."""
        return await self._call("GET", path, query)

    async def upload(self, tokens: Tokens, path: str, name: str, content: bytes, **query: str) -> str:
        """Hand a file over; the platform's id of it. Raises PlatformError."""

        async def hand_over(token: str) -> dict[str, Any]:
            form = aiohttp.FormData()  # it is used up by a call
            form.add_field("media", content, filename=name, content_type="application/octet-stream")
            return await self._call("POST", path, {"access_token": token, **query}, data=form)

        return str((await self._twice(tokens, hand_over)).get("media_id", ""))

    async def fetch(self, tokens: Tokens, path: str, most: int, **query: str) -> bytes:
        """The bytes of a file. Raises PlatformError, also above `most` bytes."""
        return await self._twice(tokens, lambda token: self._fetch(path, most, {"access_token": token, **query}))

    async def _fetch(self, path: str, most: int, query: Mapping[str, str]) -> bytes:
        async with self._answering("GET", path, path, query) as response:
            content = await _read(response, most)
            if response.content_type in ("application/json", "text/plain") and b'"errcode"' in content[:1000]:
                self._checked(path, content)
                raise PlatformError("refused", 0, "no file came")
        self._went_well(path)
        return content

    async def _twice(self, tokens: Tokens, call: Callable[[str], Awaitable[T]]) -> T:
        """Call with the token; once more with another where it was not taken."""
        token = await tokens.get()
        try:
            return await _proving(tokens, token, call)
        except PlatformError as error:
            if error.code not in STALE:
                raise
        token = await tokens.get(failed=token)
        return await _proving(tokens, token, call)

    async def _call(self, method: str, path: str, query: Mapping[str, str], **more: Any) -> dict[str, Any]:
        place = path + query.get("key", "")  # each group robot is one of its own
        async with self._answering(method, path, place, query, **more) as response:
            content = await _read(response, ANSWER_MOST)
        return self._checked(place, content)

    @asynccontextmanager
    async def _answering(
        self, method: str, path: str, place: str, query: Mapping[str, str], **more: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer to a call. Raises PlatformError: "unknown" where a message may have been taken."""
        self._check_parked(place)
        try:
            async with self._session.request(method, self._base + path, params=query, **more) as response:
                if response.status >= 500:
                    raise self._told(place, PlatformError("not_sent", 0, f"HTTP {response.status}"))
                yield response
        except _NO_WAY as error:
            raise self._told(place, PlatformError("not_sent", 0, "the platform cannot be reached")) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._told(place, PlatformError("unknown", 0, type(error).__name__)) from error

    def _checked(self, place: str, content: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            raise self._told(place, PlatformError("unknown", 0, "an answer that is no JSON")) from None
        code = answer.get("errcode", 0) if isinstance(answer, dict) else None
        if not isinstance(code, int):
            raise self._told(place, PlatformError("unknown", 0, "an answer of another kind"))
        if code == 0:
            self._went_well(place)
            return dict(answer)
        raise self._told(place, meaning(code, str(answer.get("errmsg", ""))[:120]))

    def _check_parked(self, place: str) -> None:
        """Raises PlatformError while a quota is used up: calls that are refused count as well."""
        trouble = self._troubles.get(place)
        if trouble and trouble.until and self._now() < trouble.until:
            raise PlatformError("not_sent", 0, trouble.reason, trouble.until - self._now())

    def _went_well(self, place: str) -> None:
        """That place is well; and the platform is there, if that was in doubt."""
        self._troubles = {name: t for name, t in self._troubles.items() if t.lasting and name != place}

    def _told(self, place: str, error: PlatformError) -> PlatformError:
        """Note it; what concerns this message alone is no problem of the channel."""
        if error.alarm or error.result != "refused":
            until = self._now() + error.retry_after if error.retry_after else None
            self._troubles[place] = _Trouble(error.reason, error.alarm or until is not None, until)
        return error


async def _proving(tokens: Tokens, token: str, call: Callable[[str], Awaitable[T]]) -> T:
    """Call; whatever else is wrong with the call, its token was taken if that is not what the platform says."""
    try:
        result = await call(token)
    except PlatformError as error:
        if error.code and error.code not in STALE:
            tokens.proved(token)
        raise
    tokens.proved(token)
    return result


def meaning(code: int, words: str) -> PlatformError:
    """The error that an errcode is for a send."""
    if code in SPENT:
        return PlatformError("not_sent", code, words, SPENT_FOR)
    if code in BUSY or code in STALE:
        return PlatformError("not_sent", code, words)
    return PlatformError("refused", code, words)


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The body of an answer. Raises PlatformError when it is more than `most` bytes."""
    content = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        content += chunk
        if len(content) > most:
            raise PlatformError("refused", 0, TOO_BIG)
    return bytes(content)
