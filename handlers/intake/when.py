"""Which instant a message names: the onset of a fault among all times that it mentions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from handlers.intake.clocks import points
from handlers.intake.english import english_moments, names_a_day
from handlers.intake.lazy import Lazy
from handlers.intake.moment import Moment
from handlers.intake.onset import is_ahead, is_deadline, something_amiss, weigh
from handlers.intake.spans import spans
from handlers.intake.text import Letter, fold, is_chinese, letter
from handlers.intake.timeless import GAP, without_timeless


@dataclass(frozen=True, slots=True)
class When:
    """An instant that a text names: `span` the words, how precise it is, and whether it looks back or ahead.

    `precision`: minute, hour, part (of a day), day, period (a week, a month). `kind`: onset or future. `instant` is
    aware, in the zone of the message, with seconds 00.
    """

    instant: datetime
    span: str
    precision: str
    kind: str


# Any character without which no time can be named.
_HINT = Lazy(
    r"[\d点时天日号周月年昨今明宿早晚夜午晨刚前后现目班旬小钟分刻旦夕初秋庆节假拜期才]|\b(?:ago|since|yesterday|"
    r"today|tonight|now|noon|midnight|morning|hours?|minutes?|mins?|days?|"
    r"weeks?|weekend|months?|overnight|afternoon|evening|night|mon|tue|wed|thu|fri|"
    r"sat|sun)|眼下|此刻|这会|这阵|头先|啱啱|朝",
    quick=True,
)
# What is in every Chinese time; where none of it is, there is none to look for.
_N = "[\\d零〇一二两俩三四五六七八九十廿半几数]"
_NAMED = Lazy(
    "[昨今晨早午晚夜晓晌昏傍宿周旬旦庆诞夕宵端秋阳圣年月刚假节班突]|明[天日晚早晨儿夜个]",
    "[前后当本次翌这近][几两些]?[天日儿个]|前[阵段一]|半天|星期|礼拜|清明|开诊|开门|现在|目前|眼下|此[刻时]|这[会阵]|方才|适才",
    "头先|啱|五一|六一|五四|十一|初[一二三四五六七八九十]",
    rf"{_N}\s?[来多几个半整余]{{0,4}}\s?[点时分刻钟小天日号月周星礼秒年點mhs]",
    r"\d\s?[:;./-]\s?\d|\d\s?[ap]\.?m|\d{4}",
    quick=True,
)
_DIALECT = {
    "寻晚": "昨晚", "琴晚": "昨晚", "寻日": "昨日", "琴日": "昨日", "今朝": "今早", "听日": "明日", "听晚": "明晚",
    "而家": "现在", "将才": "刚才", "将将": "刚刚", "仨": "三", "元月": "一月",
}  # fmt: skip
_DIALECT_WORD = Lazy("|".join(_DIALECT))


def _standard(text: str) -> str:
    """Cantonese and Sichuan words for times in their standard form, which is as long."""
    return _DIALECT_WORD.sub(lambda found: _DIALECT[found.group()], text)


_POINTS = ("clock", "day", "part", "shift", "period")
_DUE = Lazy(
    r"\b(?:(?:before|by|no later than)|"
    r"(?:surgery|meeting|operation|appointment|training)(?: is| starts| begins)?(?: at)?) ?$|"
    r"(?:计划|准备|打算|定于|定在|拟|拟于|拟定|暂定|初定|预计|安排|安排在|排在|预定|(?<!大)约(?:了|好|的|在)在?|改到|推迟到|延到|手术|会议|考试|查房|讲课|演练)[本这]?$"
)
_PROMISED = Lazy(r"(?:说|答应|承诺)(?:了|好|是|要|会)?$")
_NEAR = 16
_MANY = 200
"""Times that are weighed; what names more is no report, and its first words tell the onset."""
_MOST = 32
"""English times that are looked at: dateparser, which reads some of them, takes a millisecond for each."""
_AT_WORK = (8, 12, 17)
_NOON = 12
_BREAK = 3
"""The hour by which the break at noon is over."""
_NIGHT = timedelta(hours=8)
_LISTED = ("、", "和", "跟", "及")
_PART = timedelta(hours=4)
"""What a part of the day lasts: 下午要用, said in the afternoon, is no time of tomorrow, and 中午来, said at eleven, is
in an hour."""
_LEAVE = 17
"""The hour after whose half one leaves: 昨晚下班 is no later than that."""
_SHIFT_OF = ("", "的", "快", "刚", "一")
_TO = Lazy(r"\s?(?:前后|左右|多|许)?(?:起|一直|直)?(?:到|至|[~\-—–])+(?:了)?(?:第二天|次日|隔天)?\s?$")
_THEN = Lazy(r"之后|后来|随后|然后|接着")
_FOUND_LATE = Lazy(r"(?:发现|看到|察觉)[^。!?\n]{0,6}(?:其实|实际|应该|估计)")
_BARE_PART = Lazy(r"上午|中午|下午|傍晚")
_BARE = Lazy(r"[\d一二两三四五六七八九十]{1,3}[点时:]")


def when(text: str, now: datetime) -> When | None:
    """The onset that a text names, else a time to come, or None.

    `now` is when the message was sent (aware); its zone is that of the times named. Never raises, whatever the text;
    linear in its length.
    """
    folded = _standard(fold(text))
    if _HINT.search(folded) is None:
        return None
    best: tuple[int, int, Moment] | None = None
    parts, amiss = letter(folded), something_amiss(folded)
    for moment in map(_as_told(folded, now), _candidates(folded, now)):
        if not _is_new(moment, parts):
            continue
        weight = weigh(folded, moment, now, amiss)
        if weight is None:
            continue
        if best is None or weight > best[0] or (weight == best[0] and _earlier(moment, best[2])):
            best = (weight, moment.start, moment)
    if best is None:
        return None
    moment = best[2]
    kind = "future" if is_ahead(moment, now) else "onset"
    return When(moment.instant, text[moment.start : moment.end].strip(), moment.precision, kind)


def _is_new(moment: Moment, parts: Letter) -> bool:
    """Whether the writer's own words tell it; what is quoted before or after them tells no onset of this message, nor
    do the lines of a forwarded record that say who wrote when."""
    start, end = moment.start - parts.offset, moment.end - parts.offset
    return not parts.quoted if start < 0 else bool(parts.body[start:end].strip())


def _ranges(text: str, moments: Sequence[Moment], now: datetime) -> list[Moment]:
    """From 8 to 10 is one time, its beginning; what happened "after that" happened on the same day."""
    found: list[Moment] = []
    for moment in moments:
        last = found[-1] if found else None
        if last is not None and moment.sort == "shift" and moment.start == last.start and moment.end > last.end:
            found[-1] = moment
            continue
        if last is not None and moment.sort == "ago" and last.start <= moment.start and moment.end < last.end:
            continue  # 两天前晚上8点 is one time
        if last is None or last.sort not in _POINTS or moment.sort not in _POINTS or moment.start < last.end:
            found.append(moment)
            continue
        gap = text[last.end : moment.start][:_NEAR]
        if last.sort == "day" and moment.sort == "shift" and gap in _SHIFT_OF:
            instant = datetime.combine(last.instant.date(), moment.instant.timetz())
            found[-1] = replace(moment, start=last.start, instant=instant, repeats=last.repeats)
            continue
        if last.sort == "clock" and moment.sort == "shift" and gap in _SHIFT_OF:
            at_noon = moment.instant.hour == _NOON and last.instant.hour < _BREAK  # 十二点半午休
            instant = last.instant - timedelta(hours=12) if at_noon else last.instant
            found[-1] = replace(last, end=moment.end, instant=instant)
            continue
        if last.sort == "part" and moment.sort == "shift" and moment.instant.hour in _AT_WORK and gap in _SHIFT_OF:
            left = moment.instant.hour == _LEAVE and last.instant.hour > _NOON
            instant = datetime.combine(last.instant.date(), moment.instant.timetz()) if left else last.instant
            found[-1] = replace(last, end=moment.end, instant=instant)
            continue
        if moment.sort == "clock" and last.sort == "clock" and gap in _LISTED:
            found[-1] = replace(last, end=moment.end)
            continue
        if _TO.match(gap):
            found[-1] = replace(last, end=moment.end)
        elif moment.sort == "part" and last.sort in ("clock", "part") and _BARE_PART.match(text, moment.start):
            again = datetime.combine(last.instant.date(), moment.instant.timetz())
            found.append(replace(moment, instant=again) if last.instant < again < moment.instant else moment)
        elif moment.sort == "clock" and last.sort in ("clock", "part") and _BARE.match(text, moment.start):
            found.append(_same_night(text, last, moment, gap, now))
        else:
            found.append(moment)
    return found


def _same_night(text: str, last: Moment, moment: Moment, gap: str, now: datetime) -> Moment:
    """A bare clock time told after another: 昨晚8点交班正常,10点断 is of that night; 之后 is of the same day.

    What is told as found late began before: 昨晚12点发现的,其实8点就断了.
    """
    if _FOUND_LATE.search(gap):
        again = last.instant - (last.instant - moment.instant) % timedelta(hours=12)
        return replace(moment, instant=again)
    if _THEN.search(gap):
        again = datetime.combine(last.instant.date(), moment.instant.timetz())
    elif last.sort == "clock" and any(word in text[last.start : last.end] for word in "晚夜"):
        half = timedelta(hours=12)
        again = last.instant + (moment.instant - last.instant) % half
        if again - last.instant > _NIGHT:
            return moment
    else:
        return moment
    return replace(moment, instant=again) if last.instant <= again <= now else moment


def _as_told(text: str, now: datetime) -> Callable[[Moment], Moment]:
    """Turns a time that is told as a deadline to the future, where it can lie there."""

    def turned(moment: Moment) -> Moment:
        if (
            moment.instant > now
            or moment.sort not in ("clock", "day", "part", "shift")
            or _PROMISED.search(text[max(0, moment.start - 4) : moment.start])
            or not (
                is_deadline(text[moment.end : moment.end + 24])
                or _DUE.search(text[max(0, moment.start - 24) : moment.start])
            )
        ):
            return moment
        if moment.sort == "part" and moment.instant.date() == now.date() and now - moment.instant < _PART:
            begun = now - moment.instant < timedelta(minutes=1)
            return replace(moment, instant=moment.instant + timedelta(hours=1)) if begun else moment
        certain = _CERTAIN.search(text, moment.start, moment.end) is not None
        return _forward(moment, now, certain) or moment

    return turned


def _earlier(moment: Moment, other: Moment) -> bool:
    """Of equal weight: the one said first, of those the longer."""
    return (moment.start, -moment.end) < (other.start, -other.end)


def _chinese(masked: str, now: datetime) -> list[Moment]:
    named = [*islice(points(masked, now), _MANY), *islice(spans(masked, now), _MANY)]
    return _ranges(masked, sorted(named, key=lambda each: each.start), now)


def _candidates(folded: str, now: datetime) -> Iterable[Moment]:
    masked = without_timeless(folded)
    try:
        found = _chinese(masked, now) if _NAMED.search(masked) is not None else []
        if any(is_chinese(folded[moment.start : moment.end]) for moment in found):
            return found
        read = (each for each in english_moments(folded, now) if masked[each.start : each.end].strip(GAP))
        english = list(islice(read, _MOST)) if not found or names_a_day(folded) else []
        return english or found
    except OverflowError:
        # A count so large that the calendar has no such day; it names no instant.
        return []


_CERTAIN = Lazy(r"(?<!\d)(?:1[3-9]|2[0-3]|0\d)\s*[:点时.]|\b0\d\b|\d\s?[ap]\.?m\b|[早晚午晨夜]|noon|night")
"""A clock time that says which half of the day it means: 18:00, 06:00, 下午5点, 6 pm."""


def deadline(text: str, now: datetime) -> When | None:
    """The time to come that a text names ("限期10月3日18:00", "明天下午5点前"), or None.

    A bare day or clock time is the next such instant after `now`; a day without a time ends at 24:00, told as 23:59.
    Never raises.
    """
    folded = fold(text)
    if _HINT.search(folded) is None:
        return None
    moments = ((moment, _CERTAIN.search(folded[moment.start : moment.end])) for moment in _candidates(folded, now))
    found = [ahead for moment, certain in moments if (ahead := _forward(moment, now, bool(certain))) is not None]
    if not found:
        return None
    first = min(found, key=lambda moment: (moment.precision not in ("minute", "hour"), moment.start))
    span = text[first.start : first.end].strip()
    return When(first.instant, span, first.precision, "future")


def _forward(moment: Moment, now: datetime, certain: bool = False) -> Moment | None:
    """A moment turned to the future, None for one that can only be past. `certain`: no doubt which half of the day."""
    if moment.sort in ("now", "ago", "lasting", "period"):
        return None
    instant = moment.instant
    if moment.precision == "day":
        instant += timedelta(hours=23, minutes=59)
    if instant <= now:
        instant = _next(instant, moment, now, certain)
    if instant <= now:
        return None
    return replace(moment, instant=instant)


def _next(instant: datetime, moment: Moment, now: datetime, certain: bool) -> datetime:
    """The next time that what was read as past comes again; itself when it never does."""
    if moment.repeats == "day":
        half = instant + timedelta(hours=12)
        return half if moment.sort == "clock" and not certain and half > now else instant + timedelta(days=1)
    if moment.repeats == "week":
        return instant + timedelta(days=7)
    if moment.repeats == "month":
        return _same_day(instant, now, range(1, 4))
    if moment.repeats == "year":
        return _same_day(instant, now, range(12, 97, 12))
    return instant


def _same_day(instant: datetime, now: datetime, months: range) -> datetime:
    """The same day so many months later: the first that exists and lies ahead."""
    for count in months:
        years, month = divmod(instant.month - 1 + count, 12)
        try:
            later = instant.replace(year=instant.year + years, month=month + 1)
        except ValueError:
            continue
        if later > now:
            return later
    return instant
