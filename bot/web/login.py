"""Logging in to the web chat: by password or by a one-time link; and out again."""

import asyncio
import hmac
import html
from datetime import timedelta
from functools import partial

from aiohttp import web

from bot.web.desk import CHANNEL, DESK, Desk, seat_of
from bot.web.guard import COOKIE, GUARD, asker, is_same_site, is_secure, refused
from bot.web.pages import card_page
from bot.web.passwords import is_password, new_token, token_hash
from sla.rules import Rules
from storage.base import UnitOfWork

FORM_COOKIE = "wardline_form"
LINK_LIFE = timedelta(minutes=30)
routes = web.RouteTableDef()


@routes.get("/login")
async def form(request: web.Request) -> web.StreamResponse:
    """The log-in page."""
    if request.app[GUARD].open or await request.app[GUARD].seats(request):
        raise web.HTTPSeeOther("/")
    return _with_form(request, "login.html", error=request.query.get("error", ""))


@routes.post("/login")
async def log_in(request: web.Request) -> web.StreamResponse:
    """Check the password; a wrong one, somebody unknown and somebody without a password are answered alike."""
    given = await _checked_form(request)
    desk, guard = request.app[DESK], request.app[GUARD]
    name, password = given.get("person", "").strip(), given.get("password", "")
    if guard.log_ins.wait_of(asker(request)) or guard.tries_of_person.wait_of(name):
        raise web.HTTPSeeOther("/login?error=often")
    person = _person(name, desk.rules())
    stored = await desk.read(lambda uow: uow.accounts.password_of(person))
    if len(password) > 1024 or not await asyncio.to_thread(is_password, password, stored):
        raise web.HTTPSeeOther("/login?error=wrong")
    return await _welcome(request, person)


@routes.get("/link/{token}")
async def link(request: web.Request) -> web.StreamResponse:
    """A page with one button: opening the address uses nothing up, for chat programs open every address they see."""
    return _with_form(request, "link.html")


@routes.post("/link/{token}")
async def log_in_by_link(request: web.Request) -> web.StreamResponse:
    """Use the link up."""
    await _checked_form(request)
    desk = request.app[DESK]
    if request.app[GUARD].log_ins.wait_of(asker(request)):
        raise web.HTTPSeeOther("/login?error=often")
    hashed = token_hash(request.match_info["token"])
    person = await desk.run(lambda uow: uow.accounts.take_link(hashed, desk.clock.now()))
    if person is None:
        raise web.HTTPSeeOther("/login?error=link")
    return await _welcome(request, person)


@routes.post("/logout")
async def log_out(request: web.Request) -> web.StreamResponse:
    """End the session."""
    request.app[GUARD].check_csrf(request)
    hashed = token_hash(request.cookies.get(COOKIE, ""))
    await request.app[DESK].run(lambda uow: uow.accounts.end_session(hashed))
    answer = web.json_response({})
    answer.del_cookie(COOKIE)
    return answer


def _person(name: str, rules: Rules) -> str:
    """The id of whom this names: by id or by staff number; the name itself when nobody is called so."""
    by_number = rules.people.by_staff_number.get(name)
    return by_number.id if by_number else name


def _with_form(request: web.Request, name: str, error: str = "") -> web.Response:
    """A page with a form, its token both in it and in a cookie: another site can set neither."""
    token = new_token()
    answer = card_page(name, "zh-CN", script="door.js", csrf=html.escape(token), error=html.escape(error))
    answer.set_cookie(FORM_COOKIE, token, max_age=3600, httponly=True, samesite="Strict", secure=is_secure(request))
    return answer


async def _checked_form(request: web.Request) -> dict[str, str]:
    if request.app[GUARD].open:
        raise web.HTTPNotFound
    fields = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    wanted, given = request.cookies.get(FORM_COOKIE, ""), fields.get("csrf", "")
    if not is_same_site(request) or not wanted or not hmac.compare_digest(wanted.encode(), given.encode()):
        raise refused(web.HTTPForbidden, "csrf")
    return fields


async def _welcome(request: web.Request, person: str) -> web.StreamResponse:
    desk = request.app[DESK]
    token = new_token()
    await desk.run(partial(_begin, desk=desk, person=person, token=token))
    answer = web.HTTPSeeOther("/")
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(desk.settings.webchat.session.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=is_secure(request),
    )
    raise answer


def _begin(uow: UnitOfWork, desk: Desk, person: str, token: str) -> None:
    """Open the session; who has no address in this channel yet is given one, so that pages reach them here too."""
    now, rules = desk.clock.now(), desk.rules()
    uow.accounts.add_session(token_hash(token), person, now + desk.settings.webchat.session)
    uow.audit.add(now, person, "web_log_in", person)
    known = rules.people.by_id.get(person)
    bound = tuple(uow.bindings.addresses_of(person))
    if known and not any(a.channel == CHANNEL for a in (*known.addresses, *bound)):
        uow.bindings.bind(person, seat_of(known, rules).address, now)
