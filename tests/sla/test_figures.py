"""Figures of a month, out of a handful of tickets counted by hand."""

from datetime import timedelta
from fractions import Fraction

from sla.figures import Kept, Spread, breaches_by_group, figures
from sla.fold import fold
from sla.ledger import GENESIS, Entry, chain, reconcile
from sla.ticket import EventKind, Ticket
from tests.sla.nights import MINUTE, clocks, minutes, reported, told

E = EventKind
NOW = minutes(1000)


def numbered(ticket: Ticket, number: int) -> Ticket:
    return fold(number, ticket.events)


def month() -> list[Ticket]:
    quick = told(told(told(reported(), E.ACKNOWLEDGED, 10), E.RESOLVED, 60), E.CONFIRMED, 70, "nurse")
    slow = told(told(told(reported(), E.ACKNOWLEDGED, 40), E.ARRIVED, 90), E.RESOLVED, 400)
    off = told(reported(priority="low"), E.CANCELLED, 5, "nurse")
    other = reported(None, None, kind="consult")
    quick = told(quick, E.RATED, 71, "nurse", points=90)
    slow = told(slow, E.RATED, 410, "nurse", points=40)
    return [numbered(ticket, number) for number, ticket in enumerate([quick, slow, off, other], 1)]


def entries() -> tuple[Entry, ...]:
    found = [entry for ticket in month() for entry in reconcile(ticket, clocks(ticket), (), NOW)]
    return chain(found, 0, GENESIS)


def test_what_a_month_says() -> None:
    found = figures(((ticket, clocks(ticket)) for ticket in month()), entries(), NOW)
    assert (found.tickets, found.open) == (4, 2)
    assert found.by_kind == {"fault": 3, "consult": 1}
    assert found.by_priority == {"high": 3, "low": 1}
    assert found.by_system == {"hr": 3, "": 1}
    assert found.clocks == {
        ("smart-hospital", "arrive"): Kept(2, fell_away=1),
        ("smart-hospital", "fix"): Kept(1, 1, fell_away=1),
        ("smart-hospital", "plan"): Kept(fell_away=3),
        ("smart-hospital", "respond"): Kept(1, 1, fell_away=1),
    }
    assert found.internal == {("internal", "respond"): Kept(broken=1)}
    assert found.clocks["smart-hospital", "fix"].rate == Fraction(1, 2)
    assert found.clocks["smart-hospital", "plan"].rate is None
    assert found.respond == Spread(2, 10 * MINUTE, 40 * MINUTE)
    assert found.arrive == Spread(1, 90 * MINUTE, 90 * MINUTE)
    assert found.fix == Spread(2, 60 * MINUTE, 400 * MINUTE)
    assert (found.satisfaction, found.rated) == (Fraction(65), 2)
    assert found.breaches == {("smart-hospital", "resolve"): 1, ("smart-hospital", "respond"): 1}


def test_one_ticket_counts_once_in_a_group_however_many_of_its_clocks_ran_over() -> None:
    ticket = reported()
    found = chain(reconcile(ticket, clocks(ticket), (), NOW), 0, GENESIS)
    assert {entry.clock for entry in found} == {"respond", "arrive", "fix", "plan"}
    assert breaches_by_group(found) == {
        ("smart-hospital", "plan"): 1,
        ("smart-hospital", "resolve"): 1,
        ("smart-hospital", "respond"): 1,
    }


def test_a_month_without_anything() -> None:
    found = figures((), (), NOW)
    assert (found.tickets, found.respond, found.satisfaction, dict(found.clocks), dict(found.breaches)) == (
        0,
        None,
        None,
        {},
        {},
    )


def test_the_time_to_answer_is_that_of_the_first_round() -> None:
    ticket = told(told(told(reported(), E.RESOLVED, 20), E.CONFIRMED, 30, "nurse"), E.REOPENED, 40, "nurse")
    found = figures([(told(ticket, E.ARRIVED, 90), ())], (), NOW)
    assert (found.respond, found.arrive) == (Spread(1, timedelta(minutes=20), timedelta(minutes=20)), None)
