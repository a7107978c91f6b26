"""New words and history told apart, wherever the history stands: below, above, or between the answers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.mail import intros
from bot.channels.mail.markup import Line
from bot.channels.mail.quote_marks import Mark

MOST_LINES = 3_000
"""Lines of a body that are read; nobody writes more by hand."""
MOST_INTRODUCTIONS = 100
"""Introductions between which answers are looked for; below so many all is history."""
_QUOTE = re.compile(r"^\s{0,3}(?:[>＞]|&gt;)")
_NUMBERED = re.compile(r"^\s{0,3}(?:[>＞]|&gt;){1,2}=?\s*\d++(?![.、)）](?!\d))")
_TOLD = re.compile(r"^>>> (?:RCPT|MAIL|DATA|EHLO|HELO|QUIT|RSET|STARTTLS)\b")
_OWN = re.compile(rf"^>+From |{_TOLD.pattern}|^>>> .{{1,150}} >>>\s*$")
_END_OF_DATA = re.compile(r"^>>> \.$")
"""Lines that only look like a quotation: of an mbox, of a mail server that tells what it said, and what GroupWise
writes above one."""
_BARRED = re.compile(r"^\s{0,3}\|\s*[^\s|](?!.*\|\s*$)")
_LEFT_OUT = re.compile(r"^\s*(?:\[?(?:\.{3,}|…+)\]?|[\[<]\s?(?:snip|cut|略|省略)(?:\.{3})?\s?[\]>])\s*$", re.IGNORECASE)
"""What stands for history that was left out."""
_WRAPPED, _WRAPPED_REST = 60, 40
"""Signs of a quoted line that a program wrapped once more, and of the rest that fell out of the quotation by it."""
_BEGINS_SMALL = re.compile(r"^[a-z][^.!?]*$")
_ENDS = re.compile(r"[.!?:;)。！？：；）…]\s*$")
_SIGNATURE = "-- "
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Words:
    """`new` what this mail says; `whole` with its history; `quoted` whether there was any."""

    new: str
    whole: str
    quoted: bool


def split_history(lines: Sequence[Line], is_reply: bool) -> Words:
    """The new words of one body. `is_reply`: the mail answers or forwards another, which decides what a `>` may
    mean."""
    lines = _without_false_rest(lines[:MOST_LINES])
    texts = [_INVISIBLE.sub("", line.text).replace("\xa0", " ").replace("&nbsp;", " ") for line in lines]
    quotes = _quotes(lines, texts, is_reply)
    kept: list[str] = []
    quoted = signed = is_seam = False
    at = introduced = 0
    while at < len(lines):
        if lines[at].mark is Mark.REST:
            _drop_lead(kept)
            quoted = True
            break
        if quotes[at]:
            if lines[at].mark is Mark.HISTORY and not is_seam and _begins_rest(texts, quotes, at):
                _drop_lead(kept)
                quoted = True
                break
            if kept and not signed:
                _drop_intro(kept)
            quoted = True
            while kept and not kept[-1]:
                kept.pop()
            kept.append("")
            is_seam = True
            at += 1
            continue
        if (flat := intros.flat_at(texts[at])) >= 0:
            if not signed:
                kept.append(texts[at][:flat].rstrip())
            quoted = True
            break
        end = _intro_end(texts, at)
        following = next((n for n in range(end, len(texts)) if texts[n].strip()), None) if end else None
        is_bare = not is_reply and not any(kept) and following is not None and not quotes[following]
        is_log = not is_reply and intros.is_log(texts[at:end])
        is_block = end and (intros.block_end(texts, at) or intros.stacked_end(texts, at))
        if is_block and (is_bare or is_log):
            # Nothing is answered, and nothing stands above, or no program wrote these lines: it is a form.
            kept += [text.rstrip() for text in texts[at:end]]
            at = end
            continue
        if end:
            _drop_lead(kept)
            quoted = True
            introduced += 1
            if following is None or introduced > MOST_INTRODUCTIONS or intros.is_forward(texts[at][:200]):
                break
            if not quotes[following] and not _answers_below(texts, at, kept):
                break
            at = following
            continue
        if texts[at] == _SIGNATURE:
            signed = True
        is_seam = is_seam and not texts[at].strip()
        if not signed and not is_seam:
            kept.append(texts[at].rstrip())
        at += 1
    return Words(_tidy(kept), _tidy([text.rstrip() for text in texts]), quoted)


def _without_false_rest(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines without marks of REST where these begin with the author's words: programs take the element over into
    what is written next."""
    begun = [line.text for line in lines if line.mark is Mark.REST and line.text.strip()][:3]
    if not begun or any(intros.heads(text) for text in begun):
        return lines
    return [Line(line.text, Mark.NONE, line.is_own) if line.mark is Mark.REST else line for line in lines]


def _tidy(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip()


def _quotes(lines: Sequence[Line], texts: Sequence[str], is_reply: bool) -> list[bool]:
    """Which lines are history by themselves."""
    found = [_is_quote(line, text, is_reply) for line, text in zip(lines, texts, strict=True)]
    if not is_reply:
        _unquote_comparisons(texts, found)
    _quote_introduced(lines, texts, found)
    _quote_between(texts, found)
    return found


def _quote_between(texts: Sequence[str], found: list[bool]) -> None:
    """What stands right at a quotation and belongs to it: dots for what was left out, the rest of a line that was
    wrapped, and the end of data in mails that are no mail server's."""
    is_told = any(_TOLD.match(text) for text in texts)
    said = [number for number, text in enumerate(texts) if text.strip()]
    for above, number, below in zip([None, *said], said, [*said[1:], None], strict=False):
        text = texts[number]
        if found[number] or len(text) > _WRAPPED_REST:
            continue
        is_at = (above is not None and found[above], below is not None and found[below])
        if (any(is_at) and _LEFT_OUT.match(text)) or (not is_told and _END_OF_DATA.match(text)):
            found[number] = True
        elif all(is_at) and above == number - 1 and below == number + 1 and _BEGINS_SMALL.match(text):
            found[number] = len(texts[above]) >= _WRAPPED and not _ENDS.search(texts[above])


def _is_quote(line: Line, text: str, is_reply: bool) -> bool:
    if line.mark is Mark.HISTORY or (line.mark is Mark.PERHAPS and is_reply):
        return True
    return bool(_QUOTE.match(text)) and not _OWN.match(text) and not _END_OF_DATA.match(text) and not line.is_own


def _unquote_comparisons(texts: Sequence[str], found: list[bool]) -> None:
    """ ">5 minutes" in a mail that answers nothing is a comparison, unless it stands in a quotation or is numbered, as
    "> 1. " is."""
    for number, text in enumerate(texts):
        if found[number] and _NUMBERED.match(text):
            before = number and found[number - 1]
            behind = number + 1 < len(texts) and found[number + 1] and not _NUMBERED.match(texts[number + 1])
            found[number] = bool(before or behind)


def _quote_introduced(lines: Sequence[Line], texts: Sequence[str], found: list[bool]) -> None:
    """A plain <blockquote> below an introducing line is history also in a mail that does not say that it answers. So
    are lines behind a bar, which is no border of a table."""
    above, is_open = "", False
    for number, line in enumerate(lines):
        is_barred = _BARRED.match(texts[number]) and (is_open or intros.says_who(above) or intros.is_divider(above))
        if line.mark is Mark.PERHAPS or is_barred:
            is_open = is_open or intros.introduces(above) or bool(above and intros.is_divider(above))
            found[number] = found[number] or is_open
        elif texts[number].strip():
            above, is_open = texts[number], False


def _intro_end(texts: Sequence[str], at: int) -> int:
    """Where introducing lines that begin here end; 0 when none do."""
    text = texts[at]
    if not text.strip():
        return 0
    if intros.is_divider(text) or intros.is_heading(text):
        following = next((n for n in range(at + 1, min(at + 6, len(texts))) if texts[n].strip()), None)
        if following is None:
            return at + 1 if intros.is_divider(text) else 0
        block = intros.block_end(texts, following, after_divider=True)
        if not block and intros.is_divider(text) and not intros.is_forward(text):
            block = intros.attribution_end(texts, following)
        return block or (at + 1 if intros.is_divider(text) else 0)
    return intros.block_end(texts, at) or intros.attribution_end(texts, at) or intros.stacked_end(texts, at)


def _answers_below(texts: Sequence[str], at: int, kept: Sequence[str]) -> bool:
    """Whether what follows an introduction is the answer, though no quotation comes first: the mail begins with the
    introduction. Its author took out what was quoted, or wrote above it; nobody sends an answer without a word."""
    return not any(line.strip() for line in kept) and bool(intros.attribution_end(texts, at))


def _begins_rest(texts: Sequence[str], quotes: Sequence[bool], at: int) -> bool:
    """Whether history begins there that goes on below what is marked as such: a forward, or a block of headers that
    alone is marked."""
    if intros.begins_forward(texts[at]):
        return True
    end = intros.block_end(texts, at)
    following = next((n for n in range(end, len(texts)) if texts[n].strip()), None) if end else None
    return following is not None and not quotes[following]


def _drop_lead(kept: list[str]) -> None:
    """Rules and headings right above an introduction belong to it."""
    while kept and (not kept[-1].strip() or intros.is_lead(kept[-1])):
        kept.pop()


def _drop_intro(kept: list[str]) -> None:
    """The line right above a quotation goes if it introduces it."""
    last = next((n for n in range(len(kept) - 1, max(-1, len(kept) - 4), -1) if kept[n].strip()), None)
    if last is None:
        return
    if intros.introduces(kept[last]) or intros.is_divider(kept[last]):
        del kept[last:]
        _drop_lead(kept)
