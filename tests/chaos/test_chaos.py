"""A short run of the chaos; `make chaos` is the long one."""

import secrets
from pathlib import Path

from tests.chaos.run import chaos

KILLS = 30


async def test_thirty_kills_lose_nothing(tmp_path: Path) -> None:
    seed = secrets.randbelow(1_000_000)
    report = await chaos(tmp_path, KILLS, seed)
    assert not report.wrong, f"seed {seed}\n{report}"
    assert sum(report.kinds.values()) == KILLS
    assert report.counts["page sent"] > 0, f"seed {seed}\n{report}"
