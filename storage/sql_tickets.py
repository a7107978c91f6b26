"""工单 in SQL: events are appended and folded; the row beside them is an index made from them on every save."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa

from sla.incident import Size
from sla.ticket import Event, EventKind, Outage, State, Ticket
from storage import schema
from storage.base import StorageError
from storage.database import Database, Row, filled, instant, instant_or_none, micros, micros_or_none
from storage.folded import Folded

DATA = b"events.data"
AT_ONCE = 256  # tickets that are read together where many are wanted
_t = schema.tickets.c
_e = schema.events.c
_s = schema.steps.c
_o = schema.outages.c
_KINDS = {kind.value: kind for kind in EventKind}
_INDEX = (
    "state", "kind", "system", "department", "priority", "contract", "reporter", "reported_at", "next_due", "incident",
    "version",
)  # fmt: skip  # one glance


class Conflict(StorageError):
    """Somebody else changed the ticket between reading and saving. The unit is run again by the writer."""


class SqlTickets:
    """`storage.base.Tickets`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._folds = Folded(self._event)
        self._last = 0
        highest = sa.select(sa.func.coalesce(sa.func.max(_t.number), 0))
        drawn = sa.select(schema.ticket_number.next_value())
        self._number = db.prepare(highest if db.is_sqlite else drawn)
        self._insert = db.insert(schema.tickets, "number", *_INDEX)
        same = sa.and_(_t.number == sa.bindparam("this"), _t.version == sa.bindparam("before"))
        self._update = db.prepare(sa.update(schema.tickets).where(same), _INDEX)
        self._add_event = db.insert(schema.events)
        self._prepare_queries(db)
        self._prepare_outages(db)
        self._prepare_incidents(db)
        first = db.upsert(schema.steps)
        newest = first.on_conflict_do_update(index_elements=["ticket", "key"], set_={"at": first.excluded.at})
        self._add_step = db.prepare(newest, ("ticket", "key", "at"))

    def _prepare_queries(self, db: Database) -> None:
        joined = sa.select(_e.ticket, _e.kind, _e.at, _e.recorded_at, _e.by, _e.data)
        self._joined = joined.select_from(schema.tickets.join(schema.events, _e.ticket == _t.number))
        reporter = _t.reporter == sa.bindparam("reporter")
        open_of = self._joined.where(reporter, schema.condition(f"tickets.{schema.IS_OPEN}"))
        self._open_of = db.prepare(open_of.order_by(_t.number.desc(), _e.seq))
        of_system = open_of.where(_t.system == sa.bindparam("system"))
        self._open_of_system = db.prepare(of_system.order_by(_t.number.desc(), _e.seq))
        newest = sa.select(sa.func.max(_t.number)).where(reporter).scalar_subquery()
        self._latest_of = db.prepare(self._joined.where(_t.number == newest).order_by(_e.seq))
        self._prepare_lately(db)
        lock = sa.select(_t.number).where(_t.number == sa.bindparam("number")).with_for_update()
        self._lock = db.prepare(lock)
        one = self._joined.where(_t.number == sa.bindparam("number"))
        self._load = db.prepare(one.order_by(_e.seq))
        part_of = sa.select(_t.number).where(_t.incident == sa.bindparam("incident"))
        part_of = part_of.where(schema.condition(f"tickets.{schema.IS_JOINED}"))
        self._part_of = db.prepare(part_of.order_by(_t.number))
        working = schema.condition(f"tickets.{schema.IS_WORKING}")
        self._joined_to = db.prepare(part_of.where(working).order_by(_t.number))
        period = sa.and_(_t.reported_at >= sa.bindparam("start"), _t.reported_at < sa.bindparam("end"))
        between = sa.select(_t.number).where(period)
        self._between = db.prepare(between.order_by(_t.number))
        of_contract = between.where(_t.contract == sa.bindparam("contract"))
        self._between_contract = db.prepare(of_contract.order_by(_t.number))

    def _prepare_lately(self, db: Database) -> None:
        most: sa.BindParameter[int] = sa.bindparam("most")
        by_reporter = sa.select(_t.number).where(_t.reporter == sa.bindparam("reporter"))
        in_department = sa.select(_t.number).where(_t.department == sa.bindparam("department"))
        open_there = in_department.where(schema.condition(f"tickets.{schema.IS_OPEN}"))
        newest = [query.order_by(_t.number.desc()).limit(most) for query in (by_reporter, in_department, open_there)]
        whole = [self._joined.where(_t.number.in_(query)).order_by(_t.number.desc(), _e.seq) for query in newest]
        self._lately, self._open_in = db.prepare(whole[0]), db.prepare(whole[2])
        systems = [sa.select(_t.system).where(_t.number.in_(query), _t.system.is_not(None)) for query in newest[:2]]
        self._systems_of, self._systems_in = (db.prepare(query.order_by(_t.number.desc())) for query in systems)

    def _prepare_outages(self, db: Database) -> None:
        self._put_outage = db.insert(schema.outages)
        self._no_outage = db.prepare(sa.delete(schema.outages).where(_o.ticket == sa.bindparam("this")))
        touching = sa.and_(_o.began < sa.bindparam("end"), _o.ended > sa.bindparam("start"))
        found = sa.select(_o.ticket).where(touching)
        self._outages = db.prepare(found.order_by(_o.ticket))

    def _prepare_incidents(self, db: Database) -> None:
        other = schema.tickets.alias("other").c
        led = sa.exists().where(other.incident == _t.number, schema.condition(f"other.{schema.IS_JOINED}"))
        counts = sa.or_(_t.reported_at >= sa.bindparam("since"), _t.state != State.REPORTED.value, led)
        leads = [schema.condition(f"tickets.{term}") for term in schema.LEADING]
        leading = self._joined.where(*leads, counts)
        self._leading = db.prepare(leading.order_by(_t.number, _e.seq))
        on_system = leading.where(_t.system == sa.bindparam("system"))
        self._leading_on = db.prepare(on_system.order_by(_t.number, _e.seq))
        columns = sa.select(_t.reporter, _t.department, _t.reported_at, _t.state)
        joined = columns.where(_t.incident == sa.bindparam("incident"))
        joined = joined.where(schema.condition(f"tickets.{schema.IS_JOINED}"))
        one = sa.union_all(columns.where(_t.number == sa.bindparam("incident")), joined).subquery().c
        people, departments = sa.func.count(one.reporter.distinct()), sa.func.count(one.department.distinct())
        counted = one.state != State.CANCELLED.value
        size = sa.select(people, departments, sa.func.max(one.reported_at)).where(counted)
        self._size_of = db.prepare(size)
        own = [
            sa.func.max(sa.case((column == sa.bindparam(name), 1), else_=0))
            for column, name in ((one.reporter, "reporter"), (one.department, "department"))
        ]
        self._size_with = db.prepare(size.add_columns(*own))

    def next_number(self) -> int:
        if not self._db.is_sqlite:
            return int(self._db.rows(self._number)[0][0])
        # One process writes, by one connection: what was given out is known here. A unit rolled back leaves a gap.
        if not self._last:
            self._last = int(self._db.rows(self._number)[0][0])
        self._last += 1
        return self._last

    def save(self, ticket: Ticket, new_events: Sequence[Event], next_due: datetime | None) -> None:
        before = len(ticket.events) - len(new_events)
        if before < 0 or ticket.events[before:] != tuple(new_events):
            raise ValueError(f"the new events are not the last ones of ticket {ticket.number}")
        index = _index(ticket, next_due)
        if not before:
            self._db.put(self._insert, number=ticket.number, **index)
        else:
            conflict = Conflict(f"ticket {ticket.number} was changed by somebody else meanwhile")
            self._db.must(self._update, conflict, this=ticket.number, before=before, **index)
        seal = self._db.crypt.seal
        for seq, event in enumerate(new_events, before + 1):
            self._db.put(
                self._add_event,
                ticket=ticket.number,
                seq=seq,
                kind=event.kind.value,
                at=micros(event.at),
                recorded_at=micros_or_none(event.recorded_at),
                by=event.by,
                data=seal(DATA, event.data),
            )

        if ticket.outage or any(event.kind is EventKind.OUTAGE for event in new_events):
            self._index_outage(ticket)

    def _index_outage(self, ticket: Ticket) -> None:
        self._db.put(self._no_outage, this=ticket.number)
        if ticket.outage:
            ended = schema.NEVER if ticket.outage.ended is None else micros(ticket.outage.ended)
            self._db.put(self._put_outage, ticket=ticket.number, began=micros(ticket.outage.began), ended=ended)

    def load(self, number: int) -> Ticket | None:
        if self._db.locks:
            self._db.put(self._lock, number=number)  # what is read after it is seen as it is once it is locked
        found = self._db.rows(self._load, number=number)
        return self._folds.ticket(number, tuple(found)) if found else None

    def load_many(self, numbers: Iterable[int]) -> dict[int, Ticket]:
        wanted = sorted(set(numbers))
        for values in filled(wanted) if self._db.locks else ():
            self._db.put(self._db.many("lock", len(values), self._lock_many), **values)
        return {ticket.number: ticket for ticket in self._read(wanted)}

    def open_of(self, reporter: str, system: str | None = None) -> Sequence[Ticket]:
        if system is None:
            return list(self._folded(self._db.rows(self._open_of, reporter=reporter)))
        return list(self._folded(self._db.rows(self._open_of_system, reporter=reporter, system=system)))

    def latest_of(self, reporter: str) -> Ticket | None:
        return next(self._folded(self._db.rows(self._latest_of, reporter=reporter)), None)

    def lately(self, reporter: str, limit: int) -> Sequence[Ticket]:
        return list(self._folded(self._db.rows(self._lately, reporter=reporter, most=limit)))

    def open_in(self, department: str, limit: int) -> Sequence[Ticket]:
        return list(self._folded(self._db.rows(self._open_in, department=department, most=limit)))

    def past_systems(self, limit: int, *, reporter: str = "", department: str = "") -> Sequence[str]:
        if reporter:
            found = self._db.rows(self._systems_of, reporter=reporter, most=limit)
        else:
            found = self._db.rows(self._systems_in, department=department, most=limit)
        return [str(row[0]) for row in found]

    def open_on(
        self, system: str | None = None, contracts: Iterable[str] | None = None, limit: int = 50
    ) -> Sequence[Ticket]:
        query = sa.select(_t.number).where(schema.condition(f"tickets.{schema.IS_WORKING}"))
        values: dict[str, object] = {"most": limit}
        if system is not None:
            query, values["system"] = query.where(_t.system == sa.bindparam("system")), system
        named = None if contracts is None else sorted(set(contracts))
        if named is not None and not named:
            return []
        ordered = query.order_by(_t.next_due, _t.number).limit(sa.bindparam("most"))
        if named is None:
            statement = self._db.many(("open_on", system is None), 0, lambda _: ordered)
        else:
            pieces = list(filled(named))
            if len(pieces) > 1:
                raise ValueError(f"{len(named)} contracts at once are too many")
            values |= pieces[0]
            make = lambda binds: ordered.where(_t.contract.in_(binds))  # noqa: E731  # compiled once, under its key
            statement = self._db.many(("open_on_contracts", system is None), len(pieces[0]), make)
        numbers = [int(row[0]) for row in self._db.rows(statement, **values)]
        found = {ticket.number: ticket for ticket in self._read(sorted(numbers))}
        return [found[number] for number in numbers]

    def leading_on(self, system: str | None, since: datetime | None) -> Sequence[Ticket]:
        first = schema.NEVER if since is None else micros(since)
        if system is None:
            return list(self._folded(self._db.rows(self._leading, since=first)))
        return list(self._folded(self._db.rows(self._leading_on, system=system, since=first)))

    def size_of(self, incident: int) -> Size | None:
        people, departments, latest = self._db.rows(self._size_of, incident=incident)[0]
        return Size(int(people), int(departments), instant(latest)) if people else None

    def size_with(self, incident: int, reporter: str, department: str | None) -> Size | None:
        who = {"reporter": reporter, "department": department or ""}
        people, departments, latest, known, there = self._db.rows(self._size_with, incident=incident, **who)[0]
        if not people:
            return None
        people += not known
        departments += department is not None and not there
        return Size(int(people), int(departments), instant(latest))

    def joined_to(self, incident: int) -> Sequence[Ticket]:
        numbers = [int(row[0]) for row in self._db.rows(self._joined_to, incident=incident)]
        return list(self.load_many(numbers).values()) if numbers else []

    def part_of(self, incident: int) -> Sequence[Ticket]:
        numbers = [int(row[0]) for row in self._db.rows(self._part_of, incident=incident)]
        return list(self.load_many(numbers).values()) if numbers else []

    def between(self, start: datetime, end: datetime, contract: str | None = None) -> Iterable[Ticket]:
        period = {"start": micros(start), "end": micros(end)}
        if contract is None:
            found = self._db.rows(self._between, **period)
        else:
            found = self._db.rows(self._between_contract, **period, contract=contract)
        return self._read([int(row[0]) for row in found])

    def outages(self, start: datetime, end: datetime, contract: str | None = None) -> Sequence[Outage]:
        numbers = [int(row[0]) for row in self._db.rows(self._outages, start=micros(start), end=micros(end))]
        found = [ticket.outage for ticket in self._read(numbers) if ticket.outage]
        return sorted(
            (outage for outage in found if contract in (None, outage.contract)), key=lambda outage: outage.began
        )

    def steps(self, number: int) -> dict[str, datetime]:
        return self.steps_many((number,))[number]

    def steps_many(self, numbers: Iterable[int]) -> dict[int, dict[str, datetime]]:
        wanted = sorted(set(numbers))
        found: dict[int, dict[str, datetime]] = {number: {} for number in wanted}
        for values in filled(wanted):
            for ticket, key, at in self._db.rows(self._db.many("steps", len(values), _steps_of), **values):
                found[ticket][key] = instant(at)
        return found

    def add_steps(self, number: int, steps: Mapping[str, datetime]) -> None:
        for key, at in steps.items():
            self._db.put(self._add_step, ticket=number, key=key, at=micros(at))

    def _lock_many(self, binds: Sequence[sa.BindParameter[int]]) -> sa.Select[tuple[int]]:
        return sa.select(_t.number).where(_t.number.in_(binds)).order_by(_t.number).with_for_update()

    def _events_of(self, binds: Sequence[sa.BindParameter[int]]) -> sa.Select[tuple[object, ...]]:
        return self._joined.where(_t.number.in_(binds)).order_by(_t.number, _e.seq)

    def _read(self, numbers: Sequence[int]) -> Iterator[Ticket]:
        """Tickets by number, read in pieces, so that a year of them never lies in memory at once."""
        for start in range(0, len(numbers), AT_ONCE):
            for values in filled(numbers[start : start + AT_ONCE]):
                query = self._db.many("events", len(values), self._events_of)
                yield from self._folded(self._db.rows(query, **values))

    def _folded(self, rows: Iterable[Row]) -> Iterator[Ticket]:
        for number, found in groupby(rows, key=lambda row: int(row[0])):
            yield self._folds.ticket(number, tuple(found))

    def _event(self, row: Row) -> Event:
        _, kind, at, recorded_at, by, data = row
        return Event(_KINDS[kind], instant(at), by, self._db.crypt.open_map(DATA, data), instant_or_none(recorded_at))


def _steps_of(binds: Sequence[sa.BindParameter[int]]) -> sa.Select[tuple[int, str, int]]:
    return sa.select(_s.ticket, _s.key, _s.at).where(_s.ticket.in_(binds))


def _index(ticket: Ticket, next_due: datetime | None) -> dict[str, object]:
    return {
        "state": ticket.state.value,
        "kind": ticket.kind.value,
        "system": ticket.system,
        "department": ticket.department,
        "priority": ticket.priority.value,
        "contract": ticket.contract,
        "reporter": ticket.reporter,
        "reported_at": micros(ticket.reported_at),
        "next_due": schema.NEVER if next_due is None else micros(next_due),
        "incident": ticket.incident,
        "version": len(ticket.events),
    }
