"""Facts put right after the event: 更正 W12 到场 03:40 原因：签到机慢了, and 作废 W12 到场 原因：….

A manager of the hospital may put right whatever is on record; the provider's manager what the provider's own people
recorded, as long as no breach vanishes by it. Everything else is put before who may decide, also what an engineer asks.
The event that was wrong stays on record with its old instant; both sides' managers hear what changed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers import ask, describe, incident, proposals, which
from handlers.commands import Order
from handlers.intake.redact import redact
from handlers.intake.when import when
from handlers.people import WORKERS
from handlers.reach import managers_of
from handlers.talk import Talk
from handlers.wording import plain, say
from sla.amend import contradiction, in_place
from sla.clock import Clock, ClockState, clocks_of, is_overdue, overrun
from sla.errors import Refused
from sla.fold import fold
from sla.labels import Role, Side
from sla.people import Person
from sla.ticket import Event, EventKind, Ticket

E = EventKind
EVENT_WORDS: Mapping[EventKind, tuple[str, ...]] = {
    E.REPORTED: ("报障", "报修", "报告", "reported", "report"),
    E.ACKNOWLEDGED: ("接单", "响应", "acknowledged", "ack", "taken"),
    E.NOBODY_NEEDED: ("无需到场", "不用到场", "nobody needed"),
    E.REMOTE_FAILED: ("远程不行", "远程解决不了", "remote failed"),
    E.ARRIVED: ("到场", "已到场", "arrived", "arrival", "on site"),
    E.SENIOR_ARRIVED: ("资深到场", "专家到场", "senior arrived"),
    E.CAUSE_RECORDED: ("定位原因", "定位", "cause found"),
    E.PLAN_SUBMITTED: ("提交方案", "书面方案", "方案", "plan submitted", "plan"),
    E.PLAN_APPROVED: ("审批", "同意方案", "同意", "approved"),
    E.PLAN_REFUSED: ("退回方案", "不同意", "退回", "refused"),
    E.RESOLVED: ("修复", "修好了", "修好", "已修复", "resolved", "fixed"),
    E.CONFIRMED: ("确认修复", "确认", "confirmed"),
    E.REOPENED: ("重开", "reopened"),
    E.CANCELLED: ("撤销", "cancelled", "withdrawn"),
    E.PAUSED: ("暂停计时", "暂停", "paused"),
    E.CONTINUED: ("继续计时", "继续", "continued"),
    E.ASSESSED: ("评估通过", "评估", "assessed"),
    E.SOLUTION_GIVEN: ("方案已出", "solution given"),
    E.BUILT: ("已开发", "开发完成", "built"),
    E.LIVE: ("已上线", "上线", "live"),
    E.DELIVERED: ("已交付", "交付", "delivered"),
    E.ACCEPTED: ("验收通过", "验收", "accepted"),
}
_KIND_OF = {word: kind for kind, words in EVENT_WORDS.items() for word in words}
_EVENT = re.compile("|".join(map(re.escape, sorted(_KIND_OF, key=len, reverse=True))), re.IGNORECASE)
_REASON = re.compile(r"[\s，,;；。]*(?:原因|理由|reason|because)(?:\s*[：:]\s*|是|\s+)(.+)", re.IGNORECASE | re.DOTALL)
_NAMES_A_DAY = re.compile(
    r"[年月日号天周昨今明前刚]|星期|\d-\d|ago|yesterday|today|now|(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    re.IGNORECASE,
)
_SIGNS = " \t\r\n，,。；;、:：=为到"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be put right: the event at `index`, to have happened at `at`, or never (None)."""

    index: int
    kind: EventKind
    at: datetime | None
    reason: str

    @property
    def data(self) -> dict[str, Any]:
        """As an AMENDED event holds it."""
        how: dict[str, Any] = {"void": True} if self.at is None else {"at": self.at.isoformat()}
        return {"event": self.index, "reason": self.reason, **how}


def amend(talk: Talk, order: Order) -> int | None:
    """更正 W12 到场 03:40 原因：…: the event happened at another instant."""
    if order.text and not _EVENT.match(order.text) and not _REASON.search(order.text):
        return ask.words(talk, Order("words", order.ticket, f"更正：{order.text}"))  # a label is put right, not a fact
    return _wished(talk, order, void=False)


def void(talk: Talk, order: Order) -> int | None:
    """作废 W12 到场 原因：…: the event never happened."""
    return _wished(talk, order, void=True)


def _wished(talk: Talk, order: Order, *, void: bool) -> int:
    ticket = which.theirs(talk, order.ticket or 0)
    if not talk.speaker.may(*WORKERS, *proposals.MANAGERS):
        raise Refused("not_any_manager", ticket=ticket.number)
    wish = read(talk, ticket, order.text, void=void)
    after = _then(ticket, talk.event(E.AMENDED, **wish.data))
    if _may_decide(talk, ticket, after, wish):
        return put(talk, ticket, wish)
    return _propose(talk, ticket, after, wish)


# What is meant


def read(talk: Talk, ticket: Ticket, text: str, *, void: bool) -> Wish:
    """What a text wants put right. Raises Refused for what it lacks, and for what makes no sense."""
    how = "void_how" if void else "amend_how"
    named = _EVENT.match(text.strip())
    if named is None:
        raise Refused(how, ticket=ticket.number)
    kind, rest = _KIND_OF[named[0].lower()], text.strip()[named.end() :]
    because = _REASON.search(rest)
    if because is None:
        raise Refused("amend_why", ticket=ticket.number)
    index = latest(ticket, kind)
    if index is None:
        raise Refused("amend_none", ticket=ticket.number, event=kind.value)
    at = None if void else _instant(talk, ticket, index, rest[: because.start()].strip(_SIGNS))
    wish = Wish(index, kind, at, because[1].strip())
    _check(talk, ticket, wish)
    return wish


def latest(ticket: Ticket, kind: EventKind) -> int | None:
    """The index of the latest event of that kind that counts; where none does, of the latest that was declared void."""
    counted = in_place(ticket.events)
    for events in (counted, ticket.events):
        for index in range(len(events) - 1, -1, -1):
            if events[index].kind is kind:
                return index
    return None


def _instant(talk: Talk, ticket: Ticket, index: int, words: str) -> datetime:
    """The instant that is named; a bare time of day is that of the day nearest to the event on record."""
    found = when(words, talk.at) if words else None
    if found is None:
        raise Refused("amend_how", ticket=ticket.number)
    at = found.instant
    if not _NAMES_A_DAY.search(words):
        recorded = ticket.events[index].at.astimezone(talk.zone)
        away = (recorded.date() - at.date()).days
        at = min((at + timedelta(days=away + day) for day in (-1, 0, 1)), key=lambda day: abs(day - recorded))
    # A time of day says no seconds: what was on record before it, in the same minute, stays before it.
    before = (event.at for event in in_place(ticket.events)[:index] if event.kind in EVENT_WORDS)
    return max((each for each in before if at < each < at + timedelta(minutes=1)), default=at)


def _check(talk: Talk, ticket: Ticket, wish: Wish) -> None:
    number, counted = ticket.number, in_place(ticket.events)[wish.index]
    if wish.at is None and wish.index == 0:
        raise Refused("void_report", ticket=number)
    gone = counted.kind is not wish.kind
    if gone if wish.at is None else not gone and _second(counted.at) == _second(wish.at):
        raise Refused("amend_same", ticket=number, event=wish.kind.value)
    if wish.at is not None and wish.at > talk.now:
        raise Refused("amend_future", ticket=number, at=talk.when(wish.at))
    if wish.at is not None and wish.index and wish.at < ticket.reported_at:
        raise Refused("amend_before_report", ticket=number, at=talk.when(wish.at))
    after = _then(ticket, talk.event(E.AMENDED, **wish.data))
    followed = min((e.at for e in in_place(after.events)[1:] if e.kind in EVENT_WORDS), default=after.reported_at)
    if wish.index == 0 and after.reported_at > followed:
        raise Refused("amend_report_late", ticket=number, at=talk.when(after.reported_at))
    against = contradiction(after.events)
    if against is not None and contradiction(ticket.events) is None:
        raise Refused("amend_contradicts", ticket=number, event=against.kind.value, at=talk.when(against.at))


def _second(at: datetime) -> datetime:
    """People speak in seconds at most: parts of one are no other instant."""
    return at.replace(microsecond=0)


def _then(ticket: Ticket, event: Event) -> Ticket:
    return fold(ticket.number, (*ticket.events, event))


# Who decides


def _may_decide(talk: Talk, before: Ticket, after: Ticket, wish: Wish) -> bool:
    if talk.speaker.may(Role.HOSPITAL_MANAGER):
        return True
    return talk.speaker.may(Role.PROVIDER_MANAGER) and not _is_hospitals(talk, before, after, wish)


def _is_hospitals(talk: Talk, before: Ticket, after: Ticket, wish: Wish) -> bool:
    """Whether only the hospital decides: it is about what its people recorded, or a breach would vanish."""
    person = talk.rules.people.by_id.get(before.events[wish.index].by)
    if person is None or person.side is not Side.PROVIDER:
        return True
    broken = {clock.key for clock in _clocks(talk, after) if is_overdue(clock, talk.now)}
    return any(is_overdue(clock, talk.now) and clock.key not in broken for clock in _clocks(talk, before))


def _propose(talk: Talk, ticket: Ticket, after: Ticket, wish: Wish) -> int:
    hospital = _is_hospitals(talk, ticket, after, wish)
    role = (Role.HOSPITAL_MANAGER,) if hospital else proposals.MANAGERS
    deciding = [person for person in managers_of(ticket.contract, talk.rules) if not person.roles.isdisjoint(role)]
    data = {"asks": "amendment", "hospital": hospital, **wish.data}
    old = ticket.events[wish.index]
    fields = {"reason": redact(wish.reason), "change": _change(talk, old, wish, talk.language)}
    proposals.put_before(talk, ticket, deciding, "amend_proposal", data, **fields)
    key = "amend_proposed_hospital" if hospital else "amend_proposed"
    talk.answer(talk.say(key, ticket=ticket.number), ticket=ticket.number)
    return ticket.number


def agree_amendment(talk: Talk, order: Order) -> int:
    """同意: what was asked for is put right, unless it makes no sense any more."""
    ticket, place, event = proposals.asked(talk, order, "amendment")
    data = event.data
    at = datetime.fromisoformat(data["at"]) if data.get("at") else None
    wish = Wish(int(data["event"]), ticket.events[data["event"]].kind, at, str(data["reason"]))
    after = _then(ticket, talk.event(E.AMENDED, **wish.data))
    if not _may_decide(talk, ticket, after, wish):
        raise Refused("not_a_manager", ticket=ticket.number)
    _check(talk, ticket, wish)
    return put(talk, ticket, wish, decides=place, proposed_by=event.by)


# Doing it


def put(talk: Talk, ticket: Ticket, wish: Wish, **more: object) -> int:
    """Put it right, and tell everybody whom it concerns."""
    old, before, working = in_place(ticket.events)[wish.index], _clocks(talk, ticket), ticket.is_working
    ticket = talk.record(ticket, talk.event(E.AMENDED, **wish.data, **more))
    incident.amend_with(talk, ticket, wish.index, wish.data)
    after = _clocks(talk, ticket)
    told: list[Person] = [*managers_of(ticket.contract, talk.rules), *_concerned(talk, ticket, wish, more)]
    for person in dict.fromkeys(told):
        change = _change(talk, old, wish, person.language)
        fields = {"title": ticket.title, "change": change, "reason": redact(wish.reason), "name": talk.speaker.person}
        text = talk.say_to(person, "amended_for_others", ticket=ticket.number, **fields)
        talk.tell(person, "\n".join([text, *_effects(talk, before, after, person.language)]), ticket.number)
    if ticket.is_working and not working:
        talk.tell_reporter(ticket, "amend_open_again")
    change = _change(talk, old, wish, talk.language)
    lines = [talk.say("amended", ticket=ticket.number, change=change), *_effects(talk, before, after, talk.language)]
    talk.answer("\n".join(lines), ticket=ticket.number)
    return ticket.number


def _concerned(talk: Talk, ticket: Ticket, wish: Wish, more: Mapping[str, object]) -> Iterable[Person]:
    """Whose record was put right, who asked for it, and who has the ticket, where they work on tickets."""
    ids = (ticket.events[wish.index].by, str(more.get("proposed_by", "")), ticket.assignee if ticket.is_working else "")
    people = (talk.rules.people.by_id.get(id) for id in ids)
    return [person for person in people if person and not person.roles.isdisjoint(WORKERS)]


def _change(talk: Talk, old: Event, wish: Wish, language: str) -> str:
    """到场：今天 03:52 → 今天 03:40."""

    def told(at: datetime) -> str:
        return plain.instant(at, talk.now, language, talk.zone)

    return describe.change(wish.kind, old.at, wish.at, told, language)


def _effects(talk: Talk, before: Iterable[Clock], after: Iterable[Clock], language: str) -> list[str]:
    """What it changes of deadlines and breaches, a line each."""
    old, new = ({clock.key: clock for clock in clocks if not clock.internal} for clocks in (before, after))
    lines = []
    for key in dict.fromkeys((*old, *new)):
        one, two = old.get(key), new.get(key)
        due = one is None or two is None or one.due != two.due
        words = [_outcome(talk, clock, language, due=due) for clock in (one, two)]
        clock = two or one
        if clock is not None and words[0] != words[1]:
            name = describe.clock_name(clock, language)
            lines.append(say("amend_effect", language, clock=name, old=words[0], new=words[1]))
    return lines


def _outcome(talk: Talk, clock: Clock | None, language: str, *, due: bool) -> str:
    if clock is None or clock.state is ClockState.FELL_AWAY:
        return say("outcome_none", language)
    if is_overdue(clock, talk.now):
        words = say("outcome_broken", language, over=plain.duration(overrun(clock, talk.now), language))
    else:
        words = say("outcome_kept" if clock.state is ClockState.MET else "outcome_running", language)
    by = plain.by(clock.due, talk.now, language, talk.zone)
    return say("outcome_with_due", language, outcome=words, by=by) if due else words


def _clocks(talk: Talk, ticket: Ticket) -> tuple[Clock, ...]:
    return clocks_of(ticket, talk.rules.contract_of(ticket), talk.rules.calendar, talk.rules.versions)
