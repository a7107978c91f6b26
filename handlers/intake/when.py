"""Which instant a message names: the onset of a fault among all times that it mentions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.intake.clocks import points
from handlers.intake.english import english_moments, names_a_date
from handlers.intake.lazy import Lazy
from handlers.intake.moment import Moment
from handlers.intake.spans import spans
from handlers.intake.text import fold


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
    r"[\d点时天日号周月年早晚夜午晨刚前后现目班旬小钟分刻旦庆节拜期旬才]|\b(?:ago|since|yesterday|"
    r"today|tonight|now|noon|midnight|morning|hours?|minutes?|mins?|days?|mon|tue|wed|thu|fri|"
    r"sat|sun)"
)
# No times: recurring ones, ranges of service, addresses, versions, long numbers.
_MASK = Lazy(
    r"\d{5,}|每(?:天|日|晚|早|周[一二三四五六日]?)(?:早上|晚上|上午|下午|凌晨|中午|夜里)?[^,。\s]{1,4}?[点时](?:"
    r"半|\d{1,2})?|7\s?[*x×]\s?24(?:小时)?|24小时(?!前|了|内|后)|每(?:天|日|周[一二三四五六日天]?|"
    r"月|年|星期[一二三四五六日天]?|个?小时|晚|早|\d+(?:小时|分钟|天))|[a-z]+\d+(?:\.\d+)*|\d+\.\d+\.\d+(?:\.\d+"
    r")*(?::\d+)?|第\d+|"
    r"\d+(?:天|小时|分钟|周)(?:的|出入|心电|动态|尿)|(?:下|上)午茶|早(?:餐|饭|点(?!的))|中班|晚班|刚性|五一路|三八|"
    r"(?:前|后)(?:面|台|端|者|方|勤|缀)|半(?:天|自动|年|数|个)?(?=没|转|才)|周(?:期|末班|转|围|"
    r"报|会)|日(?:常|志|报|期)|(?:早|晚)(?:期|点再)|天(?:天|气)|时(?:间|不时)"
)
_KEEP_LENGTH = Lazy(r"[^\n]")
_LEADS = Lazy(r"(?:从|自从|自|打从|打|由|起于|大概|约|是|,就|开始于|at|since|from|around)\s*$")
_BEGINS = Lazy(
    r"(?:[左右那多许会阵儿时候当批的样钟开门始]{0,6})(?:开始|起(?!来|床)|以来|就|突然|忽然|到(?:现在|"
    r"这会|目前|今)|至今|一直|断|挂|坏|崩|出现|发生|出问题|出的|发现|停|不行|以后|之后|后(?!天|"
    r"台)|更新(?:完|后|以后|之后)|升级(?:完|后|以后|之后)|上线(?:后|以后)|换(?:了|完)|给换|搬(?:完|"
    r"了)|蓝屏|黑屏|死机|还(?:好|能|可以)|打不开|进不去|登不上|连不上|没网|卡|慢)"
)
_DEADLINE = Lazy(
    r"(?:[钟整左右开]{0,3})(?:(?:下班|上班|中午|晚上|早上)前|之前|以前|前(?!后|台|一)|截止|到期|"
    r"结束|要(?!等)|需要?|必须|得(?!很)|届时|上线|将|会(?!儿)|来(?!的|就)|到岗|上岗|上课|考试|"
    r"开会|查房|转科|出院|手术|来访|再|交班|报完|申报|开考|为止|讲|培训|有(?:外宾|检查|会)|执行起)"
)
_EVENT = Lazy(
    r"(?:[^,。!?;\n]{0,5})(?:报(?:的|过|了|修)|提(?:的|交|过|了)|申请|反馈|培训|说的|来过|装的|"
    r"领的|才(?:修|弄|装)|打(?:过)?电话|出生|入院|住院|手术|采集|抽(?:的)?血|做的|开的|写的|录的|"
    r"预约|约的|修(?:好|过)|通知|升级(?!后|完|以后|之后|就)|更新(?!后|完|以后|之后|就)|换(?:的|"
    r"过)|还(?:好|能|可以|正常)|送检|签)"
)
_PAYLOAD = Lazy(
    r"\s?(?:的|那个?)?(?:数据|报表|记录|单子?(?!机)|号源|病历|片子|报告|明细|账|费用|医嘱|处方|"
    r"夜班费|工资|日报|月报|统计|检查|检验|结果|排班|预约|挂号|病人|患者|手术|考试|有|没有|体温|"
    r"标本|发票|门诊量|号(?=$|[,。]))"
)
_RECORDED = Lazy(r"(?:出生|生日|出生日期|入职时间|入院时间|入院日期|末次月经|有效期|到期|批号|日期)(?:是|为|:|\s)?$")
_OF = Lazy(r"(?:的)(?!时候|那|样子|$|[,。!?~\s])")
_ON_SINGLE_BILL = Lazy(r"单边")


def when(text: str, now: datetime) -> When | None:
    """The onset that a text names, else a time to come, or None.

    `now` is when the message was sent (aware); its zone is that of the times named. Never raises, whatever the text;
    linear in its length.
    """
    folded = fold(text)
    if _HINT.search(folded) is None:
        return None
    best: tuple[int, int, Moment] | None = None
    for moment in map(_as_told(folded, now), _candidates(folded, now)):
        weight = _weight(folded, moment, now)
        if weight is None:
            continue
        if best is None or weight > best[0] or (weight == best[0] and _earlier(moment, best[2])):
            best = (weight, moment.start, moment)
    if best is None:
        return None
    moment = best[2]
    kind = "future" if _is_ahead(moment, now) else "onset"
    return When(moment.instant, text[moment.start : moment.end].strip(), moment.precision, kind)


def _as_told(text: str, now: datetime) -> Callable[[Moment], Moment]:
    """Turns a time that is told as a deadline to the future, where it can lie there."""

    def turned(moment: Moment) -> Moment:
        if (
            moment.instant > now
            or moment.sort not in ("clock", "day", "part", "shift")
            or not _DEADLINE.match(text, moment.end)
        ):
            return moment
        return _forward(moment, now) or moment

    return turned


def _earlier(moment: Moment, other: Moment) -> bool:
    """Of equal weight: the one said first, of those the longer."""
    return (moment.start, -moment.end) < (other.start, -other.end)


def _candidates(folded: str, now: datetime) -> Iterable[Moment]:
    masked = _MASK.sub(lambda found: "\u25a1" * len(found.group()), folded)
    try:
        found = [*points(masked, now), *spans(masked, now)]
        english = list(english_moments(folded, now)) if not found or names_a_date(folded) else []
        return english or found
    except OverflowError:
        # A count so large that the calendar has no such day; it names no instant.
        return []


def _is_ahead(moment: Moment, now: datetime) -> bool:
    return moment.sort in ("ahead", "within") or moment.instant > now


def _weight(text: str, moment: Moment, now: datetime) -> int | None:
    """How likely a time is the onset; None: it certainly is not."""
    after = text[moment.end : moment.end + 24]
    before = text[max(0, moment.start - 5) : moment.start]
    begins = _BEGINS.match(after) is not None
    leads = _LEADS.search(before) is not None
    if moment.sort == "now":
        return 1 if text[moment.start] in "刚方适啱頭" else -6
    if _RECORDED.search(before):
        return None
    if moment.sort in ("ago", "lasting"):
        return 6 if not _EVENT.match(after) or begins else 1
    if moment.sort == "within":
        return -4
    if _is_ahead(moment, now):
        return -3
    if not begins and not leads and _DEADLINE.match(after):
        return None
    if (_OF.match(after) or (_PAYLOAD.match(after) and not begins)) and not _ON_SINGLE_BILL.search(after[:8]):
        return None
    weight = {"clock": 4, "part": 3, "shift": 2, "day": 2, "period": 1}.get(moment.sort, 0)
    weight += 4 * leads + 4 * begins
    if _EVENT.match(after) and not begins:
        weight -= 4
    return weight


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
