"""What a person put right of what was read: labelled examples, and rule by rule how often each was wrong.

A correction is a RECLASSIFIED event that says in `corrects` which labels had been read wrongly. An answer to the
question back, words that only complete a report, a successor's contract and a report that became graver carry none.
The report itself holds what was read, by which rules and words (`why`). Both stand in the ticket's events, whose texts
are encrypted at rest: there is no second copy.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sla.amend import in_place
from sla.ticket import Event, EventKind, Ticket

LABELS = ("kind", "system", "department", "scope", "severity", "priority")
"""What a person can put right, in the order in which it is shown."""
SILENT = frozenset({"none-named", "nothing-said", "nothing-else-said", "one-asks"})
"""Rules that fire where the words say nothing: naming it afterwards completes a report, unless it is said to be
wrong."""
OWN_RECORD = "own-record"
"""No rule of reading: the writer's department as people.toml has it."""
NOT_READ = "not-read"
"""No rule gave the label: the message was taken for a report by its button."""


def wrong_of(ticket: Ticket, named: Iterable[str], *, said_wrong: bool) -> list[str]:
    """Those of the labels that somebody names which had been read wrongly. `said_wrong`: the words say so, 不是…是…."""
    return [label for label in named if said_wrong or rule_of(ticket.events[0], label)[0] not in SILENT]


def rule_of(report: Event, label: str) -> tuple[str, str]:
    """The rule that gave a label of a report, and the words that fired it."""
    rule, _, words = str((report.data.get("why") or {}).get(label, "")).partition(": ")
    if label == "department" and rule in ("", "none-named") and report.data.get(label):
        return OWN_RECORD, ""
    return rule or NOT_READ, "" if label == "priority" else words


@dataclass(frozen=True, slots=True)
class Corrected:
    """One label of one ticket that a person put right: `read` by `rule` from `words`, but it was `true`. `by` is a
    person's id, `at` when it was said (aware)."""

    ticket: int
    label: str
    rule: str
    words: str
    read: str | None
    true: str | None
    by: str
    at: datetime
    text: str


def of_ticket(ticket: Ticket) -> list[Corrected]:
    """What was put right of a ticket, label by label. The last word counts: what went back to what was read is none,
    nor is what was declared void."""
    report, *later = in_place(ticket.events)
    last: dict[str, Event] = {}
    for event in later:
        if event.kind is EventKind.RECLASSIFIED:
            last |= {label: event for label in LABELS if label in event.data.get("corrects", ())}
    found = []
    for label in filter(last.__contains__, LABELS):
        event, read = last[label], report.data.get(label)
        if event.data.get(label) != read and not _taken_back(later, event, label, read):
            rule, words = rule_of(report, label)
            by = str(event.data.get("proposed_by") or event.by)
            true = event.data.get(label)
            found.append(Corrected(ticket.number, label, rule, words, read, true, by, event.at, ticket.text))
    return found


def _taken_back(events: Sequence[Event], correction: Event, label: str, read: str | None) -> bool:
    """Whether somebody said afterwards that it was read rightly."""
    after = events[events.index(correction) + 1 :]
    return any(e.kind is EventKind.RECLASSIFIED and label in e.data and e.data[label] == read for e in after)


def example(ticket: Ticket, corrected: Iterable[Corrected]) -> dict[str, Any]:
    """The ticket as a labelled message, in the form of the examples: what was read, put right where a person said so;
    a department that only people.toml gave is not in the words. The labels that follow (the priority) follow."""
    wrong = {each.label: each for each in corrected}
    report = ticket.events[0]
    first = {label: report.data.get(label) for label in LABELS}
    if rule_of(report, "department")[0] == OWN_RECORD:
        first["department"] = None
    labels = {label: wrong[label].true if label in wrong else value for label, value in first.items()}
    if "priority" not in wrong and wrong:
        labels["priority"] = str(_priority_then(ticket, max(each.at for each in wrong.values())))
    return {
        "text": ticket.text,
        "now": ticket.reported_at.isoformat(),
        "intent": "report",
        **{label: value for label, value in labels.items() if value is not None},
        **({"started_at": str(report.data["started_at"])} if report.data.get("started_at") else {}),
        "corrected": list(wrong),
        "ticket": f"W{ticket.number}",
        "by": sorted({each.by for each in wrong.values()}),
        "at": max(each.at for each in wrong.values()).isoformat() if wrong else None,
        "why": dict(report.data.get("why") or {}),
    }


def _priority_then(ticket: Ticket, at: datetime) -> object:
    """The priority that the labels gave when they were put right: not what came of it later."""
    found: object = ticket.events[0].data["priority"]
    for event in in_place(ticket.events):
        if event.kind is EventKind.RECLASSIFIED and event.data.get("corrects") and event.at <= at:
            found = event.data.get("priority", found)
    return found


@dataclass(slots=True)
class Tally:
    """How one rule of one label did: how often it fired, and what was put right, newest last."""

    label: str
    rule: str
    fired: int = 0
    corrected: list[Corrected] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How often it was put right."""
        return len(self.corrected)

    def into(self) -> Mapping[tuple[str | None, str | None], int]:
        """(what was read, what it was) -> how often, the most frequent first."""
        return dict(Counter((each.read, each.true) for each in self.corrected).most_common())

    def words(self, shown: Callable[[Corrected], str]) -> Mapping[str, int]:
        """The words that fired, as `shown` has them -> how often they were wrong, the most frequent first."""
        return dict(Counter(shown(each) for each in self.corrected if each.words).most_common())


@dataclass(slots=True)
class Corrections:
    """Rule by rule, made ticket by ticket."""

    tickets: int = 0
    corrected: int = 0
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)

    def add(self, ticket: Ticket) -> list[Corrected]:
        """Count a ticket; what was put right of it. One that no rules read (monitoring opened it) is left out."""
        report = ticket.events[0]
        if not report.data.get("why"):
            return []
        self.tickets += 1
        for label in LABELS:
            self._tally(label, rule_of(report, label)[0]).fired += 1
        found = of_ticket(ticket)
        self.corrected += bool(found)
        for each in found:
            self._tally(each.label, each.rule).corrected.append(each)
        return found

    def _tally(self, label: str, rule: str) -> Tally:
        return self.tallies.setdefault((label, rule), Tally(label, rule))

    def by_wrong(self) -> list[Tally]:
        """The rules, the most often wrong first; of equal ones the one that is wrong in the greater share."""
        return sorted(
            self.tallies.values(), key=lambda each: (-each.wrong, each.fired, LABELS.index(each.label), each.rule)
        )
