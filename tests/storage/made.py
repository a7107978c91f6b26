"""Messages, tickets and notices for the tests of storage."""

from datetime import UTC, datetime, timedelta

from sla.fold import fold
from sla.message import Address, Attachment, Button, Inbound, Notice, Purpose
from sla.ticket import Event, EventKind, Ticket
from storage.base import UnitOfWork

NOW = datetime(2026, 10, 1, 1, 30, 0, 123456, UTC)
NURSE = "telegram:5"


def after(**parts: float) -> datetime:
    """An instant some time after NOW."""
    return NOW + timedelta(**parts)


def message(key: str = "m1", text: str = "急诊HIS进不去", sender: str = "5") -> Inbound:
    """A message with everything that one can have."""
    return Inbound(
        channel="telegram",
        key=key,
        sender=sender,
        conversation="-100",
        text=text,
        sent_at=NOW,
        sender_name="张三",
        action="ack:1",
        reply_to="77",
        attachments=(Attachment("a.png", "image/png", 3, "ref"), Attachment("b", "?", 9, refused="type")),
        group=True,
        language="zh",
    )


def reported(number: int, reporter: str = NURSE, at: datetime = NOW, **data: object) -> Ticket:
    """A ticket as it is when it has just been reported."""
    facts = {"kind": "fault", "priority": "high", "text": "HIS进不去", "system": "his", "contract": "smart-hospital"}
    return fold(number, [Event(EventKind.REPORTED, at, reporter, facts | data, at)])


def opened(
    uow: UnitOfWork, reporter: str = NURSE, at: datetime = NOW, due: datetime | None = None, **data: object
) -> int:
    """Keep a new ticket; its number."""
    ticket = reported(uow.tickets.next_number(), reporter, at, **data)
    uow.tickets.save(ticket, ticket.events, due)
    return ticket.number


def notice(
    key: str = "n1",
    purpose: Purpose = Purpose.PAGE,
    ticket: int | None = None,
    person: str = "li",
    addresses: tuple[Address, ...] = (Address("telegram", "9"), Address("mail", "li@x")),
    not_before: datetime | None = None,
) -> Notice:
    """A notice with buttons."""
    rows = ((Button("接单", "ack:1"), Button("到场", "arrive:1")), (Button("转交", "handover:1"),))
    return Notice(key, purpose, addresses, "急诊 HIS 故障 🚑", rows, person, ticket, not_before, sound=True)
