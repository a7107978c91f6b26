"""The header block of a mail or a part, and what its values say. RFC 5322, RFC 2047, and what is sent instead."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.channels.mail.charset import codec_of, decode

LONGEST_VALUE, LONGEST_OF_A_PART = 20_000, 4_000
"""Bytes of one header that are looked at, and of one that tells of a part; programs write shorter ones."""
MOST_HEADERS, MOST_OF_A_PART = 1_000, 100
MOST_BYTES = 200_000
"""Of all headers of a mail or part together; those behind are empty."""
MOST_LINES = 5_000
MOST_GUESSES = 50
"""Lines that are no header and are passed over, or taken for more of the one above."""
MOST_FOLDED = 200
"""Indented lines that are passed over to see whether headers follow."""
_AHEAD = 30
_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_EMPTY = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]{0,1000}+[\r\n]){0,1000}+")
_LINE_FEEDS = bytes.maketrans(b"\r", b"\n")
_MBOX = re.compile(rb">?From [^\s:]")
_CUT_NAME = re.compile(rb"[A-Za-z]+(?:-[A-Za-z]*)+")
_PARAMETER = re.compile(rb"\s*[\w*.-]{1,40}\s*=")
_WORD = re.compile(
    rb"=\?([^?\s]{1,60})\?(?:([bB])|[qQ])\?([^\r\n]{0,2000}?)\?=(?(2)|(?![0-9A-Fa-f]{2}[^\r\n?]{0,2000}\?=))|"
    rb"=\?([^?\s]{1,60})\?[bB]\?([\w+/]{2,})=*\s*$"
)
"""An encoded-word, and one in base64 whose end is missing. Letters may follow it at once; in one of the Q kind a
question mark that was not encoded may stand before an escape."""
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_SPACES = re.compile(r"[\t\r\n]+ *| ?[\t\r\n]+")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufeff\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069]")
KNOWN = frozenset(
    b"from to cc subject date sender message-id in-reply-to references received return-path reply-to "
    b"mime-version content-type "
    b"content-transfer-encoding content-disposition content-id content-description x-mailer "
    b"auto-submitted delivered-to "
    b"precedence user-agent x-priority dkim-signature authentication-results bcc resent-from x-qq-mid "
    b"x-originating-ip".split()
)
"""Names by which a block of headers is known to be one."""


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of a block in their order: names in lower case, values as bytes, unfolded."""

    fields: tuple[tuple[str, bytes], ...]

    def raw(self, name: str) -> bytes:
        """The first field of that name, b"" without one."""
        return next((value for key, value in self.fields if key == name), b"")

    def all(self, name: str) -> tuple[bytes, ...]:
        """Every field of that name."""
        return tuple(value for key, value in self.fields if key == name)

    def has(self, name: str) -> bool:
        """Whether there is one, be it empty."""
        return any(key == name for key, _ in self.fields)

    def text(self, name: str) -> str:
        """The first field of that name as a person reads it."""
        return decoded(self.raw(name))

    @property
    def are_known(self) -> bool:
        """Whether any of them is a header that mails have."""
        return any(key.encode() in KNOWN for key, _ in self.fields)


def split_head(raw: bytes, top: bool = False) -> tuple[Headers, bytes]:
    """The headers and the body below them. `top`: of a whole mail, which may begin with empty lines, a byte order
    mark or the line of an mbox. Lines that are no header are passed over when headers follow, else the body begins
    with them."""
    if _ends_in_returns(raw):
        raw = raw.replace(b"\r\n", b"\n").translate(_LINE_FEEDS)
    start = _start(raw) if top else 0
    fields: list[tuple[str, list[bytes]]] = []
    at = start
    most, guesses = MOST_HEADERS if top else MOST_OF_A_PART, 0
    for _ in range(MOST_LINES):
        if at >= len(raw) or len(fields) >= most or guesses > MOST_GUESSES:
            break
        end = raw.find(b"\n", at) + 1 or len(raw)
        line = raw[at:end]
        if not line.strip():
            if line.strip(b"\r\n") and fields and _go_on(raw, _behind_folded(raw, end)):
                at, guesses = end, guesses + 1
                continue
            return _headers(fields), raw[end:]
        if (found := _NAME.match(line)) and line[:1] not in b" \t":
            fields.append((found[1].decode("ascii").lower(), [line[found.end() :]]))
        elif fields and _continues(fields[-1][1][-1], line, raw, end):
            fields[-1][1].append(line)
            guesses += line[:1] not in b" \t"
        elif end == len(raw) and fields and _CUT_NAME.fullmatch(line):
            return _headers(fields), b""
        elif not _go_on(raw, end):
            return _headers(fields), raw[at:]
        else:
            guesses += 1
        at = end
    return _headers(fields), raw[at:]


def _ends_in_returns(raw: bytes) -> bool:
    """Whether lines end in carriage returns alone, as old Macintoshes write them; servers on the way put lines of their
    own above or below."""
    beginning = raw[:LONGEST_VALUE]
    for empty_line in (b"\n\n", b"\n\r\n"):
        head, feed, _ = beginning.partition(empty_line)
        beginning = head + feed[:1]
    feeds = beginning.count(b"\n")
    return beginning.count(b"\r") - beginning.count(b"\r\n") > feeds


def _start(raw: bytes) -> int:
    begins = _EMPTY.match(raw)
    at = begins.end() if begins else 0
    if _MBOX.match(raw, at):
        at = raw.find(b"\n", at) + 1 or len(raw)
    return at


def _continues(above: bytes, line: bytes, raw: bytes, end: int) -> bool:
    """Whether the line goes on with the header above it: indented, as it ought to be, or as broken programs do it."""
    if line[:1] in b" \t" or (above.rstrip().endswith(b";") and _PARAMETER.match(line)):
        return True
    return line[:1] in b'<"=' and _go_on(raw, end)


def _behind_folded(raw: bytes, at: int) -> int:
    """Where the indented lines end that begin there. Filters fold whole reports into a header, with lines of one space
    in them."""
    for _ in range(MOST_FOLDED):
        if raw[at : at + 1] not in (b" ", b"\t"):
            break
        at = raw.find(b"\n", at) + 1 or len(raw)
    return at


def _go_on(raw: bytes, at: int) -> bool:
    """Whether, before the next empty line, a header comes that is known as one."""
    for line in raw[at : at + 4_000].split(b"\n", _AHEAD)[:_AHEAD]:
        if not line.strip():
            return False
        if (found := _NAME.match(line)) and found[1].lower() in KNOWN:
            return True
    return False


def _headers(fields: list[tuple[str, list[bytes]]]) -> Headers:
    left, told = MOST_BYTES, []
    for name, lines in fields:
        most = LONGEST_OF_A_PART if name.startswith("content-") else LONGEST_VALUE
        value = b" ".join(line.strip() for line in lines)[: min(most, left)].strip()
        left -= len(value)
        told.append((name, value))
    return Headers(tuple(told))


def decoded(value: bytes) -> str:
    """The value as a person reads it: encoded-words decoded, white space between two of them gone, no control
    characters."""
    return CONTROL.sub("", _SPACES.sub(" ", words_of(value))).replace("\xa0", " ").strip()


def words_of(value: bytes) -> str:
    """The same with whatever stands in it."""
    return "".join(_pieces(value[:LONGEST_VALUE]))


def _pieces(value: bytes) -> Iterator[str]:
    """Plain stretches, and runs of encoded-words whose bytes are joined while their charset is the same."""
    at = 0
    run: list[tuple[str, str, bytes]] = []
    for found in _WORD.finditer(value):
        between = value[at : found.start()]
        if between.strip() or not run:
            yield from _run(run)
            run = []
            yield decode(between)
        charset, content = (found[1], found[3]) if found[1] is not None else (found[4], found[5])
        way = "q" if found[1] is not None and found[2] is None else "b"
        run.append((charset.decode("ascii", "ignore").split("*")[0].lower(), way, content))
        at = found.end()
    yield from _run(run)
    yield decode(value[at:])


def _run(run: list[tuple[str, str, bytes]]) -> Iterator[str]:
    """The text of adjacent encoded-words: their bytes are joined before they are decoded."""
    at = 0
    while at < len(run):
        charset, joined = run[at][0], bytearray()
        same = codec_of(charset)
        while at < len(run) and codec_of(run[at][0]) == same:
            way, content = run[at][1], run[at][2]
            # A sender that cut the base64 itself, not the text, left a piece that is no multiple of four.
            while way == "b" and at + 1 < len(run) and run[at + 1][1] == "b" and _is_cut(content):
                at += 1
                content = content.strip() + run[at][2]
            joined += _base64(content) if way == "b" else _q(content)
            at += 1
        yield decode(bytes(joined), charset)


def _is_cut(content: bytes) -> bool:
    stripped = content.strip()
    return len(stripped) % 4 != 0 and not stripped.endswith(b"=")


def _base64(content: bytes) -> bytes:
    kept = _NOT_BASE64.sub(b"", content)
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return b""


def _q(content: bytes) -> bytes:
    return _HEX.sub(lambda found: bytes.fromhex(found[1].decode()), content.replace(b"_", b" "))
