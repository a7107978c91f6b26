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
MOST_PARTS = 500
BODY_TYPES = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text", ""})
_DASHES = re.compile(rb"^--([^\r\n]{1,200})\r?$", re.MULTILINE)
_OF_A_PART = re.compile(rb"content-[a-z-]{1,40}[ \t]*:", re.IGNORECASE)
_HEADER = re.compile(rb"[!-9;-~]{1,60}[ \t]*:|[ \t]")
_MOST_TRIES = 300
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

    @property
    def encoding(self) -> str:
        """The declared transfer encoding."""
        raw = self.headers.raw("content-transfer-encoding").split(b";")[0].split(b"(")[0]
        return raw.strip(b" \t\"'").lower().decode("ascii", "ignore")

    @property
    def content(self) -> bytes:
        """The bytes behind the transfer encoding."""
        return decoded_body(self.body, self.encoding)

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
    undeclared = depth == 0 and not headers.has("content-type")
    if (not kind.startswith("multipart") and not undeclared) or depth >= DEEPEST:
        return part
    boundary = b"" if undeclared else _boundary(content_type)
    pieces = _pieces(body, boundary)
    if not pieces and (guessed := _evident(body)):
        pieces = _pieces(body, guessed)
    if not pieces and part.encoding in ("base64", "quoted-printable") and not undeclared:
        part.body = part.content
        pieces = _pieces(part.body, boundary)
    inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    for piece in pieces:
        if count[0] >= MOST_PARTS:
            break
        part.children.append(_part(*split_head(piece), depth + 1, count, inner))
    if part.children and undeclared:
        part.type = "multipart/mixed"
    if not part.children:
        part.type = "text/plain"
        part.body = _without_mark(part.body, boundary)
    return part


def _boundary(content_type: Field) -> bytes:
    told = dict(reversed(content_type.parameters)).get("boundary", b"").rstrip()
    return told or content_type.plain("boundary").encode("utf-8", "ignore")


def _pieces(body: bytes, boundary: bytes) -> list[bytes]:
    """What stands between the lines of the boundary; a missing last line ends with the body. Empty when there is no
    such line."""
    if not boundary:
        return []
    line = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r*$", re.MULTILINE)
    marks = list(islice(line.finditer(body), MOST_PARTS))
    pieces = []
    for number, mark in enumerate(marks):
        is_last = number + 1 == len(marks)
        if mark[1] and is_last:
            break
        start = body.find(b"\n", mark.end()) + 1 or len(body)
        piece = body[start:] if is_last else body[start : max(start, marks[number + 1].start())]
        if mark[1] and not _begins_part(piece, 0):
            continue
        pieces.append(piece if is_last else _without_end(piece))
    return pieces


def _without_mark(body: bytes, boundary: bytes) -> bytes:
    """A body without parts is text; a boundary that only ends it is none of it."""
    mark = b"--" + boundary + b"--"
    return body.rstrip().removesuffix(mark) if boundary and body.rstrip().endswith(b"\n" + mark) else body


def _without_end(piece: bytes) -> bytes:
    """The line break before a boundary belongs to the boundary."""
    return piece[:-2] if piece.endswith(b"\r\n") else piece.removesuffix(b"\n")


def _evident(body: bytes) -> bytes:
    """The boundary that the body itself shows: a line of two dashes above a header of a part."""
    for found in islice(_DASHES.finditer(body), _MOST_TRIES):
        if _begins_part(body, found.end() + 1):
            return found[1].rstrip().removesuffix(b"--")
    return b""


def _begins_part(body: bytes, at: int) -> bool:
    """Whether headers stand there, and one of them is a part's."""
    for line in body[at : at + 2_000].split(b"\n", 8)[:8]:
        if _OF_A_PART.match(line):
            return True
        if not _HEADER.match(line):
            return False
    return False
