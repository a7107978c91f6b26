"""Units on their way through the writer, and how a group of them is committed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from storage.base import UnitOfWork
from storage.session import Fault

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")
TRIES = 5
"""How often a unit is run where the database says that it may well succeed next time."""


class Transactions(Protocol):
    """What units are run on: `storage.session.Session` over a database, `storage.memory_session` over memory."""

    @property
    def uow(self) -> UnitOfWork: ...
    @property
    def gone(self) -> bool:
        """Whether the store is not to be had."""

    def begin(self, *, careful: bool = False) -> None: ...
    def settle(self) -> None:
        """Find out by now what is wrong with what was asked so far."""

    def savepoint(self, unit: Callable[[UnitOfWork], T]) -> T: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Pair(Generic[A, B]):
    """What became of two units in one commit. `first` is kept. `second` is None where it failed: then `error` is why,
    and `told` says whether what was to be done about that was done and kept."""

    first: A
    second: B | None = None
    error: Exception | None = None
    told: bool = False


class Job:
    """A unit and, once it is settled, its result or its error. `settle` is called when that is final."""

    __slots__ = ("error", "result", "unit", "waiting")

    def __init__(self, unit: Callable[[UnitOfWork], Any], waiting: Any) -> None:  # a future of either kind
        self.unit = unit
        self.waiting = waiting
        self.result: Any = None
        self.error: BaseException | None = None

    def work(self, session: Transactions) -> None:
        """Run within a transaction. Raises Fault when that is lost; the unit's own error is kept for its caller."""
        self.error = None
        try:
            self.result = session.savepoint(self.unit)
        except Fault:
            raise
        except Exception as error:  # noqa: BLE001  # handed to the caller, who knows what it means
            self.error = error

    def give_up(self, session: Transactions, fault: Fault) -> None:  # noqa: ARG002  # a pair needs it
        """The database failed whenever this was run alone."""
        self.error = fault


class PairJob(Job):
    """Two units that share a commit; the second is given the result of the first, and may fail alone."""

    __slots__ = ("on_error", "then")

    def __init__(
        self,
        unit: Callable[[UnitOfWork], Any],
        then: Callable[[UnitOfWork, Any], Any],
        on_error: Callable[[UnitOfWork, Any, Exception], object],
        waiting: Any,
    ) -> None:
        super().__init__(unit, waiting)
        self.then = then
        self.on_error = on_error

    def work(self, session: Transactions) -> None:
        super().work(session)
        if self.error is not None:
            return
        first = self.result
        try:
            self.result = Pair(first, session.savepoint(lambda uow: self.then(uow, first)))
        except Fault:
            raise
        except Exception as error:  # noqa: BLE001  # kept in the result
            self.result = Pair(first, None, error, self._tell(session, first, error))

    def give_up(self, session: Transactions, fault: Fault) -> None:
        """Keep the first unit at least."""
        super().give_up(session, fault)
        alone = Job(self.unit, None)
        if not attempt(session, alone) and alone.error is None:
            self.error, self.result = None, Pair(alone.result, None, fault)

    def _tell(self, session: Transactions, first: object, error: Exception) -> bool:
        try:
            session.savepoint(lambda uow: self.on_error(uow, first, error))
        except Fault:
            raise
        except Exception as second:  # noqa: BLE001  # kept beside the first one
            error.add_note(f"and what was to be done about it failed as well: {second!r}")
            return False
        return True


def run_group(session: Transactions, jobs: Sequence[Job]) -> int:
    """Settle every job, in as few commits as can be; how many commits were made. Nothing is settled before a commit
    that is sure."""
    first = _together(session, jobs, careful=False)
    if first is None:
        return 1
    if first.in_doubt:
        for job in jobs:  # what was kept would be kept twice
            job.error = first
        return 0
    commits = 0
    for place, job in enumerate(jobs):
        fault = first if len(jobs) == 1 and not first.again else attempt(session, job)
        if fault is None:
            commits += 1
        elif session.gone:
            for rest in jobs[place:]:  # nobody waits for one vain attempt to connect after the other
                rest.error = fault
            break
        else:
            job.give_up(session, fault)
    return commits


def attempt(session: Transactions, job: Job) -> Fault | None:
    """Run a job in a commit of its own, again where that may help; the fault that remains."""
    fault = None
    for _ in range(TRIES):
        fault = _together(session, (job,), careful=True)
        if fault is None or not fault.again:
            break
    return fault


def _together(session: Transactions, jobs: Sequence[Job], *, careful: bool) -> Fault | None:
    """All in one commit, or none, and the fault that prevented it."""
    try:
        session.begin(careful=careful)
    except Fault as fault:
        return fault
    try:
        for job in jobs:
            job.work(session)
        session.commit()
    except Fault as fault:
        session.rollback()
        return fault
    except BaseException:
        session.rollback()
        raise
    return None
