"""Several pictures that were sent as one: each comes as a message of its own, and all belong to one report.

The first one with words opens it; what has none goes where the others went, without a word.
"""

from handlers import question, report
from handlers.commands import Order
from handlers.recalled import ROWS
from handlers.talk import Talk, attached
from sla.errors import Refused
from sla.message import Address
from sla.ticket import EventKind
from storage.base import InboxRow

MOST = 2 * ROWS
"""Of somebody's latest messages, how many are looked through: an album has ten pictures at most."""


def order(talk: Talk) -> Order | None:
    """The picture of an album of which some came before; None for any other message."""
    if not talk.inbound.album or talk.text or not talk.kept_files():
        return None
    others = _others(talk)
    if not others:
        return None
    tickets = [row.ticket for row in others if row.ticket is not None]
    return Order("album", tickets[-1] if tickets else None)


def add(talk: Talk, order: Order) -> int | None:
    """Put a picture beside the others of its album: on their ticket, or among what waits for words. Raises Refused for
    what is no such picture."""
    if not talk.inbound.album or not _others(talk):
        raise Refused("unknown_button")
    if order.ticket is not None:
        return _on_ticket(talk, order.ticket)
    if talk.draft is None or talk.draft.kind != "caption":
        return report.captioned(talk, order)
    talk.ask("caption", None, question.OPEN, files=[*talk.draft.data["files"], *talk.kept_files()])
    return None


def _on_ticket(talk: Talk, number: int) -> int:
    files = talk.kept_files()
    ticket = talk.load(number)
    ticket = talk.record(ticket, *(talk.event(EventKind.NOTED, **file) for file in files))
    sent = attached(files)
    talk.tell_workers(ticket, "noted_for_engineer", attachments=sent, text=", ".join(file.name for file in sent))
    return number


def _others(talk: Talk) -> list[InboxRow]:
    address = Address(talk.inbound.channel, talk.inbound.sender)
    rows = talk.uow.inbox.of_sender(address, MOST)
    return [row for row in rows if row.id != talk.row.id and row.inbound.album == talk.inbound.album]
