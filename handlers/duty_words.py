"""Duties in words: one line for each."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.wording import plain, say
from sla.labels import Side
from sla.records import Record
from sla.rhythm import DutyState, Occurrence
from sla.rules import Rules


def name_of(one: Occurrence, rules: Rules, language: str) -> str:
    """What is to be done, under which contract, and which time of it is meant."""
    contract = rules.contracts[one.contract].name
    key = "duty_name" if one.period == "once" else "duty_name_period"
    return say(key, language, name=one.duty.name(language), contract=contract, period=one.period)


def due_line(one: Occurrence, number: int, rules: Rules, now: datetime, language: str) -> str:
    """A time of a duty in a list: its number, what it is, how it stands; that its day may move."""
    zone = ZoneInfo(rules.site.timezone)
    at = plain.instant(one.due, now, language, zone)
    if one.duty.may:
        key = "duty_line_may" if one.state(now) is DutyState.COMING else "duty_line_may_now"
    else:
        key = "duty_line_overdue" if one.state(now) is DutyState.OVERDUE else "duty_line"
    side = say("duty_of_hospital", language) if one.duty.side is Side.HOSPITAL else ""
    line = say(key, language, number=number, name=name_of(one, rules, language), due=at, side=side)
    return line + (say("duty_provisional", language) if one.provisional and not one.done else "")


def missed_line(contract: str, duty: str, records: Sequence[Record], rules: Rules, now: datetime, language: str) -> str:
    """That a duty was not done in time: the latest time of it, and how often. The clause is the record's."""
    record = records[-1]
    known = rules.contracts.get(contract)
    named = next((one.name(language) for one in known.duties if one.id == duty), duty) if known else duty
    due = plain.instant(record.at, now, language, ZoneInfo(rules.site.timezone))
    return say(
        "duty_missed" if len(records) == 1 else "duty_missed_times",
        language,
        name=named,
        contract=known.name if known else contract,
        clause=record.data.get("clause", ""),
        due=due,
        times=len(records),
    )
