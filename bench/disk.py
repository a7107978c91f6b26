"""How long the disk takes to promise that something is written."""

import os
import statistics
import tempfile
import time
from pathlib import Path


def fdatasync_ms(folder: Path, times: int = 200) -> tuple[float, float]:
    """Median and 99th percentile, in milliseconds, of fdatasync after a write of 4 KiB in `folder`."""
    taken: list[float] = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(times):
            os.write(file.fileno(), b"x" * 4096)
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=100)[98]
