"""Bytes and what their label says of them."""

import base64

from tests.channels.mail.letters import Case, letter, page, plain

_B64 = "Content-Type: text/plain; charset={}\nContent-Transfer-Encoding: base64"
_QP = "Content-Type: text/plain; charset={}\nContent-Transfer-Encoding: quoted-printable"


def _b64(text: str, codec: str, label: str) -> bytes:
    return letter(_B64.format(label), base64.encodebytes(text.encode(codec)))


def _raw(raw: bytes, typed: str = "Content-Type: text/plain") -> bytes:
    return letter(typed, raw)


CASES = (
    Case("gb2312 with gbk signs", plain("輸液泵–报警", encoding="gbk", label="gb2312"), "輸液泵–报警"),
    Case("gb2312 with four bytes", plain("𠮷医生，HIS打不开", encoding="gb18030", label="GB2312"), "𠮷医生，HIS打不开"),
    Case("x-gbk in quotes", plain("急诊打不开", encoding="gbk", label='"x-gbk"'), "急诊打不开"),
    Case("cp936", plain("急诊打不开", encoding="gbk", label="cp936"), "急诊打不开"),
    Case("gbk that is UTF-8", plain("急诊HIS打不开了", label="gbk"), "急诊HIS打不开了"),
    Case("gb2312 that is UTF-8, two signs", plain("急诊", label="gb2312"), "急诊"),
    Case("gbk of two signs that are UTF-8 by chance", _raw(b"\xc4\xa3\xc6\xbd", _QP.format("gbk")), "模平"),
    Case("gbk of one rare sign that is UTF-8 by chance", _raw(b"\xd8\xb1", _QP.format("gbk")), "乇"),
    Case("utf-8 that is gbk", plain("急诊HIS打不开了", encoding="gbk", label="utf-8"), "急诊HIS打不开了"),
    Case("latin1 that is gbk", plain("急诊打不开，请来人", encoding="gbk", label="iso-8859-1"), "急诊打不开，请来人"),
    Case("latin1 that is UTF-8", plain("急诊打不开", label="iso-8859-1"), "急诊打不开"),
    Case("latin1 that is latin1", plain("Café déjà vu", encoding="latin-1", label="iso-8859-1"), "Café déjà vu"),
    Case("us-ascii that is gbk", plain("急诊打不开", encoding="gbk", label="us-ascii"), "急诊打不开"),
    Case("us-ascii that is UTF-8", plain("急诊打不开", label="us-ascii"), "急诊打不开"),
    Case("no label, gbk", _raw("急诊打不开".encode("gbk")), "急诊打不开"),
    Case("no label, UTF-8", _raw("急诊打不开".encode()), "急诊打不开"),
    Case("no header at all for the text, gbk", letter("", "急诊打不开".encode("gbk")), "急诊打不开"),
    Case("unknown label", plain("急诊打不开", label="x-unknown-9"), "急诊打不开"),
    Case("label that is no charset", plain("hello", label="rot13"), "hello"),
    Case("label that is an escape", plain("a\\x41", label="unicode_escape"), "a\\x41"),
    Case("empty label", plain("急诊打不开", encoding="gbk", label='""'), "急诊打不开"),
    Case("label with more behind", plain("急诊", label='"utf-8; format=fixed"'), "急诊"),
    Case(
        "last sign lost its end",
        _raw("急诊打不开了".encode()[:-1], "Content-Type: text/plain; charset=utf-8"),
        "急诊打不开",
    ),
    Case("last sign lost, no label", _raw("急诊打不开了".encode()[:-2]), "急诊打不开"),
    Case(
        "one broken byte in UTF-8",
        _raw("急诊打不开".encode() + b"\xff" + "请来人看看".encode(), "Content-Type: text/plain; charset=utf-8"),
        "急诊打不开请来人看看",
    ),
    Case("big5", plain("急診室印表機壞了", encoding="big5", label="big5"), "急診室印表機壞了"),
    Case("big5 with cp950", plain("碁恒裏粧", encoding="cp950", label="Big5"), "碁恒裏粧"),
    Case("big5 that is UTF-8", plain("急診室印表機壞了", label="big5"), "急診室印表機壞了"),
    Case(
        "big5-hkscs",
        plain("急診室嘅電腦冇反應，唔該嚟睇吓", encoding="big5hkscs", label="big5-hkscs"),
        "急診室嘅電腦冇反應，唔該嚟睇吓",
    ),
    Case(
        "iso-2022-jp", plain("プリンタが動きません", encoding="iso2022_jp", label="ISO-2022-JP"), "プリンタが動きません"
    ),
    Case("shift_jis", plain("プリンタ①", encoding="cp932", label="Shift_JIS"), "プリンタ①"),
    Case("euc-kr", plain("프린터 고장", encoding="cp949", label="ks_c_5601-1987"), "프린터 고장"),
    Case("hz-gb-2312", plain("打印机坏了 ok", encoding="hz", label="HZ-GB-2312"), "打印机坏了 ok"),
    Case("utf-7", plain("打印机坏了", encoding="utf-7", label="utf-7"), "打印机坏了"),
    Case("utf-16 in base64", _b64("打印机坏了", "utf-16", "utf-16"), "打印机坏了"),
    Case("utf-16le without mark", _b64("HIS打印机坏了", "utf-16-le", "utf-16le"), "HIS打印机坏了"),
    Case("utf-16 that is ASCII", _b64("HIS is down", "ascii", "utf-16"), "HIS is down"),
    Case("windows-1251", plain("Принтер не работает", encoding="cp1251", label="windows-1251"), "Принтер не работает"),
    Case(
        "mark of UTF-8 with a label of gbk",
        _raw(b"\xef\xbb\xbf" + "急诊".encode(), "Content-Type: text/plain; charset=gbk"),
        "急诊",
    ),
    Case("UTF-8 in base64", _b64("急诊打不开", "utf-8", "UTF-8"), "急诊打不开"),
    Case(
        "gb18030 in quoted-printable", _raw(b"=BC=B1=D5=EF=\r\n=B4=F2=B2=BB=BF=AA", _QP.format("GB18030")), "急诊打不开"
    ),
    Case(
        "charset behind a comma",
        letter("Content-Type: text/plain, charset=gbk", "急诊打不开".encode("gbk")),
        "急诊打不开",
    ),
    Case(
        "page that names its own",
        letter("Content-Type: text/html", '<meta charset="big5"><p>印表機壞了'.encode("big5")),
        "印表機壞了",
    ),
    Case("nbsp and zero width", page("<p>HIS&nbsp;&#8203;打不开&zwnj;</p>"), "HIS 打不开"),
)
