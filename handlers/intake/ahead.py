"""From when to when something is announced for: "今晚22:00-23:30", "周六凌晨1点到5点", "tomorrow 8 pm to 10 pm".

Days that lie ahead are put as dates, the rest is `stretch`. A time without its day is the next stretch that is not
over. Pure, never raises for any text, linear in its length.
"""

import unicodedata
from datetime import datetime, timedelta

from handlers.intake.lazy import Lazy
from handlers.intake.stretch import Told, following, nearest, stretch

_DAYS = {"大后天": 3, "后天": 2, "明天": 1, "明日": 1, "明": 1, "今天": 0, "今日": 0, "今": 0}
_AHEAD = Lazy(r"(大后天|后天|明[天日]|今[天日]|[明今](?=[晚早夜]))(?:的)?([晚早夜]上?)?")
_WEEKDAY = Lazy(r"(下|本|这)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])(?:的)?([晚早]上?)?")
_NAMED = Lazy(r"\b(next |this )?(mon|tues|wednes|thurs|fri|satur|sun)day\b")
_SOON = Lazy(r"\b(tonight|today|tomorrow)( night| evening| morning)?\b")
_HOUR = Lazy(r"(?<![\d:])(\d{1,2})\s*([ap])\.?m\b\.?")
_CLOCK = Lazy(
    r"\d{1,2}(?::\d{2}(?::\d{2})?|[点时](?:半|\d{1,2}分?)?整?|(?=\s*[apAP]\.?[mM]\b))(?:\s*[apAP]\.?[mM]\b\.?)?"
)
_TONIGHT = Lazy(r"今晚|今夜|[Tt]onight")
_CHINESE, _ENGLISH = "一二三四五六日", ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_LATE = {"晚": "晚上", "夜": "晚上", "早": "早上"}
_SMALL_HOURS = timedelta(hours=5)
SIGNS = " \t\r\n，,。.；;、:：-–—（）()"


def ahead(text: str, said_at: datetime) -> tuple[datetime, datetime] | None:
    """The beginning and the end that a text announces, on the wall clock of `said_at` (aware); what names an end alone
    begins at once. None where it names no end, or no time at all. The end may have passed."""
    written = _dated(text, said_at)
    found = stretch(written)
    if found is None or found.end is None:
        return None
    if found.begin is None:
        return said_at, _ends(found.end, said_at, said_at)
    if not found.begin.has_day:
        return _next(found.begin, found.end, said_at)
    begins = nearest(found.begin, said_at, said_at)
    if found.begin.clock < _SMALL_HOURS and _TONIGHT.search(text):
        begins += timedelta(days=1)  # 今晚1点 is after midnight
    return begins, _ends(found.end, begins, said_at)


def until(text: str, begins: datetime, said_at: datetime) -> datetime | None:
    """The end that a text names for what begins, or began, at `begins`; None where it names none."""
    found = stretch(_dated(text, said_at))
    told = found and (found.end or found.begin)
    return _ends(told, max(begins, said_at), said_at) if told else None


def rest_of(text: str) -> str:
    """The words behind the last time that is told: what is done."""
    folded = unicodedata.normalize("NFKC", text)
    end = max((found.end() for found in _CLOCK.finditer(folded)), default=0)
    return folded[end:].strip(SIGNS) if end else ""


def _ends(told: Told, begins: datetime, said_at: datetime) -> datetime:
    end = following(told, begins, said_at)
    return end if end > begins or told.has_day else end + timedelta(days=1)


def _next(begin: Told, end: Told, said_at: datetime) -> tuple[datetime, datetime]:
    """The first such stretch that is not over."""
    midnight = said_at.replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    for days in (-1, 0, 1):
        begins = midnight + timedelta(days=days) + begin.clock
        found.append((begins, _ends(end, begins, said_at)))
    return next((each for each in found if each[1] > said_at), found[-1])


def _dated(text: str, said_at: datetime) -> str:
    """The text with the days that are told by name put as dates."""

    def on(days: int, part: str = "") -> str:
        day = said_at + timedelta(days=days)
        return f"{day.year}年{day.month}月{day.day}日{_LATE.get(part[:1], '')} "

    def weekday(which: str, index: int, part: str = "") -> str:
        days = index - said_at.weekday()
        if which in ("下", "next "):
            return on(days + 7, part)
        return on(days if days >= 0 else days + 7, part)

    folded = unicodedata.normalize("NFKC", text).lower()
    folded = _WEEKDAY.sub(lambda m: weekday(m[1] or "", _CHINESE.index(m[2].replace("天", "日")), m[3] or ""), folded)
    folded = _NAMED.sub(lambda m: weekday(m[1] or "", _ENGLISH.index(m[2])), folded)
    folded = _AHEAD.sub(lambda m: on(_DAYS[m[1]], m[2] or ""), folded)
    folded = _SOON.sub(lambda m: on(int(m[1] == "tomorrow"), "晚" if _is_late(m.group()) else ""), folded)
    return _HOUR.sub(lambda m: f"{m[1]}:00 {m[2]}m", folded)


def _is_late(words: str) -> bool:
    return any(word in words for word in ("tonight", "night", "evening"))
