"""Weeks, months, their thirds, years and vague days as Chinese messages name them: 上个月中旬, 年初, 前几天, 下周."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from handlers.intake.lazy import Lazy
from handlers.intake.moment import Moment, instant_at, latest_date, month_after, year_of
from handlers.intake.numbers import number

_FAILS = "开始|起|就|以来|到现在|至今|以后|之后|过后|后|那会|那阵|的时候|升级|更新|换|搬|都|老|一直|经常|特别|断|坏|崩"
_PERIOD = Lazy(
    r"(?:(?P<week>上上|上|这|本|下下|下)个?(?:周|星期|礼拜)(?![一二三四五六日天末])"
    r"|(?P<days>(?:前|这|最近|近)(?:几|两|些)[天日]|前阵子|前段时间|前一阵子?)"
    r"|(?:(?P<year>20\d\d年|[今去前昨明]年)的?)?(?:(?:(?P<month>(?:上上|上|这|本|当|下下|下)个?)月"
    r"|(?<!\d)(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月)份?(?:的?月)?"
    r"(?P<x>上旬|中旬|下旬|初|中|底|末)?(?!\d)|(?P<bare>上旬|中旬|下旬|月初|月中|月底|月末)|(?P<y>年初|年中|年底|年末))"
    r"|(?:(?P<halfyear>20\d\d年|[今去前昨明]年)的?)?(?P<half>[上下]半年|暑假|寒假)(?:期间)?|(?P<only>20\d\d年|[今去前昨明]年)(?![春夏秋冬]))"
    rf"(?:(?P<by>(?:之|以)?[前内](?![后台面几些两阵])|(?=要(?!求)|必须|得(?!很)))|(?={_FAILS}|[^,。!?;\s的前]{{1,8}}(?:开始|就(?!诊)|之后|以后|后(?![台面续])|一直|老是)|系统|打不开|登不上|连不上|进不去|不能|没法|无法|上线|培训|验收|检查|评审|切换|割接|启用|安装|演练|停机|来|(?<=[初中底末旬])[到至~-]|,|。|!|$|\s))",
    quick=True,
)
_THIRDS = {"上旬": 0, "初": 0, "中旬": 14, "中": 14, "下旬": 24, "底": 24, "末": 24}
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}


def periods(text: str, now: datetime) -> Iterator[Moment]:
    """The periods named in folded text, each by a day in it."""
    for found in _PERIOD.finditer(text):
        day = _day(found, now.date())
        if day is not None:
            end = found.end() if found["by"] is None else found.start("by")
            yield Moment(found.start(), end, instant_at(day, 0, now), "period", "period", "never")


def _day(found: re.Match[str], today: date) -> date | None:
    """A day in the period; None where it cannot be meant."""
    ahead = found["by"] is not None
    if found["week"] is not None:
        week = _WEEKS[found["week"]]
        return today - timedelta(days=today.weekday()) + timedelta(days=7 * week + (6 if ahead and week == 0 else 0))
    if found["days"] is not None:
        return today - timedelta(days=2)
    if found["half"] is not None:
        month, day = {"上半年": (1, 1), "下半年": (7, 1), "暑假": (7, 10), "寒假": (1, 25)}[found["half"]]
        said = found["halfyear"]
        return date(year_of(said, today), month, day) if said else latest_date(today, month, day)
    if found["only"] is not None:
        return date(year_of(found["only"], today), 1, 1)
    if found["y"] is not None:
        return _of_year(found, today, ahead)
    return _of_month(found, today, ahead)


def _of_year(found: re.Match[str], today: date, ahead: bool) -> date | None:
    month, day = {"初": (1, 1), "中": (6, 15)}.get(found["y"][1], (12, 25))
    if found["year"] is not None:
        return date(year_of(found["year"], today), month, day)
    if ahead:
        at = date(today.year, month, 31 if month == 12 else day)
        return at if at >= today else at.replace(year=today.year + 1)
    at = date(today.year, month, day)
    return latest_date(today, month, day) if month != 12 or today.month != 12 else min(at, today)


def _of_month(found: re.Match[str], today: date, ahead: bool) -> date | None:
    first = today.replace(day=1)
    part = found["x"] or (found["bare"] or "").removeprefix("月")
    offset = timedelta(days=_THIRDS.get(part, 0))
    if found["m"] is not None:
        month = number(found["m"]) or 1
        if found["year"] is not None:
            return date(year_of(found["year"], today), month, 1) + offset
        first = latest_date(today, month, 1)
        if ahead and first + offset < today:
            first = first.replace(year=first.year + 1)
        return first + offset if ahead else min(first + offset, today)
    if found["month"] is not None:
        first = month_after(first, _WEEKS[found["month"].removesuffix("个")])
        return first + offset
    if found["year"] is not None:
        return None
    if ahead and part in ("底", "末", "下旬"):
        return month_after(first, 1) - timedelta(days=1)
    if ahead:
        return first + offset if first + offset >= today else month_after(first, 1) + offset
    if today.day < offset.days - 3:
        return month_after(first, -1) + offset
    return min(first + offset, today)
