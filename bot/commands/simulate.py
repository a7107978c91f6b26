"""wardline simulate: live through a year in some minutes, and check all the time what must always hold."""

import argparse
import os
from pathlib import Path

from bot.commands.days import count


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("simulate", help="live through a year in some minutes", description=__doc__)
    parser.add_argument("--contracts", type=Path, metavar="DIR", help="a folder of contract files; else the packaged")
    parser.add_argument("--days", type=count, default=365, help="how long, from 2026-01-01 (365)")
    parser.add_argument("--tickets", type=count, default=50_000, help="how many reports (50000)")
    parser.add_argument("--seed", default="7", help="the same seed, the same year (7)")
    parser.add_argument("--jobs", type=count, default=min(2, os.cpu_count() or 1), help="processes")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="play the lines that a failure printed again")


def run(args: argparse.Namespace) -> int:
    """Simulate, or replay; 1 where an invariant failed."""
    from bot.simulate.worlds import clocks_told, happened_told, hash_of, live_all, plans, replayed, told
    from bot.simulate.year import cast_of

    if args.replay:
        lines = list(replayed(args.replay.read_text(encoding="utf-8").splitlines(), args.contracts))
        print("\n".join(lines))
        return int(lines[-1].startswith("BROKEN"))
    chosen = plans(args.seed, args.days, args.tickets, args.contracts)
    cast_of(chosen[0])  # contracts that cannot be lived under are told before anything else
    print(f"seed {args.seed}: {args.days} days, {args.tickets:,} reports", flush=True)
    outcomes = live_all(chosen, args.jobs)
    for plan, outcome in zip(chosen, outcomes, strict=True):
        print("\n".join(told(plan, outcome)))
    print("\n".join(clocks_told(outcomes)))
    print(happened_told(outcomes))
    print(f"hash {hash_of(outcomes)}")
    return int(any(outcome.broken for outcome in outcomes))
