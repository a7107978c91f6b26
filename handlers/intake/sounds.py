"""Names by their sound: the same syllables in other characters, 医煮 for 医嘱, or in letters, yizhu."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from handlers.intake.names import Entry, Hit, pairs

# A name, and a word for a function, of at most so many characters must sound exactly alike.
SHORT_NAME = 2
SHORT = 3

# What may stand right before and behind two characters that are to be heard as a name: 提供资料 is about no 工资.
_BEFORE = frozenset("的在是用我们科里上到把给个这那边师午早晚天区站室房法能和跟与及有没说问,。!?;:、")
_BEHIND = frozenset(
    "的里中上下打开登不没用进卡出停慢崩挂坏系窗界页模报点写录保提存查看显又还都也老全突闪死丢错失超连调找改删单在这那一怎是执传"
    "很太总为能可需有权端账帐数平软无断掉黑白空重点显故异反变,。!?;:、(~"
)


@dataclass(frozen=True, slots=True)
class SoundIndex:
    """Chinese names by how they sound, and by the first two sounds of one the `lengths` it can have, longest first."""

    names: Mapping[str, tuple[Entry, ...]]
    lengths: Mapping[str, tuple[int, ...]]


@cache
def _alike() -> dict[int, str]:
    """For `str.translate`: each character -> one that stands for all that sound as it does, so that what sounds alike
    is equal. The pairs that are mixed up in the south are one sound."""
    first: dict[str, str] = {}
    return {ord(character): first.setdefault(_southern(reading), character) for character, reading in _table().items()}


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
def sounds(word: str) -> str:
    """How a word sounds: as long as it is; a character that has no reading stands for itself."""
    return word.translate(_alike())


def typed(word: str) -> str:
    """A word as it is typed: the pinyin of its Chinese characters, its letters as they are, nothing between."""
    table = _table()
    return "".join(table.get(character, character if character.isalnum() else "") for character in word)


def sound_index(entries: Iterable[Entry]) -> SoundIndex:
    """The names that have Chinese characters only."""
    names: dict[str, list[Entry]] = {}
    lengths: dict[str, set[int]] = {}
    for entry in entries:
        if len(entry.word) >= 2 and all(character > "\u4dff" for character in entry.word):
            spoken = sounds(entry.word)
            names.setdefault(spoken, []).append(entry)
            lengths.setdefault(spoken[:2], set()).add(len(spoken))
    return SoundIndex(
        {spoken: tuple(alike) for spoken, alike in names.items()},
        {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()},
    )


def find_sounded(text: str, names: SoundIndex, taken: Sequence[Hit]) -> Iterator[Hit]:
    """Names by their sound; at least half of the characters must agree.

    What was found as it is written (`taken`) may only be a shorter part of one, 计财处 of 计财处公重号.
    """
    spoken = sounds(text)
    free = 0
    for start in [at for at, pair in enumerate(pairs(spoken)) if pair in names.lengths]:
        if start < free:
            continue
        found = _sounded_at(text, spoken, start, names)
        if found is not None and all(
            found.end <= hit.start or hit.end <= found.start or found.covers(hit) for hit in taken
        ):
            free = found.end
            yield found


def _sounded_at(text: str, spoken: str, start: int, names: SoundIndex) -> Hit | None:
    """The longest name that is heard here; of those that sound alike the one that is most alike as it is written."""
    for length in names.lengths[spoken[start : start + 2]]:
        end = start + length
        alike = names.names.get(spoken[start:end])
        if alike is None or end > len(text) or (length == SHORT_NAME and not _stands_apart(text, start, end)):
            continue
        written = text[start:end]
        best: list[tuple[int, Entry]] = []
        for entry in alike:
            stem = len(entry.word.removesuffix("系统"))
            same = sum(a == b for a, b in zip(written[:stem], entry.word, strict=False))
            if written != entry.word and same * 2 >= stem and _sounds_like(written, entry):
                best.append((same, entry))
        if best:
            most = max(same for same, _ in best)
            meant = either([entry for same, entry in best if same == most])
            return None if meant is None else Hit(start, end, meant, sounded=True)
    return None


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
