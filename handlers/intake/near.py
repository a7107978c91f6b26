"""Names that a text misses by one slip of the pen. They are a question back, never an answer."""

from collections.abc import Iterable, Iterator, Sequence

from handlers.intake.lazy import Lazy
from handlers.intake.names import Entry, Hit

SHORTEST_CHINESE = 4
SHORTEST_LATIN = 3
MOST = 3
"""More systems than that are no question worth asking."""
READ = 300
"""A name that is misspelt stands near the beginning; nothing behind so many characters is looked at."""

_TAILS = ("系统", "平台", "软件", "程序", "模块")
# Latin words of their own that lie next to a name: this and has beside HIS, pcs beside PACS.
_OTHERS = frozenset(
    (
        "this", "has", "him", "hit", "hid", "was", "hip", "its", "pcs", "pass", "packs", "lis", "ris", "mis", "sis",
        "ids", "vip", "ups", "usb", "app", "pdf", "pos", "ecg", "eeg", "mri", "emp", "err", "ear", "her", "hers",
        "cts", "ics", "icu", "nicu", "ccu", "ent", "ssd", "sos", "cpu", "gps", "dns",
    )
)  # fmt: skip

_WORD = Lazy("[a-z]{3,12}")
_BREAK = Lazy(r"[,。!?;:、\s]")
_LATIN = ""

Near = dict[str, tuple[Entry, ...]]


def near_index(entries: Iterable[Entry]) -> Near:
    """The names that are long enough, by their first two characters and by their last two; Latin ones together."""
    buckets: dict[str, dict[Entry, None]] = {}
    for entry in entries:
        latin = entry.word.isascii()
        if entry.sort == "name" and len(entry.word) >= (SHORTEST_LATIN if latin else SHORTEST_CHINESE):
            for key in (_LATIN,) if latin else (entry.word[:2], entry.word[-2:]):
                buckets.setdefault(key, {})[entry] = None
    return {key: tuple(bucket) for key, bucket in buckets.items()}


def nearly_named(text: str, names: Near, taken: Sequence[Hit] = ()) -> tuple[str, tuple[str, ...]]:
    """The words that are one slip away from names, and the ids of those; nothing where it could be too many.

    What is part of a name that stands there (`taken`) is no slip for another.
    """
    found: dict[str, str] = {}
    text = text[:READ]
    for id, start, end in (*_latin(text, names), *_chinese(text, names)):
        if not any(hit.start <= start and end <= hit.end for hit in taken):
            found.setdefault(id, text[start:end])
    if not 0 < len(found) <= MOST:
        return "", ()
    return " ".join(dict.fromkeys(found.values())), tuple(found)


def _latin(text: str, names: Near) -> Iterator[tuple[str, int, int]]:
    """A Latin name counts as a whole word."""
    for found in _WORD.finditer(text):
        if (written := found.group()) not in _OTHERS:
            for entry in names.get(_LATIN, ()):
                if one_slip(written, entry.word):
                    yield entry.ids[0], *found.span()


def _chinese(text: str, names: Near) -> Iterator[tuple[str, int, int]]:
    for at in range(len(text) - 1):
        for entry in names.get(text[at : at + 2], ()):
            start, end = _written(text, at, entry.word)
            if end and _BREAK.search(text, start, end) is None:
                yield entry.ids[0], start, end


def _written(text: str, at: int, word: str) -> tuple[int, int]:
    """From where to where the stretch around `at` is one slip away from the word; zeros where none is."""
    heads = (at,) if text.startswith(word[:2], at) else ()
    ends = (at + 2,) if text.startswith(word[-2:], at) else ()
    for start, end in [*((head, head + len(word) + more) for head in heads for more in (0, -1, 1)),
                       *((last - len(word) - more, last) for last in ends for more in (0, -1, 1))]:  # fmt: skip
        if start >= 0 and end <= len(text) and one_slip(text[start:end], word) and _tells(text[start:end], word):
            return start, end
    return 0, 0


def _tells(written: str, word: str) -> bool:
    """Of a short name before 系统 and the like the name itself must stand: 财务系统 is no slip for 教务系统."""
    tail = next((tail for tail in _TAILS if word.endswith(tail)), "")
    stem = word.removesuffix(tail)
    return len(stem) >= SHORTEST_CHINESE - 1 or stem in written or sorted(stem) == sorted(written[: len(stem)])


def one_slip(written: Sequence[str], word: Sequence[str]) -> bool:
    """Whether one wrong, missing, doubled or swapped character lies between the two; False for equal ones."""
    if written == word or abs(len(written) - len(word)) > 1:
        return False
    same = 0
    while same < min(len(written), len(word)) and written[same] == word[same]:
        same += 1
    rest, wanted = written[same:], word[same:]
    if len(written) == len(word):
        return rest[1:] == wanted[1:] or (rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:])
    return rest[1:] == wanted if len(written) > len(word) else rest == wanted[1:]
