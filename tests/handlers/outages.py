"""What the stories of outages share: faults of the whole hospital, and what the ledger says of the quotas."""

from datetime import datetime, timedelta

from sla.ledger import Entry, standing
from tests.support.house import ZONE, House

MANAGERS = ("manager", "provider-manager")


def on(day: str, clock: str = "09:00") -> datetime:
    """A day of 2026, "10-13", in Shanghai."""
    return datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=ZONE)


def mended(house: House, at: datetime, minutes: int = 30, system: str = "人力资源") -> int:
    """A fault of the whole hospital, reported at `at` and mended so many minutes later; its number."""
    house.now = at
    number = house.says("nurse", f"全院{system}系统都打不开了")
    assert number is not None
    house.says("engineer1", f"接单 W{number}")
    house.now = at + timedelta(minutes=minutes)
    house.says("engineer1", f"修好了 W{number} 原因：宕机 方法：重启 结果：恢复")
    house.heard = [heard for heard in house.heard if heard.who in MANAGERS]
    return number


def quota_lines(house: House) -> list[Entry]:
    """What the ledger says of quotas."""
    found = house.run(lambda uow: list(uow.ledger.all()))
    return [entry for entry in found if entry.clock.startswith("quota:")]


def stands(house: House) -> list[tuple[int, str]]:
    """The breaches of quotas that count, by ticket and limit."""
    return [(entry.ticket, entry.clock) for entry in standing(quota_lines(house))]


def year_of_outages(house: House, *days: str, minutes: int = 10) -> list[int]:
    """One confirmed downtime on each of these days."""
    numbers = []
    for day in days:
        numbers.append(mended(house, on(day), minutes))
        house.presses("manager", "全院停机")
    return numbers
