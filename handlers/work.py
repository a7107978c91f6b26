"""The engineer's side: take, arrive, remote help failed, cause, resolve, hand over; the stages of a change."""

import re
from collections.abc import Mapping
from datetime import timedelta

from handlers import incident, which
from handlers.buttons import is_of_round, outcome_buttons, row, work_buttons
from handlers.commands import Order
from handlers.duty_watch import went_live
from handlers.intake.redact import redact
from handlers.people import WORKERS, worker
from handlers.reading import words_of
from handlers.talk import Talk
from sla.amend import in_place
from sla.errors import Refused
from sla.labels import Role
from sla.message import Purpose
from sla.paging import is_asked_again, said
from sla.people import Person
from sla.ticket import Event, EventKind, State, Ticket, check

PARTS_ASKED_FOR = timedelta(hours=2)
"""How long the answer to "cause, method, result?" is taken for one."""
WHOLE = 1000
"""Characters of a report in the answer to who takes it."""
PARTS = ("cause", "method", "result")
_PART = re.compile(
    r"(?P<cause>故障原因|原因|cause)|(?P<method>处理方法|处理过程|解决方法|方法|处理|method)|(?P<result>处理结果|结果|result)",
    re.IGNORECASE,
)
_PART_AT = re.compile(
    rf"(?:^|[\s，,。；;、])(?:the\s+)?(?:{_PART.pattern})\s*(?:[：:]|是|为|\b(?:is|was)\b|\s)\s*", re.IGNORECASE
)
_CLAUSE = re.compile(r"[，,。；;\n]+|\s+(?=已|现)")
_DID = re.compile(
    r"更换|换[了成上为]|重启|重新|重装|重连|修改|改[了为成]|调整|清理|清空|升级|删除|释放|扩容|切换|插拔|回滚|关闭|开启|补打|更新"
    r"|replaced|restarted|rebooted|moved|changed|reset|cleared|rolled back|switched|reinstalled|updated|removed",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"(?:已经?|现已|现在)?(?:恢复正常|恢复|正常|可以?用|能用|解决|好了)了?|works?\b|working|restored|back to normal",
    re.IGNORECASE,
)
_MORE = re.compile(r"(?:(?:[\s,，、和及]|\band\b)*(?:[WwＷｗ]|工单|#|＃)\s*\d{1,9})+[\s,，。.]*", re.ASCII)
"""Further tickets' numbers, and nothing else."""
_DIGITS = re.compile(r"\d+", re.ASCII)
_SIGNS = " \t\r\n，,。；;、:："


def acting(talk: Talk, ticket: Ticket, *events: Event) -> Ticket:
    """Record what a worker did. Who acts on a ticket that nobody took has taken it by that."""
    worker(talk, ticket)
    took = ticket.acknowledged_at is None and ticket.is_working
    if took:
        events = (talk.event(EventKind.ACKNOWLEDGED), *events)
    ticket = talk.record(ticket, *events)
    if took:
        tell_taken(talk, ticket)
    # Who was called because nobody came, or was reminded of what is done now, need not hear of it any more.
    if not (took and ticket.is_working):  # then it was done just now
        talk.uow.outbox.drop(ticket.number, (Purpose.PAGE,) if ticket.is_working else incident.UNNEEDED, talk.now)
    return ticket


def tell_taken(talk: Talk, ticket: Ticket) -> None:
    """The reporter hears who comes; others who were paged since it was taken the last time need not come any more."""
    person = worker(talk, ticket)
    taken = [said(event) for event in in_place(ticket.events) if event.kind is EventKind.ACKNOWLEDGED]
    talk.uow.outbox.drop(ticket.number, (Purpose.PAGE,), talk.now)
    talk.tell_reporter(ticket, "taken_for_reporter", name=person)
    for other in talk.paged(ticket, since=taken[-2] if len(taken) > 1 else None):
        text = talk.say_to(other, "taken_for_paged", ticket=ticket.number, name=person)
        talk.tell(other, text, ticket.number)


def ack(talk: Talk, order: Order) -> int | None:
    """接单: by button, by word, with or without a number, or with several (接单 W12 W13)."""
    if _MORE.fullmatch(order.text):
        numbers = dict.fromkeys((order.ticket, *map(int, _DIGITS.findall(order.text))))
        free = [_free(talk, talk.load(number)) for number in numbers]  # all of them, or none
        for ticket in {each.number: each for each in free}.values():
            _take(talk, ticket, "")
        return free[0].number
    waiting = which.waiting(talk, order)
    return _take(talk, _free(talk, waiting), order.text) if waiting else None


def _free(talk: Talk, ticket: Ticket) -> Ticket:
    """The ticket that is taken by taking this one. Raises Refused where the speaker may not, or somebody has it."""
    worker(talk, ticket)
    ticket = incident.leading(talk, ticket)
    # Who is paged because it was reopened or forgotten takes it anew, the one who had it before as well.
    taken = ticket.is_working and ticket.acknowledged_at and not _is_asked_again(talk, ticket)
    if taken and ticket.assignee == talk.speaker.id:
        raise Refused("taken_by_you", ticket=ticket.number)
    if taken:
        raise Refused("taken_by_other", ticket=ticket.number, name=talk.name_of(ticket.assignee))
    check(ticket, EventKind.ACKNOWLEDGED)
    return ticket


def _take(talk: Talk, ticket: Ticket, words: str) -> int:
    ticket = talk.record(ticket, talk.event(EventKind.ACKNOWLEDGED), *talk.words(words))
    tell_taken(talk, ticket)
    lines = (talk.say("taken", ticket=ticket.number, **talk.about(ticket)), _left_out(talk, ticket))
    talk.answer("\n".join(filter(None, lines)), row(work_buttons(ticket), talk.language), ticket.number)
    return ticket.number


def _left_out(talk: Talk, ticket: Ticket) -> str:
    """The report in full, for who works on it now: pages left out names and numbers. "" where they left out nothing,
    and before a group."""
    words = words_of(ticket)
    if talk.inbound.group or redact(words) == words:
        return ""
    return talk.say("whole_words", text=words[:WHOLE])


def _is_asked_again(talk: Talk, ticket: Ticket) -> bool:
    return is_asked_again(ticket, talk.uow.tickets.steps(ticket.number))


STEPS: Mapping[str, tuple[EventKind, bool]] = {
    # verb: (what it records, whether the reporter is told)
    "arrive": (EventKind.ARRIVED, True),
    "remote_failed": (EventKind.REMOTE_FAILED, True),
    "senior": (EventKind.SENIOR_ARRIVED, True),
    "assessed": (EventKind.ASSESSED, True),
    "solution": (EventKind.SOLUTION_GIVEN, True),
    "built": (EventKind.BUILT, False),
    "live": (EventKind.LIVE, True),
    "delivered": (EventKind.DELIVERED, True),
}
ONCE = frozenset(
    {
        EventKind.ARRIVED,
        EventKind.REMOTE_FAILED,
        EventKind.SENIOR_ARRIVED,
        *[kind for kind, _ in list(STEPS.values())[3:6]],
    }
)
"""Steps that happen once a round: a button pressed twice is told so."""


def step(talk: Talk, order: Order) -> int | None:
    """A step that takes no more than its word: 到场, 远程不行, 资深到场, and the stages of a change."""
    kind, told = STEPS[order.verb]
    ticket = which.mine(talk, order)
    if ticket is None:
        return None
    worker(talk, ticket)
    if kind in ONCE and any(e.kind is kind and is_of_round(ticket, e) for e in in_place(ticket.events)):
        raise Refused("done_before", ticket=ticket.number, what=talk.say(f"event_{kind}"))
    ticket = acting(talk, ticket, talk.event(kind), *talk.words(order.text))
    if kind in (EventKind.LIVE, EventKind.DELIVERED):
        went_live(ticket, talk.uow, talk.rules, talk.now)
    if told:
        answers = outcome_buttons(ticket) if ticket.state is State.RESOLVED else ()
        talk.tell_reporter(ticket, f"told_{kind}", answers, name=talk.somebody(talk.speaker.id))
    buttons = row(work_buttons(ticket), talk.language) if ticket.is_working else ()
    text = talk.say("step_recorded", ticket=ticket.number, what=talk.say(f"event_{kind}"), **talk.about(ticket))
    talk.answer(text, buttons, ticket.number)
    return ticket.number


def cause(talk: Talk, order: Order) -> int | None:
    """原因 W12 …: the cause is found."""
    ticket = which.mine(talk, order)
    if ticket is None:
        return None
    if not order.text:
        raise Refused("cause_how", ticket=ticket.number)
    acting(talk, ticket, talk.event(EventKind.CAUSE_RECORDED, cause=order.text))
    talk.answer(talk.say("cause_recorded", ticket=ticket.number), ticket=ticket.number)
    return ticket.number


# Resolving


def parts_of(text: str) -> dict[str, str]:
    """Cause, method and result as a text names them (原因：… 方法：… 结果：…). Words before the first are "text"."""
    found = list(_PART_AT.finditer(text))
    parts = {"text": (text[: found[0].start()] if found else text).strip(_SIGNS)}
    for at, mark in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        name = next(name for name in PARTS if mark[name])
        parts[name] = text[mark.end() : end].strip(_SIGNS)
    return told_freely({name: words for name, words in parts.items() if words})


def told_freely(parts: Mapping[str, str]) -> dict[str, str]:
    """Method and result where they follow without their names: 原因是端口故障，更换端口后恢复."""
    found = dict(parts)
    source = "cause" if "cause" in parts else "text"
    clauses = [clause.strip(_SIGNS) for clause in _CLAUSE.split(parts.get(source, ""))]
    first, rest = (clauses[0], clauses[1:]) if source == "cause" else ("", clauses)
    did = [clause for clause in rest if _DID.search(clause)]
    ended = [end.group() for clause in rest if (end := _ENDED.search(clause))]
    if not did or "method" in parts:
        return found
    found["method"] = "，".join(did)
    if ended and "result" not in parts:
        found["result"] = ended[-1]
    if first:
        found["cause"] = first
    return found


def answered(text: str, given: Mapping[str, str]) -> dict[str, str]:
    """The parts in an answer; words that name none are the one that was missing, if it was one, else just words."""
    parts, missing = parts_of(text), [name for name in PARTS if name not in given]
    if len(missing) == 1 and missing[0] not in parts and "text" in parts:
        parts[missing[0]] = parts.pop("text")
    if missing == ["cause", "result"] and parts.keys() == {"text"}:
        parts = _why_and_how_it_is(parts["text"])
    if "text" in parts and "text" in given:
        parts["text"] = f"{given['text']}\n{parts['text']}"
    return parts


def _why_and_how_it_is(text: str) -> dict[str, str]:
    """What follows what was done: 内存泄漏，已恢复. Words that do not end so stay as they are."""
    *why, how = (clause.strip(_SIGNS) for clause in _CLAUSE.split(text) if clause.strip(_SIGNS))
    return {"cause": "，".join(why), "result": how} if why and _ENDED.fullmatch(how) else {"text": text}


def resolve(talk: Talk, order: Order) -> int | None:
    """修好了 W12 原因：… 方法：… 结果：…; what is missing is asked for once, then the words stand as they are."""
    ticket = which.mine(talk, order)
    if ticket is None:
        return None
    worker(talk, ticket)
    if not ticket.is_working:
        raise Refused("wrong_state", ticket=ticket.number, state=ticket.state.value, event="resolved")
    asked = (
        talk.draft
        if talk.draft and talk.draft.kind == "resolve" and talk.draft.data["ticket"] == ticket.number
        else None
    )
    parts = {**asked.data["parts"], **answered(order.text, asked.data["parts"])} if asked else parts_of(order.text)
    missing = [name for name in PARTS if name not in parts]
    if missing and not asked:
        talk.ask("resolve", ticket.number, PARTS_ASKED_FOR, parts=parts)
        listed = talk.listed(talk.say(f"part_{name}") for name in missing)
        talk.answer(talk.say("resolve_asks", ticket=ticket.number, missing=listed), ticket=ticket.number)
        return ticket.number
    return resolved(talk, ticket, parts)


def resolved(talk: Talk, ticket: Ticket, parts: Mapping[str, str]) -> int:
    """It is mended: the reporter is asked whether it is."""
    ticket = acting(talk, ticket, talk.event(EventKind.RESOLVED, **parts))
    how = redact(parts.get("method") or parts.get("text") or "")
    key = "resolved_how_for_reporter" if how else "resolved_for_reporter"
    talk.tell_reporter(ticket, key, outcome_buttons(ticket), name=talk.somebody(talk.speaker.id), how=how)
    incident.resolve_with(talk, ticket, parts)
    missing = [name for name in PARTS if name not in parts]
    text = talk.say("resolved", ticket=ticket.number)
    if missing:
        text += talk.say("resolved_without", missing=talk.listed(talk.say(f"part_{name}") for name in missing))
    talk.answer(text, ticket=ticket.number)
    return ticket.number


# Handing over


def handover(talk: Talk, order: Order) -> int | None:
    """转给 NAME [W12]: by who has it, by a lead, or by the provider's manager."""
    ticket = which.mine(talk, order)
    if ticket is None:
        return None
    worker(talk, ticket)
    if ticket.assignee not in ("", talk.speaker.id) and not talk.speaker.may(Role.LEAD, Role.PROVIDER_MANAGER):
        raise Refused("taken_by_other", ticket=ticket.number, name=talk.name_of(ticket.assignee))
    to = colleague(talk, ticket, order.text)
    talk.uow.outbox.drop(ticket.number, (Purpose.PAGE,), talk.now)
    ticket = talk.record(ticket, talk.event(EventKind.HANDED_OVER, to=to.id))
    talk.tell_reporter(ticket, "handed_over_for_reporter", name=to)
    talk.answer(talk.say("handed_over", ticket=ticket.number, name=to), ticket=ticket.number)
    return ticket.number


def colleague(talk: Talk, ticket: Ticket, name: str) -> Person:
    """The person of that name or id who may work on the ticket. Raises Refused when there is none, or more than one."""
    if not name:
        raise Refused("handover_how", ticket=ticket.number)
    able = [
        person
        for person in talk.rules.people.by_id.values()
        if not person.roles.isdisjoint(WORKERS) and person.serves(ticket.contract)
    ]
    able = [p for p in able if p.answers_to(name)] or [p for p in able if p.is_called(name)]
    if len(able) != 1:
        raise Refused("no_such_colleague", name=name[:20])
    if able[0] is talk.speaker.person and ticket.assignee == talk.speaker.id:
        raise Refused("taken_by_you", ticket=ticket.number)
    return able[0]
