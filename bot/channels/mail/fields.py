"""Values with parameters: Content-Type and Content-Disposition. RFC 2231, RFC 2047 in parameters, and raw bytes."""

import re
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from urllib.parse import unquote_to_bytes

from bot.channels.mail.charset import decode
from bot.channels.mail.headers import CONTROL, words_of

MOST = 100
"""Parameters of a header that are read."""
_PARAMETER = re.compile(rb';\s*([^\s=;"]{1,60})\s*=\s*("(?:[^"\\]|\\.)*"(?=\s*(?:;|$))|"[^"]*"|[^;]*)')
_SECTION = re.compile(r"(.+?)\*(\d{1,4})(\*?)$")
_PERCENT = re.compile(rb"%[89A-Fa-f][0-9A-Fa-f]")
_PATH = re.compile(r"[/\\]")
_ESCAPED = re.compile(rb'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Field:
    """`value` in lower case without its parameters; these as bytes by their name, which may end in `*` or `*0*`."""

    value: str
    parameters: tuple[tuple[str, bytes], ...]
    whole: bytes

    def plain(self, name: str) -> str:
        """A parameter that is a word, such as charset; also where semicolon or quotes are missing."""
        if not self._may_tell(name):
            return ""
        if (told := self.text(name)) is not None:
            return told
        pattern = rb"(?i)(?:^|[\s;,/\"'])" + re.escape(name.encode()) + rb"\s*=\s*[\"']?([^\"';\s,]+)"
        found = re.search(pattern, self.whole)
        return decode(found[1]) if found else ""

    def text(self, name: str) -> str | None:
        """A parameter decoded: `name*` over its sections over `name` alone; None without it, or when it is empty."""
        if not self._may_tell(name):
            return None
        of_name = dict(reversed(self.parameters))
        if (extended := of_name.get(f"{name}*")) is not None and (told := _extended([(extended, True)])):
            return told
        if sections := _sections(self.parameters, name):
            told = _extended(sections)
            return (_plain(told.encode()) if "=?" in told else told) or None
        if (plain := of_name.get(name)) is not None:
            return _plain(plain) or None
        # Without the semicolon before it, a quoted value is still one.
        loose = re.search(rb"(?i)[\s,]" + re.escape(name.encode()) + rb'\s*=\s*"([^"]{1,500})"', self.whole)
        return (_plain(loose[1]) or None) if loose and not self.parameters else None

    def _may_tell(self, name: str) -> bool:
        """Whether the name stands in it at all: of most it does not."""
        return name.encode() in self.whole.lower()


def read_field(raw: bytes) -> Field:
    """A header's value and its parameters."""
    head, _, rest = raw.partition(b";")
    value = head.strip().strip(b"\"'").split(b" ")[0].strip(b",").lower()
    found = islice(_PARAMETER.finditer(b";" + rest), MOST)
    parameters = tuple((each[1].decode("ascii", "ignore").lower(), _unquoted(each[2])) for each in found)
    return Field(decode(value), parameters, raw)


def file_name(disposition: Field, content_type: Field) -> str:
    """The name of a part: filename over name, what follows the last `/` or `\\`, "" without any."""
    told = disposition.text("filename") or content_type.text("name") or disposition.text("name")
    told = told or content_type.text("filename") or ""
    name = _PATH.split(CONTROL.sub("", told))[-1].strip()
    return "" if name in (".", "..") else name


def _unquoted(raw: bytes) -> bytes:
    raw = raw.strip()
    if len(raw) > 1 and raw[:1] == raw[-1:] and raw[:1] in b"\"'":
        return _ESCAPED.sub(rb"\1", raw[1:-1])
    return raw.strip(b'"')


def _sections(parameters: tuple[tuple[str, bytes], ...], name: str) -> list[tuple[bytes, bool]]:
    """name*0*, name*1, … in the order of their numbers, each with whether it is percent-encoded."""
    found: dict[int, tuple[bytes, bool]] = {}
    for key, raw in parameters:
        if (section := _SECTION.match(key)) and section[1] == name:
            found.setdefault(int(section[2]), (raw, bool(section[3])))
    return [found[number] for number in sorted(found)]


def _extended(sections: list[tuple[bytes, bool]]) -> str:
    """charset'language'value, in sections; one without its apostrophes is the value alone."""
    charset, first = "", sections[0][0]
    if sections[0][1] and first.count(b"'") >= 2:
        label, _, first = first.split(b"'", 2)
        charset = label.decode("ascii", "ignore")
    pieces = [(first, sections[0][1]), *sections[1:]]
    # Joined first: there are senders that cut a section in the middle of a percent sign and its digits.
    runs = [(b"".join(raw for raw, _ in run), is_encoded) for is_encoded, run in groupby(pieces, key=itemgetter(1))]
    return decode(b"".join(unquote_to_bytes(raw) if is_encoded else raw for raw, is_encoded in runs), charset)


def _plain(raw: bytes) -> str:
    """A parameter without RFC 2231: encoded-words, percent signs as browsers send them, or bytes."""
    if b"=?" not in raw and _PERCENT.search(raw) and raw.isascii():
        bytes_meant = unquote_to_bytes(raw)
        try:
            return bytes_meant.decode("utf-8")
        except UnicodeDecodeError:
            return words_of(raw)
    return words_of(raw).strip()
