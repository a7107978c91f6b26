"""Trying a channel out before or while it runs: what was tried, how it went, and what to mend, in plain words."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.channels.causes import why
from bot.channels.lacks import Lack, is_address
from handlers.wording import say

TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
SKEW = timedelta(seconds=60)
"""A clock that is off by more will soon be off by five minutes, and then every call is turned away."""
ANSWER_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is, and what to do about it where it is not well."""

    is_well: bool
    text: str


def is_there(database: str) -> bool:
    """Whether there is a database at the address: a bot may run over it."""
    return not database.startswith("sqlite:///") or Path(database.removeprefix("sqlite:///")).exists()


class Checking:
    """What was found out about one channel, in one language, at `now`."""

    def __init__(self, session: aiohttp.ClientSession, language: str, now: datetime) -> None:
        self.session, self.now = session, now
        self.findings: list[Finding] = []
        self._language = language
        self._is_clock_known = False

    def say(self, key: str, **fields: object) -> str:
        """A sentence in the language that was asked for."""
        return say(key, self._language, **fields)

    def well(self, text: str) -> None:
        """Note what is as it should be."""
        self.findings.append(Finding(True, text))

    def wrong(self, text: str) -> None:
        """Note what is to be mended."""
        self.findings.append(Finding(False, text))

    def lacks(self, lacks: Iterable[Lack]) -> None:
        """Note what shows without the network."""
        for lack in lacks:
            self.wrong(self.say(lack.key, **lack.fields))

    async def call(self, method: str, url: str, **more: Any) -> Mapping[str, Any] | None:
        """The JSON that the provider answers; None where none came, which is noted. So is a clock that is off."""
        if not is_address(url):
            return None  # told before
        host = urlsplit(url).netloc
        try:
            async with self.session.request(method, url, **more) as response:
                content = await response.content.read(ANSWER_MOST)
                self._look_at_clock(response.headers.get("Date", ""))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            self.wrong(self.say("check_unreachable", host=host, why=why(error, self.say)))
            return None
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            self.wrong(self.say("check_no_answer", host=host, status=response.status))
            return None
        return answer

    def _look_at_clock(self, date: str) -> None:
        if not date:
            return
        try:
            theirs = parsedate_to_datetime(date)
        except ValueError:
            return
        if theirs.tzinfo is not None:
            self.look_at_clock(theirs)

    def look_at_clock(self, theirs: datetime) -> None:
        """Note how far our clock is from what somebody else's says; once."""
        if self._is_clock_known:
            return
        self._is_clock_known = True
        off = int(abs((self.now - theirs).total_seconds()))
        if off > SKEW.total_seconds():
            self.wrong(self.say("check_clock_off", seconds=off))
        else:
            self.well(self.say("check_clock", seconds=off))
