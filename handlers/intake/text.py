"""What of a message is new, as it is compared (`fold`, by which the catalogue's words are compared as well).

People answer below what they quote, forward what colleagues wrote, speak, send pictures, and sign. What the bot reads
are their own words; what is kept is the whole.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from handlers.intake.lazy import Lazy
from sla.folding import fold

__all__ = ["Letter", "fold", "is_chinese", "letter", "new_words", "quotation"]

# History: from such a line on, nothing is the writer's.
_HISTORY = Lazy(
    r"(?m)^[ \t]{0,8}(?:>|[-—_=*]{2,} ?(?:原始邮件|邮件原件|转发(?:的)?邮件|原邮件|original|forwarded|回复的原邮件"
    r"|begin forwarded)|_{5,}"
    r"|(?:发件人|寄件人|发送人) ?:|from ?:[^\n]{2,80}\n(?:[^\n]{0,80}\n){0,3}(?:sent|date|subject) ?:"
    r"|begin forwarded message|(?:-- ?\n)"
    r"|(?:本邮件|本电子邮件|此邮件|此电子邮件)(?:及|包含|所含|可能|仅|内容)|(?:this e-?mail|the information contained"
    r"|confidentiality notice)"
    r"|(?:at|on|在|于) ?[^\n]{5,90}\n?[^\n]{0,60}(?:wrote|写道|写到|寫道) ?:"
    r"|[^\n]{2,60}[于在]? ?\d{4}[年/-][^\n]{5,60}(?:wrote|写道|写到) ?:|\d{4}年[^\n]{5,80}写道 ?:)"
)
# Lines of somebody else, each marked, and the line that says whose they are.
_ARROWS = Lazy(
    r"(?m)(?:^[^\n]{5,150}(?:\n[^\n]{0,60})?(?:wrote|写道|写到) ?:[ \t]*\n\s{0,20})?(?:^[ \t]{0,8}>[^\n]*(?:\n|\Z))+"
)
# What was quoted above the answer: WeChat's brackets, WeCom's quotation marks, DingTalk's and others' words.
_QUOTE = Lazy(
    r"\s{0,8}(?:(?:这是一条)?(?:引用|回复)[^\n「“\"]{0,20}\n)?(?:「[^」]{0,400}」|[“\"][^”\"]{0,400}[”\"]"
    r"|『[^』]{0,400}』)\s*\n[—\-– ]{3,}\s*\n"
    r"|\s{0,8}「[^」\n]{0,400}:[^」]{0,400}」\s*\n+"
    r"|\s{0,8}(?:引用|回复|reply to"
    r"|quote)[ 「“\"]{0,2}[^\n:」”\"]{1,30}[」”\"]?(?:的消息)? ?:[^\n]{0,300}\n[—\-– ]{3,}\s*\n"
)
_REPLY = Lazy(r"(?:re|aw|回复|答复|回覆|fwd?|fw|转发|转寄)(?:\[\d\])? ?:")
_PREFIXES = Lazy(r"(?:(?:re|aw|回复|答复|回覆|fwd?|fw|转发|转寄)(?:\[\d\])? ?: ?)+")
_DEVICE = Lazy(
    r"\n(?:sent from my [^\n]{1,30}|\(此邮件由[^\n]{1,20}\)|(?:发|發)自我的[^\n]{1,20}|get outlook for[^\n]{0,20}"
    r"|来自[^\n]{1,12}(?:手机|邮箱|客户端)"
    r"|从我的[^\n]{1,12}发送|从 ?windows 版邮件[^\n]{0,10}发送|下载[^\n]{0,12}客户端[^\n]{0,10}$)"
)
# What stands for something that is no words, before or between them: as long in blanks.
_MARKS = Lazy(
    r"[\[【(<](?:语音|语音消息|语音转文字|语音转写|语音识别|转文字|图片|照片|截图|视频|小视频|文件|表情|动画表情"
    r"|位置|链接|聊天记录|合并转发|转发|引用|voice|voice message|photo|image|picture|video|file"
    r"|sticker)[^\]】)>\n]{0,12}[\]】)>]"
    r" ?(?:\d{1,2}['\"″]+)?[ :]?"
    r"|(?m:^)[ \t]{0,8}(?:语音(?:消息)?(?:转文字|转写|识别)(?:结果)?|转文字|识别结果|(?:voice )?transcript|图片说明"
    r"|附言|以下是?转发)(?: ?:|[ \n])"
    r"|(?m:^)[ \t]{0,8}(?:转发 ?自|forwarded from)[^\n:]{1,30} ?:?[ \n]"
)
_SIGNS = ("[", "【", "(", "<", "转", "识别", "script", "forwarded", "附言", "图片说明")
_MENTION = Lazy(r"(?<![a-z0-9_.])@[^\s@\u2005:,。]{1,20}(?:[\u2005\s:,]|$)")
# The lines of a chat record that say who wrote when.
_CLOCK = (
    r"(?:\d{4}[-/.年])?(?:\d{1,2}[-/.月]\d{1,2}日?[ T]?)?(?:星期.|周.)? ?(?:上午|下午|晚上|凌晨|中午|am|pm)? ?"
    r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?"
)
_WHO_WHEN = Lazy(
    rf"(?m)^[ \t]{{0,8}}(?:[^\s:,。\[\]]{{1,16}}(?: [^\s:,。\[\]]{{1,16}})?[ \t]+\(?{_CLOCK}\)?:?"
    rf"|\[?{_CLOCK}\]?[ \t]+[^\s:,。]{{1,16}}:?)[ \t]{{0,8}}$"
    rf"|^[ \t]{{0,8}}\[{_CLOCK}\] ?[^\s:,。]{{1,16}}:"
)
_RECORD = Lazy(r"(?m)^[ \t—\-=\[(《「]*[^\n:]{0,24}(?:聊天记录|chat history)[^\n]{0,12}$\n?")
_SAYS_NOTHING = Lazy(
    r"(?:[\s,。!~?:帮忙我请您你看转发如下见图上面里群的们]|麻烦|处理|解决|各位|老师|工程师|领导|这个|一下|同事|反映"
    r"|反馈|问题|情况|大家|收到|辛苦"
    r"|fyi|pls|please|see below|thanks|help)*"
)
OWN_MOST = 60
"""Characters before a forwarded record that may say nothing."""
_RULES = " \t\n-—_=*"
_CHINESE = Lazy("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of a message, folded. `subject` is empty where there is none; `reply`: the subject answers another.

    `body` starts in the original at `offset`; what is no words in it is blank. `quoted`: words of somebody else stood
    before it and were left out.
    """

    subject: str
    body: str
    offset: int
    reply: bool
    quoted: bool


def is_chinese(text: str) -> bool:
    """Whether any Chinese character stands in it."""
    return _CHINESE.search(text) is not None


def new_words(text: str) -> str:
    """The writer's own words of a text, as they were written, the subject first."""
    parts = letter(fold(text))
    body = "".join(
        " " if shown == " " else char for char, shown in zip(text[parts.offset :], parts.body, strict=False)
    ).strip()
    subject = text[: parts.offset].strip() if parts.subject else ""
    return f"{subject}\n\n{body}" if subject and body else subject or body or text


def quotation(text: str) -> str:
    """What was quoted above the answer, as it was written; "" where nothing was."""
    parts = letter(fold(text))
    return text[: parts.offset] if parts.quoted else ""


@lru_cache(maxsize=2)
def letter(folded: str) -> Letter:
    """Splits folded text into a subject and the new words; history, quotations and device signatures go."""
    folded = _marked(folded)
    if "\n" not in folded:
        return Letter("", folded, 0, False, False)
    quote = _QUOTE.match(folded)
    start, end = quote.end() if quote else 0, len(folded)
    if (history := _HISTORY.search(folded, start)) is not None and folded[start : history.start()].strip(_RULES):
        end = history.start()
    if (device := _DEVICE.search(folded, start, end)) is not None:
        end = device.start()
    folded, end = _of_record(folded, start, end)
    subject = ""
    head, gap, _ = folded[start:end].partition("\n\n")
    if gap and "\n" not in head and len(head) <= 80:
        subject, start = head, start + len(head) + 2
    reply = _REPLY.match(subject) is not None
    if reply:
        subject = _PREFIXES.sub("", subject, count=1)
    return Letter(subject, folded[start:end], start, reply, quote is not None)


def _blank(found: re.Match[str]) -> str:
    return "".join("\n" if char == "\n" else " " for char in found.group())


def _marked(folded: str) -> str:
    """The text with marks for voice, pictures and files, and mentions, in blanks."""
    if "@" in folded and folded.strip().count("@") < 20:
        plain = _MENTION.sub(_blank, folded)
        folded = plain if plain.strip() else folded
    if ">" in folded:
        plain = _ARROWS.sub(_blank, folded)
        folded = plain if plain.strip() else folded
    if any(sign in folded for sign in _SIGNS):
        plain = _MARKS.sub(_blank, folded)
        folded = plain if plain.strip() else folded
    return folded


def _of_record(folded: str, start: int, end: int) -> tuple[str, int]:
    """Where a forwarded chat record begins, the words before it are the writer's, if they say anything; else the
    record is read, without its heading and without who wrote when. The text, as long as it was, and its end."""
    heading = _RECORD.search(folded, start, end)
    lines = _WHO_WHEN.finditer(folded, start, end)
    first = next(lines, None)
    if heading is None and (first is None or next(lines, None) is None):
        return folded, end
    begin = min(found.start() for found in (heading, first) if found)
    if begin - start > OWN_MOST or not _SAYS_NOTHING.fullmatch(folded, start, begin):
        return folded, begin
    plain = _WHO_WHEN.sub(_blank, _RECORD.sub(_blank, folded[start:end]))
    return (folded[:start] + plain + folded[end:], end) if plain.strip() else (folded, end)
