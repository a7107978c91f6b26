"""Names that a text misses by one slip of the pen. They are a question back, never an answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from handlers.intake.lazy import Lazy
from handlers.intake.names import Entry, Hit, pairs

SHORTEST = 3
"""Of a Chinese name of three characters only two may have changed places."""
MOST = 3
"""More systems than that are no question worth asking."""
READ = 300
"""A name that is misspelt stands near the beginning; nothing behind so many characters is looked at."""

SHORTEST_FUNCTION = 4
_HALVES = ("系统", "统计")
_TAILS = ("系统", "平台", "软件", "程序", "模块")
# Latin words of their own that lie next to a name: this and has beside HIS, pcs beside PACS.
_OTHERS = frozenset(
    (
        "this", "has", "him", "hit", "hid", "was", "hip", "its", "pcs", "pass", "packs", "lis", "ris", "mis", "sis",
        "ids", "vip", "ups", "usb", "app", "pdf", "pos", "ecg", "eeg", "mri", "emp", "err", "ear", "her", "hers",
        "pls", "iso", "xls", "hrs", "tls", "ssl", "cts", "ics", "icu", "nicu", "ccu", "ent", "ssd", "sos", "cpu", "gps",
        "dns",
    )
)  # fmt: skip

_WORD = Lazy("[a-z]{3,12}")
_BREAK = Lazy(r"[,。!?;:、\s]")


@dataclass(frozen=True, slots=True)
class Key:
    """A name that a pair of characters calls up: `end`, how far its end is from where that begins; 0: it is the head.

    `most`: the word without its `last` character; `tail`: the word from the pair on.
    """

    entry: Entry
    word: str
    end: int
    most: str
    last: str
    tail: str


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Names by the pairs of characters that call them up."""

    keys: Mapping[str, tuple[Key, ...]]


def near_index(entries: Iterable[Entry]) -> Near:
    """The names that are long enough, by pairs of their characters; Latin ones together."""
    buckets: dict[str, dict[Key, None]] = {}
    for entry in entries:
        if len(entry.word) >= SHORTEST if entry.sort == "name" else _is_noun(entry):
            for pair, end in _latin_keys(entry.word) if entry.word.isascii() else _keys(entry.word):
                buckets.setdefault(pair, {})[_key(entry, end)] = None
    return Near({pair: tuple(bucket) for pair, bucket in buckets.items()})


@lru_cache(maxsize=256)
def around(names: Near, word: str) -> Near:
    """The names that a text can miss by one slip where this word stands in it: half of the word, or the word with two
    characters swapped, is in the name."""
    half = len(word) // 2
    swapped = word[: half - 1] + word[half : half + 1] + word[half - 1 : half] + word[half + 1 :]
    parts = (word[:half], word[half:], swapped) if half else ("",)
    found = {
        pair: tuple(key for key in keys if any(part in key.word for part in parts)) for pair, keys in names.keys.items()
    }
    return Near({pair: keys for pair, keys in found.items() if keys})


def _key(entry: Entry, end: int) -> Key:
    word = entry.word
    return Key(entry, word, end, word[:-1], word[-1], word[-end:])


def _latin_keys(word: str) -> Iterator[tuple[str, int]]:
    """Its first or its last letter stands, and it is at most one letter longer or shorter."""
    for length in (len(word) - 1, len(word), len(word) + 1):
        yield f"{length}{word[0]}", 0
        yield f"{length}{word[-1]}", 0


def _is_noun(entry: Entry) -> bool:
    """Whether it is a longer word for a function, and no phrase: of 收不到费, 收不到 is in too many mouths."""
    word = entry.word
    return entry.sort == "function" and len(word) >= SHORTEST_FUNCTION and not word.isascii() and "不" not in word


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

    What is part of a name that stands there (`taken`) is no slip for another. A function counts where nothing else
    is named.
    """
    found: dict[str, str] = {}
    text = text[:READ]
    for entry, start, end in (*_latin(text, names, taken), *_chinese(text, names)):
        slip = Hit(start, end, entry)
        if entry.sort == "function" and not (
            all(slip.covers(hit) for hit in taken) and (taken or _same_characters(slip, text))
        ):
            continue
        if any(slip.covers(hit) and _is_meant(hit.entry, entry) for hit in taken):
            continue
        if not any(hit.start <= start and end <= hit.end for hit in taken):
            found[entry.ids[0]] = max(found.get(entry.ids[0], ""), text[start:end], key=len)
    if not 0 < len(found) <= MOST:
        return "", ()
    return " ".join(dict.fromkeys(found.values())), tuple(found)


def _is_meant(named: Entry, slip: Entry) -> bool:
    """Whether a name stands for itself, and is no slip in a longer one: 医嘱审核 is not 医保审核.

    Letters are, and a word for a function, where they are no part of the longer name.
    """
    stands = named.word.isascii() if named.sort == "name" else named.sort == "function"
    return stands and named.word not in slip.word


def _same_characters(slip: Hit, text: str) -> bool:
    """Whether one is too many, missing or in the wrong place; with another one 入院时间 is no 入职时间."""
    word, written = slip.entry.word, text[slip.start : slip.end]
    return len(word) != len(written) or sorted(word) == sorted(written)


def _latin(text: str, names: Near, taken: Sequence[Hit]) -> Iterator[tuple[Entry, int, int]]:
    """A Latin name counts as a whole word."""
    for found in _WORD.finditer(text):
        written = found.group()
        if written in _OTHERS or any(hit.start <= found.start() < hit.end for hit in taken):
            continue
        length = len(written)
        for key in (*names.keys.get(f"{length}{written[0]}", ()), *names.keys.get(f"{length}{written[-1]}", ())):
            if one_slip(written, key.word):
                yield key.entry, *found.span()


def _chinese(text: str, names: Near) -> Iterator[tuple[Entry, int, int]]:
    for at in [at for at, pair in enumerate(pairs(text)) if pair in names.keys]:
        for key in names.keys[text[at : at + 2]]:
            # A look at the other end of the word, which most places do not pass: it stands there, or is the slip.
            if key.end:
                likely = text.startswith(key.tail, at) and _may_begin(text, at + key.end - len(key.word), key.word)
            else:
                last = at + len(key.word)
                likely = key.last in text[last - 2 : last + 1] or text.startswith(key.most, at)
            if likely and not text.startswith(key.word, at) and (found := _written(text, at, key)) is not None:
                yield key.entry, *found


def _may_begin(text: str, first: int, word: str) -> bool:
    """Whether a word whose end stands there begins near `first`, or its first character is the slip."""
    return word[0] in text[max(0, first - 1) : max(0, first + 2)] or text.startswith(word[1:], max(0, first + 1))


def _written(text: str, at: int, key: Key) -> tuple[int, int] | None:
    """From where to where the stretch around a key is one slip away from the word."""
    found = _from_end(text, at + key.end, key.word) if key.end else _from_head(text, at, key.word)
    for span in found:
        if span[0] >= 0 and _tells(text, *span, key.word):
            return span
    return None


def _from_head(text: str, at: int, word: str) -> Iterator[tuple[int, int]]:
    """The stretches from `at` on that are one slip away: another or swapped character, one less, one more."""
    length = len(word)
    same = 0
    while same < length and text.startswith(word[same], at + same):
        same += 1
    slip, rest = at + same, word[same + 1 :]
    if same == length or slip == len(text):
        return
    if text.startswith(rest, slip + 1) or (rest and text.startswith(rest[0] + word[same] + rest[1:], slip)):
        yield at, at + length
    if text.startswith(rest, slip):
        yield at, at + length - 1
    if text.startswith(word[same:], slip + 1):
        yield at, at + length + 1


def _from_end(text: str, stop: int, word: str) -> Iterator[tuple[int, int]]:
    """The same of the stretches that end at `stop`."""
    length = len(word)
    same = 0
    while same < length and stop > same and text[stop - 1 - same] == word[length - 1 - same]:
        same += 1
    slip, rest = stop - same, word[: length - 1 - same]
    if same == length:
        return
    if (slip and text.endswith(rest, 0, slip - 1)) or (
        rest and text.endswith(rest[:-1] + word[len(rest)] + rest[-1], 0, slip)
    ):
        yield stop - length, stop
    if text.endswith(rest, 0, slip):
        yield stop - length + 1, stop
    if slip and text.endswith(word[: len(rest) + 1], 0, slip - 1):
        yield stop - length - 1, stop


def _tells(text: str, start: int, end: int, word: str) -> bool:
    """Whether it can be meant for the word.

    It is not the word with something beside it. It holds no end of a clause, and no half of 系统: 系统登录 is no
    统一登录. Of a short name before 系统 and the like the name itself must stand: 财务系统 is no slip for 教务系统.
    """
    written = text[start:end]
    if word in written:
        return False
    if _BREAK.search(written) or text[max(0, start - 1) : start + 1] == "系统" or text[end - 1 : end + 1] in _HALVES:
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
