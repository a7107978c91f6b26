"""Who is asking, from where, and how often.

With seats, whoever reaches this machine's loopback address may take any seat; otherwise a session says who it is. Every
POST proves by a header that it comes from one of our own pages.
"""

import hmac
import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import NoReturn
from urllib.parse import urlsplit

from aiohttp import web

from bot.settings import LOOPBACK
from bot.web.desk import DESK, Desk, Seat, all_seats, seat_of
from bot.web.passwords import csrf_of, new_token, token_hash
from sla.message import Address
from storage.base import UnitOfWork

COOKIE = "wardline"
CSRF_HEADER = "X-CSRF-Token"


class TooLarge(web.HTTPClientError):
    """413, without the sizes that aiohttp's own one wants to tell."""

    status_code = 413


class Pace:
    """How often each of many may do something: `burst` at once, then `a_minute` in the long run."""

    def __init__(self, a_minute: float, burst: int, steady: Callable[[], float], most: int = 10_000) -> None:
        self._rate, self._burst, self._steady, self._most = a_minute / 60, burst, steady, most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_of(self, who: str) -> float:
        """Take one turn of `who`: 0 when it is granted, else after how many seconds to come again."""
        now = self._steady()
        left, then = self._left.pop(who, (float(self._burst), now))
        left = min(float(self._burst), left + (now - then) * self._rate)
        granted = left >= 1
        self._left[who] = (left - 1 if granted else left, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return 0.0 if granted else (1 - left) / self._rate


class Guard:
    """Decides for one process; holds its paces and, for seats, its secret."""

    def __init__(self, desk: Desk) -> None:
        chat, steady = desk.settings.webchat, desk.clock.steady
        self._desk = desk
        self._secret = new_token()
        self.messages = Pace(chat.messages_a_minute, max(10, chat.messages_a_minute // 2), steady)
        self.log_ins = Pace(10, 10, steady)
        self.tries_of_person = Pace(5, 5, steady)

    @property
    def open(self) -> bool:
        """Whether seats are free for all."""
        return self._desk.settings.webchat.seats

    async def seats(self, request: web.Request) -> tuple[Seat, ...]:
        """The seats that the asker may take; none when nobody is logged in."""
        rules = self._desk.rules()
        if self.open:
            return all_seats(rules)
        token = request.cookies.get(COOKIE, "")
        found = await self._desk.read(partial(_person_of, token=token, desk=self._desk)) if token else None
        person = rules.people.by_id.get(found[0]) if found else None
        return (seat_of(person, rules, found[1]),) if found and person else ()

    async def seat(self, request: web.Request, wanted: str) -> Seat:
        """The seat the asker speaks from: the one named `wanted`, else their only one. Raises 401 or 403."""
        if self.open:
            rules = self._desk.rules()
            known = rules.people.by_id.get(wanted)
            return seat_of(known, rules) if known else _no_seat()
        seats = await self.seats(request)
        if not seats:
            raise refused(web.HTTPUnauthorized, "log_in")
        for seat in seats:
            if wanted in {"", seat.person.id}:
                return seat
        return _no_seat()

    def csrf(self, request: web.Request) -> str:
        """The proof that this asker's pages have to send."""
        return csrf_of(self._secret if self.open else request.cookies.get(COOKIE, ""))

    def check_csrf(self, request: web.Request) -> None:
        """Raise 403 unless the request comes from a page of ours."""
        given = request.headers.get(CSRF_HEADER, "")
        if not is_same_site(request) or not hmac.compare_digest(given.encode(), self.csrf(request).encode()):
            raise refused(web.HTTPForbidden, "csrf")

    def check_host(self, request: web.Request) -> None:
        """Seats answer to this machine's own names alone: a foreign name that leads here is an attack."""
        chat = self._desk.settings.webchat
        if self.open and not chat.seats_anywhere and not _is_loopback(urlsplit(f"//{request.host}").hostname or ""):
            raise refused(web.HTTPForbidden, "host")


GUARD = web.AppKey("guard", Guard)


def asker(request: web.Request) -> str:
    """The address that asks, for paces; the proxy's word for it where a proxy is trusted."""
    forwarded = request.headers.get("X-Forwarded-For", "") if request.app[DESK].settings.web.forwarded else ""
    return forwarded.rsplit(",", 1)[-1].strip() or request.remote or ""


def is_secure(request: web.Request) -> bool:
    """Whether the asker's connection is TLS, up to us or up to a trusted proxy."""
    web_settings = request.app[DESK].settings.web
    forwarded = web_settings.forwarded and request.headers.get("X-Forwarded-Proto", "") == "https"
    return request.secure or forwarded or web_settings.url.startswith("https://")


def is_same_site(request: web.Request) -> bool:
    """Whether a browser says that one of our own pages asks (programs that are no browsers say nothing)."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "")
    return site in {"same-origin", "none"} and (not origin or urlsplit(origin).netloc == request.host)


def refused(kind: type[web.HTTPException], code: str, **fields: object) -> web.HTTPException:
    """An HTTP error whose JSON body carries a word that the page turns into a sentence."""
    return kind(
        text=web.json_response({"error": code, **fields}).text,
        content_type="application/json",
    )


def _person_of(uow: UnitOfWork, token: str, desk: Desk) -> tuple[str, tuple[Address, ...]] | None:
    person = uow.accounts.session(token_hash(token), desk.clock.now())
    return (person, tuple(uow.bindings.addresses_of(person))) if person else None


def _no_seat() -> NoReturn:
    raise refused(web.HTTPForbidden, "seat")


def _is_loopback(host: str) -> bool:
    try:
        return host in LOOPBACK or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
