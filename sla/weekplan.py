"""A week of windows with its exceptions, as one value: for calendars outside our contracts.

The order is holiday > pause > exception > week (see `schedule`). A working day is a day that is no holiday and on which
a window opens; a pause takes nothing from that.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sla.schedule import Schedule
from sla.workdays import Workdays

Windows = Sequence[tuple[int, int]]
"""In seconds after local midnight; a window that closes on the next morning closes after 86,400."""


class DayRule(StrEnum):
    """Which instant is meant by so many working days after `start`.

    keep        the same time of day on that working day; the day of `start` does not count (第201条第1款)
    hours       the same, and where it is closed then, the next opening; counted backwards, the last closing; what lands
                on closing time or on opening time stays there
    roll_day    the same, but a `start` on a day off moves to the next working day first; counted backwards, to the last
    roll        the same, but a `start` out of hours moves to the next opening first; counted backwards, to the opening
                of the last day that was open; closing time is not out of hours
    opening     the first opening of that working day
    closing     its last closing (第203条第2款)
    midnight    its 24:00 (第203条第2款, where there are no hours of business)
    """

    KEEP = "keep"
    HOURS = "hours"
    ROLL_DAY = "roll_day"
    ROLL = "roll"
    OPENING = "opening"
    CLOSING = "closing"
    MIDNIGHT = "midnight"


class WeekPlan:
    """Windows of Monday to Sunday, exceptions by date, holidays and pauses (instants) on the wall clock of `zone`."""

    __slots__ = ("_exceptions", "_holidays", "_weekly", "schedule", "workdays", "zone")

    def __init__(
        self,
        zone: ZoneInfo,
        weekly: Sequence[Windows],
        holidays: Iterable[date] = (),
        exceptions: Mapping[date, Windows] | None = None,
        pauses: Iterable[tuple[datetime, datetime]] = (),
    ) -> None:
        self.zone = zone
        self._weekly = tuple(weekly)
        self._holidays = frozenset(holidays)
        self._exceptions = dict(exceptions or {})
        self.schedule = Schedule(zone, self.windows, pauses)
        self.workdays = Workdays(self.works)

    def windows(self, day: date) -> Windows:
        """The windows that open on the day."""
        if day in self._holidays:
            return ()
        found = self._exceptions.get(day)
        return self._weekly[day.weekday()] if found is None else found

    def works(self, day: date) -> bool:
        """Whether the day is a working day."""
        return any(closes > opens for opens, closes in self.windows(day))

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """As `Schedule.add`; but no amount, where it is closed, gives the next opening. Closing time stays as it is."""
        return self.schedule.add(start, amount) if amount else self._opening(start)

    def add_days(self, start: datetime, count: int, rule: DayRule = DayRule.KEEP) -> datetime:
        """`count` working days after `start`; before it when negative; nought of them leave the day as it is.

        A time of day that the wall clock shows twice is the first; one that it leaps over is as much later as the leap
        is long. Raises NoWorkingTime.
        """
        local = start.astimezone(UTC).astimezone(self.zone)
        if rule is DayRule.ROLL:
            local = self._rolled(local, backwards=count < 0)
        day = local.date()
        if rule is DayRule.ROLL_DAY and not self.works(day):
            day = self.workdays.after(day, -1 if count < 0 else 1)
        elif not count and rule is DayRule.KEEP:
            return local
        day = self.workdays.after(day, count)
        if rule is DayRule.OPENING:
            return self._at(day, min((opens for opens, _ in self.windows(day)), default=0))
        if rule is DayRule.CLOSING:
            return self._at(day, max((closes for _, closes in self.windows(day)), default=86_400))
        if rule is DayRule.MIDNIGHT:
            return self._at(day, 86_400)
        found = self._on(day, local.time())
        if rule is not DayRule.HOURS:
            return found
        if count < 0:
            return found if self.schedule.is_open(found) else self.schedule.closing(found)
        return self._opening(found)

    def _opening(self, at: datetime) -> datetime:
        """`at` itself where it is open or closes just then, else the next opening."""
        return self.schedule.add(at, timedelta()) if self.schedule.was_open(at) else self.schedule.opening(at)

    def _rolled(self, start: datetime, *, backwards: bool) -> datetime:
        if self.schedule.is_open(start) or (self.schedule.was_open(start) and self.works(start.date())):
            return start
        if not backwards:
            return self.schedule.opening(start)
        day = self.schedule.closing(start).date()
        opened = day if self.works(day) else self.workdays.after(day, -1)
        return self._at(opened, min(opens for opens, closes in self.windows(opened) if opens < closes))

    def _at(self, day: date, second: int) -> datetime:
        days, rest = divmod(second, 86_400)
        return self._on(day + timedelta(days=days), time(rest // 3600, rest // 60 % 60, rest % 60))

    def _on(self, day: date, clock: time) -> datetime:
        # There and back: a time that the clock leaps over does not exist until it has been through UTC (above, too).
        return datetime.combine(day, clock.replace(fold=0), self.zone).astimezone(UTC).astimezone(self.zone)
