"""The grammar of Chinese times: a day, a part of it and a clock time, each of them optional, and durations.

`moments` finds every candidate; which of them is the onset of a fault is decided in `when`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.intake.numbers import NUMERAL, number


@dataclass(frozen=True, slots=True)
class Moment:
    """A time named at [start, end) of the text. `sort`: clock, part, day, period, ago, lasting, ahead, within, shift, now."""

    start: int
    end: int
    instant: datetime
    precision: str
    sort: str
    dated: bool = False


_PARTS: dict[str, tuple[str, float, float]] = {}
for _names, _part, _point, _from in (
    ("凌晨 今晨 拂晓", "dawn", 0, 0),
    ("清早 清晨 大清早 一大早 一早 早晨 早上 早间 今早 明早 大早上 早", "morning", 8, 5),
    ("上午 午前", "morning", 8, 7),
    ("中午 正午 午间 晌午 今午", "noon", 12, 10.5),
    ("下午 午后 后晌", "afternoon", 14, 12),
    ("傍晚 黄昏 傍黑", "dusk", 18, 16.5),
    ("晚上 晚间 夜里 夜间 夜晚 今晚 昨晚 晚 当晚 昨夜 今夜 前晚 明晚 夜 晚饭后 晚上头 昨儿晚上 入夜 一整夜 整晚 一晚上 一夜", "evening", 20, 17),
    ("半夜 深夜 午夜 后半夜 半夜里 三更半夜 大半夜 深更半夜", "night", 0, 0),
):
    _PARTS |= dict.fromkeys(_names.split(), (_part, _point, _from))
_DAYS = {
    "大前天": -3, "大前日": -3, "前天": -2, "前日": -2, "前儿": -2, "昨天": -1, "昨日": -1, "昨儿": -1, "今天": 0, "今日": 0, "今儿": 0, "当天": 0,
    "明天": 1, "明日": 1, "明儿": 1, "后天": 2, "大后天": 3, "昨": -1, "今": 0, "前": -2, "明": 1, "翌日": 1, "次日": 1, "本日": 0,
}  # fmt: skip
_WEEKDAYS = "一二三四五六日天"

_PART = "|".join(sorted((name for name in _PARTS if name not in ("早", "晚", "夜")), key=len, reverse=True))
_GAP = r"(?:\s{0,3}(?:的|,|大概|大约|大致|约莫|约|差不多|就|快到|刚过|将近|接近|快|在)?\s{0,2})"
_CLOCK = (
    rf"(?:(?<![\d:.\-/vx])(?P<digital>[01]?\d|2[0-4])(?:[:：h]|\s:\s?)(?P<dminute>[0-5]\d)(?::[0-5]\d)?(?![\d:]|[.]\d)\s?(?P<meridiem>[ap]\.?m\.?(?![a-z]))?"
    rf"|(?:差(?P<before>{NUMERAL}|一刻)分?(?:钟)?(?:到|就)?)?(?<![\d.第])(?P<hour>{NUMERAL})\s?(?:点钟?|时(?!间|候|段|常|长|不|效)|點)"
    rf"(?P<rest>整|半|(?:过)?[一三]刻|(?:过|零|0)?(?:{NUMERAL})分?(?![个台次位名条份人床种种天号%层楼]))?(?P<past>多|过|来|许|出头|不到)?)"
)
_DAY = (
    r"(?:(?P<relative>大前[天日]|大后天|前[天日儿]|[昨今明][天日儿]|后天|当天|本日|次日|翌日|[昨今前明](?=[早晚晨夜午]))"
    r"|(?P<week>上上个?|上个?|这个?|本|下下个?|下个?)?(?P<weekword>周|星期|礼拜)(?P<weekday>[一二三四五六日天末])(?!次|份|期|年)"
    r"|(?:(?P<year>20\d\d|今|去|前|明)年?(?:年|[-/.])\s?)?(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])(?:月|(?<=\d)[-/.](?=\d{1,2}(?:\s|日|号|起|开始|凌晨|早|上午|中午|下午|晚|,|$)))\s?"
    r"(?P<mday>[12]\d|3[01]|0?[1-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?:日|号|(?!\d|[.%个台次位名条份人床张例笔月:]))"
    r"|(?<![\d.\-到至第~])(?P<dayonly>[12]\d|3[01]|0?[1-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号](?![机楼床窗线诊电房台间屏柜库文病术手门厅码卡打车院区出入桌站通球分仪仓针加池位舱])"
    rf"|(?P<daysago>{NUMERAL}|半)(?:多)?(?P<dayunit>天|日|周|个?星期|个?礼拜|个多?月)(?:多|左右)?(?P<way>以前|之前|前|以后|之后|后)(?!台)(?=[^,。!?;\n]))"
)
_MASTER = re.compile(
    rf"(?:{_DAY}{_GAP})?(?:(?P<part>{_PART}|(?<=[昨今前明六日天一二三四五号])[早晚夜](?!班|交)|早(?={NUMERAL}点)|晚(?=\d|[七八九十]点)){_GAP})?(?:{_CLOCK})?"
)
_START = re.compile(
    r"[今昨前明大后当本次翌上这下周星礼差零〇一二两俩三四五六七八九十\d凌拂清早正午中晌傍黄晚夜半深入整三去]"
)
_UNITS = {"秒": 1 / 60, "秒钟": 1 / 60, "分钟": 1, "分": 1, "刻钟": 15, "小时": 60, "个小时": 60, "钟头": 60, "个钟头": 60, "个钟": 60, "钟": 60, "天": 1440,
          "个星期": 10080, "个礼拜": 10080, "周": 10080, "星期": 10080, "礼拜": 10080, "个月": 43200, "h": 60, "min": 1, "个多小时": 60, "个多钟头": 60, "个半小时": 90}  # fmt: skip
_DURATION = re.compile(
    rf"(?P<verb>(?:等|卡|停|断|坏|瘫|挂|崩|转|黑|宕|掉|死|折腾|持续|排队?|耗|搞|弄|试|找|不动|没反应|打不开|用不了|进不去|登不上|不能用|已经|都|已|过去|快|有|超过|将近|差不多|整整|足足|前后)(?:了|有|快|已经|都|将近|差不多|大概|约|整整){{0,3}})?"
    rf"(?<![\d.点:第月/\-*x])(?P<count>\d{{1,3}}(?:\.\d)?|[一二两俩三四五六七八九十]{{1,3}}|半)(?P<vague>来|多|几)?(?P<ge>个)?(?P<half>半)?(?P<vague2>多|来)?\s?(?P<unit>小时|钟头|钟|分钟|分|刻钟|天|星期|礼拜|周|月|秒钟?|min|h(?![a-z]))(?P<and>半|零?\d{{1,2}}分钟?)?(?P<more>多)?(?:左右)?"
    r"(?P<tail>以前|之前|前(?!台)|以来|了|没|还没|都没|还是|以后|之后|后(?!台|续|面)|过后|以内|之内|内(?![科镜分网])|里(?!面))?"
)
_SHIFT = re.compile(
    r"(?P<day>昨天?|今天?|前天?|昨日|今日)?(?:的)?(?P<shift>一上班|刚上班|上班(?=就|的时候|时|那会|开始|以来|到现在)|早交班|晨交班|交完?班(?:的时候|时|后|就)|一接班|接班(?=就|时|后)|下班(?=时|的时候|前就|那会)|午休|上半夜|小夜班?|下半夜|大夜班?|(?:夜班|白班|早班|中班)(?!老师|护士|医生|费|人员|同事|的(?!时候)|值班|[,。:\s])|开诊|一开门)"
)
_SHIFTS = {"一上班": 8, "刚上班": 8, "上班": 8, "早交班": 8, "晨交班": 8, "下班": 17.5, "午休": 12, "上半夜": 16, "小夜": 16, "小夜班": 16, "下半夜": 0,
           "大夜": 0, "大夜班": 0, "夜班": 17, "白班": 8, "早班": 8, "中班": 16, "开诊": 8, "一开门": 8}  # fmt: skip
_PERIOD = re.compile(
    r"(?P<p>上上个?(?:周|星期|礼拜|月)|上个?(?:周|星期|礼拜|月)|这个?(?:周|星期|礼拜|月)|本周|本月|(?:前几天|前两天|前些天|这几天|这两天|最近几天|近几天|近两天)|月初|月底|上?月末|年初|去年|今年(?!来)|昨年|(?P<m>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?P<x>上旬|中旬|下旬|初|中|底|末|份)?)(?P<y>初|中旬|底|末)?(?=开始|起|就|以来|到现在|以后|之后|,|。|!|$|\s|升级|更新|换|搬|都|老|一直|经常)"
)
_HOLIDAYS = re.compile(r"(?P<h>元旦|国庆节?|五一|劳动节|圣诞节?)(?:节)?(?:假期|期间|放假|长假|那天|当天|以后|之后|过后|后|前)?(?=开始|起|就|以来|到现在|一直|都|系统|,|。|!|$|\s)")
_HOLIDAY_DATES = {"元旦": (1, 1), "国庆": (10, 1), "五一": (5, 1), "劳动": (5, 1), "圣诞": (12, 25)}
_NOW = re.compile(r"刚才|刚刚|方才|刚(?=开始|断|挂|崩|黑|卡|死|停|掉|坏|蓝屏|没网|瘫|宕|出现|出的|发生|闪退|突然|出问题|发现)|现在|目前|眼下|此刻|这会儿|适才|頭先|啱啱|突然(?=$|,就)")
_NO_POINT = re.compile(
    r"击|开(?!始)|名|滴|亮|评|测|位|建议|意见|问题|要求|说明|需求|原因|都(?:没|不)|反应|儿(?!开)|用|声音|东西|没有|也(?:没|不)|不(?!到)|个(?!多)|点(?!\d)|疑问|情况|吧快|慢|卡$|想法|改进|优化|区别"
)
_QUANTITY = re.compile(r"(?:有|快|慢|早|晚|差|多|少|好|大|小|高|低|重|轻|这|那)$")


def moments(text: str, now: datetime) -> Iterator[Moment]:
    """Every time that is named in folded text, in the order of its kinds, not of its places."""
    yield from _points(text, now)
    yield from _durations(text, now)
    for found in _SHIFT.finditer(text):
        yield from _shift(found, now)
    for found in _PERIOD.finditer(text):
        yield from _period(found, now)
    for found in _HOLIDAYS.finditer(text):
        month, day = _HOLIDAY_DATES[found["h"].rstrip("节")]
        yield Moment(*found.span(), _at(_latest(now, month, day), 0, now), "period", "period", dated=True)
    for found in _NOW.finditer(text):
        yield Moment(*found.span(), now.replace(second=0, microsecond=0), "minute", "now")


def _points(text: str, now: datetime) -> Iterator[Moment]:
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


def _at(day: date, hours: float, now: datetime) -> datetime:
    """That many hours after the midnight of a day, on the wall clock of the message."""
    return datetime.combine(day, time(), now.tzinfo) + timedelta(hours=hours)


def _latest(now: datetime, month: int, day: int) -> date:
    """The latest such date not after now; a 29 February falls back to the last leap year."""
    for year in range(now.year, now.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= now.date():
            return found
    return now.date()


def _day(found: re.Match[str], now: datetime) -> date | None:
    """The day of a match, None where it names none or one that does not exist."""
    today = now.date()
    if (relative := found["relative"]) is not None:
        return today + timedelta(days=_DAYS[relative])
    if found["weekword"] is not None:
        return _weekday(found, today)
    if found["month"] is not None:
        return _month_day(found, now)
    if found["dayonly"] is not None:
        return _day_of_month(number(found["dayonly"]) or 0, now)
    if found["daysago"] is not None:
        return _days_ago(found, today)
    return None


def _weekday(found: re.Match[str], today: date) -> date:
    index = min(_WEEKDAYS.find(found["weekday"]), 6) if found["weekday"] != "末" else 5
    week = found["week"] or ""
    monday = today - timedelta(days=today.weekday())
    if week.startswith("上"):
        return monday + timedelta(days=index - (14 if week.startswith("上上") else 7))
    if week.startswith("下"):
        return monday + timedelta(days=index + (14 if week.startswith("下下") else 7))
    if week:
        return monday + timedelta(days=index)
    return today - timedelta(days=(today.weekday() - index) % 7)


def _month_day(found: re.Match[str], now: datetime) -> date | None:
    month, day = number(found["month"]) or 0, number(found["mday"]) or 0
    try:
        year = found["year"]
        if year is None:
            return _latest(now, month, day) if date(2024, month, day) else None
        years = {"今": now.year, "去": now.year - 1, "前": now.year - 2, "明": now.year + 1}
        return date(years.get(year) or int(year), month, day)
    except ValueError:
        return None


def _day_of_month(day: int, now: datetime) -> date | None:
    """The latest such day of a month that is not after today."""
    first = now.date().replace(day=1)
    for _ in range(4):
        try:
            found = first.replace(day=day)
        except ValueError:
            found = None
        if found is not None and found <= now.date():
            return found
        first = (first - timedelta(days=1)).replace(day=1)
    return None


def _days_ago(found: re.Match[str], today: date) -> date | None:
    said = found["daysago"]
    several = len(said) == 2 and not said.isascii() and "十" not in said
    count = 0.5 if said == "半" else number(said[0] if several else said)
    if count is None:
        return None
    unit = found["dayunit"]
    days = count * (7 if unit[-1] in "周期拜" else 30 if unit.endswith("月") else 1)
    if days > 36500:
        return None
    return today + timedelta(days=-days if found["way"].endswith("前") else days)


def _point(text: str, found: re.Match[str], now: datetime) -> Moment | None:
    """The instant of a day, a part and a clock time."""
    day, part = _day(found, now), found["part"]
    clock = _clock(text, found)
    named_day = any(found[group] for group in ("relative", "weekword", "month", "dayonly", "daysago"))
    if named_day and day is None:
        return None
    if clock is None and part is None:
        if day is None or (found["hour"] is not None):
            return None
        end = _trimmed(text, found)
        if found["weekday"] == "末":
            return Moment(found.start(), end, _at(day, 0, now), "period", "day", dated=True)
        return Moment(found.start(), end, _at(day, 0, now), "day", "day", dated=True)
    end = _trimmed(text, found) if clock is None else found.end()
    if clock is None:
        if part in ("一早", "一夜") and day is None and found.group().strip() == "一夜":
            return None
        instant = _part_instant(part, day, now)
        return Moment(found.start(), end, instant, "part", "part", dated=named_day)
    hours, vague = clock
    instant = _clock_instant(hours, part, day, found, now)
    return Moment(found.start(), end, instant, "hour" if vague else "minute", "clock", dated=named_day)


def _trimmed(text: str, found: re.Match[str]) -> int:
    return found.start() + len(found.group().rstrip(" ,的就在约快\n\t"))


def _clock(text: str, found: re.Match[str]) -> tuple[float, bool] | None:
    """Hours since midnight as said, and whether it is vague; None when no clock time was said."""
    if found["digital"] is not None:
        hours = int(found["digital"]) + int(found["dminute"]) / 60
        meridiem = (found["meridiem"] or "")[:1]
        if meridiem == "p" and hours < 12:
            hours += 12
        return hours, False
    if found["hour"] is None:
        return None
    hour = number(found["hour"])
    if hour is None or hour > 24 or (found["rest"] is None and _is_quantity(text, found)):
        return None
    minutes = _minutes(found["rest"] or "")
    if minutes is None:
        return None
    if found["before"]:
        minutes -= 15 if found["before"] == "一刻" else number(found["before"]) or 0
    return hour + minutes / 60, found["past"] is not None and found["past"] != "不到"


def _is_quantity(text: str, found: re.Match[str]) -> bool:
    """一点反应都没有, 快一点, 3点建议: no clock."""
    start, end = found.start("hour"), found.end()
    if found["past"] is None and _NO_POINT.match(text, end):
        return True
    return found["part"] is None and found["hour"] in ("一", "两") and _QUANTITY.search(text[max(0, start - 1) : start]) is not None


def _minutes(rest: str) -> int | None:
    if rest in ("", "整"):
        return 0
    if rest == "半":
        return 30
    if rest.endswith("刻"):
        return 15 if "一" in rest else 45
    value = number(rest.strip("过分").lstrip("零0") or "0")
    return value if value is not None and value < 60 else None


def _part_instant(part: str, day: date | None, now: datetime) -> datetime:
    """The default point of a part; without a day the latest that has begun."""
    kind, point, begins = _PARTS[part]
    night = kind == "evening" or (kind == "night")
    if kind == "night":
        point = 0.0 if day is None or day == now.date() else 23.0
    base = now.date() if day is None else day
    if part.startswith(("昨", "前", "明")) and day is None:
        base += timedelta(days=_DAYS[part[0]])
        return _at(base, point, now)
    instant = _at(base, point, now)
    if day is not None or part.startswith("今"):
        if part.startswith("今晚") or part.startswith("今夜"):
            return instant
        return min(instant, now) if day in (None, now.date()) and _at(base, begins, now) <= now < instant else instant
    if instant > now and not (begins <= now.hour + now.minute / 60 and not night):
        instant = _at(base - timedelta(days=1), point, now)
    if night and instant > now:
        instant = _at(base - timedelta(days=1), point, now)
    return min(instant, now)


def _clock_instant(hours: float, part: str | None, day: date | None, found: re.Match[str], now: datetime) -> datetime:
    """A clock time on a day; without a day the latest not after now."""
    if part is not None:
        shifted = _in_part(hours, _PARTS[part][0])
        if day is None and part[0] in "昨前明":
            day = now.date() + timedelta(days=_DAYS[part[0]])
        if day is not None:
            return _at(day, shifted, now)
        if part.startswith("今晚"):
            return _at(now.date(), shifted, now)
        instant = _at(now.date(), shifted, now)
        while instant > now:
            instant -= timedelta(days=1)
        return instant
    ambiguous = 1 <= hours < 13 and not (found["digital"] or "").startswith("0") and found["meridiem"] is None
    if day is not None:
        later = _at(day, hours + 12, now)
        if ambiguous and day == now.date() and hours < 12 and later <= now and hours < 7:
            return later
        return _at(day, hours, now)
    return _latest_clock(hours, ambiguous, now)


def _latest_clock(hours: float, ambiguous: bool, now: datetime) -> datetime:
    """The latest instant not after now at which a clock shows these hours; on a dial of 12 where it is ambiguous."""
    step = timedelta(hours=12 if ambiguous else 24)
    instant = _at(now.date(), hours, now) + timedelta(days=1)
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
        precision = "day" if unit in ("天",) else "period" if unit[-1] in "周期拜月" else "hour" if found["vague"] or found["more"] or found["vague2"] else "minute"
        yield Moment(found.start(), found.end(), instant.replace(second=0), precision, sort)


def _length(found: re.Match[str]) -> float | None:
    """Minutes."""
    count, unit = found["count"], found["unit"]
    if unit == "月" and not found["ge"]:
        return None
    value = 0.5 if count == "半" else float(count) if "." in count else number(count)
    if value is None and len(count) == 2 and "十" not in count:
        value = number(count[0])
    if value is None:
        return None
    if not count.isascii() and len(count) == 2 and "十" not in count and count != "半":
        value = number(count[0]) or value
    if found["half"]:
        value += 0.5
    minutes = value * _UNITS.get(unit, 60 if unit == "钟" else 43200 if unit == "月" else 1)
    tail = found["and"] or ""
    if tail == "半":
        minutes += _UNITS.get(unit, 60) / 2
    elif tail:
        minutes += number(tail.strip("零分钟")) or 0
    return minutes


_PROPERTY = re.compile(r"(?:要|需要?|得|花|每|约|预计|大概要|才|等|用|内|仅|只|提前|间隔|每隔|不到|还有|剩|最多|至少|再|隔|给|就|后)\s*$")
_EVENT_BEFORE = re.compile(r"(?:重启|升级|用|更新|开机|登录|打开|修好|过|好|换|装|点|关机|停|刚)(?:了|完|过)?\s*$")


def _duration_sort(text: str, found: re.Match[str]) -> str | None:
    """ago, lasting, ahead or within; None for a length that is a property."""
    tail, verb = found["tail"] or "", found["verb"] or ""
    before = text[max(0, found.start() - 4) : found.start()]
    if tail.endswith("前"):
        return None if _PROPERTY.search(before) and before.endswith(("提前", "每")) else "ago"
    if tail.endswith("内"):
        return "within"
    if tail.endswith("后"):
        return None if _EVENT_BEFORE.search(text[max(0, found.start("count") - 4) : found.start("count")]) else "ahead"
    if tail == "以来":
        return "lasting"
    if tail in ("了", "没", "还没", "都没", "还是"):
        return None if not verb and _PROPERTY.search(before) else "lasting"
    if verb and (verb.endswith("了") or verb.startswith(("已经", "持续", "已", "整整", "足足"))) and text[found.end() : found.end() + 1] not in ("才", "的"):
        return "lasting"
    return None


def _shift(found: re.Match[str], now: datetime) -> Iterator[Moment]:
    word = found["shift"]
    hours = _SHIFTS.get(word, 8.0 if "交" in word or "接" in word else None)
    if hours is None:
        return
    day = found["day"]
    instant = _at(now.date() + timedelta(days=_DAYS[day[0]]) if day else now.date(), hours, now)
    if word in ("下半夜", "大夜", "大夜班") and day and day[0] == "昨":
        instant += timedelta(days=1)
    while instant > now:
        instant -= timedelta(days=1)
    yield Moment(*found.span(), instant, "part" if hours not in (8, 17.5) else "minute", "shift", dated=day is not None)


def _period(found: re.Match[str], now: datetime) -> Iterator[Moment]:
    word = found["p"]
    today = now.date()
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    last = (first - timedelta(days=1)).replace(day=1)
    if found["m"] is not None:
        offset = {"中旬": 10, "中": 10, "下旬": 20, "底": 25, "末": 25}.get(found["x"] or "", 0)
        day = _latest(now, number(found["m"]) or 1, 1) + timedelta(days=offset)
        yield Moment(*found.span(), _at(min(day, today), 0, now), "period", "period", dated=True)
        return
    late = found["y"] in ("底", "末")
    if word.startswith("上上"):
        day = monday - timedelta(days=14) if "月" not in word else (last - timedelta(days=1)).replace(day=1)
    elif word.startswith("上") and word != "上月末":
        day = monday - timedelta(days=7) if "月" not in word else last + timedelta(days=24 if late else 0)
    elif word in ("本周", "这周", "这个周", "这星期", "这个星期", "这礼拜", "这个礼拜"):
        day = monday
    elif "天" in word:
        day = today - timedelta(days=2)
    elif word in ("月底", "月末", "上月末"):
        day = last + timedelta(days=24)
    elif word == "年初":
        day = date(today.year, 1, 1)
    elif word in ("去年", "昨年"):
        day = date(today.year - 1, 1, 1)
    elif word == "今年":
        day = date(today.year, 1, 1)
    else:
        day = first
    yield Moment(*found.span(), _at(day, 0, now), "period", "period", dated=True)
