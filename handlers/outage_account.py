"""The account of a year's outages under the quotas of a contract: as a page to read, and as plain JSON values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.quota import accounts, unlimited, year_now
from handlers.quota_words import allowed, cost, over_named, period_named, span_named
from handlers.wording import plain, say
from sla.account import Account, Counted, Month, Over, minutes
from sla.contract import Contract
from sla.quota import Limit, Quota
from sla.rules import Rules
from sla.ticket import Outage, OutageLevel
from storage.base import UnitOfWork

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Yearly:
    """A year of a contract: the accounts of its quotas, and the outages of levels for which it sets none."""

    contract: Contract
    year: int
    accounts: Sequence[Account]
    unlimited: Sequence[Outage]

    @property
    def is_empty(self) -> bool:
        """Whether the contract sets no quotas, and had no outage either."""
        return not self.accounts and not self.unlimited


def yearly(contract: Contract, uow: UnitOfWork, now: datetime, year: int | None = None) -> Yearly:
    """A year of a contract; None: that of now."""
    year = year or year_now(contract, now)
    return Yearly(contract, year, accounts(contract, year, uow, now), unlimited(contract, year, uow, now))


def page(of: Yearly, now: datetime, language: str, rules: Rules, *, whole: bool) -> str:
    """The account to read: of each quota the year, its months, every event with its ticket; then what no quota limits.
    `whole`: also the months in which nothing happened."""
    lines = [say("account_head", language, contract=of.contract, year=of.year)]
    for account in of.accounts:
        lines += _quota(account, now, language, rules, whole=whole)
    for level in OutageLevel:
        outages = [outage for outage in of.unlimited if outage.level is level]
        if outages:
            lines.append(say("account_no_quota", language, level=say(f"outage_level_{level}", language)))
            lines += ["  " + _listed(outage, now, language, rules) for outage in outages]
    if of.is_empty:
        lines.append(say("account_no_quota_none", language))
    return "\n".join(lines)


def _listed(outage: Outage, now: datetime, language: str, rules: Rules) -> str:
    return say("account_event", language, ticket=outage.ticket, span=span_named(outage, now, language, rules))


def _quota(account: Account, now: datetime, language: str, rules: Rules, *, whole: bool) -> Iterator[str]:
    quota = account.quota
    level = say(f"outage_level_{quota.level}", language)
    yield say("account_quota", language, level=level, clause=quota.clause)
    if not whole and not account.events and not any(month.used for month in account.months):
        yield "  " + say("account_none", language)
        return
    used = _times(account.times, quota.year_times, language)
    over = quota.year_times is not None and account.times > quota.year_times
    yield "  " + say("account_year", language, used=used) + (say("account_over", language) if over else "")
    for month in account.months:
        if whole or month.used or month.times:
            yield "  " + _month(quota, month, language)
    for event in account.events:
        yield "  " + _event(quota, event, now, language, rules)
    for limit in account.next_breaks(now) if account.start <= now < account.end else ():
        yield "  " + say(f"account_next_{limit}", language, cost=cost(quota, limit, language))


def _minutes(used: int, most: int | None, language: str) -> str:
    if most is None:
        return say("account_minutes_free", language, used=used)
    return say("account_minutes", language, used=used, allowed=most)


def _times(used: int, most: int | None, language: str) -> str:
    if most is None:
        return plain.times(used, language)
    return say("account_times", language, used=used, allowed=plain.times(most, language))


def _month(quota: Quota, month: Month, language: str) -> str:
    used = [
        _minutes(minutes(month.used), quota.month_minutes, language),
        _times(month.times, quota.month_times, language),
    ]
    if month.overlap:
        used[0] += say("account_overlap", language, minutes=minutes(month.overlap))
    over = month.passed is not None or (quota.month_times is not None and month.times > quota.month_times)
    text = say(
        "account_month", language, month=period_named(month.name, language), used=say("comma", language).join(used)
    )
    return text + (say("account_over", language) if over else "")


def _event(quota: Quota, event: Counted, now: datetime, language: str, rules: Rules) -> str:
    outage = event.outage
    parts = [_listed(outage, now, language, rules)]
    for over in event.over:
        fact = over_named(quota, event, over, language)
        parts.append(say("account_breach", language, fact=fact) if over is event.breach else fact)
    return " ".join(parts)


def values(of: Yearly, now: datetime) -> dict[str, Any]:
    """The account as plain JSON values. Lengths are whole seconds (cut off), and minutes of which a begun one counts;
    instants are in the contract's time zone."""
    contract = of.contract
    return {
        "contract": contract.id,
        "name": contract.name,
        "at": _iso(contract, now),
        "quotas": [_quota_values(contract, account, now) for account in of.accounts],
        "without_quota": [{"level": outage.level.value, **_outage_values(contract, outage)} for outage in of.unlimited],
    }


def _quota_values(contract: Contract, account: Account, now: datetime) -> dict[str, Any]:
    quota = account.quota
    limits = {limit.value: allowed(quota, limit) for limit in Limit if getattr(quota, limit) is not None}
    return {
        "quota": quota.name,
        "level": quota.level.value,
        "clause": quota.clause,
        "limits": limits,
        "breaches": [limit.value for limit in quota.breaches],
        "year": account.year,
        "start": _iso(contract, account.start),
        "end": _iso(contract, account.end),
        "times": account.times,
        "months": [_month_values(quota, month) for month in account.months],
        "events": [_event_values(contract, event) for event in account.events],
        "counted_breaches": sum(event.breach is not None for event in account.events),
        "next_breaks": [limit.value for limit in account.next_breaks(now)],
    }


def _month_values(quota: Quota, month: Month) -> dict[str, Any]:
    return {
        "month": month.name,
        "seconds": month.used // SECOND,
        "minutes": minutes(month.used),
        "overlap_seconds": month.overlap // SECOND,
        "times": month.times,
        "minutes_over": month.passed is not None,
        "times_over": quota.month_times is not None and month.times > quota.month_times,
    }


def _event_values(contract: Contract, event: Counted) -> dict[str, Any]:
    return {
        **_outage_values(contract, event.outage),
        "recovery_seconds": event.recovery // SECOND,
        "recovery_minutes": minutes(event.recovery),
        "in_month": event.in_month,
        "in_year": event.in_year,
        "over": [_over_values(contract, over) for over in event.over],
        "breach": event.breach.limit.value if event.breach else None,
    }


def _outage_values(contract: Contract, outage: Outage) -> dict[str, Any]:
    return {
        "ticket": outage.ticket,
        "system": outage.system,
        "began": _iso(contract, outage.began),
        "ended": _iso(contract, outage.ended) if outage.ended else None,
    }


def _over_values(contract: Contract, over: Over) -> dict[str, Any]:
    return {
        "limit": over.limit.value,
        "at": _iso(contract, over.at),
        "seconds": over.by // SECOND,
        "period": over.period,
    }


def _iso(contract: Contract, at: datetime) -> str:
    return at.astimezone(contract.timezone).isoformat()
