"""python -m bench [reports|callbacks|mixed|clocks|worktime|figures|times] …: everything, or one part."""

import sys

from bench import callbacks, clocks, figures, mixed, reports, times, worktime

PARTS = {
    "reports": reports.main,
    "callbacks": callbacks.main,
    "mixed": mixed.main,
    "clocks": clocks.main,
    "worktime": worktime.main,
    "figures": figures.main,
    "times": times.main,
}


def main() -> None:
    """Run the parts that were named, or all of them."""
    named = sys.argv[1:2]
    if named and named[0] in PARTS:
        PARTS[named[0]](sys.argv[2:])
        return
    for part in PARTS.values():
        part(sys.argv[1:])


if __name__ == "__main__":
    main()
