"""Tickets told by their events, for the tests of what time does. The clock starts on a Thursday off hours."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sla.clock import Clock, clocks_of
from sla.contract import internal_contract
from sla.fold import fold, then
from sla.rules import Rules
from sla.ticket import Event, EventKind, Ticket
from sla.watch import Action, Case, due_actions
from storage.files import packaged_rules

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 10, 1, 2, 0, tzinfo=ZONE)
MINUTE = timedelta(minutes=1)
RULES = packaged_rules()


def minutes(count: float) -> datetime:
    """So many minutes after the night's first report."""
    return NIGHT + count * MINUTE


def reported(
    contract: str | None = "smart-hospital", system: str | None = "hr", priority: str = "high", **data: object
) -> Ticket:
    """A fault reported at NIGHT."""
    facts = {"kind": "fault", "priority": priority, "system": system, "contract": contract, "text": "…", **data}
    return fold(1, [Event(EventKind.REPORTED, NIGHT, "nurse", facts, NIGHT)])


def told(ticket: Ticket, kind: EventKind, after: float, by: str = "engineer1", **data: object) -> Ticket:
    """The ticket after an event, so many minutes after the report."""
    return then(ticket, Event(kind, minutes(after), by, data, minutes(after)))


def clocks(ticket: Ticket, rules: Rules = RULES) -> tuple[Clock, ...]:
    return clocks_of(ticket, rules.contract_of(ticket), rules.calendar, rules.versions)


def case(ticket: Ticket, steps: dict[str, datetime] | None = None, rules: Rules = RULES) -> Case:
    contract = rules.contract_of(ticket) or internal_contract(ZONE)
    return Case(ticket, contract, clocks(ticket, rules), steps or {}, rules.rota, rules.calendar)


def line(action: Action, since: datetime = NIGHT) -> tuple[str, float]:
    """An action's key without its changing parts, and the minute it fell due."""
    parts = [part for part in action.key.split("/") if not part.isdigit()]
    return "/".join(parts), round((action.due_at - since) / MINUTE, 3)


def plays(ticket: Ticket, until: float, steps: dict[str, datetime] | None = None) -> list[tuple[str, float]]:
    """What is done for a ticket, looked at every minute up to a minute, with the minute it fell due."""
    steps = {} if steps is None else steps
    found = []
    for minute in range(int(until) + 1):
        for action in due_actions(case(ticket, steps), minutes(minute)):
            steps[action.key] = minutes(minute)
            found.append(line(action))
    return found
