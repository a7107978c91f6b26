"""What came along: names, types, sizes."""

import base64

from tests.channels.mail.letters import PDF, PNG, Case, attached, b64, inner, letter, many, part, parts, words

_HI = "见附件"
_PDF = "application/pdf"
INNER = b"From: x@example.org\r\nSubject: old\r\n\r\nold words\r\n"


def _named(name: str, head: str, file: str, kind: str = _PDF) -> Case:
    return Case(name, many(words(_HI), attached(head, PDF)), _HI, files=((file, kind, len(PDF)),))


def _disposition(name: str, value: str | bytes, file: str) -> Case:
    head = b"Content-Type: application/pdf\nContent-Disposition: attachment; " + (
        value.encode() if isinstance(value, str) else value
    )
    piece = part(head + b"\nContent-Transfer-Encoding: base64", base64.encodebytes(PDF))
    return Case(name, many(words(_HI), piece), _HI, files=((file, _PDF, len(PDF)),))


def _one(name: str, raw: bytes, *files: tuple[str, str, int], text: str = _HI, quoted: bool = False) -> Case:
    return Case(name, raw, text, files=files, quoted=quoted)


CASES = (
    _disposition("plain name", 'filename="a.pdf"', "a.pdf"),
    _disposition("name without quotes, with a space", "filename=a b.pdf", "a b.pdf"),
    _disposition("extended", "filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf", "报告.pdf"),
    _disposition("extended in gbk", "filename*=gb2312''%B1%A8%B8%E6.pdf", "报告.pdf"),
    _disposition("extended, charset lies", "filename*=gb2312''%E6%8A%A5%E5%91%8A%E5%8D%95.pdf", "报告单.pdf"),
    _disposition("extended over plain", "filename=\"x.pdf\"; filename*=UTF-8''%E6%8A%A5.pdf", "报.pdf"),
    _disposition("sections", 'filename*0="long "; filename*1="name"; filename*2=".pdf"', "long name.pdf"),
    _disposition(
        "sections, encoded", "filename*0*=UTF-8''%E6%8A%A5;\n filename*1*=%E5%91%8A;\n filename*2=\".pdf\"", "报告.pdf"
    ),
    _disposition("sections that cut a sign", "filename*0*=UTF-8''%E6%8A%A5%E5;\n filename*1*=%91%8A.pdf", "报告.pdf"),
    _disposition("sections out of order", "filename*1*=%E5%91%8A.pdf; filename*0*=UTF-8''%E6%8A%A5", "报告.pdf"),
    _disposition("encoded-word in quotes", f'filename="{b64("报告.pdf", "gb2312")}"', "报告.pdf"),
    _disposition("two encoded-words", f'filename="{b64("报")}\n {b64("告.pdf")}"', "报告.pdf"),
    _disposition("encoded-word without quotes", f"filename={b64('报告.pdf')}", "报告.pdf"),
    _disposition("encoded-word in sections", 'filename*0="=?utf-8?B?5oql5ZGK"; filename*1="LnBkZg==?="', "报告.pdf"),
    _disposition("raw UTF-8", 'filename="报告.pdf"', "报告.pdf"),
    _disposition("raw gbk", b'filename="' + "报告.pdf".encode("gbk") + b'"', "报告.pdf"),
    _disposition("path of Unix", 'filename="../../etc/passwd"', "passwd"),
    _disposition("path of Windows", 'filename="C:\\Users\\lin\\a.pdf"', "a.pdf"),
    _disposition("path, escaped", 'filename="..\\\\..\\\\a.pdf"', "a.pdf"),
    _disposition("path, encoded", "filename*=UTF-8''..%2F..%2Fa.pdf", "a.pdf"),
    _disposition("control characters", "filename*=UTF-8''a%00%0D%0Ab%1F.pdf", "ab.pdf"),
    _disposition("semicolon in quotes", 'filename="a;b.pdf"; size=3', "a;b.pdf"),
    _disposition("escaped quotes", 'filename="a \\"b\\".pdf"', 'a "b".pdf'),
    _disposition("quote never closed", 'filename="a.pdf', "a.pdf"),
    _disposition("extended without charset", "filename*=%E6%8A%A5.pdf", "报.pdf"),
    _disposition("percent signs as browsers send them", 'filename="%E6%8A%A5%E5%91%8A.pdf"', "报告.pdf"),
    _disposition("a percent sign", 'filename="100%25 done.pdf"', "100%25 done.pdf"),
    _named("name of Content-Type", 'Content-Type: application/pdf; name="a.pdf"', "a.pdf"),
    _named(
        "filename over name",
        'Content-Type: application/pdf; name="b.pdf"\nContent-Disposition: attachment; filename="a.pdf"',
        "a.pdf",
    ),
    _named("name in sections", "Content-Type: application/pdf;\n name*0*=utf-8''%E6%8A%A5;\n name*1=.pdf", "报.pdf"),
    _named("type in capitals", 'Content-Type: Application/PDF; name="a.pdf"', "a.pdf"),
    _named(
        "disposition in capitals",
        'Content-Type: application/pdf\nContent-Disposition: ATTACHMENT; FILENAME="a.pdf"',
        "a.pdf",
    ),
    _named("no name", "Content-Type: application/pdf", ""),
    _one(
        "inline picture",
        many(
            part("Content-Type: text/html", '<p>见附件</p><img src="cid:p1">'),
            attached("Content-Type: image/png\nContent-ID: <p1>\nContent-Disposition: inline; filename=p.png", PNG),
            kind="related",
        ),
        ("p.png", "image/png", len(PNG)),
    ),
    _one(
        "related in alternative in mixed",
        many(
            inner(
                words(_HI),
                inner(
                    part("Content-Type: text/html", "<p>x</p>"),
                    attached("Content-Type: image/png; name=p.png", PNG),
                    kind="related",
                    boundary="b3",
                ),
                kind="alternative",
                boundary="b2",
            ),
            attached("Content-Type: application/pdf; name=a.pdf", PDF),
        ),
        ("p.png", "image/png", len(PNG)),
        ("a.pdf", _PDF, len(PDF)),
    ),
    _one(
        "named text",
        many(words(_HI), part('Content-Type: text/plain; name="log.txt"', "line 1\nline 2\n")),
        ("log.txt", "text/plain", 16),
    ),
    _one(
        "named page, inline",
        many(words(_HI), part("Content-Type: text/html\nContent-Disposition: inline; filename=a.htm", "<p>x</p>")),
        ("a.htm", "text/html", 8),
    ),
    _one(
        "text as an attachment without name",
        many(words(_HI), part("Content-Type: text/plain\nContent-Disposition: attachment", "abc")),
        ("", "text/plain", 3),
    ),
    _one(
        "attached mail",
        many(words(_HI), part("Content-Type: message/rfc822", INNER)),
        ("", "message/rfc822", len(INNER)),
    ),
    _one(
        "attached mail with history and files in it",
        many(
            words(_HI),
            part(
                'Content-Type: message/rfc822; name="old.eml"',
                letter('Content-Type: multipart/mixed; boundary="z"', parts(words("> old"), boundary="z")),
            ),
        ),
        (
            "old.eml",
            "message/rfc822",
            len(letter('Content-Type: multipart/mixed; boundary="z"', parts(words("> old"), boundary="z"))),
        ),
    ),
    _one(
        "attached mail in base64",
        many(words(_HI), attached("Content-Type: message/rfc822", INNER)),
        ("", "message/rfc822", len(INNER)),
    ),
    _one(
        "digest",
        many(words(_HI), inner(b"\r\n" + INNER, b"\r\n" + INNER, kind="digest", boundary="b2")),
        ("", "message/rfc822", len(INNER)),
        ("", "message/rfc822", len(INNER)),
    ),
    _one(
        "winmail.dat",
        many(words(_HI), attached('Content-Type: application/ms-tnef; name="winmail.dat"', PDF)),
        ("winmail.dat", "application/ms-tnef", len(PDF)),
    ),
    _one(
        "signed",
        many(words(_HI), attached("Content-Type: application/pkcs7-signature; name=smime.p7s", PDF), kind="signed"),
        ("smime.p7s", "application/pkcs7-signature", len(PDF)),
    ),
    _one(
        "only a file",
        letter("Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64", base64.encodebytes(PDF)),
        ("a.pdf", _PDF, len(PDF)),
        text="",
    ),
    _one(
        "invitation",
        many(
            words(_HI),
            part("Content-Type: text/calendar; method=REQUEST", "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n"),
            kind="alternative",
        ),
        ("", "text/calendar", 48),
    ),
    _one(
        "card", many(words(_HI), part("Content-Type: text/x-vcard", "BEGIN:VCARD\nEND:VCARD")), ("", "text/x-vcard", 22)
    ),
    _one(
        "empty file", many(words(_HI), attached("Content-Type: application/pdf; name=a.pdf", b"")), ("a.pdf", _PDF, 0)
    ),
    _one(
        "binary",
        many(words(_HI), part("Content-Type: image/png; name=p.png\nContent-Transfer-Encoding: binary", PNG)),
        ("p.png", "image/png", len(PNG)),
    ),
    _one(
        "uuencoded part",
        many(
            words(_HI),
            part(
                "Content-Type: application/octet-stream; name=c.txt\nContent-Transfer-Encoding: x-uuencode",
                "begin 644 c.txt\n#0V%T\n`\nend\n",
            ),
        ),
        ("c.txt", "application/octet-stream", 3),
    ),
    _one(
        "uuencoded in the text",
        letter("Content-Type: text/plain", "see this\n\nbegin 644 c.txt\n#0V%T\n`\nend\n"),
        ("c.txt", "application/octet-stream", 3),
        text="see this",
    ),
    _one(
        "quoted-printable file",
        many(
            words(_HI),
            part("Content-Type: text/csv; name=a.csv\nContent-Transfer-Encoding: quoted-printable", "a=2Cb=\n,c"),
        ),
        ("a.csv", "text/csv", 5),
    ),
    _one(
        "unknown encoding",
        many(words(_HI), part("Content-Type: image/png; name=p.png\nContent-Transfer-Encoding: x-nonsense", PNG)),
        ("p.png", "image/png", len(PNG)),
    ),
    _one(
        "base64 that ends early",
        many(
            words(_HI),
            part(
                "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64",
                base64.b64encode(PDF)[:41],
            ),
        ),
        ("a.pdf", _PDF, 30),
    ),
    _one(
        "base64 with foreign signs",
        many(
            words(_HI),
            part("Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64", b"AAAA!AAAA\r\n*AA=="),
        ),
        ("a.pdf", _PDF, 7),
    ),
    _one(
        "base64 in capitals with a space",
        many(
            words(_HI), part("Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: Base64 ", b"AAAA")
        ),
        ("a.pdf", _PDF, 3),
    ),
)
