"""Counts service time for others: `wardline worktime --jsonl` reads one JSON object a line and answers one a line.

A line names an `op`, a calendar and a `start`; all times are those of the wall clock of `timezone`, ISO 8601, an offset
may be given.

op              "add": `seconds` (negative: backwards) · "between": to `end` · "add_days": `days`, by `day_rule`
timezone        of the IANA list
weekly_hours    {"mon": [["09:00", "17:00"]], …}; a window may end on the next morning, 24:00 is the end of the day, and
                00:00 to 00:00 a whole day
holidays        ["2026-10-01", …]: no window opens; one that opened the evening before runs out
extra_workdays  [{"date": …, "hours": [["09:00", "12:00"]]}, …]: a day with windows of its own
pauses          [[from, to], …]: nothing counts; a date alone is its midnight
start_fold      1: the second of two times that the wall clock shows alike (`end_fold` for the end)
day_rule        keep (the default: keeps the time of day) and those of `sla.weekplan.DayRule`

The answer is {"result": …}: a local time without an offset, or whole seconds. A line that makes no sense is answered
with {"error": …} and stops no other.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sla.errors import SlaError
from sla.json_words import no_json
from sla.weekplan import DayRule, WeekPlan, Windows

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CALENDAR = ("timezone", "weekly_hours", "holidays", "extra_workdays", "pauses")
RULES: Mapping[str, DayRule] = {
    **{rule.value: rule for rule in DayRule},
    **dict.fromkeys(("keep_time", "keep_time_of_day", "same_time", "time_of_day", "default"), DayRule.KEEP),
    **dict.fromkeys(("into_hours", "next_opening", "next_open", "clamp", "snap"), DayRule.HOURS),
    **dict.fromkeys(("roll_forward", "forward", "following", "next_working_day"), DayRule.ROLL_DAY),
    **dict.fromkeys(("roll_hours", "roll_start", "roll_into_hours"), DayRule.ROLL),
    **dict.fromkeys(("open", "opening_time", "start_of_service"), DayRule.OPENING),
    **dict.fromkeys(("close", "closing_time", "close_of_service", "end_of_service", "end"), DayRule.CLOSING),
    **dict.fromkeys(("end_of_day", "end_of_working_day", "end_of_business", "end_of_business_day"), DayRule.CLOSING),
    **dict.fromkeys(("start", "start_of_day", "start_of_working_day", "start_of_business"), DayRule.OPENING),
    **dict.fromkeys(("24:00", "end_of_calendar_day"), DayRule.MIDNIGHT),
}


class Unanswerable(SlaError):
    """A line that cannot be answered: the sentence says why."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command to argparse."""
    parser = subparsers.add_parser(
        "worktime",
        help="count service time",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--jsonl", action="store_true", required=True, help="answer questions from standard input")


def run(_: argparse.Namespace) -> int:
    """Answer the lines of standard input, in their order."""
    for number, line in enumerate(sys.stdin.buffer, start=1):
        print(json.dumps(_answer_line(line, number), ensure_ascii=False), flush=True)
    return 0


def _answer_line(line: bytes, number: int) -> dict[str, object]:
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return {"error": no_json(error, number)}
    try:
        if not isinstance(fields, dict):
            raise Unanswerable(f"line {number} is no JSON object, in braces")
        return {"result": _answer(fields)}
    except SlaError as error:
        return {"error": str(error)}
    except OverflowError:
        return {"error": "the answer lies outside the years 1 to 9999"}


def _answer(fields: Mapping[str, object]) -> str | int:
    op = fields.get("op")
    if op not in ("add", "between", "add_days"):
        raise Unanswerable(f'op {_shown(op)} is not known; one of: "add", "between", "add_days"')
    plan = _plan(json.dumps({key: fields.get(key) for key in CALENDAR}, sort_keys=True))
    start = _instant(fields.get("start"), "start", plan.zone, fields.get("start_fold"))
    if op == "between":
        end = _instant(fields.get("end"), "end", plan.zone, fields.get("end_fold"))
        return _whole_seconds(plan.schedule.between(start, end))
    if op == "add":
        found = plan.add(start, _seconds(fields.get("seconds")))
    else:
        found = plan.add_days(start, _days(fields.get("days")), _rule(fields.get("day_rule")))
    return found.replace(tzinfo=None).isoformat()


def _whole_seconds(length: timedelta) -> int:
    """Half a second counts as one, before the start as after it."""
    whole, rest = divmod(abs(length), timedelta(seconds=1))
    seconds = whole + (rest >= timedelta(milliseconds=500))
    return seconds if length >= timedelta() else -seconds


# the calendar


@lru_cache(maxsize=64)
def _plan(text: str) -> WeekPlan:
    """The calendar of a line, from its canonical JSON: lines that share one share its sums."""
    fields = json.loads(text)
    zone = _zone(fields["timezone"])
    hours = fields["weekly_hours"]
    if not isinstance(hours, dict):
        raise Unanswerable(f'weekly_hours {_shown(hours)} is no object like {{"mon": [["09:00", "17:00"]]}}')
    weekly: list[Windows] = [()] * 7
    for name, windows in hours.items():
        if name.lower()[:3] not in DAYS:
            raise Unanswerable(f"weekly_hours: {_shown(name)} is no weekday; one of: {', '.join(DAYS)}")
        weekly[DAYS.index(name.lower()[:3])] = _windows(windows, name)
    exceptions: dict[date, Windows] = {}
    for row in _list(fields["extra_workdays"], "extra_workdays"):
        if not isinstance(row, dict):
            raise Unanswerable(f'extra_workdays: {_shown(row)} is no object with "date" and "hours"')
        day = _date(row.get("date"), "extra_workdays")
        exceptions[day] = [*exceptions.get(day, ()), *_windows(row.get("hours"), "extra_workdays")]
    holidays = [_date(day, "holidays") for day in _list(fields["holidays"], "holidays")]
    return WeekPlan(zone, weekly, holidays, exceptions, _pauses(fields["pauses"], zone))


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(value if isinstance(value, str) else "")
    except (KeyError, ValueError, OSError) as error:
        raise Unanswerable(f"timezone {_shown(value)} is no name of the IANA list, like Asia/Shanghai") from error


def _windows(value: object, where: str) -> Windows:
    found = []
    for pair in _list(value, where):
        if not isinstance(pair, list) or len(pair) != 2:
            raise Unanswerable(f'{where}: {_shown(pair)} is no window like ["09:00", "17:00"]')
        opens, closes = (_second(text, where) for text in pair)
        if closes < opens or opens == closes == 0:
            closes += 86_400
        found.append((opens, closes))
    return found


def _pauses(value: object, zone: ZoneInfo) -> Iterable[tuple[datetime, datetime]]:
    for pair in _list(value, "pauses"):
        if not isinstance(pair, list) or len(pair) != 2:
            raise Unanswerable(f"pauses: {_shown(pair)} is no pair of times")
        begin, end = (_instant(text, "pauses", zone, 0) for text in pair)
        if end < begin:
            raise Unanswerable(f"pauses: {_shown(pair)} ends before it begins")
        yield begin, end


def _list(value: object, where: str) -> list[object]:
    if value is not None and not isinstance(value, list):
        raise Unanswerable(f"{where}: {_shown(value)} is no list")
    return value or []


def _date(value: object, where: str) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise Unanswerable(f"{where}: {_shown(value)} is no day like 2026-10-01") from error


def _second(value: object, where: str) -> int:
    """Seconds after midnight, of "9:00", "09:00", "09:00:30" or "24:00"."""
    parts = value.split(":") if isinstance(value, str) else []
    if len(parts) in (2, 3) and all(part.isdecimal() and len(part) <= 2 for part in parts):
        hours, minutes, seconds = (*map(int, parts), 0)[:3]
        second = 3600 * hours + 60 * minutes + seconds
        if minutes < 60 and seconds < 60 and second <= 86_400:
            return second
    raise Unanswerable(f"{where}: {_shown(value)} is no time of day like 09:00 (24:00 is the end of the day)")


# the question


def _instant(value: object, where: str, zone: ZoneInfo, fold: object) -> datetime:
    text = value.strip() if isinstance(value, str) else ""
    day, _, clock = text.replace(" ", "T", 1).partition("T")
    # 24:00 is no time to Python 3.11.
    at_end = clock in ("24:00", "24:00:00")
    try:
        found = datetime.fromisoformat(f"{day}T00:00" if at_end or not clock else f"{day}T{clock}")
    except ValueError as error:
        raise Unanswerable(f"{where} {_shown(value)} is no time like 2026-10-01T08:30:00") from error
    if fold not in (None, 0, 1):
        raise Unanswerable(f"{where}_fold {_shown(fold)} is neither 0 nor 1")
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone, fold=1 if fold else 0)
    return found + timedelta(days=1) if at_end else found


def _seconds(value: object) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unanswerable(f"seconds {_shown(value)} is no number")
    try:
        return timedelta(seconds=value)
    except ValueError as error:
        raise Unanswerable(f"seconds {_shown(value)} is no number") from error


def _days(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1:
        raise Unanswerable(f"days {_shown(value)} is no whole number")
    return int(value)


def _rule(value: object) -> DayRule:
    if value is None:
        return DayRule.KEEP
    rule = RULES.get(value.strip().lower().replace("-", "_").replace(" ", "_")) if isinstance(value, str) else None
    if rule is None:
        raise Unanswerable(f"day_rule {_shown(value)} is not known; one of: {', '.join(DayRule)}")
    return rule


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]
