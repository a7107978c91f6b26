"""Buttons that several handlers show: (key of the label, action)."""

from sla.ticket import Ticket


def outcome_buttons(ticket: Ticket) -> tuple[tuple[str, str], ...]:
    """What a reporter answers to "it is mended"."""
    return ("button_confirm", f"confirm:{ticket.number}"), ("button_still_broken", f"still_broken:{ticket.number}")
