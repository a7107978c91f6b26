"""Subjects and senders as they are really written."""

import base64
from collections.abc import Iterator

from tests.channels.mail.letters import Case, b64, letter

_UTF8, _GBK = "门诊三楼自助机缴费失败".encode(), "门诊三楼自助机缴费失败".encode("gbk")
_WHOLE = "门诊三楼自助机缴费失败"
_IN_B64 = base64.b64encode("打印机卡纸换墨盒".encode()).decode()


def _word(raw: bytes, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(raw).decode()}?="


def _hex(raw: bytes) -> str:
    return "".join(f"={byte:02X}" for byte in raw)


_SUBJECTS: tuple[tuple[str, str | bytes, str], ...] = (
    ("cut within a sign", "\n ".join((_word(_UTF8[:10]), _word(_UTF8[10:20]), _word(_UTF8[20:]))), _WHOLE),
    ("cut within a sign, gbk", _word(_GBK[:7], "gb2312") + "\n\t" + _word(_GBK[7:], "GB2312"), _WHOLE),
    ("cut within a sign, Q", f"=?UTF-8?q?{_hex(_UTF8[:8])}?=\n =?UTF-8?Q?{_hex(_UTF8[8:])}_2?=", _WHOLE + " 2"),
    (
        "several charsets",
        f"Re: {b64('回复', 'gb2312')} {b64('打印机')} (HP) {b64('坏', 'big5')}",
        "Re: 回复打印机 (HP) 坏",
    ),
    ("nothing between", b64("转发:") + b64("住院系统慢"), "转发:住院系统慢"),
    ("glued to other signs", f"[急]{b64('住院系统慢')}!!", "[急]住院系统慢!!"),
    ("in quotes", f'"{b64("住院系统")}"', '"住院系统"'),
    ("with a language", _word("住院系统".encode(), "utf-8*zh-CN"), "住院系统"),
    ("without padding", b64("住院系统慢了").replace("=?=", "?=") + " a", "住院系统慢了 a"),
    ("spaces in Q", "=?UTF-8?Q?HIS =E6=85=A2?=", "HIS 慢"),
    ("folded in the word", f"=?utf-8?B?{_IN_B64[:12]}\n {_IN_B64[12:]}?=", "打印机卡纸换墨盒"),
    ("label lies", _word("打印机卡纸".encode(), "gb2312"), "打印机卡纸"),
    ("label unknown", _word("打印机卡纸".encode("gbk"), "x-odd"), "打印机卡纸"),
    ("bad hex", "=?utf-8?Q?50%_=E6=85=A2=ZZ?=", "50% 慢=ZZ"),
    ("a line break in it", "=?utf-8?Q?a=0D=0ABcc:_x@example.org?=", "a Bcc: x@example.org"),
    ("folded with a tab", "护士站\n\t电脑\n 坏了", "护士站 电脑 坏了"),
    ("four bytes", _word("𠮷医生㐂".encode("gb18030"), "gb18030"), "𠮷医生㐂"),
    ("wider than gb2312", _word("朱镕基楼—网络".encode("gb18030"), "gb2312"), "朱镕基楼—网络"),
    ("utf-16", _word("打印".encode("utf-16be"), "utf-16be"), "打印"),
    ("utf-7", "=?utf-7?Q?+YlNTcGc6-?=", "打印机"),
    ("raw gbk", "叫号屏不亮".encode("gbk"), "叫号屏不亮"),
    ("raw UTF-8", "叫号屏不亮（二楼）", "叫号屏不亮（二楼）"),
    ("forty words", "\n ".join([b64("住院")] * 40), "住院" * 40),
    ("empty", "", ""),
)
_SENDERS: tuple[tuple[str, str | bytes, str], ...] = (
    ("address as name", '"boss@example.org" <wang@example.com>', "wang@example.com"),
    ("bare address as name", "boss@example.org <WANG@Example.COM>", "wang@example.com"),
    ("brackets in the name", '"Boss <boss@example.org>" <wang@example.com>', "wang@example.com"),
    ("encoded address as name", b64("boss@example.org, ") + " <wang@example.com>", "wang@example.com"),
    ("group", b64("信息科") + ": a1@example.com, b2@example.com;", "a1@example.com"),
    ("group of names", "IT Dept:Wang <w@example.com>,z@example.com;", "w@example.com"),
    ("comment in the address", "wang(fang)@example.com (王芳 <x@example.org>)", "wang@example.com"),
    ("comment before", "(boss@example.org) Wang <wang@example.com> (a (nested) one)", "wang@example.com"),
    ("several", "A <a@example.com>, B <b@example.com>", "a@example.com"),
    ("a line break in the name", _word("王\n芳".encode()) + " <w@example.com>", "w@example.com"),
    ("all encoded", b64("王芳 <w@example.com>"), "w@example.com"),
    ("gbk with an at sign in it", "丂癅".encode("gbk") + b" <w@example.com>", "w@example.com"),
    ("gbk with a backslash in it", b'"' + "誠乗".encode("gbk") + b'" <w@example.com>', "w@example.com"),
    ("comma in the name", "王芳, 信息科 <w@example.com>", "w@example.com"),
    ("never closed", "Wang <w@example.com", "w@example.com"),
    ("closed twice", "<<w@example.com>>", "w@example.com"),
    ("mailto", "<mailto:w@example.com>", "w@example.com"),
    ("spaces", "Wang < w @ example.com >", "w@example.com"),
    ("wide brackets", "王芳＜w@example.com＞", "w@example.com"),
    ("route", "Wang <@relay.example:w@example.com>", "w@example.com"),
    ("quoted", '"wang fang"@example.com', '"wang fang"@example.com'),
    ("quote never closed", '"Wang <w@example.com>', "w@example.com"),
    ("Chinese", "<王芳@医院.中国>", "王芳@医院.中国"),
    ("folded", b64("王芳") + "\n <w@example.com>", "w@example.com"),
)


def _bytes(told: str | bytes) -> bytes:
    return told.encode() if isinstance(told, str) else told


def _all() -> Iterator[Case]:
    for name, told, subject in _SUBJECTS:
        raw = letter(b"Subject: " + _bytes(told), "打不开", start="From: lin@example.com")
        yield Case(f"subject: {name}", raw, "打不开", subject=subject)
    for name, told, sender in _SENDERS:
        yield Case(
            f"from: {name}", letter(b"Subject: HIS\nFrom: " + _bytes(told), "打不开", start=""), "打不开", sender=sender
        )


CASES = (
    *_all(),
    Case(
        "from: twice",
        letter("From: a@example.com\nFrom: b@example.com\nSubject: HIS", "x", start=""),
        "x",
        sender="a@example.com",
    ),
    Case(
        "from: Sender alone",
        letter("Reply-To: z@example.com\nSender: Li <li@example.com>\nSubject: HIS", "x", start=""),
        "x",
        sender="li@example.com",
    ),
    Case(
        "from: nobody",
        letter("Return-Path: <q@example.com>\nReply-To: z@example.com\nSubject: HIS", "x", start=""),
        "x",
        sender="",
    ),
    Case(
        "from: others sent it on",
        letter(
            "Sender: s@example.com\nReply-To: r@example.com\nResent-From: f@example.com\nReturn-Path: <p@example.com>",
            "x",
        ),
        "x",
    ),
    Case(
        "names of headers in capitals",
        letter("FROM : Wang <w@example.com>\nSUBJECT : HIS", "x", start=""),
        "x",
        sender="w@example.com",
    ),
    Case("line of an mbox", b"From w@example.com Mon Mar  2 10:11:12 2026\n" + letter("To: it@example.com", "x"), "x"),
    Case(
        "a line that is no header",
        letter("From: lin@example.com\nthis is rubbish\nSubject: HIS", "坏了", start=""),
        "坏了",
    ),
    Case(
        "carriage returns alone", b"From: lin@example.com\rSubject: HIS\r\rline one\rline two\r", "line one\nline two"
    ),
)
