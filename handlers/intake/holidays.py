"""Holidays by which reports tell a day: 国庆那天, 除夕晚上, 大年初三, 去年中秋. Those of the lunar year by a table."""

import re
from datetime import date, timedelta

from handlers.intake.moment import latest_date, year_of
from handlers.intake.numbers import number

FIXED = {
    "元旦": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "三八节": (3, 8), "三八妇女节": (3, 8), "五一": (5, 1),
    "劳动节": (5, 1), "五一劳动节": (5, 1), "五四": (5, 4), "青年节": (5, 4), "护士节": (5, 12), "儿童节": (6, 1),
    "六一": (6, 1), "六一儿童节": (6, 1), "建党节": (7, 1), "建军节": (8, 1), "医师节": (8, 19), "教师节": (9, 10),
    "国庆": (10, 1), "国庆节": (10, 1), "十一": (10, 1), "双十一": (11, 11), "平安夜": (12, 24), "圣诞": (12, 25),
    "圣诞节": (12, 25), "新年第一天": (1, 1), "万圣节": (10, 31), "跨年夜": (12, 31),
}  # fmt: skip
_LONG = ("元旦", "五一", "劳动", "国庆", "十一", "春节", "中秋", "端午", "清明")
_DAYS_OFF = {"国庆": 7, "十一": 7, "五一": 5, "劳动": 5, "五一劳动": 5}

# Of each year: new year of the lunar calendar, 清明, 端午, 中秋, 重阳. An unknown year is no answer.
_LUNAR = {
    2023: ((1, 22), (4, 5), (6, 22), (9, 29), (10, 23)), 2024: ((2, 10), (4, 4), (6, 10), (9, 17), (10, 11)),
    2025: ((1, 29), (4, 4), (5, 31), (10, 6), (10, 29)), 2026: ((2, 17), (4, 5), (6, 19), (9, 25), (10, 18)),
    2027: ((2, 6), (4, 5), (6, 9), (9, 15), (10, 8)), 2028: ((1, 26), (4, 4), (5, 28), (10, 3), (10, 26)),
    2029: ((2, 13), (4, 4), (6, 16), (9, 22), (10, 16)), 2030: ((2, 3), (4, 5), (6, 5), (9, 12), (10, 5)),
    2031: ((1, 23), (4, 5), (6, 24), (10, 1), (10, 24)), 2032: ((2, 11), (4, 4), (6, 12), (9, 19), (10, 12)),
}  # fmt: skip
_LUNAR_NAMES = {
    "春节": (0, 0), "过年": (0, 0), "大年夜": (0, -1), "除夕": (0, -1),
    "年三十儿": (0, -1), "大年三十儿": (0, -1), "年三十": (0, -1),
    "大年三十": (0, -1), "元宵": (0, 14), "元宵节": (0, 14), "正月十五": (0, 14), "清明": (1, 0), "清明节": (1, 0),
    "端午": (2, 0), "端午节": (2, 0), "中秋": (3, 0), "中秋节": (3, 0), "重阳": (4, 0), "重阳节": (4, 0),
}  # fmt: skip
_NAMES = "|".join(sorted({*FIXED, *_LUNAR_NAMES} - {"五一", "六一", "五四", "十一"}, key=len, reverse=True))
_OF_NEW_YEAR = "(?:大?年|正月)初[一二三四五六七八九十]|初[一二三四五六七](?=[,起开那就早上下晚凌中])"

HOLIDAY = (
    r"(?:(?P<holidayyear>20\d\d年|[今去前明]年)的?)?"
    rf"(?P<holiday>{_NAMES}|{_OF_NEW_YEAR}|(?<!十)(?:五一|六一|五四)(?!路|楼|[0-9点时号个家十])|(?<!双)十一(?=假|长假|期间|黄金周|那天))"
    r"节?(?:期间|假期|长假|黄金周|放假|假){0,2}的?(?:[那这]几?天|(?P<holidaynight>那晚|当晚)|当天|前夕|(?P<nth>头[一两几三]?|第[一二三四五六七八2-8]|最后一?)天)?"
)
"""Groups `holiday`, `holidayyear`, `holidaynight` and `nth`."""

BEGIN = "重万元情妇三五劳青护儿六建医教国十双平圣跨春过大除年正清端中初新"
"""What HOLIDAY can begin with, its year aside."""


def holiday(found: re.Match[str], today: date) -> date | None:
    """The day of a holiday, its first unless another is counted: in the year said, else the latest not after today."""
    nth = found["nth"] or "头"
    if nth.startswith("最后"):
        return _last(found, today)
    first = _first(found, today)
    if first is None or nth.startswith("头"):
        return first
    return first + timedelta(days=(number(nth[1]) or 1) - 1)


def _last(found: re.Match[str], today: date) -> date | None:
    """The last day, where a holiday lasts as long every year and that day has come."""
    first, days = _first(found, today), _DAYS_OFF.get(found["holiday"].removesuffix("节"))
    if first is None or days is None:
        return None
    last = first + timedelta(days=days - 1)
    return last if last <= today else None


def _first(found: re.Match[str], today: date) -> date | None:
    name, said = found["holiday"], found["holidayyear"]
    if name in FIXED:
        month, day = FIXED[name]
        return date(year_of(said, today), month, day) if said else latest_date(today, month, day)
    years = [year_of(said, today)] if said else range(today.year, today.year - 3, -1)
    days = [at for year in years if (at := _lunar(name, year)) is not None and (said or at <= today)]
    if not days or (name.startswith("初") and today - days[0] > timedelta(days=40)):
        return None
    return days[0]


def is_long(name: str) -> bool:
    """Whether a holiday lasts for several days."""
    return name.startswith(_LONG)


def _lunar(name: str, year: int) -> date | None:
    known = _LUNAR.get(year)
    if known is None:
        return None
    which, offset = _LUNAR_NAMES.get(name, (0, 0))
    if name not in _LUNAR_NAMES:
        offset = (number(name.rpartition("初")[2]) or 1) - 1
    return date(year, *known[which]) + timedelta(days=offset)
