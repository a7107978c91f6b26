"""What must always hold. A check raises Broken with the invariant's name, the ticket, and what was found."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bot.simulate import oracle, oracle_quota
from bot.simulate.world import Heard
from handlers.duty_book import open_book
from handlers.time_passes import TICKET
from sla.clock import Clock, ClockState, clocks_of
from sla.contract import Contract, internal_contract
from sla.errors import SlaError
from sla.figures import figures
from sla.fold import fold
from sla.ledger import CLOSED, GENESIS, Entry, digest, name_of, reconcile
from sla.message import Purpose
from sla.paging import paging, said
from sla.records import RecordKind
from sla.rota import Team
from sla.rules import Rules
from sla.ticket import ENGINEER_ACTS, EventKind, Ticket
from sla.watch import Case, next_look
from storage.memory import MemoryUnitOfWork

LADDER_AT_MOST = timedelta(hours=2)
"""After so long without an answer every ladder is at its end: seven rungs of at most 15 minutes, and the wait of a
question."""
LONGEST_ON_ITS_WAY = timedelta(hours=25)
LATELY = timedelta(days=9)
"""How long ago the duties were due that are looked at again: longer than from one look at the whole to the next."""
BACK_AGAIN = timedelta(hours=3)
"""After so long a process that was away has put on record what was missed meanwhile."""
INSTANT = timedelta(microseconds=1)
PAGES_END = ENGINEER_ACTS | {EventKind.CANCELLED, EventKind.JOINED, EventKind.CONFIRMED, EventKind.ACCEPTED}
SETTLING = frozenset({EventKind.RESOLVED, EventKind.LIVE, EventKind.DELIVERED})


class Broken(SlaError):
    """An invariant does not hold. `story` is the one of the ticket, where it is known."""

    story: int | None = None

    def __init__(self, invariant: str, ticket: int | None, detail: str) -> None:
        super().__init__(invariant, ticket, detail)  # so that it can go from one process to another
        self.invariant, self.ticket, self.detail = invariant, ticket, detail

    def __str__(self) -> str:
        return f"{self.invariant}: {self.detail}"


class Checks:
    """The invariants over one store. `head` is the chain up to where it was verified; `late` are tickets whose last
    look broke: until the next one they are behind."""

    def __init__(self, uow: MemoryUnitOfWork, rules: Rules) -> None:
        self.uow, self.rules = uow, rules
        self.head = (0, GENESIS)
        self.late: set[int] = set()

    # after every event

    def touched(self, number: int, now: datetime) -> None:
        """A ticket that something just happened to."""
        if number in self.late:
            return
        ticket = self.uow.tickets.load(number)
        if ticket is None:
            raise Broken("a ticket stays", number, "it is not there any more")
        clocks = self.clocks(ticket)
        case = self.case(ticket, clocks)
        derived, watched = next_look(case, now), self.uow.watched.get(TICKET, str(number))
        if derived != watched:
            raise Broken("watched equals what next_look derives", number, f"watched {watched}, derived {derived}")
        if derived is not None and derived <= now:
            raise Broken("what is due is done", number, f"due at {derived}, still waiting at {now}")
        self._incident(ticket)
        self._owned(ticket, clocks, case, now)
        self._ledger(ticket, clocks, now)

    def clocks(self, ticket: Ticket) -> tuple[Clock, ...]:
        """The clocks of a ticket, from its facts."""
        return clocks_of(ticket, self.rules.contract_of(ticket), self.rules.calendar, self.rules.versions)

    def case(self, ticket: Ticket, clocks: tuple[Clock, ...]) -> Case:
        """The ticket as `sla.watch` looks at it."""
        rules = self.rules
        contract = rules.contract_of(ticket) or internal_contract(rules.calendar.timezone)
        steps = self.uow.tickets.steps(ticket.number)
        return Case(ticket, contract, clocks, steps, rules.rota, rules.calendar, rules.site.question_wait)

    def _incident(self, ticket: Ticket) -> None:
        """Whoever waits for another ticket waits for one that is worked on, or was mended with it."""
        if ticket.incident is None or not ticket.is_working:
            return
        first = self.uow.tickets.load(ticket.incident)
        if first is None or first.incident is not None or not first.is_open:
            state = f"{first.state}, part of {first.incident}" if first else "gone"
            raise Broken("an incident is led", ticket.number, f"W{ticket.incident} is {state}")

    def _owned(self, ticket: Ticket, clocks: tuple[Clock, ...], case: Case, now: datetime) -> None:
        """No clock without an owner, no page without an end."""
        running = [clock for clock in clocks if clock.state is ClockState.RUNNING and not clock.internal]
        if not ticket.is_open or ticket.incident is not None:
            if running:
                raise Broken("a clock stops with its ticket", ticket.number, f"{running[0].key} runs in {ticket.state}")
            return
        looked_at = self.uow.watched.get(TICKET, str(ticket.number))
        for clock in running:
            last = oracle.look_by(clock, now)
            if last and now <= last and (looked_at is None or looked_at > last + INSTANT):
                raise Broken("no clock without an owner", ticket.number, f"nobody looks at {clock.key} by {last}")
        if ticket.is_working:
            self._paged(ticket, case, now)
        elif wrong := next((clock for clock in running if not SETTLING.isdisjoint(clock.rule.stops)), None):
            raise Broken("a clock stops with its ticket", ticket.number, f"{wrong.key} runs in {ticket.state}")

    def _paged(self, ticket: Ticket, case: Case, now: datetime) -> None:
        """Somebody has it, or is paged for it, up to the last rung of the ladder."""
        going_on = paging(ticket, self.rules.site.question_wait, lambda contract: contract or "")
        if going_on is None:
            if not ticket.assignee:
                raise Broken("no clock without an owner", ticket.number, "nobody has it and nobody is paged")
        elif now > going_on.since + LADDER_AT_MOST:
            last = f"page/{going_on.begun_by}/hospital_manager"
            if last not in case.steps and self.rules.rota.team_of(ticket.contract):
                raise Broken("no page without an end", ticket.number, f"{last} was never climbed to")

    def _ledger(self, ticket: Ticket, clocks: tuple[Clock, ...], now: datetime) -> None:
        entries, contract = self.uow.ledger.of_ticket(ticket.number), self.rules.contract_of(ticket)
        over = {(clock.round, name_of(clock)) for clock in clocks if not clock.internal and oracle.is_over(clock, now)}
        stands = oracle.uncorrected(entries)
        if over != stands:
            raise Broken("the ledger equals a recount", ticket.number, f"overdue {over}, in the ledger {stands}")
        paused = any(event.kind is EventKind.PAUSED for event in ticket.events)
        for clock in clocks:
            expected = oracle.due_with_pauses(ticket, clock, contract) if paused else None
            if expected not in (None, clock.due):
                raise Broken("a pause lengthens by its length", ticket.number, f"{clock.due} instead of {expected}")
            if clock.state is ClockState.MISSED and not clock.internal and clock.stopped_at:
                mine = [e for e in entries if (e.round, e.clock) == (clock.round, name_of(clock)) and e.kind == CLOSED]
                final = int((clock.stopped_at - clock.due).total_seconds())
                if not mine or mine[-1].overrun != final:
                    raise Broken("the ledger equals a recount", ticket.number, f"{clock.key} is over by {final} s")
        if lacking := reconcile(ticket, clocks, entries, now):
            raise Broken("the ledger equals a recount", ticket.number, f"it lacks {lacking[0].kind} {lacking[0].clock}")

    # what is heard

    def heard(self, heard: Heard, created_at: datetime) -> None:
        """A notice that was just sent."""
        notice = heard.notice
        if notice.ticket is None or notice.purpose not in (Purpose.PAGE, Purpose.REMINDER):
            return
        ticket = self.uow.tickets.load(notice.ticket)
        if ticket is None:
            raise Broken("what is said is about a ticket that is there", notice.ticket, notice.key)
        if notice.purpose is Purpose.PAGE:
            self._page(heard, ticket, created_at)
        else:
            self._reminder(heard, ticket)

    def _page(self, heard: Heard, ticket: Ticket, created_at: datetime) -> None:
        """Whoever is paged stands on the ladder of the instant at which the page was written."""
        _, _, rest = heard.notice.key.partition(":")
        kind, begun_by, *more = rest.partition(":")[0].split("/")
        rung = more[0] if more else "first"
        events = oracle.known_at(ticket, created_at)
        then = ticket if len(events) == len(ticket.events) else fold(ticket.number, events)
        team = self.rules.rota.team_of(then.contract)
        person = oracle.called_by_name(ticket, kind, int(begun_by))
        allowed = oracle.on_rung(team, rung, created_at, person) if team else set()
        if heard.who not in allowed:
            raise Broken("nobody is paged who is not on the ladder", ticket.number, f"{heard.who} as {rung}: {allowed}")
        if said(ticket.events[int(begun_by)]) > created_at:
            raise Broken("nobody is paged before", ticket.number, rest)
        self._still_needed(heard, ticket, int(begun_by), team)

    def _still_needed(self, heard: Heard, ticket: Ticket, begun_by: int, team: Team | None) -> None:
        """A page that had to wait is sent only while its ticket still waits for that team."""
        before = [event for event in oracle.known_at(ticket, heard.at)[begun_by + 1 :] if said(event) < heard.at]
        ends = next((event.kind for event in before if event.kind in PAGES_END), None)
        if ends:
            raise Broken("a page ends", ticket.number, f"{heard.who} is paged for {heard.notice.key} after {ends}")
        if self.rules.rota.team_of(ticket.contract) is not team:
            raise Broken("nobody is paged who is not on the ladder", ticket.number, f"{heard.who} of another team")

    def _reminder(self, heard: Heard, ticket: Ticket) -> None:
        key = heard.notice.key.split(":")[1].removeprefix("remind/")
        name, due, _ = key.rsplit("/", 2)
        clock = next((clock for clock in self.clocks(ticket) if clock.key == name), None)
        stopped = clock is None or (clock.state is not ClockState.RUNNING and clock.stopped_at != heard.at)
        if stopped or int(clock.due.timestamp()) != int(due):  # type: ignore[union-attr]  # it is there where it runs
            state = clock.state if clock else "gone"
            raise Broken(
                "no reminder after its clock stopped", ticket.number, f"{name} is {state}, {heard.who} is told"
            )
        if clock and clock.is_paused(heard.at) and clock.paused_since != heard.at:
            raise Broken("no reminder of a clock that stands still", ticket.number, f"{name}, {heard.who} is told")

    # the whole store

    def whole(self, now: datetime) -> None:
        """Everything that only the whole store shows."""
        for number in self.uow.tickets.numbers():
            self.touched(number, now)
        for row in self.uow.outbox.waiting():
            if now - row.created_at > LONGEST_ON_ITS_WAY:
                raise Broken("nothing is in the outbox for ever", row.notice.ticket, f"{row.notice.key} is {row.state}")
        for left in self.uow.inbox.unhandled(1):
            raise Broken("every message is handled", left.ticket, left.inbound.key)
        there = set(map(str, self.uow.tickets.numbers()))
        for subject in self.uow.watched.subjects(TICKET):
            if subject not in there:
                raise Broken("watched equals what next_look derives", int(subject), "the ticket is not there")
        self.chain()
        for contract in self.rules.contracts.values():
            self._duties(contract, now)
            self._quotas(contract, now)

    def _duties(self, contract: Contract, now: datetime) -> None:
        """Of the duties that were lately due: what was missed is on record once, what was done in time is not."""
        book, day = open_book(contract, self.uow, self.rules, now), self.rules.calendar.day_of(now)
        missed: Counter[str] = Counter()
        between = self.uow.records.between
        for record in between(now - LATELY * 2, now + LATELY, contract.id, RecordKind.DUTY_OVERDUE):
            missed[record.subject] += -1 if record.data.get("revoked") else 1
        for one in book.times(day - LATELY, day):
            if one.duty.may or now - one.due < BACK_AGAIN:
                continue
            wanted = int(one.done is None or one.done.at > one.due)
            if missed[one.subject] != wanted:
                detail = f"{one.subject}: missed {missed[one.subject]} times on record, {wanted} in truth"
                raise Broken("a missed duty is on record once", None, f"{contract.id} {detail}")

    def _quotas(self, contract: Contract, now: datetime) -> None:
        """What the ledger has of outages is what comes of counting them."""
        tickets = [ticket for n in self.uow.tickets.numbers() if (ticket := self.uow.tickets.load(n))]
        outages = [ticket.outage for ticket in tickets if ticket.outage]
        wanted: oracle_quota.Lines = set()
        for version in self.rules.versions_of(contract.id):
            mine = {one.ticket for one in outages if one.contract_version == version.version} | {0}
            wanted |= {line for line in oracle_quota.expected(version, outages, now) if line[0] in mine}
        found = oracle_quota.found(entry for entry in self.uow.ledger.all() if entry.contract == contract.id)
        if found != wanted:
            odd = sorted(found ^ wanted)
            raise Broken("quotas equal a recount", odd[0][0] or None, f"{odd[0]} of {len(odd)}, at {now}")

    def chain(self) -> None:
        """The ledger's chain from where it was verified the last time."""
        seq, prev = self.head
        for entry in self.uow.ledger.all():
            if entry.seq <= seq:
                continue
            if (entry.seq, entry.prev) != (seq + 1, prev) or entry.hash != digest(entry):
                raise Broken("the ledger verifies", entry.ticket, f"entry {entry.seq} does not fit")
            seq, prev = entry.seq, entry.hash
        self.head = (seq, prev)

    def settled(self, numbers: Iterable[int], now: datetime) -> dict[str, Any]:
        """Tickets whose time is over: that they are what their events make, and their figures, counted twice."""
        cases, entries = [], list[Entry]()
        for number in numbers:
            ticket = self.uow.tickets.load(number)
            anew = fold(number, ticket.events) if ticket else None
            if anew is None or anew != ticket:
                raise Broken("a ticket is a fold of its events", number, "it is not")
            clocks = self.clocks(anew)
            self._ledger(anew, clocks, now)
            cases.append((anew, clocks))
            entries += self.uow.ledger.of_ticket(number)
        entries.sort(key=lambda entry: entry.seq)
        counted, naive = figures(cases, entries, now), oracle.figures(cases, entries, now)
        for name, expected in naive.items():
            found = _plain(getattr(counted, name))
            if found != expected:
                raise Broken("figures equal a naive recount", None, f"{name}: {found} instead of {expected}")
        kinds = Counter(entry.kind for entry in entries)
        kinds.update(event.kind for ticket, _ in cases for event in ticket.events)
        return naive | {"happened": kinds}


def _plain(value: Any) -> Any:
    """Figures as plain values, as the naive recount has them."""
    if isinstance(value, dict):
        plain = {key: _plain(each) for key, each in value.items()}
        return {key: each for key, each in plain.items() if each != (0, 0)}  # clocks that only run
    if hasattr(value, "kept"):
        return value.kept, value.broken
    if hasattr(value, "median"):
        return value.count, value.median, value.p90
    return value
