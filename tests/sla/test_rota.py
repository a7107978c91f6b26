"""Who is on call: turns, exceptions, hand-overs on the wall clock, gaps."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.errors import ContractError
from sla.labels import Priority, Window
from sla.rota import OnCall, Rota, Shift, Team, Turn, Who, gaps, on_call, pair
from sla.rota_reader import read_rota

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
APIA = ZoneInfo("Pacific/Apia")
MONDAY = datetime(2026, 1, 5, 8, tzinfo=SHANGHAI)


def team(*engineers: str, since: datetime = MONDAY, days: int = 7, exceptions: tuple[Shift, ...] = ()) -> Team:
    return Team("t", "T", frozenset(), Turn(engineers, since, days), exceptions)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_engineers_follow_each_other_and_the_next_one_is_second() -> None:
    three = team("a", "b", "c")
    assert on_call(three, at("2026-01-05T08:00")) == OnCall("a", "b", at("2026-01-12T08:00"), "b", "c")
    assert pair(three, at("2026-01-20T03:00")) == ("c", "a")
    assert pair(three, at("2026-01-26T08:00")) == ("a", "b")


def test_at_the_hand_over_itself_the_next_one_is_on_call() -> None:
    two = team("a", "b")
    assert pair(two, at("2026-01-12T07:59:59")) == ("a", "b")
    assert pair(two, at("2026-01-12T08:00")) == ("b", "a")


def test_an_exception_replaces_both_for_its_time_alone() -> None:
    two = team("a", "b", exceptions=(Shift(at("2026-01-06T08:00"), at("2026-01-07T08:00"), "c", "d"),))
    assert on_call(two, at("2026-01-05T09:00")) == OnCall("a", "b", at("2026-01-06T08:00"), "c", "d")
    assert on_call(two, at("2026-01-06T08:00")) == OnCall("c", "d", at("2026-01-07T08:00"), "a", "b")
    assert pair(two, at("2026-01-07T08:00")) == ("a", "b")


@pytest.mark.parametrize(("first", "second"), [("c", "a"), ("a", "b"), ("b", "a")])
def test_an_exception_without_a_second_keeps_somebody_else_second(first: str, second: str) -> None:
    two = team("a", "b", exceptions=(Shift(at("2026-01-06T08:00"), at("2026-01-07T08:00"), first),))
    assert pair(two, at("2026-01-06T12:00")) == (first, second)


def test_one_engineer_alone_has_no_second_and_no_hand_over() -> None:
    assert on_call(team("a"), at("2026-03-01T00:00")) == OnCall("a", "", None)


def test_before_the_first_turn_nobody_is_on_call() -> None:
    two = team("a", "b")
    assert on_call(two, at("2026-01-01T00:00")) == OnCall("", "", MONDAY, "a", "b")
    assert gaps(two, at("2026-01-01T00:00"), at("2026-02-01T00:00")) == ((at("2026-01-01T00:00"), MONDAY),)


def test_shifts_without_turns_leave_gaps() -> None:
    shifts = tuple(Shift(at(f"2026-01-{day:02}T20:00"), at(f"2026-01-{day + 1:02}T08:00"), "a") for day in (6, 7, 9))
    found = gaps(team(exceptions=shifts), at("2026-01-06T20:00"), at("2026-01-10T08:00"))
    assert found == (
        (at("2026-01-07T08:00"), at("2026-01-07T20:00")),
        (at("2026-01-08T08:00"), at("2026-01-09T20:00")),
    )


@pytest.mark.parametrize(
    ("before", "after"), [("2026-03-23T08:00", "2026-03-30T08:00"), ("2026-10-19T08:00", "2026-10-26T08:00")]
)
def test_the_hand_over_stays_at_its_hour_where_summer_time_begins_or_ends(before: str, after: str) -> None:
    two = team("a", "b", since=at(before, BERLIN))
    taken = on_call(two, at(before, BERLIN))
    assert taken.until == at(after, BERLIN)
    assert taken.until.astimezone(UTC) - at(before, BERLIN).astimezone(UTC) != timedelta(days=7)


zones = st.sampled_from([SHANGHAI, BERLIN, APIA, ZoneInfo("America/New_York")])
turns = st.builds(
    lambda zone, day, hour, minute, days, count: team(
        *"abcdef"[:count], since=datetime.combine(day, time(hour, minute), zone), days=days
    ),
    zones,
    st.dates(date(2009, 1, 1), date(2011, 12, 1)),
    st.integers(0, 23),
    st.sampled_from([0, 30]),
    st.integers(1, 14),
    st.integers(2, 6),
)
# Naive bounds: the zone is added to what is drawn.
moments = st.datetimes(datetime(2012, 1, 1), datetime(2014, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(turns, moments)
def test_at_until_and_not_before_it_the_next_pair_takes_over(some: Team, moment: datetime) -> None:
    now = on_call(some, moment)
    assert now.until is not None
    assert now.until > moment
    # In UTC: within a zone, arithmetic follows the wall clock, which may leap here.
    until = now.until.astimezone(UTC)
    assert pair(some, until - timedelta(microseconds=1)) == (now.first, now.second)
    assert pair(some, until) == (now.next_first, now.next_second)


@given(turns, moments)
def test_everybody_has_a_turn_in_order_and_nobody_is_first_and_second(some: Team, moment: datetime) -> None:
    seen = []
    for _ in some.turn.engineers:
        now = on_call(some, moment)
        assert now.until is not None
        assert now.first != now.second
        assert now.next_first == now.second
        seen.append(now.first)
        moment = now.until
    assert sorted(seen) == sorted(some.turn.engineers)
    assert gaps(some, moment, moment + timedelta(days=40)) == ()


# reading


GOOD = """
[[team]]
id = "his"
name = "HIS"
contracts = ["cqmu2-his"]
group = ["webchat:his"]
lead = "l"
handover = "07:30"
[team.turns]
engineers = ["a", "b"]
since = 2026-01-05
[[team.exception]]
start = "2026-10-01 08:00"
end = "2026-10-02 08:00"
first = "b"
[[team.ladder]]
priorities = ["low"]
windows = ["offsite"]
rungs = [{ who = "first" }, { who = "lead", after = "1 h" }]

[[team]]
id = "rest"
name = "Rest"
[team.turns]
engineers = ["c"]
since = 2026-01-05
days = 14
"""


def test_a_rota_is_read_as_it_stands() -> None:
    rota = read_rota(GOOD, "rota.toml", SHANGHAI)
    his, rest = rota.teams
    assert his.turn == Turn(("a", "b"), at("2026-01-05T07:30"), 7)
    assert his.exceptions == (Shift(at("2026-10-01T08:00"), at("2026-10-02T08:00"), "b"),)
    assert his.ladders is not None
    assert set(his.ladders) == {(Priority.LOW, Window.OFFSITE)}
    assert [(rung.who, rung.after) for rung in his.ladders[Priority.LOW, Window.OFFSITE]] == [
        (Who.FIRST, None),
        (Who.LEAD, timedelta(hours=1)),
    ]
    assert (rota.team_of("cqmu2-his"), rota.team_of("other"), rota.team_of(None)) == (his, rest, rest)
    assert Rota((his,)).team_of(None) is None


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('handover = "07:30"', 'handover = "7 Uhr"', 8, "no time of day"),
        ('engineers = ["a", "b"]', 'engineers = ["a", "a"]', 10, "twice"),
        ('end = "2026-10-02 08:00"', 'end = "2026-10-01 08:00"', 14, "not after start"),
        ('start = "2026-10-01 08:00"', 'start = "1.10."', 13, "no date and time"),
        ('end = "2026-10-02 08:00"', 'end = "9999-12-31 08:00"', 14, "2000 to 2099"),
        ("since = 2026-01-05\n[[", "since = 1926-01-05\n[[", 11, "2000 to 2099"),
        ('after = "1 h"', 'after = "0 min"', 19, "must grow"),
        ('who = "lead"', 'who = "leed"', 19, '"lead"'),
        ('id = "rest"', 'id = "his"', 22, "twice"),
        ('contracts = ["cqmu2-his"]', "", 3, "served by his"),
        ('group = ["webchat:his"]', 'group = ["webchat"]', 6, "no address"),
        ("since = 2026-01-05\n[[", 'since = "2026-01-05"\n[[', 11, "date"),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    with pytest.raises(ContractError) as caught:
        read_rota(GOOD.replace(old, new, 1), "rota.toml", SHANGHAI)
    assert any(says in str(problem) for problem in caught.value.problems), caught.value
    assert caught.value.problems[0].file == "rota.toml"
    assert line in {problem.line for problem in caught.value.problems} or says == "served by his"


def test_exceptions_that_overlap_are_told() -> None:
    more = GOOD.replace(
        "[[team.ladder]]",
        '[[team.exception]]\nstart = "2026-10-01 20:00"\nend = "2026-10-03 08:00"\nfirst = "a"\n[[team.ladder]]',
        1,
    )
    with pytest.raises(ContractError, match="overlaps"):
        read_rota(more, "rota.toml", SHANGHAI)
