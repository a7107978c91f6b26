"""An incident whose first ticket is withdrawn goes on under the next, as far as it was."""

from datetime import datetime

from handlers import describe, storm
from handlers.talk import Talk
from sla.amend import in_place
from sla.message import Purpose
from sla.paging import Paging, paging
from sla.ticket import Event, EventKind, Ticket

WORK = frozenset(
    {
        EventKind.ACKNOWLEDGED, EventKind.REMOTE_FAILED, EventKind.ARRIVED, EventKind.SENIOR_ARRIVED,
        EventKind.HANDED_OVER, EventKind.CAUSE_RECORDED,
    }
)  # fmt: skip  # one glance instead of a column
"""What an engineer did about the fault, whichever of its tickets it was written on."""


def go_on(talk: Talk, first: Ticket) -> Ticket | None:
    """Let the next ticket lead instead of `first` (as it was before): its clocks are those of its own report, stopped
    by what was done for the incident since; who was paged is not paged again. None where nothing is joined to it."""
    others = sorted(talk.uow.tickets.joined_to(first.number), key=lambda each: (each.reported_at, each.number))
    if not others:
        return None
    heir, *rest = others
    lost = talk.uow.outbox.drop(first.number, (Purpose.PAGE,), talk.now)
    events = _inherited(talk, first, heir)
    begins = next((n for n in range(len(events) - 1, -1, -1) if "since" in events[n].data), None)
    steps = talk.uow.tickets.steps(first.number)
    carried = {key: at for key, at in steps.items() if key.startswith("storm/")}
    if begins is not None and not lost:
        going_on = _paging(talk, first)
        ladder = f"page/{going_on.begun_by}/" if going_on else ""
        place = len(heir.events) + begins
        carried |= {f"page/{place}/{key[len(ladder) :]}": at for key, at in steps.items() if key.startswith(ladder)}
    talk.uow.tickets.add_steps(heir.number, carried)
    heir = talk.record(heir, *events)
    for each in rest:
        moved = talk.event(EventKind.PARTED, text="moved")
        talk.record(each, moved, talk.event(EventKind.JOINED, incident=heir.number))
    heir = storm.levelled(talk, heir)
    _tell(talk, first, heir, len(rest))
    return heir


def _paging(talk: Talk, ticket: Ticket) -> Paging | None:
    rota = talk.rules.rota

    def team_of(contract: str | None) -> str:
        team = rota.team_of(contract)
        return team.id if team else ""

    return paging(ticket, talk.rules.site.question_wait, team_of)


def _inherited(talk: Talk, first: Ticket, heir: Ticket) -> list[Event]:
    """The events by which a ticket leads: that it stands by itself, and what was done for the incident. Where somebody
    is being paged, the event that the paging goes on from names since when."""
    done = [_copied(talk, event, first, heir) for event in in_place(first.events) if _is_work(event, first)]
    alone = talk.event(EventKind.PARTED, text=f"W{first.number} leads no more", leads=True)
    going_on = _paging(talk, first)
    if going_on is None:
        return [alone, *done]
    if first.events[going_on.begun_by].kind is EventKind.HANDED_OVER:
        return [alone, *done[:-1], _since(done[-1], going_on.since)]
    return [*done, _since(alone, going_on.since)]


def _is_work(event: Event, ticket: Ticket) -> bool:
    return event.kind in WORK and event.at >= (ticket.round_started_at or event.at)


def _copied(talk: Talk, event: Event, first: Ticket, heir: Ticket) -> Event:
    """What was done for the one, as done for the other: not before it was reported."""
    at = max(event.at, heir.reported_at)
    return Event(event.kind, at, event.by, {**event.data, "from": first.number}, talk.now)


def _since(event: Event, since: datetime) -> Event:
    return Event(event.kind, event.at, event.by, {**event.data, "since": since.isoformat()}, event.recorded_at)


def _tell(talk: Talk, first: Ticket, heir: Ticket, more: int) -> None:
    """Who works on it hears under which number it goes on."""
    person = talk.worker_of(heir)
    if person is not None:
        labels = describe.labels(heir, talk.rules, person.language)
        due = describe.deadlines(talk.running(heir), talk.rules, talk.now, person.language)
        due = due or talk.say_to(person, "no_deadline")
        talk.tell_workers(heir, "incident_goes_on", first=first.number, more=more, labels=labels, deadlines=due)
