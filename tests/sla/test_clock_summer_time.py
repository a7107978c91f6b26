"""Where the clock is put back in autumn, an hour is shown twice, and counts twice."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sla.clock import Clock, ClockState, clocks_of, overrun, reminder_times
from sla.contract_reader import read_contract
from sla.fold import fold, then
from sla.ticket import Event, EventKind
from tests.sla.book import calendar
from tests.sla.county import COUNTY

E = EventKind


def test_the_hour_that_the_wall_clock_shows_twice_is_two_hours() -> None:
    """In Berlin, on 25 October 2026, it is 02:50 twice: before and after the clock was put back."""
    berlin = ZoneInfo("Europe/Berlin")
    text = COUNTY.replace('hospital = "县医院"', 'hospital = "县医院"\ntimezone = "Europe/Berlin"')
    contract = read_contract(text, "contracts/berlin.toml")

    def local(hour: int, minute: int, fold_: int) -> datetime:
        return datetime(2026, 10, 25, hour, minute, fold=fold_, tzinfo=berlin)

    def clocks(*events: Event) -> dict[str, Clock]:
        ticket = then(fold(1, [Event(E.REPORTED, local(1, 55, 0), "n", labels)]), *events)
        return {clock.key: clock for clock in clocks_of(ticket, contract, calendar())}

    labels = {"kind": "fault", "priority": "high", "contract": "county", "system": "lis", "text": ""}
    fix = clocks(Event(E.ACKNOWLEDGED, local(2, 20, 0), "e"), Event(E.RESOLVED, local(4, 54, 0), "e"))["1/fix"]
    assert (fix.due.astimezone(berlin), fix.state) == (local(4, 55, 0), ClockState.MET)
    assert reminder_times(fix) == (local(3, 55, 0), local(4, 45, 0))
    respond = clocks(Event(E.ACKNOWLEDGED, local(2, 5, 1), "e"))["1/respond"]
    assert (respond.due, respond.state) == (local(2, 25, 0), ClockState.MISSED)
    assert overrun(respond, local(3, 0, 0)) == timedelta(minutes=40)
