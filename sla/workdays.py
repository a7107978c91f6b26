"""The engine that counts whole days: which are worked, numbered, and then searched."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import date

from sla.schedule import LONGEST_IDLE, YEARS, NoWorkingTime

CHUNK = 9
"""Days are looked at 512 at a time."""
EARLIEST, LATEST = date(YEARS.start, 1, 1).toordinal() >> CHUNK, date(YEARS.stop, 1, 1).toordinal() >> CHUNK


class Workdays:
    """The working days among all days, by `works(day)`, whose answers must not change.

    The days of a chunk are looked at when it is first asked for, and kept.
    """

    __slots__ = ("_chunks", "_works")

    def __init__(self, works: Callable[[date], bool]) -> None:
        self._works = works
        self._chunks: dict[int, tuple[tuple[date, ...], tuple[date, ...]]] = {}

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which does not count itself; before it when `count` is negative.

        Nought gives the day itself. Raises NoWorkingTime.
        """
        if not count:
            return day
        chunk = day.toordinal() >> CHUNK
        worked = (self._chunks.get(chunk) or self._days(chunk))[0]
        at = bisect_right(worked, day) + count - 1 if count > 0 else bisect_left(worked, day) + count
        if 0 <= at < len(worked):
            return worked[at]
        idle = 0
        while at < 0:
            idle = 0 if worked else idle + 1
            chunk -= 1
            worked = self._next(chunk, idle, day)
            at += len(worked)
        while at >= len(worked):
            at -= len(worked)
            idle = 0 if worked else idle + 1
            chunk += 1
            worked = self._next(chunk, idle, day)
        return worked[at]

    def count(self, first: date, last: date) -> int:
        """How many working days lie from `first` to `last`, both included; nought when `last` comes first."""
        chunks = range(first.toordinal() >> CHUNK, (last.toordinal() >> CHUNK) + 1)
        return sum(bisect_right(worked, last) - bisect_left(worked, first) for worked, _ in map(self._days, chunks))

    def off(self, first: date, last: date) -> tuple[date, ...]:
        """The days off from `first` to `last`, both included."""
        low, high = first.toordinal() >> CHUNK, last.toordinal() >> CHUNK
        if low == high:
            days = self._days(low)[1]
            return days[bisect_left(days, first) : bisect_right(days, last)]
        return tuple(day for chunk in range(low, high + 1) for day in self._days(chunk)[1] if first <= day <= last)

    def _next(self, chunk: int, idle: int, day: date) -> tuple[date, ...]:
        if idle > LONGEST_IDLE:
            raise NoWorkingTime(f"no working day within decades of {day}")
        if not EARLIEST <= chunk <= LATEST:
            raise NoWorkingTime(f"the count leads out of the years {YEARS.start} to {YEARS.stop - 1}")
        return self._days(chunk)[0]

    def _days(self, chunk: int) -> tuple[tuple[date, ...], tuple[date, ...]]:
        """The working days of a chunk, and its days off."""
        found = self._chunks.get(chunk)
        if found is None:
            worked: list[date] = []
            off: list[date] = []
            for day in _days_of(chunk):
                (worked if self._works(day) else off).append(day)
            found = self._chunks[chunk] = (tuple(worked), tuple(off))
        return found


def _days_of(chunk: int) -> Iterator[date]:
    low, high = max(chunk << CHUNK, date.min.toordinal()), min((chunk + 1) << CHUNK, date.max.toordinal() + 1)
    return map(date.fromordinal, range(low, high))
