"""The addresses in From, To and Cc. RFC 5322 as far as senders keep to it; never an address inside a display name."""

import re
from dataclasses import dataclass

from bot.channels.mail.charset import decode
from bot.channels.mail.headers import decoded

MOST = 200
"""Mailboxes of a header that are read."""
LONGEST = 12_000
_ENCODED = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,2000}\?=")
_STRING = r'"[^"\\]{0,200}+(?:\\.[^"\\]{0,200}+){0,40}+"'
_SIGNS = re.compile(rf'{_ENCODED.pattern}|{_STRING}|[(),;:<>@"]')
_ADDRESS = re.compile(r'(?:"[^"@]{1,64}"|(?<![^\s"<>(),;:\\])[^\s"<>(),;:\\]{1,200})@[^\s"<>(),;:\\]{1,250}')
_QUOTED = re.compile(rf"{_STRING}(?!@)")
_BARE = re.compile(r"[\w.+-]{1,64}")
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_ROUTE = re.compile(r"^@[^:]*:")
_WIDE_BRACKETS = str.maketrans("＜＞", "<>")
_JUNK = re.compile("[\\s\x00-\x1f\x7f\ufeff\u200b<>]")


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: the display name as a person reads it, the address in lower case."""

    name: str
    address: str


def addresses(value: bytes) -> tuple[Address, ...]:
    """The mailboxes of a header in their order; members of groups like the others."""
    text = decode(value[:LONGEST])
    text = text if "<" in text else text.translate(_WIDE_BRACKETS)
    found = [read for part in _parts(text)[:MOST] if (read := _mailbox(part))]
    with_host = tuple(each for each in found if "@" in each.address)
    return with_host or _desperate(text) or tuple(found)


def _parts(text: str) -> list[str]:
    """Cut at the commas, semicolons and colons of groups that stand outside of quotes, comments and brackets;
    comments are left out. A quote or a comment that never ends is none."""
    parts, start, at = [""], 0, 0
    depth, in_brackets, has_host = 0, False, False
    last_close = text.rfind(")")
    for found in _SIGNS.finditer(text):
        if found.start() < at:
            continue
        sign, whole = found[0][0], found[0]
        if depth:
            depth += {"(": 1, ")": -1}.get(sign, 0)
            start = at = found.end()
            continue
        if sign == "(" and not in_brackets and found.start() < last_close:
            parts[-1] += text[start : found.start()]
            depth = 1
        elif sign in ",;" and not in_brackets:
            parts[-1] += text[start : found.start()]
            parts.append("")
            has_host = False
        elif (
            sign == ":"
            and not in_brackets
            and not has_host
            and not text[max(0, found.start() - 6) : found.start()].lower().endswith("mailto")
        ):
            parts[-1] = ""
        else:
            parts[-1] += text[start : found.end()]
            in_brackets = whole == "<" or (in_brackets and whole != ">")
            has_host = has_host or sign == "@"
        start = at = found.end()
    return [*parts[:-1], parts[-1] + ("" if depth else text[start:])]


def _mailbox(part: str) -> Address | None:
    """One mailbox: what stands in the last brackets, else the one address that stands there bare."""
    unquoted = _QUOTED.sub(lambda found: " " * len(found[0]), part)
    opened = unquoted.rfind("<")
    if opened >= 0:
        closed = unquoted.find(">", opened)
        inner = part[opened + 1 : closed if closed >= 0 else len(part)]
        if cleaned := _cleaned(inner):
            return Address(_name(part[:opened]), cleaned)
    if found := _ADDRESS.search(unquoted):
        return Address(_name(part[: found.start()]), _cleaned(found[0]))
    bare = part.strip()
    return Address("", bare.lower()) if _BARE.fullmatch(bare) else None


def _cleaned(inner: str) -> str:
    """The address in lower case, without route, scheme and white space; "" for none."""
    inner = _COMMENT.sub("", decoded(inner.encode()) if "=?" in inner else inner)
    local, quote, host = inner.rpartition('"@')
    if quote and local.lstrip().startswith('"'):
        return f"{local.lstrip()}{quote}{_JUNK.sub('', host)}".lower()
    bare = _ROUTE.sub("", _JUNK.sub("", inner)).lower().lstrip("[").removeprefix("mailto:").strip("'.,;")
    return bare if "@[" in bare else bare.rstrip("]")


def _name(raw: str) -> str:
    return decoded(raw.encode("utf-8", "ignore")).strip().strip("\"'").strip()


def _desperate(text: str) -> tuple[Address, ...]:
    """No address where one belongs: the whole was encoded, or a quote was never closed. The last in brackets, else
    any."""
    told = decoded(text.encode("utf-8", "ignore"))
    in_brackets = re.findall(r"<\s*([^<>\s]{1,200}@[^<>\s]{1,250})\s*>?", told)
    loose = in_brackets[-1:] or _ADDRESS.findall(told)[:1]
    return tuple(Address(_name(told.split("<")[0]), _cleaned(each)) for each in loose)
