"""Sums against a recount that knows nothing of them, and sums merged in any order."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.clock import Clock, ClockState, clocks_of
from sla.figures import Figures, Kept, Share, Spread, figures_of
from sla.figures_sums import Sums, Waived
from sla.fold import then
from sla.ledger import name_of, reconcile
from sla.rounds import rounds
from sla.ticket import EventKind, State, Ticket
from tests.sla.book import at, calendar
from tests.sla.county import county
from tests.sla.county import told as county_ticket
from tests.sla.stories import CASE, END, NOW, E, case, cases, ticket
from tests.sla.tickets import event

HELD = {E.RESOLVED, E.LIVE, E.DELIVERED}
ARRIVED = {E.ARRIVED, E.SENIOR_ARRIVED}


def summed(found: Sequence[CASE], waived: dict[int, Waived] | None = None) -> Sums:
    sums = Sums(END, NOW)
    for one, clocks in found:
        sums.add(one, clocks, (waived or {}).get(one.number, frozenset()))
    return sums


# the recount: one question at a time, each over all tickets


def ran_over(clock: Clock) -> bool:
    return clock.state is ClockState.MISSED or (clock.state is ClockState.RUNNING and clock.due < NOW)


def recounted_clock(clocks: Sequence[Clock], waived: Sequence[Clock]) -> Kept:
    over = [clock for clock in clocks if ran_over(clock)]
    forgiven = sum(any(clock is each for each in waived) for clock in over)
    return Kept(
        kept=sum(clock.state is ClockState.MET for clock in clocks),
        broken=len(over) - forgiven,
        running=sum(clock.state is ClockState.RUNNING for clock in clocks)
        - sum(c.state is ClockState.RUNNING for c in over),
        waived=forgiven,
        fell_away=sum(clock.state is ClockState.FELL_AWAY for clock in clocks),
    )


def took(one: Ticket, name: str) -> timedelta | None:
    if one.state is State.CANCELLED:
        return None
    first = rounds(one.events)[0].events
    if name == "fix":
        rest = [each for each in first if each.kind in HELD | {E.REOPENED}]
        if not rest or rest[-1].kind is E.REOPENED:
            return None
        lost = sum((b.at - a.at for a, b in pairwise(rest) if b.kind is E.REOPENED), timedelta())
        return rest[-1].at - one.reported_at - lost
    wanted = ARRIVED if name == "arrive" else ARRIVED | HELD | {E.ACKNOWLEDGED}
    return next((each.at - one.reported_at for each in first if each.kind in wanted), None)


def spread(found: Sequence[CASE], name: str) -> Spread | None:
    times = [time for one, _ in found if (time := took(one, name)) is not None]
    if not times:
        return None
    return Spread(len(times), nearest(times, Fraction(1, 2)), nearest(times, Fraction(9, 10)))


def nearest(times: Sequence[timedelta], part: Fraction) -> timedelta:
    """The definition, word for word."""
    return min(one for one in times if sum(other <= one for other in times) >= part * len(times))


def was_open(one: Ticket) -> bool:
    closing = [each.kind is not E.REOPENED for each in one.events if each.kind in CLOSERS and each.at < END]
    return not (closing and closing[-1])


CLOSERS = {E.CONFIRMED, E.ACCEPTED, E.CANCELLED, E.REOPENED}


def reopened_after(one: Ticket, kinds: set[EventKind]) -> bool:
    before = [index for index, each in enumerate(one.events) if each.kind in kinds]
    return bool(before) and any(each.kind is E.REOPENED for each in one.events[before[0] :])


def check(found: Sequence[CASE], counted: Figures, waived: dict[int, Waived]) -> None:
    every = [(one, clock) for one, clocks in found for clock in clocks]
    forgiven = [c for one, c in every if (c.round, name_of(c)) in waived.get(one.number, frozenset())]
    obliged = [(one, clock) for one, clock in every if not clock.internal]
    assert counted.tickets == len(found)
    assert counted.open == sum(was_open(one) for one, _ in found)
    assert counted.cancelled == sum(one.state is State.CANCELLED for one, _ in found)
    assert counted.by_kind == Counter(str(one.kind) for one, _ in found)
    assert counted.by_department == Counter(one.department or "" for one, _ in found)
    names = {(clock.contract, clock.name) for _, clock in obliged}
    assert counted.clocks == {
        name: recounted_clock([c for _, c in obliged if (c.contract, c.name) == name], forgiven) for name in names
    }
    for name in ("respond", "arrive", "fix"):
        assert getattr(counted, name) == spread(found, name), name
    broken = {
        (c.contract, c.group or c.name, one.number)
        for one, c in obliged
        if ran_over(c) and not any(c is each for each in forgiven)
    }
    assert counted.breaches == Counter((contract, group) for contract, group, _ in broken)
    to_do = [one for one, _ in found if one.state is not State.CANCELLED]
    done = [one for one in to_do if one.state in (State.RESOLVED, State.CONFIRMED)]
    assert counted.resolution == Share(len(done), len(to_do))
    live = [one for one, _ in found if one.kind == "change" and any(each.kind in HELD for each in one.events)]
    assert counted.rework == Share(sum(reopened_after(one, HELD) for one in live), len(live))
    points = [one.points for one in to_do if one.points is not None]
    assert counted.satisfaction == (Fraction(sum(points), len(points)) if points else None)


@settings(max_examples=100, deadline=None)
@given(cases(most=8), st.data())
def test_figures_equal_a_naive_recount(found: list[CASE], data: st.DataObject) -> None:
    clocks = [(one.number, (c.round, name_of(c))) for one, clocks in found for c in clocks if ran_over(c)]
    chosen = data.draw(st.lists(st.sampled_from(clocks), unique=True) if clocks else st.just([]))
    waived = {number: frozenset(key for other, key in chosen if other == number) for number, _ in chosen}
    check(found, figures_of(summed(found, waived)), waived)


@settings(max_examples=40, deadline=None)
@given(cases(most=8), st.permutations(range(8)), st.integers(0, 8), st.integers(0, 8))
def test_parts_merged_in_any_order_are_the_whole(found: list[CASE], order: list[int], one: int, two: int) -> None:
    mixed = [found[index] for index in order if index < len(found)]
    cut, other = sorted((one, two))
    a, b, c = (summed(part) for part in (mixed[:cut], mixed[cut:other], mixed[other:]))
    b.merge(c)
    a.merge(b)
    whole = summed(found)
    assert figures_of(a) == figures_of(whole)
    assert a.tally(None) == whole.tally(None), "what was late, and for which ticket, in the same order"


@settings(max_examples=30, deadline=None)
@given(cases(most=6))
def test_the_contracts_together_are_all(found: list[CASE]) -> None:
    sums = summed(found)
    total, each = figures_of(sums), [figures_of(sums, contract) for contract in sums.by_contract]
    assert sum(one.tickets for one in each) == total.tickets
    assert sum((Counter(one.breaches) for one in each), Counter()) == total.breaches
    assert sum(one.resolution.whole for one in each) == total.resolution.whole


# told by hand


def test_the_repair_that_held_counts_without_the_time_in_which_it_was_thought_done() -> None:
    acts = [
        event(E.RESOLVED, "04:00"), event(E.REOPENED, "06:00"), event(E.RESOLVED, "06:30"), event(E.CONFIRMED, "07:00"),
        event(E.REOPENED, "09:00"), event(E.RESOLVED, "23:00"),
    ]  # fmt: skip  # two rounds, one a line
    told = ticket(1, "smart-hospital", at("2026-10-01 03:00"), acts)
    found = figures_of(summed([case(told)]))
    assert found.fix == Spread(1, timedelta(minutes=90), timedelta(minutes=90))
    assert found.respond == Spread(1, timedelta(minutes=60), timedelta(minutes=60))
    assert (found.reopened, found.returned) == (Share(1, 1), Share(1, 1))


def test_every_time_that_it_did_not_hold_is_left_out() -> None:
    acts = [
        event(E.RESOLVED, "04:00"), event(E.REOPENED, "05:00"), event(E.RESOLVED, "05:30"), event(E.REOPENED, "07:00"),
        event(E.RESOLVED, "07:10"),
    ]  # fmt: skip  # one glance instead of a column
    found = figures_of(summed([case(ticket(1, "smart-hospital", at("2026-10-01 03:00"), acts))]))
    assert found.fix == Spread(1, timedelta(minutes=100), timedelta(minutes=100))


def test_at_the_deadline_itself_a_clock_still_runs() -> None:
    told = case(ticket(1, "smart-hospital", at("2026-10-01 03:00"), []))
    for now, kept in (("03:30:00", Kept(running=1)), ("03:30:01", Kept(broken=1))):
        sums = Sums(END, at(f"2026-10-01 {now}"))
        sums.add(*told)
        assert figures_of(sums).clocks["smart-hospital", "respond"] == kept
        assert sum(figures_of(sums).breaches.values()) == kept.broken


def test_what_stands_still_is_not_broken() -> None:
    """As in the ledger: whose pause goes on past the old deadline, or whose grace does, has broken nothing."""
    waiting = then(county_ticket("2026-10-12 09:00"), event(E.PAUSED, "2026-10-12 10:00", pause="waiting"))
    sums = Sums(END, at("2026-11-20 12:00"))
    sums.add(waiting, clocks_of(waiting, county(), calendar()))
    found = figures_of(sums).clocks
    assert found["county", "fix"] == Kept(running=1)
    assert found["county", "respond"] == Kept(broken=1)
    assert reconciled(waiting) == {"respond"}


def reconciled(told: Ticket) -> set[str]:
    entries = reconcile(told, clocks_of(told, county(), calendar()), (), at("2026-11-20 12:00"))
    return {entry.clock for entry in entries}


def test_what_is_over_after_the_period_was_open_at_its_end() -> None:
    acts = [event(E.RESOLVED, "2026-10-11 23:00"), event(E.CONFIRMED, "2026-10-12 00:00")]
    told = ticket(1, "smart-hospital", at("2026-10-11 22:00"), acts)
    found = figures_of(summed([case(told)]))
    assert (found.open, found.resolution) == (1, Share(1, 1))


def test_a_waived_clock_is_neither_kept_nor_broken_and_a_group_with_another_one_still_counts() -> None:
    told = ticket(1, "smart-hospital", at("2026-10-01 03:00"), [])
    one = figures_of(summed([case(told)], {1: frozenset({(1, "respond")})}))
    assert one.clocks["smart-hospital", "respond"] == Kept(waived=1)
    assert one.breaches["smart-hospital", "respond"] == 1, "nobody came either"
    both = figures_of(summed([case(told)], {1: frozenset({(1, "respond"), (1, "arrive")})}))
    assert ("smart-hospital", "respond") not in both.breaches
    assert both.waived == {("smart-hospital", "respond"): 1}
    assert both.clocks["smart-hospital", "respond"].rate is None


@pytest.mark.parametrize("contract", [None, "smart-hospital", "nobody-knows"])
def test_nothing_at_all_is_nought_and_no_rate(contract: str | None) -> None:
    found = figures_of(Sums(END, NOW), contract)
    assert (found.tickets, found.open, dict(found.clocks), dict(found.breaches)) == (0, 0, {}, {})
    assert (found.resolution.rate, found.rework.rate, found.satisfaction, found.fix) == (None, None, None, None)


@pytest.mark.parametrize(
    ("count", "median", "p90"),
    [(1, 1, 1), (2, 1, 2), (9, 5, 9), (10, 5, 9), (11, 6, 10), (100, 50, 90), (101, 51, 91)],
)
def test_percentiles_are_of_the_nearest_rank(count: int, median: int, p90: int) -> None:
    begins = at("2026-10-01 03:00")
    minute = timedelta(minutes=1)
    told = [
        ticket(n, None, begins, [event(E.RESOLVED, f"{begins + n * minute:%Y-%m-%d %H:%M}")])
        for n in range(1, count + 1)
    ]
    found = figures_of(summed([case(one) for one in told]))
    assert found.fix == Spread(count, median * minute, p90 * minute)
