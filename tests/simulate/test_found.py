"""A fault in the handlers is found, shrunk to a story of a few lines, and seen again when they are played again."""

import pytest

from bot.simulate.script import Verb, read_script
from bot.simulate.shrink import replay
from bot.simulate.world import Handlers
from bot.simulate.worlds import live, told
from bot.simulate.year import Plan, cast_of
from tests.simulate import broken

ROUGH = ((4, Verb.CHANNEL_FAILS, 14_400), (1, Verb.SEND_DIES, 0), (1, Verb.RESTART, 3600))
A_DAY = Plan("rough", 3, 300, troubles=ROUGH)
FAULTS = {
    "no reminder after its clock stopped": (broken.through(broken.reminders_are_never_dropped), 5),
    "a page ends": (broken.through(broken.pages_are_never_dropped), 5),
    "the ledger equals a recount": (broken.through(broken.overruns_are_not_closed), 4),
    "watched equals what next_look derives": (broken.through(broken.looks_are_not_moved), 4),
    "nobody is paged who is not on the ladder": (broken.through(broken.nothing, broken.last_week), 1),
}


@pytest.mark.parametrize("invariant", FAULTS)
def test_a_fault_is_found_and_its_story_is_short(invariant: str) -> None:
    handlers, most = FAULTS[invariant]
    outcome = live(A_DAY, handlers)
    assert outcome.broken is not None
    assert outcome.broken.invariant == invariant
    assert 1 <= len(outcome.script) <= most
    printed = list(told(A_DAY, outcome))
    again = read_script(printed)
    assert again == outcome.script
    rules = cast_of(A_DAY).rules
    found = replay(again, rules, handlers)
    assert found is not None
    assert found.invariant == invariant
    assert replay(again, rules, Handlers()) is None


def test_sound_handlers_get_through_a_rough_time() -> None:
    outcome = live(A_DAY)
    assert outcome.broken is None
    assert outcome.counts["tickets"] > 250
    assert outcome.counts["crashes"] > 5
    assert any(broken for (_, _, kept), broken in outcome.clocks.items() if not kept)
