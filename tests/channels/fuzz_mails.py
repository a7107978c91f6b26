"""Raw mails by chance: those of the sets, changed where mails are wont to be broken, and noise.

A change knows what it changes: a header, a charset, a boundary, a transfer encoding, a line of history, HTML. Each
input is told by its seed and number, and can be made again alone.
"""

import base64
import random
import re
from collections.abc import Callable, Sequence

from bot.channels.mailbox.signing import Signer
from tests.channels.mail.test_mails import CASES

SIGNER = Signer(b"k" * 32)
SEEDS = tuple(case.raw for case in CASES.values())
Change = Callable[[random.Random, bytes], bytes]

CHARSETS = [
    *b"gb2312 gbk gb18030 x-gbk GB_2312-80 big5 big5-hkscs utf-8 utf8 UTF-7 utf-16 utf-16le utf-32 hz-gb-2312 "
    b"iso-2022-jp iso-2022-kr iso-2022-cn us-ascii iso-8859-1 windows-1252 koi8-r euc-kr shift_jis unknown-8bit "
    b"idna punycode rot13 zlib_codec base64 unicode_escape undefined cp65001 \xd6\xd0\xce\xc4 8bit".split(),
    *(b"", b" ", b"gb2312;gbk", b"utf-8*zh", b"x" * 300, b"'", b"\0"),
]
ENCODINGS = b"7bit 8bit binary base64 BASE64 quoted-printable x-uuencode uue 8bits gzip base64; base64(x) utf-8".split()
TYPES = (
    b"text/plain text/html text/enriched text/calendar;method=REPLY text/rfc822-headers image/png message/rfc822 "
    b"message/delivery-status message/disposition-notification message/partial message/external-body "
    b"multipart/mixed multipart/alternative multipart/related multipart/signed multipart/report multipart/digest "
    b"application/ms-tnef application/pkcs7-mime application/pgp-encrypted text /plain text/ multipart/;"
).split(b" ")
NAMES = (
    b"From Sender To Cc Reply-To Subject Date Message-ID In-Reply-To References Return-Path Auto-Submitted Precedence "
    b"X-Autoreply X-Failed-Recipients Content-Type Content-Transfer-Encoding Content-Disposition Content-ID "
    b"Authentication-Results Delivered-To Received MIME-Version X-Mailer List-Id Disposition-Notification-To Status "
    b"Action Final-Recipient Original-Recipient Diagnostic-Code Reporting-MTA Resent-From Bcc X A:B \xd6\xd0"
).split()
OWN_IDS = (
    SIGNER.message_id(12, 7, "lin@example.com", "hosp.example").encode(),
    SIGNER.root(12, "hosp.example").encode(),
    b"<wl.12.7.0a1b2c3d.0123456789abcdef01234567@hosp.example>",
    b"<wl.999999999.999999999999999999.ffffffff.ffffffffffffffffffffffff@x>",
    b"<wl.0.0.00000000.000000000000000000000000@" + b"h" * 300 + b">",
)
VALUES = (
    *OWN_IDS,
    "急诊HIS打不开".encode(),
    "急诊HIS打不开".encode("gb18030"),
    b"Re: [W12] =?gb2312?B?1NnAtNK7tM4=?=",
    b"=?utf-8?B?5oCl6K?= =?utf-8?B?+K?= =?utf-8?Q?=E5=9D_?=",
    b"=?gb18030*zh?b?====?= =?x?q?=ZZ=?= =?utf-8?B??=",
    b'"a\\" <x@y>" <lin@example.com>, g: a@b, (c (d) <e@f>;, =?utf-8?B?PGFAYj4=?=',
    b"<>",
    b"@",
    b"(" * 200,
    b'"' * 201,
    b"<" * 300,
    b"a@b," * 300,
    b"mx.hosp.example; dmarc=pass header.from=example.com; spf=pass smtp.mailfrom=a@b; dkim=pass header.d=c.d",
    b'mx.hosp.example 1; dmarc=pass (a "b" \\) c) header.from="example.com" reason=";;;" / 1 = ;',
    b"no",
    b"auto-replied (x)",
    b"bulk",
    b"failed",
    b"5.1.1",
    b"rfc822; lin@example.com",
    b"attachment; filename*0*=gb18030''%D6%D0; filename*1=\"..\\..\\a\"; filename*9999*=x; filename*=utf-8'%FF",
    b'attachment; filename="../../=?gbk?B?xOO6ww==?=/\x01\x00.exe"; name=\xc4\xe3',
    b"; ; = ; a= ;*=*;=?",
    b"\xff" * 60,
    b" " * 500,
    b"x" * 4000,
    b"\0",
    b"",
)
INTROS = tuple(
    line.encode()
    for line in (
        "------------------ 原始邮件 ------------------",
        "-----邮件原件-----",
        "---- 回复的原邮件 ----",
        "-------- 转发的消息 --------",
        "---------- Forwarded message ---------",
        "-----Original Message-----",
        "________________________________",
        "发件人： 信息科 <it@example.com>",
        "| 发件人 | 信息科<it@example.com> |",
        "发送时间: 2026年11月20日 9:12",
        "日　期：2026年11月20日 09:12:33",
        "收 件 人： 李娜",
        "主题: Re: [W12]",
        "From: IT <it@example.com>",
        "Sent: Friday, November 20, 2026 9:12 AM",
        '在 2026-11-20 09:12:33，"信息科" <it@example.com> 写道：',
        "信息科 <it@example.com> 于2026年11月20日周五 09:12写道：",
        "On Fri, Nov 20, 2026 at 9:12 AM IT <",
        "it@example.com> wrote:",
        "--- Below this line is a copy of the message.",
        "-- ",
        "--",
        "*From:* x",
        "回复时请写在这一行之上 reply above this line",
        "接单",
        "不同意：理由",
        "begin 644 a.bin",
        "#0V%T",
        "end",
        "> " * 30,
        "　",
        "",
    )
)
HTML = (
    b"<div>|<p class=gmail_quote>|<blockquote type='cite'>|</blockquote>|<table><tr><td>|</td></tr></table>|<br>|<hr>|"
    b"<style>.a{display:none}</style>|<style>|</style>|<script>|</script>|<!--|-->|<![endif]-->|<!DOCTYPE|<?xml|"
    b"<div id=divRplyFwdMsg>|<span style='display:none'>|<p hidden>|<pre>|</pre>|<textarea>|&nbsp;|&#x110000;|&#55296;|"
    b"&#0;|&amp|&lt;b&gt;|<a href='|<img src=cid:x width=1>|<b|<|>|</|</div></div></div>|<svg>|<title>|<o:p>|"
    b"<meta charset=gbk>|<p \"|<p a='|<font size=0>|<select><option>|<ul><li>|<li>|]]>|<body>|</body></html>|<head>"
).split(b"|")
TOKENS = (
    *(b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"=?", b"?=", b"--", b'"', b"<", b">", b";", b"(", b"\0", b"\xff", b"\x1b$B"),
    *(b"~{", b"+AGE-", b"=\r\n", b"=E6", b"=", b"====", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe6\x80", b"\x81\x30\x81\x30"),
    *(b"boundary=", b"charset=", b"*0*=", b"''", b"From ", b"begin 644 a\n", b":", b",", b"@", b"\\", b"\x1b(B", b" "),
)
MEANT = (
    b"In-Reply-To: " + OWN_IDS[0],
    b"References: " + OWN_IDS[1] + b"\r\n " + OWN_IDS[0],
    b"Message-ID: " + OWN_IDS[0],
    b"Subject: Re: [W12] HIS",
    b"Authentication-Results: mx.hosp.example; dmarc=pass (p=none) header.from=example.com",
    b"Authentication-Results: mx.hosp.example; spf=pass smtp.mailfrom=example.com; dkim=pass header.d=example.com",
    b"Return-Path: <>",
    b"X-Failed-Recipients: lin@example.com",
    b"From: MAILER-DAEMON@example.com",
    b"Auto-Submitted: auto-replied",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b1",
)
"""Headers as they ought to be, so that what comes behind them is reached."""
_LABEL = re.compile(rb"(?<==\?)[\w*-]{2,20}(?=\?)|(?<=charset=)[\w-]+|(?<=charset=\")[\w-]+")
_BOUNDARY = re.compile(rb"boundary=\"?([^\"\r\n;]+)")
_ENCODING = re.compile(rb"(?i)(content-transfer-encoding:[ \t]*)([\w-]+)")


def mail(seed: int, number: int, most: int) -> bytes:
    """The input of that number, of at most so many bytes."""
    chance = random.Random(f"{seed}/{number}")
    if chance.random() < 0.04:
        return _noise(chance)
    raw = chance.choice(SEEDS)
    for _ in range(chance.choice((1, 1, 2, 3, 5, 9))):
        raw = chance.choice(CHANGES)(chance, raw)[:80_000]
    if (size := chance.random()) < 0.004:
        raw = _grown(chance, raw, most if size < 0.00002 else 2_000_000 if size < 0.0002 else 100_000)
    return raw


def _noise(chance: random.Random) -> bytes:
    """Bytes without any form, or pieces of mails in any order."""
    length = chance.choice((0, 1, 30, 500, 5_000))
    if chance.random() < 0.3:
        return chance.randbytes(length)
    pieces = [*TOKENS, *HTML, *INTROS, *VALUES, *(name + b": " for name in NAMES)]
    return b"".join(chance.choices(pieces, k=length // 20))[:20_000]


def _grown(chance: random.Random, raw: bytes, most: int) -> bytes:
    """A mail of which one thing goes on and on."""
    size = chance.randint(most // 4, most)
    at = chance.choice((raw.find(b"\r\n\r\n") + 4, chance.randint(0, len(raw)), len(raw)))
    until = min(len(raw), at + chance.choice((1, 3, 20, 200, 2_000)))
    piece = chance.choice((raw[at:until], chance.choice(TOKENS), chance.choice(HTML), chance.choice(INTROS) + b"\r\n"))
    way = chance.random()
    if way < 0.2:
        piece = base64.encodebytes(chance.randbytes(3_000))
    elif way < 0.4:
        at, piece = 0, chance.choice(NAMES) + b": " + chance.choice(VALUES) * chance.choice((1, 9, 99)) + b"\r\n"
    elif way < 0.6 and (marks := _BOUNDARY.findall(raw)):
        more = chance.choice((NAMES, (b"Content-Type: " + each for each in TYPES)))
        piece = b"\r\n--" + marks[0] + b"\r\n" + chance.choice([*more]) + b"\r\n\r\n" + chance.choice(SEEDS)
    return (raw[:at] + (piece or b"a") * (size // len(piece or b"a")) + raw[at:])[:most]


def _split(raw: bytes) -> tuple[list[bytes], bytes]:
    head, gap, body = raw.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), gap + body


def _heading(chance: random.Random, raw: bytes) -> bytes:
    """A header more, less, twice, elsewhere, under another name, with another value, or folded anywhere."""
    lines, body = _split(raw)
    at = chance.randrange(len(lines))
    name, _, value = lines[at].partition(b":")
    way = chance.randrange(8)
    if way == 0:
        lines[at : at + 1] = []
    elif way == 1:
        lines.insert(chance.randrange(len(lines) + 1), lines[at])
    elif way == 2:
        lines[at] = chance.choice(NAMES) + b":" + value
    elif way == 3:
        lines[at] = name + b": " + chance.choice(VALUES) * chance.choice((1, 1, 1, 20))
    elif way == 4:
        cut = chance.randint(0, len(lines[at]))
        lines[at] = (
            lines[at][:cut] + chance.choice((b"\r\n ", b"\r\n\t", b"\r\n", b"\n", b"\r\n \r\n ")) + lines[at][cut:]
        )
    elif way == 5:
        lines[at] = lines[at].replace(b":", chance.choice((b"", b" :", b"::", b"\xef\xbc\x9a")), 1)
    elif way == 6:
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(MEANT))
    else:
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(NAMES) + b": " + chance.choice(VALUES))
    return b"\r\n".join(lines) + body


def _charset(chance: random.Random, raw: bytes) -> bytes:
    """Other labels, or the bytes in another charset."""
    if chance.random() < 0.3:
        try:
            return raw.decode("utf-8").encode(chance.choice(("gb18030", "big5", "utf-16", "utf-7", "hz")), "ignore")
        except UnicodeDecodeError:
            return raw
    return _LABEL.sub(lambda found: found[0] if chance.random() < 0.5 else chance.choice(CHARSETS), raw)


def _boundary(chance: random.Random, raw: bytes) -> bytes:
    """Boundaries that are others, begin alike, are missing or come twice; a mail in parts, up to many deep."""
    found = _BOUNDARY.findall(raw)
    way = chance.randrange(6)
    if found and way < 4:
        mark = b"--" + chance.choice(found)
        wrong = (b"", mark[:-1], mark + b"x", mark + b"--", mark + b"\r\n" + mark, mark + b" \t", b"--b1", mark[2:])
        return raw.replace(mark, chance.choice(wrong), chance.choice((1, 1, 2, -1)))
    head, body = _split(raw)
    for depth in range(chance.choice((1, 2, 15, 60)) if way == 4 else 1):
        name = chance.choice((b"b%d" % depth, b"b", b"=_%d" % depth))
        typed = b"Content-Type: multipart/" + chance.choice((b"mixed", b"alternative", b"report", b"related"))
        typed += b'; boundary="' + name + b'"'
        part = b"\r\n".join(line for line in head if line.lower().startswith(b"content-")) + body
        more = b"Content-Type: " + chance.choice(TYPES) + b"\r\n\r\n" + chance.choice(VALUES)
        end = chance.choice((b"--" + name + b"--\r\n", b""))
        body = b"\r\n\r\n--%b\r\n%b\r\n--%b\r\n%b\r\n%b" % (name, part, name, more, end)
        head = [line for line in head if not line.lower().startswith(b"content-")] + [typed]
    return b"\r\n".join(head) + body


def _transfer(chance: random.Random, raw: bytes) -> bytes:
    """Another encoding declared, or the body encoded, or both; some of it cut or spoilt."""
    way = chance.randrange(4)
    if way == 0:
        return _ENCODING.sub(lambda found: found[1] + chance.choice(ENCODINGS), raw)
    head, body = _split(raw)
    encoding = chance.choice(ENCODINGS)
    encoded = base64.encodebytes(body) if way == 1 else body.replace(b"=", b"=3D").replace(b"\xe5", b"=E5")
    if way == 3:
        cut = chance.randint(0, len(encoded))
        encoded = encoded[:cut] + chance.choice(TOKENS) * chance.choice((1, 30)) + encoded[cut:]
    return b"\r\n".join([*head, b"Content-Transfer-Encoding: " + encoding]) + b"\r\n\r\n" + encoded


def _history(chance: random.Random, raw: bytes) -> bytes:
    """Lines that introduce history, quote it or answer between it, anywhere in the body."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = body.split(b"\r\n")
    for _ in range(chance.choice((1, 3, 8))):
        at = chance.randint(0, len(lines))
        more = chance.choices(INTROS, k=chance.choice((1, 2, 5)))
        if chance.random() < 0.3:
            more = [
                b">" * chance.randint(1, 9) + chance.choice((b"", b" ")) + line for line in more + lines[at : at + 5]
            ]
        lines[at:at] = more * chance.choice((1, 1, 1, 10))
    return head + b"\r\n\r\n" + b"\r\n".join(lines)


def _html(chance: random.Random, raw: bytes) -> bytes:
    """The body as HTML, or tags anywhere in it, deep in each other or never closed."""
    head, _, body = raw.partition(b"\r\n\r\n")
    if chance.random() < 0.5 and b"text/html" not in raw:
        head += b"\r\nContent-Type: text/html; charset=utf-8"
    for _ in range(chance.choice((1, 4, 12))):
        at, tag = chance.randint(0, len(body)), chance.choice(HTML)
        body = body[:at] + tag * chance.choice((1, 1, 1, 1, 50, 500)) + body[at:]
    return head + b"\r\n\r\n" + body


def _bytes(chance: random.Random, raw: bytes) -> bytes:
    """Bytes left out, doubled, put in or turned."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(raw))
        until = min(len(raw), at + chance.choice((0, 0, 1, 5, 60)))
        put = chance.choice((b"", chance.choice(TOKENS), chance.randbytes(3), raw[at:until] * 3))
        raw = raw[:at] + put + raw[until:]
    return raw


def _spliced(chance: random.Random, raw: bytes) -> bytes:
    """The beginning of one mail and the end of another; or one in the other."""
    other = chance.choice(SEEDS)
    if chance.random() < 0.5:
        return raw[: chance.randint(0, len(raw))] + other[chance.randint(0, len(other)) :]
    at = chance.randint(0, len(raw))
    return raw[:at] + other + raw[at:]


CHANGES: Sequence[Change] = (_heading, _heading, _charset, _boundary, _transfer, _history, _html, _bytes, _spliced)
