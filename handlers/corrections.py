"""What a person put right of what was read: labelled examples, and rule by rule how often each was wrong.

A correction is a RECLASSIFIED event that says in `corrects` which labels had been read wrongly. An answer to the
question back, words that only complete a report, a successor's contract and a report that became graver carry none.
The report itself holds what was read, by which rules and words (`why`). Both stand in the ticket's events, whose texts
are encrypted at rest: there is no second copy. What several messages said is one report.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.reading import COMPLETED, REPORTED_AGAIN, words_of
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


SAID_LATER = "said-later"
"""No rule of the report: a later message of the same person was read so."""
READ_LATER = COMPLETED | {REPORTED_AGAIN}
"""Reasons of RECLASSIFIED events that give what was read; of the others a person did."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read for a label, by which rule, and the words that fired it."""

    value: str | None
    rule: str
    words: str = ""


def wrong_of(ticket: Ticket, named: Iterable[str], *, said_wrong: bool) -> list[str]:
    """Those of the labels that somebody names which had been read wrongly. `said_wrong`: the words say so, 不是…是…."""
    read = {label: read_of(in_place(ticket.events), label) for label in named}
    return [label for label, it in read.items() if it is not None and (said_wrong or it.rule not in SILENT)]


def read_of(events: Sequence[Event], label: str) -> Read | None:
    """What these events show to have been read for a label; None where a person had said it already, in an answer to
    the question back: that was no reading."""
    for event in reversed(events[1:]):
        if event.kind is EventKind.RECLASSIFIED and label in event.data and label not in event.data.get("corrects", ()):
            if event.data.get("reason") in READ_LATER:
                return Read(event.data[label], SAID_LATER)
            if label != "priority":  # which follows from whatever was answered
                return None
    rule, words = rule_of(events[0], label)
    return Read(events[0].data.get(label), rule, words)


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
    events = in_place(ticket.events)
    found = []
    for label in LABELS:
        told = [index for index, event in enumerate(events) if label in event.data.get("corrects", ())]
        told = [index for index in told if events[index].kind is EventKind.RECLASSIFIED]
        read = read_of(events[: told[0]], label) if told else None
        if read is None:
            continue
        event, true = events[told[-1]], events[told[-1]].data.get(label)
        if true != read.value and not _taken_back(events[told[-1] + 1 :], label, read.value):
            by = str(event.data.get("proposed_by") or event.by)
            was = (read.rule, read.words, read.value)
            found.append(Corrected(ticket.number, label, *was, true, by, event.at, words_of(ticket)))
    return found


def _taken_back(after: Iterable[Event], label: str, read: str | None) -> bool:
    """Whether somebody said afterwards that it was read rightly."""
    return any(e.kind is EventKind.RECLASSIFIED and label in e.data and e.data[label] == read for e in after)


def example(ticket: Ticket, corrected: Iterable[Corrected]) -> dict[str, Any]:
    """The ticket as a labelled message, in the form of the examples: all words of the report, what was read of them,
    and put right where a person said so; the priority is that which followed."""
    found = list(corrected)
    labels = _labels_then(ticket, max(each.at for each in found)) | {each.label: each.true for each in found}
    return {
        "text": words_of(ticket),
        "now": ticket.reported_at.isoformat(),
        "intent": "report",
        **{label: labels[label] for label in (*LABELS, "started_at") if labels[label] is not None},
        "corrected": [each.label for each in found],
        "ticket": f"W{ticket.number}",
        "by": sorted({each.by for each in found}),
        "at": max(each.at for each in found).isoformat(),
        "why": dict(ticket.events[0].data.get("why") or {}),
    }


def _labels_then(ticket: Ticket, at: datetime) -> dict[str, Any]:
    """The labels at an instant, as they were read and put right: without what came of answers or of later reports, nor
    a department that only people.toml knows."""
    report, *later = in_place(ticket.events)
    labels = {label: report.data.get(label) for label in (*LABELS, "started_at")}
    if rule_of(report, "department")[0] == OWN_RECORD:
        labels["department"] = None
    for event in later:
        read = event.data.get("corrects") or event.data.get("reason") in COMPLETED
        if event.kind is EventKind.RECLASSIFIED and event.at <= at and read:
            labels |= {label: event.data[label] for label in labels if label in event.data}
    return labels


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
            if any(label in event.data and event.data.get("reason") in READ_LATER for event in ticket.events):
                self._tally(label, SAID_LATER).fired += 1
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
