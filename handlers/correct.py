"""What was understood is corrected: by the reporter in a reply, by the engineer as far as the engineer may."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers import describe, incident
from handlers.commands import Order
from handlers.corrections import LABELS, wrong_of
from handlers.intake.bare import degree, since
from handlers.intake.redact import redact
from handlers.people import may_see
from handlers.reading import assessed, contract_corrected, understood, words_of
from handlers.talk import Talk, attached
from sla.errors import Refused
from sla.labels import PRIORITY_ORDER, Intent, Kind, Role, Scope, Severity
from sla.message import Button, Purpose
from sla.ticket import EventKind, Ticket, check

WITHIN = timedelta(minutes=30)
"""How long after the report a short message is read as its correction."""
SHORT = 8
"""Characters of a message that only names something (急诊的, 全院)."""
_CONTRAST = re.compile(
    r"(?:不是|不在|并非|not)[^，,。;；]{1,20}[，,、;；\s]+(?:而?是|应该是|是在|but|it'?s)?\s*(.+)",
    re.IGNORECASE | re.DOTALL,
)
_CUE = re.compile(
    r"^(?:不是[,，。\s]+(?:而?是)?|不对|(?:我)?(?:说|写|打|发|选|点|按|弄|搞|看)?错了|更正|纠正|改成|改为|应该?是|应为|其实是|是|no[,，]|sorry[,，]|correction|actually|it'?s"
    r"|i meant?)[:：，,\s]*(.+)",
    re.IGNORECASE | re.DOTALL,
)
_SAID_WRONG = re.compile(r"不是[,，]|不对|错了|更正|纠正|应该?是|应为|其实|no[,，]|correction|actually", re.IGNORECASE)
"""What says that it was read wrongly, beside what only names (是急诊的)."""
_DENIES = re.compile(
    r"(?:故障|开始)?的?(?:时间|系统|科室)?(?:都|有点)?(?:不对|错了|不是|不正确|有误|弄错了|搞错了)(?:[啊呀吧哦的了]|[\s,，.。!！])*"
    r"|(?:no|nope|wrong|not right|that'?s wrong|(?:the )?(?:time|system|department) is wrong)\W*",
    re.IGNORECASE,
)
"""That something is wrong, and not what."""
_OWN_SLIP = re.compile(r"(?:我)?(?:说|写|打|发|选|点|按|弄|搞|看)错了|sorry[,，]|i meant?", re.IGNORECASE)
"""The writer's own slip: the words were read as they stood."""
_SCOPES = (
    (Scope.HOSPITAL, re.compile(r"全院|所有科|各科|整个医院|whole hospital|everywhere|all departments", re.IGNORECASE)),
    (
        Scope.DEPARTMENT,
        re.compile(
            r"全科|整个科|我们科|我们都|大家都|所有(?:电脑|机器)|whole department|all of us|whole ward", re.IGNORECASE
        ),
    ),
    (Scope.WORKSTATION, re.compile(r"只有?我|就我|一台|单台|only (?:me|mine|one)|just (?:me|mine|one)", re.IGNORECASE)),
)
_FAILS = re.compile(
    r"不了|不动|不开|不出|不上|不能|没法|无法|报错|卡|慢|崩|坏|死|黑屏|白屏|失败|can'?t|cannot|fail|down|slow|broken|error",
    re.IGNORECASE,
)
_KINDS = {
    Kind.CONSULT: ("咨询", "只是问", "just a question"),
    Kind.CHANGE: ("需求", "change request"),
    Kind.FAULT: ("故障", "a fault"),
    Kind.SERVICE: ("服务请求", "service request"),
    Kind.TRAINING: ("培训", "training"),
}
_KIND_ALONE = re.compile(
    r"(?:这|只|就|我)*(?:是|算)?(?:个|想|一个)?(?:咨询|需求|故障|服务请求|培训|只是问)(?:而已|的|了|[\s。.！!])*"
    r"|(?:just a question|change request|a fault|service request|training)\W*",
    re.IGNORECASE,
)
"""A kind and nothing else: 咨询一下 begins a question of its own."""
_PRIORITIES = {
    "critical": ("紧急", "critical"),
    "high": ("优先级高", "高优先级", "high"),
    "medium": ("优先级中", "中优先级", "medium"),
    "low": ("优先级低", "低优先级", "low", "不急"),
}


@dataclass(frozen=True, slots=True)
class Correction:
    """Which ticket, and which of its labels are to be what; which of them had been read wrongly."""

    ticket: Ticket
    labels: Mapping[str, Any]
    wrong: Sequence[str]


def find(talk: Talk) -> Correction | None:
    """The correction that a message is: words like 不是…是…, or a few that only name, soon after the report."""
    words = corrected_words(talk.text) or bare(talk, talk.text)
    if words is None:
        return None
    mine = talk.uow.tickets.open_of(talk.speaker.id)
    working = [ticket for ticket in mine if ticket.is_working]
    latest = next((t for t in working if talk.at - t.reported_at <= WITHIN), None)
    if latest is None and len(working) == 1 and degree(talk.text) is Severity.DEGRADED:
        latest = working[0]  # it reports nothing by itself, however late
    if latest is None:
        return None
    return _of(talk, latest, words, talk.text)


def ask_how(talk: Talk) -> None:
    """Raises Refused with how to say it where the words say only that something is wrong: 不对, 时间不对."""
    if not _DENIES.fullmatch(talk.text.strip()):
        return
    mine = talk.uow.tickets.open_of(talk.speaker.id)
    ticket = next((t for t in mine if t.is_working and talk.at - t.reported_at <= WITHIN), None)
    if ticket is None:
        return
    if ticket.started_at:
        raise Refused("correct_how_since", ticket=ticket.number, onset=talk.when(ticket.started_at))
    raise Refused("correct_how", ticket=ticket.number)


def of_ticket(talk: Talk, ticket: Ticket, text: str) -> Correction | None:
    """The correction of one ticket that words said to it are, however late."""
    words = corrected_words(text) or bare(talk, text)
    return _of(talk, ticket, words, text) if words and ticket.is_open else None


def of_worker(talk: Talk, ticket: Ticket) -> Correction | None:
    """The correction of the ticket that an engineer has taken, where the words say so: 不是HIS，是PACS; 优先级低."""
    found = of_ticket(talk, ticket, talk.text) if talk.speaker.is_provider else None
    return found if found and (is_explicit(talk, ticket) or set(found.labels) == {"priority"}) else None


def widened(talk: Talk, ticket: Ticket) -> dict[str, str]:
    """How far it goes, where words that report nothing new say that it is farther than the ticket has it."""
    scope, now = scope_in(talk.text), ticket.scope or Scope.WORKSTATION
    order = (Scope.WORKSTATION, Scope.DEPARTMENT, Scope.HOSPITAL)
    wider = scope is not None and ticket.kind is Kind.FAULT and order.index(scope) > order.index(now)
    return {"scope": str(scope)} if wider else {}


def scope_in(words: str) -> Scope | None:
    """How far it goes, by what the words say of it alone: 我们科, 所有电脑, 全院."""
    return next((scope for scope, pattern in _SCOPES if pattern.search(words)), None)


def bare(talk: Talk, text: str) -> str | None:
    """The words where they tell only how bad it is or since when; None for all others."""
    return text if degree(text) or since(text, talk.at) else None


def _of(talk: Talk, ticket: Ticket, words: str, text: str) -> Correction | None:
    labels = named(talk, words, ticket)
    if not labels:
        return None
    text = text.strip()
    said_wrong = bool(_CONTRAST.search(text) or _SAID_WRONG.match(text))
    read = [label for label in labels if label in LABELS]
    wrong = () if _OWN_SLIP.match(text) else wrong_of(ticket, read, said_wrong=said_wrong)
    return Correction(ticket, labels, wrong)


def is_explicit(talk: Talk, ticket: Ticket) -> bool:
    """Whether the words say that a label of the ticket is not as it was understood: 不是…是…, 应该是…."""
    text = talk.text.strip()
    cue, words = _CONTRAST.search(text) or _CUE.match(text), corrected_words(text)
    return bool(cue and words and named(talk, words, ticket))


def corrected_words(text: str) -> str | None:
    """The part of a message that says how it really is; None when it does not read like a correction."""
    text = text.strip()
    for pattern in (_CONTRAST, _CUE):
        found = pattern.search(text) if pattern is _CONTRAST else pattern.match(text)
        if found:
            return found[1].strip()
    return text if len(text) <= (SHORT if not text.isascii() else 3 * SHORT) else None


def named(talk: Talk, words: str, ticket: Ticket) -> dict[str, Any]:
    """The labels that these words name and that differ from the ticket's."""
    told = _told_bare(talk, words, ticket)
    meaning = understood(words, talk.at, talk.rules)
    found: dict[str, Any] = {"system": meaning.system, "department": meaning.department}
    found["scope"] = scope_in(words)
    found["kind"] = _named_in(words, _KINDS) if words != talk.text.strip() or _KIND_ALONE.fullmatch(words) else None
    found["priority"] = _named_in(words, _PRIORITIES)
    if is_sentence(words, meaning.intent):
        found = {}
    found |= told
    return {name: value for name, value in found.items() if value and not is_now(ticket, name, value)}


def _told_bare(talk: Talk, words: str, ticket: Ticket) -> dict[str, Any]:
    """How bad a fault is, or since when, where the words say nothing else. When it began is the hospital's to say."""
    if ticket.kind is not Kind.FAULT:
        return {}
    severity, began = degree(words), since(words, talk.at)
    if severity:
        return {"severity": str(severity)}
    return {"started_at": began.instant.isoformat()} if began and not talk.speaker.is_provider else {}


def is_now(ticket: Ticket, name: str, value: object) -> bool:
    """Whether a label of the ticket has this value already."""
    if name == "started_at":
        return ticket.started_at is not None and datetime.fromisoformat(str(value)) == ticket.started_at
    return bool(value == getattr(ticket, name))


def is_sentence(words: str, intent: Intent) -> bool:
    """Whether the words say more than a name: what fails, or how it stands."""
    return intent not in (Intent.REPORT, Intent.CHAT) or bool(_FAILS.search(words))


def _named_in(words: str, names: Mapping[Any, Sequence[str]]) -> str | None:
    lower = words.lower()
    return next((str(label) for label, forms in names.items() if any(form in lower for form in forms)), None)


def apply(talk: Talk, correction: Correction) -> int:
    """Do what the reporter corrects."""
    return classify(talk, correction.ticket, correction.labels, correction.wrong)


# Reclassifying


def classify(talk: Talk, ticket: Ticket, labels: Mapping[str, Any], wrong: Sequence[str] = ()) -> int:
    """Put these labels on the ticket, with the priority and the contract that follow from them. `wrong`: those of them
    that had been read wrongly, not only completed.

    Only the hospital's side may lower a priority or change the contract; from the provider's that is a proposal.
    """
    data = following(talk, ticket, labels)
    if talk.speaker.is_provider and (lowers(ticket, data) or moves(ticket, data)):
        return propose(talk, ticket, data, wrong)
    return put(talk, ticket, data, wrong)


def following(talk: Talk, ticket: Ticket, labels: Mapping[str, Any]) -> dict[str, Any]:
    """The labels, and what follows from them: the contract from the system, the priority from all of them."""
    data: dict[str, Any] = dict(labels)
    if "system" in data:
        data |= contract_corrected(ticket, data["system"], talk.rules, talk.now)
    if "priority" not in data:
        kind, scope = Kind(data.get("kind", ticket.kind)), Scope(data.get("scope") or ticket.scope or Scope.WORKSTATION)
        data["priority"] = str(
            assessed(
                understood(words_of(ticket), ticket.reported_at, talk.rules),
                talk.rules,
                kind=kind,
                scope=scope,
                severity=Severity(data.get("severity") or ticket.severity or Severity.DEGRADED),
                system=data.get("system", ticket.system),
                department=data.get("department", ticket.department),
            ).priority
        )
    return {name: value for name, value in data.items() if not is_now(ticket, name, value)}


def lowers(ticket: Ticket, data: Mapping[str, Any]) -> bool:
    """Whether the ticket would become less urgent."""
    return "priority" in data and PRIORITY_ORDER.index(data["priority"]) > PRIORITY_ORDER.index(ticket.priority)


def changes_team(talk: Talk, ticket: Ticket, data: Mapping[str, Any]) -> bool:
    """Whether other people would serve the ticket."""
    rota = talk.rules.rota
    return rota.team_of(data.get("contract", ticket.contract)) is not rota.team_of(ticket.contract)


def moves(ticket: Ticket, data: Mapping[str, Any]) -> bool:
    """Whether the ticket would come under another contract."""
    return "contract" in data and data["contract"] != ticket.contract


def put(
    talk: Talk, ticket: Ticket, data: Mapping[str, Any], wrong: Sequence[str] = (), *, proposed_by: str = ""
) -> int:
    """Reclassify, and say what it is now."""
    reason = f"proposed by {proposed_by}" if proposed_by else redact(talk.text)[:200]
    kept: dict[str, Any] = {"corrects": list(wrong)} if wrong else {}
    kept |= {"proposed_by": proposed_by} if wrong and proposed_by else {}
    steps = talk.uow.tickets.steps(ticket.number)
    known = bool(ticket.assignee or describe.paged(ticket, steps, talk.rules))
    said = {} if talk.inbound.action else {"text": talk.whole}
    check(ticket, EventKind.RECLASSIFIED)
    answered = ticket.system is None and "system" in data
    if changes_team(talk, ticket, data):
        talk.uow.outbox.drop(ticket.number, (Purpose.PAGE,), talk.now)  # the other team is called instead
    before = ticket
    ticket = talk.record(ticket, talk.event(EventKind.RECLASSIFIED, reason=reason, **kept, **said, **data))
    ticket = incident.relabelled(talk, before, ticket)
    if is_called_anew(talk, ticket, steps):
        pass  # the call says all
    elif known and set(data) == {"started_at"}:
        talk.tell_workers(ticket, "noted_for_engineer", text=redact(talk.text))
    elif known:  # who was not called yet is called with the new words
        tell_reclassified(talk, ticket)
    labels = describe.labels(ticket, talk.rules, talk.language_of_reporter(ticket))
    talk.tell_reporter(ticket, "reclassified_for_reporter", labels=labels)
    key = "reclassified" if wrong or not answered else "answered"
    lines = [talk.say(key, ticket=ticket.number, labels=describe.labels(ticket, talk.rules, talk.language))]
    if "started_at" in data and ticket.started_at:
        lines.append(talk.say("onset", onset=talk.when(ticket.started_at)))
    if "contract" in data:
        lines.append(talk.say("contract_now", contract=describe.contract_name(ticket, talk.rules, talk.language)))
    due = talk.deadlines(ticket)
    last = talk.say("deadlines", deadlines=due) if due else ""
    person = talk.worker_of(ticket)
    if person and not known and talk.paged(ticket):
        last += talk.say("calling", name=person)
    talk.answer("\n".join([*lines, last] if last else lines), ticket=ticket.number)
    return ticket.number


def is_called_anew(talk: Talk, ticket: Ticket, before: Mapping[str, datetime]) -> bool:
    """Whether who works on the ticket was called for it by more than the steps of before."""
    steps = {key: at for key, at in talk.uow.tickets.steps(ticket.number).items() if key not in before}
    return talk.worker_of(ticket) in describe.paged(ticket, steps, talk.rules)


def tell_reclassified(talk: Talk, ticket: Ticket) -> None:
    """Who works on it reads what it is now, and by when, without asking."""
    person = talk.worker_of(ticket)
    if person is not None:
        labels = describe.labels(ticket, talk.rules, person.language)
        due = describe.deadlines(talk.running(ticket), talk.rules, talk.now, person.language)
        due = due or talk.say_to(person, "none_named")
        talk.tell_workers(ticket, "reclassified_for_others", labels=labels, deadlines=due)


def propose(talk: Talk, ticket: Ticket, data: Mapping[str, Any], wrong: Sequence[str] = ()) -> int:
    """An engineer's wish: kept on the ticket, put before the hospital's managers."""
    managers = talk.rules.people.having(Role.HOSPITAL_MANAGER, ticket.contract)
    if not managers:
        raise Refused("only_hospital_lowers", ticket=ticket.number)
    text = redact(talk.text)
    event = talk.event(EventKind.NOTED, text=talk.whole, proposal=dict(data), corrects=list(wrong))
    ticket = talk.record(ticket, event)
    place = len(ticket.events) - 1
    for manager in managers:
        yes = Button(talk.say_to(manager, "button_agree"), f"agree_change:{ticket.number}:{place}")
        shown = describe.changes(data, talk.rules, manager.language)
        said = talk.say_to(manager, "proposal", ticket=ticket.number, title=ticket.title, changes=shown, text=text)
        talk.tell(manager, said, ticket.number, ((yes,),))
    talk.answer(talk.say("proposed", ticket=ticket.number), ticket=ticket.number)
    return ticket.number


def agree_change(talk: Talk, order: Order) -> int:
    """A hospital manager confirms what an engineer proposed."""
    ticket = talk.load(order.ticket)
    if not talk.speaker.may(Role.HOSPITAL_MANAGER) or not may_see(talk, ticket):
        raise Refused("not_a_manager", ticket=ticket.number)
    place = int(order.text) if order.text.isdigit() else -1
    event = ticket.events[place] if 0 <= place < len(ticket.events) else None
    data = {k: v for k, v in (event.data.get("proposal") or {}).items() if v != getattr(ticket, k)} if event else {}
    if event is None or not data:
        raise Refused("nothing_to_agree", ticket=ticket.number)
    wrong = [label for label in event.data.get("corrects", ()) if label in data]
    return put(talk, ticket, data, wrong, proposed_by=event.by)


def noted(talk: Talk, ticket: Ticket, told: str = "noted_for_engineer") -> int:
    """Words and files that change nothing: on the ticket, and to the other side."""
    ticket = talk.record(ticket, *talk.words(talk.whole))
    files = talk.kept_files()
    said, sent = redact(talk.text or ", ".join(str(file["file_name"]) for file in files)), attached(files)
    if talk.speaker.id == ticket.reporter or not talk.speaker.is_provider:
        talk.tell_workers(ticket, told, attachments=sent, text=said)
    if talk.speaker.id != ticket.reporter:
        by = talk.somebody(talk.speaker.id)
        talk.tell_reporter(ticket, "noted_for_reporter", attachments=sent, name=by, text=said)
    person = None if talk.speaker.is_provider else talk.worker_of(ticket)
    key = "noted_and_told" if person else "noted"
    talk.answer(talk.say(key, ticket=ticket.number, name=person), ticket=ticket.number)
    return ticket.number
