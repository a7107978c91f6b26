"""The web chat: its pages, and the API that they use."""

import asyncio
import json
import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial

from aiohttp import web

from bot.channels.webchat import WebChat, from_inbox, from_outbox, shown_files
from bot.web.desk import CHANNEL, DESK, Desk, Seat
from bot.web.guard import COOKIE, GUARD, refused
from bot.web.pages import page
from bot.web.uploads import File, Posted, read_posted
from sla.message import Address, Attachment, Inbound
from storage.base import UnitOfWork

WEBCHAT = web.AppKey("webchat", WebChat)
LATEST = (
    200  # messages of a history; also how far a returning page is read back, since rows are not sent in their order
)
STREAM_SECONDS = 600  # then the page comes back, and its session is looked at again
BREATH_SECONDS = 15  # a comment keeps proxies from closing a silent stream

routes = web.RouteTableDef()


@routes.get("/")
@routes.get("/seat/{person}")
async def chat_page(request: web.Request) -> web.StreamResponse:
    """The chat; who is not logged in is led to the log-in. Raises 404 for a seat of nobody, or of somebody else."""
    guard, wanted = request.app[GUARD], request.match_info.get("person")
    seats = await guard.seats(request)
    if not seats:
        raise web.HTTPSeeOther("/login")
    if wanted:
        known = request.app[DESK].rules().people.by_id if guard.open else {seat.person.id for seat in seats}
        if wanted not in known:
            raise web.HTTPNotFound
    return page("chat.html")


@routes.get("/webchat/api/me")
async def me(request: web.Request) -> web.Response:
    """Which seats the asker has, and the proof that their POSTs need."""
    desk, guard = request.app[DESK], request.app[GUARD]
    seats = await guard.seats(request)
    if not seats:
        raise refused(web.HTTPUnauthorized, "log_in")
    site = desk.rules().site
    return web.json_response(
        {
            "seats": [_seat(seat) for seat in seats],
            "open": guard.open,
            "csrf": guard.csrf(request),
            "site": site.name,
            "site_en": site.name_en,
            "max_file": site.max_file,
            "timezone": site.timezone,
        }
    )


@routes.post("/webchat/api/messages")
async def post_message(request: web.Request) -> web.Response:
    """Take a message; answered when it is committed. The same client_key again is the same message."""
    desk, guard = request.app[DESK], request.app[GUARD]
    guard.check_csrf(request)
    if not guard.open and COOKIE not in request.cookies:
        raise refused(web.HTTPUnauthorized, "log_in")
    posted = await read_posted(request, desk.rules().site.max_file)
    seat = await guard.seat(request, posted.seat)
    wait = guard.messages.wait_of(seat.person.id)
    if wait:
        error = refused(web.HTTPTooManyRequests, "often", wait=math.ceil(wait))
        error.headers["Retry-After"] = str(math.ceil(wait))
        raise error
    attachments = [await _kept(desk, file) for file in posted.files]
    taken = await desk.take(_inbound(posted, seat, attachments))
    # Where the message was there before, so were its files, under other refs.
    files = shown_files(attachments if taken.row else ())
    return web.json_response({"id": taken.row, "ticket": taken.ticket, "files": files})


@routes.get("/webchat/api/history")
async def history(request: web.Request) -> web.Response:
    """The latest of what a seat said and was told, in order."""
    seat = await request.app[GUARD].seat(request, request.query.get("seat", ""))
    return web.json_response(await request.app[DESK].read(partial(_history, seat=seat)))


@routes.get("/webchat/api/stream")
async def stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events: what seats are told from now on, and first what came since the event `after`."""
    guard, chat = request.app[GUARD], request.app[WEBCHAT]
    wanted = [name for name in request.query.get("seats", "").split(",") if name] or [""]
    seats = [await guard.seat(request, name) for name in wanted]
    last_seen = request.headers.get("Last-Event-ID") or request.query.get("after")
    after = _number(last_seen or "")
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    readers: dict[Address, list[str]] = {}
    for seat in seats:
        for address in (seat.address, *seat.groups):
            readers.setdefault(address, []).append(seat.person.id)
    with chat.page(readers) as queue:
        missed: list[tuple[Address, dict[str, object]]] = []
        if last_seen:
            missed = await request.app[DESK].read(partial(_missed, addresses=tuple(readers), after=after))
        await answer.prepare(request)
        # A page that was closed shows in a write that fails; what it missed it reads when it comes back.
        with suppress(ConnectionResetError):
            await _tell(answer, readers, queue, missed, after)
    return answer


async def _tell(
    answer: web.StreamResponse,
    readers: Mapping[Address, list[str]],
    queue: asyncio.Queue[tuple[Address, dict[str, object]] | None],
    missed: Iterable[tuple[Address, dict[str, object]]],
    after: int,
) -> None:
    """Write what was missed, and then whatever comes, until the page is to come again."""
    await answer.write(b"retry: 2000\nevent: ready\ndata: {}\n\n")
    for address, message in missed:
        after = await _event(answer, readers[address], message, after)
    deadline = asyncio.get_running_loop().time() + STREAM_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        try:
            async with asyncio.timeout(BREATH_SECONDS):
                shown = await queue.get()
        except TimeoutError:
            await answer.write(b": still here\n\n")
            continue
        if shown is None:
            break
        after = await _event(answer, readers[shown[0]], shown[1], after)


async def _event(answer: web.StreamResponse, seats: Iterable[str], message: dict[str, object], last: int) -> int:
    """Write one message for each of its seats; the highest id that the page has now seen."""
    id = message.get("id")
    last = max(last, id) if isinstance(id, int) else last
    for seat in seats:
        data = json.dumps({"seat": seat, "message": message}, ensure_ascii=False)
        await answer.write(f"id: {last}\ndata: {data}\n\n".encode())
    return last


def _missed(uow: UnitOfWork, addresses: tuple[Address, ...], after: int) -> list[tuple[Address, dict[str, object]]]:
    start = max(0, after - LATEST)
    rows = [(a, row) for a in addresses for row in uow.outbox.to_address(a, start, LATEST)]
    return [(address, from_outbox(row)) for address, row in sorted(rows, key=lambda each: each[1].id)]


def _history(uow: UnitOfWork, seat: Seat) -> dict[str, object]:
    told = [row for a in (seat.address, *seat.groups) for row in uow.outbox.to_address(a, 0, LATEST)]
    messages = [from_inbox(row) for row in uow.inbox.of_sender(seat.address, LATEST)]
    settled = {row.notice.changes: row.notice.settles for row in told}
    messages += [from_outbox(row) | {"settled": settled.get(row.id, "")} for row in told if not row.notice.changes]
    messages.sort(key=lambda message: str(message["at"]))
    return {"messages": messages, "last": max((row.id for row in told), default=0)}


async def _kept(desk: Desk, file: File) -> Attachment:
    ref = await desk.keep_file(file.name, file.type, file.content)
    return Attachment(file.name, file.type, len(file.content), ref)


def _inbound(posted: Posted, seat: Seat, attachments: Iterable[Attachment]) -> Inbound:
    group = next((a for a in seat.groups if a.address == posted.group), None)
    return Inbound(
        channel=CHANNEL,
        # A key is a page's own invention: nobody may take another person's by chance or on purpose.
        key=f"{seat.address.address}:{posted.key}",
        sender=seat.address.address,
        conversation=group.address if group else seat.address.address,
        text=posted.text,
        sender_name=seat.person.name,
        action=posted.action,
        reply_to=posted.reply_to,
        attachments=tuple(attachments),
        group=group is not None,
        language=posted.language,
    )


def _seat(seat: Seat) -> dict[str, object]:
    person = seat.person
    return {
        "id": person.id,
        "name": person.name,
        "name_en": person.name_en,
        "address": seat.address.address,
        "side": person.side.value,
        "roles": sorted(role.value for role in person.roles),
        "department": person.department,
        "language": person.language,
        "groups": [group.address for group in seat.groups],
    }


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0
