"""A ticket in words: what it is, where it stands, which deadlines it has, who is called."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from handlers.reach import people_on
from handlers.wording import catalogue, listed, plain, say
from sla.amend import amendments, in_place
from sla.clock import Clock, ClockState, clocks_of
from sla.labels import Kind, Priority, Scope
from sla.ledger import QUOTA, Entry
from sla.people import Person
from sla.rota import OnCall, Who, on_call
from sla.rules import Rules
from sla.ticket import Event, EventKind, Ticket

_LONG_NOTE = re.compile(r"[：:][^（()）]*(?=[)）]|$)")
"""What a name in the catalogue explains at length: 医院信息系统（HIS：挂号、收费…）is shown as 医院信息系统（HIS）."""
_FORGOT = ("forgotten", Who.FIRST)


def zone_of(rules: Rules) -> ZoneInfo:
    """The site's time zone."""
    return ZoneInfo(rules.site.timezone)


def system_name(id: str | None, rules: Rules, language: str) -> str:
    """A system's name; a word for an unknown one."""
    system = rules.catalogue.system(id)
    if system is None:
        return say("system_unknown", language)
    return _shown(system.name_en or system.name if language == "en" else system.name)


@lru_cache(maxsize=1024)
def _shown(name: str) -> str:
    return _LONG_NOTE.sub("", name)


def department_name(id: str | None, rules: Rules, language: str) -> str:
    """A department's name; a word for an unknown one."""
    department = rules.catalogue.department(id)
    if department is None:
        return say("department_unknown", language)
    return department.name_en or department.name if language == "en" else department.name


def contract_name(ticket: Ticket, rules: Rules, language: str) -> str:
    """The name of the contract that the ticket runs under."""
    contract = rules.contract_of(ticket)
    return contract.called(language) if contract else say("contract_none", language)


def labels(ticket: Ticket, rules: Rules, language: str) -> str:
    """System, kind, department, scope and priority in one line: HIS 故障，急诊科，整个科室，优先级 紧急."""
    system = system_name(ticket.system, rules, language)
    department = department_name(ticket.department, rules, language) if ticket.department else ""
    scope = ticket.scope if ticket.kind is Kind.FAULT else None
    return _labels(system, ticket.kind, department, scope, ticket.priority, language)


@lru_cache(maxsize=1024)
def _labels(system: str, kind: Kind, department: str, scope: Scope | None, priority: Priority, language: str) -> str:
    words = [say("system_kind", language, system=system, kind=say(f"kind_{kind}", language))]
    if department:
        words.append(department)
    if scope:
        words.append(say(f"scope_{scope}", language))
    words.append(say("priority_is", language, priority=say(f"priority_{priority}", language)))
    return listed(words, language)


def running(ticket: Ticket, rules: Rules) -> tuple[Clock, ...]:
    """The ticket's clocks that run, the next deadline first."""
    return still_running(clocks_of(ticket, rules.contract_of(ticket), rules.calendar, rules.versions))


def still_running(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    """Those of these clocks that run, the next deadline first."""
    return tuple(sorted((c for c in clocks if c.state is ClockState.RUNNING), key=lambda clock: clock.due))


def deadlines(running: Iterable[Clock], rules: Rules, now: datetime, language: str) -> str:
    """Running clocks in plain words: 响应 今天 03:57前，到场 今天 05:42前; "" when none runs."""
    zone = zone_of(rules)
    return listed((deadline(clock, now, language, zone) for clock in running), language)


def deadline(clock: Clock, now: datetime, language: str, zone: ZoneInfo) -> str:
    """One clock: what, by when, and whether that is over or provisional."""
    if clock.is_paused(now):
        return _deadline("deadline_paused", clock_name(clock, language), "", language)
    key = "deadline_over" if clock.due < now else "deadline_provisional" if clock.provisional else "deadline"
    return _deadline(key, clock_name(clock, language), plain.by(clock.due, now, language, zone), language)


@lru_cache(maxsize=1024)
def _deadline(key: str, clock: str, by: str, language: str) -> str:
    return say(key, language, clock=clock, by=by)


def clock_name(clock: Clock, language: str) -> str:
    """What a clock is called; one that only the hospital's own contract knows goes by its name there."""
    name = clock_called(clock.name, language)
    return say("clock_target", language, clock=name) if clock.rule.beside else name


def clock_called(name: str, language: str) -> str:
    """What a clock of this name is called."""
    key = f"clock_{name}"
    return say(key, language) if key in catalogue(language) else name


def entry_called(entry: Entry, language: str) -> str:
    """What an entry of the ledger is about: the name of its clock, or of the limit of a quota."""
    name, _, rest = entry.clock.removeprefix(QUOTA).partition("/")
    if not entry.clock.startswith(QUOTA):
        return clock_called(name, language)
    level = f"outage_level_{name}"
    shown = say(level, language) if level in catalogue(language) else name
    return say("quota_limit", language, level=shown, limit=say(f"limit_{rest.partition('/')[0]}", language))


def duty(ticket: Ticket, rules: Rules, now: datetime) -> OnCall | None:
    """Who is on call for the ticket's contract; None where no team serves it."""
    team = rules.rota.team_of(ticket.contract)
    return on_call(team, now) if team else None


def called(ticket: Ticket, rules: Rules, now: datetime) -> Person | None:
    """The person who is called first."""
    now_on_call = duty(ticket, rules, now)
    return rules.people.by_id.get(now_on_call.first) if now_on_call else None


def changes(data: Mapping[str, object], rules: Rules, language: str) -> str:
    """New labels in one line: 系统 PACS，优先级 高."""
    words = []
    for name, value in data.items():
        if name == "system":
            words.append(system_name(str(value), rules, language))
        elif name == "department":
            words.append(department_name(str(value), rules, language))
        elif name == "priority":
            words.append(say("priority_is", language, priority=say(f"priority_{value}", language)))
        elif name in ("kind", "scope"):
            words.append(say(f"{name}_{value}", language))
        elif name == "contract":
            version = rules.versions.get((str(value), str(data.get("contract_version", ""))))
            contract = version or rules.contracts.get(str(value))
            words.append(contract.called(language) if contract else say("contract_none", language))
    return listed(words, language)


def put_right(wrong: Event, amendment: Event, told: Callable[[datetime], str], language: str) -> str:
    """What an amendment put right: 到场：03:52 → 03:40."""
    data = amendment.data
    at = None if data.get("void") else datetime.fromisoformat(data["at"])
    return change(wrong.kind, wrong.at, at, told, language)


def change(kind: EventKind, old: datetime, new: datetime | None, told: Callable[[datetime], str], language: str) -> str:
    """That an event happened at another instant, or never (None): 到场：03:52 → 03:40."""
    words = (told(old), say("amend_void", language)) if new is None else plain.told_apart(old, new, told)
    return say("amend_change", language, what=say(f"event_{kind}", language), old=words[0], new=words[1])


def amended(events: tuple[Event, ...], index: int, told: Callable[[datetime], str], language: str) -> str:
    """Of an event that was put right, what counts instead of it; of an amendment, what it put right; else ""."""
    event, by = events[index], amendments(events).get(index)
    if event.kind is EventKind.AMENDED and 0 <= event.data["event"] < index:
        return put_right(events[event.data["event"]], event, told, language)
    if by is None:
        return ""
    if events[by].data.get("void"):
        return say("trail_void", language)
    return say("trail_amended", language, at=told(datetime.fromisoformat(events[by].data["at"])))


def paged(ticket: Ticket, steps: Mapping[str, datetime], rules: Rules) -> tuple[Person, ...]:
    """Who was paged for the ticket, by the steps that were taken; whoever forgot it knows."""
    team = rules.rota.team_of(ticket.contract)
    if team is None:
        return ()
    keys = [(key.split("/"), at) for key, at in steps.items() if key.startswith(("page/", "forgotten/", "urged/"))]
    rungs = [(parts[0], parts[1], Who(parts[2].partition("-")[0]), at) for parts, at in keys if len(parts) > 2]
    called = [(_first(ticket, kind, int(by)), who, at) for kind, by, who, at in rungs if (kind, who) != _FORGOT]
    people = [person for first, who, at in called for person in people_on(who, team, at, rules, first)]
    return tuple(dict.fromkeys(people))


def _first(ticket: Ticket, kind: str, begun_by: int) -> str:
    """Who stands for the first on call on a ladder, as `sla.paging` and `sla.watch` begin it: whom the ticket was
    handed to, or who had it; "" for whoever was on call."""
    events = in_place(ticket.events)[: begun_by + 1]
    if kind == "page" and events[-1].kind not in (EventKind.HANDED_OVER, EventKind.REOPENED):
        return ""
    has = ""
    for event in events:
        if event.kind in (EventKind.ACKNOWLEDGED, EventKind.HANDED_OVER):
            has = str(event.data["to"] if event.kind is EventKind.HANDED_OVER else event.by)
        elif event.kind in (EventKind.CONFIRMED, EventKind.ACCEPTED):
            has = ""
    return has
