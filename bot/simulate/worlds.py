"""Worlds side by side: half of the tickets each, in processes of their own. What comes out does not depend on how many
processes there are."""

import gc
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

from bot.simulate.script import read_script
from bot.simulate.shrink import replay, shrink
from bot.simulate.world import Handlers
from bot.simulate.year import START, Outcome, Plan, Simulation, cast_of
from sla.errors import SlaError

WORLDS = 2
HEAD = re.compile(r"# world (\S+), (\d+) days")
COUNTED = ("reports", "tickets", "messages", "notices", "looks", "crashes", "left open")


def plans(seed: str, days: int, tickets: int, contracts: Path | None) -> list[Plan]:
    """What each world is to live through."""
    parts = [tickets // WORLDS + (world < tickets % WORLDS) for world in range(WORLDS)]
    return [Plan(f"{seed}/{world}", days, part, contracts) for world, part in enumerate(parts)]


def live(plan: Plan, handlers: Handlers | None = None) -> Outcome:
    """One world, to its end or to the first invariant that fails, with the shortest script that shows it."""
    simulation = Simulation(plan, handlers)
    outcome = simulation.run()
    if outcome.broken:
        outcome.script = shrink(outcome.script, outcome.broken, simulation.cast.rules, handlers)
    return outcome


def live_all(chosen: list[Plan], jobs: int) -> list[Outcome]:
    """The worlds, up to `jobs` at once."""
    if jobs <= 1 or len(chosen) == 1:
        return [live(plan) for plan in chosen]
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=collect_seldom) as pool:
        return list(pool.map(live, chosen))


def collect_seldom() -> None:
    """Much is made here, and little of it in circles: looking for those more seldom saves a tenth of the time."""
    gc.set_threshold(50_000, 20, 100)


def told(plan: Plan, outcome: Outcome) -> Iterator[str]:
    """What became of a world; of an invariant that failed all that is needed to see it fail again."""
    counts = ", ".join(f"{outcome.counts[name]:,} {name}" for name in COUNTED)
    yield f"world {plan.seed}: {counts}; at most {outcome.most_live:,} tickets at once"
    if outcome.broken:
        broken = outcome.broken
        yield f"BROKEN {broken.invariant} (seed {plan.seed}, story #{broken.story}): {broken.detail}"
        yield f"# world {plan.seed}, {plan.days} days from {START:%Y-%m-%d}: {len(outcome.script)} lines"
        yield from map(str, outcome.script)


def clocks_told(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """How the clocks of each contract were kept."""
    total: Counter[tuple[str, str, bool]] = Counter()
    for outcome in outcomes:
        total.update(outcome.clocks)
    for contract, clock in sorted({(contract, clock) for contract, clock, _ in total}):
        kept, broken = total[contract, clock, True], total[contract, clock, False]
        yield f"  {contract:<20} {clock:<12} {kept:>7,} kept {broken:>6,} broken"


def happened_told(outcomes: Iterable[Outcome]) -> str:
    """How often each thing happened to tickets, and in the ledger."""
    total: Counter[str] = Counter()
    for outcome in outcomes:
        total.update(outcome.happened)
    return ", ".join(f"{count:,} {name}" for name, count in sorted(total.items()))


def hash_of(outcomes: Iterable[Outcome]) -> str:
    """The hash of everything that was done and said in all worlds."""
    return "-".join(outcome.hash[:16] for outcome in outcomes)


def replayed(lines: list[str], contracts: Path | None) -> Iterator[str]:
    """Play printed lines again; what is to be said of it. Raises SlaError where they do not say which world it was."""
    head = next((found for line in lines if (found := HEAD.match(line))), None)
    if head is None:
        raise SlaError('no line "# world SEED, N days": it says who plays')
    plan = Plan(head[1], int(head[2]), 0, contracts)
    acts = read_script(lines)
    broken = replay(acts, cast_of(plan).rules)
    last = max((act.at for act in acts), default=START) + timedelta(days=7)
    yield f"{len(acts)} lines played up to {last:%Y-%m-%d}"
    yield f"BROKEN {broken.invariant}: {broken.detail}" if broken else "every invariant held"
