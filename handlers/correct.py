"""What was understood is corrected: by the reporter in a reply, by the engineer as far as the engineer may. What words
put right is read here; `handlers.reclassify` does it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers import reclassify
from handlers.corrections import LABELS, wrong_of
from handlers.intake.bare import degree, since
from handlers.talk import Talk
from handlers.wished import wished
from sla.errors import Refused
from sla.labels import Intent, Kind, Priority, Scope, Severity
from sla.ticket import Ticket

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
_BECOMES = re.compile(
    r"(?<=优先级)\s*(?:(?:请|应该?|应当)?(?:(?:改|调整?|降低?|升高?|提高?|设|定)[为成到]|[是为])|[:：])\s*(?=紧急|[高中低])"
)
"""What stands between the word and its value: 优先级改为低, 优先级：低."""
_PLEASE_SET = re.compile(
    r"(?:请|麻烦)?(?:把|将)?(?:工单|[WwＷｗ]\s*\d{1,9})?的?(优先级.{1,8}?)[吧了。.!！\s]*", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Correction:
    """Which ticket, and which of its labels are to be what; which of them had been read wrongly."""

    ticket: Ticket
    labels: Mapping[str, Any]
    wrong: Sequence[str]


def find(talk: Talk) -> Correction | None:
    """The correction that a message is: words like 不是…是…, or a few that only name, soon after the report."""
    words = _words(talk, talk.text)
    if words is None:
        return None
    mine = talk.uow.tickets.open_of(talk.speaker.id)
    working = [ticket for ticket in mine if ticket.is_working]
    latest = next((t for t in working if talk.at - t.reported_at <= WITHIN), None)
    reports_nothing = degree(talk.text) is Severity.DEGRADED or wished(talk.text)
    if latest is None and len(working) == 1 and reports_nothing:
        latest = working[0]  # however late
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
    words = _words(talk, text)
    return _of(talk, ticket, words, text) if words and ticket.is_open else None


def of_worker(talk: Talk, ticket: Ticket) -> Correction | None:
    """The correction of the ticket that an engineer has taken, where the words say so: 不是HIS，是PACS; 优先级低."""
    found = of_ticket(talk, ticket, talk.text) if talk.speaker.is_provider else None
    return found if found and (is_explicit(talk, ticket) or set(found.labels) == {"priority"}) else None


def apply(talk: Talk, correction: Correction) -> int:
    """Do what the reporter corrects."""
    return reclassify.classify(talk, correction.ticket, correction.labels, correction.wrong)


def widened(talk: Talk, ticket: Ticket) -> dict[str, str]:
    """How far it goes, where words that report nothing new say that it is farther than the ticket has it."""
    scope, now = scope_in(talk.text), ticket.scope or Scope.WORKSTATION
    order = (Scope.WORKSTATION, Scope.DEPARTMENT, Scope.HOSPITAL)
    wider = scope is not None and ticket.kind is Kind.FAULT and order.index(scope) > order.index(now)
    return {"scope": str(scope)} if wider else {}


# What words say


def scope_in(words: str) -> Scope | None:
    """How far it goes, by what the words say of it alone: 我们科, 所有电脑, 全院."""
    return next((scope for scope, pattern in _SCOPES if pattern.search(words)), None)


def bare(talk: Talk, text: str) -> str | None:
    """The words where they tell only how bad it is or since when; None for all others."""
    return text if degree(text) or since(text, talk.at) else None


def _words(talk: Talk, text: str) -> str | None:
    """What of a text may correct a ticket; None where it does not read like a correction."""
    return corrected_words(text) or bare(talk, text) or (text if wished(text) else None)


def _of(talk: Talk, ticket: Ticket, words: str, text: str) -> Correction | None:
    wish = wished(text)
    labels = named(talk, words, ticket) if wish is None else _wish(ticket, wish)
    if not labels:
        return None
    text = text.strip()
    said_wrong = bool(_CONTRAST.search(text) or _SAID_WRONG.match(text))
    read = [label for label in labels if label in LABELS]
    wrong = () if _OWN_SLIP.match(text) or (wish and not said_wrong) else wrong_of(ticket, read, said_wrong=said_wrong)
    return Correction(ticket, labels, wrong)


def _wish(ticket: Ticket, wish: Priority) -> dict[str, Any]:
    return {} if wish is ticket.priority else {"priority": str(wish)}


def is_explicit(talk: Talk, ticket: Ticket) -> bool:
    """Whether the words say that a label of the ticket is not as it was understood, 不是…是…, 应该是…, or is to be
    another: 优先级改为低."""
    if wished(talk.text):
        return True
    text = talk.text.strip()
    cue, words = _CONTRAST.search(text) or _CUE.match(text), corrected_words(text)
    return bool(cue and words and named(talk, words, ticket))


def corrected_words(text: str) -> str | None:
    """The part of a message that says how it really is; None when it does not read like a correction."""
    asked = _PLEASE_SET.fullmatch(text.strip())
    text = asked[1] if asked and _BECOMES.search(asked[1]) else text.strip()
    for pattern in (_CONTRAST, _CUE):
        found = pattern.search(text) if pattern is _CONTRAST else pattern.match(text)
        if found:
            return found[1].strip()
    return text if len(text) <= (SHORT if not text.isascii() else 3 * SHORT) else None


def named(talk: Talk, words: str, ticket: Ticket) -> dict[str, Any]:
    """The labels that these words name and that differ from the ticket's."""
    told = _told_bare(talk, words, ticket)
    meaning = talk.meaning_of(words)
    found: dict[str, Any] = {"system": meaning.system, "department": meaning.department}
    found["scope"] = scope_in(words)
    found["kind"] = _named_in(words, _KINDS) if words != talk.text.strip() or _KIND_ALONE.fullmatch(words) else None
    found["priority"] = _named_in(_BECOMES.sub("", words), _PRIORITIES)
    if is_sentence(words, meaning.intent):
        found = {}
    found |= told
    return {name: value for name, value in found.items() if value and not reclassify.is_now(ticket, name, value)}


def _told_bare(talk: Talk, words: str, ticket: Ticket) -> dict[str, Any]:
    """How bad a fault is, or since when, where the words say nothing else. When it began is the hospital's to say."""
    if ticket.kind is not Kind.FAULT:
        return {}
    severity, began = degree(words), since(words, talk.at)
    if severity:
        return {"severity": str(severity)}
    return {"started_at": began.instant.isoformat()} if began and not talk.speaker.is_provider else {}


def is_sentence(words: str, intent: Intent) -> bool:
    """Whether the words say more than a name: what fails, or how it stands."""
    return intent not in (Intent.REPORT, Intent.CHAT) or bool(_FAILS.search(words))


def _named_in(words: str, names: Mapping[Any, Sequence[str]]) -> str | None:
    lower = words.lower()
    return next((str(label) for label, forms in names.items() if any(form in lower for form in forms)), None)
