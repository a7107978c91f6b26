"""Buttons that nobody needs any more: wherever they were sent, words take their place that say what became of it.

Whoever was paged, at whichever address, sees who took the ticket; who had it, to whom it was handed over; the reporter,
that it was closed. Each message is changed once, by a notice of its own, so that it waits for its turn like others and
is tried again after a failure.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from handlers.wording import say
from sla.message import Notice, Purpose
from sla.rules import Rules
from sla.ticket import Event, EventKind, Ticket
from storage.base import OutboxRow, UnitOfWork

CHANGING = frozenset({"webchat", "telegram", "wecom"})
"""Channels that can change what they sent."""
LATELY = timedelta(days=3)
"""Messages that are older are left as they are: a card of WeCom can be changed for so long."""
TAKING = frozenset({"ack"})
WORKING = TAKING | {"arrive", "remote_failed", "resolve"}
OUTCOME = frozenset({"confirm", "still_broken"})
SETTLES: Mapping[EventKind, tuple[str, frozenset[str]]] = {
    # what happened: (the words in the place of buttons, the buttons that are over by it)
    EventKind.ACKNOWLEDGED: ("taken_in_place", TAKING),
    EventKind.HANDED_OVER: ("handed_over_in_place", WORKING),
    EventKind.RESOLVED: ("resolved_in_place", WORKING),
    EventKind.CONFIRMED: ("confirmed_in_place", WORKING | OUTCOME),
    EventKind.ACCEPTED: ("confirmed_in_place", WORKING | OUTCOME),
    EventKind.REOPENED: ("reopened_in_place", OUTCOME),
    EventKind.CANCELLED: ("cancelled_in_place", WORKING | OUTCOME),
    EventKind.JOINED: ("joined_in_place", WORKING),
}


def settle(ticket: Ticket, events: Sequence[Event], uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Have the buttons of a ticket's earlier messages changed that are over by these events."""
    over = [event for event in events if event.kind in SETTLES]
    if not over:
        return
    rows = [row for row in uow.outbox.standing(ticket.number, now - LATELY) if _can_change(row)]
    found = ((row, next((event for event in reversed(over) if _is_over(row, event)), None)) for row in rows)
    uow.outbox.add([_changing(row, event, ticket, rules) for row, event in found if event], now)


def arrived(row: OutboxRow, at: datetime, uow: UnitOfWork) -> None:
    """A message was sent at `at`. Where its buttons were pressed or over before that was known, they are changed now
    and not when its lease would have ended."""
    if row.notice.buttons and row.notice.ticket is not None and _can_change(row):
        uow.outbox.hasten(_change_key(row.id), at)


def _change_key(row: int) -> str:
    """The key of the notice that changes the message of a row."""
    return f"change:{row}:"


def _can_change(row: OutboxRow) -> bool:
    return row.address is not None and row.address.channel in CHANGING


def _is_over(row: OutboxRow, event: Event) -> bool:
    verbs = {button.action.partition(":")[0] for line in row.notice.buttons for button in line}
    return not verbs.isdisjoint(SETTLES[event.kind][1])


def _changing(row: OutboxRow, event: Event, ticket: Ticket, rules: Rules) -> Notice:
    """The notice that changes the message of a row. What is on its way is changed when it must have arrived."""
    whose = rules.people.by_id.get(row.notice.person)
    language = whose.language if whose else ticket.language
    who = rules.people.by_id.get(str(event.data.get("to") or event.by))
    words = say(
        SETTLES[event.kind][0],
        language,
        name=who or say("somebody_unknown", language),
        incident=event.data.get("incident", 0),
    )
    return Notice(
        key=_change_key(row.id),
        purpose=Purpose.INFO,
        addresses=(row.address,) if row.address else (),
        text="",
        person=row.notice.person,
        ticket=ticket.number,
        not_before=None if row.state == "sent" else row.next_at,
        changes=row.id,
        settles=words,
    )
