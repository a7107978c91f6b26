"""A version that says the same changes nothing: wherever a ticket goes over to it, its clocks are what they were."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.clock import Clock, clocks_of, is_overdue
from sla.contract_reader import read_contract
from sla.errors import Refused
from sla.fold import fold, then
from sla.ticket import Event, EventKind, Ticket
from tests.sla.book import at, calendar
from tests.sla.county import COUNTY

E = EventKind
STAGES = """
[[clock]]
name = "cause"
clause = "1"
stops = ["cause_recorded"]
base = "elapsed"
amount = "30 h"
why_zh = "三十小时内定位原因。"
why_en = "The cause within thirty hours."

[[clock]]
name = "visit"
clause = "1"
starts = "remote_failed"
stops = ["arrived"]
base = "working_hours"
amount = "3 h"
grace = "15 min"
why_zh = "三个工作小时内到场。"
why_en = "On site within three working hours."

[[clock]]
name = "week"
clause = "1"
stops = ["resolved"]
base = "calendar_days"
amount = "4 days"
why_zh = "四日内。"
why_en = "Within four days."

[[pause]]
name = "all"
clause = "1"
clocks = ["respond", "fix", "settle", "cause", "visit", "week", "report"]
at_most = "3 d"
why_zh = "院方原因"
why_en = "on the hospital's side"
"""
FIRST = read_contract(COUNTY + STAGES, "contracts/county.toml")
SECOND = read_contract(COUNTY + STAGES + "# 续签\n", "contracts/county-2.toml")
VERSIONS = {(each.id, each.version): each for each in (FIRST, SECOND)}
BEGINS = at("2026-09-29 15:00")
LABELS = {"kind": "fault", "priority": "high", "system": "lis", "contract": "county", "contract_version": FIRST.version}
ACTS = (
    E.PAUSED, E.CONTINUED, E.RESOLVED, E.REOPENED, E.RECLASSIFIED, E.ACKNOWLEDGED, E.ARRIVED, E.REMOTE_FAILED,
    E.CONFIRMED, E.CAUSE_RECORDED, E.JOINED, E.PARTED, E.NOTED,
)  # fmt: skip  # one glance instead of a column
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3000), st.integers(0, 5)), min_size=1, max_size=9)


def story(steps: list[tuple[EventKind, int, int]]) -> Ticket:
    """As much of it as the states allow. The minutes grow with what came before, so that days pass."""
    ticket, now = fold(7, [Event(E.REPORTED, BEGINS, "nurse", LABELS)]), BEGINS
    for kind, minutes, which in steps:
        now += timedelta(minutes=minutes if which % 2 else minutes // 30)
        data: dict[EventKind, dict[str, object]] = {
            E.PAUSED: {"pause": ("waiting", "night", "all")[which % 3]},
            E.RECLASSIFIED: {"priority": ("critical", "high", "low")[which % 3]},
            E.CAUSE_RECORDED: {"cause": "x"},
            E.RESOLVED: {"cause": "x"} if which % 3 == 0 else {},
            E.JOINED: {"incident": 3},
        }
        try:
            ticket = then(ticket, Event(kind, now, "x", data.get(kind, {})))
        except Refused:
            continue
    return ticket


def clocks(ticket: Ticket) -> tuple[Clock, ...]:
    return clocks_of(ticket, VERSIONS["county", ticket.contract_version], calendar(), VERSIONS)


def shown(ticket: Ticket) -> list[tuple[object, ...]]:
    return sorted(
        (c.key, c.due, str(c.state), str(c.stopped_at), str(c.paused_since), str(c.paused_until), c.extra_days)
        for c in clocks(ticket)
    )


@settings(max_examples=300, deadline=None)
@given(STEPS, st.integers(1, 9), st.integers(0, 60))
def test_going_over_to_a_version_that_says_the_same_changes_nothing(
    steps: list[tuple[EventKind, int, int]], place: int, percent: int
) -> None:
    ticket = story(steps)
    place = min(place, len(ticket.events))
    before = fold(7, ticket.events[:place])
    if not before.is_open:
        return
    last = before.events[-1].at
    length = ticket.events[place].at - last if place < len(ticket.events) else timedelta()
    goes_over = Event(E.RECLASSIFIED, last + length * percent / 60, "", {"contract_version": SECOND.version})
    assert shown(fold(7, (*ticket.events[:place], goes_over, *ticket.events[place:]))) == shown(ticket)


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_what_was_broken_when_somebody_looked_stays_broken_through_everything(
    steps: list[tuple[EventKind, int, int]],
) -> None:
    """Days pass here, repairs are undone, tickets come and go to incidents."""
    ticket, broken = story(steps), dict[str, object]()
    for count in range(1, len(ticket.events) + 1):
        found = {clock.key: clock for clock in clocks(fold(7, ticket.events[:count]))}
        now = ticket.events[count].at if count < len(ticket.events) else ticket.events[-1].at
        for key, due in broken.items():
            assert (found[key].due, is_overdue(found[key], now)) == (due, True)
        just_before = now - timedelta(microseconds=1)
        broken |= {k: c.due for k, c in found.items() if is_overdue(c, just_before) and not c.internal}
