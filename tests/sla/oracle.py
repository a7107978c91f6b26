"""The contracts told once more, as naively as can be, with nothing of the code under test but the days."""

import random
from datetime import date, datetime, time, timedelta

from sla.labels import Kind, Priority
from tests.sla.book import ZONE, contracts, years

OFF = {day for year in years() for f in year.festivals for day in f.days_off}
MADE = {day for year in years() for f in year.festivals for day in f.make_up_days}


def works(day: date) -> bool:
    return day in MADE or (day.weekday() < 5 and day not in OFF)


def nth_day(instant: datetime, count: int, hour: int) -> datetime:
    day = instant.date()
    while count:
        day += timedelta(days=1)
        count -= works(day)
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def in_seven_days(instant: datetime, hour: int) -> datetime:
    day = instant.date() + timedelta(days=7)
    while not works(day):
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def oracle(
    contract: str, system: str | None, kind: str, priority: str, instant: datetime, disaster: bool, event: str
) -> tuple[str, dict[str, datetime]]:
    def minutes(n: int) -> datetime:
        return instant + timedelta(minutes=n)

    hour, day, found = instant.hour, instant.date(), dict[str, datetime]()
    if contract == "cqmu2-his":
        onsite = works(day) and (8 <= hour < 12 or 14 <= hour < 18)
    elif contract == "distance-education":
        onsite = works(day) and day.isoweekday() in (2, 4) and 8 <= hour < 17
    else:
        onsite = works(day) and 8 <= hour < (18 if contract == "third-party-unified" else 17)
    if contract == "cqmu2-his" and event == "remote_failed":
        found["arrive"] = minutes(180)
    elif contract == "cqmu2-his" and event == "assessed" and kind == "change":
        found = {name: nth_day(instant, n, 18) for name, n in (("solution", 10), ("build", 20), ("live", 30))}
    elif event != "report":
        pass
    elif contract in ("smart-hospital", "distance-education") and kind == "fault":
        found = {"respond": minutes(30), "fix": minutes(60 if onsite else 180), "plan": minutes(480)}
        if not onsite:
            found["arrive"] = minutes(120)
    elif contract == "jiahe-icu":
        wait = {"consult": 60, "training": 0}.get(kind, 120)
        found["respond"] = minutes(5 if kind == "fault" and disaster else wait) if wait else nth_day(instant, 1, 17)
    elif contract == "third-party-unified":
        if kind == "fault":
            found = {"respond": minutes(30 if onsite else 60), "arrive": minutes(60 if onsite else 120)}
        if kind in ("fault", "data_fix"):
            found["fix"] = nth_day(instant, 2, 18)
        if kind == "change":
            found["deliver"] = in_seven_days(instant, 18)
    elif contract == "cqmu2-his":
        found["respond"] = minutes(15)
        if kind == "fault" and priority == "critical":
            found["senior"] = minutes(1440)
        if kind in ("fault", "data_fix", "consult", "service"):
            found["fix"] = nth_day(instant, {"critical": 1, "high": 1, "medium": 3, "low": 5}[priority], 18)
        if kind == "fault" and system == "reconciliation":
            found["locate"] = minutes(1440)
    return ("onsite" if onsite else "offsite"), found


def questions(count: int) -> list[tuple[str, str, Kind, Priority, datetime, bool, str]]:
    """Random instants of 2024-2026, half of them at the edges of days and windows."""
    dice = random.Random(20261001)
    edges = [time(h, m, s) for h in (0, 8, 12, 14, 17, 18, 23) for m, s in ((0, 0), (59, 59), (0, 1))]
    found = []
    for _ in range(count):
        moment = datetime(2024, 1, 1, tzinfo=ZONE) + timedelta(seconds=dice.randrange((366 + 365 + 300) * 86400))
        if dice.random() < 0.5:
            moment = datetime.combine(moment.date(), dice.choice(edges), ZONE)
        contract = dice.choice(list(contracts().values()))
        system = dice.choice([*contract.systems, *(s for s in contract.systems if s == "reconciliation")])
        event = dice.choice(["report", "report", "report", "remote_failed", "assessed"])
        found.append(
            (
                contract.id,
                system,
                dice.choice(list(Kind)),
                dice.choice(list(Priority)),
                moment,
                dice.random() < 0.2,
                event,
            )
        )
    return found
