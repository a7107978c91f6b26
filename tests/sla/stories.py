"""Tickets of a period, made up at random but as they may happen, with their clocks: for sums that are checked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import strategies as st

from sla.clock import Clock, clocks_of
from sla.errors import Refused
from sla.fold import fold, then
from sla.ticket import Event, EventKind, Ticket
from tests.sla.book import at, calendar, contracts
from tests.sla.tickets import SYSTEMS, VERSIONS

E = EventKind
START, END = at("2026-09-28 00:00"), at("2026-10-12 00:00")
NOW = at("2026-11-20 12:00")
ACTS = (
    E.ACKNOWLEDGED, E.ARRIVED, E.RESOLVED, E.CONFIRMED, E.REOPENED, E.CANCELLED, E.RATED, E.ASSESSED, E.SOLUTION_GIVEN,
    E.BUILT, E.LIVE, E.ACCEPTED, E.REMOTE_FAILED, E.RECLASSIFIED,
)  # fmt: skip  # one glance instead of a column
DATA: dict[EventKind, dict[str, object]] = {
    E.RATED: {"points": 90},
    E.RECLASSIFIED: {"priority": "critical"},
}
CASE = tuple[Ticket, Sequence[Clock]]


def case(ticket: Ticket) -> CASE:
    """A ticket with its clocks."""
    contract = contracts()[ticket.contract] if ticket.contract else None
    return ticket, clocks_of(ticket, contract, calendar(), VERSIONS)


def ticket(number: int, contract: str | None, begins: datetime, acts: Sequence[Event], **labels: object) -> Ticket:
    """A ticket with as many of these acts as its state allows."""
    data = {"kind": "fault", "priority": "high", "department": "icu", "contract": contract, **labels}
    data.setdefault("system", SYSTEMS[contract] if contract else None)
    told = fold(number, [Event(E.REPORTED, begins, "nurse", data)])
    for act in acts:
        try:
            told = then(told, act)
        except Refused:
            continue
    return told


@st.composite
def tickets(draw: st.DrawFn, number: int) -> Ticket:
    """One ticket of the period."""
    begins = START + draw(st.integers(0, (END - START) // timedelta(minutes=1) - 1)) * timedelta(minutes=1)
    clock, acts = begins, []
    for kind, minutes in draw(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3000)), max_size=9)):
        clock += timedelta(minutes=minutes)
        acts.append(Event(kind, clock, "engineer1", DATA.get(kind, {})))
    return ticket(
        number,
        draw(st.sampled_from([*SYSTEMS, None])),
        begins,
        acts,
        kind=draw(st.sampled_from(["fault", "fault", "change", "consult"])),
        priority=draw(st.sampled_from(["critical", "high", "low"])),
        department=draw(st.sampled_from(["icu", None])),
    )


@st.composite
def cases(draw: st.DrawFn, most: int = 12) -> list[CASE]:
    """The tickets of a period with their clocks."""
    return [case(draw(tickets(number))) for number in range(1, draw(st.integers(0, most)) + 1)]
