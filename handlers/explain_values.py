"""The explanation of deadlines as plain JSON values, redacted: for other programs, and for the record."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from handlers.intake.redact import redact
from handlers.record import clock_json, who
from handlers.wording import number
from sla.clock import is_overdue, overrun
from sla.explain import Account, Day, Explanation, Moved, Opening
from sla.ledger import BREACH, QUOTA, Breach
from sla.rules import Rules
from sla.ticket import Outage


def as_json(found: Explanation, rules: Rules, now: datetime) -> dict[str, Any]:
    """Everything that `handlers.explain.in_full` tells, by name. Instants are ISO 8601, lengths in seconds."""
    ticket = found.ticket
    return {
        "ticket": number(ticket.number),
        "contract": found.contract.id,
        "version": found.contract.version,
        "reported_at": ticket.reported_at.isoformat(),
        "received_at": ticket.received_at.isoformat() if ticket.received_at else None,
        "round": ticket.round,
        "window": _opening(found.opening),
        "clocks": [_account(account, rules, now) for account in found.accounts],
        "silent": [
            {"clock": each.rule.name, "clause": each.rule.clause, "why": list(each.why)} for each in found.silent
        ],
        "outage": _outage(ticket.outage) if ticket.outage else None,
        "over_quota": [_over_quota(each) for each in found.over_quota],
    }


def _account(account: Account, rules: Rules, now: datetime) -> dict[str, Any]:
    clock, rule = account.clock, account.clock.rule
    return clock_json(clock) | {
        "clauses": [{"number": c.number, "text": c.text, "note": c.note} for c in account.clauses],
        "base": rule.base,
        "amount": rule.amount,
        "unit": rule.unit,
        "starts": rule.starts,
        "why_zh": rule.why_zh,
        "why_en": rule.why_en,
        "report_window": _opening(account.opening),
        "counted": _days(account.counted),
        "passed": _days(account.passed),
        "extra_days": clock.extra_days,
        "floored": clock.floored,
        "grace": int(rule.grace.total_seconds()),
        "overdue": is_overdue(clock, now),
        "overrun": int(overrun(clock, now).total_seconds()),
        "looser": [{"clause": clause.number, "due": each.due.isoformat()} for each, clause in account.looser],
        "moved": [_moved(moved, rules) for moved in account.moved],
        "reminders": [at.isoformat() for at in account.reminders],
        "stopped_by": clock.stopped_by.kind if clock.stopped_by else None,
        "cost_zh": account.cost_zh,
        "cost_en": account.cost_en,
        "ledger": [_breach(breach) for breach in account.breaches],
    }


def _opening(opening: Opening | None) -> dict[str, Any] | None:
    if opening is None:
        return None
    (day,) = _days([opening.day])
    spans = [[span.opens, span.closes] for span in opening.spans]
    return {
        "window": opening.window,
        "day": day,
        "season": opening.season,
        "minutes": spans,
        "provisional": opening.provisional,
    }


def _days(days: Iterable[Day]) -> list[dict[str, Any]]:
    return [
        {"day": each.day.isoformat(), "sort": each.sort, "festival": each.festival, "known": each.known}
        for each in days
    ]


def _moved(moved: Moved, rules: Rules) -> dict[str, Any]:
    return {
        "how": moved.how,
        "start": moved.start.isoformat(),
        "end": moved.end.isoformat() if moved.end else None,
        "by": who(moved.event.by, rules, full=False),
        "event": moved.wrong.kind if moved.wrong else moved.event.kind,
        "was": moved.wrong.at.isoformat() if moved.wrong else None,
        "at": moved.event.data.get("at") if moved.wrong else None,
        "pause": moved.rule.name if moved.rule else None,
        "clause": moved.rule.clause if moved.rule else None,
        "reason": redact(str(moved.event.data.get("reason", ""))),
    }


def _outage(outage: Outage) -> dict[str, Any]:
    ended = outage.ended.isoformat() if outage.ended else None
    return {"level": outage.level.value, "began": outage.began.isoformat(), "ended": ended}


def _over_quota(breach: Breach) -> dict[str, Any]:
    entry = breach.entry
    counts = breach.counts and entry.kind == BREACH
    return {"quota": entry.clock.removeprefix(QUOTA), "clause": entry.clause, **_breach(breach), "counts": counts}


def _breach(breach: Breach) -> dict[str, Any]:
    entry = breach.entry
    return {
        "seq": entry.seq,
        "hash": entry.hash,
        "counts": breach.counts,
        "corrected_by": breach.correction.seq if breach.correction else None,
        "waived_by": breach.waiver.seq if breach.waiver else None,
        "waiver_reason": breach.waiver.reason if breach.waiver else None,
    }
