"""The engine that counts service time: windows of days, laid out in true time, summed up once and then searched.

A schedule is told by `windows(day)`: the windows that open on a day of its place, in seconds after local midnight (a
window to 06:00 of the next morning closes at 108,000). Whoever tells it keeps to the order of the Ruby gem `biz`:
holiday > pause > exception > week.

holiday    a day on which no window opens, whatever else is said of it
pause      an interval of instants within which nothing counts
exception  the windows of one date instead of those of its weekday
week       the windows of Monday to Sunday

A window belongs to the day on which it opens: one that opened on the eve of a holiday or of an exception runs out on
the morning after, as it does in pandas; none opens in the evening of the holiday.

Windows are half-open and may touch or overlap: an instant counts once. A wall-clock time that the clock leaps over is
the instant as much later as the leap is long (a window that is turned round by that is empty); one that it shows twice
is the first. Between its ends a window is as long as true time says: a whole day has 23, 24 or 25 hours.

Amounts are exact to the microsecond, instants are aware, answers are in the zone of the schedule.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.errors import SlaError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
DAY = timedelta(days=1)
CHUNK = 45
"""Sums are made for 2**45 microseconds at a time: 407 days."""
LONGEST_IDLE = 30
"""Chunks without working time, one after the other, after which a search gives up: more than 33 years."""
YEARS = range(1800, 2300)
"""Before and after, nobody knows the wall clock of a place; a search for a deadline ends there."""

Windows = Callable[[date], Iterable[tuple[int, int]]]
Interval = tuple[int, int]
Sums = tuple[list[int], list[int]]
"""Where each opening begins, and how much service time of its chunk lies before it (and, last, in the whole chunk)."""


class NoWorkingTime(SlaError):
    """The calendar or the service windows never open: a deadline counted in them would never come."""


class Schedule:
    """Service time: `windows` (see above) on the wall clock of `zone`, without the `pauses`.

    The sums of a chunk are made when it is first asked for, and kept: what `windows` says must not change.
    Several threads may use it; at worst they make the same sums twice.
    """

    __slots__ = ("_chunks", "_pauses", "_windows", "zone")

    def __init__(self, zone: ZoneInfo, windows: Windows, pauses: Iterable[tuple[datetime, datetime]] = ()) -> None:
        self.zone = zone
        self._windows = windows
        self._pauses = _union((_length(begin - EPOCH), _length(end - EPOCH)) for begin, end in pauses)
        self._chunks: dict[int, Sums] = {}

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The instant at which `amount` of service time after `start` is over; before it, for a negative amount.

        A target that lands on closing time is closing time; counted backwards, one that lands on opening time is
        opening time. No amount gives `start` itself. Raises NoWorkingTime.
        """
        at, wanted = _length(start - EPOCH), _length(amount)
        if not wanted:
            return self._local(at)
        return self._local(self._forward(at, wanted) if wanted > 0 else self._backward(at, -wanted))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The service time from `start` to `end`; negative when `end` comes first."""
        first, last = _length(start - EPOCH), _length(end - EPOCH)
        total = self._before(last) - self._before(first)
        if first >> CHUNK != last >> CHUNK:
            low, high = sorted((first >> CHUNK, last >> CHUNK))
            whole = sum(self._sums(chunk)[1][-1] for chunk in range(low, high))
            total += whole if last > first else -whole
        return timedelta(microseconds=total)

    def is_open(self, at: datetime) -> bool:
        """Whether a window is open; not at closing time."""
        return self._open(_length(at - EPOCH))

    def was_open(self, at: datetime) -> bool:
        """Whether a window was open until then; at closing time too, but not at opening time."""
        return self._open(_length(at - EPOCH) - 1)

    def opening(self, at: datetime) -> datetime:
        """`at` itself where a window is open, else the next opening. Raises NoWorkingTime."""
        micros = _length(at - EPOCH)
        return self._local(micros if self._open(micros) else self._forward(micros, 1) - 1)

    def closing(self, at: datetime) -> datetime:
        """`at` itself where a window is open or closes, else the last closing. Raises NoWorkingTime."""
        micros = _length(at - EPOCH)
        return self._local(micros if self._open(micros - 1) else self._backward(micros, 1) + 1)

    # in microseconds since the epoch

    def _open(self, at: int) -> bool:
        opens, sums = self._sums(at >> CHUNK)
        i = bisect_right(opens, at) - 1
        return i >= 0 and at - opens[i] < sums[i + 1] - sums[i]

    def _before(self, at: int) -> int:
        """The service time from the beginning of the chunk to `at`."""
        opens, sums = self._sums(at >> CHUNK)
        i = bisect_right(opens, at) - 1
        return min(sums[i] + at - opens[i], sums[i + 1]) if i >= 0 else 0

    def _forward(self, at: int, wanted: int) -> int:
        chunk = at >> CHUNK
        opens, sums = self._chunks.get(chunk) or self._sums(chunk)
        i = bisect_right(opens, at) - 1
        target = wanted + (min(sums[i] + at - opens[i], sums[i + 1]) if i >= 0 else 0)
        idle = 0
        while target > sums[-1]:
            target -= sums[-1]
            idle = 0 if opens else idle + 1
            chunk += 1
            opens, sums = self._next(chunk, idle)
        i = bisect_left(sums, target) - 1
        return opens[i] + target - sums[i]

    def _backward(self, at: int, wanted: int) -> int:
        chunk = at >> CHUNK
        opens, sums = self._sums(chunk)
        target = self._before(at) - wanted
        idle = 0
        while target < 0:
            idle = 0 if opens else idle + 1
            chunk -= 1
            opens, sums = self._next(chunk, idle)
            target += sums[-1]
        i = bisect_right(sums, target) - 1
        return opens[i] + target - sums[i]

    def _local(self, at: int) -> datetime:
        """The instant on the wall clock: never a time that the clock leaps over, whatever the question said."""
        second, micros = divmod(at, SECOND)
        found = datetime.fromtimestamp(second, self.zone)
        return found.replace(microsecond=micros) if micros else found

    # laying out

    def _next(self, chunk: int, idle: int) -> Sums:
        if idle > LONGEST_IDLE:
            raise NoWorkingTime("the windows never open")
        return self._sums(chunk)

    def _sums(self, chunk: int) -> Sums:
        found = self._chunks.get(chunk)
        if found is None:
            found = self._chunks[chunk] = self._lay_out(chunk << CHUNK, (chunk + 1) << CHUNK)
        return found

    def _lay_out(self, begin: int, end: int) -> Sums:
        first, last = _day(begin), _day(end)
        if first.year not in YEARS or last.year not in YEARS:
            raise NoWorkingTime(f"the count leads out of the years {YEARS.start} to {YEARS.stop - 1}")
        opens: list[int] = []
        sums = [0]
        for opening, closing in _without(_union(self._openings(first - 2 * DAY, last + DAY)), self._pauses):
            low, high = max(opening, begin), min(closing, end)
            if low < high:
                opens.append(low)
                sums.append(sums[-1] + high - low)
        return opens, sums

    def _openings(self, first: date, last: date) -> Iterator[Interval]:
        """The windows that open on the days from `first` to `last`, in true time."""
        day, midnight = first, self._at(first, 0)
        while day <= last:
            after = day + DAY
            next_midnight = self._at(after, 0)
            even = next_midnight - midnight == 86_400 * SECOND
            for opens, closes in self._windows(day):
                low = midnight + opens * SECOND if even else self._at(day, opens)
                high = midnight + closes * SECOND if even and closes <= 86_400 else self._at(day, closes)
                yield low, high
            day, midnight = after, next_midnight

    def _at(self, day: date, second: int) -> int:
        """The instant of a wall-clock time, in microseconds since the epoch."""
        days, rest = divmod(second, 86_400)
        wall = datetime.combine(day, time(), self.zone) + timedelta(days=days, seconds=rest)
        return _length(wall.replace(tzinfo=UTC) - EPOCH - (wall.utcoffset() or timedelta()))


def _length(length: timedelta) -> int:
    """In microseconds."""
    return (length.days * 86_400 + length.seconds) * SECOND + length.microseconds


def _day(micros: int) -> date:
    try:
        return (EPOCH + timedelta(microseconds=micros)).date()
    except OverflowError:
        return date.max if micros > 0 else date.min


def _union(intervals: Iterable[Interval]) -> list[Interval]:
    """The intervals in order, those that overlap or touch as one; empty ones left out."""
    found: list[Interval] = []
    for low, high in sorted(intervals):
        if low >= high:
            continue
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found


def _without(openings: Iterable[Interval], pauses: list[Interval]) -> Iterator[Interval]:
    """The openings without the pauses; both in order and apart."""
    for opening, closing in openings:
        low, i = opening, max(bisect_right(pauses, (opening, opening)) - 1, 0)
        while i < len(pauses) and pauses[i][0] < closing:
            begin, end = pauses[i]
            if low < begin:
                yield low, begin
            low, i = max(low, end), i + 1
        if low < closing:
            yield low, closing
