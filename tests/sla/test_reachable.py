"""Which address is tried first, and when somebody is left in peace."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sla.labels import Priority
from sla.message import Address, Purpose
from sla.reachable import (
    AWAKE,
    LATELY,
    WINDOWS,
    Health,
    Preferences,
    Quiet,
    Reach,
    held_until,
    is_behind,
    is_refusing,
    likely_first,
    open_until,
    waits,
)

NOW = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
WECHAT, TELEGRAM, MAIL = Address("wechat", "o1"), Address("telegram", "7"), Address("mail", "li@x")
ALL = (WECHAT, TELEGRAM, MAIL)

instants = st.none() | st.integers(-100 * 24 * 60, 0).map(lambda minutes: NOW + timedelta(minutes=minutes))
healths = st.builds(Health, sent_at=instants, failed_at=instants, refused_at=instants, heard_at=instants)
addresses = st.lists(
    st.builds(Address, st.sampled_from(("wechat", "telegram", "mail", "wecom")), st.sampled_from("abc")), unique=True
)


def first(known: dict[Address, Health], *wanted: Address, now: datetime = NOW) -> tuple[Address, ...]:
    return likely_first(ALL, Reach(wants=Preferences(wanted), known=known), now)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@given(addresses, st.dictionaries(st.sampled_from(ALL), healths), addresses, st.data())
def test_nothing_is_lost_and_what_is_behind_comes_last(
    own: list[Address], known: dict[Address, Health], wanted: list[Address], data: st.DataObject
) -> None:
    known |= {each: data.draw(healths) for each in own}
    found = likely_first(own, Reach(wants=Preferences(tuple(wanted)), known=known), NOW)
    assert sorted(found, key=str) == sorted(own, key=str)
    behind = [is_behind(each, known.get(each), NOW) for each in found]
    assert behind == sorted(behind)
    asked = [each for each in wanted if each in own] + [each for each in own if each not in wanted]
    for group in (True, False):
        of_group = [each for each in found if is_behind(each, known.get(each), NOW) is group]
        assert of_group == [each for each in asked if each in of_group]


@given(healths)
def test_a_sign_of_life_brings_an_address_back(health: Health) -> None:
    sign = Health(NOW, health.failed_at, health.why, health.refused_at, NOW)
    if health.refused_at != NOW:
        assert not is_behind(WECHAT, sign, NOW)


def test_as_wanted_where_nothing_is_known() -> None:
    heard = {WECHAT: Health(heard_at=ago(hours=1))}
    assert first(heard) == ALL
    assert first(heard, MAIL) == (MAIL, WECHAT, TELEGRAM)
    assert first(heard, Address("mail", "gone@x"), TELEGRAM) == (TELEGRAM, WECHAT, MAIL)


def test_a_closed_window_goes_behind_to_the_second() -> None:
    opened = {WECHAT: Health(heard_at=ago(hours=48) + timedelta(seconds=1))}
    assert first(opened)[0] == WECHAT
    assert first({WECHAT: Health(heard_at=ago(hours=48))}) == (TELEGRAM, MAIL, WECHAT)
    assert first({}) == (TELEGRAM, MAIL, WECHAT)
    assert open_until(WECHAT, opened[WECHAT]) == NOW + timedelta(seconds=1)
    assert open_until(TELEGRAM, Health(heard_at=NOW)) is None


def test_a_closed_window_is_as_good_as_open_where_another_kind_of_message_gets_through() -> None:
    always = frozenset({"wechat"})
    closed = {WECHAT: Health(heard_at=ago(days=3))}
    assert likely_first(ALL, Reach(known=closed, always=always), NOW) == ALL
    assert likely_first(ALL, Reach(always=always), NOW) == ALL
    refused = {WECHAT: Health(refused_at=ago(days=1))}  # who is no follower any more gets no template either
    assert likely_first(ALL, Reach(known=refused, always=always), NOW)[-1] == WECHAT


def test_a_refusal_is_believed_for_a_month_or_until_a_sign_of_life() -> None:
    fine = {WECHAT: Health(heard_at=NOW)}
    refused = ago(days=3)
    assert first({**fine, TELEGRAM: Health(refused_at=refused)}, TELEGRAM) == (WECHAT, MAIL, TELEGRAM)
    assert first({**fine, TELEGRAM: Health(failed_at=refused)}, TELEGRAM)[0] == TELEGRAM
    before, since = refused - timedelta(hours=1), refused + timedelta(hours=1)
    assert is_refusing(Health(refused_at=refused, sent_at=before, heard_at=before), NOW)
    assert not is_refusing(Health(refused_at=refused, sent_at=since), NOW)
    assert not is_refusing(Health(refused_at=refused, heard_at=since), NOW)
    assert is_refusing(Health(refused_at=ago(days=30) + timedelta(seconds=1)), NOW)
    assert not is_refusing(Health(refused_at=NOW - LATELY), NOW)


# Quiet hours


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=SHANGHAI)  # the 1st is a Thursday


def test_over_midnight_until_the_morning() -> None:
    quiet = Quiet(time(22), time(7))
    assert quiet.until(at(1, 21, 59)) is None
    assert quiet.until(at(1, 22)) == at(2, 7)
    assert quiet.until(at(2, 6, 59)) == at(2, 7)
    assert quiet.until(at(2, 7)) is None
    assert Quiet(time(22), time(7), on=False).until(at(1, 23)) is None


def test_by_the_day_on_which_they_begin() -> None:
    weekend = Quiet(time(22), time(7), frozenset({5, 6}))
    assert weekend.until(at(3, 5)) is None  # Friday's night
    assert weekend.until(at(3, 23)) == at(4, 7)
    assert weekend.until(at(5, 3)) == at(5, 7)  # Sunday's, on Monday morning
    assert weekend.until(at(5, 22)) is None
    assert Quiet(time(12), time(14)).until(at(1, 13)) == at(1, 14)


@given(st.times(), st.times(), st.frozensets(st.integers(0, 6)), st.integers(0, 60 * 24 * 400))
def test_quiet_hours_end_after_now_and_within_a_day(start: time, end: time, days: frozenset[int], minutes: int) -> None:
    zone = ZoneInfo("Europe/Berlin")  # with summer time
    now = (NOW + timedelta(minutes=minutes)).astimezone(zone)
    quiet = Quiet(start.replace(tzinfo=None, fold=0), end.replace(tzinfo=None, fold=0), days)
    until = quiet.until(now)
    if until is not None:
        assert 0 < until.timestamp() - now.timestamp() <= 25 * 3600
        assert quiet.until(until.astimezone(UTC).astimezone(zone)) is None or start == end or len(days) > 1


def test_who_just_wrote_is_awake() -> None:
    quiet = Preferences(quiet=Quiet(time(22), time(7)))
    now = at(1, 23)
    assert held_until(Reach(wants=quiet), now) == at(2, 7)
    assert held_until(Reach(), now) is None
    lately = {MAIL: Health(heard_at=now - AWAKE + timedelta(seconds=1)), WECHAT: Health(heard_at=at(1, 1))}
    assert held_until(Reach(wants=quiet, known=lately), now) is None
    assert held_until(Reach(wants=quiet, known={MAIL: Health(heard_at=now - AWAKE)}), now) == at(2, 7)


def test_only_news_and_breaches_of_what_is_not_urgent_wait() -> None:
    held = {(purpose, priority) for purpose in Purpose for priority in (None, *Priority) if waits(purpose, priority)}
    assert held == {(p, x) for p in (Purpose.INFO, Purpose.BREACH) for x in (None, Priority.MEDIUM, Priority.LOW)}


def test_what_a_channel_says_of_itself_is_what_is_reckoned_with() -> None:
    from bot.channels.weixin.wechat import WeChatChannel  # heavy libraries, for this test alone

    assert WeChatChannel.capabilities.proactive == WINDOWS[WeChatChannel.name]
