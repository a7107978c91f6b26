"""What is due for a ticket now, and when to look again. Pure: a case in, actions out, nothing remembered here.

`pending` is everything that would be done if nothing else happened; `due_actions` is what of it is due, in order, and
`next_look` the first instant at which something is. What was done is known by its step's key, so that each action
happens once, and late if there was a downtime. Of what piled up meanwhile only the nearest is done where the others
would say the same: of several reminders of one clock the nearest, of two pages to one rung the later.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import attrgetter

from sla.amend import in_place
from sla.calendar import Calendar
from sla.clock import Clock, ClockState
from sla.contract import Contract
from sla.escalation import SHORTEST, Step, ladder_at, on_duty, personal, step_length
from sla.ledger import Entry
from sla.paging import Paging, Reason, awaits_confirmation, is_closed, paging, said, urges
from sla.rota import Rota, Team, Who
from sla.ticket import ENGINEER_ACTS, EventKind, Ticket

INSTANT = timedelta(microseconds=1)
CONFIRM_AFTER = timedelta(hours=24)
ON_CALL = (Who.FIRST, Who.SECOND)
ABOVE = (Who.SECOND, Who.LEAD, Who.PROVIDER_MANAGER)
"""Whom a reporter who urges has called, one after the other."""
CORRECTED = "corrected"
ASSIGNEE, LEAD, PROVIDER_MANAGER = "assignee", "lead", "provider_manager"


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket with what is known of it. `contract` is the internal one where none covers it; the keys of `steps` name
    what was done already."""

    ticket: Ticket
    contract: Contract
    clocks: tuple[Clock, ...]
    steps: Mapping[str, datetime]
    rota: Rota
    calendar: Calendar
    question_wait: timedelta = timedelta(minutes=2)
    confirm_after: timedelta | None = CONFIRM_AFTER


@dataclass(frozen=True, slots=True)
class Page:
    """Page a rung. Where `person` is named, it stands for the first on call, and the second is the other one on call.
    `rung` counts from 0."""

    key: str
    due_at: datetime
    who: Who
    reason: Reason
    person: str = ""
    rung: int = 0


@dataclass(frozen=True, slots=True)
class Remind:
    """Remind of a clock `before` its deadline. `audience`: the assignee (or who is on call), the lead, the manager."""

    key: str
    due_at: datetime
    clock: Clock
    before: timedelta
    audience: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordBreach:
    """Record that a clock ran over and tell the managers of both sides."""

    key: str
    due_at: datetime
    clock: Clock


@dataclass(frozen=True, slots=True)
class AskConfirmation:
    """Ask the reporter once more whether it works again."""

    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class EndPause:
    """Record that a pause is over by itself, `at_most` so long after it began."""

    key: str
    due_at: datetime


_due_at = attrgetter("due_at")
Action = Page | Remind | RecordBreach | AskConfirmation | EndPause
_MAY_BE_OVER = frozenset({ClockState.RUNNING, ClockState.MISSED})
_ORDER: tuple[type, ...] = (EndPause, RecordBreach, Page, Remind, AskConfirmation)


def due_actions(case: Case, now: datetime) -> tuple[Action, ...]:
    """What is due at `now` (aware) and not done yet, in the order in which it fell due."""
    return in_order(pending(case, now), now)


def in_order(actions: Iterable[Action], now: datetime) -> tuple[Action, ...]:
    """Those of the actions that are due, in the order in which they fell due."""
    due = [action for action in actions if action.due_at <= now]
    due.sort(key=lambda action: (action.due_at, _ORDER.index(type(action))))
    return tuple(due)


def next_look(case: Case, now: datetime) -> datetime | None:
    """The first instant (UTC) at which something is due, which may have passed; None when nothing ever will be unless
    something happens."""
    return min((action.due_at for action in pending(case, now)), default=None)


def pending(case: Case, now: datetime) -> list[Action]:
    """What is still to be done, as seen at `now`: all that is due, and of each sort at least the first that is not.

    Once all that is due is done, what remains of it is what is to come: its first instant is the next look.
    """
    found: list[Action] = [*_breaches(case), *_reminders(case, now)]
    if is_closed(case.ticket):
        return found
    if case.ticket.is_working:
        found += _pages(case, now)
    if awaits_confirmation(case.ticket) and case.confirm_after is not None and case.ticket.resolved_at is not None:
        at = case.ticket.resolved_at.astimezone(UTC)
        key = f"confirm/{int(at.timestamp())}"
        if key not in case.steps:
            found.append(AskConfirmation(key, at + case.confirm_after))
    if (pause := end_of_pause(case.clocks)) is not None:
        found.append(pause)
    return found


def end_of_pause(clocks: Iterable[Clock]) -> EndPause | None:
    """When the pause in which some of these clocks stand still is over by itself; None where none is, or never will."""
    until = min((clock.paused_until for clock in clocks if clock.paused_until is not None), default=None)
    return EndPause(f"continue/{int(until.timestamp())}", until.astimezone(UTC)) if until else None


# breaches


def breach_key(clock: Clock, steps: Collection[str]) -> str:
    """The step that says that this clock's breach was told; after a correction, the next breach is another one."""
    key = clock.key
    corrected = sum(step.startswith(f"{CORRECTED}/{key}#") for step in steps)
    return f"breach/{key}#{corrected + 1}" if corrected else f"breach/{key}"


def correction_key(entry: Entry) -> str:
    """The step that says that a breach of this clock was corrected."""
    return f"{CORRECTED}/{entry.round}/{entry.clock}#{entry.refers_to}"


def _breaches(case: Case) -> Iterator[RecordBreach]:
    corrected = [key for key in case.steps if key.startswith(CORRECTED)]
    for clock in case.clocks:
        if clock.state not in _MAY_BE_OVER or clock.rule.internal:
            continue
        if clock.paused_since is not None and clock.paused_until is None:
            continue  # it will move, and nobody knows how far
        key = breach_key(clock, corrected)
        if key not in case.steps:
            # At the last instant itself it is still met.
            yield RecordBreach(key, clock.latest.astimezone(UTC) + INSTANT, clock)


# reminders


def _reminders(case: Case, now: datetime) -> Iterator[Remind]:
    for clock in case.clocks:
        # One that is paused is reminded of when it goes on: its deadline is another one then.
        if clock.state is ClockState.RUNNING and clock.paused_since is None and (clock.internal or now <= clock.due):
            yield from _reminders_of(clock, case.steps, now)


def _reminders_of(clock: Clock, steps: Mapping[str, datetime], now: datetime) -> Iterator[Remind]:
    """The nearest that is due, which stands for those before it, and the next one to come."""
    due = clock.due.astimezone(UTC)
    length, left = due - clock.start.astimezone(UTC), due - now
    befores = [before for before in clock.rule.reminders if before < length]
    to_come = next((index for index, before in enumerate(befores) if before < left), len(befores))
    for index in range(max(to_come - 1, 0), min(to_come + 1, len(befores))):
        before = befores[index]
        # A deadline that moved is reminded of anew.
        key = f"remind/{clock.key}/{int(due.timestamp())}/{int(before.total_seconds())}"
        if key not in steps:
            yield Remind(key, due - before, clock, before, audience(index, len(befores)))


@lru_cache(maxsize=256)
def audience(index: int, count: int) -> tuple[str, ...]:
    """Who is reminded by reminder `index` of `count`: the nearer the deadline, the higher."""
    who = [ASSIGNEE]
    if index * 2 >= count or index == count - 1:
        who.append(LEAD)
    if index == count - 1:
        who.append(PROVIDER_MANAGER)
    return tuple(who)


# pages


def _pages(case: Case, now: datetime) -> Iterator[Page]:
    going_on = paging(case.ticket, case.question_wait, lambda contract: _team_id(case.rota, contract))
    team = case.rota.team_of(going_on.contract if going_on else case.ticket.contract)
    if team is None:
        return
    if going_on is not None:
        yield from _nearest(_ladder_pages(case, team, going_on), case.steps, now)
    else:
        yield from _nearest(_forgotten_pages(case, team, now), case.steps, now)
    yield from _nearest(_urge_pages(case, team), case.steps, now)


def _team_id(rota: Rota, contract: str | None) -> str:
    team = rota.team_of(contract)
    return team.id if team else ""


def _ladder_pages(case: Case, team: Team, going_on: Paging) -> Iterator[Page]:
    steps = _ladder(case, team, going_on.since)
    if going_on.person:
        wait = step_length(case.ticket.priority, _respond(case))
        steps = personal(steps, wait, again=True)
    reason = going_on.reason
    for index, step in enumerate(steps):
        key = f"page/{going_on.begun_by}/{step.name}"
        person = going_on.person if step.who in ON_CALL else ""
        yield Page(key, going_on.since + step.after, step.who, reason, person, index)
        reason = Reason.AGAIN if going_on.reason is Reason.NEW else going_on.reason


def _forgotten_pages(case: Case, team: Team, now: datetime) -> Iterator[Page]:
    """Acknowledged, and nothing more done until half of the time to the next deadline is gone. Of a ladder of which
    nothing is due or done the first page alone."""
    found = _last_act(case.ticket)
    if found is None or not case.ticket.assignee:
        return
    index, acted_at = found
    running = (clock for clock in case.clocks if clock.state is ClockState.RUNNING and clock.paused_since is None)
    deadline = min((clock.due for clock in running if clock.due > acted_at), default=None)
    if deadline is None:
        return
    since = acted_at + max((deadline - acted_at) / 2, SHORTEST)
    if since >= deadline:
        return
    wait, named = step_length(case.ticket.priority, _respond(case)), f"forgotten/{index}/"
    begun = since <= now or any(key.startswith(named) for key in case.steps)
    for rung, step in enumerate(personal(_ladder(case, team, since) if begun else (), wait, again=False)):
        person = case.ticket.assignee if step.who in ON_CALL else ""
        yield Page(f"{named}{step.name}", since + step.after, step.who, Reason.FORGOTTEN, person, rung)


def _last_act(ticket: Ticket) -> tuple[int, datetime] | None:
    """The acknowledgement that is the last thing an engineer did, with its number; None when something followed it.

    Where something was voided or the clocks went on after a pause since, it counts from then, under that number: nobody
    is called for what nobody knew, nor for time in which there was nothing to do.
    """
    events, anew = in_place(ticket.events), 0
    for index in range(len(events) - 1, -1, -1):
        event = events[index]
        if event.kind is EventKind.CONTINUED or (event.kind is EventKind.AMENDED and event.data.get("void")):
            anew = anew or index
        if event.kind is EventKind.ACKNOWLEDGED:
            return anew or index, said(events[anew or index])
        if event.kind in ENGINEER_ACTS:
            return None
    return None


def _urge_pages(case: Case, team: Team) -> Iterator[Page]:
    """Who has the ticket is paged, and one rung above for each time after the first; while nobody has it, at once. The
    highest rung stays: who goes on urging is never heard by fewer people than before."""
    person = case.ticket.assignee
    for times, (index, at) in enumerate(urges(case.ticket)):
        yield Page(f"urged/{index}", at, Who.FIRST, Reason.URGED, person)
        above = [who for who in ABOVE if on_duty(team, at)(who)]
        height = times if person else times + 1
        if height and above:
            who = above[min(height, len(above)) - 1]
            yield Page(f"urged/{index}/{who}", at, who, Reason.URGED, person if who in ON_CALL else "", height)


def _ladder(case: Case, team: Team, since: datetime) -> tuple[Step, ...]:
    window = case.contract.windows.window_at(since, case.calendar.in_zone(case.contract.timezone))
    return ladder_at(team, case.ticket.priority, window, _respond(case), since)


def _respond(case: Case) -> timedelta | None:
    """The length of the latest respond clock."""
    for clock in reversed(case.clocks):
        if clock.name == "respond":
            return clock.due - clock.start
    return None


def _nearest(pages: Iterable[Page], steps: Mapping[str, datetime], now: datetime) -> Iterator[Page]:
    """The pages not done yet, without those for which a later one to the same rung is due or done already."""
    covered: set[tuple[Who, str]] = set()
    for page in sorted(pages, key=_due_at, reverse=True):
        rung = (page.who, page.person)
        if rung not in covered and page.key not in steps:
            yield page
        if page.key in steps or page.due_at <= now:
            covered.add(rung)
