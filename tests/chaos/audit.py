"""After the kills: what was said against what is stored, what is stored against what was shown."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.channels.telegram_text import split
from sla.clock import clocks_of
from sla.contract import internal_contract
from sla.ledger import reconcile, verify
from sla.message import Purpose
from sla.rules import Rules
from sla.ticket import ENGINEER_ACTS, EventKind, Ticket
from sla.watch import Case, due_actions
from storage.base import UnitOfWork
from storage.crypt import Crypt
from storage.files import load_folder
from storage.sql_outbox import PAYLOAD
from storage.writer import Store
from tests.chaos.stage import Crowd
from tests.chaos.victim import Life

HARD = frozenset({Purpose.PAGE, Purpose.REMINDER, Purpose.BREACH})
ENDS_PAGES = ENGINEER_ACTS | {EventKind.CONFIRMED, EventKind.CANCELLED, EventKind.JOINED, EventKind.ACCEPTED}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
BY_THEN = timedelta(minutes=5)  # a report without a system waits two minutes for the answer to the question back


@dataclass
class Report:
    """What was found. `wrong` is empty when nothing is lost; `counts` what may be and is printed."""

    kinds: Mapping[str, int]
    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        died = ", ".join(f"{number} {kind}" for kind, number in sorted(self.kinds.items()))
        found = "\n".join(f"{number:6} {name}" for name, number in self.counts.items())
        return f"killed: {died}\n{found}\n" + ("\n".join(self.wrong) or "nothing is lost")


@dataclass(frozen=True, slots=True)
class Sending:
    """A row of the outbox."""

    id: int
    key: str
    purpose: str
    ticket: int | None
    address: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of the inbox, without its words."""

    id: int
    key: str
    state: str
    ticket: int | None


def audit(store: Store, crowd: Crowd, life: Life, kinds: Mapping[str, int]) -> Report:
    """Everything that can be wrong."""
    rules = load_folder(life.config)[0]
    report = Report(kinds)
    with closing(sqlite3.connect(life.file)) as database:
        inbox = [Kept(*row) for row in database.execute("select id, key, state, ticket from inbox")]
        rows = database.execute("select id, key, purpose, ticket, address, state, payload from outbox").fetchall()
    crypt = Crypt(life.keys)
    opened = ([*row[:-1], str(crypt.open_map(PAYLOAD, row[-1])["text"])] for row in rows)
    sendings = [Sending(*row) for row in opened]
    tickets = store.read_sync(lambda uow: list(uow.tickets.between(LONG_AGO, life.now())))
    report.wrong += _messages(inbox, crowd, sendings)
    report.wrong += _reports(tickets, crowd, report.counts)
    report.wrong += _pages(sendings, tickets, life.now() - BY_THEN)
    report.wrong += _shown(sendings, crowd, report.counts)
    report.wrong += store.read_sync(lambda uow: list(_steps(uow, tickets, sendings, rules, life.now())))
    report.wrong += store.read_sync(lambda uow: list(_ledger(uow, tickets, rules, life.now())))
    report.wrong += _logged(life.log)
    _count(report.counts, inbox, tickets, sendings)
    return report


def _messages(inbox: Sequence[Kept], crowd: Crowd, sendings: Sequence[Sending]) -> Iterator[str]:
    """Each message is kept once and handled: it belongs to a ticket, or its writer was asked to which."""
    kept = Counter(message.key for message in inbox)
    for key in crowd.keys:
        if kept[key] != 1:
            yield f"message {key} is kept {kept[key]} times"
    for key in set(kept) - set(crowd.keys):
        yield f"nobody said {key}"
    answered = {sending.key.split(":")[1] for sending in sendings if sending.key.startswith("answer:")}
    for message in inbox:
        if message.state != "done":
            yield f"message {message.key} is {message.state}"
        if message.ticket is None and str(message.id) not in answered:
            yield f"message {message.key} belongs to no ticket and has no answer"


def _reports(tickets: Sequence[Ticket], crowd: Crowd, counts: Counter[str]) -> Iterator[str]:
    """The words of a report stand in one ticket, once. Those that answered a question became labels."""
    words = [str(event.data.get("text", "")) for ticket in tickets for event in ticket.events]
    for text in crowd.reports:
        found = sum(text in said for said in words)
        counts["reports"] += 1
        counts["of them taken as an answer or a correction"] += found == 0
        if found > 1:
            yield f"{text} stands in {found} events"


def _pages(sendings: Sequence[Sending], tickets: Sequence[Ticket], by: datetime) -> Iterator[str]:
    """Whatever must reach somebody was sent, or is needed no more because somebody acted."""
    acted = {t.number for t in tickets if any(event.kind in ENDS_PAGES for event in t.events)}
    moved = {t.number for t in tickets if any(event.kind is EventKind.RECLASSIFIED for event in t.events)}
    for sending in sendings:
        # A reminder goes with its deadline, where other labels have another one.
        ended = acted | moved if sending.purpose == Purpose.REMINDER else acted
        if (
            sending.purpose in HARD
            and sending.state != "sent"
            and not (sending.state == "dropped" and sending.ticket in ended)
        ):
            yield f"{sending.purpose} {sending.key} is {sending.state}"
        if sending.state == "waiting":
            yield f"{sending.purpose} {sending.key} still waits"
    paged = {s.ticket for s in sendings if s.purpose == Purpose.PAGE}
    for ticket in tickets:
        if ticket.number not in paged | acted and (ticket.events[0].recorded_at or ticket.events[0].at) < by:
            yield f"W{ticket.number}: nobody was paged and nobody acted"


def _shown(sendings: Sequence[Sending], crowd: Crowd, counts: Counter[str]) -> Iterator[str]:
    """What is marked as sent was shown; what was shown more often than there are notices of it is counted."""
    for address in sorted({sending.address for sending in sendings}):
        here = [sending for sending in sendings if sending.address == address]
        meant = Counter(part for sending in here for part in split(sending.text))
        sent = Counter(part for sending in here if sending.state == "sent" for part in split(sending.text))
        shown = Counter(crowd.world.first_shown(int(address)))  # buttons give way to who took it, below the words
        for text, number in (sent - shown).items():
            yield f"marked as sent to {address} {number} times, and not shown: {text[:40]}"
        for text in set(shown) - set(meant):
            yield f"shown to {address}, and nobody meant it: {text[:40]}"
        pages = {sending.text.strip() for sending in here if sending.purpose == Purpose.PAGE}
        for text, number in (shown - meant).items():
            counts["pages shown twice" if text in pages else "other messages shown twice"] += number


def _steps(
    uow: UnitOfWork, tickets: Sequence[Ticket], sendings: Sequence[Sending], rules: Rules, now: datetime
) -> Iterator[str]:
    """What the facts of a ticket say was due is done, once, and each that was done left its notice."""
    keys = [sending.key for sending in sendings]
    if len(set(keys)) != len(keys):
        yield "a notice is in the outbox twice"
    for ticket in tickets:
        steps = uow.tickets.steps(ticket.number)
        case = _case(ticket, steps, rules)
        yield from (f"W{ticket.number}: {action.key} is due and not done" for action in due_actions(case, now))
        for action in due_actions(replace(case, steps={}), now):
            if action.key not in steps:
                yield f"W{ticket.number}: {action.key} was never done"
        for step in steps:
            if step.startswith("storm/") or _is_inherited(ticket, step):
                continue  # said in a message of the report that reached the number; told under the first ticket
            if not any(key.startswith(f"{ticket.number}:{step}") or f":unreached/{step}:" in key for key in keys):
                yield f"W{ticket.number}: {step} is done, and nobody was told"


def _is_inherited(ticket: Ticket, step: str) -> bool:
    """Whether a page was sent for the ticket that led the incident before this one."""
    kind, _, rest = step.partition("/")
    return kind == "page" and "since" in ticket.events[int(rest.partition("/")[0])].data


def _case(ticket: Ticket, steps: Mapping[str, datetime], rules: Rules) -> Case:
    contract = rules.contract_of(ticket)
    return Case(
        ticket=ticket,
        contract=contract or internal_contract(rules.calendar.timezone),
        clocks=clocks_of(ticket, contract, rules.calendar, rules.versions),
        steps=steps,
        rota=rules.rota,
        calendar=rules.calendar,
        question_wait=rules.site.question_wait,
    )


def _ledger(uow: UnitOfWork, tickets: Sequence[Ticket], rules: Rules, now: datetime) -> Iterator[str]:
    """The chain is whole, and lacks nothing that the facts say."""
    if problem := verify(uow.ledger.all()):
        yield f"ledger: {problem}"
    for ticket in tickets:
        case = _case(ticket, {}, rules)
        entries = uow.ledger.of_ticket(ticket.number)
        for entry in reconcile(ticket, case.clocks, entries, now):
            yield f"ledger: W{ticket.number} lacks {entry.kind} {entry.clock}"


def _logged(log: Path) -> Iterator[str]:
    """A kill is no reason for an error in the log."""
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # the line that its writer died in
        if entry.get("level") in {"error", "critical"}:
            yield f"logged: {line[:400]}"


def _count(
    counts: Counter[str],
    inbox: Sequence[Kept],
    tickets: Sequence[Ticket],
    sendings: Sequence[Sending],
) -> None:
    counts["messages"] = len(inbox)
    counts["of them on a ticket"] = sum(message.ticket is not None for message in inbox)
    counts["tickets"] = len(tickets)
    for sending in sendings:
        counts[f"{sending.purpose} {sending.state}"] += 1
    counts.setdefault("pages shown twice", 0)
