"""Outages told in a few words, and quotas to hold them against."""

from datetime import datetime, timedelta

from sla.quota import Limit, Quota
from sla.ticket import Outage, OutageLevel
from tests.sla.book import at

DOWNTIME = Quota(
    name="downtime",
    level=OutageLevel.DOWNTIME,
    clause="2.5",
    month_minutes=60,
    year_times=2,
    recovery=timedelta(minutes=60),
    breaches=(Limit.YEAR_TIMES, Limit.RECOVERY),
)
"""smart-hospital 2.5."""
IMPACT = Quota(
    name="department",
    level=OutageLevel.DEPARTMENT,
    clause="2.6",
    month_times=1,
    year_times=2,
    recovery=timedelta(minutes=60),
    breaches=(Limit.YEAR_TIMES, Limit.MONTH_TIMES, Limit.RECOVERY),
)
"""smart-hospital 2.6."""


def outage(
    ticket: int,
    began: str,
    ended: str | None = None,
    level: OutageLevel = OutageLevel.DOWNTIME,
    incident: int | None = None,
) -> Outage:
    """An outage in Shanghai: "2026-03-01 09:00" to "2026-03-01 09:40" (or "09:40" on the same day)."""
    until: datetime | None = None
    if ended is not None:
        until = at(ended if " " in ended else f"{began[:10]} {ended}")
    return Outage(ticket, "smart-hospital", "hr", level, at(began), until, incident=incident)
