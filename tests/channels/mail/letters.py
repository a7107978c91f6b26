"""How the mails of these tests are put together: byte for byte, so that what is broken stays broken."""

import base64
from dataclasses import dataclass, field

FROM = "From: Nurse Lin <lin@example.com>"
REPLY = "In-Reply-To: <w12@wardline.example>\nReferences: <w12@wardline.example>"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(40))
PDF = b"%PDF-1.4\n" + bytes(range(100, 200))


@dataclass(frozen=True, slots=True)
class Case:
    """A mail and what it says. `files`: (name, type, bytes) of each attachment."""

    name: str
    raw: bytes
    text: str = ""
    subject: str = "HIS"
    sender: str = "lin@example.com"
    quoted: bool = False
    files: tuple[tuple[str, str, int], ...] = field(default=())
    kind: str = "message"


def crlf(text: str | bytes, encoding: str = "utf-8") -> bytes:
    """Text as it goes over the wire."""
    raw = text.encode(encoding) if isinstance(text, str) else text
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def letter(
    head: str | bytes, body: str | bytes = "", encoding: str = "utf-8", start: str = FROM + "\nSubject: HIS"
) -> bytes:
    """A mail: the usual From and Subject, then `head`, then the body, as it stands."""
    top = crlf(start) + b"\r\n" if start else b""
    above = crlf(head)
    return (
        top + above + (b"\r\n" if above else b"") + b"\r\n" + (crlf(body, encoding) if isinstance(body, str) else body)
    )


def plain(body: str, head: str = "", encoding: str = "utf-8", label: str | None = None) -> bytes:
    """A mail of plain text in 8 bit."""
    typed = f"Content-Type: text/plain; charset={label or encoding}\nContent-Transfer-Encoding: 8bit"
    return letter(f"{head}\n{typed}" if head else typed, body, encoding)


def page(html: str, head: str = "") -> bytes:
    """A mail of HTML alone."""
    typed = "Content-Type: text/html; charset=utf-8"
    return letter(f"{head}\n{typed}" if head else typed, html)


def part(head: str | bytes, body: str | bytes) -> bytes:
    """A part: its headers, an empty line, its body."""
    return crlf(head) + b"\r\n\r\n" + (crlf(body) if isinstance(body, str) else body)


def words(body: str) -> bytes:
    """A part of plain text."""
    return part("Content-Type: text/plain; charset=utf-8", body)


def attached(head: str, content: bytes) -> bytes:
    """A part in base64."""
    return part(head + "\nContent-Transfer-Encoding: base64", base64.encodebytes(content))


def parts(*pieces: bytes, kind: str = "mixed", boundary: str = "b1") -> bytes:
    """The body of a multipart."""
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\r\n" + piece + b"\r\n" for piece in pieces) + mark + b"--\r\n"


def many(*pieces: bytes, kind: str = "mixed", head: str = "", boundary: str = "b1", more: str = "") -> bytes:
    """A mail of parts."""
    typed = f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}'
    return letter(f"{head}\n{typed}" if head else typed, parts(*pieces, boundary=boundary))


def inner(*pieces: bytes, kind: str, boundary: str) -> bytes:
    """A part of parts."""
    return part(f'Content-Type: multipart/{kind}; boundary="{boundary}"', parts(*pieces, boundary=boundary))


def b64(text: str, charset: str = "utf-8") -> str:
    """An encoded-word of the B kind."""
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="
