"""Announced maintenance by chat: 维护 HIS 今晚22:00-23:30 升级; listed, prolonged, ended, taken back.

Whoever reports a fault of the system meanwhile is told at once, and may say with one button that this is why.
"""

import re
from dataclasses import replace
from datetime import datetime

from handlers import describe, duties, incident, which
from handlers.commands import Order
from handlers.intake.ahead import ahead, rest_of, until
from handlers.intake.redact import redact
from handlers.maintenance_book import LAST_NUMBER, MAINTENANCE, book, line, running_on, to_reporters, write
from handlers.reach import managers_of
from handlers.talk import Buttons, Talk
from sla.errors import Refused
from sla.labels import Kind, Role
from sla.maintenance import AHEAD, LONGEST, Maintenance, ended
from sla.message import Button
from sla.paging import is_asked
from sla.people import Person
from sla.rota import on_call
from sla.ticket import Event, EventKind, Ticket

ANNOUNCERS = (Role.ENGINEER, Role.LEAD, Role.PROVIDER_MANAGER, Role.HOSPITAL_MANAGER)
TEXT = 60
"""Characters of what is done that others are told."""
_NUMBER = re.compile(r"^[#＃]?\s*(\d{1,6})(?![\d:：点时月年/.-])[\s,，:：]*")


def is_meant(talk: Talk, order: Order) -> bool:
    """Whether a word that begins many a report is a command here: from who may announce, or by itself."""
    return talk.speaker.may(*ANNOUNCERS) or (
        order.verb == "maintenance" and not order.text and bool(talk.speaker.person)
    )


def announce(talk: Talk, order: Order) -> int | None:
    """维护 SYSTEM from-to what: announce it. 维护 alone: what is announced. 维护 1 到 00:30: another end."""
    if not order.text:
        return listed(talk)
    if _NUMBER.match(order.text):
        return prolong(talk, order)
    person = _announcer(talk)
    talk.hear(order.text)
    told, system = ahead(order.text, talk.at), talk.meaning.system
    if told is None or system is None:
        raise Refused("maintenance_how")
    begins, ends = told
    if ends <= talk.at:
        raise Refused("maintenance_past", ends=talk.when(ends))
    if begins > talk.at + AHEAD or not begins < ends <= begins + LONGEST:
        raise Refused("maintenance_too_long", ahead=AHEAD.days, longest=LONGEST.days)
    contract = talk.rules.covering(system, talk.now)
    if talk.speaker.is_provider and not person.serves(contract.id if contract else None):
        raise Refused("maintenance_not_yours", system=describe.system_name(system, talk.rules, talk.language))
    number = int(talk.uow.marks.get(LAST_NUMBER) or 0) + 1
    talk.uow.marks.put(LAST_NUMBER, str(number))
    text = redact(rest_of(order.text))[:TEXT]
    one = Maintenance(number, contract.id if contract else "", system, begins, ends, person.id, text)
    times = {"begins": begins.isoformat(), "ends": ends.isoformat()}
    write(one, person.id, talk.uow, talk.now, system=system, text=text, **times)
    talk.uow.watched.put(MAINTENANCE, str(number), ends)
    talk.answer(talk.say("maintenance_noted", line=_line(talk, one)), _own_buttons(talk, one))
    _tell_others(talk, one, "maintenance_told")
    return None


def listed(talk: Talk) -> int | None:
    """维护: what goes on and what is to come."""
    found = sorted((one for one in book(talk.uow, talk.now).values() if one.is_to_come(talk.at)), key=_by_begin)
    if not found:
        raise Refused("maintenance_none")
    talk.answer("\n".join(_line(talk, one) for one in found))
    return None


def _by_begin(one: Maintenance) -> tuple[datetime, int]:
    return one.begins, one.number


def prolong(talk: Talk, order: Order) -> int | None:
    """延长维护 1 到 00:30: it ends then, later or earlier than was said; whoever waits for it is told."""
    one, rest = _named(talk, order)
    ends = until(rest, one.begins, talk.at)
    if ends is None:
        raise Refused("maintenance_until_how", number=one.number)
    if not talk.at < ends <= one.begins + LONGEST:
        raise Refused("maintenance_past", ends=talk.when(ends))
    write(one, talk.speaker.id, talk.uow, talk.now, ends=ends.isoformat())
    one = replace(one, ends=ends)
    talk.uow.watched.put(MAINTENANCE, str(one.number), ends)
    talk.answer(talk.say("maintenance_moved", line=_line(talk, one)), _own_buttons(talk, one))
    _tell_others(talk, one, "maintenance_moved_told")
    _tell_waiting(talk, one, "maintenance_moved_for_reporter")
    return None


def end(talk: Talk, order: Order) -> int | None:
    """维护结束 1, 取消维护 1: it is over before its time, or does not take place."""
    one, _ = _named(talk, order)
    write(one, talk.speaker.id, talk.uow, talk.now, over=True)
    talk.uow.watched.put(MAINTENANCE, str(one.number), None)
    began = one.begins <= talk.now
    one = ended(one, talk.now)
    talk.answer(talk.say("maintenance_over" if began else "maintenance_cancelled", line=_line(talk, one)))
    _tell_others(talk, one, "maintenance_over_told" if began else "maintenance_cancelled_told")
    _tell_waiting(talk, one, "maintenance_ended")
    return None


def _announcer(talk: Talk) -> Person:
    if talk.speaker.person is None or not talk.speaker.may(*ANNOUNCERS):
        raise Refused("maintenance_not_allowed")
    return talk.speaker.person


def _named(talk: Talk, order: Order) -> tuple[Maintenance, str]:
    """The maintenance of a button, or of the number that words begin with, or the only one; the rest of the words."""
    text = str(order.ticket) if order.ticket is not None else order.text
    person = _announcer(talk)
    there = {n: one for n, one in book(talk.uow, talk.now).items() if one.is_to_come(talk.at)}
    mine = {n: one for n, one in there.items() if not talk.speaker.is_provider or person.serves(one.contract or None)}
    found = _NUMBER.match(text)
    number = int(found[1]) if found else next(iter(mine)) if len(mine) == 1 else 0
    if number not in mine:
        raise Refused("maintenance_unknown")
    return mine[number], text[found.end() :] if found else text


def _line(talk: Talk, one: Maintenance) -> str:
    return line(one, talk.rules, talk.now, talk.language)


def _own_buttons(talk: Talk, one: Maintenance) -> Buttons:
    return ((Button(talk.say("button_maintenance_off", number=one.number), f"maintenance_off:{one.number}"),),)


def _tell_others(talk: Talk, one: Maintenance, key: str) -> None:
    """The managers of both sides and who is on call; nobody else is bothered."""
    contract, name = one.contract or None, talk.somebody(talk.speaker.id)
    team = talk.rules.rota.team_of(contract)
    first = talk.rules.people.by_id.get(on_call(team, talk.now).first) if team else None
    for person in dict.fromkeys((*managers_of(contract, talk.rules), *([first] if first else ()))):
        told = line(one, talk.rules, talk.now, person.language)
        duties.tell(talk, person, talk.say_to(person, key, name=name, line=told))


def _tell_waiting(talk: Talk, one: Maintenance, key: str) -> None:
    step = f"{key}-{talk.row.id}"
    talk.notices.extend(to_reporters(one, key, step, talk.uow, talk.rules, talk.now))


# Who reports a fault meanwhile


def asked(talk: Talk, ticket: Ticket) -> tuple[Event, ...]:
    """That the reporter is asked whether the maintenance that goes on is why; nothing where none does."""
    one = _running(talk, ticket)
    return (talk.event(EventKind.NOTED, asked="maintenance", maintenance=one.number),) if one else ()


def _running(talk: Talk, ticket: Ticket) -> Maintenance | None:
    if ticket.kind is not Kind.FAULT or ticket.system is None:
        return None
    return running_on(ticket.system, talk.uow, talk.at, talk.now)


def told(talk: Talk, ticket: Ticket, lines: list[str]) -> Buttons:
    """Tell what is worked on and until when, with the button by which it is why."""
    # Whoever was joined to an incident was not asked; for all others it was looked up as their ticket was opened.
    was_asked = any(event.data.get("asked") == "maintenance" for event in ticket.events)
    one = _running(talk, ticket) if was_asked or ticket.incident is not None else None
    if one is None:
        return ()
    system = describe.system_name(one.system, talk.rules, talk.language)
    key = "maintenance_runs_why" if one.text else "maintenance_runs"
    lines.append(talk.say(key, system=system, ends=talk.when(one.ends), text=one.text))
    waits = is_asked(ticket)
    buttons = [Button(talk.say("button_by_maintenance"), f"by_maintenance:{ticket.number}:{one.number}")]
    buttons += [Button(talk.say("button_no_maintenance"), f"apart:{ticket.number}")] if waits else []
    return (tuple(buttons),)


def is_why(talk: Talk, order: Order) -> int | None:
    """The button 是维护造成的: the reporter needs nothing, and hears when it is over or takes longer."""
    ticket = which.theirs(talk, order.ticket or 0)
    which.hospital_only(talk, ticket)
    one = book(talk.uow, talk.now).get(int(order.text)) if order.text.isdigit() else None
    if one is None or one.system != ticket.system:
        raise Refused("unknown_button")
    return _close(talk, ticket, one)


def _close(talk: Talk, ticket: Ticket, one: Maintenance) -> int:
    text = talk.say("maintenance_is_why", number=one.number)
    before = ticket
    talk.record(ticket, talk.event(EventKind.CANCELLED, text=text, maintenance=one.number))
    goes_on = incident.withdrawn(talk, before)
    if goes_on is None and (before.assignee or talk.paged(before)):
        talk.tell_workers(before, "maintenance_closed_for_engineer")
    write(one, talk.speaker.id, talk.uow, talk.now, ticket=ticket.number)
    key = "maintenance_closed" if one.is_to_come(talk.at) else "maintenance_closed_late"
    talk.answer(talk.say(key, ticket=ticket.number, ends=talk.when(one.ends)), ticket=ticket.number)
    return ticket.number
