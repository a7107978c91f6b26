"""Bytes to text. A label is a claim: bytes that contradict it win, and every input has an answer."""

import codecs
import re

_GB, _UTF8, _ASCII = "gb18030", "utf-8", "ascii"
_JIS = "iso2022_jp_ext"
_CN = "iso2022_cn"
"""Unknown to Python; read by `_shifted`."""
_WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32")
_SEVEN_BIT = frozenset({"hz", "utf-7", _JIS, _CN, "iso2022_kr"})
_SINGLE = frozenset(
    {f"iso8859_{n}" for n in range(2, 17) if n != 12}
    | {f"cp{n}" for n in (1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258, 866, 874)}
    | {"koi8_r", "koi8_u", "mac_roman"}
)
_NAMES: dict[str, str] = {
    codec: codec
    for codec in ("gb18030", "gbk", "gb2312", "hz", "cp932", "cp949", "cp950", "cp1252", "big5hkscs", "ascii")
}
for _codec, _labels in {
    _GB: "gb18030 gb2312 gbk gb xgbk gb231280 csgb2312 csgb231280 csiso58gb231280 isoir58 cp936 ms936 "
    "windows936 936 euccn "
    "xeuccn xgb2312 chinese simplifiedchinese gb180302000 gb180302022 gb23121980 cngb gb1988",
    "cp950": "big5 xbig5 cnbig5 csbig5 ms950 windows950 950 big5tw big5eten big5e xxbig5 traditionalchinese",
    "big5hkscs": "xbig5hkscs big5hkscs2004 hkscs",
    _UTF8: "utf8 xutf8 unicode11utf8 utf8mb4 utf csutf8 utf8bom",
    "utf-7": "utf7 unicode11utf7 xunicode11utf7 csunicode11utf7",
    "utf-16": "utf16 ucs2 unicode iso10646ucs2 csunicode",
    "utf-16-le": "utf16le unicodelittle",
    "utf-16-be": "utf16be unicodebig",
    "utf-32": "utf32 ucs4",
    "hz": "hzgb2312 hzgb",
    _JIS: "iso2022jp csiso2022jp iso2022jp1 iso2022jpext jis",
    "iso2022_kr": "iso2022kr csiso2022kr",
    _CN: "iso2022cn iso2022cnext",
    "cp932": "shiftjis sjis xsjis mskanji windows31j csshiftjis csmskanji ms932",
    "euc_jp": "eucjp xeucjp cseucpkdfmtjapanese",
    "cp949": "euckr ksc56011987 ksc5601 ksc56011989 windows949 uhc korean cseuckr",
    _ASCII: "usascii ansix341968 iso646us 646 csascii default 7bit 8bit unknown8bit xunknown unknown none null",
    "cp1252": "iso88591 latin1 l1 iso885911987 windows1252 xansi ansi cp819",
    "cp874": "tis620 windows874 iso885911",
    "cp1254": "iso88599 latin5",
    "koi8_r": "koi8r",
    "koi8_u": "koi8u",
    "mac_roman": "macintosh xmacroman mac",
    "cp866": "ibm866",
}.items():
    _NAMES.update(dict.fromkeys(_labels.split(), _codec))
_NAMES |= {f"iso8859{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
_NAMES |= {f"windows{n}": f"cp{n}" for n in range(1250, 1259)} | {f"cp{n}": f"cp{n}" for n in range(1250, 1259)}

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]")
_JIS_ESCAPE = re.compile(rb"\x1b\$[@B(]")
_CN_ESCAPE = re.compile(rb"\x1b\$\)[AEG]|\x1b\$[*+][A-M]|\x1b[NO]")
_CN_SHIFT = re.compile(rb"\x0e([^\x0e\x0f\r\n]*)\x0f?")
_LATIN = frozenset({"cp1250", "cp1252", "cp1254", "iso8859_2", "iso8859_10", "iso8859_15", "iso8859_16", "mac_roman"})
_HARDLY_LATIN = re.compile(rb"[\x80-\xff]{6}")
"""Letters with accents do not stand six in a row in any language that is written so."""
_JIS_PART = re.compile(rb"\x1b(\$[@B]|\([BJI]|\$\(D)([^\x1b\r\n]*)")
_HIGH = bytes(byte | 0x80 if byte > 0x20 else byte for byte in range(256))
_HALVES = re.compile("[\ud800-\udfff]")
_HAN = re.compile("[\u3400-\u9fff]")
_LOOKED_AT = 300
_MOST_CONVERTED = 150_000
"""Bytes that are converted sign by sign: more than anybody writes by hand, in a tenth of the time a mail may take."""
_ALMOST_ALL, _MOSTLY = 0.95, 0.7
"""How much must be everyday Chinese before a label of another alphabet loses."""
_TAIL = 3
"""A character of UTF-8 that lost its end has at most three bytes left."""


def codec_of(label: str) -> str | None:
    """Python's codec for a declared charset; None for one that is unknown. Only codecs of text are ever returned."""
    first = label.strip(" \t\"'").split(";")[0].split("*")[0].strip().lower()
    return _NAMES.get(_NOT_IN_A_NAME.sub("", first)[:30])


def decode(raw: bytes, label: str = "") -> str:
    """The text of the bytes. gb2312 and gbk mean gb18030, big5 means cp950; a label that is missing, unknown or
    contradicted by the bytes: UTF-8 if the bytes are, else gb18030. What cannot be decoded is left out."""
    if not label and raw.isascii() and b"\x1b" not in raw:
        return raw.decode(_ASCII)
    codec = codec_of(label)
    if raw.startswith(codecs.BOM_UTF8):
        raw, codec = raw[len(codecs.BOM_UTF8) :], _UTF8
    elif raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and (told := _strict(raw, "utf-16")) is not None:
        return told
    if codec in _WIDE:
        codec = _order(raw, str(codec))
    if codec == _CN:
        raw, codec = _shifted(raw), _GB
    if raw.isascii() and codec not in _SEVEN_BIT and codec not in _WIDE:
        if not _JIS_ESCAPE.search(raw):
            return raw.decode(_ASCII)
        return told if (told := _strict(raw, _JIS)) is not None else _jis(raw)
    unicode = _utf8(raw)
    if codec in (None, _ASCII, _UTF8):
        return unicode if unicode is not None else _guessed(raw)
    told = _strict(raw, str(codec))
    if told is None:
        return _contradicted(raw, str(codec), unicode)
    return _doubted(raw, str(codec), told, unicode)


def _order(raw: bytes, codec: str) -> str | None:
    """Which order the bytes of UTF-16 have, where no mark says it: the one that makes sense, and the little end first
    where both do, as Windows writes. None where the bytes are no UTF-16 at all."""
    if codec == "utf-32":
        return codec
    likely = ("utf-16-be", "utf-16-le") if codec == "utf-16-be" else ("utf-16-le", "utf-16-be")
    read = {each: raw.decode(each, "ignore") for each in likely}
    sense = {each: sum(1 for sign in text[:_LOOKED_AT] if _is_usual(sign)) for each, text in read.items()}
    best = max(likely, key=lambda each: sense[each])
    is_other = b"\0" not in raw and _utf8(raw) is not None and sense[best] * 2 <= len(read[best][:_LOOKED_AT])
    return None if is_other else best


def _is_usual(sign: str) -> bool:
    return "\x20" <= sign <= "\x7e" or sign in "\r\n\t" or _is_common(sign)


def _shifted(raw: bytes) -> bytes:
    """ISO-2022-CN (RFC 1922) as GB2312: what stands between SO and SI has the high bits off."""
    plain = _CN_ESCAPE.sub(b"", raw)
    return _CN_SHIFT.sub(lambda found: found[1].translate(_HIGH), plain)


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        return _whole(raw.decode(codec))
    except (UnicodeError, ValueError):
        return None


def _whole(text: str) -> str:
    """Without halves of characters, which UTF-7 can hold and nothing can keep."""
    return _HALVES.sub("", text)


def _utf8(raw: bytes) -> str | None:
    """The bytes as UTF-8, without a last character that lost its end; None when they are not."""
    try:
        return raw.decode(_UTF8)
    except UnicodeDecodeError as error:
        cut = error.start
        is_tail = error.reason == "unexpected end of data" and cut >= len(raw) - _TAIL
        # A fragment alone is no evidence: one character of GB2312 looks like it.
        return raw[:cut].decode(_UTF8) if is_tail and not raw[:cut].isascii() else None


def _jis(raw: bytes) -> str:
    """ISO-2022-JP with signs that the standard does not have and every mail program of Windows writes: ①, ㈱, ㎜. They
    are in the table of Shift JIS, to which the two bytes of a sign are converted."""
    return _JIS_PART.sub(_as_shifted, raw[:_MOST_CONVERTED]).decode("cp932", "ignore")


def _as_shifted(found: re.Match[bytes]) -> bytes:
    escape, body = found[1], found[2]
    if escape == b"$(D":
        return (b"\x1b$(D" + body).decode(_JIS, "ignore").encode("cp932", "ignore")
    if escape == b"(I":
        return body.translate(_HIGH)
    if not escape.startswith(b"$"):
        return body
    return b"".join(_shift_jis(row, cell) for row, cell in zip(body[::2], body[1::2], strict=False) if row < 0x7F)


def _shift_jis(row: int, cell: int) -> bytes:
    """A sign of JIS X 0208 in Shift JIS: two rows share a lead byte."""
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    trail = cell + (0x1F if cell < 0x60 else 0x20) if row % 2 else cell + 0x7E
    return bytes((lead, trail)) if 0x40 <= trail <= 0xFC else b""


def _guessed(raw: bytes) -> str:
    """Bytes that are not UTF-8 throughout: mostly UTF-8 with a few broken ones, else gb18030."""
    replaced = raw.decode(_UTF8, "replace")
    bad = replaced.count("\ufffd")
    good = _beyond_ascii(replaced) - bad
    if good >= 3 * bad:
        return raw.decode(_UTF8, "ignore")
    return raw.decode(_GB, "ignore")


def _contradicted(raw: bytes, codec: str, unicode: str | None) -> str:
    """The label cannot be right as it stands: UTF-8, a near relation of the label, or the label but for a few bytes."""
    if codec == _JIS and _JIS_ESCAPE.search(raw):
        return _jis(raw)
    if unicode is not None:
        return unicode
    if codec == _JIS and (told := _strict(raw, "euc_jp")) is not None:
        return told
    if codec == "cp950" and (told := _strict(raw, "big5hkscs")) is not None:
        return told
    if codec in _SEVEN_BIT and raw.isascii():
        return _whole(raw.decode(codec, "ignore"))
    if codec not in _SINGLE and codec not in _WIDE and codec not in _SEVEN_BIT:
        replaced = raw.decode(codec, "replace")
        bad = replaced.count("\ufffd")
        good = _beyond_ascii(replaced) - bad
        if good >= 3 * bad and (codec == _GB or _strict(raw, _GB) is None):
            return raw.decode(codec, "ignore")
    return _guessed(raw)


def _doubted(raw: bytes, codec: str, told: str, unicode: str | None) -> str:
    """The label is possible; the bytes may still speak for something else."""
    if unicode is not None:
        if codec in _SINGLE:
            return unicode
        if codec in _SEVEN_BIT or codec in _WIDE:
            return told
        # A few characters of GB2312 can be valid UTF-8 by chance: of Latin, Greek or Arabic, which nobody labels so.
        by_chance = max(unicode) < "\u0800" or (_common(told) == 1.0 and not _HAN.search(unicode))
        return told if by_chance else unicode
    if codec in _SINGLE and (chinese := _strict(raw, _GB)) is not None:
        enough = _MOSTLY if codec in _LATIN and _HARDLY_LATIN.search(raw) else _ALMOST_ALL
        return chinese if _common(chinese) > enough else told
    return told


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode(_ASCII, "ignore"))


def _common(text: str) -> float:
    """How much of the text beyond ASCII is everyday Chinese, from 0 to 1; 0 for less than two such signs."""
    signs = [sign for sign in text if sign > "\x7f"][:_LOOKED_AT]
    if len(signs) < 2:
        return 0.0
    return sum(1 for sign in signs if _is_common(sign)) / len(signs)


def _is_common(sign: str) -> bool:
    """Of the first level of GB2312, or its punctuation."""
    try:
        lead = sign.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3)
