"""Several messages in a row by one person are one report: opened by the first, completed by the rest.

"HIS打不开", "急诊的", "所有电脑": what was said is read together, in the order in which it was said. What comes of it
is on the ticket beside the words; the reporter gets one short answer, and who was called hears once what has changed.
Nothing is remembered but the ticket and the inbox, so that a restart or a second process changes nothing.
`handlers.gathered` says what the words of a report come to, `handlers.recalled` finds what was said before it.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from handlers import correct, describe, gathered, incident, question, reclassify, which
from handlers.decided import is_system_said
from handlers.intake.redact import redact
from handlers.reading import EDITED, TOGETHER, title, understood, words_of
from handlers.talk import Buttons, Talk, attached
from sla.fold import then
from sla.labels import Intent, Kind
from sla.message import Button, Purpose
from sla.ticket import Event, EventKind, State, Ticket

TICKETS = 5
"""Of somebody's latest tickets, how many are looked through."""
SAID = (EventKind.REPORTED, EventKind.NOTED, EventKind.RECLASSIFIED)
_ANOTHER = re.compile(
    r"另外(?!\s*[一二两三四五几多\d]+\s*(?:台|个?人|间|张床))|还有(?:一|1)?(?:个|件)?(?:别的|其他|其它|问题|事)|另一?个问题"
    r"|再报(?:一|1)?(?:个|下)|\b(?:another (?:problem|issue|thing)|one more (?:problem|thing)|besides that)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"咨询|请教|\bquestion\b", re.IGNORECASE)


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
    return abs(talk.at - ticket.reported_at) <= gathered.IN_ALL and min(abs(talk.at - at) for at in said) <= window


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
    if meaning.intent is not Intent.REPORT or gathered.rule(meaning) == gathered.NAMES:
        return True
    asks = ticket.kind is Kind.FAULT and meaning.kind is Kind.CONSULT and _ASKS.search(talk.text)
    if _ANOTHER.search(talk.text) or (asks and not gathered.is_mere_name(ticket)):
        return False
    return meaning.kind is ticket.kind or meaning.system is None or gathered.is_mere_name(ticket)


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
    data = gathered.labels_of(talk, ticket, words, is_edit=not place)
    if not place and title(words) != ticket.title:
        data["title"] = title(words)  # what is no longer said is not what the ticket is called by
    if not data and not known and (words := title(words_of(then(ticket, note)))) != ticket.title:
        data = {"title": words}  # who is called by and by reads all of it
    if reclassify.changes_team(talk, ticket, data):
        talk.uow.outbox.drop(ticket.number, (Purpose.PAGE,), talk.now)  # the other team is called instead
    why = TOGETHER if place else EDITED
    changed = [talk.event(EventKind.RECLASSIFIED, reason=why, **data)] if data else []
    due = talk.deadlines(ticket)
    after = talk.record(ticket, note, *files, *changed)
    after = incident.relabelled(talk, ticket, after) if changed else after
    if known:
        _tell_worker(talk, after, gathered.SHOWN & set(data), steps)
    called = not known and bool(talk.paged(after))
    told = ""
    if called or due != talk.deadlines(after):
        taken = after.state is not State.REPORTED and not reclassify.is_called_anew(talk, after, steps)
        told = question.kept_line(talk, after) if taken else question.deadline_line(talk, after)
    _answer(talk, after, data, place, told)
    return after.number


# Saying so


def _tell_worker(talk: Talk, ticket: Ticket, changed: Iterable[str], before: Mapping[str, datetime]) -> None:
    """Who was called hears what it is now; whoever is called anew by this hears it by that."""
    person = talk.worker_of(ticket)
    if person is None or reclassify.is_called_anew(talk, ticket, before):
        return
    text, files = redact(talk.text), attached(talk.kept_files())
    if not set(changed):
        talk.tell_workers(ticket, "noted_for_engineer", attachments=files, text=text)
        return
    labels = describe.labels(ticket, talk.rules, person.language)
    due = describe.deadlines(talk.running(ticket), talk.rules, talk.now, person.language)
    due = due or talk.say_to(person, "no_deadline")
    talk.tell_workers(ticket, "gathered_for_engineer", attachments=files, text=text, labels=labels, deadlines=due)


def _answer(talk: Talk, ticket: Ticket, data: Mapping[str, Any], place: int, told: str) -> None:
    """One short answer: what is understood now; where that changes anything, `told`: by when, and who is called or has
    it. What was said at `place` (0: it was edited) may be made a report of its own."""
    labels = describe.labels(ticket, talk.rules, talk.language)
    key = "gathered" if gathered.SHOWN & set(data) else "gathered_same"
    key = key if place else "rewritten"
    lines = [talk.say(key, ticket=ticket.number, labels=labels)]
    if "started_at" in data and ticket.started_at:
        lines.append(talk.say("onset", onset=talk.when(ticket.started_at)))
    if told:
        lines.append(told)
    buttons: Buttons = ()
    if ticket.system is None and not is_system_said(ticket):
        meaning = understood(words_of(ticket), ticket.reported_at.astimezone(talk.zone), talk.rules)
        buttons = question.ask_system(talk, ticket, meaning, lines)
    if "system" in data and talk.draft and talk.draft.kind == "system":
        talk.uow.drafts.remove(talk.speaker.address)  # what was asked is known
    if place and talk.meaning.intent is Intent.REPORT and gathered.rule(talk.meaning) != gathered.NAMES:
        buttons = (*buttons, (Button(talk.say("button_new"), f"new:{ticket.number}:{place}"),))
    talk.answer("\n".join(lines), buttons, ticket.number)
