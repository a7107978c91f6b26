"""Where people are reached, in SQL: all that decides it in one query over indexes, once a transaction and person."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from sla.message import Address
from sla.reachable import WINDOWS, Health, Preferences, Quiet, Reach
from storage import schema
from storage.database import Database, Prepared, Row, instant_or_none, micros

_b = schema.bindings.c
_f = schema.failures.c
_i = schema.inbox.c
_o = schema.outbox.c
_p = schema.preferences.c


class SqlReaching:
    """`storage.base.Reaching`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        failed = db.upsert(schema.failures)
        latest = {
            "at": failed.excluded.at,
            "why": failed.excluded.why,
            "refused_at": sa.func.coalesce(failed.excluded.refused_at, _f.refused_at),
        }
        failed = failed.on_conflict_do_update(index_elements=["channel", "address"], set_=latest)
        self._failed = db.prepare(failed, ("channel", "address", "at", "why", "refused_at"))
        prefer = db.upsert(schema.preferences)
        prefer = prefer.on_conflict_do_update(index_elements=["person"], set_={"value": prefer.excluded.value})
        self._prefer = db.prepare(prefer, ("person", "value"))
        # In this transaction: the same few are paged by all its units.
        self._known: dict[tuple[str, tuple[Address, ...]], Reach] = {}
        self._known_in = -1

    def of(self, person: str, addresses: Sequence[Address], *, whole: bool = False) -> Reach:
        if whole:
            return self._read(person, addresses, whole=True)
        if self._known_in != self._db.state:
            self._known, self._known_in = {}, self._db.state
        key = (person, tuple(addresses))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._read(person, addresses, whole=False)
        return found

    def prefer(self, person: str, wants: Preferences) -> None:
        self._db.state += 1
        self._db.put(self._prefer, person=person, value=_to_text(wants))

    def failed(self, address: Address, at: datetime, why: str, *, refused: bool) -> None:
        self._db.state += 1
        values = {"at": micros(at), "why": why, "refused_at": micros(at) if refused else None}
        self._db.put(self._failed, channel=address.channel, address=address.address, **values)

    def _read(self, person: str, addresses: Sequence[Address], *, whole: bool) -> Reach:
        return _reach(self._db.rows(self._query(len(addresses), whole), person=person, **_pairs(addresses)))

    def _query(self, count: int, whole: bool) -> Prepared:
        return self._db.many(("reach", whole), 2 * _size(count), _whole if whole else _deciding)


def _size(count: int) -> int:
    """A list of this length is filled up to a power of two, so that few statements are compiled."""
    return 1 << (count - 1).bit_length() if count else 0


def _pairs(addresses: Sequence[Address]) -> dict[str, str]:
    """The addresses as parameters "i0", "i1", ..., channel and address by turns; the last one fills up."""
    filled = [addresses[min(n, len(addresses) - 1)] for n in range(_size(len(addresses)))]
    words = (word for one in filled for word in (one.channel, one.address))
    return {f"i{n}": word for n, word in enumerate(words)}


def _deciding(binds: Sequence[sa.BindParameter[str]]) -> sa.Select[tuple[Any, ...]]:
    """What decides: what got through or was heard is looked for only where something hangs on it."""
    return _select(binds, sa.case)


def _whole(binds: Sequence[sa.BindParameter[str]]) -> sa.Select[tuple[Any, ...]]:
    """All there is, to be shown."""
    return _select(binds, None)


def _select(
    binds: Sequence[sa.BindParameter[str]], where: Callable[..., sa.ColumnElement[Any]] | None
) -> sa.Select[tuple[Any, ...]]:
    here = _here(binds)
    sent = sa.select(_o.sent_at).where(schema.condition(schema.IS_SENT))
    sent = sent.where(_o.channel == here.c.channel, _o.address == here.c.address).order_by(_o.id.desc()).limit(1)
    heard = sa.select(_i.received_at).where(_i.channel == here.c.channel, _i.sender == here.c.address)
    heard = heard.order_by(_i.id.desc()).limit(1)
    wants = sa.select(_p.value).where(_p.person == sa.bindparam("person")).scalar_subquery()
    last_sent: Any = sent.scalar_subquery()
    last_heard: Any = heard.scalar_subquery()
    if where is not None:
        windowed = here.c.channel.in_([sa.literal_column(f"'{name}'") for name in WINDOWS])
        refused = _f.refused_at.is_not(None)
        last_sent = where((refused, last_sent))
        last_heard = where((sa.or_(refused, windowed, wants.is_not(None)), last_heard))
    columns = (here.c.channel, here.c.address, here.c.bound, _f.at, _f.why, _f.refused_at)
    joined = here.outerjoin(schema.failures, sa.and_(_f.channel == here.c.channel, _f.address == here.c.address))
    return sa.select(*columns, last_sent.label("sent"), last_heard.label("heard"), wants.label("wants")).select_from(
        joined
    )


def _here(binds: Sequence[sa.BindParameter[str]]) -> sa.CTE:
    """The addresses that are named, and those that the person bound, with when."""
    never = sa.cast(sa.null(), sa.BigInteger).label("bound")
    named = [
        sa.select(sa.cast(channel, sa.Text).label("channel"), sa.cast(address, sa.Text).label("address"), never)
        for channel, address in zip(binds[::2], binds[1::2], strict=True)
    ]
    bound = sa.select(_b.channel, _b.address, _b.at.label("bound")).where(_b.person == sa.bindparam("person"))
    return (sa.union_all(*named, bound) if named else bound).cte("here")


def _reach(rows: Iterable[Row]) -> Reach:
    bound: dict[Address, int] = {}
    known: dict[Address, Health] = {}
    wants = Preferences()
    for channel, address, at, failed_at, why, refused_at, sent, heard, text in rows:
        one = Address(channel, address)
        if at is not None:
            bound[one] = at
        if failed_at is not None or sent is not None or heard is not None:
            instants = [instant_or_none(each) for each in (sent, failed_at, refused_at, heard)]
            known[one] = Health(instants[0], instants[1], why or "", instants[2], instants[3])
        if text is not None:
            wants = _from_text(text)
    latest = sorted(bound, key=lambda one: (-bound[one], one.channel, one.address))
    return Reach(tuple(latest), wants, known)


def _to_text(wants: Preferences) -> str:
    quiet = wants.quiet
    kept: dict[str, object] = {"first": [[one.channel, one.address] for one in wants.first]}
    if quiet:
        hours = [quiet.start.isoformat(), quiet.end.isoformat()]
        kept |= {"quiet": hours, "days": sorted(quiet.days), "on": quiet.on}
    return json.dumps(kept)


def _from_text(text: str) -> Preferences:
    kept = json.loads(text)
    quiet = None
    if "quiet" in kept:
        start, end = map(time.fromisoformat, kept["quiet"])
        quiet = Quiet(start, end, frozenset(kept["days"]), kept["on"])
    return Preferences(tuple(Address(*one) for one in kept["first"]), quiet)
