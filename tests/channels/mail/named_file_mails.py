"""Names of files in every way in which programs write them, and parts put together or broken in odd ways."""

import base64
from collections.abc import Iterator
from urllib.parse import quote

from tests.channels.mail.letters import PDF, PNG, Case, attached, b64, inner, letter, many, part, parts, words

_SAID = "见附件，三楼打印机坏了。"
_NAME = "故障报告（三楼）.pdf"
_PERCENT = quote(_NAME, safe="")
_UTF8 = _NAME.encode()
_TYPE = "application/pdf"
_WORDS = words(_SAID)
_FILE = attached("Content-Type: application/pdf; name=r.pdf", PDF)
_R = ("r.pdf", _TYPE, len(PDF))
_ODD = b64("a\t\r\n\x07b.pdf")


def _word(raw: bytes) -> str:
    return f"=?utf-8?B?{base64.b64encode(raw).decode()}?="


_NAMES: tuple[tuple[str, str, str | bytes, str], ...] = (
    ("extended", "", f"; filename*=utf-8''{_PERCENT}", _NAME),
    ("extended, gbk", "", f"; filename*=GB2312'zh-cn'{quote('镕基楼.pdf'.encode('gbk'))}", "镕基楼.pdf"),
    (
        "in sections",
        '; name="x.pdf"',
        f";\n filename*0*=utf-8''{_PERCENT[:18]};\n filename*1*={_PERCENT[18:45]};\n filename*2*={_PERCENT[45:]}",
        _NAME,
    ),
    (
        "in sections, out of order",
        "",
        f";\n filename*1*={_PERCENT[24:]};\n filename*0*=utf-8''{_PERCENT[:24]}",
        _NAME,
    ),
    (
        "in sections of both kinds",
        "",
        f'; filename*0*=utf-8\'\'{quote("报告")}; filename*1=" (final"; filename*2=") 2.pdf"',
        "报告 (final) 2.pdf",
    ),
    ("extended over the others", '; name="n.pdf"', f"; filename=\"f.pdf\"; filename*=utf-8''{_PERCENT}", _NAME),
    ("extended without a charset", "", f"; filename*=''{_PERCENT}", _NAME),
    ("extended and bare", "", "; filename*=report.pdf", "report.pdf"),
    ("extended, of the type", f"; name*=utf-8''{_PERCENT}", "", _NAME),
    (
        "encoded-word without quotes",
        f"; name={b64('报告.pdf', 'gbk')}",
        f"; filename={b64('报告.pdf', 'gbk')}",
        "报告.pdf",
    ),
    ("encoded-words cut in a sign", "", f';\n filename="{_word(_UTF8[:10])}\n {_word(_UTF8[10:])}"', _NAME),
    ("filename over name", '; name="n.pdf"', '; filename="f.pdf"', "f.pdf"),
    ("raw gbk", "", b'; filename="' + _NAME.encode("gbk") + b'"', _NAME),
    ("spaces without quotes", "", "; filename=fault report 1.pdf", "fault report 1.pdf"),
    ("path of Windows", "", '; filename="C:\\temp\\new.pdf"', "new.pdf"),
    ("path in an encoded-word", "", f'; filename="{b64("D:/资料/报告.pdf", "gbk")}"', "报告.pdf"),
    ("control signs", "", "; filename*=utf-8''a%0Ab%00c%7F.pdf", "abc.pdf"),
    ("control signs in an encoded-word", "", f'; filename="{_ODD}"', "ab.pdf"),
    ("semicolon in quotes", "", '; filename="a;b, c=d.pdf"; size=3', "a;b, c=d.pdf"),
    ("quote in quotes", "", '; filename="a\\"b.pdf"', 'a"b.pdf'),
    ("quote not closed", "", '; filename="abc.pdf', "abc.pdf"),
    ("none", "", "", ""),
)


def _named() -> Iterator[Case]:
    for name, typed, disposed, told in _NAMES:
        raw = disposed.encode() if isinstance(disposed, str) else disposed
        head = b"Content-Type: application/pdf" + typed.encode() + b"\nContent-Disposition: attachment" + raw
        piece = part(head + b"\nContent-Transfer-Encoding: base64", base64.encodebytes(PDF))
        yield Case(name, many(_WORDS, piece), _SAID, files=((told, _TYPE, len(PDF)),))


def _whole(name: str, head: str, body: bytes, *files: tuple[str, str, int]) -> Case:
    return Case(name, letter(head, body), _SAID, files=files)


_MIXED = 'Content-Type: multipart/mixed; boundary="b1"'
_INNER = (
    b"From: x@example.org\r\nSubject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nold\r\n--i--"
)
_DEEP = inner(
    inner(_WORDS, part("Content-Type: text/html", "<p>页</p>"), kind="alternative", boundary="b11"),
    attached("Content-Type: image/png\nContent-ID: <1>", PNG),
    kind="related",
    boundary="b12",
)

CASES = (
    *_named(),
    _whole("deep, with boundaries that begin alike", _MIXED, parts(_DEEP, _FILE), ("", "image/png", len(PNG)), _R),
    _whole(
        "an attached mail",
        _MIXED,
        parts(_WORDS, part(f'Content-Type: message/rfc822; name="{b64("原邮件.eml")}"', _INNER)),
        ("原邮件.eml", "message/rfc822", len(_INNER)),
    ),
    _whole(
        "a digest",
        _MIXED,
        parts(_WORDS, inner(b"\r\nSubject: 1\r\n\r\na", b"\r\nSubject: 2\r\n\r\nbb", kind="digest", boundary="d")),
        ("", "message/rfc822", 15),
        ("", "message/rfc822", 16),
    ),
    _whole("the last line is missing", _MIXED, parts(_WORDS, _FILE).replace(b"--b1--\r\n", b""), _R),
    _whole("no boundary declared", "Content-Type: multipart/mixed", parts(_WORDS, _FILE), _R),
    _whole("another boundary declared", "Content-Type: multipart/mixed; boundary=other", parts(_WORDS, _FILE), _R),
    _whole("boundary in capitals", "Content-Type: multipart/mixed; boundary=B1", parts(_WORDS)),
    _whole(
        "boundary with a space behind it", 'Content-Type: multipart/mixed; boundary="b1 "', parts(_WORDS, _FILE), _R
    ),
    _whole("parts said to be base64", _MIXED + "\nContent-Transfer-Encoding: base64", parts(_WORDS, _FILE), _R),
    _whole(
        "inner parts never end",
        _MIXED,
        parts(_DEEP.replace(b"--b12--\r\n", b""), _FILE),
        ("", "image/png", len(PNG)),
        _R,
    ),
    _whole(
        "base64 with rubbish",
        "Content-Transfer-Encoding: base64",
        b"  " + base64.b64encode(_SAID.encode())[:10] + b" !!*\r\n\r\n" + base64.b64encode(_SAID.encode())[10:],
    ),
    _whole("base64 that is none", "Content-Transfer-Encoding: base64", _SAID.encode()),
    _whole("unknown encoding", "Content-Transfer-Encoding: x-odd", _SAID.encode()),
    _whole(
        "uuencode as an encoding",
        _MIXED,
        parts(
            _WORDS,
            part(
                'Content-Type: text/plain; name="a.txt"\nContent-Transfer-Encoding: x-uuencode',
                "begin 644 a.txt\n#86)C\n`\nend",
            ),
        ),
        ("a.txt", "text/plain", 3),
    ),
)
