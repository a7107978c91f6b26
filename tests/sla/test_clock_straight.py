"""Tickets that went straight have the same clocks by the short way as by the long one."""

from hypothesis import given, settings

from sla import clock as long_way
from sla.clock import Clock
from sla.contract import internal_contract
from sla.rounds import rounds
from sla.straight import is_straight, straight_clocks
from sla.ticket import EventKind, Ticket
from tests.sla.book import at, calendar, contracts
from tests.sla.stories import ticket, tickets
from tests.sla.tickets import VERSIONS, event

E = EventKind


def both(told: Ticket) -> tuple[tuple[Clock, ...], tuple[Clock, ...]]:
    """The clocks by the short way and by the long one."""
    contract = contracts()[told.contract] if told.contract else internal_contract(calendar().timezone)
    ruled = long_way._Ruled(contract, (told.contract, told.contract_version), calendar(), VERSIONS)
    [one] = rounds(told.events)
    return (
        straight_clocks(told.events, contract, calendar()),
        tuple(long_way._Playing(one, ruled).play()),
    )


@settings(max_examples=300, deadline=None)
@given(tickets(1))
def test_the_short_way_tells_the_same(told: Ticket) -> None:
    if is_straight(told.events):
        short, long = both(told)
        assert short == long


def test_a_change_with_all_its_stages() -> None:
    acts = [
        event(E.SOLUTION_GIVEN, "2026-10-01 09:00"),
        event(E.REMOTE_FAILED, "2026-10-01 09:10"),
        event(E.ASSESSED, "2026-10-01 10:00"),
        event(E.BUILT, "2026-10-20 10:00"),
        event(E.LIVE, "2026-12-31 10:00"),
        event(E.ACCEPTED, "2027-01-04 10:00"),
    ]
    told = ticket(1, "cqmu2-his", at("2026-10-01 08:00"), acts, kind="change")
    assert is_straight(told.events)
    short, long = both(told)
    assert short == long
    assert {clock.name for clock in short} >= {"respond", "arrive", "solution", "build", "live"}


def test_whatever_turns_takes_the_long_way() -> None:
    begins = at("2026-10-01 08:00")
    for kind in (E.RECLASSIFIED, E.JOINED, E.PARTED, E.PAUSED, E.PLAN_SUBMITTED, E.AMENDED):
        assert not is_straight((*ticket(1, None, begins, []).events, event(kind, "2026-10-01 09:00")))
    twice = [event(E.RESOLVED, "09:00"), event(E.REOPENED, "10:00")]
    assert not is_straight(ticket(1, None, begins, twice).events)
