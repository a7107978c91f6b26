"""What pages, logs and exports must not show: identity cards, telephones, record numbers, names, passwords."""

import re
from functools import lru_cache

from handlers.intake.lazy import Lazy
from handlers.intake.persons import hide_names
from sla.folding import fold

_MARK = r"[是为：:\s#]{0,4}"
_CARD = Lazy(
    r"(?<!\d)\d{6}[ -]?(?:18|19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])[ -]?"
    r"(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dXx](?![\dA-Za-z])"
)
_OLD_CARD = Lazy(
    r"(?<![\dA-Za-z.])(?<!单号)(?<!单号[：: ])(?<!流水号)(?<!编号)(?<!编码)"
    r"(?<!条码)(?<!序列号)(?<!发票号)(?<!IMEI)(?<!IMEI[：: ])"
    r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])\d{4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d"
    r"|3[01])\d{3}(?![\dA-Za-z])"
)
_CARD_NAMED = Lazy(
    rf"((?:身份证件?|证件|[Ii][Dd] card|[Ii]dentity card)(?:号码?| number| no\.?)?"
    rf"(?: is)?{_MARK})(?:\d{{17}}[\dXx]|\d{{15}})(?!\d)"
)
_PASSPORT = Lazy(
    rf"((?:护照|通行证|军官证|台胞证|居留证|[Pp]assport)(?:号码?| number| no\.?)?{_MARK})"
    r"([A-Za-z]{0,3}\d{6,10})(?![\dA-Za-z])"
)
_PHONE = Lazy(
    r"(?<![\d.])(?:(?:\+|00)?86[- ]?)?"
    r"1[3-9]\d(?:(?:[- .]?\d{4}){2}|\d[- ]\d{3}[- ]\d{4}|[- ]\d{3}[- ]\d{5}|\d{2}[- ]\d{6}"
    r"|\d{2}[- ]\d{3}[- ]\d{3})(?!\d)"
)
_LANDLINE = Lazy(r"(?<!\d)0\d{2,3}[- ]\d{3,4}[- ]?\d{4}(?!\d)|(?<=电话|座机)0\d{9,11}(?!\d)")
_THEIR_PHONE = Lazy(
    rf"((?:家属|患者|病人|患儿|产妇|本人|监护人)的?(?:联系|家庭)?(?:电话|手机|座机)号?码?{_MARK})(\d{{7,8}})(?!\d)"
)
_NUMBER_OF = (
    "住院|病历|病案|门诊|急诊|就诊|登记|患者|病人|档案|诊疗|体检|检查|检验|化验|影像|标本|样本|处方|申请|病理|放射"
    "|超声|彩超|心电图?|内镜|胃镜"
    "|试管|(?<!显)(?<!网)(?<!声)卡|就诊卡|诊疗卡|健康卡|医保卡?|社保卡?|参保|一卡通|挂号|预约|取药|手术|输血|血袋"
    "|腕带|手环|床头卡|登记卡|留观|出院"
    "|(?<!药品)(?<!耗材)(?<!资产)(?<!设备)(?<!商品)(?<!物资)(?<!试剂)条形?码|(?:CT|MRI?|DR|US|HIS|PACS|LIS|X[线光])"
)
_RECORD = Lazy(
    rf"((?:(?:{_NUMBER_OF})(?:流水|序|编|卡|单|条码)?(?:号码?|[Ii][Dd]|[Nn][Oo]\.?)"
    r"|\b(?:[Pp]atient|[Aa]dmission|[Rr]ecord|[Aa]ccession|[Cc]hart|[Vv]isit|[Ee]ncounter|[Ss]pecimen|[Bb]arcode"
    r"|[Ss]ample|[Hh]ospital|[Mm]edical record|[Ii]npatient"
    r"|[Oo]utpatient)(?: (?:number|no\.?|id|ID|No\.?|#))(?: is)?"
    r"|MRN|mrn|(?<![A-Za-z])ID号?(?=[：:\s]{0,2}\d{5})|(?<![品材产备资剂])条码(?=[：:\s]{0,2}\d{6})"
    r"|(?<!交易)(?<!支付)(?<!订单)(?<!银行)流水号(?=[是为：:\s#]{0,4}\w{5,14}(?!\w))|(?:就诊|诊疗|医保|社保"
    r"|居民健康)卡(?=[：:\s]{0,2}\d))"
    r"(?:分别)?[是为：:\s#]{0,4})([A-Za-z]{0,4}-?\d[\dA-Za-z-]{3,19})"
)
# Hospitals' own letters: 住院, 门诊, 急诊, 体检, 病案.
_LETTERED = Lazy(r"(?<![A-Za-z0-9])(?:ZY|MZ|JZ|TJ|BA)\d{6,12}(?![\dA-Za-z])")
_NEXT_RECORD = Lazy(
    r"(\[病历号\](?:、|和|与|及|跟|或|，|,|/|\s){1,2})([A-Za-z]{0,4}-?\d[\dA-Za-z-]{4,19})(?![:：.\dA-Za-z年月])"
)
_SIGNS = r"[A-Za-z0-9!@#$%^&*_+\-=.?~]"
_ORDINARY = (
    r"(?!(?:not?|wrong|required?|expired?|incorrect|invalid|locked|still|now|always|never|too|lost|unknown|missing"
    r"|blocked|reset|correct|ok"
    r"|okay|fine|right|set|the|my|about|due|empty|blank|same|and|or|but|for|in|on|of|to|very|also|only|as|a|an|error"
    r"|it|that|what|being|"
    r"[a-z]{2,}(?:ed|ing))(?![A-Za-z0-9!@#$%^&*_+=~]))(?!(?:HIS|his|OA|oa|CA|ca|LIS|PACS|EMR|Windows|windows|WIFI"
    r"|wifi)(?:的|系统|密码|账号|登))"
)
_PASSWORD = Lazy(
    r"((?:密码|口令|PIN码?|pin码?|[Pp]ass(?:word|code)|PASSWORD|[Pp]wd|PWD|passwd|(?<![A-Za-z])[Pp](?:w|ass)(?=:|=)|验证码)"
    r"(?:我|已经?|刚|现在|还|都|被|给|临时|我?(?:设|用)的?|应该|好像|就){0,3}\s?(?:(?:是|为|就是|(?:改|设|设置|重置|换"
    r"|变)(?:成了?|为|回)|is|was|：|:|=)\s{0,2}){1,3}"
    rf"[“\"'「]?){_ORDINARY}({_SIGNS}{{3,32}})",
)
# 密码忘了,以前是…: one that comes behind the next comma has a digit in it.
_PASSWORD_LATER = Lazy(
    r"((?:密码|口令)[^。!?！？\n]{0,8}[，,]\s?(?:以前|原来|之前|现在|后来|[新旧老]的)(?:用的?|的|设的?)?(?:是|为)\s?)"
    rf"(?=[A-Za-z!@#$%]{{0,24}}\d)({_SIGNS}{{4,32}})"
)
_PASSWORD_BARE = Lazy(
    rf"((?:密码|口令|PIN码?"
    rf"|pin码?)\s?)(?=[A-Za-z!@#$%]{{0,24}}\d)({_SIGNS}{{4,32}})(?<!\d\.)(?![位次年月天分秒个遍点.\d])"
)
_PASSWORD_PLAIN = Lazy(rf"(\b(?:[Pp]assword|pwd|passwd|pw)\s)(?=[A-Za-z]*[\d!@#$%])({_SIGNS}{{4,32}})")
_PASSWORD_COUNTED = Lazy(r"((?:密码|口令)(?:就?[是为]|：|:))([一二三四五六七八九\d]个[零一二三四五六七八九\d])")
_PAIR = Lazy(
    r"((?:账号|帐号|账户|用户名?|工号|登录名|[Uu]ser(?:name)?|[Ll]ogin)\s?(?:和|/|／|、|及|与|and)?\s?"
    r"(?:密码|口令|[Pp]assword|[Pp]wd)(?:都|分别)?[是为：:\s]{0,3}"
    rf"[A-Za-z0-9_.@-]{{2,32}}?\s?[/／,，、\s]\s?)({_SIGNS}{{3,32}})"
)
_BEHIND_NAME = Lazy(r"(\[姓名\][\s,，（(]{1,2})([A-Za-z]{0,3}\d{5,12})(?![\dA-Za-z])")  # a number beside the name
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DIGIT = Lazy(r"\d[\dA-Za-z -]{2}")
_CUE = Lazy(r"密码|口令|验证码|[Pp][Ii][Nn]|[Pp]ass|PASS|[Pp]w|PWD")
_WIDE = Lazy("[０-９Ａ-Ｚａ-ｚ＋－]")
_NARROW = {
    wide: wide - 0xFEE0
    for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), 0xFF0B, 0xFF0D)
}


def is_identity_card(number: str) -> bool:
    """Whether 18 characters are an identity card by the check digit of GB 11643."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()


def _card(found: re.Match[str]) -> str:
    number = re.sub("[ -]", "", found.group())
    return "[身份证]" if is_identity_card(number) else found.group()


@lru_cache(maxsize=128)
def redact(text: str) -> str:
    """The text with what must not be shown replaced: [身份证] [电话] [病历号] [姓名] [密码].

    It cannot find a name that nothing introduces. Full-width letters and digits become half-width where something
    was replaced. Pure, total, and linear in the length of the text.
    """
    if _WIDE.search(text):
        narrow = text.translate(_NARROW)
        shown = _redacted(narrow)
        return text if shown == narrow else shown
    return _redacted(text)


def redact_words(words: str, whole: str) -> str:
    """Words that were copied out of a text, as they are where the redacted text has them too: in a copy that cannot be
    known for a name or a number any more which the words around it gave away in the text. Compared folded."""
    known, inside = fold(words), fold(whole)
    return words if known in fold(redact(whole)) else "…" if known in inside else redact(words)


def redact_why(why: str, whole: str) -> str:
    """Of "rule: words that fired it" the words redacted, by the text that they were copied from."""
    rule, colon, words = why.partition(": ")
    return f"{rule}{colon}{redact_words(words, whole)}" if colon else why


def _redacted(text: str) -> str:
    if _CUE.search(text):
        text = _PAIR.sub(r"\1[密码]", text)
        text = _PASSWORD.sub(r"\1[密码]", text)
        text = _PASSWORD_LATER.sub(r"\1[密码]", text)
        text = _PASSWORD_BARE.sub(r"\1[密码]", text)
        text = _PASSWORD_PLAIN.sub(r"\1[密码]", text)
        text = _PASSWORD_COUNTED.sub(r"\1[密码]", text)
    if _DIGIT.search(text):
        text = _numbers(text)
    return _BEHIND_NAME.sub(r"\1[病历号]", hide_names(text))


def _numbers(text: str) -> str:
    text = _CARD.sub(_card, text)
    text = _CARD_NAMED.sub(r"\1[身份证]", text)
    text = _OLD_CARD.sub("[身份证]", text)
    text = _PASSPORT.sub(r"\1[身份证]", text)
    text = _PHONE.sub("[电话]", text)
    text = _LANDLINE.sub("[电话]", text)
    text = _THEIR_PHONE.sub(r"\1[电话]", text)
    text = _RECORD.sub(r"\1[病历号]", text)
    text = _LETTERED.sub("[病历号]", text)
    return _NEXT_RECORD.sub(r"\1[病历号]", text)
