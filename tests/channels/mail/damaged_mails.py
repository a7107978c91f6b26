"""Broken MIME: what can be decoded counts, and the parts are those evidently meant."""

from tests.channels.mail.letters import FROM, PDF, Case, attached, crlf, letter, many, part, parts, plain, words

_HI = "打不开"
_FILE = ("a.pdf", "application/pdf", len(PDF))
_A = attached("Content-Type: application/pdf; name=a.pdf", PDF)
_PARTS = parts(words(_HI), _A)
_MIXED = "Content-Type: multipart/mixed"
_QP = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable"
_B64 = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64"


def _two(name: str, raw: bytes) -> Case:
    return Case(name, raw, _HI, files=(_FILE,))


CASES = (
    _two("boundary of another name", letter(f'{_MIXED}; boundary="other"', _PARTS)),
    _two("no boundary", letter(_MIXED, _PARTS)),
    _two("empty boundary", letter(f'{_MIXED}; boundary=""', _PARTS)),
    _two("never closed", letter(f"{_MIXED}; boundary=b1", _PARTS.removesuffix(b"--b1--\r\n"))),
    _two("boundary in one quote", letter(f'{_MIXED}; boundary="b1', _PARTS)),
    _two("boundary with spaces behind", letter(f"{_MIXED}; boundary=b1", _PARTS.replace(b"--b1\r\n", b"--b1  \r\n"))),
    _two("preamble and epilogue", letter(f"{_MIXED}; boundary=b1", b"This is MIME.\r\n" + _PARTS + b"epilogue\r\n")),
    _two("no semicolon", letter(f"{_MIXED} boundary=b1", _PARTS)),
    _two("boundary on a line of its own, not folded", letter(f"{_MIXED};\nboundary=b1", _PARTS)),
    _two("line feeds alone", letter(f"{_MIXED}; boundary=b1", _PARTS).replace(b"\r\n", b"\n")),
    _two(
        "no Content-Type, parts all the same",
        letter("MIME-Version: 1.0", b"This is a multi-part message in MIME format.\r\n" + _PARTS),
    ),
    _two("type in capitals", letter("CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY=b1", _PARTS)),
    _two(
        "line of an mbox first",
        b"From lin@example.com Mon Jan  5 08:05:00 2026\r\n" + letter(f"{_MIXED}; boundary=b1", _PARTS),
    ),
    _two("mark of UTF-8 first", b"\xef\xbb\xbf" + letter(f"{_MIXED}; boundary=b1", _PARTS)),
    _two("empty lines first", b"\r\n\r\n" + letter(f"{_MIXED}; boundary=b1", _PARTS)),
    _two("junk among the headers", letter(f"this is no header\n{_MIXED}; boundary=b1", _PARTS)),
    _two("space before the colon", letter("Content-Type : multipart/mixed; boundary=b1", _PARTS)),
    Case(
        "a boundary that begins like the other",
        many(part('Content-Type: multipart/alternative; boundary="b11"', parts(words(_HI), boundary="b11")), _A),
        _HI,
        files=(_FILE,),
    ),
    Case("multipart without parts", letter(f"{_MIXED}; boundary=b1", _HI), _HI),
    Case("only the last line of the boundary", letter(f"{_MIXED}; boundary=b1", _HI + "\n--b1--\n"), _HI),
    Case("part without headers", letter(f"{_MIXED}; boundary=b1", "--b1\n\n打不开\n--b1--\n"), _HI),
    Case("part without the empty line", letter(f"{_MIXED}; boundary=b1", "--b1\n打不开\n--b1--\n"), _HI),
    Case("no empty line below the headers", crlf(FROM + "\nSubject: HIS\n打不开\n请来人"), "打不开\n请来人"),
    Case(
        "type without sense",
        letter("Content-Type: nonsense\nContent-Disposition: inline", _HI.encode()),
        "",
        files=(("", "nonsense", 9),),
    ),
    Case("text alone", letter("Content-Type: text; charset=utf-8", _HI), _HI),
    Case("no type, raw", letter("MIME-Version: 1.0", _HI), _HI),
    Case("two types", letter("Content-Type: text/plain; charset=utf-8\nContent-Type: text/html", "a <b>"), "a <b>"),
    Case(
        "soft breaks and bad escapes",
        letter(_QP, "=E6=89=93=\n=E4=B8=8D=E5=BC=80 a=b =ZZ 1=3D1 =\n"),
        "打不开 a=b =ZZ 1=1",
    ),
    Case("small hex", letter(_QP, "=e6=89=93"), "打"),
    Case("spaces behind a soft break", letter(_QP, "a= \nb"), "ab"),
    Case("ends in an escape", letter(_QP, "abc=E"), "abc=E"),
    Case("base64 of words with spaces in it", letter(_B64, "5omT 5LiN\n 5byA"), _HI),
    Case("base64 that ends early", letter(_B64, "5omT5LiN5byA5LqG5ZC"), "打不开了"),
    Case("base64 that is none", letter(_B64, "打不开了，请来人 HIS"), "打不开了，请来人 HIS"),
    Case("base64 with a footer", letter(_B64, "5omT5LiN5byA\n\n_______________\nwards mailing list\n"), _HI),
    Case("base64 in two pieces", letter(_B64, "5omT5LiN\n5byA5A==\n"), _HI),
    Case(
        "unknown transfer encoding",
        letter("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 9bit", _HI),
        _HI,
    ),
    Case(
        "transfer encoding in quotes",
        letter('Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "base64"', "5omT5LiN5byA"),
        _HI,
    ),
    Case("empty message-id", plain(_HI, "Message-ID: <>"), _HI),
    Case("broken message-id", plain(_HI, "Message-ID: <[abc@>\nReferences: <a@x> <b@ c@d <e@f>"), _HI),
    Case("content type of broken bytes", letter(b"Content-Type: text/plain\xff\xfe; charset=utf-8\xa0", _HI), _HI),
    Case("carriage returns alone", (FROM + "\rSubject: HIS\r\r打不开\r请来人").encode(), "打不开\n请来人"),
    Case("null bytes", letter("Content-Type: text/plain; charset=utf-8", "打\x00不\x00开"), _HI),
    Case("headers alone, cut", crlf(FROM + "\nSubject: HIS\nContent-Ty"), ""),
    Case("deep", many(words(_HI), *[part('Content-Type: multipart/mixed; boundary="b1"', "x")] * 3), _HI + "\nx\nx\nx"),
)
