"""Files that came with messages, for those who sent them or were sent them.

They were made by others: a browser is told to keep them as files, whatever they say they are.
"""

from functools import partial
from urllib.parse import quote

from aiohttp import web

from bot.web.desk import DESK, Seat
from bot.web.guard import GUARD, refused
from sla.message import Attachment
from storage.base import UnitOfWork

LATEST = 200  # messages of a seat among which a file is looked for, as many as its history shows
KNOWN_TYPES = frozenset({"image/png", "image/jpeg", "application/pdf"})
OTHER_TYPE = "application/octet-stream"
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

routes = web.RouteTableDef()


@routes.get("/webchat/api/files/{ref}")
async def download(request: web.Request) -> web.Response:
    """A file that the seat sent or was sent; `message` is the id of the message that brought it, where the bot did."""
    seat = await request.app[GUARD].seat(request, request.query.get("seat", ""))
    message = request.query.get("message", "")
    number = int(message) if message.isdecimal() and len(message) < 18 else 0
    look = partial(_found, seat=seat, ref=request.match_info["ref"], message=number)
    found = await request.app[DESK].read(look)
    if found is None:
        raise refused(web.HTTPNotFound, "no_file")
    name, kind, content = found
    headers = {
        "Content-Type": kind if kind in KNOWN_TYPES else OTHER_TYPE,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='', errors='replace')}",
        "Content-Security-Policy": POLICY,
    }
    return web.Response(body=content, headers=headers)


def _found(uow: UnitOfWork, seat: Seat, ref: str, message: int) -> tuple[str, str, bytes] | None:
    return uow.files.get(ref) if any(a.ref == ref for a in _files_of(uow, seat, message)) else None


def _files_of(uow: UnitOfWork, seat: Seat, message: int) -> list[Attachment]:
    """The files of one message to the seat, or of all its latest ones and of what it said itself."""
    after, limit = (message - 1, 1) if message > 1 else (0, LATEST)
    told = [
        row.notice for address in (seat.address, *seat.groups) for row in uow.outbox.to_address(address, after, limit)
    ]
    said = [] if message else [row.inbound for row in uow.inbox.of_sender(seat.address, LATEST)]
    files = [notice.attachments for notice in told] + [inbound.attachments for inbound in said]
    return [file for each in files for file in each]
