"""Pauses: time that a contract lets clocks stand still."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.clock import Clock, ClockState, clocks_of, is_overdue
from sla.contract_reader import read_contract
from sla.errors import Refused
from sla.fold import then
from sla.running import continued
from sla.ticket import Event, EventKind, Ticket
from sla.worktime import between
from tests.sla.book import ZONE, at, calendar
from tests.sla.county import COUNTY, clocks, county, due, told
from tests.sla.tickets import event

E = EventKind
RUNNING, MET, MISSED = ClockState.RUNNING, ClockState.MET, ClockState.MISSED
MONDAY = "2026-10-12"


def paused(ticket: Ticket, instant: str, pause: str = "waiting") -> Ticket:
    return then(ticket, event(E.PAUSED, instant, pause=pause))


def test_the_time_of_a_pause_does_not_count() -> None:
    ticket = paused(told("10:00"), "10:30")
    ticket = then(ticket, event(E.CONTINUED, "15:00"))
    assert due(ticket, "fix") == "10-01 18:30"
    assert due(ticket, "respond") == "10-01 10:30"  # the pause does not name it
    assert clocks(ticket)["fix"].paused_since is None


def test_while_it_lasts_nothing_is_overdue() -> None:
    """zammad#24481: violated while pending."""
    clock = clocks(paused(told("10:00"), "10:30"))["fix"]
    assert (clock.state, clock.paused_since, clock.paused_until) == (RUNNING, at("2026-10-01 10:30"), None)
    assert not is_overdue(clock, at("2026-12-01 10:00"))
    assert is_overdue(clocks(told("10:00"))["fix"], at("2026-12-01 10:00"))


def test_several_pauses_count_once_each() -> None:
    """erpnext#52489: hold time counted twice. A pause that begins within another one ends it."""
    ticket = then(paused(told("10:00"), "10:10"), event(E.CONTINUED, "10:40"))
    ticket = then(paused(ticket, "11:00"), event(E.PAUSED, "11:20", pause="night"), event(E.CONTINUED, "12:00"))
    assert due(ticket, "fix") == "10-01 15:30"
    assert due(then(ticket, event(E.CONTINUED, "13:00")), "fix") == "10-01 15:30"


def test_a_pause_outlasts_a_change_of_priority() -> None:
    """glpi#6902: the pause is lost when the priority changes the rule."""
    before = then(paused(told("10:00"), "10:30"), event(E.CONTINUED, "11:30"))
    raised = then(before, event(E.RECLASSIFIED, "11:40", priority="critical"))
    assert due(raised, "fix") == "10-01 13:00"
    within = then(paused(told("10:00"), "10:30"), event(E.RECLASSIFIED, "11:00", priority="critical"))
    assert clocks(within)["fix"].is_paused(at("2026-10-01 12:00"))
    assert due(then(within, event(E.CONTINUED, "11:30")), "fix") == "10-01 13:00"
    assert due(then(within, event(E.CONTINUED, "20:30")), "fix") == "10-01 22:00"


def test_a_change_within_a_pause_does_not_cut_it_in_two() -> None:
    """What the pause gives back in days is counted once, whatever is put right meanwhile."""
    waiting = paused(told(f"{MONDAY} 09:00"), "2026-10-15 17:00")
    after_the_close = then(waiting, event(E.RECLASSIFIED, "2026-10-15 19:00", disaster=True))
    for ticket in (waiting, after_the_close):
        assert clocks(ticket)["settle"].paused_since == at("2026-10-15 17:00")
        assert due(then(ticket, event(E.CONTINUED, "2026-10-16 10:00")), "settle") == "10-16 18:00"


def test_joined_to_an_incident_while_it_is_paused_it_runs_no_clock() -> None:
    ticket = then(paused(told("10:00"), "10:30"), event(E.JOINED, "11:00", incident=3), event(E.NOTED, "12:00"))
    assert {clocks(ticket)[key].state for key in ("fix", "mend", "settle")} == {ClockState.FELL_AWAY}


def test_a_rule_that_would_be_over_by_now_leaves_thirty_minutes_after_the_pause() -> None:
    ticket = then(paused(told("10:00"), "13:00"), event(E.RECLASSIFIED, "15:00", priority="critical"))
    assert due(then(ticket, event(E.CONTINUED, "16:00")), "fix") == "10-01 16:30"


def test_what_stops_a_clock_within_a_pause_is_in_time() -> None:
    ticket = then(paused(told("10:00"), "13:00"), event(E.RESOLVED, "20:00"))
    fix = clocks(ticket)["fix"]
    assert (fix.state, fix.due, fix.paused_since) == (MET, at("2026-10-01 21:00"), None)


def test_the_end_of_the_work_ends_the_pause_and_a_reopening_begins_none() -> None:
    """zammad#188: a reopened ticket sums the closed time wrongly."""
    ticket = then(paused(told("10:00"), "11:00"), event(E.RESOLVED, "12:00"), event(E.REOPENED, "13:30"))
    assert due(ticket, "fix") == "10-01 16:30"
    assert is_overdue(clocks(ticket)["fix"], at("2026-10-01 16:31"))


def test_a_clock_that_was_overdue_does_not_move() -> None:
    ticket = then(paused(told("10:00"), "14:00:01"), event(E.CONTINUED, "20:00"))
    assert due(ticket, "fix") == "10-01 14:00"
    assert is_overdue(clocks(paused(told("10:00"), "14:00:01"))["fix"], at("2026-10-01 14:00:02"))
    assert due(then(paused(told("10:00"), "14:00"), event(E.CONTINUED, "20:00")), "fix") == "10-01 20:00"


def test_working_hours_stay_within_the_windows() -> None:
    """zammad#9082: a deadline beyond closing time after a pause."""
    ticket = told(f"{MONDAY} 09:00")
    assert due(ticket, "mend") == "10-12 17:00"
    lunch = then(paused(ticket, f"{MONDAY} 11:00"), event(E.CONTINUED, f"{MONDAY} 14:30"))
    assert due(lunch, "mend") == "10-13 08:30"
    night = then(paused(ticket, f"{MONDAY} 16:00"), event(E.CONTINUED, f"{MONDAY} 23:00"))
    assert due(night, "mend") == "10-13 09:00"
    closing = then(paused(ticket, f"{MONDAY} 10:00"), event(E.CONTINUED, f"{MONDAY} 11:00"))
    assert due(closing, "mend") == "10-12 18:00"  # closing time itself


def test_days_move_by_the_days_between_and_never_into_the_past() -> None:
    ticket = told(f"{MONDAY} 09:00")
    assert due(ticket, "settle") == "10-15 18:00"
    for begin, end, settle in (
        ("2026-10-13 09:00", "2026-10-13 17:00", "10-15 18:00"),
        ("2026-10-13 09:00", "2026-10-14 09:00", "10-16 18:00"),
        ("2026-10-13 09:00", "2026-10-18 09:00", "10-20 18:00"),
        ("2026-10-15 17:00", "2026-10-15 19:00", "10-16 18:00"),  # it went on after that day's close
    ):
        assert due(then(paused(ticket, begin), event(E.CONTINUED, end)), "settle") == settle


def test_at_most_ends_it_whether_somebody_says_so_or_not() -> None:
    ticket = paused(told("10:00"), "11:00", "night")
    clock = clocks(ticket)["fix"]
    assert (clock.due, clock.paused_until) == (at("2026-10-01 20:00"), at("2026-10-01 17:00"))
    assert not is_overdue(clock, at("2026-10-01 20:00"))
    assert is_overdue(clock, at("2026-10-01 20:01"))
    for late in ("17:00", "19:00"):
        assert due(then(ticket, event(E.CONTINUED, late)), "fix") == "10-01 20:00"
    assert due(then(ticket, event(E.CONTINUED, "12:00")), "fix") == "10-01 15:00"
    assert clocks(then(ticket, event(E.RESOLVED, "20:01")))["fix"].state is MISSED


def test_an_event_that_the_rule_names_ends_it() -> None:
    ticket = then(paused(told("10:00"), "11:00", "night"), event(E.ARRIVED, "12:00"))
    assert due(ticket, "fix") == "10-01 15:00"
    waiting = then(paused(told("10:00"), "11:00"), event(E.ARRIVED, "12:00"))
    assert clocks(waiting)["fix"].is_paused(at("2026-10-01 13:00"))


def test_a_contract_without_the_pause_knows_none() -> None:
    without = read_contract(COUNTY[: COUNTY.index("[[pause]]")], "x")
    ticket = then(paused(told("10:00"), "10:30"), event(E.CONTINUED, "15:00"))
    assert due(ticket, "fix", without) == "10-01 14:00"


def test_a_pause_that_was_recorded_with_a_wrong_instant_is_put_right() -> None:
    ticket = then(paused(told("10:00"), "10:30"), event(E.CONTINUED, "12:30"))
    voided = then(ticket, event(E.AMENDED, "13:00", event=1, reason="no pause", void=True))
    assert due(voided, "fix") == "10-01 14:00"


# whatever happens

ACTS = st.sampled_from(
    [E.PAUSED, E.CONTINUED, E.NOTED, E.ACKNOWLEDGED, E.RECLASSIFIED, E.ARRIVED, E.RESOLVED, E.REOPENED]
)
START = at("2026-10-12 09:00")


def story(steps: list[tuple[EventKind, int, str]]) -> tuple[Ticket, ...]:
    """The ticket after each step that its states allow."""
    ticket, now = told(f"{MONDAY} 09:00"), START
    found = [ticket]
    for kind, seconds, word in steps:
        now += timedelta(seconds=seconds)
        data = {E.PAUSED: {"pause": word}, E.RECLASSIFIED: {"priority": "high" if word == "night" else "critical"}}
        try:
            ticket = then(ticket, Event(kind, now, "x", data.get(kind, {})))
        except Refused:
            continue
        found.append(ticket)
    return tuple(found)


STEPS = st.lists(
    st.tuples(ACTS, st.integers(1, 8 * 3600), st.sampled_from(["waiting", "night"])), min_size=1, max_size=10
)


@given(STEPS)
def test_no_pause_moves_a_clock_backwards(steps: list[tuple[EventKind, int, str]]) -> None:
    for ticket in story(steps):
        unpaused = replace(ticket, events=tuple(_noted(event) for event in ticket.events))
        before = clocks(unpaused)
        for key, shown in clocks(ticket).items():
            clock = continued(shown, ticket.events[-1].at, county(), calendar())
            assert clock.due >= before[key].due
            assert not (clock.state is MISSED and before[key].state is MET)


def _noted(event: Event) -> Event:
    return Event(E.NOTED, event.at, event.by) if event.kind in (E.PAUSED, E.CONTINUED) else event


@given(st.lists(st.tuples(st.integers(1, 20_000), st.integers(1, 20_000)), max_size=6))
def test_running_time_and_pauses_add_up(pauses: list[tuple[int, int]]) -> None:
    """Of what lies between start and deadline, what was not paused is the amount."""
    ticket, now, stood = told(f"{MONDAY} 09:00"), START, []
    for wait, length in pauses:
        begin = now + timedelta(seconds=wait)
        now = begin + timedelta(seconds=length)
        stood.append((begin, now))
        ticket = then(ticket, Event(E.PAUSED, begin, "x", {"pause": "waiting"}), Event(E.CONTINUED, now, "x"))
    found = clocks(ticket)
    for name, amount, counted in (("fix", timedelta(hours=4), _elapsed), ("mend", timedelta(hours=6), _service)):
        clock = found[name]
        within = [(begin, end) for begin, end in stood if begin <= clock.due]
        ran = counted(clock.start, clock.due) - sum((counted(*pause) for pause in within), timedelta())
        assert ran == amount


def _elapsed(start: datetime, end: datetime) -> timedelta:
    return end.astimezone(UTC) - start.astimezone(UTC)


def _service(start: datetime, end: datetime) -> timedelta:
    return between(start, end, calendar(), county().windows)


@given(STEPS)
def test_the_facts_alone_decide(steps: list[tuple[EventKind, int, str]]) -> None:
    """Whoever looked in between, and in whatever zone the instants are written: the same clocks."""
    last = story(steps)[-1]
    there = tuple(Event(e.kind, e.at.astimezone(UTC), e.by, e.data) for e in last.events)
    elsewhere = replace(last, events=there)
    one, two = clocks_of(last, county(), calendar()), clocks_of(elsewhere, county(), calendar())
    assert [_shown(clock) for clock in one] == [_shown(clock) for clock in two]


def _shown(clock: Clock) -> tuple[object, ...]:
    assert clock.due.tzinfo is ZONE
    return clock.key, clock.due, clock.state, clock.stopped_at, clock.paused_since, clock.paused_until


LEFT_OUT = (E.REPORTED, E.AMENDED, E.OUTAGE, E.PLAN_SUBMITTED, E.PLAN_APPROVED, E.PLAN_REFUSED, E.RATED, E.HANDED_OVER)
EVERYTHING = st.sampled_from([kind for kind in E if kind not in LEFT_OUT])


@given(st.lists(st.tuples(EVERYTHING, st.integers(1, 10 * 3600), st.sampled_from(["waiting", "night"])), max_size=12))
def test_what_was_broken_when_somebody_looked_stays_broken(steps: list[tuple[EventKind, int, str]]) -> None:
    """Looked at just before and just after each event, whatever it is."""
    ticket, now, broken = told(f"{MONDAY} 09:00"), START, dict[str, datetime]()
    for kind, seconds, word in steps:
        now += timedelta(seconds=seconds)
        _look(ticket, now - timedelta(microseconds=1), broken)
        data: dict[EventKind, dict[str, object]] = {E.PAUSED: {"pause": word}, E.JOINED: {"incident": 3}}
        data[E.RECLASSIFIED] = {"priority": "high" if word == "night" else "critical"}
        try:
            ticket = then(ticket, Event(kind, now, "x", data.get(kind, {})))
        except Refused:
            continue
        _look(ticket, now, broken)


def _look(ticket: Ticket, now: datetime, broken: dict[str, datetime]) -> None:
    found = clocks(ticket)
    for key, deadline in broken.items():
        assert found[key].due == deadline
        assert is_overdue(found[key], now)
    broken |= {key: clock.due for key, clock in found.items() if is_overdue(clock, now) and not clock.internal}


@pytest.mark.parametrize("grace", ["0 min", "5 min", "30 min"])
def test_grace_only_ever_keeps_more(grace: str) -> None:
    contract = read_contract(COUNTY.replace('grace = "10 min"', f'grace = "{grace}"'), "x")
    for minute in range(0, 90, 5):
        late = then(told("10:00"), event(E.ACKNOWLEDGED, f"{10 + minute // 60}:{minute % 60:02}"))
        clock = clocks(late, contract)["respond"]
        assert (clock.state is MET) == (minute <= 30 + int(grace.removesuffix(" min")))
        assert clock.due == at("2026-10-01 10:30")


def test_a_clock_that_begins_within_a_pause_stands_still_until_it_is_over() -> None:
    stage = COUNTY[COUNTY.index('[[clock]]\nname = "mend"') :].split("\n\n", 1)[0]
    stage = (
        stage.replace("mend", "try")
        .replace("working_hours", "elapsed")
        .replace("base", 'starts = "acknowledged"\nbase')
    )
    text = COUNTY.replace("[[pause]]", f"{stage}\n\n[[pause]]", 1).replace(
        'clocks = ["fix", "mend"', 'clocks = ["try", "mend"'
    )
    contract = read_contract(text, "x")
    ticket = then(paused(told("10:00"), "10:10"), event(E.ACKNOWLEDGED, "10:30"))
    assert clocks(ticket, contract)["try"].paused_since == at("2026-10-01 10:30")
    assert due(then(ticket, event(E.CONTINUED, "11:00")), "try", contract) == "10-01 17:00"
