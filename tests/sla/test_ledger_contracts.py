"""A breach is of one contract: put right, it may turn out to be another one's."""

from datetime import datetime

from sla.clock import clocks_of
from sla.figures import breaches_by_group, figures
from sla.fold import then
from sla.ledger import GENESIS, Entry, chain, reconcile, standing, waive
from sla.ticket import EventKind, Ticket
from tests.sla.book import at, calendar, contracts
from tests.sla.tickets import VERSIONS, event, reported, run, under

E = EventKind


def book(ticket: Ticket, now: datetime, entries: tuple[Entry, ...] = ()) -> tuple[Entry, ...]:
    """The entries so far with what is lacking, chained on."""
    found = clocks_of(ticket, contracts()[str(ticket.contract)], calendar(), VERSIONS)
    last = entries[-1] if entries else None
    lacking = reconcile(ticket, found, entries, now)
    return (*entries, *chain(lacking, last.seq if last else 0, last.hash if last else GENESIS))


def test_a_breach_of_the_earlier_contract_that_was_none_does_not_stand_for_one_of_the_present() -> None:
    """Reported at 03:30 in truth, the repair was not late when the contract changed; under that one it was, later."""
    ticket = then(reported("smart-hospital", "03:00"), event(E.ACKNOWLEDGED, "03:10"), event(E.ARRIVED, "03:20"))
    ticket = then(ticket, event(E.RECLASSIFIED, "06:15", **under("third-party-unified")))
    now = at("2026-10-20 09:00")
    entries = book(ticket, now)
    (fix,) = (entry for entry in standing(entries) if entry.clock == "fix")
    assert (fix.contract, fix.clause) == ("smart-hospital", "2.3")
    entries += chain([waive(entries, fix.seq, "manager", "...", now)], entries[-1].seq, entries[-1].hash)

    put_right = then(ticket, event(E.AMENDED, "2026-10-20 09:00", event=0, reason="...", at="2026-10-01T03:30+08:00"))
    entries = book(put_right, now, entries)
    (fix,) = (entry for entry in standing(entries) if entry.clock == "fix")
    assert (fix.contract, fix.clause) == ("third-party-unified", run(put_right)["fix"].clause)
    assert book(put_right, now, entries) == entries
    clocks = clocks_of(put_right, contracts()["third-party-unified"], calendar(), VERSIONS)
    assert dict(figures([(put_right, clocks)], entries, now).breaches) == breaches_by_group(entries)
