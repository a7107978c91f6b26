"""The grammar of Chinese points in time: a day, a part of it and a clock time, each of them optional.

`points` finds every candidate; which of them is the onset of a fault is decided in `when`.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from handlers.intake.days import day_of, day_of_month, repeats
from handlers.intake.holidays import BEGIN, FIXED, HOLIDAY, holiday, is_long
from handlers.intake.lazy import Lazy
from handlers.intake.moment import DAYS, Moment, instant_at
from handlers.intake.numbers import MINUTES, NUMERAL, number

_PARTS: dict[str, tuple[str, float, float]] = {}
for _words, _kind, _default, _begin in (
    ("凌晨 今晨 拂晓", "dawn", 0, 0),
    ("清早 清晨 大清早 一大早 一早 早晨 早上 大早晨 一大清早 早间 早起 今早 明早 大早上 早", "morning", 8, 5),
    ("上午 午前 上半天 上半晌", "morning", 8, 7),
    ("中午 正午 午间 晌午 今午", "noon", 12, 10.5),
    ("下午 午后 后晌 下半天 下半晌", "afternoon", 14, 12),
    ("傍晚 黄昏 傍黑", "dusk", 18, 16.5),
    ("下班前", "dusk", 17.5, 17.5),
    ("下班后", "dusk", 17.5, 17.5),
    ("夜班 小夜 小夜班 上半夜", "evening", 17, 17),
    ("大夜 大夜班 下半夜", "dawn", 0, 0),
    (
        (
            "晚上 晚间 夜里 夜间 夜晚 今晚 昨晚 晚 当晚 昨夜 今夜 前晚 明晚 夜 晚饭后 晚上头 昨儿晚上 入夜 一整夜 "
            "整晚 一晚上 一夜 一宿 整宿"
        ),
        "evening",
        20,
        17,
    ),
    ("半夜 深夜 午夜 后半夜 半夜里 三更半夜 大半夜 深更半夜", "night", 0, 0),
):
    _PARTS |= dict.fromkeys(_words.split(), (_kind, _default, _begin))
_SHIFTS = ("夜班", "小夜", "小夜班", "上半夜", "大夜", "大夜班", "下半夜")

_PART = "|".join(
    sorted(
        (name for name in _PARTS if name not in ("早", "晚", "夜", "下班前", "下班后", *_SHIFTS)), key=len, reverse=True
    )
)
_GAP = r"(?:\s{0,3}(?:的|,|大概|大约|大致|约莫|约|差不多|就|一?整个?|快到|刚过|将近|接近|快|在|since|at)?\s{0,2})"
_CLOCK = (
    r"(?:(?<![\d./vx])(?<!(?<!:\d\d)-)(?<!\d:)(?P<digital>[01]?\d|2[0-4])(?:[:：h]|;(?=\d\d\D)|\s:\s?)(?P<dminute>[0-5]\d|\d(?=[开起]))(?::[0-5]\d)?(?![\d:]|"
    r"[.]\d)\s?(?P<meridiem>[ap]\.?m\.?(?![a-z]))?"
    r"|(?:(?<=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff] )"
    r"|(?<=[晚晨午夜天上] since )|(?<=[晚晨午夜天上]since )|(?<=[晚晨午夜天上] at ))"
    r"(?P<oclock>0?[1-9]|1[0-2])\s?(?P<half>[ap])\.?m(?![a-z])"
    r"|(?<![\d.:\-/])(?P<typed>(?<![机号间房室床楼内线转座栋层库柜证工账码])(?:[01]\d|2[0-3])[0-5]\d(?=分(?![钟辨类院数机之贝])|起|开始))分?"
    r"|(?<![\d.:\-/a-z])(?P<dotted>(?<=[上午晚晨里夜])[0-2]?\d\.[0-5]\d(?![\d.])|[01]?\d\.[0-5]\d(?=分)|(?:(?:1[3-9]|2[0-3])\.[0-5]\d|(?:0?\d|1\d|2[0-3])\.(?:3[2-9]|[45]\d))(?=\s?(?:开始|起|左右|突然|就|断|崩|坏|死|打|登|分)))"
    rf"|(?:差(?P<before>{NUMERAL}|一刻)分?(?:钟)?(?:到|就)?)?(?<![\d.第])(?P<hour>{NUMERAL})(?P<about>来|几)?\s?(?:点钟?|"
    r"时(?!间|候|段|常|长|不|效|相|区|代|刻)|點)"
    rf"(?P<rest>整|半|(?:过)?[一三13]刻|差(?:{NUMERAL}分|一刻)|\s\d{{1,2}}\s?分"
    rf"|过?[一二三四五六七八九]分|过?(?:[零〇0][一二三四五六七八九\d]|(?![一二三四五六七八九](?![十零〇一二三四五六七八九])){MINUTES})分?"
    r"(?![个台次位名条份人床种天号%层楼]))?(?P<past>多|几分?|过|来分|来(?=钟)|许|出头|不到)?钟?)"
)
# What follows the number of a thing: 3号机, 5号诊室, 12号片子.
_THING = (
    "[机楼床窗线诊电房台间屏柜库文病术手门厅码卡打车院区出入桌站通球分仪仓针加池位舱椅秤片泵道项"
    "表端护自呼监服药胃超终印扫读注摄探梯会办系交路模选按菜患医技同员报插枪箱匙a-z□]"
)
_NUMBER = r"[12]\d|3[01]|0?[1-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九]"
_DAY = (
    r"(?:(?P<relative>大前[天日]|大后天|前[天日儿]|[昨今明][天日儿]|[昨前今明]个儿?(?!月|多|星|礼|季|班)|后天|当天|本日|次日|翌日|[昨今前明](?=[早晚晨夜午]))"
    r"|(?P<week>上上个?|上个?|这个?|本|下下个?|下个?)?(?P<weekword>周|星期|礼拜)(?P<weekday>[一二三四五六日天末]"
    r")(?!次|份|期|年)"
    rf"|{HOLIDAY}"
    r"|(?P<compact>20[12]\d[01]\d[0-3]\d)(?!\d)"
    r"|(?:(?P<year>(?:19|20)\d\d|今|去|前|明)年?(?:年|[-/.])\s?|(?<!\d[.:])(?<![\d/]))"
    r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
    rf"(?:月|(?<=\d)[-/](?=\d{{1,2}}(?:\s|日|号(?!{_THING})|起|开始|凌晨|早|上午|中午|下午|晚|t\d|,|$))"
    r"|(?<=\d)\.(?=\d{1,2}(?:\s?(?:日|号|起|开始|左右|突然|就|凌晨|早|上午|中午|下午|晚)|\s\d{1,2}[:点])))\s?"
    rf"(?P<mday>{_NUMBER})(?:日|号|(?!\d|[.%个台次位名条份人床张例笔月:]))"
    r"|(?:(?<![\d.\-到至第~])|(?<=[到至~])(?=\d{1,2}[日号]\s?(?:\d{1,2}[:点时]|[早上中下晚凌])))"
    r"(?:(?P<ofmonth>(?:上上|上|这|本|下下|下)个?)月)?"
    rf"(?P<dayonly>{_NUMBER})(?:[日号](?!{_THING})|(?=[到至](?:{_NUMBER})[日号](?!{_THING})))"
    rf"|(?P<daysago>{NUMERAL}|半)(?:多)?(?P<dayunit>天|日|周|年|个?星期|个?礼拜|个多?月)(?:多|左右)?(?P<way>以前|"
    r"之前|前|以后|之后|后)(?!台)(?:(?=[^,。!?;\n])|(?<=年前)|(?<=年以前)|(?<=年之前)))"
)
_MASTER = Lazy(
    rf"(?:{_DAY}(?:[那这当]天|\s?(?:\([^()\n]{{1,8}}\)|(?:周|星期|礼拜)[一二三四五六日天]))?{_GAP})?(?:(?P<part>{_PART}|(?:{'|'.join(_SHIFTS)})(?=\s?的?{NUMERAL}[点时:])"
    r"|(?<=[六日天一二三四五号])下班[前后]|(?<=[昨今前明六日天一二三四五号十夕秋节庆旦])[早晚夜](?!班|交)"
    rf"|早(?={NUMERAL}点)|晚(?=\d|[七八九十]点)){_GAP}(?:(?:上班|交班|接班|查房)(?={NUMERAL}[点:]))?)?(?:{_CLOCK})?"
)
_START = Lazy(
    rf"[今昨前明大后当本次翌上这下周星礼差零〇一二两俩三四五六七八九十\d凌拂清早正午中晌傍黄晚夜半深入整去小{BEGIN}]"
)
_NOON = 12
_EVES = ("平安夜", "跨年夜", "大年夜")
_RECENT = timedelta(days=60)
"""How long ago 8.30 can be a day; what lies further back is a clock time."""
_NO_POINT = Lazy(
    r"击|档|场|班(?!后|前|时)|血糖|法|式|谱|方向|[两三几\d]次|[一二三四五六七八九]{1,2}(?:倍|个|元|米|%|版|折|级|兆|厘|毫|公|克|块|升|万|寸|度|斤)|开(?!始|会|机|诊|台|不|完|刀|的|院|科|周|晨|例|行|质)|名|滴|亮|评|测|位|建议|意见|问题|要求|说明|需求|原因|"
    r"都(?:没|不)|反应|儿(?!开)|用|声音|东西|没有|也(?:没|不)|不(?!到)|个(?!多)|点(?!\d)|疑问|情况|共识|透视|希望|感受|积分|学分|体会|注意|措施|不足|吧快|慢|卡$|想法|改进|"
    r"优化|区别"
)
_SINCE_HOLIDAY = Lazy(
    r"\s*(?:以后|之后|过后|后|前)?(?:$|[,。!\s]|开始|起|就|以来|到现在|一直|都|系统|断|崩|坏|死|打不开|登不上)"
)
_BY_HOLIDAY = Lazy(r"(?:之|以)?前[^,。]{0,3}(?:要|必须|得|完成|上线|修|搞|弄|解决|处理|交)")
_LITTLE = Lazy(r"小|事|忙|信息|内容|误差|偏差|困难|麻烦")
_QUANTITY = Lazy(r"(?:有|快|慢|早|晚|差|多|少|好|大|小|高|低|重|轻|这|那)$")


def points(text: str, now: datetime) -> Iterator[Moment]:
    place = 0
    while (begin := _START.search(text, place)) is not None:
        found = _MASTER.match(text, begin.start())
        if found is None or found.end() == begin.start():
            place = begin.end()
            continue
        place = found.end()
        moment = _point(text, found, now)
        if moment is not None:
            yield moment


def _point(text: str, found: re.Match[str], now: datetime) -> Moment | None:
    """The instant of a day, a part and a clock time."""
    day, part = day_of(found, now), found["part"]
    if found["holidaynight"] or found["holiday"] in _EVES:
        part = part or "晚上"
    clock = _clock(text, found)
    named_day = any(
        found[group] for group in ("relative", "weekword", "holiday", "month", "compact", "dayonly", "daysago")
    )
    if named_day and day is None:
        return None
    if clock is None and part is None:
        if day is None or (found["hour"] is not None):
            return None
        return _bare_day(text, found, day, now)
    end = _trimmed(found) if clock is None else found.end()
    if clock is None:
        if (
            part in ("一夜", "一宿")
            and found.group().strip() == part
            and not text.startswith(("了", "都"), found.end())
        ):
            return None
        instant = _part_instant(part, day, now)
        return Moment(found.start(), end, instant, "minute" if part == "下班前" else "part", "part", repeats(found))
    hours, vague = clock
    instant = _latest(_clock_instant(hours, part, day, found, now), found, now)
    return Moment(found.start(), end, instant, "hour" if vague else "minute", "clock", repeats(found))


def _bare_day(text: str, found: re.Match[str], day: date, now: datetime) -> Moment | None:
    """A day without a time. A holiday's name alone is often none: 国庆排班."""
    end = _trimmed(found)
    if (hours := _dotted_hours(text, found)) is not None and now.date() - day > _RECENT:
        return Moment(found.start(), end, _latest_clock(hours, 1 <= hours < 13, now), "minute", "clock")
    name = found["holiday"]
    if name is not None and _BY_HOLIDAY.match(text, end) and day < now.date():
        later = holiday(found, day + timedelta(days=366 if name in FIXED else 385))
        if later is not None and later > now.date():
            return Moment(found.start(), end, instant_at(later, 0, now), "day", "day", "never")
    if name is not None and not _SINCE_HOLIDAY.match(text, end):
        return None
    long = found["weekday"] == "末" or (name is not None and is_long(name) and found["nth"] is None)
    return Moment(found.start(), end, instant_at(day, 0, now), "period" if long else "day", "day", repeats(found))


def _dotted_hours(text: str, found: re.Match[str]) -> float | None:
    """8.30 as a clock shows it, where it could be a day of August as well."""
    month, day = found["month"], found["mday"]
    if month is None or found["year"] or not text.startswith(".", found.end("month")) or len(day) != len("30"):
        return None
    return None if text[found.end("mday") : found.end("mday") + 1] in ("日", "号") else int(month) + int(day) / 60


def _latest(instant: datetime, found: re.Match[str], now: datetime) -> datetime:
    """周五下午5点, said on a Friday at noon, is that of the week before: reports look back."""
    if instant <= now or instant.date() > now.date() + timedelta(days=1):
        return instant
    if found["weekword"] and not found["week"] and found["weekday"] != "末":
        return instant - timedelta(days=7)
    if found["dayonly"] and not found["ofmonth"]:
        day = day_of_month(instant.day, now - timedelta(days=1)) if instant.date() == now.date() else None
        return instant_at(day, 0, now) + timedelta(hours=instant.hour, minutes=instant.minute) if day else instant
    return instant


def _trimmed(found: re.Match[str]) -> int:
    return found.start() + len(found.group().rstrip(" ,的就在约快\n\t"))


def _clock(text: str, found: re.Match[str]) -> tuple[float, bool] | None:
    """Hours since midnight as said, and whether it is vague; None when no clock time was said."""
    exact = found["typed"] or found["dotted"]
    if exact is not None:
        return int(exact[:2].rstrip(".")) + int(exact[-2:]) / 60, False
    if found["oclock"] is not None:
        return int(found["oclock"]) % 12 + (12 if found["half"] == "p" else 0), False
    if found["digital"] is not None:
        hours = int(found["digital"]) + int(found["dminute"]) / 60
        meridiem = (found["meridiem"] or "")[:1]
        if meridiem == "p" and hours < 12:
            hours += 12
        return hours, False
    if found["hour"] is None:
        return None
    hour = number(found["hour"])
    several = len(found["hour"]) == 2 and not found["hour"].isascii() and "十" not in found["hour"]
    if several and found["hour"][0] not in "零〇":
        hour = number(found["hour"][0])
    if hour is None or hour > 24 or (found["rest"] is None and _is_quantity(text, found)):
        return None
    minutes = _minutes(found["rest"] or "")
    if minutes is None:
        return None
    if found["before"]:
        minutes -= 15 if found["before"] == "一刻" else number(found["before"]) or 0
    return hour + minutes / 60, several or found["about"] is not None or found["past"] not in (None, "不到")


def _is_quantity(text: str, found: re.Match[str]) -> bool:
    """一点反应都没有, 快一点, 3点建议: no clock."""
    start, end = found.start("hour"), found.end()
    if found["past"] is None and _NO_POINT.match(text, end):
        return True
    return (
        found["part"] is None
        and found["hour"] in ("一", "两")
        and (_QUANTITY.search(text[max(0, start - 1) : start]) or _LITTLE.match(text, end)) is not None
    )


def _minutes(rest: str) -> int | None:
    if rest in ("", "整"):
        return 0
    if rest == "半":
        return 30
    if rest.startswith("差"):
        return -15 if rest == "差一刻" else -(number(rest.strip("差分")) or 0)
    if rest.endswith("刻"):
        return 15 if rest[-2] in "一1" else 45
    value = number(rest.strip("过分 ").lstrip("零0") or "0")
    return value if value is not None and value < 60 else None


def _part_instant(part: str, day: date | None, now: datetime) -> datetime:
    """The default point of a part; without a day the latest that has begun."""
    kind, point, begins = _PARTS[part]
    night = kind == "evening" or (kind == "night")
    if kind == "night":
        point = 0.0 if day is None or day == now.date() else 23.0
    if day == now.date() and part in ("夜里", "夜间") and now.hour < _NOON:
        day = None  # said before noon, tonight is the night that just ended
    base = now.date() if day is None else day
    if part.startswith(("昨", "前", "明")) and day is None:
        base += timedelta(days=DAYS[part[0]])
        return instant_at(base, point, now)
    instant = instant_at(base, point, now)
    if day is not None or part.startswith("今"):
        if part.startswith(("今晚", "今夜")):
            return instant
        return (
            min(instant, now)
            if day in (None, now.date()) and instant_at(base, begins, now) <= now < instant
            else instant
        )
    if instant > now and not (begins <= now.hour + now.minute / 60 and not night):
        instant = instant_at(base - timedelta(days=1), point, now)
    if night and instant > now:
        instant = instant_at(base - timedelta(days=1), point, now)
    return min(instant, now)


def _clock_instant(hours: float, part: str | None, day: date | None, found: re.Match[str], now: datetime) -> datetime:
    """A clock time on a day; without a day the latest not after now."""
    if part is not None:
        shifted = _in_part(hours, _PARTS[part][0])
        if day is None and part[0] in "昨前明":
            day = now.date() + timedelta(days=DAYS[part[0]])
        if day is not None:
            early = found["relative"] in ("今天", "今日", "今儿") and part in ("夜里", "夜间", "夜") and shifted >= 24
            return instant_at(
                day, shifted - 24 if early and instant_at(day, shifted - 24, now) <= now else shifted, now
            )
        if part.startswith("今晚"):
            return instant_at(now.date(), shifted, now)
        instant = instant_at(now.date(), shifted, now)
        while instant > now:
            instant -= timedelta(days=1)
        return instant
    ambiguous = (
        1 <= hours < 13
        and not (found["digital"] or "").startswith("0")
        and found["meridiem"] is None
        and found["oclock"] is None
    )
    if day is not None:
        later = instant_at(day, hours + 12, now)
        if ambiguous and day == now.date() and hours < 12 and later <= now and hours < 7:
            return later
        return instant_at(day, hours, now)
    return _latest_clock(hours, ambiguous, now)


def _latest_clock(hours: float, ambiguous: bool, now: datetime) -> datetime:
    """The latest instant not after now at which a clock shows these hours; on a dial of 12 where it is ambiguous."""
    step = timedelta(hours=12 if ambiguous else 24)
    instant = instant_at(now.date(), hours, now) + timedelta(days=1)
    while instant > now:
        instant -= step
    return instant


def _in_part(hours: float, kind: str) -> float:
    """Hours since the midnight of the day a part belongs to; beyond 24 where an evening runs over."""
    if hours >= 13:
        return hours
    if kind in ("dawn", "night"):
        early = hours - 12 if hours >= 12 else hours
        return hours + 12 if kind == "night" and 10 <= hours < 12 else early
    if kind == "morning":
        return hours
    if kind == "noon":
        return hours + 12 if hours < 5 else hours
    if kind == "evening":
        if hours >= 12:
            return hours + 12
        return hours + 24 if hours < 5 else hours + 12
    return hours + 12 if hours < 12 else hours
