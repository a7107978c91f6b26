"""The ledger of breaches in words: its entries, one sentence each, and what is found when it is verified."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.describe import clock_called
from handlers.quota_words import period_named
from handlers.wording import number, plain, say
from sla.contract import Contract
from sla.ledger import BREACH, CORRECTION, GONE, QUOTA, UNWAIVED, WAIVER, Entry, Finding, Misfit
from sla.quota_ledger import MISSED
from sla.rules import Rules

HASH_SHOWN = 12


def entry_line(entry: Entry, rules: Rules, language: str) -> str:
    """An entry in a sentence: what became of which clock or limit of which ticket, under which clause; of a waiver by
    whom and why; of a breach that was recorded late how late it was by then; of a change which entry it is about."""
    contract = rules.in_force(entry.contract, entry.recorded_at) or rules.contracts.get(entry.contract)
    person = rules.people.by_id.get(entry.by)
    overrun = plain.duration(timedelta(seconds=entry.overrun), language)
    line = say(
        f"ledger_line_{_sort(entry)}",
        language,
        seq=entry.seq,
        ticket=number(entry.ticket),
        contract=contract or entry.contract,
        clause=entry.clause,
        clock=broken_called(entry.clock, contract, language),
        overrun=overrun,
        by=person or entry.by,
        reason=entry.reason,
        hash=entry.hash[:HASH_SHOWN],
    )
    if entry.kind == BREACH and entry.overrun >= 60:
        line = say("ledger_over", language, line=line, overrun=overrun)
    return say("ledger_refers", language, line=line, seq=entry.refers_to) if entry.refers_to else line


def _sort(entry: Entry) -> str:
    """Which sentence an entry is told by."""
    if entry.kind == CORRECTION and entry.reason == GONE:
        return GONE
    of_quota = entry.clock.startswith(QUOTA) and entry.kind not in (WAIVER, UNWAIVED, MISSED)
    return f"quota_{entry.kind}" if of_quota else entry.kind


def broken_called(name: str, contract: Contract | None, language: str) -> str:
    """What a clock of the ledger is called: 响应; of a plan the number is left out; of a quota the level and limit."""
    if not name.startswith(QUOTA):
        return clock_called(name.partition("/")[0], language)
    quota_name, limit, period = [*name.removeprefix(QUOTA).split("/"), "", ""][:3]
    quota = next((each for each in contract.quotas if each.name == quota_name), None) if contract else None
    level = say(f"outage_level_{quota.level}", language) if quota else quota_name
    if not limit:
        return level
    return say(f"ledger_limit_{limit}", language, level=level, period=period_named(period, language) if period else "")


def finding_lines(finding: Finding, zone: ZoneInfo, language: str) -> Iterable[str]:
    """What a walk found: whole or not, how many entries, from when to when on the site's clock, the last one's hash."""
    if finding.problem:
        yield broken(finding.problem, language)
    else:
        yield say("ledger_whole", language)
    yield say("ledger_count_before" if finding.problem else "ledger_count", language, count=finding.count)
    if finding.first and finding.last:
        first, last = (instant(at, zone) for at in (finding.first, finding.last))
        yield say("ledger_span", language, first=first, last=last, zone=zone.key)
    yield say("ledger_head", language, head=f"{finding.count}:{finding.head}")


def broken(problem: str, language: str) -> str:
    """That the ledger is broken, and where."""
    said = say(f"ledger_misfit_{problem.key}", language, **problem.fields) if isinstance(problem, Misfit) else problem
    return say("ledger_broken", language, problem=said)


def instant(at: datetime, zone: ZoneInfo) -> str:
    """An instant on the site's clock: 2026-10-01 00:00."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
