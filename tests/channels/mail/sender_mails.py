"""Who wrote, and what the subject is."""

from tests.channels.mail.letters import Case, b64, letter

BODY = "打印机坏了"


def _from(value: str | bytes, subject: str | bytes = "HIS") -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    about = subject.encode() if isinstance(subject, str) else subject
    return letter(
        b"From: " + raw + b"\nSubject: " + about + b"\nContent-Type: text/plain; charset=utf-8", BODY, start=""
    )


def _sender(name: str, value: str | bytes, sender: str) -> Case:
    return Case(name, _from(value), BODY, sender=sender)


def _subject(name: str, value: str | bytes, subject: str) -> Case:
    return Case(name, _from("lin@example.com", value), BODY, subject=subject)


CASES = (
    _sender("capitals are none", "Nurse Lin <Lin.Mei@Example.COM>", "lin.mei@example.com"),
    _sender("address alone", "lin@example.com", "lin@example.com"),
    _sender("comment behind", "lin@example.com (Nurse Lin)", "lin@example.com"),
    _sender("comment with an address", "lin@example.com (was: boss@example.org)", "lin@example.com"),
    _sender("address in a quoted name", '"boss@example.org" <lin@example.com>', "lin@example.com"),
    _sender("address in a bare name", "boss@example.org <lin@example.com>", "lin@example.com"),
    _sender("address in brackets in a bare name", "Boss <boss@example.org> <lin@example.com>", "lin@example.com"),
    _sender("address in brackets in a quoted name", '"Boss <boss@example.org>" <lin@example.com>', "lin@example.com"),
    _sender("address in an encoded name", f"{b64('院长 <boss@example.org>')} <lin@example.com>", "lin@example.com"),
    _sender("comma in an encoded name", "=?utf-8?Q?Lin=2C_boss=40example.org?= <lin@example.com>", "lin@example.com"),
    _sender("comma in a bare name", "Lin, Mei <lin@example.com>", "lin@example.com"),
    _sender("several", "Lin <lin@example.com>, Wang <wang@example.com>", "lin@example.com"),
    _sender("group", "Ward 7: Lin <lin@example.com>, wang@example.com;", "lin@example.com"),
    _sender("encoded line feed", "=?utf-8?Q?Lin=0A_Mei?= <lin@example.com>", "lin@example.com"),
    _sender(
        "encoded CRLF and header", "=?utf-8?Q?Lin=0D=0ABcc:_x=40example.org?= <lin@example.com>", "lin@example.com"
    ),
    _sender("quote never closed", '"Lin <lin@example.com>', "lin@example.com"),
    _sender("bracket never closed", "Lin <lin@example.com", "lin@example.com"),
    _sender("spaces in the brackets", "Lin < lin@example.com >", "lin@example.com"),
    _sender("all of it encoded", b64("林护士 <lin@example.com>"), "lin@example.com"),
    _sender("raw gbk name", "林护士".encode("gbk") + b" <lin@example.com>", "lin@example.com"),
    _sender("invalid bytes in the name", b"\xff\xfe\x80 <lin@example.com>", "lin@example.com"),
    _sender("quoted local part", '"lin mei"@example.com', '"lin mei"@example.com'),
    _sender("route", "<@relay.example.org:lin@example.com>", "lin@example.com"),
    _sender("folded", "Nurse Lin\r\n\t<lin@example.com>", "lin@example.com"),
    _sender("escaped quotes in the name", '"Lin \\"the <boss@example.org>\\"" <lin@example.com>', "lin@example.com"),
    _sender("address of another alphabet", "林 <林@示例.例子>", "林@示例.例子"),
    _sender("plus and dots", "<lin+ward.7@mail.example.com>", "lin+ward.7@mail.example.com"),
    _sender("encoded name in quotes", f'"{b64("林护士", "gb2312")}" <lin@example.com>', "lin@example.com"),
    Case(
        "no From, Sender",
        letter("Sender: Lin <LIN@example.com>\nReply-To: x@example.org\nSubject: HIS", BODY, start=""),
        BODY,
    ),
    Case(
        "neither",
        letter("Subject: HIS\nReply-To: x@example.org\nReturn-Path: <y@example.org>", BODY, start=""),
        BODY,
        sender="",
    ),
    Case(
        "From against all others",
        letter(
            "Sender: a@example.org\nReply-To: b@example.org\nReturn-Path: <c@example.org>\nX-Sender: d@example.org",
            BODY,
        ),
        BODY,
    ),
    Case("empty From", letter("From:\nSender: lin@example.com\nSubject: HIS", BODY, start=""), BODY),
    _subject("encoded", b64("急诊HIS打不开"), "急诊HIS打不开"),
    _subject("adjacent words", f"{b64('急诊')}\r\n {b64('打不开')} HIS", "急诊打不开 HIS"),
    _subject("a sign cut in two", "=?utf-8?B?5omT5Y0=?=\r\n =?utf-8?B?sOacuuWdjw==?=", "打印机坏"),
    _subject("a sign cut in two, Q", "=?gb2312?Q?=B4=F2=D3?= =?gb2312?Q?=A1=BB=FA?=", "打印机"),
    _subject("base64 itself cut", "=?utf-8?B?5omT5Y2w5py?= =?utf-8?B?65Z2P?=", "打印机坏"),
    _subject("no padding", "=?utf-8?B?5omT5Y2w5py6IQ?=", "打印机!"),
    _subject("underscore and space in Q", "=?utf-8?Q?HIS_is down?= now", "HIS is down now"),
    _subject("question mark in Q", "=?utf-8?Q?HIS down??=", "HIS down?"),
    _subject("gb2312 with a dash beyond it", b64("HIS–不能用", "gbk").replace("gbk", "gb2312"), "HIS–不能用"),
    _subject("x-gbk", b64("護理站", "gbk").replace("gbk", "x-gbk"), "護理站"),
    _subject("GB_2312-80", b64("打印机", "gbk").replace("gbk", "GB_2312-80"), "打印机"),
    _subject("gb2312 that is UTF-8", b64("打印机坏了").replace("utf-8", "gb2312"), "打印机坏了"),
    _subject("utf-8 that is gbk", b64("打印机坏了", "gbk").replace("gbk", "utf-8"), "打印机坏了"),
    _subject("raw gbk", "打印机坏了".encode("gbk"), "打印机坏了"),
    _subject("raw utf-8", "打印机坏了", "打印机坏了"),
    _subject("encoded among raw", b"Re: " + b64("急诊").encode() + " 打不开".encode("gbk"), "Re: 急诊 打不开"),
    _subject("encoded in quotes", f'关于"{b64("急诊")}"的问题', '关于"急诊"的问题'),
    _subject("folded plain", "HIS is\r\n  down on\r\n\tward 7", "HIS is down on ward 7"),
    _subject("prefixes stay", f"Re: {b64('回复：转发: 急诊')}", "Re: 回复：转发: 急诊"),
    _subject("unknown charset", "=?x-nonsense?B?5omT5Y2w5py6?=", "打印机"),
    _subject("language", "=?utf-8*zh-CN?Q?=E6=80=A5?=", "急"),
    _subject("iso-2022-jp", b64("プリンタ", "iso-2022-jp"), "プリンタ"),
    _subject("hz", b64("打印机", "hz").replace("?hz?", "?hz-gb-2312?"), "打印机"),
    _subject("big5", b64("印表機壞了", "big5"), "印表機壞了"),
    _subject("gb18030 of four bytes", b64("𠮷科㐂", "gb18030"), "𠮷科㐂"),
    _subject("encoded line feed in it", "=?utf-8?B?SElTCmRvd24=?=", "HIS down"),
    _subject("not closed", "=?utf-8?B?5omT5Y2w5py6", "打印机"),
    _subject("no encoded-word at all", "a =? b ?= c", "a =? b ?= c"),
    _subject("truncated last sign", "=?utf-8?B?5omT5Y2w5py65Z0=?=", "打印机"),
    _subject("none", "", ""),
)
