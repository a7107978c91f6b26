"""Duties in words: one line for each, under the names of their contracts."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from handlers.duty_book import duty_called, number_of
from handlers.quota_words import period_named
from handlers.wording import plain, say
from sla.duty import Rhythm
from sla.labels import Side
from sla.records import Record
from sla.rhythm import DutyState, Occurrence
from sla.rules import Rules

_IN_WORDS = re.compile(r"\d{4}(?:-(?:\d\d|Q\d))?")
MOMENT = timedelta(minutes=1)


def name_of(one: Occurrence, rules: Rules, now: datetime, language: str) -> str:
    """What is to be done, which time of it, and under which contract."""
    key = "duty_name" if one.duty.rhythm is Rhythm.ONCE else "duty_name_period"
    contract = contract_name(one.contract, rules, now, language)
    return say(key, language, name=one.duty.name(language), contract=contract, period=one.period)


def contract_name(contract: str, rules: Rules, now: datetime, language: str) -> str:
    """A contract's name as it is now; its id where it is there no more."""
    known = rules.in_force(contract, now)
    return known.called(language) if known else contract


def due_lines(times: Iterable[Occurrence], rules: Rules, now: datetime, language: str) -> list[str]:
    """Times of duties, in their order, each run of one contract under its name."""
    lines = []
    for contract, some in groupby(times, key=lambda one: one.contract):
        lines.append(say("duty_contract", language, contract=contract_name(contract, rules, now, language)))
        lines += [due_line(one, rules, now, language) for one in some]
    return lines


def due_line(one: Occurrence, rules: Rules, now: datetime, language: str) -> str:
    """A time of a duty: its number, what it is, how it stands; that its day may move."""
    state = one.state(now)
    if one.duty.may:
        key = "duty_line_may" if state is DutyState.COMING else "duty_line_may_now"
    else:
        key = "duty_line_overdue" if state is DutyState.OVERDUE else "duty_line"
    shown = one.duty.rhythm is not Rhythm.ONCE and not one.duty.passes
    line = say(
        key,
        language,
        number=number_of(rules, one.contract, one.duty.id),
        name=f"{one.duty.name(language)} {one.period}" if shown else one.duty.name(language),
        due=instant(one.due, rules, now, language),
        side=say("duty_of_hospital", language) if one.duty.side is Side.HOSPITAL else "",
    )
    return line + (say("duty_provisional", language) if one.provisional and not one.done else "")


def period_shown(period: str, language: str) -> str:
    """A time of a duty in words: 2026年10月; days, weeks and half-years as they are written."""
    return period_named(period, language) if _IN_WORDS.fullmatch(period) else period


def instant(at: datetime, rules: Rules, now: datetime, language: str) -> str:
    """When a duty is due. Midnight is the end of the day before it: 今天 24:00."""
    zone = ZoneInfo(rules.site.timezone)
    local = at.astimezone(zone)
    if (local.hour, local.minute) == (0, 0):
        return plain.instant(at - MOMENT, now, language, zone).replace("23:59", "24:00")
    return plain.instant(at, now, language, zone)


def missed_line(duty: str, records: Sequence[Record], rules: Rules, now: datetime, language: str) -> str:
    """That a duty was not done in time: the latest time of it, and how often. The clause is the record's."""
    last = records[-1]
    known = duty_called(rules, last.contract, duty, last.at)
    return say(
        "duty_missed" if len(records) == 1 else "duty_missed_times",
        language,
        name=known.name(language) if known else duty,
        clause=last.data.get("clause", ""),
        due=instant(last.at, rules, now, language),
        times=len(records),
    )
