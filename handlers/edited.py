"""A message is edited after it was sent: within the window it corrects the report, later it is a word to the ticket.

What was said first stays on record; what counts is what was said last. An edit of something that came of nothing, or of
a command, is a message of its own.
"""

from handlers import ask, gathering
from handlers.commands import Order, parse
from handlers.reading import said_in
from handlers.talk import Talk
from sla.errors import Refused
from sla.message import Address
from sla.ticket import Ticket
from storage.base import InboxRow

LOOKED_THROUGH = 200
"""Of somebody's latest messages; whoever edits an older one says something new."""


def order(talk: Talk) -> Order | None:
    """What an edit is for; None when the message is none, or is to be read as a new one."""
    before = _before(talk) if talk.inbound.edits else None
    if before is None or (before.ticket is None and not _is_same(talk, before)):
        return None
    if before.ticket is not None and parse(before.inbound.text, talk.speaker.is_provider):
        return None
    return Order("edited", before.ticket)


def edited(talk: Talk, order: Order) -> int | None:
    """The words of a message that belongs to a ticket are others now. Raises Refused for what is no edit."""
    before = _before(talk) if talk.inbound.edits else None
    if before is None:
        raise Refused("unknown_button")
    if order.ticket is None or _is_same(talk, before):
        return before.ticket  # apps also report edits when only the preview of a link changed
    ticket = talk.load(order.ticket)
    if gathering.goes_on(talk, ticket):
        for place, words in _standing(ticket, before.inbound.text.strip()):
            return gathering.rewrite(talk, ticket, place, words.replace(before.inbound.text.strip(), talk.whole, 1))
    talk.prefaces.append(talk.say("edited_late", ticket=ticket.number))
    return ask.words(talk, Order("words", ticket.number, talk.text))


def _before(talk: Talk) -> InboxRow | None:
    """The message as it was before this edit: as it was sent, or edited last."""
    first = talk.inbound.edits
    address = Address(talk.inbound.channel, talk.inbound.sender)
    rows = [
        row
        for row in talk.uow.inbox.of_sender(address, LOOKED_THROUGH)
        if row.id != talk.row.id and first in (row.inbound.key, row.inbound.edits)
    ]
    if not rows:
        return None
    tickets = [row.ticket for row in rows if row.ticket is not None]
    last = rows[-1]
    return InboxRow(last.id, last.inbound, last.received_at, last.state, ticket=tickets[-1] if tickets else None)


def _is_same(talk: Talk, before: InboxRow) -> bool:
    return before.inbound.text.strip() == talk.inbound.text.strip()


def _standing(ticket: Ticket, words: str) -> list[tuple[int, str]]:
    """Where on the ticket these words stand: the place, and all that was said there, the latest first."""
    return [(place, text) for _, place, text in sorted(said_in(ticket), reverse=True) if words and words in text]
