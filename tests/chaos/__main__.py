"""python -m tests.chaos --kills 300: kill the process so often, and say what became of everything."""

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.run import chaos


def main() -> int:
    """0 when nothing is lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(chaos(Path(folder), given.kills, given.seed, lambda line: print(line, flush=True)))
    print(f"{report}\nseed {given.seed}, {time.monotonic() - began:.0f} s")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
