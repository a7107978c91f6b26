"""Several messages in a row by one person are one report: opened by the first, completed by the rest.

"HIS打不开", "急诊的", "所有电脑": what was said is read together, in the order in which it was said. What comes of it
is on the ticket beside the words; the reporter gets one short answer, and who was called hears once what has changed.
Nothing is remembered but the ticket and the inbox, so that a restart or a second process changes nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers import correct, describe, incident, question, which
from handlers.commands import parse
from handlers.intake.bare import degree, since
from handlers.intake.meaning import Meaning
from handlers.intake.redact import redact
from handlers.reading import contract_corrected, graver, is_courtesy, least, title, understood, words_of
from handlers.talk import Talk, attached, plausible
from sla.errors import Refused
from sla.fold import fold, then
from sla.labels import Intent, Kind, Scope, Severity
from sla.message import Address, Button, Inbound, Purpose
from sla.ticket import Event, EventKind, Ticket
from storage.base import InboxRow

IN_ALL = timedelta(minutes=5)
"""From the first message of a report to its last."""
TOGETHER = "said in several messages"
EDITED = "the message was edited"
APART = "about something else"
TICKETS, ROWS = 5, 8
"""Of somebody's latest tickets and messages, how many are looked through."""
SAID = (EventKind.REPORTED, EventKind.NOTED, EventKind.RECLASSIFIED)
SHOWN = frozenset({"kind", "system", "department", "scope", "priority"})
"""Labels that people are told of."""
READ = ("kind", "system", "department", "scope", "severity", "priority", "disaster", "started_at")
_ANOTHER = re.compile(
    r"另外(?!\s*[一二两三四五几多\d]+\s*(?:台|个?人|间|张床))|还有(?:一|1)?(?:个|件)?(?:别的|其他|其它|问题|事)|另一?个问题"
    r"|再报(?:一|1)?(?:个|下)|\b(?:another (?:problem|issue|thing)|one more (?:problem|thing)|besides that)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"咨询|请教|\bquestion\b", re.IGNORECASE)
_NAME = "names-a-system"


def going_on(talk: Talk) -> Ticket | None:
    """The report that the message goes on with: the speaker's own, here, not mended, and said a moment ago."""
    found = (ticket for ticket in talk.uow.tickets.lately(talk.speaker.id, TICKETS) if goes_on(talk, ticket))
    ticket = next(found, None)
    return talk.load(ticket.number) if ticket and _belongs(talk, ticket) else None


def goes_on(talk: Talk, ticket: Ticket) -> bool:
    """Messages may come out of their order: what counts is when they were said."""
    if not ticket.is_working or (ticket.channel, ticket.conversation) != _here(talk):
        return False
    who = (ticket.reporter, ticket.events[0].by)
    said = [event.at for event in ticket.events if event.kind in SAID and event.by in who]
    window = talk.rules.site.merge_window
    return abs(talk.at - ticket.reported_at) <= IN_ALL and min(abs(talk.at - at) for at in said) <= window


def of_nothing_known(talk: Talk) -> Ticket | None:
    """The speaker's only ticket that is spoken of, where a fault is told later than `going_on` and neither says of
    which system: one question is asked, not two."""
    only = lively(talk)
    if only is None or only.system or (only.channel, only.conversation) != _here(talk):
        return None
    return talk.load(only.number) if tells_no_other(talk, only) else None


def lively(talk: Talk) -> Ticket | None:
    """The only open ticket of the speaker on which something happened lately; None where there are several."""
    found = [t for t in talk.uow.tickets.open_of(talk.speaker.id) if t.is_working and which.is_spoken_of(talk, t)]
    return found[0] if len(found) == 1 else None


def tells_no_other(talk: Talk, ticket: Ticket) -> bool:
    """Whether a report names nothing by which it would be another than the ticket."""
    meaning = talk.meaning
    if meaning.kind is not ticket.kind or ticket.kind is not Kind.FAULT or _ANOTHER.search(talk.text):
        return False
    if meaning.system or meaning.beyond_catalogue or (ticket.system and meaning.system_candidates):
        return False
    return meaning.department in (None, ticket.department) or ticket.department is None


def _here(talk: Talk) -> tuple[str, str]:
    return talk.inbound.channel, talk.inbound.conversation


def _belongs(talk: Talk, ticket: Ticket) -> bool:
    """Whether the words complete the report, rather than correct it or report something else."""
    meaning = talk.meaning
    if correct.is_explicit(talk, ticket):
        return False
    systems = {meaning.system, *meaning.system_candidates} - {None}
    if ticket.system and systems and ticket.system not in systems:
        return False
    if meaning.intent is not Intent.REPORT or _rule(meaning) == _NAME:
        return True
    asks = ticket.kind is Kind.FAULT and meaning.kind is Kind.CONSULT and _ASKS.search(talk.text)
    if _ANOTHER.search(talk.text) or (asks and not is_mere_name(ticket)):
        return False
    return meaning.kind is ticket.kind or meaning.system is None or is_mere_name(ticket)


def _rule(meaning: Meaning) -> str:
    return meaning.why.get("intent", "").partition(":")[0]


def is_mere_name(ticket: Ticket) -> bool:
    """Whether the report said nothing but which system it is about."""
    why = ticket.events[0].data.get("why") or {}
    return str(why.get("intent", "")).partition(":")[0] == _NAME


# Completing


def gather(talk: Talk, ticket: Ticket) -> int:
    """Put the words on the ticket, with the labels that all its words together have."""
    return _complete(talk, ticket, talk.event(EventKind.NOTED, text=talk.whole, part=True))


def rewrite(talk: Talk, ticket: Ticket, place: int, words: str) -> int:
    """The words at `place` of the ticket were edited: its labels are what all its words say now."""
    return _complete(talk, ticket, talk.event(EventKind.NOTED, text=words, replaces=place))


def _complete(talk: Talk, ticket: Ticket, note: Event) -> int:
    """Put a message of the report on the ticket, and say what comes of it."""
    steps = talk.uow.tickets.steps(ticket.number)
    known = bool(ticket.assignee or describe.paged(ticket, steps, talk.rules))
    files = [talk.event(EventKind.NOTED, **file) for file in talk.kept_files()]
    place = len(ticket.events) if note.data.get("part") else 0
    words = words_of(then(ticket, note))
    data = labels_of(talk, ticket, words, is_edit=not place)
    if not place and title(words) != ticket.title:
        data["title"] = title(words)  # what is no longer said is not what the ticket is called by
    if not data and not known and (words := title(words_of(then(ticket, note)))) != ticket.title:
        data = {"title": words}  # who is called by and by reads all of it
    if correct.changes_team(talk, ticket, data):
        talk.uow.outbox.drop(ticket.number, (Purpose.PAGE,), talk.now)  # the other team is called instead
    why = TOGETHER if place else EDITED
    changed = [talk.event(EventKind.RECLASSIFIED, reason=why, **data)] if data else []
    due = talk.deadlines(ticket)
    after = talk.record(ticket, note, *files, *changed)
    after = incident.relabelled(talk, ticket, after) if changed else after
    if known:
        _tell_worker(talk, after, SHOWN & set(data), steps)
    called = not known and bool(talk.paged(after))
    _answer(talk, after, data, place, anew=called or due != talk.deadlines(after))
    return after.number


def labels_of(talk: Talk, ticket: Ticket, words: str, *, is_edit: bool = False) -> dict[str, Any]:
    """What all the words of a report say that the ticket does not: what somebody put right by hand stays, a fault stays
    one, and how far it goes shrinks only where that is said, or what said otherwise was edited."""
    rest, told = _without_bare(talk, ticket, words)
    meaning = understood(rest, ticket.reported_at.astimezone(talk.zone), talk.rules)
    found: dict[str, Any] = {"system": meaning.system, "department": meaning.department}
    stays = ticket.kind is Kind.FAULT and not is_mere_name(ticket) and not is_edit
    if meaning.intent is Intent.REPORT and (meaning.kind is Kind.FAULT or not stays):
        found |= {"kind": meaning.kind, "scope": meaning.scope, "severity": meaning.severity}
        found |= {"disaster": meaning.disaster or None}
        found |= {"started_at": meaning.started_at.instant.isoformat() if meaning.started_at else None}
    if not is_edit and _is_narrower(found.get("scope"), ticket.scope):
        found.pop("scope")
    found |= told if Kind(found.get("kind") or ticket.kind) is Kind.FAULT else {}
    by_hand = _by_hand(ticket) - _without_bare(talk, ticket, "\n" + talk.text)[1].keys()
    found = {name: value for name, value in found.items() if value and name not in by_hand}
    short = correct.corrected_words(talk.text)
    named = correct.named(talk, short, ticket) if short else {}
    found |= {name: named[name] for name in ("department", "scope") if name in named}
    if talk.speaker.is_provider and ticket.system:
        found.pop("system", None)  # only the hospital's side moves a ticket to another contract
    return _with_what_follows(talk, ticket, meaning, found, words, by_hand | set(told))


def _without_bare(talk: Talk, ticket: Ticket, words: str) -> tuple[str, dict[str, Any]]:
    """The words without those that complete the report by nothing but how bad it is or since when, and what these say;
    the last word counts."""
    first, *more = words.split("\n")
    reported, told, rest = ticket.reported_at.astimezone(talk.zone), {}, [first]
    for line in more:
        severity, began = degree(line), since(line, talk.at if line == talk.text else reported)
        if severity:
            told["severity"] = str(severity)
        elif began:
            told["started_at"] = began.instant.isoformat()
        else:
            rest.append(line)
    return "\n".join(rest), told


def _with_what_follows(
    talk: Talk, ticket: Ticket, meaning: Meaning, found: dict[str, Any], words: str, by_hand: frozenset[str]
) -> dict[str, Any]:
    """The contract that follows from the system, the priority from all labels, the title from the words."""
    if found.get("system", ticket.system) != ticket.system:
        found |= contract_corrected(ticket, found["system"], talk.rules, talk.now)
    if "priority" not in by_hand:
        weigh = least if by_hand & {"kind", "scope", "severity"} else graver
        priority, _ = weigh(
            meaning,
            talk.rules,
            kind=Kind(found.get("kind", ticket.kind)),
            scope=Scope(found.get("scope") or ticket.scope or Scope.WORKSTATION),
            severity=Severity(found.get("severity") or ticket.severity or Severity.DOWN),
            system=found.get("system", ticket.system),
            department=found.get("department", ticket.department),
        )
        lowered = talk.speaker.is_provider and correct.lowers(ticket, {"priority": priority})
        found |= {} if lowered else {"priority": priority}
    began = ticket.started_at.isoformat() if ticket.started_at else None
    is_now = {name: getattr(ticket, name) for name in found} | {"started_at": began}
    data = {name: _plain(value) for name, value in found.items() if value != is_now[name]}
    return data | {"title": title(words)} if data else {}


def _plain(value: object) -> object:
    """A label as a plain JSON value."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, bool | None) else str(value)


def _is_narrower(scope: Scope | None, than: Scope | None) -> bool:
    return scope is not None and than is not None and question.WIDER.index(scope) > question.WIDER.index(than)


def _by_hand(ticket: Ticket) -> frozenset[str]:
    """The labels that somebody put right; the priority where it was named, not where it followed from others."""
    found: set[str] = set()
    for event in ticket.events:
        if event.kind is EventKind.RECLASSIFIED and event.data.get("reason") not in (TOGETHER, EDITED, APART):
            labels = set(READ) & set(event.data)
            found |= labels if labels == {"priority"} else labels - {"priority"}
    return frozenset(found)


# Saying so


def _tell_worker(talk: Talk, ticket: Ticket, changed: Iterable[str], before: Mapping[str, datetime]) -> None:
    """Who was called hears what it is now; whoever is called anew by this hears it by that."""
    person = talk.worker_of(ticket)
    if person is None or correct.is_called_anew(talk, ticket, before):
        return
    text, files = redact(talk.text), attached(talk.kept_files())
    if not set(changed):
        talk.tell_workers(ticket, "noted_for_engineer", attachments=files, text=text)
        return
    labels = describe.labels(ticket, talk.rules, person.language)
    due = describe.deadlines(talk.running(ticket), talk.rules, talk.now, person.language)
    due = due or talk.say_to(person, "none_named")
    talk.tell_workers(ticket, "gathered_for_engineer", attachments=files, text=text, labels=labels, deadlines=due)


def _answer(talk: Talk, ticket: Ticket, data: Mapping[str, Any], place: int, *, anew: bool) -> None:
    """One short answer: what is understood now; where it is `anew`, by when, and who is called. What was said at
    `place` (0: it was edited) may be made a report of its own."""
    labels = describe.labels(ticket, talk.rules, talk.language)
    key = "gathered" if SHOWN & set(data) else "gathered_same"
    key = key if place else "rewritten"
    lines = [talk.say(key, ticket=ticket.number, labels=labels)]
    if "started_at" in data and ticket.started_at:
        lines.append(talk.say("onset", onset=talk.when(ticket.started_at)))
    if anew:
        lines.append(question.deadline_line(talk, ticket))
    meaning = understood(words_of(ticket), ticket.reported_at.astimezone(talk.zone), talk.rules)
    asks = ticket.system is None and not question.was_answered(ticket)
    buttons = question.ask_system(talk, ticket, meaning, lines) if asks else ()
    if "system" in data and talk.draft and talk.draft.kind == "system":
        talk.uow.drafts.remove(talk.speaker.address)  # what was asked is known
    if place and talk.meaning.intent is Intent.REPORT and _rule(talk.meaning) != _NAME:
        buttons = (*buttons, (Button(talk.say("button_new"), f"new:{ticket.number}:{place}"),))
    talk.answer("\n".join(lines), buttons, ticket.number)


def take_apart(talk: Talk, number: int, place: str) -> tuple[str, datetime]:
    """The words at `place` of the ticket were about something else: its labels are what they were without them. The
    words, and when they were said. Raises Refused where the place has none, or they were taken apart before."""
    ticket = which.theirs(talk, number)
    index = int(place) if place.isascii() and place.isdigit() else 0
    event = ticket.events[index] if index < len(ticket.events) else ticket.events[0]
    if not event.data.get("part") or any(each.data.get("apart") == index for each in ticket.events):
        raise Refused("unknown_button")
    if ticket.is_open:
        before, after = fold(number, ticket.events[:index]), _change_by(ticket, index)
        data = {name: _plain(getattr(before, name)) for name in after if _stands(ticket, name, after[name])}
        ticket = talk.record(ticket, talk.event(EventKind.RECLASSIFIED, reason=APART, apart=index, **data))
        if SHOWN & set(data) and (ticket.assignee or talk.paged(ticket)):
            correct.tell_reclassified(talk, ticket)
    return str(event.data["text"]), event.at


def _change_by(ticket: Ticket, index: int) -> Mapping[str, Any]:
    """The labels that the words at this place of the ticket changed."""
    said = ticket.events[index]
    changes = (e.data for e in ticket.events[index + 1 :] if e.at == said.at and e.data.get("reason") == TOGETHER)
    return {name: value for name, value in next(changes, {}).items() if name != "reason"}


def _stands(ticket: Ticket, name: str, value: object) -> bool:
    """Whether a label is still what it was changed to."""
    return _plain(getattr(ticket, name)) == value


# What was said before the report


def recall(talk: Talk) -> Sequence[InboxRow]:
    """Take what the speaker said here a moment before, and what came of nothing, for a part of the report that is about
    to be opened; the messages that it was said in."""
    rows = _unsettled(talk)
    if not rows:
        return rows
    carried = {file["file"] for file in talk.carried}
    talk.carry(file for row in rows for file in row.inbound.attachments if file.ref and file.ref not in carried)
    told = [row for row in rows if row.inbound.text.strip() and not is_courtesy(row.inbound.text.strip())]
    said = sorted([(_at(row), row.id, row.inbound.text.strip()) for row in told] + [(talk.at, talk.row.id, talk.whole)])
    words = "\n".join(text for _, _, text in said)
    alone, together = talk.meaning, understood(words, talk.at, talk.rules)
    if told and together.intent is Intent.REPORT and _labels(alone) != _labels(together):
        talk.hear(words)
    return rows


def settle(talk: Talk, rows: Iterable[InboxRow], number: int | None) -> None:
    """The messages that were recalled belong to the ticket."""
    for row in rows:
        talk.uow.inbox.done(row.id, talk.now, number)


def _unsettled(talk: Talk) -> list[InboxRow]:
    """The speaker's messages around this one that belong to no ticket and asked for nothing, each said within the
    window of the next one."""
    address = Address(talk.inbound.channel, talk.inbound.sender)
    there = [row for row in talk.uow.inbox.of_sender(address, ROWS) if row.id != talk.row.id]
    last = {_first(row.inbound): row.id for row in there} | {_first(talk.inbound): talk.row.id}
    rows = [row for row in there if last[_first(row.inbound)] == row.id and _is_loose(talk, row)]
    found: list[InboxRow] = []
    for way in (-1, 1):
        edge = talk.at
        for row in sorted(rows, key=_at, reverse=way < 0):
            gap = (_at(row) - edge) * way
            if timedelta() <= gap <= talk.rules.site.merge_window and abs(_at(row) - talk.at) <= IN_ALL:
                if row not in found:
                    found.append(row)
                edge = _at(row)
    return found


def _first(inbound: Inbound) -> str:
    """The key of a message before anybody edited it."""
    return inbound.edits or inbound.key


def _is_loose(talk: Talk, row: InboxRow) -> bool:
    inbound = row.inbound
    if (
        row.ticket is not None
        or row.state != "done"
        or inbound.action
        or inbound.conversation != talk.inbound.conversation
    ):
        return False
    text = inbound.text.strip()
    if not text:
        return any(file.ref for file in inbound.attachments)
    if parse(text, talk.speaker.is_provider):
        return False
    return understood(text, talk.at, talk.rules).intent is Intent.CHAT


def _at(row: InboxRow) -> datetime:
    return plausible(row.inbound.sent_at, row.received_at)


def _labels(meaning: Meaning) -> tuple[object, ...]:
    return tuple(getattr(meaning, name) for name in READ)


def names_something(talk: Talk) -> str:
    """What a mere fragment names, in words: to be asked for the rest; "" for nothing."""
    meaning, rules = talk.meaning, talk.rules
    names = [describe.system_name(meaning.system, rules, talk.language)] if meaning.system else []
    names += [describe.department_name(meaning.department, rules, talk.language)] if meaning.department else []
    return talk.listed(names)
