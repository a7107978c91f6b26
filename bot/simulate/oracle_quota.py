"""Outages counted against the quotas on one's fingers, to hold the ledger against."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sla.contract import Contract
from sla.ledger import Entry
from sla.quota import Limit, Overlap, Quota, Year
from sla.ticket import Outage

Lines = set[tuple[int, str]]
"""Tickets, each with a line of the ledger; of a month's minutes, which are nobody's alone, without the ticket: 0."""
BY_TICKET = (Limit.YEAR_TIMES, Limit.MONTH_TIMES, Limit.RECOVERY)
"""In the order in which they are reached."""


def expected(contract: Contract, outages: Iterable[Outage], now: datetime) -> Lines:
    """What the ledger ought to have of a contract's outages."""
    ours = [one for one in _carried(outages) if one.contract == contract.id and one.began <= now]
    return {line for quota in contract.quotas for line in _of_quota(quota, contract, ours, now)}


def found(entries: Iterable[Entry]) -> Lines:
    """What the ledger has, of the entries of a contract in their order."""
    stands: dict[tuple[int, str], bool] = {}
    for entry in entries:
        if entry.clock.startswith("quota:") and entry.kind in ("breach", "missed", "correction"):
            stands[entry.ticket, entry.clock] = entry.kind != "correction"
    return {
        (0 if Limit.MONTH_MINUTES in clock else ticket, clock) for (ticket, clock), is_so in stands.items() if is_so
    }


def _carried(outages: Iterable[Outage]) -> list[Outage]:
    """One outage an incident: that of its own ticket, else that of the lowest number joined to it."""
    of_incident: dict[int, list[Outage]] = defaultdict(list)
    for outage in outages:
        of_incident[outage.incident or outage.ticket].append(outage)
    chosen = (min(each, key=lambda one: (one.incident is not None, one.ticket)) for each in of_incident.values())
    return sorted(chosen, key=lambda one: (one.began, one.ticket))


def _of_quota(quota: Quota, contract: Contract, outages: Iterable[Outage], now: datetime) -> Lines:
    years: Counter[int] = Counter()
    months: Counter[tuple[int, int]] = Counter()
    spans: list[tuple[datetime, datetime]] = []
    lines: Lines = set()
    for one in (outage for outage in outages if outage.level is quota.level):
        local, ended = one.began.astimezone(contract.timezone), max(one.ended or now, one.began)
        year, month = _year(local, quota, contract), (local.year, local.month)
        years[year], months[month] = years[year] + 1, months[month] + 1
        spans.append((local, ended.astimezone(contract.timezone)))
        passed = {
            Limit.YEAR_TIMES: quota.year_times is not None and years[year] > quota.year_times,
            Limit.MONTH_TIMES: quota.month_times is not None and months[month] > quota.month_times,
            Limit.RECOVERY: quota.recovery is not None and ended - one.began > quota.recovery,
        }
        breach = next((limit for limit in BY_TICKET if passed[limit] and limit in quota.breaches), None)
        lines |= {
            (one.ticket, f"quota:{quota.name}/{limit}")
            for limit in BY_TICKET
            if passed[limit] and (limit == breach or limit not in quota.breaches)
        }
    if quota.month_minutes is not None and Limit.MONTH_MINUTES not in quota.breaches:
        allowed, used = timedelta(minutes=quota.month_minutes), _minutes_of_months(spans, quota.overlap)
        over = (month for month, length in used.items() if length > allowed)
        lines |= {(0, f"quota:{quota.name}/{Limit.MONTH_MINUTES}/{month}") for month in over}
    return lines


def _year(local: datetime, quota: Quota, contract: Contract) -> int:
    first = contract.valid_from
    if quota.year is Year.CALENDAR or first is None:
        return local.year
    return local.year - ((local.month, local.day) < (first.month, first.day))


def _minutes_of_months(spans: Iterable[tuple[datetime, datetime]], overlap: Overlap) -> Mapping[str, timedelta]:
    """The time of each month, for zones without summer time. `spans` by their beginning."""
    used: dict[str, timedelta] = defaultdict(timedelta)
    covered: datetime | None = None
    for began, ended in spans:
        start = began if covered is None or overlap is Overlap.EACH else max(began, covered)
        covered = max(covered or ended, ended)
        while start < ended:
            first = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            end = min(ended, (first + timedelta(days=32)).replace(day=1))
            used[f"{start:%Y-%m}"] += end - start
            start = end
    return used
