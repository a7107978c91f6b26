"""Handlers with one fault each, for the simulation to find."""

import copy
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.simulate.world import Handlers
from handlers.receive import receive
from handlers.time_passes import TICKET, time_passes
from sla.ledger import CLOSED, Entry
from sla.message import Purpose
from sla.rota import Rota
from sla.rules import Rules
from storage.base import InboxRow, UnitOfWork


class But:
    """A store, but for what is said otherwise."""

    def __init__(self, store: Any, **otherwise: Callable[..., object]) -> None:
        self._store = store
        self.__dict__.update(otherwise)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def through(change: Callable[[UnitOfWork], None], rules_of: Callable[[Rules], Rules] = lambda rules: rules) -> Handlers:
    """The handlers on a unit of work that was changed, under rules that were."""

    def changed(uow: UnitOfWork) -> UnitOfWork:
        found = copy.copy(uow)
        change(found)
        return found

    def broken_receive(row: InboxRow, uow: UnitOfWork, rules: Rules, now: datetime) -> int | None:
        return receive(row, changed(uow), rules_of(rules), now)

    def broken_time_passes(kind: str, subject: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
        time_passes(kind, subject, changed(uow), rules_of(rules), now)

    return Handlers(broken_receive, broken_time_passes)


def reminders_are_never_dropped(uow: UnitOfWork) -> None:
    outbox = uow.outbox

    def drop(ticket: int, purposes: Iterable[str], at: datetime, person: str | None = None, begins: str = "") -> int:
        return outbox.drop(ticket, [p for p in purposes if p != Purpose.REMINDER], at, person, begins)

    uow.outbox = But(outbox, drop=drop)


def pages_are_never_dropped(uow: UnitOfWork) -> None:
    outbox = uow.outbox

    def drop(ticket: int, purposes: Iterable[str], at: datetime, person: str | None = None, begins: str = "") -> int:
        return outbox.drop(ticket, [p for p in purposes if p != Purpose.PAGE], at, person, begins)

    uow.outbox = But(outbox, drop=drop)


def overruns_are_not_closed(uow: UnitOfWork) -> None:
    ledger = uow.ledger

    def append(entries: Iterable[Entry]) -> None:
        ledger.append(entry for entry in entries if entry.kind != CLOSED)

    uow.ledger = But(ledger, append=append)


def looks_are_not_moved(uow: UnitOfWork) -> None:
    watched = uow.watched

    def put(kind: str, subject: str, next_look: datetime | None) -> None:
        if kind != TICKET or next_look is not None:
            watched.put(kind, subject, next_look)

    uow.watched = But(watched, put=put)


def nothing(uow: UnitOfWork) -> None:
    """The store is as it should be."""


def last_week(rules: Rules) -> Rules:
    """The rota a turn behind."""
    teams = (
        replace(team, turn=replace(team.turn, engineers=(team.turn.engineers[-1], *team.turn.engineers[:-1])))
        for team in rules.rota.teams
    )
    return replace(rules, rota=Rota(tuple(teams)))
