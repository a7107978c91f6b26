"""Which systems and departments a text names.

Names are looked up by their first two characters; of overlapping ones the leftmost and longest stands. Where nothing
is named as it is written, homophones are tried: the same syllables in other characters. What is then still one slip
away from a name (a wrong, missing, doubled or swapped character) is only a question: near.py.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Entry:
    """A name of the catalogue. `sort`: name, function, ambiguous, elsewhere or department; `ids` whom it may mean."""

    word: str
    sort: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A name found at [start, end) of the folded text. `sounded`: found by its sound, not by its characters."""

    start: int
    end: int
    entry: Entry
    sounded: bool = False


Index = dict[str, tuple[Entry, ...]]
# A name of at most so many characters must sound exactly alike.
SHORT = 3

SoundIndex = dict[tuple[str, str], tuple[tuple[tuple[str, ...], Entry], ...]]


def index(entries: Iterable[Entry]) -> Index:
    """Entries by the first two characters of their word, the longest first. Words of one character are left out."""
    buckets: dict[str, list[Entry]] = {}
    for entry in entries:
        if len(entry.word) >= 2:
            buckets.setdefault(entry.word[:2], []).append(entry)
    return {head: tuple(sorted(bucket, key=lambda entry: -len(entry.word))) for head, bucket in buckets.items()}


def _is_letter(character: str) -> bool:
    return "a" <= character <= "z"


def _stands_free(text: str, start: int, end: int) -> bool:
    """A Latin name must not be part of a longer Latin word."""
    if start and _is_letter(text[start]) and _is_letter(text[start - 1]):
        return False
    return not (end < len(text) and _is_letter(text[end - 1]) and _is_letter(text[end]))


def find(text: str, names: Index) -> list[Hit]:
    """The names in folded text, in their order; overlapping ones: the leftmost, the longest of those."""
    hits: list[Hit] = []
    free = 0
    get = names.get
    for start in range(len(text) - 1):
        if start < free or (bucket := get(text[start : start + 2])) is None:
            continue
        for entry in bucket:
            if text.startswith(entry.word, start) and _stands_free(text, start, start + len(entry.word)):
                free = start + len(entry.word)
                hits.append(Hit(start, free, entry))
                break
    return hits


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
    """zh/z, ch/c, sh/s and -ng/-n are one sound to many who write by it."""
    if reading[1:2] == "h":
        reading = reading[0] + reading[2:]
    return reading[:-1] if reading.endswith("ng") else reading


def sounds(word: str) -> tuple[str, ...]:
    """The readings of a word; a character that has none stands for itself."""
    readings = _readings()
    return tuple(readings.get(character, character) for character in word)


def sound_index(entries: Iterable[Entry]) -> SoundIndex:
    """Chinese names by their first two sounds. Of the functions only those of two characters or more count."""
    buckets: dict[tuple[str, str], list[tuple[tuple[str, ...], Entry]]] = {}
    for entry in entries:
        if len(entry.word) >= 2 and all(character > "\u4dff" for character in entry.word):
            spoken = sounds(entry.word)
            buckets.setdefault((spoken[0], spoken[1]), []).append((spoken, entry))
    return {head: tuple(sorted(bucket, key=lambda pair: -len(pair[0]))) for head, bucket in buckets.items()}


def _sounded_at(text: str, spoken: tuple[str, ...], start: int, names: SoundIndex) -> Hit | None:
    for wanted, entry in names.get((spoken[start], spoken[start + 1]), ()):
        end = start + len(wanted)
        if spoken[start:end] != wanted:
            continue
        stem = len(entry.word.removesuffix("系统"))
        same = sum(a == b for a, b in zip(text[start : start + stem], entry.word, strict=False))
        if same * 2 >= stem and (len(wanted) > SHORT or _sounds_exactly(text[start:end], entry.word)):
            return Hit(start, end, entry, sounded=True)
    return None


def _sounds_exactly(written: str, word: str) -> bool:
    """Whether the syllables agree as they stand: southern ones make another word of a short name (护士长)."""
    table = _table()
    return all(a == b or (a in table and table[a] == table.get(b)) for a, b in zip(written, word, strict=True))


def find_sounded(text: str, names: SoundIndex, taken: Iterable[Hit], shorter: Iterable[Hit] = ()) -> Iterator[Hit]:
    """Names by their sound; at least half of the characters must agree.

    They lie outside of what is `taken`. What is in `shorter` may only be part of one, 计财处 of 计财处公重号.
    """
    blocked = bytearray(len(text))
    for hit in taken:
        blocked[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
    held = [(hit.start, hit.end) for hit in shorter]
    spoken = sounds(text)
    free = 0
    for start in range(len(text) - 1):
        if start < free or blocked[start] or blocked[start + 1]:
            continue
        found = _sounded_at(text, spoken, start, names)
        if found is not None and not any(blocked[start : found.end]) and _covers(found, held):
            free = found.end
            yield found


def _covers(found: Hit, held: Iterable[tuple[int, int]]) -> bool:
    """Whether whatever it touches is a shorter part of it."""
    return all(
        end <= found.start
        or start >= found.end
        or (found.start <= start and end <= found.end and end - start < found.end - found.start)
        for start, end in held
    )
