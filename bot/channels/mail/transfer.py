"""What Content-Transfer-Encoding hides. What can be decoded counts; an unknown encoding is taken as it stands."""

import base64
import binascii
import re
from itertools import islice

from bot.channels.mail.charset import decode

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_REGULAR = _ALPHABET + b"\r\n"
_FOREIGN = bytes(sign for sign in range(256) if sign not in _ALPHABET)
_FOOTER = re.compile(rb"\s*(?:[_=*-]{4,}|[^\s]+(?:[ \t]+[^\s]+)+|[^\s]*[^A-Za-z0-9+/=\s]{2})")
_UNPRINTED = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CHUNK = re.compile(rb"[A-Za-z0-9+/]+")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{0,1000}={0,2}\s*")
_SOFT = re.compile(rb"=[ \t]+\r?\n")
_MOST_SPACED = 100_000
"""Soft breaks with white space before the end of the line that are undone; no program writes any."""
_UU = re.compile(
    rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n((?:[!-`][ -`]{0,90}\r?\n){1,60000})(?:[ `]?\r?\n)?end[ \t]*\r?$",
    re.MULTILINE,
)
_UU_BODY = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)


def decoded_body(raw: bytes, encoding: str) -> bytes:
    """The bytes that were sent. `encoding` as declared, in lower case."""
    if encoding == "base64":
        return _base64(raw)
    if encoding == "quoted-printable":
        return _quoted_printable(raw)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uu(raw)
    return raw


def _base64(raw: bytes) -> bytes:
    """Foreign signs are passed over; what ends too early is decoded as far as it goes. Words that were never base64
    stay."""
    if (told := _regular(raw)) is not None:
        return told
    lines = raw.split(b"\n")
    first = next((n for n, line in enumerate(lines) if not _BASE64_LINE.fullmatch(line)), None)
    if first is None:
        return _chunks(raw)
    above = b"".join(b"".join(lines[:first]).split())
    if above and len(above) % 4 == 0 and _FOOTER.match(lines[first]):
        # Whole as it is: what stands below was added on the way.
        return _chunks(above)
    foreign = len(raw.translate(None, _ALPHABET + b" \t\r\n\f\v"))
    if foreign * 5 > len(raw):
        return raw
    spaces = raw.count(b" ") + raw.count(b"\t")
    decoded = _chunks(raw)
    return decoded if spaces * 12 <= len(raw) or _is_text(decoded) else raw


def _regular(raw: bytes) -> bytes | None:
    """Base64 as it ought to be, which is nearly all of it; None for any other."""
    padding = raw.find(b"=")
    if raw.translate(None, _REGULAR) or (padding >= 0 and raw[padding:].strip(b"=\r\n")):
        return None
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        return None


def _is_text(raw: bytes) -> bool:
    """Whether the bytes can be words; those of words taken for base64 hardly ever can."""
    return bool(raw) and not _UNPRINTED.search(raw) and decode(raw, "utf-8").encode("utf-8", "ignore") == raw


def _chunks(raw: bytes) -> bytes:
    """Decoded piece by piece: padding in the middle ends a piece, not the whole."""
    clean = raw.translate(None, _FOREIGN)
    out = []
    for found in islice(_CHUNK.finditer(clean), 2_000):
        piece = found[0]
        kept = piece[:-1] if len(piece) % 4 == 1 else piece
        try:
            out.append(base64.b64decode(kept + b"=" * (-len(kept) % 4)))
        except binascii.Error:
            continue
    return b"".join(out)


def _quoted_printable(raw: bytes) -> bytes:
    """A sign of equality that begins no escape stays one."""
    if (whole := raw.rstrip(b" \t")).endswith(b"="):
        raw = whole[:-1]
    joined = raw.replace(b"=\r\n", b"").replace(b"=\n", b"")
    if b"= " in joined or b"=\t" in joined:
        joined = _SOFT.sub(b"", joined, count=_MOST_SPACED)
    if joined.endswith(b"="):
        joined += b"3D"
    # What binascii would take for a line break or an escape of its own. Twice: the first leaves every second pair.
    for odd in (b"==", b"==", b"=\r", b"=\n"):
        joined = joined.replace(odd, b"=3D" + odd[1:])
    return binascii.a2b_qp(joined)


def _uu(raw: bytes) -> bytes:
    begun = _UU_BODY.search(raw)
    return _uu_lines(raw[begun.end() :] if begun else raw)


def _uu_lines(raw: bytes) -> bytes:
    clean = b"\n" + raw.translate(None, b"\r")
    end = clean.find(b"\nend")  # no line of data has small letters
    lines = clean[: end if end >= 0 else None].split(b"\n")
    try:
        return b"".join(map(binascii.a2b_uu, filter(None, lines)))
    except binascii.Error:
        return _uu_broken(lines)


def _uu_broken(lines: list[bytes]) -> bytes:
    out = []
    for line in lines:
        if not line:
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Encoders that pad wrongly: the length says how much of the line counts.
            count = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:count]))
            except binascii.Error:
                continue
    return b"".join(out)


def uuencoded_files(raw: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """A text without the files that stand uuencoded in it, and these: name and content."""
    if b"begin " not in raw:
        return raw, []
    found = [(each[1].strip(), _uu_lines(each[2])) for each in _UU.finditer(raw)]
    return (_UU.sub(b"", raw), found) if found else (raw, [])
