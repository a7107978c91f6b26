"""Words that say nothing but how bad it is, or since when: of a fault that was reported before, not of another one."""

import re
from datetime import datetime

from handlers.intake.text import fold
from handlers.intake.when import When, when
from sla.labels import Severity

LONGEST = 40
"""Characters; whoever says more says something else as well."""
LASTS = frozenset({"现在", "目前", "眼下", "此刻", "这会儿", "right now", "now"})
"""Words that tell only that it goes on."""
_DOWN = (
    r"用不了|不能用|不能使用|没法用|无法使用|打不开|进不去|动不了|开不了|登不上|登录不(?:了|上)|死机|瘫痪?了|崩了|挂了"
    r"|\bunusable\b|\b(?:not|isn'?t) usable\b|\bdown\b|\bdead\b|\b(?:can'?t|cannot)(?: even)? (?:use|open) it\b"
    r"|\b(?:does not|doesn'?t) (?:work|open)\b"
)
_HINDERED = (
    r"(?:还|勉强|也|又)(?:是|算)?(?:能|可以)(?:正常)?(?:用|打开|开|进|登录|操作)|时好时坏|偶尔|有时候?"
    r"|(?:没|不)有?(?:那么|这么|太|很)?严重|不是(?:完全|都|全)?(?:用不了|不能用|打不开|进不去)|慢|卡顿?"
    r"|\bstill (?:usable|works?|working|opens?|can use it)\b|\bcan still use it\b|\bslow\b|\blaggy\b|\bsluggish\b"
    r"|\bintermittent(?:ly)?\b|\bnot (?:that|so) bad\b|\bnot (?:completely|totally|entirely) down\b"
)
_BESIDE = (
    r"其实|现在|目前|只是|就是|不过|但是?|而且|而已|有点儿?|有些|比较|非常|特别|反应|速度|一点儿?|完全|彻底|根本|已经|一直"
    r"|能用|能打开|可以用|变|很|太|只|就|也|又|还|是|了|的|啊|呀|啦|呢|吧|嘛|它|都"
    r"|\b(?:it'?s|it is|it|is|only|just|now|but|and|a bit|a little|very|really|completely|totally|entirely|at all)\b"
    r"|\b(?:i|we)\b"
)
_SIGNS = r"[\s,，.。;；、!！~～…]+"
_ONLY_DEGREE = re.compile(f"(?:{_HINDERED}|{_DOWN}|{_BESIDE}|{_SIGNS})++", re.IGNORECASE)
_IS_DOWN, _IS_HINDERED = re.compile(_DOWN, re.IGNORECASE), re.compile(_HINDERED, re.IGNORECASE)
_TIME_IS = re.compile(
    r"^(?:(?:故障|发生|开始|出现|出问题|坏)的?)?时间(?:应该|其实)?(?:是|为|[:：])?\s*"
    r"|^(?:the )?(?:fault|onset|start)(?: time)?(?: is| was|:)\s*",
    re.IGNORECASE,
)
_BESIDE_TIME = re.compile(
    r"(?:其实|应该|大概|大约|左右|那时候?|故障|发生|出现|开始|从|自|起|就|才|是|的|了|吧|坏|不好|出问题"
    r"|\b(?:since|from|it|has been|began|started|at|about|around|was|is|actually)\b|[\s,，.。;；、!！~～…])*",
    re.IGNORECASE,
)


def degree(text: str) -> Severity | None:
    """How bad words say that it is that say nothing else (只是慢，还能用; 完全用不了); None for all others."""
    text = fold(text).strip()
    if len(text) > LONGEST or not _ONLY_DEGREE.fullmatch(text):
        return None
    hindered = _IS_HINDERED.search(text) is not None
    down = _IS_DOWN.search(_IS_HINDERED.sub(" ", text)) is not None
    if hindered is down:
        return None
    return Severity.DOWN if down else Severity.DEGRADED


def since(text: str, now: datetime) -> When | None:
    """When it began, by words that say nothing else (是21点, 故障时间应该是凌晨1点); None for all others. `now`: when
    they were said, aware."""
    text = _TIME_IS.sub("", text.strip())
    found = when(text, now) if text and len(text) <= LONGEST else None
    if found is None or found.kind != "onset" or found.span not in text or found.span in LASTS:
        return None
    return found if _BESIDE_TIME.fullmatch(text.replace(found.span, "", 1)) else None
