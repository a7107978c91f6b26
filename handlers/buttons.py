"""Buttons that several handlers show: (key of the label, action), and a row of them in words."""

from collections.abc import Iterable

from handlers.wording import say
from sla.amend import in_place
from sla.message import Button
from sla.ticket import Event, EventKind, State, Ticket

Labels = tuple[tuple[str, str], ...]


def outcome_buttons(ticket: Ticket) -> Labels:
    """What a reporter answers to "it is mended"."""
    return ("button_confirm", f"confirm:{ticket.number}"), ("button_still_broken", f"still_broken:{ticket.number}")


def work_buttons(ticket: Ticket) -> Labels:
    """What who has the ticket does next."""
    tried = any(e.kind is EventKind.REMOTE_FAILED and is_of_round(ticket, e) for e in in_place(ticket.events))
    verbs: tuple[str, ...] = ("arrive", "resolve") if tried else ("arrive", "remote_failed", "resolve")
    if ticket.state is State.ON_SITE:
        verbs = ("resolve",)
    return tuple((f"button_{verb}", f"{verb}:{ticket.number}") for verb in verbs)


def is_of_round(ticket: Ticket, event: Event) -> bool:
    """Whether it happened since the ticket was last opened anew."""
    return event.at >= (ticket.round_started_at or event.at)


def row(labels: Iterable[tuple[str, str]], language: str) -> tuple[tuple[Button, ...], ...]:
    """These buttons beside each other, in the reader's language."""
    return (tuple(Button(say(label, language), action) for label, action in labels),)
