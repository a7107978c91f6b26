"""Writes handlers/intake/pinyin.txt, the readings by which intake knows a name that is written by its sound.

`make pinyin`. pypinyin is at hand while one develops, not where the product runs: the table is committed, and a test
holds it against what this writes.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from pypinyin import Style, lazy_pinyin

TABLE = Path(__file__).parents[1] / "handlers" / "intake" / "pinyin.txt"
HEAD = (
    "# Characters of GB 2312 by their toneless reading, one reading a line. Written by `make pinyin`, never by hand.\n"
)


def characters() -> Iterator[str]:
    """The 6,763 characters of GB 2312, the frequent ones first."""
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                yield bytes((row, cell)).decode("gb2312")
            except UnicodeDecodeError:  # the end of a row that is not full
                continue


def table() -> str:
    """The text of the table."""
    readings: defaultdict[str, list[str]] = defaultdict(list)
    for character in characters():
        # Style.NORMAL leaves the tone out; ü is written v, as it is typed.
        readings[lazy_pinyin(character, style=Style.NORMAL)[0]].append(character)
    return HEAD + "".join(f"{reading} {''.join(readings[reading])}\n" for reading in sorted(readings))


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    sys.stdout.write(f"{TABLE.name}: {sum(1 for _ in characters())} characters\n")
