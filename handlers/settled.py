"""Buttons that nobody needs any more: wherever they were sent, words take their place that say what became of it.

Whoever was paged, at whichever address, sees who took the ticket; who had it, to whom it was handed over; who was asked
for a word, that it is given; the reporter, that it was closed. Each message is changed once, by a notice of its own, so
that it waits for its turn like others and is tried again after a failure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers import decided, describe
from handlers.wording import say
from sla.message import Button, Notice, Purpose
from sla.rules import Rules
from sla.ticket import Event, Ticket
from sla.ticket import EventKind as E
from storage.base import OutboxRow, UnitOfWork

CHANGING = frozenset({"webchat", "telegram", "wecom"})
"""Channels that can change what they sent."""
LATELY = timedelta(days=3)
"""Messages that are older are left as they are: a card of WeCom can be changed for so long."""
TAKING = frozenset({"ack"})
WORKING = TAKING | {"arrive", "remote_failed", "resolve"}
OUTCOME = frozenset({"confirm", "still_broken"})
SAME_FAULT = frozenset({"known", "apart", "part", "by_maintenance"})
"""Whether a report is part of what is known already."""
KNOWN = frozenset({"known", "apart", "by_maintenance"})
"""Whether what is known of the ticket's system is why: another question once it is about another system."""
PLAN = frozenset({"approve", "refuse"})
DECIDING = frozenset({"agree_amendment", "agree_waiver", "refuse_asked"})
"""What one side asked for and a manager decides, also after the ticket's end."""
WHILE_WORKING = WORKING | SAME_FAULT | PLAN | {"system", "pause", "continue", "cancel"}
"""What can be done only until the fault is mended."""
CLOSED = WHILE_WORKING | OUTCOME | {"agree_change", "new"}
"""What can be done only until all is over."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What happened, the words in the place of buttons, and the buttons that are over by it. `having`: only by an event
    whose data has this."""

    kind: E
    words: str
    verbs: frozenset[str]
    having: str = ""


ENDINGS = (
    Ending(E.ACKNOWLEDGED, "taken_in_place", TAKING),
    Ending(E.HANDED_OVER, "handed_over_in_place", WORKING),
    Ending(E.RESOLVED, "resolved_in_place", WHILE_WORKING),
    Ending(E.LIVE, "resolved_in_place", WHILE_WORKING),
    Ending(E.DELIVERED, "resolved_in_place", WHILE_WORKING),
    Ending(E.CONFIRMED, "confirmed_in_place", CLOSED),
    Ending(E.ACCEPTED, "confirmed_in_place", CLOSED),
    Ending(E.REOPENED, "reopened_in_place", OUTCOME | {"rate"}),
    Ending(E.CANCELLED, "cancelled_in_place", CLOSED),
    Ending(E.JOINED, "joined_in_place", WORKING | SAME_FAULT | {"system"}),
    Ending(E.PARTED, "parted_in_place", SAME_FAULT),
    Ending(E.NOTED, "not_same_in_place", SAME_FAULT, "answered"),
    Ending(E.RATED, "rated_in_place", frozenset({"rate"})),
    Ending(E.PLAN_SUBMITTED, "plan_replaced_in_place", PLAN),
    Ending(E.PLAN_APPROVED, "plan_approved_in_place", PLAN),
    Ending(E.PLAN_REFUSED, "plan_refused_in_place", PLAN),
    Ending(E.PAUSED, "paused_in_place", frozenset({"pause"})),
    Ending(E.CONTINUED, "continued_in_place", frozenset({"continue"})),
    Ending(E.OUTAGE, "outage_in_place", frozenset({"outage"})),
    Ending(E.NOTED, "outage_kept_in_place", frozenset({"outage"}), "outage"),
    Ending(E.RECLASSIFIED, "apart_in_place", frozenset({"new"}), "apart"),
    Ending(E.NOTED, "apart_in_place", frozenset({"new"}), "apart"),
    Ending(E.RECLASSIFIED, "system_in_place", frozenset({"system"}) | KNOWN, "system"),
    Ending(E.RECLASSIFIED, "changed_in_place", frozenset({"agree_change"})),
    Ending(E.AMENDED, "granted_in_place", DECIDING, "decides"),
    Ending(E.NOTED, "granted_in_place", DECIDING, "waived"),
    Ending(E.NOTED, "refused_in_place", DECIDING, "decides"),
)
"""The one table; of several that fit the first. Verbs that are in none of them stay, each for a reason that the tests
of the house name."""


def _side_heard(ticket: Ticket, arg: str) -> bool:
    number, _, side = arg.partition(":")
    return decided.is_side_heard(ticket, int(number), side)


def _decided(ticket: Ticket, arg: str) -> bool:
    return decided.is_answered(ticket, int(arg))


ABOUT: Mapping[str, Callable[[Ticket, str], bool]] = {
    # verbs whose argument says what exactly is asked: whether that is decided while the ticket is worked on
    "approve": _side_heard,
    "refuse": _side_heard,
    "agree_change": lambda ticket, place: not decided.changes_wanted(ticket, int(place)),
    "agree_amendment": _decided,
    "agree_waiver": _decided,
    "refuse_asked": _decided,
    "outage": decided.is_outage_said,
    "new": lambda ticket, place: place.isdigit() and decided.is_apart(ticket, int(place)),
}
BEFORE: Mapping[str, Callable[[Ticket, str], bool]] = {
    # verbs that may stand beside one of another question: whether theirs was decided by an earlier event
    "new": ABOUT["new"],
    "system": lambda ticket, _: decided.is_system_said(ticket),
}
CLOSING = frozenset({E.RESOLVED, E.LIVE, E.DELIVERED, E.CONFIRMED, E.ACCEPTED, E.CANCELLED})
"""What ends a question whatever it asks."""
_KINDS = frozenset(ending.kind for ending in ENDINGS)


def settle(ticket: Ticket, events: Sequence[Event], uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Have the buttons of a ticket's earlier messages changed that are over by these events."""
    over = [event for event in events if event.kind in _KINDS and _endings(event)]
    if not over:
        return
    rows = [row for row in uow.outbox.standing(ticket.number, now - LATELY) if _can_change(row)]
    found = ((row, _ended(row, ticket, over)) for row in rows)
    uow.outbox.add([_changing(row, *ended, ticket, rules) for row, ended in found if ended], now)


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


def _endings(event: Event) -> list[Ending]:
    """What an event may end."""
    return [
        ending for ending in ENDINGS if ending.kind is event.kind and (not ending.having or ending.having in event.data)
    ]


def _ended(row: OutboxRow, ticket: Ticket, over: Sequence[Event]) -> tuple[Event, str] | None:
    """The latest event by which all buttons of a message are over, and the words for it. While one of them is of use
    they all stay: a message is changed once."""
    buttons = [button for line in row.notice.buttons for button in line]
    for event in reversed(over):
        for ending in _endings(event):
            over_now = [_is_over(button, ending, ticket) for button in buttons]
            if any(over_now) and all(
                now or _was_over(button, ticket) for now, button in zip(over_now, buttons, strict=True)
            ):
                return event, ending.words
    return None


def _is_over(button: Button, ending: Ending, ticket: Ticket) -> bool:
    verb, _, rest = button.action.partition(":")
    if verb not in ending.verbs:
        return False
    return ending.kind in CLOSING or verb not in ABOUT or ABOUT[verb](ticket, rest.partition(":")[2])


def _was_over(button: Button, ticket: Ticket) -> bool:
    verb, _, rest = button.action.partition(":")
    return verb in BEFORE and BEFORE[verb](ticket, rest.partition(":")[2])


def _changing(row: OutboxRow, event: Event, words: str, ticket: Ticket, rules: Rules) -> Notice:
    """The notice that changes the message of a row. What is on its way is changed when it must have arrived."""
    whose = rules.people.by_id.get(row.notice.person)
    return Notice(
        key=_change_key(row.id),
        purpose=Purpose.INFO,
        addresses=(row.address,) if row.address else (),
        text="",
        person=row.notice.person,
        ticket=ticket.number,
        not_before=None if row.state == "sent" else row.next_at,
        changes=row.id,
        settles=_in_place(event, words, ticket, rules, whose.language if whose else ticket.language),
    )


def _in_place(event: Event, words: str, ticket: Ticket, rules: Rules, language: str) -> str:
    """What stands in the place of buttons, in the reader's language."""
    data = event.data
    fields: dict[str, object] = {"name": rules.people.by_id.get(str(data.get("to") or event.by))}
    fields["name"] = fields["name"] or say("somebody_unknown", language)
    if event.kind is E.JOINED:
        fields["incident"] = data["incident"]
    elif event.kind is E.RECLASSIFIED:
        fields["system"] = describe.system_name(ticket.system, rules, language)
    elif event.kind is E.RATED:
        fields["label"] = say(f"rate_{data['label']}", language) if data.get("label") else data["points"]
    elif event.kind is E.OUTAGE:
        fields["label"] = say(f"button_outage_{'none' if data.get('none') else data['level']}", language)
    return say(words, language, **fields)
