"""When and where a notice is tried again: arithmetic, without a process."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import ChannelError
from bot.delivery import PATIENCE, Next, after_failure
from sla.message import Address, Notice, Purpose
from storage.base import OutboxRow
from tests.bot.running import NIGHT

HARD = (Purpose.PAGE, Purpose.REMINDER, Purpose.BREACH)


def row(purpose: Purpose = Purpose.PAGE, addresses: int = 1) -> OutboxRow:
    places = tuple(Address("webchat", str(number)) for number in range(addresses))
    return OutboxRow(1, Notice("k", purpose, places, "text"), NIGHT, "waiting", 0, 0, 1, address=places[0])


NOT_SENT, UNKNOWN = ChannelError("not_sent", "500"), ChannelError("unknown", "time-out")


def test_pauses_grow() -> None:
    waits = [after_failure(replace(row(Purpose.INFO), tries=n), NOT_SENT, frozenset(), NIGHT).at for n in range(6)]
    assert [(at - NIGHT).total_seconds() for at in waits if at] == [1, 5, 15, 60, 300, 300]


def test_the_provider_may_ask_for_a_longer_pause() -> None:
    error = ChannelError("not_sent", "429", timedelta(seconds=40))
    assert after_failure(row(), error, frozenset(), NIGHT) == Next(NIGHT + timedelta(seconds=40), 0)


def test_a_short_pause_that_was_asked_for_is_no_failure_of_the_address() -> None:
    error = ChannelError("not_sent", "429", timedelta(seconds=7))
    paged = replace(row(addresses=2), tries=5)
    assert after_failure(paged, error, frozenset(), NIGHT) == Next(NIGHT + timedelta(seconds=7), 0)


def test_for_a_long_pause_a_page_does_not_wait_where_there_is_another_address() -> None:
    long = ChannelError("not_sent", "45009", timedelta(minutes=10))
    for tries in range(6):
        assert after_failure(replace(row(addresses=2), tries=tries), long, frozenset(), NIGHT) == Next(NIGHT, 1)
    for waits in (row(), row(Purpose.ANSWER, addresses=2)):
        assert after_failure(waits, long, frozenset(), NIGHT) == Next(NIGHT + timedelta(minutes=10), 0)


def test_a_page_that_is_put_off_again_and_again_goes_on_to_the_next_address() -> None:
    error = ChannelError("not_sent", "flood", retry_after=timedelta(seconds=30))
    current, now, position, tries = row(Purpose.PAGE, addresses=2), NIGHT, 0, 0
    while position == 0 and tries < 8:
        found = after_failure(replace(current, tries=tries), error, frozenset(), now)
        assert found.at is not None
        now, position, tries = found.at, found.position, tries + 1
    assert position == 1
    assert timedelta(minutes=2) < now - NIGHT <= timedelta(minutes=4)


def test_an_unsure_page_is_sent_again_and_an_unsure_answer_is_not() -> None:
    assert after_failure(row(), UNKNOWN, frozenset(), NIGHT).at is not None
    assert after_failure(row(Purpose.ANSWER), UNKNOWN, frozenset(), NIGHT).at is None


def test_after_three_failures_a_page_goes_to_the_next_address_and_in_the_end_round_again() -> None:
    now, current, places = NIGHT, row(addresses=2), []
    for tries in range(9):
        found = after_failure(replace(current, tries=tries), NOT_SENT, frozenset(), now)
        current = replace(current, position=found.position)
        places.append(found.position)
    assert places == [0, 0, 1, 1, 1, 0, 0, 0, 1]


@given(st.sampled_from(list(Purpose)), st.integers(1, 4), st.lists(st.booleans(), min_size=40, max_size=40))
def test_all_addresses_are_tried_before_it_is_given_up_and_none_that_refused_twice(
    purpose: Purpose, addresses: int, refusals: list[bool]
) -> None:
    current, refused, now = row(purpose, addresses), frozenset[int](), NIGHT
    for tries, refuses in enumerate(refusals):
        assert current.position not in refused
        if refuses:
            refused |= {current.position}
        error = ChannelError("refused" if refuses else "not_sent", "no")
        found = after_failure(replace(current, tries=tries), error, refused, now)
        if found.at is None:
            assert len(refused) == addresses or now - NIGHT > PATIENCE
            return
        assert found.at >= now
        current, now = replace(current, position=found.position), found.at
