"""Whatever managers say of outages, in whatever order: the ledger is that of a plain recount of what they said last."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.time_passes import refresh
from sla.fold import fold, then
from sla.ledger import verify
from sla.ticket import Event, EventKind, Outage
from storage.base import UnitOfWork
from tests.handlers.outages import stands
from tests.support.house import ZONE, House, open_house

E = EventKind
START = datetime(2026, 1, 1, 12, tzinfo=ZONE)
HOUR = timedelta(hours=1)
TICKETS = 5

said = st.tuples(
    st.integers(1, TICKETS),
    st.sampled_from(("downtime", "downtime", "department", "none")),
    st.sampled_from((0, 0, 1, 7, 11, 13, 40)),  # how many hours before it is said it began, some in the old year
    st.none() | st.integers(1, 130),  # how many minutes it lasted
    st.sampled_from((0, 30, 61, 100)),  # how many minutes pass afterwards
)


def open_tickets(house: House) -> None:
    """Tickets that run no clocks: only what is said of outages is in the ledger."""
    version = house.rules.contracts["smart-hospital"].version
    labels = {"kind": "service", "priority": "low", "contract": "smart-hospital", "contract_version": version}
    event = Event(E.REPORTED, START, "nurse", labels, START)

    def keep(uow: UnitOfWork) -> None:
        for number in range(1, TICKETS + 1):
            assert uow.tickets.next_number() == number
            uow.tickets.save(fold(number, [event]), (event,), None)

    house.run(keep)


def says(house: House, ticket: int, level: str, hours: int, minutes: int | None) -> None:
    began = house.now - hours * HOUR
    ended = began + timedelta(minutes=minutes) if minutes else None
    data: dict[str, object] = {"none": True}
    if level != "none":
        data = {"level": level, "began": began.isoformat(), "ended": ended.isoformat() if ended else None}
    event = Event(E.OUTAGE, house.now, "manager", data, house.now)
    told = then(house.ticket(ticket), event)
    house.run(lambda uow: refresh(told, uow, house.rules, house.now, [event]))


def recount(outages: list[Outage], now: datetime) -> list[tuple[int, str]]:
    """smart-hospital 2.5 and 2.6, counted on one's fingers."""
    years: Counter[tuple[str, int]] = Counter()
    months: Counter[tuple[str, int, int]] = Counter()
    found = []
    for one in sorted(outages, key=lambda each: (each.began, each.ticket)):
        local, level = one.began.astimezone(ZONE), one.level.value
        years[level, local.year] += 1
        months[level, local.year, local.month] += 1
        if years[level, local.year] > 2:
            found.append((one.ticket, f"quota:{level}/year_times"))
        elif level == "department" and months[level, local.year, local.month] > 1:
            found.append((one.ticket, f"quota:{level}/month_times"))
        elif (one.ended or now) - one.began > HOUR:
            found.append((one.ticket, f"quota:{level}/recovery"))
    return sorted(found)


@settings(max_examples=30, deadline=None)
@given(st.lists(said, min_size=3, max_size=12))
def test_the_ledger_is_a_recount_of_what_was_said_last(story: list[tuple[int, str, int, int | None, int]]) -> None:
    with TemporaryDirectory() as folder, open_house(Path(folder), START) as house:
        open_tickets(house)
        for ticket, level, hours, minutes, passing in story:
            says(house, ticket, level, hours, minutes)
            house.forward(minutes=passing)
            outages = [one for number in range(1, TICKETS + 1) if (one := house.ticket(number).outage)]
            assert sorted(stands(house)) == recount(outages, house.now)
        assert not verify(house.run(lambda uow: list(uow.ledger.all())))
        house.forget()
