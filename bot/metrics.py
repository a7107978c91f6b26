"""What the process counts, for Prometheus. One registry a process, nothing global."""

from collections.abc import Callable
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


@dataclass(slots=True)
class Seen:
    """What the database shows at one look: lags in seconds, open tickets by state, clocks by name and state."""

    watch_lag: float = 0.0
    outbox_lag: float = 0.0
    dead_letters: int = 0
    opened: int = 0
    tickets: dict[str, int] = field(default_factory=dict)
    clocks: dict[tuple[str, str], int] = field(default_factory=dict)


class Metrics:
    """Counters that the process bumps, gauges that a scrape fills in."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages = self._counter("messages", "Messages taken", "channel")
        self.sends = self._counter("sends", "Attempts to send a notice", "channel", "result")
        self.refused = self._counter("calls_refused", "Calls turned away, or nobody's concern", "channel", "why")
        self.aside = self._counter("inbox_aside", "Messages set aside unhandled")
        self.looks_aside = self._counter("looks_aside", "Due subjects that could not be handled")
        self._opened = self._gauge("tickets_opened", "The highest ticket number seen: how many were opened")
        self._highest = 0
        self._tickets = self._gauge("tickets", "Tickets being worked on", "state")
        self._clocks = self._gauge("clocks", "Clocks of tickets being worked on", "clock", "state")
        self._watch = self._gauge("watch_lag_seconds", "How late the oldest due look is")
        self._outbox = self._gauge("outbox_lag_seconds", "How long the oldest notice waits")
        self._dead = self._gauge("dead_letters", "Notices that could not be delivered (at most 1000)")
        self._healthy = self._gauge("loop_healthy", "1 while the last turn of a loop is recent", "loop")

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"wardline_{name}", what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"wardline_{name}", what, labels, registry=self.registry)

    def watch_groups(self, read: Callable[[], tuple[int, int]]) -> None:
        """Export how many commits the storage made, and how many units they carried, as `read` tells both."""
        commits = self._gauge("commits", "Group commits since the start")
        units = self._gauge("committed_units", "Units of work that they carried")
        commits.set_function(lambda: float(read()[0]))
        units.set_function(lambda: float(read()[1]))

    def saw_ticket(self, number: int) -> None:
        """A ticket of this number is there. Numbers count from 1, so the highest tells how many were opened."""
        self._highest = max(self._highest, number)
        self._opened.set(self._highest)

    def text(self, seen: Seen, loops: dict[str, bool]) -> bytes:
        """The exposition, with what the database shows now."""
        self.saw_ticket(seen.opened)
        self._watch.set(seen.watch_lag)
        self._outbox.set(seen.outbox_lag)
        self._dead.set(seen.dead_letters)
        self._tickets.clear()
        for state, count in seen.tickets.items():
            self._tickets.labels(state).set(count)
        self._clocks.clear()
        for labels, count in seen.clocks.items():
            self._clocks.labels(*labels).set(count)
        for loop, healthy in loops.items():
            self._healthy.labels(loop).set(healthy)
        return generate_latest(self.registry)
