"""Quotas (限额) of a contract: how much downtime and department-level impact it allows, and what going over costs.

[[quota]]
name = "downtime"                        # names it in the ledger and in accounts
level = "downtime"                       # 非计划停机 (downtime) or 部门级业务影响 (department)
clause = "2.5"
month_minutes = 60                       # limits, each may be left out: minutes in sum a calendar month,
month_times = 1                          # times a calendar month,
year_times = 2                           # times a year,
recovery = "60 min"                      # and how long each may last; exactly that long is still kept
breaches = ["year_times", "recovery"]    # limits whose excess is a breach; of the others it is recorded as missed
warn_at = 70                             # percent of a limit at which the managers are warned
year = "calendar"                        # or "contract": from the day and month of valid_from
overlap = "each"                         # minutes of outages at the same time: "each" adds up, "once" counts them once
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sla.ticket import OutageLevel
from sla.toml import Reader, nearest
from sla.worded import Worded


class Limit(StrEnum):
    """What a quota limits."""

    MONTH_MINUTES = "month_minutes"
    MONTH_TIMES = "month_times"
    YEAR_TIMES = "year_times"
    RECOVERY = "recovery"


class Year(StrEnum):
    """Which year counts: from 1 January, or from the day on which the contract began."""

    CALENDAR = "calendar"
    CONTRACT = "contract"


class Overlap(StrEnum):
    """How the minutes of outages at the same time add up: each for itself, or the time on the wall once."""

    EACH = "each"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Quota:
    """One [[quota]]: a limit that is not set is None. `breaches` names the limits whose excess is a breach, at most one
    an event; an excess of the others is recorded as missed. `warn_at` is in percent. Months are those of the calendar,
    in the contract's time zone."""

    name: str
    level: OutageLevel
    clause: str
    month_minutes: int | None = None
    month_times: int | None = None
    year_times: int | None = None
    recovery: timedelta | None = None
    breaches: tuple[Limit, ...] = ()
    warn_at: int = 70
    year: Year = Year.CALENDAR
    overlap: Overlap = Overlap.EACH

    def is_breach(self, limit: Limit) -> bool:
        """Whether going over this limit is a breach."""
        return limit in self.breaches


def read_quotas(reader: Reader) -> tuple[Quota, ...]:
    """The [[quota]] tables of a contract file; problems are noted in the reader."""
    rows = reader.tables("quota")
    numbers = [clause.text("number", "") for clause in reader.tables("clause")]
    quotas = tuple(_quota(row, numbers, dated=reader.has("valid_from")) for row in rows)
    for index, row in enumerate(rows):
        if quotas[index].name in [other.name for other in quotas[:index]]:
            row.wrong(
                "name", Worded('there are two quotas "{name}"', name=quotas[index].name), "a name of its own for each"
            )
    return quotas


def _quota(row: Reader, numbers: list[str], *, dated: bool) -> Quota:
    quota = Quota(
        name=row.text("name"),
        level=row.choice("level", OutageLevel),
        clause=row.text("clause"),
        month_minutes=_whole(row, Limit.MONTH_MINUTES),
        month_times=_whole(row, Limit.MONTH_TIMES),
        year_times=_whole(row, Limit.YEAR_TIMES),
        recovery=row.duration(Limit.RECOVERY) if row.has(Limit.RECOVERY) else None,
        breaches=row.choices("breaches", Limit, ()),
        warn_at=row.integer("warn_at", 70, least=1, most=100),
        year=row.choice("year", Year, Year.CALENDAR),
        overlap=row.choice("overlap", Overlap, Overlap.EACH),
    )
    _check(row, quota, numbers, dated=dated)
    return quota


def _whole(row: Reader, limit: Limit) -> int | None:
    return row.integer(limit) if row.has(limit) else None


def _check(row: Reader, quota: Quota, numbers: list[str], *, dated: bool) -> None:
    """What the single values cannot show."""
    named = [part.strip() for part in quota.clause.split(",") if part.strip()]
    for part in named:
        if part not in numbers:
            row.wrong(
                "clause", Worded('there is no [[clause]] with the number "{part}"', part=part), nearest(part, numbers)
            )
    limits = [limit for limit in Limit if getattr(quota, limit) is not None]
    if not limits:
        row.wrong("", "limits nothing", Worded("at least one of: {words}", words=", ".join(Limit)))
    for limit in quota.breaches:
        if limit not in limits:
            row.wrong(
                "breaches", Worded('"{limit}" is not limited here', limit=limit), Worded("{limit} = …", limit=limit)
            )
    if quota.year is Year.CONTRACT and not dated:
        row.wrong("year", "the contract does not say when its year begins", "valid_from = 2026-01-01, at the top")
