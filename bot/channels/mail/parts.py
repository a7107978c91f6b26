"""The tree of MIME parts, read from the bytes themselves: every part keeps its exact bytes, and what is broken is
read as the parts evidently meant. Depth and number of parts are bounded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from bot.channels.mail.fields import Field, file_name, read_field
from bot.channels.mail.headers import Headers, split_head
from bot.channels.mail.transfer import decoded_body

DEEPEST = 12
MOST_PARTS = 200
BODY_TYPES = frozenset(
    {"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text", "text/", ""}
)
_DASHES = re.compile(rb"--([^\r\n]{1,200})\r?(?=\n|\Z)")
_BEHIND_MARK = re.compile(rb"(--)?[ \t]*\r*(?=\n|\Z)")
_OF_A_PART = re.compile(rb"content-[a-z-]{1,40}[ \t]*:", re.IGNORECASE)
_HEADER = re.compile(rb"[!-9;-~]{1,60}[ \t]*:|[ \t]")
_OUTSIDE = re.compile(rb"[ \t]*\r?$|content-|mime-version|[ \t]+[\w-]{1,40}=|.*\bmime\b|.*multi-?part", re.IGNORECASE)
"""A line above the first part that tells a reader nothing: empty, of a head that was torn off, or of a program that
explains itself."""
_MOST_ABOVE = 4_000
_MOST_TRIES = 300
_LOOKED_AT = 2_000_000
"""Bytes in which a boundary that nobody declared is looked for."""
_MOST_MARKS = 10_000
"""Lines that begin as the boundary does, and are looked at."""
_MOST_OF_ONE = 4
"""Bytes that a transfer encoding makes of one, at the most."""
_BAD_TYPE = re.compile(r"[\x00-\x20]")


@dataclass(slots=True)
class Part:
    """A part and those in it. `body` as sent; `children` empty for a leaf."""

    headers: Headers
    type: str
    content_type: Field
    disposition: Field
    body: bytes
    children: list["Part"] = field(default_factory=list)
    _content: bytes | None = None

    @property
    def encoding(self) -> str:
        """The declared transfer encoding."""
        raw = self.headers.raw("content-transfer-encoding").split(b";")[0].split(b"(")[0]
        return raw.strip(b" \t\"'").lower().decode("ascii", "ignore")

    @property
    def content(self) -> bytes:
        """The bytes behind the transfer encoding."""
        if self._content is None:
            self._content = decoded_body(self.body, self.encoding)
        return self._content

    def beginning(self, most: int) -> bytes:
        """So many bytes of the content, of a part that may be far longer."""
        return decoded_body(self.body[: most * _MOST_OF_ONE], self.encoding)[:most]

    @property
    def name(self) -> str:
        """The file name, "" without one."""
        return file_name(self.disposition, self.content_type)

    @property
    def is_words(self) -> bool:
        """Body text: an unnamed text part that is not declared an attachment."""
        return self.type in BODY_TYPES and self.disposition.value != "attachment" and not self.name

    def leaves(self) -> Iterator["Part"]:
        """The parts that hold something, in their order; an attached message is one."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


def read_parts(raw: bytes) -> Part:
    """The tree of a whole mail."""
    headers, body = split_head(raw, top=True)
    return _part(headers, body, 0, [0], "text/plain")


def _part(headers: Headers, body: bytes, depth: int, count: list[int], default: str) -> Part:
    count[0] += 1
    content_type = read_field(headers.raw("content-type"))
    kind = _BAD_TYPE.sub("", content_type.value) or default
    part = Part(headers, kind, content_type, read_field(headers.raw("content-disposition")), body)
    undeclared = depth == 0 and _may_hide_parts(part)
    if (not kind.startswith("multipart") and not undeclared) or depth >= DEEPEST:
        return part
    boundary = b"" if undeclared else _boundary(content_type)
    pieces = _pieces(body, boundary)
    if not pieces and (guessed := _evident(body, undeclared)):
        pieces = _pieces(body, guessed)
    if not pieces and part.encoding in ("base64", "quoted-printable") and not undeclared:
        part.body = decoded_body(body, part.encoding)
        pieces = _pieces(part.body, boundary)
    inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    for piece in pieces:
        if count[0] >= MOST_PARTS:
            break
        part.children.append(_part(*split_head(piece), depth + 1, count, inner))
    if part.children and undeclared:
        part.type = "multipart/mixed"
    if not part.children and kind.startswith("multipart"):
        part.type = "text/plain"
        part.body = _without_mark(part.body, boundary)
    return part


def _may_hide_parts(top: Part) -> bool:
    """Whether the mail does not say that it has parts, though it may: gateways take the header away, or write that
    all is plain text."""
    if not top.headers.has("content-type"):
        return True
    return top.type == "text/plain" and not top.name and top.encoding not in ("base64", "quoted-printable")


def _boundary(content_type: Field) -> bytes:
    told = dict(reversed(content_type.parameters)).get("boundary", b"").rstrip()
    return told or content_type.plain("boundary").encode("utf-8", "ignore")


def _pieces(body: bytes, boundary: bytes) -> list[bytes]:
    """What stands between the lines of the boundary; a missing last line ends with the body. Empty when there is no
    such line."""
    marks = list(islice(_marks(body, b"--" + boundary), MOST_PARTS)) if boundary else []
    pieces = []
    for number, (_, end, ends_all) in enumerate(marks):
        is_last = number + 1 == len(marks)
        if ends_all and is_last:
            break
        start = body.find(b"\n", end) + 1 or len(body)
        if ends_all and not _begins_part(body, start):
            continue
        pieces.append(body[start:] if is_last else body[start : max(start, _end_before(body, marks[number + 1][0]))])
    return pieces


def _marks(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """The lines that are the mark: where each begins and ends, and whether it says that it is the last."""
    at = 0
    for _ in range(_MOST_MARKS):
        if at or not body.startswith(mark):
            at = body.find(b"\n" + mark, max(0, at - 1)) + 1
            if not at:
                return
        end = at + len(mark)
        if found := _BEHIND_MARK.match(body, end):
            yield at, found.end(), bool(found[1])
        at = end


def _without_mark(body: bytes, boundary: bytes) -> bytes:
    """A body without parts is text; a boundary that only ends it is none of it."""
    mark = b"--" + boundary + b"--"
    return body.rstrip().removesuffix(mark) if boundary and body.rstrip().endswith(b"\n" + mark) else body


def _end_before(body: bytes, at: int) -> int:
    """Where the text before a boundary ends: the line break between them belongs to the boundary."""
    if body[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1 if body[at - 1 : at] == b"\n" else at


def _evident(body: bytes, undeclared: bool) -> bytes:
    """The boundary that the body itself shows: a line of two dashes above a header of a part. `undeclared`: by a mail
    that does not say that it has parts; where words stand above, it is text in which another mail is told."""
    at = 0
    for _ in range(_MOST_TRIES):
        found = _DASHES.match(body, at)
        if found and _begins_part(body, found.end() + 1):
            told = found[1].rstrip().removesuffix(b"--")
            return b"" if undeclared and _has_words(body[: body.find(b"--" + told)]) else told
        at = body.find(b"\n--", at, _LOOKED_AT) + 1
        if not at:
            break
    return b""


def _has_words(above: bytes) -> bool:
    """Whether what stands above the first part says something."""
    return any(not _OUTSIDE.match(line) for line in above[:_MOST_ABOVE].split(b"\n"))


def _begins_part(body: bytes, at: int) -> bool:
    """Whether headers stand there, and one of them is a part's."""
    for line in body[at : at + 2_000].split(b"\n", 8)[:8]:
        if _OF_A_PART.match(line):
            return True
        if not _HEADER.match(line):
            return False
    return False
