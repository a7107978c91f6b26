"""Quotas (限额) of a contract: how much downtime and department-level impact it allows, and what going over costs."""

from dataclasses import dataclass
from datetime import timedelta

from sla.ticket import OutageLevel
from sla.toml import Reader


@dataclass(frozen=True, slots=True)
class Quota:
    """One [[quota]]: a limit that is not set is None. `breaches` names the limits whose excess is a breach
    ("month_minutes", "month_times", "year_times", "recovery"); an excess of the others is recorded as missed. `warn_at`
    is in percent."""

    name: str
    level: OutageLevel
    clause: str
    month_minutes: int | None = None
    month_times: int | None = None
    year_times: int | None = None
    recovery: timedelta | None = None
    breaches: tuple[str, ...] = ()
    warn_at: int = 70


def read_quotas(reader: Reader) -> tuple[Quota, ...]:
    """The [[quota]] tables of a contract file; problems are noted in the reader."""
    return tuple(_quota(row) for row in reader.tables("quota"))


def _quota(row: Reader) -> Quota:
    return Quota(row.text("name"), row.choice("level", OutageLevel), row.text("clause"))
