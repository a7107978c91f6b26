"""Names by their sound: the same syllables in other characters, 医煮 for 医嘱, or in letters, yizhu."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from handlers.intake.names import Entry, Hit

# A name, and a word for a function, of at most so many characters must sound exactly alike.
SHORT_NAME = 2
SHORT = 3

# What may stand right before and behind two characters that are to be heard as a name: 提供资料 is about no 工资.
_BEFORE = frozenset("的在是用我们科里上到把给个这那边师午早晚天区站室房法能和跟与及有没说问,。!?;:、")
_BEHIND = frozenset(
    "的里中上下打开登不没用进卡出停慢崩挂坏系窗界页模报点写录保提存查看显又还都也老全突闪死丢错失超连调找改删单在这那一怎是执传"
    "很太总为能可需有权端账帐数平软无断掉黑白空重点显故异反变,。!?;:、(~"
)

SoundIndex = dict[str, tuple[tuple[tuple[str, ...], Entry], ...]]


@cache
def _readings() -> dict[str, str]:
    """Character -> toneless reading, with the pairs that are mixed up in the south folded into one."""
    return {character: _southern(reading) for character, reading in _table().items()}


@cache
def _table() -> dict[str, str]:
    """Character -> toneless reading, as pinyin.txt has it."""
    from importlib.resources import files  # noqa: PLC0415 - ten milliseconds that only the first reading pays

    readings: dict[str, str] = {}
    table = files("handlers.intake").joinpath("pinyin.txt").read_text(encoding="utf-8")
    for line in table.splitlines():
        reading, _, characters = line.partition(" ")
        if reading != "#":
            readings |= dict.fromkeys(characters, reading)
    return readings


def _southern(reading: str) -> str:
    """zh/z, ch/c, sh/s, n/l and -ng/-n are one sound to many who write by it."""
    if reading[1:2] == "h":
        reading = reading[0] + reading[2:]
    if reading[0] == "n" and len(reading) > 1:
        reading = f"l{reading[1:]}"
    return reading[:-1] if reading.endswith("ng") else reading


@lru_cache(maxsize=2)
def sounds(word: str) -> tuple[str, ...]:
    """The readings of a word; a character that has none stands for itself."""
    readings = _readings()
    return tuple([readings.get(character, character) for character in word])


@lru_cache(maxsize=2)
def _heard(text: str) -> tuple[tuple[str, ...], list[str]]:
    """The readings of a text, and each with the one behind it."""
    spoken = sounds(text)
    return spoken, [one + other for one, other in pairwise(spoken)]


def typed(word: str) -> str:
    """A word as it is typed: the pinyin of its Chinese characters, its letters as they are, nothing between."""
    table = _table()
    return "".join(table.get(character, character if character.isalnum() else "") for character in word)


def sound_index(entries: Iterable[Entry]) -> SoundIndex:
    """Chinese names by their first two sounds."""
    buckets: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
    for entry in entries:
        if len(entry.word) >= 2 and all(character > "\u4dff" for character in entry.word):
            spoken = sounds(entry.word)
            buckets.setdefault(spoken[0] + spoken[1], []).append((spoken, entry))
    return {head: tuple(sorted(bucket, key=lambda pair: -len(pair[0]))) for head, bucket in buckets.items()}


def find_sounded(text: str, names: SoundIndex, taken: Sequence[Hit]) -> Iterator[Hit]:
    """Names by their sound; at least half of the characters must agree.

    What was found as it is written (`taken`) may only be a shorter part of one, 计财处 of 计财处公重号.
    """
    spoken, heard = _heard(text)
    free = 0
    for start in [at for at, pair in enumerate(heard) if pair in names]:
        if start < free:
            continue
        found = _sounded_at(text, spoken, start, names[heard[start]])
        if found is not None and all(
            found.end <= hit.start or hit.end <= found.start or found.covers(hit) for hit in taken
        ):
            free = found.end
            yield found


def _sounded_at(
    text: str, spoken: tuple[str, ...], start: int, bucket: Iterable[tuple[tuple[str, ...], Entry]]
) -> Hit | None:
    """The longest name that is heard here; of those that sound alike the one that is most alike as it is written."""
    best: list[tuple[int, Entry]] = []
    length = 0
    for wanted, entry in bucket:
        if len(wanted) < length:
            break
        end = start + len(wanted)
        if spoken[start:end] != wanted or text[start:end] == entry.word:
            continue
        if len(wanted) == 2 and not _stands_apart(text, start, end):
            continue
        stem = len(entry.word.removesuffix("系统"))
        same = sum(a == b for a, b in zip(text[start : start + stem], entry.word, strict=False))
        if same * 2 >= stem and _sounds_like(text[start:end], entry):
            best.append((same, entry))
            length = len(wanted)
    if not best:
        return None
    most = max(same for same, _ in best)
    meant = either([entry for same, entry in best if same == most])
    return None if meant is None else Hit(start, start + length, meant, sounded=True)


def either(entries: Sequence[Entry]) -> Entry | None:
    """One entry for several that cannot be told apart: open where they are of several systems, 病理系统 and 病历系统.

    None where nobody is asked: for departments, and where one of them is of no system of ours.
    """
    first = entries[0]
    if all(entry.ids == first.ids for entry in entries):
        return first
    if not all(entry.ids for entry in entries) or any(entry.sort == "department" for entry in entries):
        return None
    return Entry(first.word, "ambiguous", tuple(dict.fromkeys(id for entry in entries for id in entry.ids)))


def _stands_apart(text: str, start: int, end: int) -> bool:
    """Whether two characters are likely a word of their own, and no ends of two others."""
    before, behind = text[start - 1 : start] if start else "", text[end : end + 1]
    return all(near <= "\u4dff" or near in likely for near, likely in ((before, _BEFORE), (behind, _BEHIND)))


def _sounds_like(written: str, entry: Entry) -> bool:
    """A short name must sound exactly alike: in the south 护士长 is 护士站. A department keeps its last character.

    室, 科 and 部 sound like 是, 可 and 不, which follow on anything.
    """
    if entry.sort == "department" and written[-1] != entry.word[-1]:
        return False
    if len(written) > (SHORT_NAME if entry.sort == "name" else SHORT):
        return True
    table = _table()
    return all(a == b or (a in table and table[a] == table.get(b)) for a, b in zip(written, entry.word, strict=True))
