"""The rest of the grammar of Chinese times: durations, shifts, and now."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from handlers.intake.lazy import Lazy
from handlers.intake.moment import DAYS, Moment, instant_at
from handlers.intake.numbers import number
from handlers.intake.periods import periods

_UNITS = {
    "秒": 1 / 60, "秒钟": 1 / 60, "分钟": 1, "分": 1, "刻钟": 15, "小时": 60, "个小时": 60, "钟头": 60,
    "个钟头": 60, "个钟": 60, "钟": 60, "天": 1440, "个星期": 10080, "个礼拜": 10080, "周": 10080, "星期": 10080,
    "礼拜": 10080, "个月": 43200,
    "分多钟": 1, "分来钟": 1, "h": 60, "hr": 60, "hrs": 60, "min": 1, "mins": 1, "s": 1 / 60,
    "个多小时": 60, "个多钟头": 60, "个半小时": 90,
}  # fmt: skip
_DURATION = Lazy(
    r"(?P<verb>(?:等|卡|停|断|坏|瘫|挂|崩|转|黑|宕|掉|死|折腾|持续|排队?|耗|搞|弄|试|找|不动|"
    r"没反应|打不开|用不了|进不去|登不上|连不上|不能用|连着|连续|近|这|停摆|停诊|停用|停电|断电|失联|报错|到(?:现在|这会儿?|目前|今)|崩溃|罢工|死机|黑屏|蓝屏|卡死|断网|断线|断开|掉线|停机|宕机|瘫痪|"
    r"离线|闪退|中断|已经|都|已|过去的?|(?:再)?过|快|有|超过|将近|差不多|整整|足足|"
    r"前后)(?:了|有|快|已经|已达|都|将近|差不多|大概|约|整整|得有|超过|达|足足|小(?=一|半|两)){0,3})?"
    r"(?<![\d.点:第月/\-*x])(?P<count>\d{1,3}(?:\.\d)?|[一二两俩三四五六七八九十]{1,4}|半)整?(?P<vague>来|"
    r"多|几)?(?P<ge>个)?(?P<half>半)?(?P<vague2>多|来)?\s?(?P<unit>小时|钟头|钟|分[多来]钟|分钟|分|刻钟|"
    r"天(?:[一两三四五六七]夜)?|星期|礼拜|周|月|秒钟?|mins?|hrs?(?![a-z])|h(?![a-z])|s(?![a-z]))(?P<and>半|零?(?:\d{1,2}|[一二三四五六七八九十]{1,3})分钟?|\d{1,2}\s?min)?(?P<more>多)?(?:左右|不到|上下|有余|余)?\s?"
    r"(?P<tail>以前|之前|前(?!台)|以来|了|啦|咯|喽|没|还没|都没|还是|以后|之后|后(?!台|续|面)|过后|以内|"
    r"之内|内(?![科镜分网])|里(?!面))?",
    quick=True,
)
_SHIFT = Lazy(
    r"(?P<day>大前天|[昨今前]晚|昨夜(?!班)|昨天?|今天?|前天|昨日|今日|前(?=白班|早班|中班))?(?:的)?(?P<shift>(?<![周期拜十])一上班|刚上班|上班(?=就|的时候|时|"
    r"那会|开始|以来|到现在|后(?!台)|以后|之后|没多久)|早交班|晨交班|交接班(?=的时候|时|后|就)|交完?班(?:的时候|时|后|就|(?=到现在|开始|以来|起))|一接班|接班(?=就|时|后)|"
    r"下班(?:以|之)?后|下班的点|下班(?=时|的时候|前|之前|以前|那[会阵时]|到现在|就|$|[,。])|午休|上半夜|小夜班?(?:一?接班)?|前夜班|下半夜|(?:大夜|后夜)班?(?:一?(?:接班|上班))?|(?:(?<!下)夜班|白班|早班|中班)(?:一?接班|(?!老师|"
    r"护士|医生|费|人员|同事|的(?!时候)|值班|[,。:\s]))|开诊|一开门)",
    quick=True,
)
_SHIFTS = {
    "一上班": 8, "刚上班": 8, "上班": 8, "早交班": 8, "晨交班": 8, "下班": 17.5, "午休": 12, "上半夜": 16,
    "小夜": 16, "小夜班": 16, "前夜班": 17, "下半夜": 0, "大夜": 0, "大夜班": 0, "后夜": 0, "后夜班": 0, "夜班": 17,
    "白班": 8, "早班": 8, "中班": 16, "开诊": 8, "一开门": 8,
}  # fmt: skip
_NOW = Lazy(
    r"刚才|刚刚|方才|(?<!门诊)(?<!手术)(?<!会议)(?<!考试)刚(?=跳闸|没[电信]|不[能行动]|冒烟|开始(?!还|都|可以|时|的时候|用|没|是|能)|断|挂|崩|黑|卡|死|停|掉|坏|蓝屏|没网|瘫|宕|出现|出的|发生|闪退|"
    r"突然|出问题|发现)|现在|目前|眼下|此[刻时]|这会[儿子]?|这阵(?!子)儿?|适才|头先|啱啱|突然(?=$|,就)",
    quick=True,
)


_UNTIL = ("到", "至", "于")
_BEGUN = Lazy(r"(?<=[夜班])一?(?:接班|上班)$")


def spans(text: str, now: datetime) -> Iterator[Moment]:
    """The times named in folded text other than points on a calendar and a clock, kind by kind."""
    yield from _durations(text, now)
    for found in _SHIFT.finditer(text):
        yield from _shift(found, now)
    yield from periods(text, now)
    for found in _NOW.finditer(text):
        if text[max(0, found.start() - 1) : found.start()] in _UNTIL:
            continue
        yield Moment(*found.span(), now.replace(second=0, microsecond=0), "minute", "now")


def _durations(text: str, now: datetime) -> Iterator[Moment]:
    for found in _DURATION.finditer(text):
        sort = _duration_sort(text, found)
        minutes = _length(found)
        if sort is None or minutes is None or minutes > 60 * 24 * 4000:
            continue
        away = timedelta(minutes=minutes)
        base = now.replace(second=0, microsecond=0)
        instant = base + away if sort in ("ahead", "within") else base - away
        unit = found["unit"]
        precision = (
            "day"
            if unit[0] == "天"
            else "period"
            if unit[-1] in "周期拜月"
            else "hour"
            if found["vague"] or found["more"] or found["vague2"] or "多" in unit
            else "minute"
        )
        yield Moment(found.start(), found.end(), instant.replace(second=0), precision, sort)


def _length(found: re.Match[str]) -> float | None:
    """Minutes."""
    count, unit = found["count"], found["unit"]
    if unit == "月" and not found["ge"]:
        return None
    value = 0.5 if count == "半" else float(count) if "." in count else number(count)
    if value is None and len(count) > 1:
        value = number(count[:-1])
    if value is None:
        return None
    if not count.isascii() and len(count) == 2 and "十" not in count and count != "半":
        value = number(count[0]) or value
    if found["half"]:
        value += 0.5
    minutes = value * _UNITS.get(
        unit[:1] if unit[0] == "天" else unit, 60 if unit == "钟" else 43200 if unit == "月" else 1
    )
    tail = found["and"] or ""
    if tail == "半":
        minutes += _UNITS.get(unit, 60) / 2
    elif tail:
        minutes += number(tail.strip("零分钟min ")) or 0
    return minutes


_PROPERTY = Lazy(
    r"(?:要|需要?|得|花|每|约|预计|大概要|才|等|用|内|仅|只|提前|间隔|每隔|不到|还有|剩|最多|至少|再|隔|给|就|后)\s*$"
)
_FAILED = (
    "死机", "黑屏", "蓝屏", "卡死", "断网", "断线", "断开", "掉线", "崩溃", "罢工", "停摆", "停诊", "停用", "停电",
    "断电", "失联", "宕机", "瘫痪", "离线", "中断", "打不开", "用不了",
    "进不去", "登不上", "连不上", "不能用", "没反应",
)  # fmt: skip
_CLOSES = ("", ",", "。", "!", "?", "~", " ", "\n", ";")
_THEN = ("来", "再", "要", "就", "后", "开", "有", "去", "手", "", ",")
_UNDONE = Lazy(r"[^,。!?]{1,5}的")
_CONSEQUENCE = Lazy(r"自动|又|才|就(?!要)|还是|提示|掉|断|死机|黑屏|闪|弹|退出|卡|报错|没反应")
# What can be gone for a while: 半小时没反应, but not 加班3小时没算.
_GONE = Lazy(r"有|网|反应|数据|信号|图|声|人|回|电|动静|波形|出|恢复|修|法|好|更新|传|收|连|能|响")
_USUAL = Lazy(r"每|总|老|都要|就要|经常")
_EVENT_BEFORE = Lazy(r"(?:重启|升级|用|更新|开机|登录|打开|修好|过|好|换|装|点|关机|停|刚)(?:了|完|过)?\s*$")


def _duration_sort(text: str, found: re.Match[str]) -> str | None:
    """ago, lasting, ahead or within; None for a length that is a property."""
    tail, verb = found["tail"] or "", found["verb"] or ""
    before = text[max(0, found.start() - 4) : found.start()]
    if before.endswith(("周末", "国庆", "春节", "五一", "元旦", "假期")):
        return None
    if tail.endswith("前"):
        return None if _PROPERTY.search(before) and before.endswith(("提前", "每")) else "ago"
    if tail.endswith("内") and verb.startswith(("近", "过去", "这")):
        return "lasting"
    if tail.endswith("内"):
        return "within"
    if tail.endswith("后"):
        if _CONSEQUENCE.match(text, found.end()):
            return None
        return None if _EVENT_BEFORE.search(text[max(0, found.start("count") - 4) : found.start("count")]) else "ahead"
    if tail == "以来":
        return "lasting"
    if verb.startswith("快") and "了" in verb:
        return None  # the clock is fast: 快了10分钟
    if verb.startswith("过去") and not tail:
        return "lasting"
    if tail.endswith("没") and _UNDONE.match(text, found.end()):
        return None
    if tail == "没" and not verb and not _GONE.match(text, found.end()):
        return None
    if tail in ("了", "啦", "咯", "喽", "没", "还没", "都没", "还是"):
        length = not verb and _PROPERTY.search(before) and not before.endswith("后")
        return None if length else "lasting"
    following = text[found.end() : found.end() + 1]
    if verb.endswith("过") and not verb.endswith("超过") and not tail:
        return "ahead" if following in _THEN else None
    if verb in ("连着", "连续", "近", "这") and not tail and found["unit"][0] not in "周星礼月":
        return (
            None
            if following in ("未", "的", "内", "以") or (verb in ("近", "这") and found["unit"] == "天")
            else "lasting"
        )
    if (
        (verb.startswith((*_FAILED, "到")) or verb.endswith("得有"))
        and following in _CLOSES
        and not _USUAL.search(before)
    ):
        return "lasting"
    if (
        verb
        and ("了" in verb or verb.startswith(("已经", "持续", "已", "整整", "足足")))
        and following not in ("才", "的")
    ):
        return "lasting"
    return None


def _shift(found: re.Match[str], now: datetime) -> Iterator[Moment]:
    word = found["shift"]
    word = _BEGUN.sub("", word) or word
    hours = _SHIFTS.get(word, 17.5 if word.startswith("下班") else 8.0 if "交" in word or "接" in word else None)
    if hours is None:
        return
    day = found["day"]
    instant = instant_at(
        now.date() + timedelta(days=DAYS[day] if day in DAYS else DAYS[day[0]]) if day else now.date(), hours, now
    )
    if word in ("下半夜", "大夜", "大夜班", "后夜", "后夜班") and day and (day[0] == "昨" or day.endswith("晚")):
        instant += timedelta(days=1)
    while instant > now and not (day and word.startswith("下班")):
        instant -= timedelta(days=1)
    yield Moment(
        *found.span(), instant, "part" if hours not in (8, 17.5) else "minute", "shift", "never" if day else "day"
    )
