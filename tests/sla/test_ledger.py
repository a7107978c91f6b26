"""The ledger: what is recorded when a clock runs over, stops, or turns out to have been kept; and its chain."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.fold import fold
from sla.ledger import GENESIS, Entry, chain, reconcile, standing, verify
from sla.ticket import Event, EventKind, Ticket
from tests.sla.nights import clocks, minutes, reported, told

E = EventKind


def book(ticket: Ticket, at: float, entries: tuple[Entry, ...] = ()) -> tuple[Entry, ...]:
    """The entries so far with what is lacking at a minute, chained on."""
    lacking = reconcile(ticket, clocks(ticket), entries, minutes(at))
    last = entries[-1] if entries else None
    return (*entries, *chain(lacking, last.seq if last else 0, last.hash if last else GENESIS))


def lines(entries: tuple[Entry, ...]) -> list[tuple[str, str, int]]:
    return [(entry.kind, entry.clock, entry.overrun // 60) for entry in entries]


def test_a_clock_that_runs_over_is_recorded_once_with_clause_instant_and_overrun() -> None:
    ticket = reported()
    assert book(ticket, 30) == ()
    entries = book(ticket, 31)
    assert lines(entries) == [("breach", "respond", 1)]
    (entry,) = entries
    assert (entry.contract, entry.clause, entry.group, entry.due) == ("smart-hospital", "2.3", "respond", minutes(30))
    assert book(ticket, 60, entries) == entries


def test_when_it_stops_the_overrun_is_final() -> None:
    entries = book(reported(), 31)
    ticket = told(reported(), E.ACKNOWLEDGED, 45)
    entries = book(ticket, 50, entries)
    assert lines(entries) == [("breach", "respond", 1), ("closed", "respond", 15)]
    assert book(ticket, 119, entries) == entries
    assert [(entry.clock, entry.overrun) for entry in standing(entries)] == [("respond", 15 * 60)]


def test_what_is_found_late_is_recorded_and_closed_at_once() -> None:
    ticket = told(reported(), E.ACKNOWLEDGED, 45)
    assert lines(book(ticket, 50)) == [("breach", "respond", 15), ("closed", "respond", 15)]


def test_facts_that_come_late_correct_it() -> None:
    entries = book(reported(), 31)
    in_time = Event(E.ACKNOWLEDGED, minutes(29), "engineer1", {}, minutes(33))
    ticket = fold(1, [*reported().events, in_time])
    entries = book(ticket, 33, entries)
    assert lines(entries) == [("breach", "respond", 1), ("correction", "respond", 0)]
    assert (entries[1].refers_to, entries[1].reason) == (1, "met")
    assert standing(entries) == ()
    assert book(ticket, 100, entries) == entries


def test_corrected_and_broken_after_all_it_is_recorded_again() -> None:
    entries = book(reported(), 31)
    in_time = fold(1, [*reported().events, Event(E.ACKNOWLEDGED, minutes(29), "engineer1", {}, minutes(33))])
    entries = book(in_time, 33, entries)
    entries = book(reported(), 40, entries)
    assert [entry.kind for entry in entries] == ["breach", "correction", "breach"]
    assert len(standing(entries)) == 1


def test_reopened_the_overrun_goes_on_and_is_closed_anew() -> None:
    ticket = told(reported(), E.RESOLVED, 300)
    entries = book(ticket, 300)
    ticket = told(told(ticket, E.REOPENED, 330, "nurse"), E.RESOLVED, 400)
    final = {entry.clock: entry.overrun // 60 for entry in standing(book(ticket, 400, entries))}
    assert final["fix"] > {entry.clock: entry.overrun // 60 for entry in standing(entries)}["fix"]
    assert final["respond"] == 270


def test_a_new_round_is_recorded_for_itself() -> None:
    ticket = told(told(told(reported(), E.RESOLVED, 40), E.CONFIRMED, 50, "nurse"), E.REOPENED, 60, "nurse")
    found = {(entry.round, entry.clock) for entry in standing(book(ticket, 100))}
    assert found == {(1, "respond"), (2, "respond")}


def test_internal_targets_are_never_recorded() -> None:
    assert book(reported(None, "nothing-of-ours"), 5000) == ()


moments = st.lists(st.integers(0, 3000), min_size=1, max_size=6).map(sorted)
acts = st.lists(
    st.tuples(st.sampled_from([E.ACKNOWLEDGED, E.ARRIVED, E.RESOLVED]), st.integers(0, 1000), st.integers(0, 1000)),
    max_size=4,
    unique_by=lambda act: act[0],
)


@given(moments, acts)
def test_however_often_it_is_looked_at_each_clock_stands_at_most_once(
    looks: list[int], late: list[tuple[EventKind, int, int]]
) -> None:
    entries: tuple[Entry, ...] = ()
    ticket = reported()
    for look in looks:
        heard = [(kind, at, at + delay) for kind, at, delay in late if at + delay <= look]
        known = [Event(kind, minutes(at), "engineer1", {}, minutes(when)) for kind, at, when in heard]
        order = [E.ACKNOWLEDGED, E.ARRIVED, E.RESOLVED]
        ticket = fold(1, [*reported().events, *sorted(known, key=lambda event: order.index(event.kind))])
        entries = book(ticket, look, entries)
        keys = [(entry.round, entry.clock) for entry in standing(entries)]
        assert len(keys) == len(set(keys))
        assert verify(entries) == ""
    assert reconcile(ticket, clocks(ticket), entries, minutes(looks[-1])) == ()


def test_the_chain_shows_what_was_changed_left_out_or_swapped() -> None:
    entries = book(reported(), 500)
    assert len(entries) == 4
    assert verify(entries) == ""
    assert verify(entries[1:]) != ""
    assert verify((entries[0], entries[2], entries[1], entries[3])) != ""
    assert "entry 2 was changed" in verify((entries[0], replace(entries[1], overrun=0), *entries[2:]))
    assert verify((replace(entries[0], prev="f" * 64), *entries[1:])) != ""


@pytest.mark.parametrize(
    "change",
    [
        {"ticket": 2}, {"contract": "x"}, {"clause": "x"}, {"clock": "x"}, {"round": 9}, {"kind": "closed"},
        {"due": minutes(1)}, {"recorded_at": minutes(31) + timedelta(microseconds=1)}, {"group": "x"}, {"reason": "x"},
        {"refers_to": 7}, {"overrun": 1},
    ],
)  # fmt: skip  # one glance
def test_every_field_is_under_the_hash(change: dict[str, object]) -> None:
    entries = book(reported(), 31)
    assert verify([replace(entries[0], **change)]) != ""  # type: ignore[arg-type]  # fields by name
