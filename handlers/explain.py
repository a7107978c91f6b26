"""为什么 W12: how each deadline of a ticket came about, in words (`sla.explain` gathers what there is to tell).

In chat one clock is told in detail and the others in a line each, so that the answer fits into a message; the command
line tells all of them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from handlers import describe, which
from handlers.commands import Order
from handlers.explain_words import Words, day_runs, hours, opening_words, silent_words
from handlers.intake.redact import redact
from handlers.quota_words import span_named
from handlers.talk import Talk
from handlers.wording import LANGUAGES, catalogue, plain
from sla.clock import Clock, ClockState, clocks_of, is_overdue, overrun
from sla.contract import PLAN_AGAIN, Start
from sla.explain import Account, Explanation, How, Moved, Silence, Silent, explain
from sla.ledger import Breach, Entry
from sla.quota_ledger import MISSED
from sla.rules import Rules
from sla.ticket import Event, EventKind, Ticket
from sla.worktime import Base

CLAUSE_SHOWN = 160
"""Characters of a clause's words in a chat answer."""
A_MINUTE = timedelta(minutes=1)
CHAT_BYTES = 2000
"""What fits into one message of WeCom and WeChat: 2048 bytes, with room for a word before it."""
MORE_BYTES = 120
"""What it takes to say that there is more."""
REASON_SHOWN = 60
"""Characters of somebody's reason in a chat answer."""
HIDDEN_IN_CHAT = frozenset({Silence.KIND, Silence.SYSTEM})
"""Clocks that are for tickets of quite another sort are not worth a line of chat."""


def explained(ticket: Ticket, entries: Iterable[Entry], rules: Rules) -> Explanation:
    """The ticket's clocks, explained by these rules; `entries` are the ledger's about it."""
    contract = rules.contract_of(ticket)
    clocks = clocks_of(ticket, contract, rules.calendar, rules.versions)
    return explain(ticket, contract, clocks, rules.calendar, entries, rules.versions)


def why(talk: Talk, order: Order) -> int:
    """为什么 W12 [修复]: for whoever may see the ticket."""
    ticket = which.theirs(talk, which.named(talk, order) or 0)
    found = explained(ticket, talk.uow.ledger.of_ticket(ticket.number), talk.rules)
    words = Words(talk.rules, talk.language, talk.now, talk.when)
    talk.answer("\n".join(in_short(found, words, order.text)), ticket=ticket.number)
    return ticket.number


def in_short(found: Explanation, words: Words, named: str = "") -> list[str]:
    """One clock in detail, the one that is `named` or matters most now; the others in a line each, as many as fit."""
    chosen = _chosen(found, named.lower())
    lines = [*_head(found, words), *(_told(chosen, words, brief=True) if chosen else ())]
    others = [each for each in found.accounts if each is not chosen and each.clock.round == found.ticket.round]
    more = [_line(each.clock, words) for each in others]
    for silent in _silent(found):
        asked = bool(named) and _is_named(silent.rule.name, named.lower())
        if asked:
            lines.append(silent_words(silent, found, words))
        elif HIDDEN_IN_CHAT.isdisjoint(silent.why):
            more.append(silent_words(silent, found, words))
    return _fitting([*lines, *more], found.ticket.number, words)


def _fitting(lines: list[str], ticket: int, words: Words) -> list[str]:
    """As many of the lines as fit into one message, and how many are missing."""
    room = CHAT_BYTES - sum(len(line.encode()) + 1 for line in lines)
    if room >= 0:
        return lines
    room, kept = CHAT_BYTES - MORE_BYTES, []
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    return [*kept, words.say("explain_more", count=len(lines) - len(kept), ticket=ticket)]


def in_full(found: Explanation, rules: Rules, language: str, now: datetime) -> str:
    """Everything, as a page."""
    zone = describe.zone_of(rules)
    words = Words(rules, language, now, lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}")
    lines = list(_head(found, words))
    lines += filter(None, (_relabelled(event, words) for event in found.relabelled))
    for account in found.accounts:
        lines += ["", *_told(account, words, brief=False)]
    silent = [silent_words(each, found, words) for each in _silent(found)]
    if silent:
        lines += ["", *silent]
    return "\n".join(lines) + "\n"


def _chosen(found: Explanation, named: str) -> Account | None:
    """The clock that is named; else of those that run the first that is due, over or not; else the last that was
    due; of the latest round."""
    accounts = [account for account in found.accounts if account.clock.round == found.ticket.round]
    asked = [account for account in accounts if named and _is_named(account.clock.name, named)]
    running = [account for account in accounts if account.clock.state is ClockState.RUNNING]
    if asked:
        return asked[-1]
    if running:
        return min(running, key=lambda account: account.clock.due)
    return max(accounts, key=lambda account: account.clock.due, default=None)


def _silent(found: Explanation) -> tuple[Silent, ...]:
    """The clocks that do not run; of a ticket joined to another none does, which is told once."""
    return found.silent[:1] if found.ticket.incident else found.silent


def _is_named(clock: str, words: str) -> bool:
    return any(name.lower() in words for name in (clock, *(describe.clock_called(clock, each) for each in LANGUAGES)))


# The ticket


def _head(found: Explanation, words: Words) -> Iterator[str]:
    ticket = found.ticket
    yield words.say("explain_head", ticket=ticket.number, title=ticket.title, contract=found.contract)
    labels, rule = describe.labels(ticket, words.rules, words.language), f"rule_{_rule(ticket)}"
    told = rule in catalogue(words.language)
    yield words.say("explain_labels", labels=labels, rule=words.say(rule)) if told else labels
    key = "explain_reported" if ticket.round == 1 else "explain_reopened"
    at = words.told(ticket.round_started_at or ticket.reported_at)
    yield words.say(key, at=at) + opening_words(found.opening, found.contract, words)
    if ticket.received_at and ticket.round == 1 and abs(ticket.received_at - ticket.reported_at) >= A_MINUTE:
        yield words.say("explain_received", at=words.told(ticket.received_at))
    yield from _outage(found, words)


def _outage(found: Explanation, words: Words) -> Iterator[str]:
    """That it was an outage, and what the ledger says of the quotas that it went over."""
    outage = found.ticket.outage
    if outage:
        span = span_named(outage, words.now, words.language, words.rules)
        yield words.say("explain_outage", level=words.say(f"outage_level_{outage.level}"), span=span)
    for breach in found.over_quota:
        entry = breach.entry
        fields = {"what": describe.entry_called(entry, words.language), "clause": entry.clause}
        yield words.say("explain_over_quota", **fields, entry=_breach(breach, words))


def _rule(ticket: Ticket) -> str:
    """The rule that set the priority, as wording names it; "" where another change has set it since."""
    reasons = ticket.events[0].data.get("why")
    set_since = any("priority" in event.data for event in ticket.events if event.kind is EventKind.RECLASSIFIED)
    return str(reasons.get("priority", "")).partition(":")[0].replace("-", "_") if reasons and not set_since else ""


# A clock


def _line(clock: Clock, words: Words) -> str:
    name = describe.clock_name(clock, words.language)
    return words.say("explain_line", clock=name, by=words.told(clock.due), outcome=_outcome(clock, words))


def _outcome(clock: Clock, words: Words) -> str:
    if clock.state is ClockState.FELL_AWAY:
        return words.say("outcome_none")
    if is_overdue(clock, words.now):
        key = "explain_target_missed" if clock.internal else "outcome_broken"
        return words.say(key, over=plain.duration(overrun(clock, words.now), words.language))
    if clock.is_paused(words.now):
        return words.say("explain_paused")
    return words.say("outcome_kept" if clock.state is ClockState.MET else "outcome_running")


def _told(account: Account, words: Words, *, brief: bool) -> Iterator[str]:
    """One clock in detail: the deadline, by which clause, how it was counted, what moved it, how it ended."""
    clock = account.clock
    fields = {"clock": describe.clock_name(clock, words.language), "by": words.told(clock.due)}
    yield words.say("explain_clock", outcome=_outcome(clock, words), **fields)
    yield from _clauses(account, words, brief=brief)
    yield from _counting(account, words, brief=brief)
    for looser, clause in account.looser:
        by = words.told(looser.due)
        yield words.say("explain_looser", clause=clause.number, by=by)
    yield from filter(None, (_moved(moved, words, brief=brief) for moved in account.moved))
    if clock.floored:
        yield words.say("explain_floored")
    if clock.rule.grace:
        yield words.say(
            "explain_grace", grace=plain.duration(clock.rule.grace, words.language), at=words.told(clock.latest)
        )
    if clock.provisional:
        yield words.say("explain_provisional")
    if account.reminders and (not brief or clock.state is ClockState.RUNNING):
        yield words.say("explain_reminders", times=words.listed(map(words.told, account.reminders)))
    if clock.stopped_at and clock.stopped_by:
        what = words.say(f"event_{clock.stopped_by.kind}")
        yield words.say(
            "explain_stopped", at=words.told(clock.stopped_at), what=what, name=words.name(clock.stopped_by.by)
        )
    yield from (_breach(breach, words) for breach in account.breaches)
    cost = account.cost_en if words.language == "en" else account.cost_zh
    if cost:
        yield words.say("explain_cost", cost=cost)


def _clauses(account: Account, words: Words, *, brief: bool) -> Iterator[str]:
    rule = account.clock.rule
    for clause in account.clauses:
        text, most = clause.text, CLAUSE_SHOWN // len(account.clauses)
        if brief and len(text) > most:
            text = text[: most - 1] + "…"
        if text:
            yield words.say("explain_clause", clause=clause.number, words=text)
    if rule.internal:
        yield words.say("explain_internal")
    reason = rule.why_en if words.language == "en" else rule.why_zh
    if reason:
        yield reason
    if not brief:
        yield from (words.say("explain_note", note=clause.note) for clause in account.clauses if clause.note)


def _counting(account: Account, words: Words, *, brief: bool) -> Iterator[str]:
    clock, rule = account.clock, account.clock.rule
    fields = {
        "start": words.say(_start(account)),
        "at": words.told(clock.start),
        "amount": rule.amount
        if rule.unit == "days"
        else plain.duration(timedelta(minutes=rule.amount), words.language),
    }
    yield words.say(f"explain_by_{rule.base}", **fields)
    if clock.extra_days:
        yield words.say("explain_extra_days", days=clock.extra_days)
    if account.counted and rule.base is Base.WORKING_DAYS and not (brief and rule.amount > 5):  # fits a line
        yield words.say("explain_counted", days=day_runs(account.counted, words))
    if account.passed:
        key = "explain_passed" if rule.base is Base.WORKING_DAYS else "explain_put_off"
        yield words.say(key, days=day_runs(account.passed, words))
    if rule.base is Base.WORKING_HOURS and account.opening:
        yield words.say("explain_hours", hours=hours(account.opening, words))


def _start(account: Account) -> str:
    """The key of the event that set the clock going."""
    clock = account.clock
    if clock.name == PLAN_AGAIN:
        return f"event_{EventKind.PLAN_REFUSED}"
    if clock.rule.starts is Start.REPORT:
        return f"event_{EventKind.REPORTED if clock.round == 1 else EventKind.REOPENED}"
    if clock.rule.starts is Start.APPROVED:
        return f"event_{EventKind.PLAN_APPROVED}"
    return f"event_{clock.rule.starts}"


def _relabelled(event: Event, words: Words) -> str:
    """A change of labels; "" where it put right what no deadline hangs on, like when it began."""
    changes = words.changes(event)
    fields = {"at": words.told(event.at), "name": words.name(event.by), "changes": changes}
    return words.say("explain_relabelled", **fields) if changes else ""


def _moved(moved: Moved, words: Words, *, brief: bool) -> str:
    start, name = words.told(moved.start), words.name(moved.event.by)
    reason = redact(str(moved.event.data.get("reason", "")))[: REASON_SHOWN if brief else None]
    if moved.how is How.RELABELLED:
        return _relabelled(moved.event, words)
    if moved.wrong is not None:
        change = describe.put_right(moved.wrong, moved.event, words.told, words.language)
        return words.say("explain_amended", at=start, name=name, change=change, reason=reason)
    end = words.told(moved.end) if moved.end else words.say("explain_until_now")
    if moved.rule is not None:
        reason = reason or moved.rule.name
        return words.say("explain_pause", start=start, end=end, clause=moved.rule.clause, reason=reason)
    return words.say("explain_gap", start=start, end=end)


def _breach(breach: Breach, words: Words) -> str:
    entry = breach.entry
    key = "explain_entry_missed" if entry.kind == MISSED else "explain_entry"
    text = words.say(key, seq=entry.seq, hash=entry.hash[:12])
    if breach.correction:
        text += words.say("explain_entry_corrected", seq=breach.correction.seq)
    if breach.waiver:
        fields = {"seq": breach.waiver.seq, "name": words.name(breach.waiver.by), "reason": breach.waiver.reason}
        text += words.say("explain_entry_waived", **fields)
    return text
