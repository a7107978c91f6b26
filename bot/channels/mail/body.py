"""Which parts of a mail are its words, and what they say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.mail.charset import decode
from bot.channels.mail.flowed import reflowed
from bot.channels.mail.letter import Attachment
from bot.channels.mail.markup import MOST_TAGS, Line, seen
from bot.channels.mail.parts import Part
from bot.channels.mail.quoted import MOST_LINES, Words, split_history
from bot.channels.mail.transfer import uuencoded_files

MOST_BYTES, LEAST_BYTES = 1_000_000, 10_000
"""Of a mail that are read as words; so many of each part, whatever the others hold."""
LEAST_LINES, LEAST_TAGS = 50, 100
MOST_PARTS = 20
"""Parts of a mail that are read as words."""
MOST_SIGNS = 400_000
MOST_FLOWED = 100_000
_HTML = frozenset({"text/html", "text/enriched", "text/richtext"})
_SAYS_NOTHING = re.compile("[\\s\xa0\u200b-\u200f\u2060\ufeff\u00ad]*")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Body:
    """The words of all body parts, and the files that stood uuencoded in them."""

    words: Words
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    lines: list[Line]
    files: tuple[Attachment, ...]
    is_html: bool

    @property
    def says_something(self) -> bool:
        return bool(self.files) or any(not _SAYS_NOTHING.fullmatch(line.text) for line in self.lines)

    @property
    def bare(self) -> str:
        return _BLANKS.sub("", "".join(line.text for line in self.lines))


@dataclass(slots=True)
class _Left:
    """How much more of the mail is read as words: what many parts hold together takes no longer than one."""

    parts: int = MOST_PARTS
    bytes: int = MOST_BYTES
    lines: int = MOST_LINES
    tags: int = MOST_TAGS


def read_body(tree: Part, is_reply: bool) -> Body:
    """The new words of the mail: of alternatives the plain one if it says anything; several parts are joined."""
    chosen = _without_twins(_chosen(tree, _Left()))
    found = [split_history(each.lines, is_reply) for each in chosen]
    return Body(
        Words(
            "\n".join(words.new for words in found if words.new),
            "\n".join(words.whole for words in found if words.whole),
            any(words.quoted for words in found),
        ),
        tuple(file for each in chosen for file in each.files),
    )


def _chosen(part: Part, left: _Left) -> list[_Read]:
    if not part.children:
        return [_read(part, left)] if part.is_words and left.parts else []
    options = [_chosen(child, left) for child in part.children]
    if part.type != "multipart/alternative":
        return [read for option in options for read in option]
    saying = [option for option in options if any(read.says_something for read in option)]
    plain = [option for option in saying if any(not read.is_html and read.says_something for read in option)]
    return next(iter(plain or saying), [])


def _read(part: Part, left: _Left) -> _Read:
    raw = part.beginning(max(left.bytes, LEAST_BYTES))
    left.parts, left.bytes = left.parts - 1, left.bytes - len(raw)
    charset = part.content_type.plain("charset")
    if part.type in _HTML:
        html = decode(raw, charset or _declared_inside(raw))
        page = seen(html, max(left.tags, LEAST_TAGS))
        left.tags -= html.count("<")
        return _Read(page, (), is_html=True)
    raw, files = uuencoded_files(raw)
    text = decode(raw, charset)[:MOST_SIGNS].replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    most = max(left.lines, LEAST_LINES)
    if part.content_type.plain("format").lower() == "flowed":
        text = "\n".join(text[:MOST_FLOWED].split("\n", most)[:most])
        lines = reflowed(text, part.content_type.plain("delsp").lower() == "yes")
    else:
        lines = [Line(line) for line in text.split("\n", most)[:most]]
    named = tuple(
        Attachment(re.split(r"[/\\]", decode(name))[-1], "application/octet-stream", each) for name, each in files
    )
    left.lines -= len(lines)
    return _Read(lines, named, is_html=False)


def _declared_inside(raw: bytes) -> str:
    """The charset that an HTML page gives itself, for a part without one."""
    found = re.search(rb"(?i)<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{1,40})", raw[:4_000])
    return found[1].decode("ascii", "ignore") if found else ""


def _without_twins(reads: Sequence[_Read]) -> list[_Read]:
    """HTML that says the same as a plain part beside it is the same text twice."""
    said = {read.bare for read in reads if not read.is_html}
    return [read for read in reads if read.says_something and not (read.is_html and read.bare in said)]
