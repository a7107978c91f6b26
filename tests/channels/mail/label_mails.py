"""Charsets that few programs write any more, and labels that say the wrong one."""

import base64
import quopri

from tests.channels.mail.letters import Case, letter

_SAID = "三楼护士站的电脑开不了机，等着录医嘱。"
_UTF8, _GBK = _SAID.encode(), _SAID.encode("gbk")
_PAGE = (
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head>'
    "<body><div>放射科PACS看不到片子</div></body></html>"
)


def _of(name: str, label: str | None, raw: bytes, text: str, way: str = "8bit") -> Case:
    typed = "Content-Type: text/plain" + (f"; charset={label}" if label is not None else "")
    sent = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(way, bytes)(raw)
    return Case(f"{name}", letter(f"{typed}\nContent-Transfer-Encoding: {way}", sent), text)


def _shifted(text: str) -> bytes:
    """GB2312 as ISO-2022-CN writes it: the high bits off, between SO and SI."""
    return b"\x1b$)A\x0e" + bytes(byte & 0x7F for byte in text.encode("gb2312")) + b"\x0f"


def _cut_within_signs(text: str) -> bytes:
    """Quoted-printable in small letters, its soft breaks between the bytes of one sign."""
    pairs = [f"={byte:02x}".encode() for byte in text.encode()]
    return b"=\r\n".join(b"".join(pairs[at : at + 25]) for at in range(0, len(pairs), 25))


CASES = (
    _of("four bytes and a dash", "gb2312", "朱镕基楼 – 打印机㐂坏了".encode("gb18030"), "朱镕基楼 – 打印机㐂坏了"),
    _of("beyond the plane", "GB18030", "😀𠮷医生等着用".encode("gb18030"), "😀𠮷医生等着用", "base64"),
    _of("gb2312-80", "GB_2312-80", "检验科条码机".encode("gb2312"), "检验科条码机"),
    _of("signs of cp950", "big5", "印表機壞了，碁裏恒粧，價錢€5".encode("cp950"), "印表機壞了，碁裏恒粧，價錢€5"),
    _of("hz", "hz-gb-2312", "急诊 HIS 登录不了~".encode("hz"), "急诊 HIS 登录不了~", "7bit"),
    _of("utf-7", "utf-7", "药房窗口 A+B 都慢".encode("utf-7"), "药房窗口 A+B 都慢", "7bit"),
    _of("utf-16 with its mark", "utf-16", "手术室断网了".encode("utf-16"), "手术室断网了", "base64"),
    _of("utf-16, little end", "UTF-16LE", "手术室断网了".encode("utf-16le"), "手术室断网了", "base64"),
    _of("utf-16, big end unmarked", "utf-16", "手术室断网了".encode("utf-16be"), "手术室断网了", "base64"),
    _of("utf-16, little end unmarked", "utf-16", "PACS 很慢".encode("utf-16le"), "PACS 很慢", "base64"),
    _of("utf-16 that is ASCII", "utf-16", b"the printer is broken", "the printer is broken"),
    _of("utf-16 of two letters' bytes", "utf-16be", "打印".encode("utf-16be"), "打印", "base64"),
    _of("iso-2022-cn", "ISO-2022-CN", _shifted("病房呼叫失灵") + b" ok", "病房呼叫失灵 ok", "7bit"),
    _of("iso-2022-jp", "ISO-2022-JP", "プリンタ故障".encode("iso-2022-jp"), "プリンタ故障", "7bit"),
    _of("korean by its old name", "ks_c_5601-1987", "프린터 고장".encode("cp949"), "프린터 고장"),
    _of("ascii that is UTF-8", "us-ascii", _UTF8, _SAID),
    _of("latin that is UTF-8", "iso-8859-1", _UTF8, _SAID, "quoted-printable"),
    _of("UTF-8 that is gbk", "utf-8", _GBK, _SAID),
    _of("gbk that is UTF-8", "gbk", _UTF8, _SAID, "base64"),
    _of("UTF-8 without its end", "utf-8", _UTF8 + "谢".encode()[:2], _SAID),
    _of("no label, without its end", None, _UTF8 + "谢".encode()[:1], _SAID),
    _of("one bad byte", "utf-8", _UTF8[:9] + b"\xff" + _UTF8[9:], _SAID),
    _of("unknown-8bit", "unknown-8bit", _GBK, _SAID),
    _of("of a dialogue box", "_autodetect_all", _UTF8, _SAID),
    _of("single quotes", "'utf-8'", _UTF8, _SAID),
    _of("comment", "utf8 (unicode)", _UTF8, _SAID),
    _of("mark of UTF-8", "gbk", b"\xef\xbb\xbf" + _UTF8, _SAID),
    Case(
        "cut within signs",
        letter(
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
            _cut_within_signs("输液泵报警后联不上网，请处理一下。谢谢！"),
        ),
        "输液泵报警后联不上网，请处理一下。谢谢！",
    ),
    Case("in the page", letter("Content-Type: text/html", _PAGE.encode("gbk")), "放射科PACS看不到片子"),
    Case(
        "the page is wrong",
        letter("Content-Type: text/html; charset=utf-8", _PAGE.encode()),
        "放射科PACS看不到片子",
    ),
    Case(
        "semicolon missing",
        letter("Content-Type: text/plain charset=gbk", "急诊".encode("gbk") + _GBK),
        "急诊" + _SAID,
    ),
    Case("quote not closed", letter('Content-Type: text/plain; charset="gb2312', _GBK), _SAID),
    Case("type is empty", letter("Content-Type:", _UTF8), _SAID),
    Case("type is half", letter("Content-Type: text", _UTF8), _SAID),
)
