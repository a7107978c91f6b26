"""Names that a text misses by one slip of the pen. They are a question back, never an answer."""

from collections.abc import Iterable, Iterator, Sequence

from handlers.intake.lazy import Lazy
from handlers.intake.names import Entry, Hit

SHORTEST = 3
"""Of a Chinese name of three characters only two may have changed places."""
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

Near = dict[str, tuple[tuple[Entry, int], ...]]
"""Key -> names, each with how far its end is from where the key begins; 0: the key stands at the head."""


def near_index(entries: Iterable[Entry]) -> Near:
    """The names that are long enough, by pairs of their characters; Latin ones together."""
    buckets: dict[str, dict[tuple[Entry, int], None]] = {}
    for entry in entries:
        if entry.sort == "name" and len(entry.word) >= SHORTEST:
            for key, end in ((_LATIN, 0),) if entry.word.isascii() else _keys(entry.word):
                buckets.setdefault(key, {})[entry, end] = None
    return {key: tuple(bucket) for key, bucket in buckets.items()}


def _keys(word: str) -> Iterator[tuple[str, int]]:
    """Pairs of which one stands in whatever is one slip away from the word. 系统 at its end would find too many."""
    length = len(word)
    stem = length - len(_tail(word))
    if length > SHORTEST:
        yield word[:2], 0
        if stem > 2:
            yield word[stem - 2 : stem], length - stem + 2
    if stem == SHORTEST and stem < length:
        yield word[2:4], length - 2
    if stem <= SHORTEST:
        yield word[1] + word[0], 0
    if SHORTEST <= stem <= SHORTEST + 1:
        yield word[0] + word[2], 0


def _tail(word: str) -> str:
    return next((tail for tail in _TAILS if word.endswith(tail)), "")


def nearly_named(text: str, names: Near, taken: Sequence[Hit] = ()) -> tuple[str, tuple[str, ...]]:
    """The words that are one slip away from names, and the ids of those; nothing where it could be too many.

    What is part of a name that stands there (`taken`) is no slip for another.
    """
    found: dict[str, str] = {}
    text = text[:READ]
    for id, start, end in (*_latin(text, names), *_chinese(text, names)):
        if not any(hit.start <= start and end <= hit.end for hit in taken):
            found[id] = max(found.get(id, ""), text[start:end], key=len)
    if not 0 < len(found) <= MOST:
        return "", ()
    return " ".join(dict.fromkeys(found.values())), tuple(found)


def _latin(text: str, names: Near) -> Iterator[tuple[str, int, int]]:
    """A Latin name counts as a whole word."""
    for found in _WORD.finditer(text):
        if (written := found.group()) not in _OTHERS:
            for entry, _ in names.get(_LATIN, ()):
                if one_slip(written, entry.word):
                    yield entry.ids[0], *found.span()


def _chinese(text: str, names: Near) -> Iterator[tuple[str, int, int]]:
    for at in range(len(text) - 1):
        for entry, end in names.get(text[at : at + 2], ()):
            if (found := _written(text, at, end, entry.word)) is not None:
                yield entry.ids[0], *found


def _written(text: str, at: int, end: int, word: str) -> tuple[int, int] | None:
    """From where to where the stretch around a key is one slip away from the word."""
    length = len(word)
    for many in (length,) if length <= SHORTEST else (length, length - 1, length + 1):
        start, stop = (at + end - many, at + end) if end else (at, at + many)
        if start >= 0 and stop <= len(text) and one_slip(text[start:stop], word) and _tells(text, start, stop, word):
            return start, stop
    return None


def _tells(text: str, start: int, end: int, word: str) -> bool:
    """Whether it can be meant for the word.

    It holds no end of a clause, and no half of 系统: 系统登录 is no 统一登录. Of a short name before 系统 and the like
    the name itself must stand: 财务系统 is no slip for 教务系统.
    """
    written = text[start:end]
    if _BREAK.search(written) or "系统" in (text[max(0, start - 1) : start + 1], text[end - 1 : end + 1]):
        return False
    if len(word) <= SHORTEST:
        return sorted(written) == sorted(word)
    stem = word.removesuffix(_tail(word))
    return len(stem) >= SHORTEST or stem in written or sorted(stem) == sorted(written[: len(stem)])


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
