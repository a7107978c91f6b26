"""The shortest story: what can be left out of a script while the same invariant still fails."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from bot.simulate.checks import Broken
from bot.simulate.player import Player
from bot.simulate.script import STORY, Act
from bot.simulate.world import Handlers
from bot.simulate.year import START
from sla.rules import Rules

T = TypeVar("T")
PLAYED_AT_MOST = 100_000
"""Acts that are played while looking for a shorter script: after so many what was found stands."""


def replay(acts: Iterable[Act], rules: Rules, handlers: Handlers | None = None) -> Broken | None:
    """Play a script; the invariant that fails, None where all hold up to a week after its end."""
    script = sorted(acts)
    player = Player(rules, START, handlers)
    try:
        for act in script:
            player.until(act.at)
            player.play(act)
        player.finish()
    except Broken as broken:
        return broken
    return None


def shrink(script: Sequence[Act], broken: Broken, rules: Rules, handlers: Handlers | None = None) -> list[Act]:
    """A shorter script that fails by the same invariant; the script itself where it does not fail when replayed."""
    budget = [PLAYED_AT_MOST]

    def fails(acts: Sequence[Act]) -> bool:
        budget[0] -= len(acts)
        found = replay(acts, rules, handlers) if budget[0] > 0 else None
        return found is not None and found.invariant == broken.invariant

    whole = list(script)
    for few in _related(whole, broken):
        if fails(few):
            whole = few
            break
    else:
        if not fails(whole):
            return whole
    stories = sorted({act.story for act in whole})
    kept = set(minimal(stories, lambda some: fails([act for act in whole if act.story in set(some)])))
    return minimal([act for act in whole if act.story in kept], fails)


def _related(script: list[Act], broken: Broken) -> Iterable[list[Act]]:
    """The story that failed, alone; with the process' troubles; with the stories that name it or are named by it."""
    story = broken.story
    if story is None:
        return
    yield [act for act in script if act.story == story]
    yield [act for act in script if act.story in (story, 0)]
    named = {int(number) for act in script if act.story == story for number in STORY.findall(act.words)}
    named |= {act.story for act in script if str(story) in STORY.findall(act.words)}
    yield [act for act in script if act.story in named | {story, 0}]


def minimal(items: Sequence[T], fails: Callable[[list[T]], bool]) -> list[T]:
    """Delta debugging: a part of the items that still fails, of which no single item can be left out."""
    kept, pieces = list(items), 2
    while len(kept) >= 2:
        size = max(1, len(kept) // pieces)
        for start in range(0, len(kept), size):
            rest = kept[:start] + kept[start + size :]
            if rest and fails(rest):
                kept, pieces = rest, max(pieces - 1, 2)
                break
        else:
            if size == 1:
                break
            pieces = min(pieces * 2, len(kept))
    return kept
