"""What a message means under these rules: the lexicon is compiled once for each version of the catalogue."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial

from handlers.intake.meaning import Lexicon, Meaning, compile_lexicon, dated, read
from handlers.intake.redact import redact
from handlers.intake.text import new_words
from sla.catalogue import Catalogue
from sla.contract import Contract
from sla.labels import PRIORITY_ORDER, Kind, Priority, Scope, Severity
from sla.priority import Assessment, assess
from sla.rules import Rules
from sla.ticket import Ticket

TITLE = 60
"""Characters of the redacted text by which a ticket is known in lists and pages."""
TOGETHER, EDITED, APART = "said in several messages", "the message was edited", "about something else"
REPORTED_AGAIN = "reported again"
"""Reasons of RECLASSIFIED events that no person decided: what was read is read with more words, or without some."""
COMPLETED = frozenset({TOGETHER, EDITED})
UNSPOKEN = COMPLETED | {APART, REPORTED_AGAIN}
"""Reasons that are marks for the program: people are told what changed instead."""
_COURTESY = re.compile(
    r"(?:[\s,，。.!！~～]*(?:谢谢|感谢|多谢|辛苦了?|好的|好|收到|嗯|哦|行|可以|知道了|明白|了解|你好|您好|在吗"
    r"|thanks?|thank you|ok(?:ay)?|hi|hello|got it))+[\s,，。.!！~～?？你您大家了的啊哈呀]*",
    re.IGNORECASE,
)
_ASSENT = re.compile(
    r"(?:[\s,，。.!！]*(?:好的?|可以的?|行|嗯+|对的?|是的?|没错|确认|ok(?:ay)?|yes|yep|right|correct|sure))+[\s,，。.!！~啊呀哈吧]*",
    re.IGNORECASE,
)
_GREETING = re.compile(r"你好|您好|在吗|\b(?:hi|hello)\b", re.IGNORECASE)
_KEPT = 4
_READ_BEFORE = 1_000
"""Texts of which is kept what they mean: 好了，谢谢 and 催一下 are said many times a day."""
_Reader = Callable[[str], Meaning]
_lexicons: dict[int, tuple[Catalogue, Lexicon, _Reader]] = {}


def lexicon_of(catalogue: Catalogue) -> Lexicon:
    """The compiled lexicon of a catalogue."""
    return _compiled(catalogue)[1]


def _compiled(catalogue: Catalogue) -> tuple[Catalogue, Lexicon, _Reader]:
    """A catalogue, its lexicon, and what reads by it; the latest few are kept, by identity: comparing catalogues is
    slow."""
    known = _lexicons.get(id(catalogue))
    if known is None or known[0] is not catalogue:
        while len(_lexicons) >= _KEPT:
            _lexicons.pop(next(iter(_lexicons)), None)
        lexicon = compile_lexicon(catalogue)
        reader = lru_cache(_READ_BEFORE)(partial(read, lexicon=lexicon))
        known = _lexicons[id(catalogue)] = (catalogue, lexicon, reader)
    return known


def understood(text: str, now: datetime, rules: Rules) -> Meaning:
    """What the words mean to somebody who reads them at `now`."""
    return dated(_compiled(rules.catalogue)[2](text), text, now)


def assessed(
    meaning: Meaning,
    rules: Rules,
    *,
    kind: Kind,
    scope: Scope,
    severity: Severity,
    system: str | None,
    department: str | None,
) -> Assessment:
    """The priority by the table, for labels that may differ from what the words alone said."""
    known, place = rules.catalogue.system(system), rules.catalogue.department(department)
    return assess(
        kind,
        known is None or known.care,
        scope,
        severity,
        department_cannot_wait=place is not None and place.care_cannot_wait,
        disaster=meaning.disaster and kind is Kind.FAULT,
        held_up=_held_up(meaning, rules),
        touches_record=rule_of(meaning) == "record-to-put-right",
    )


def graver(
    meaning: Meaning,
    rules: Rules,
    *,
    kind: Kind,
    scope: Scope,
    severity: Severity,
    system: str | None,
    department: str | None,
) -> tuple[Priority, str]:
    """The priority of these labels and the id of the rule that gave it. The words may name a danger that the labels do
    not show (a delivery room): the graver of the two stands."""
    found = least(meaning, rules, kind=kind, scope=scope, severity=severity, system=system, department=department)
    if meaning.priority is not None and is_graver(meaning.priority, found[0]):
        return meaning.priority, rule_of(meaning)
    return found


def least(
    meaning: Meaning,
    rules: Rules,
    *,
    kind: Kind,
    scope: Scope,
    severity: Severity,
    system: str | None,
    department: str | None,
) -> tuple[Priority, str]:
    """As `graver`, by the labels alone: where somebody put one right, the words do not count against it."""
    found = assessed(meaning, rules, kind=kind, scope=scope, severity=severity, system=system, department=department)
    return found.priority, found.rule.id


def is_graver(one: Priority, other: Priority) -> bool:
    """Whether one priority is more urgent than another."""
    return PRIORITY_ORDER.index(one) < PRIORITY_ORDER.index(other)


def title(text: str) -> str:
    """The first new words of a report without what must not leave the record."""
    words = " ".join(redact(new_words(text)[: TITLE * 4]).split())
    return words if len(words) <= TITLE else words[: TITLE - 1] + "…"


def is_courtesy(text: str) -> bool:
    """Whether the words are a greeting or thanks and nothing else."""
    return _COURTESY.fullmatch(text) is not None


def is_assent(text: str) -> bool:
    """Whether the words say yes and nothing else."""
    return _ASSENT.fullmatch(text) is not None


def is_greeting(text: str) -> bool:
    """Whether a courtesy asks whether somebody is there."""
    return _GREETING.search(text) is not None


def words_of(ticket: Ticket) -> str:
    """The words of a report, also of one that came in several messages, in the order in which they were said; of a
    message that was edited the last ones."""
    return "\n".join(text for _, _, text in sorted(said_in(ticket)))


def said_in(ticket: Ticket) -> list[tuple[datetime, int, str]]:
    """The messages of a report: when each was said, its place in the ticket, and the words that it has now."""
    apart = {event.data["apart"] for event in ticket.events if "apart" in event.data}
    now = {event.data["replaces"]: str(event.data["text"]) for event in ticket.events if "replaces" in event.data}
    said = [(ticket.events[0].at, 0, now.get(0, ticket.text))]
    for index, event in enumerate(ticket.events):
        if event.data.get("part") and index not in apart and event.data.get("text"):
            said.append((event.at, index, now.get(index, str(event.data["text"]))))
    return said


def rule_of(meaning: Meaning) -> str:
    """The id of the rule of the priority table that fired; "" where the words report nothing."""
    return meaning.why.get("priority", "").partition(":")[0]


def _held_up(meaning: Meaning, rules: Rules) -> bool:
    """Whether the words said that a rescue or an operation is held up: by the rule that they fired."""
    place = rules.catalogue.department(meaning.department)
    by_place = place is not None and place.care_cannot_wait
    return rule_of(meaning) == "workstation-holds-up" or (rule_of(meaning) == "down-care-waits" and not by_place)


def contract_for(system: str | None, rules: Rules, reported_at: datetime) -> dict[str, str | None]:
    """The contract for a report about a system and its version, by the instant of the report: the catalogue's, else the
    site's default, else none (internal targets)."""
    return _as_labels(rules.covering(system, reported_at))


def contract_corrected(ticket: Ticket, system: str | None, rules: Rules, now: datetime) -> dict[str, str | None]:
    """The contract of a ticket whose system is put right: that which covers its report, as open tickets are under it
    now. Where it is the one that the ticket is under, its version stays."""
    contract = rules.covering(system, ticket.reported_at)
    if contract and contract.id == ticket.contract:
        return {}
    return _as_labels(rules.taking_over(contract, now) if contract else None)


def _as_labels(contract: Contract | None) -> dict[str, str | None]:
    return {"contract": contract.id if contract else None, "contract_version": contract.version if contract else ""}
