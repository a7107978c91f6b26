"""Tickets told in a few words, and their clocks."""

from collections.abc import Mapping

from sla.clock import Clock, ClockState, clocks_of
from sla.contract import Contract
from sla.fold import fold
from sla.ticket import Event, EventKind, Ticket
from tests.sla.book import at, calendar, contracts

E = EventKind
VERSIONS: Mapping[tuple[str, str], Contract] = {
    (id, contract.version): contract for id, contract in contracts().items()
}
SYSTEMS = {"smart-hospital": "hr", "cqmu2-his": "his", "third-party-unified": "pacs", "jiahe-icu": "jiahe-icu"}


def event(what: EventKind, instant: str, /, **data: object) -> Event:
    """Something on 2026-10-01 ("03:12") or on another day ("2026-10-02 03:12")."""
    return Event(what, at(instant if " " in instant else f"2026-10-01 {instant}"), "somebody", data)


def reported(contract: str | None, instant: str = "03:00", **data: object) -> Ticket:
    labels: dict[str, object] = {"kind": "fault", "priority": "high", "contract": contract}
    if contract:
        labels |= {"system": SYSTEMS[contract], "contract_version": contracts()[contract].version}
    return fold(7, [event(E.REPORTED, instant, **{**labels, **data})])


def under(contract: str) -> dict[str, object]:
    """What a change of the contract writes down."""
    return {"contract": contract, "contract_version": contracts()[contract].version, "system": SYSTEMS[contract]}


def run(ticket: Ticket) -> dict[str, Clock]:
    contract = contracts()[ticket.contract] if ticket.contract else None
    found = clocks_of(ticket, contract, calendar(), VERSIONS)
    by_key = {clock.key.removeprefix("1/"): clock for clock in found}
    assert len(by_key) == len(found), "each clock has a key of its own"
    return by_key


def states(ticket: Ticket) -> dict[str, ClockState]:
    return {key: clock.state for key, clock in run(ticket).items()}


def dues(ticket: Ticket) -> dict[str, str]:
    return {key: clock.due.strftime("%m-%d %H:%M") for key, clock in run(ticket).items()}
