"""What is due and when to look again, for clocks with a grace, pauses, and clocks that outlast the confirmation."""

from dataclasses import replace
from datetime import datetime, timedelta

from sla.clock import Clock
from sla.fold import then
from sla.ticket import EventKind, Ticket
from sla.watch import INSTANT, Case, EndPause, RecordBreach, Remind, due_actions, end_of_pause, next_look
from storage.files import packaged_rules
from tests.sla.book import at, calendar
from tests.sla.county import clocks, county, told
from tests.sla.tickets import event

E = EventKind


def case(ticket: Ticket) -> Case:
    found = tuple(clocks(ticket).values())
    return Case(ticket, county(), found, {}, packaged_rules().rota, calendar())


def about(ticket: Ticket, instant: str, kind: type) -> list[tuple[str, datetime]]:
    """What of a kind is due, by the clock's name, and since when."""
    actions = due_actions(case(ticket), at(instant))
    return [
        (a.clock.rule.key, a.due_at) for a in actions if isinstance(a, kind) and isinstance(a, RecordBreach | Remind)
    ]


def test_a_breach_is_recorded_when_the_grace_is_over() -> None:
    ticket = told("10:00")
    assert about(ticket, "2026-10-01 10:40", RecordBreach) == []
    assert about(ticket, "2026-10-01 10:41", RecordBreach) == [("respond", at("2026-10-01 10:40") + INSTANT)]


def test_the_target_beside_it_is_reminded_of_and_never_breached() -> None:
    assert about(told("10:00"), "2026-10-01 10:06", Remind) == [("respond/internal", at("2026-10-01 10:05"))]


def test_nothing_is_due_of_a_clock_that_stands_still() -> None:
    ticket = then(told("10:00"), event(E.ACKNOWLEDGED, "10:05"), event(E.PAUSED, "10:30", pause="waiting"))
    for instant in ("2026-10-01 13:30", "2026-10-01 14:01", "2026-10-09 14:01"):
        assert "fix" not in [name for name, _ in about(ticket, instant, RecordBreach)]
        assert "fix" not in [name for name, _ in about(ticket, instant, Remind)]
    assert end_of_pause(case(ticket).clocks) is None
    going_on = then(ticket, event(E.CONTINUED, "16:30"))
    assert ("fix", at("2026-10-01 19:00")) in about(going_on, "2026-10-01 19:00", Remind)
    assert ("fix", at("2026-10-01 20:00") + INSTANT) in about(going_on, "2026-10-01 20:01", RecordBreach)


def test_the_end_of_a_pause_is_looked_for() -> None:
    ticket = then(told("10:00"), event(E.ACKNOWLEDGED, "10:05"), event(E.PAUSED, "11:00", pause="night"))
    known = case(ticket)
    [ended] = [a for a in due_actions(known, at("2026-10-01 17:00")) if isinstance(a, EndPause)]
    assert ended.due_at == at("2026-10-01 17:00")
    assert not [a for a in due_actions(known, at("2026-10-01 16:59")) if isinstance(a, EndPause)]
    look = next_look(known, at("2026-10-01 16:59"))
    assert look is not None
    assert look <= at("2026-10-01 17:00")


def test_what_is_to_be_reported_after_the_end_is_reminded_of_after_the_confirmation() -> None:
    ticket = then(
        told("2026-10-12 09:00"),
        event(E.ACKNOWLEDGED, "2026-10-12 09:05"),
        event(E.RESOLVED, "2026-10-12 11:00"),
        event(E.CONFIRMED, "2026-10-12 11:05"),
    )
    [running] = [c for c in clocks(ticket).values() if c.stopped_at is None]
    reminded = Case(
        ticket,
        county(),
        (_with_reminder(running),),
        {},
        packaged_rules().rota,
        calendar(),
    )
    [action] = due_actions(reminded, running.due - timedelta(minutes=30))
    assert isinstance(action, Remind)
    [breach] = due_actions(reminded, running.due + timedelta(minutes=1))
    assert isinstance(breach, RecordBreach)


def _with_reminder(clock: Clock) -> Clock:
    return replace(clock, rule=replace(clock.rule, reminders=(timedelta(hours=1),)))
