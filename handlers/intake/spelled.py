"""Names that are all there, only not as one word: P ACS, 电子 病历, 超声的系统, dianzibingli."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from handlers.intake.lazy import Lazy
from handlers.intake.names import Entry, Hit, Index, find
from handlers.intake.sounds import either, typed

SHORTEST_TYPED = 5
"""Pinyin of fewer letters is as likely another word."""
SHORTEST_INITIALS = 4
"""Of names in …系统 one more: too many end in xt, and one letter makes another system of them."""
MOST_PIECES = 20
READ = 600
"""Behind so many characters nothing is looked for."""

_TAILS = ("系统", "平台", "软件")
_TAIL = Lazy("科?(?:[这那](?:边|里))?(?:的|那个|这个|那套)?(?:系统|平台|软件|程序|客户端)", quick=True)
_GAP = Lazy("(?<=[\u4e00-\u9fff])(?:[ \u00b7._-]{1,3}|的)(?=[\u4e00-\u9fff])")
_PIECES = Lazy("[a-z]+(?:[ .'-][a-z]+)*")
_PIECE = Lazy("[a-z]+")

Typed = Mapping[str, Entry]


def typed_index(entries: Iterable[Entry]) -> Typed:
    """Names by the letters one would type for them: pinyin, and the initials of systems (cszqp)."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        letters = typed(entry.word)
        if letters.isascii() and len(letters) >= (2 if entry.word.isascii() else SHORTEST_TYPED):
            found.setdefault(letters, []).append(entry)
        least = SHORTEST_INITIALS + entry.word.endswith(_TAILS)
        if entry.sort == "name" and len(entry.word) >= least and entry.word > "\u4dff":
            found.setdefault("".join(typed(character)[:1] for character in entry.word), []).append(entry)
    return {letters: meant for letters, alike in found.items() if (meant := either(alike)) is not None}


def stems(entries: Iterable[Entry]) -> Iterator[Entry]:
    """What stands before 系统 in the names."""
    for entry in entries:
        for tail in _TAILS:
            stem = entry.word.removesuffix(tail)
            if len(stem) >= 2 and stem != entry.word:
                yield Entry(stem, entry.sort, entry.ids)


def find_stems(text: str, names: Index) -> Iterator[Hit]:
    """超声的系统, 预约那个软件: the name of a system with something between it and its last word, or another one."""
    if _TAIL.search(text) is None:
        return
    for hit in find(text, names):
        if (tail := _TAIL.match(text, hit.end)) is not None:
            yield Hit(hit.start, tail.end(), hit.entry)


def find_parted(text: str, names: Index) -> Iterator[Hit]:
    """Chinese names with blanks, hyphens, points or 的 between their characters: 财务处的公众号."""
    whole, kept = _without_gaps(text[:READ])
    for hit in find(whole, names):
        start, end = kept[hit.start], kept[hit.end - 1] + 1
        long_enough = hit.entry.sort != "function" or len(hit.entry.word) > 2
        if end - start > len(hit.entry.word) and long_enough:
            yield Hit(start, end, hit.entry)


@lru_cache(maxsize=2)
def _without_gaps(text: str) -> tuple[str, list[int]]:
    """The text with nothing between Chinese characters, and where each of its characters stood; "" without gaps."""
    kept: list[int] = []
    end = 0
    for found in _GAP.finditer(text):
        kept += range(end, found.start())
        end = found.end()
    if not end:
        return "", kept
    kept += range(end, len(text))
    return "".join([text[at] for at in kept]), kept


def find_typed(text: str, names: Typed, *, chinese: bool) -> Iterator[Hit]:
    """Names in letters: pinyin, in one or in pieces, and Latin names in pieces.

    In a text without Chinese the pieces of a Latin name must be single letters: his is not in "h is".
    """
    for run in _PIECES.finditer(text, 0, READ):
        pieces = [piece.span() for piece in _PIECE.finditer(text, *run.span())]
        if len(pieces) == 1 and pieces[0][1] - pieces[0][0] < SHORTEST_INITIALS:
            continue
        at = 0
        while at < len(pieces):
            found = _typed_at(text, pieces[at : at + MOST_PIECES], names, chinese=chinese)
            if found is not None:
                yield found[0]
            at += 1 if found is None else found[1]


def _typed_at(text: str, pieces: list[tuple[int, int]], names: Typed, *, chinese: bool) -> tuple[Hit, int] | None:
    """The longest name that begins with the first piece, and of how many pieces it is."""
    words = [text[start:end] for start, end in pieces]
    for count in range(len(pieces), 0, -1):
        letters = "".join(words[:count])
        entry = names.get(letters) if len(letters) > 2 or len(pieces) == 2 else None
        if entry is None or (count == 1 and entry.word.isascii()):
            continue
        if not entry.word.isascii() or chinese or all(len(word) == 1 for word in words[:count]):
            return Hit(pieces[0][0], pieces[count - 1][1], entry), count
    return None
