"""What quotas allow and what is used of them, in words. Minutes are whole, a begun one counts (`sla.account`)."""

from datetime import UTC, datetime, timedelta

from handlers.describe import zone_of
from handlers.wording import plain, say
from sla.account import Counted, Over, Use, minutes
from sla.quota import Limit, Quota
from sla.rules import Rules
from sla.ticket import Outage


def allowed(quota: Quota, limit: Limit) -> int:
    """What a limit allows: minutes or times."""
    if limit is Limit.RECOVERY:
        return minutes(quota.recovery or timedelta())
    return int(getattr(quota, limit) or 0)


def cost(quota: Quota, limit: Limit, language: str) -> str:
    """What it costs to go over: a breach, or a line on record."""
    return say("cost_breach" if quota.is_breach(limit) else "cost_missed", language)


def use_named(quota: Quota, use: Use, language: str) -> str:
    """What is used of a limit: 10月非计划停机 42/60 分钟."""
    in_minutes = use.limit is Limit.MONTH_MINUTES
    return say(
        "use_minutes" if in_minutes else "use_times",
        language,
        period=period_named(use.period, language),
        level=say(f"outage_level_{quota.level}", language),
        used=use.used,
        allowed=use.allowed if in_minutes else plain.times(use.allowed, language),
    )


def over_named(quota: Quota, event: Counted, over: Over, language: str) -> str:
    """What an event went over: 2026年第 3 次非计划停机，限 2 次."""
    return say(
        f"over_{over.limit}",
        language,
        level=say(f"outage_level_{quota.level}", language),
        period=period_named(over.period, language),
        place=event.in_month if over.limit is Limit.MONTH_TIMES else event.in_year,
        allowed=allowed(quota, over.limit),
        minutes=minutes(event.recovery if over.limit is Limit.RECOVERY else over.by),
    )


def period_named(period: str, language: str) -> str:
    """A month ("2026-10"), a quarter ("2026-Q3") or a year ("2026") in words."""
    year, _, month = period.partition("-")
    if not month:
        return say("period_year", language, year=year)
    if month.startswith("Q"):
        return say("period_quarter", language, year=year, quarter=month[1:])
    return say("period_month", language, year=year, month=say(f"month_{int(month)}", language))


def span_named(outage: Outage, now: datetime, language: str, rules: Rules) -> str:
    """From when to when, and how long, in words."""
    zone = zone_of(rules)
    began = plain.instant(outage.began, now, language, zone)
    if outage.ended is None:
        so_far = minutes(max(now.astimezone(UTC) - outage.began.astimezone(UTC), timedelta()))
        return say("outage_goes_on", language, began=began, minutes=so_far)
    ended = plain.instant(outage.ended, now, language, zone)
    length = minutes(outage.ended.astimezone(UTC) - outage.began.astimezone(UTC))
    return say("outage_span", language, began=began, ended=ended, minutes=length)
