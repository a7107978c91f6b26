"""A ticket's events cut into what its clocks need: rounds, labels over time, what starts, what stops, gaps.

A round begins with the report, and anew with every reopening after a confirmation. Within a round a resolution that was
reopened before its confirmation is void: the time from it to the reopening is a gap in which the clocks that it stopped
stand still, and of the resolution itself only remains that a person answered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sla.contract import ANSWERING, CONFIRMING, SETTLING, Start
from sla.labels import Kind, Priority
from sla.ticket import Event, EventKind

E = EventKind
BEGINNING: Mapping[EventKind, tuple[Start, ...]] = {
    E.REMOTE_FAILED: (Start.REMOTE_FAILED,),
    E.ASSESSED: (Start.ASSESSED,),
    **dict.fromkeys((*ANSWERING, *SETTLING), (Start.ACKNOWLEDGED,)),
    **dict.fromkeys((E.ARRIVED, E.SENIOR_ARRIVED), (Start.ACKNOWLEDGED, Start.ARRIVED)),
    E.SOLUTION_GIVEN: (Start.SOLUTION_GIVEN,),
    E.BUILT: (Start.BUILT,),
}
"""What an event sets going, the first time in a round. Approvals and the end of the work are told apart below."""
SIDES = {"department", "management"}
RELABELLING = frozenset({E.RECLASSIFIED, E.JOINED, E.PARTED})
_ALONE = {kind: frozenset({kind}) for kind in E}
_VOID = _ALONE[E.ACKNOWLEDGED]
_RESOLVED_WITH_CAUSE = frozenset({E.RESOLVED, E.CAUSE_RECORDED})


@dataclass(frozen=True, slots=True)
class Labels:
    """What decides which clocks run. `joined`: the ticket is part of an incident and runs none of its own."""

    kind: Kind
    priority: Priority
    system: str | None = None
    disaster: bool = False
    contract: str | None = None
    version: str = ""
    joined: bool = False

    def after(self, event: Event) -> "Labels":
        """The labels after an event; the same where it changes none."""
        if event.kind in (E.JOINED, E.PARTED):
            return replace(self, joined=event.kind is E.JOINED)
        return _relabelled(self, event.data) if event.kind is E.RECLASSIFIED else self


def first_labels(report: Event) -> Labels:
    """The labels with which a ticket was reported."""
    data = report.data
    system, contract = data.get("system"), data.get("contract")
    return _labels(
        data["kind"],
        data["priority"],
        None if system is None else str(system),
        bool(data.get("disaster")),
        None if contract is None else str(contract),
        str(data.get("contract_version", "")),
    )


@lru_cache(maxsize=4096)
def _labels(kind: str, priority: str, system: str | None, disaster: bool, contract: str | None, version: str) -> Labels:
    """Many tickets are reported with the same labels."""
    return Labels(Kind(kind), Priority(priority), system, disaster, contract, version)


def _relabelled(labels: Labels, data: Mapping[str, Any]) -> Labels:
    system, contract = data.get("system", labels.system), data.get("contract", labels.contract)
    return Labels(
        kind=Kind(data.get("kind", labels.kind)),
        priority=Priority(data.get("priority", labels.priority)),
        system=None if system is None else str(system),
        disaster=bool(data.get("disaster", labels.disaster)),
        contract=None if contract is None else str(contract),
        version=str(data.get("contract_version", labels.version)),
        joined=labels.joined,
    )


@dataclass(slots=True)
class Begin:
    """Something that sets clocks going: the event's index in its round, its instant.

    Of an approved or refused plan also its number; `agreed` is the approved deadline (None where none was named),
    `superseded` the index of the approval of a later plan. Of the end of the work, `plan` is the how-manieth in its
    round it is, from the second on, and `superseded` the index of the reopening that made it void.
    """

    start: Start
    index: int
    at: datetime
    plan: int = 0
    agreed: datetime | None = None
    superseded: int | None = None
    refused: bool = False


@dataclass(slots=True)
class Act:
    """An event as clocks see it: the kinds that it stands for."""

    index: int
    event: Event
    kinds: frozenset[EventKind]


@dataclass(slots=True)
class Stretch:
    """A time under the same labels: `begins` is the index of the event that changed them (None for the first), `ends`
    that of the next such event, or the number of events."""

    labels: Labels
    begins: int | None
    ends: int


@dataclass(slots=True)
class Gap:
    """The time between a void resolution (the event `index`) and the reopening (`end_index`). `stops`: what the
    resolution would have stopped, by the kinds that it stood for."""

    index: int
    start: datetime
    end_index: int
    end: datetime
    stops: frozenset[EventKind]

    def is_open(self, index: int) -> bool:
        """Whether the event `index` lies within it."""
        return self.index < index < self.end_index


@dataclass(slots=True)
class Round:
    """One round: its events (the first is the report or the reopening) and what they mean for clocks."""

    number: int
    events: tuple[Event, ...]
    stretches: tuple[Stretch, ...]
    begins: tuple[Begin, ...]
    acts: tuple[Act, ...]
    gaps: tuple[Gap, ...]
    has_pauses: bool = False

    @property
    def began_at(self) -> datetime:
        """The instant from which its clocks count."""
        return self.events[0].at


def in_true_time(events: tuple[Event, ...], zone: ZoneInfo) -> tuple[Event, ...]:
    """The events with their instants in UTC, where `zone` has summer time: instants of one zone are compared by the
    wall clock, which shows an hour twice when the summer ends."""
    if not has_summer_time(zone) or all(event.at.tzinfo is UTC for event in events):
        return events
    return tuple(replace(event, at=event.at.astimezone(UTC)) for event in events)


@lru_cache(maxsize=64)
def has_summer_time(zone: ZoneInfo) -> bool:
    """Whether the wall clock of the zone is put forward and back within a year, as of now."""
    months = (datetime(2026, month, 1, tzinfo=zone) for month in range(1, 13))
    return len({month.utcoffset() for month in months}) > 1


def rounds(events: tuple[Event, ...]) -> tuple[Round, ...]:
    """The rounds of a ticket, in their order. The first event must be the report."""
    found: list[Round] = []
    labels = first_labels(events[0])
    kinds = {event.kind for event in events}
    relabelled, reopened = not kinds.isdisjoint(RELABELLING), E.REOPENED in kinds
    paused, planned = E.PAUSED in kinds, E.PLAN_SUBMITTED in kinds
    for number, part in enumerate(_parts(events) if reopened else (events,), 1):
        stretches = tuple(_stretches(part, labels)) if relabelled else (Stretch(labels, None, len(part)),)
        labels = stretches[-1].labels
        void = _void(part) if reopened else {}
        found.append(
            Round(
                number=number,
                events=part,
                stretches=stretches,
                begins=_begins(part, void, planned=planned),
                acts=tuple([_act(index, event, index in void) for index, event in enumerate(part)]),
                gaps=tuple([_gap(part, one, two) for one, two in sorted(void.items())]),
                has_pauses=paused and any(event.kind is E.PAUSED for event in part),
            )
        )
    return tuple(found)


def _parts(events: tuple[Event, ...]) -> list[tuple[Event, ...]]:
    cuts, confirmed = [0], False
    for index, event in enumerate(events):
        if event.kind in CONFIRMING:
            confirmed = True
        elif event.kind is E.REOPENED:
            if confirmed:
                cuts.append(index)
            confirmed = False
    return [events[one:two] for one, two in zip(cuts, [*cuts[1:], len(events)], strict=True)]


def _stretches(events: tuple[Event, ...], labels: Labels) -> Iterable[Stretch]:
    begins: int | None = None
    for index, event in enumerate(events[1:], 1):
        changed = labels.after(event)
        if changed != labels:
            yield Stretch(labels, begins, index)
            labels, begins = changed, index
    yield Stretch(labels, begins, len(events))


def _void(events: tuple[Event, ...]) -> dict[int, int]:
    """The index of each void resolution -> that of its reopening."""
    void: dict[int, int] = {}
    settled: int | None = None
    for index, event in enumerate(events):
        if event.kind in SETTLING:
            settled = index
        elif event.kind is E.REOPENED and settled is not None:
            void[settled], settled = index, None
    return void


def _gap(events: tuple[Event, ...], resolved: int, reopened: int) -> Gap:
    start = events[resolved].at
    return Gap(resolved, start, reopened, max(start, events[reopened].at), kinds_of(events[resolved]))


def _act(index: int, event: Event, void: bool) -> Act:
    return Act(index, event, _VOID if void else kinds_of(event))


def kinds_of(event: Event) -> frozenset[EventKind]:
    """The kinds that an event stands for: a resolution that names the cause has found it as well."""
    if event.kind is E.RESOLVED and event.data.get("cause"):
        return _RESOLVED_WITH_CAUSE
    return _ALONE[event.kind]


def _begins(events: tuple[Event, ...], void: Mapping[int, int], *, planned: bool) -> tuple[Begin, ...]:
    found = [Begin(Start.REPORT, 0, events[0].at)]
    started: set[Start] = set()
    settled = 0
    for index, event in enumerate(events):
        kind = event.kind
        for start in BEGINNING.get(kind, ()):
            if start not in started:
                started.add(start)
                found.append(Begin(start, index, event.at))
        if kind in SETTLING:
            settled += 1
            found.append(
                Begin(Start.RESOLVED, index, event.at, settled if settled > 1 else 0, superseded=void.get(index))
            )
    if planned:
        found += _begins_of_plans(events)
    return tuple(found)


def _begins_of_plans(events: tuple[Event, ...]) -> Iterable[Begin]:
    approved = sorted(_approved(events), key=lambda begin: begin.index)
    for place, one in enumerate(approved):
        # An approval that names no deadline replaces none.
        later = (two.index for two in approved[place + 1 :] if two.agreed or not one.agreed)
        yield replace(one, superseded=next(later, None))
    refused: set[int] = set()
    for index, event in enumerate(events):
        if event.kind is E.PLAN_REFUSED and event.data["number"] not in refused:
            refused.add(event.data["number"])
            yield Begin(Start.REPORT, index, event.at, plan=event.data["number"], refused=True)


def _approved(events: tuple[Event, ...]) -> Iterable[Begin]:
    """The plans that both sides approved. The deadline is the earlier of those named, else the plan's own."""
    proposed: dict[int, str | None] = {}
    given: dict[int, dict[str, tuple[int, Event]]] = {}
    for index, event in enumerate(events):
        if event.kind is E.PLAN_SUBMITTED:
            proposed[event.data["number"]] = event.data.get("deadline")
        elif event.kind is E.PLAN_APPROVED:
            given.setdefault(event.data["number"], {})[event.data["side"]] = (index, event)
    for number, sides in given.items():
        if not sides.keys() >= SIDES:
            continue
        index, last = max(sides.values(), key=lambda pair: pair[0])
        named = [event.data.get("deadline") for _, event in sides.values()]
        deadlines = [text for text in named if text] or [proposed.get(number)]
        instants = [datetime.fromisoformat(text) for text in deadlines if text]
        yield Begin(Start.APPROVED, index, last.at, plan=number, agreed=min(instants, default=None))
