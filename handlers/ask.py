"""Questions: how a ticket stands, the open ones, who is on call, what the bot understands; and mere words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from handlers import correct, describe, duties, gathering, incident, noted, outcome, question, recalled, storm, which
from handlers.commands import Order
from handlers.intake.redact import redact
from handlers.people import WORKERS, may_see
from handlers.reading import UNSPOKEN, is_assent, is_courtesy, is_greeting
from handlers.remark import ANSWERS
from handlers.talk import Talk
from handlers.test_page import TESTERS
from sla.errors import Refused
from sla.labels import Role, Side
from sla.message import Button
from sla.rota import on_call
from sla.ticket import EventKind, Ticket

LISTED = 15
"""Tickets in one list, events in one record."""
SHORT = 30
"""Characters of a question for figures."""
_FIGURES = re.compile(
    r"(?:请|帮我|我想|想|查|看|要|给我?|发|一下|下|这个?|本|上个?|今|去|\d{4}|第?[一二三四1-4](?=季度)|季度|月份?|年度?|有|多少|几[次个条]|的|服务)*"
    r"(?:违约|逾期|报表|月报|季报|年报|台账|评分|得分|考核|统计|(?<=季度)怎么样|(?<=月)怎么样|(?<=年)怎么样)"
    r"(?:台账|记录|情况|次数|多少|报表|怎么样|几[次个条]|有|吗|呢|了|[？?。！!\s])*"
    r"|(?:show me )?(?:the |this |last )*(?:quarter|month|year)?(?:'s)? ?"
    r"(?:figures|statement|breaches|ledger|score)\W*",
    re.IGNORECASE,
)
"""What a manager asks of a period, and no more: 本季度有多少违约, 报表."""
IN_CHARGE = (*WORKERS, Role.HOSPITAL_MANAGER, Role.ADMINISTRATOR)


def standing(talk: Talk, ticket: Ticket) -> str:
    """Where a ticket stands: state, who since when, the next deadline."""
    text = talk.say("standing", ticket=ticket.number, title=ticket.title, state=talk.say(f"state_{ticket.state}"))
    if ticket.incident and ticket.is_working:
        text += talk.say("standing_joined", incident=ticket.incident)
        ticket = incident.leading(talk, ticket)
    if ticket.assignee and ticket.acknowledged_at:
        text += talk.say("standing_who", name=talk.name_of(ticket.assignee), since=talk.when(ticket.acknowledged_at))
    elif ticket.is_working and not question.page_waits(talk, ticket):
        called = talk.worker_of(ticket)
        text += talk.say("standing_calling", name=called) if called else ""
    clocks = talk.running(ticket)
    if clocks:
        text += talk.say("standing_next", deadline=describe.deadline(clocks[0], talk.now, talk.language, talk.zone))
    return text


def query(talk: Talk, order: Order) -> int | None:
    """怎么样了: of one ticket, or of all the speaker's open ones."""
    tickets = asked_about(talk, order)
    lines = [standing(talk, ticket) for ticket in tickets[:LISTED]]
    only = tickets[0] if len(tickets) == 1 else None
    talk.answer("\n".join(lines), outcome.after(talk, only) if only else (), only.number if only else None)
    return only.number if only else None


def asked_about(talk: Talk, order: Order) -> Sequence[Ticket]:
    """The ticket that is named; else the speaker's open ones, those of the speaker's work, those of the department,
    narrowed by what the words name. The latest one where all is closed."""
    number = which.meant(talk, order)
    if number is not None:
        return [which.followed(talk, number)]
    mine = talk.uow.tickets.open_of(talk.speaker.id)
    found = which.narrowed(talk, mine) or which.taken(talk) or which.narrowed(talk, which.of_the_department(talk))
    if not (found or mine) and talk.speaker.may(*IN_CHARGE):
        found = which.narrowed(talk, in_charge_of(talk))
    latest = talk.uow.tickets.latest_of(talk.speaker.id)
    if not (found or mine or latest):
        raise Refused("no_open_ticket")
    return found or mine or ([latest] if latest else [])


def in_charge_of(talk: Talk) -> list[Ticket]:
    """The open tickets under the contracts of who works or answers for them, by deadline."""
    person = talk.speaker.person
    known = talk.uow.tickets.open_on(contracts=(person.contracts if person else None) or None, limit=4 * LISTED)
    return [ticket for ticket in known if ticket.incident is None]  # what is joined is no work of its own


def show(talk: Talk, order: Order) -> int | None:
    """W12: the record of one ticket, for who may see it: in full, but redacted before a group; for others of
    its department how it stands."""
    ticket = which.followed(talk, order.ticket or 0)
    if not may_see(talk, ticket):
        return query(talk, order)
    lines = [standing(talk, ticket), describe.labels(ticket, talk.rules, talk.language)]
    lines.append(
        talk.say(
            "record_reported",
            at=talk.when(ticket.reported_at),
            by=talk.name_of(ticket.reporter),
            text=aloud(talk, ticket.text)[:500],
        )
    )
    if ticket.contact and not talk.inbound.group:
        lines.append(talk.say("record_contact", contact=ticket.contact))
    first = max(1, len(ticket.events) - LISTED)
    lines += [event_line(talk, ticket, index) for index in range(first, len(ticket.events))]
    joined = storm.part_button(talk, ticket) if ticket.incident and ticket.is_working else ()
    talk.answer("\n".join(lines), joined or outcome.after(talk, ticket), ticket.number)
    return ticket.number


def aloud(talk: Talk, text: str) -> str:
    """A text as it may be said where the message came from: whoever else reads a group need not work on the ticket."""
    return redact(text) if talk.inbound.group else text


def event_line(talk: Talk, ticket: Ticket, index: int) -> str:
    """One line of the record: when, what, who, in which words; what counts instead, where it was put right."""
    event = ticket.events[index]
    what, who = talk.say(f"event_{event.kind}"), talk.name_of(event.by) if event.by else ""
    amended = describe.amended(ticket.events, index, talk.when, talk.language)
    words = (talk.when(event.at), what, who, amended, told(talk, event.data))
    return " ".join(word for word in words if word)


def told(talk: Talk, data: Mapping[str, Any]) -> str:
    """The words in an event's data, in one line; whom it was handed to, how it was rated."""
    keys = ("cause" if data.get("method") else "text", "cause", "method", "result", "reason", "file_name")
    words = list(dict.fromkeys(str(data[key]) for key in keys if data.get(key) and data[key] not in UNSPOKEN))
    words += [describe.changes(data, talk.rules, talk.language)] if data.get("reason") in UNSPOKEN else []
    words += [f"→ {talk.name_of(data['to'])}"] if data.get("to") else []
    words += [talk.say(f"rate_{data['label']}")] if data.get("label") in ANSWERS else []
    return aloud(talk, " · ".join(words))[:200]


def tickets(talk: Talk, _order: Order) -> int | None:
    """工单: the open ones that concern the speaker; a department head's own and then the department's."""
    if talk.speaker.may(*IN_CHARGE):
        found = in_charge_of(talk)
    else:
        found = list(talk.uow.tickets.open_of(talk.speaker.id))
        found += [ticket for ticket in _of_department(talk) if ticket.reporter != talk.speaker.id]
    if not found:
        raise Refused("no_tickets")
    lines = [standing(talk, ticket) for ticket in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(talk.say("more_tickets"))
    talk.answer("\n".join(lines))
    return None


def _of_department(talk: Talk) -> Sequence[Ticket]:
    """The open tickets of the department that the speaker is head of."""
    person = talk.speaker.person
    if person is None or not person.department or not talk.speaker.may(Role.DEPARTMENT_HEAD):
        return ()
    return talk.uow.tickets.open_in(person.department, LISTED + 1)


def on_call_now(talk: Talk, _order: Order) -> int | None:
    """值班: who is on call now and next, team by team."""
    if not talk.speaker.person:
        raise Refused("bind_first")
    lines = []
    for team in talk.rules.rota.teams:
        duty = on_call(team, talk.now)
        first, second = (talk.name_of(id) if id else "–" for id in (duty.first, duty.second))
        line = talk.say("on_call", team=team.name, first=first, second=second)
        if duty.until:
            following = talk.name_of(duty.next_first) if duty.next_first else "–"
            line += talk.say("on_call_next", at=talk.when(duty.until), name=following)
        lines.append(line)
    talk.answer("\n".join(lines) or talk.say("on_call_none"))
    return None


def is_of_figures(talk: Talk) -> bool:
    """Whether a manager asks for a period's figures, of which there are none in chat."""
    asks = talk.speaker.may(Role.HOSPITAL_MANAGER, Role.PROVIDER_MANAGER) and len(talk.text) <= SHORT
    return asks and _FIGURES.fullmatch(talk.text) is not None


def hello(talk: Talk, _order: Order) -> int | None:
    """What a channel tells us when somebody begins to follow the bot: whose it is, how to report, how to be known."""
    site = talk.rules.site.name if talk.language == "zh" else talk.rules.site.name_en
    talk.answer(talk.say("hello", site=site) if talk.speaker.person else talk.say("hello_unknown", site=site))
    return None


def help_(talk: Talk, _order: Order) -> int | None:
    """帮助: what the speaker can say here."""
    keys = ["help_reporter"]
    keys += ["help_hospital"] if talk.speaker.is_hospital and not talk.speaker.may(Role.HOSPITAL_MANAGER) else []
    keys += ["help_worker"] if talk.speaker.may(*WORKERS) else []
    keys += ["help_maintenance"] if talk.speaker.may(*WORKERS, Role.HOSPITAL_MANAGER) else []
    keys += ["help_approver"] if talk.speaker.may(Role.HOSPITAL_MANAGER, Role.DEPARTMENT_HEAD) else []
    keys += ["help_outages"] if talk.speaker.may(Role.HOSPITAL_MANAGER, Role.PROVIDER_MANAGER) else []
    keys += ["help_assessed"] if talk.speaker.may(Role.HOSPITAL_MANAGER) else []
    keys += ["help_administrator"] if talk.speaker.may(Role.ADMINISTRATOR) else []
    keys += ["help_channels"] if talk.speaker.person else []
    keys += ["help_test_others"] if talk.speaker.may(*TESTERS) else []
    keys += ["help_unknown"] if talk.speaker.person is None else []
    talk.answer("\n".join(talk.say(key) for key in keys))
    return None


def note(talk: Talk, order: Order) -> int | None:
    """说明 W12 …: words for the record of one ticket."""
    ticket = which.theirs(talk, number) if (number := which.named(talk, order)) is not None else latest(talk)
    if ticket is None:
        raise Refused("no_open_ticket")
    if not order.text and not talk.kept_files():
        raise Refused("note_how", ticket=ticket.number)
    talk.hear(order.text)
    return noted.keep(talk, ticket)


def latest(talk: Talk) -> Ticket | None:
    """The ticket that words without a number most likely belong to: the only one taken, else the newest reported."""
    taken = which.taken(talk)
    if taken:
        return talk.load(taken[0].number) if len(taken) == 1 else None
    mine = talk.uow.tickets.open_of(talk.speaker.id)
    return talk.load(mine[0].number) if mine else None


def chat(talk: Talk, _order: Order) -> int | None:
    """Words that ask for nothing: a courtesy is returned, anything else goes on the open ticket, if there is one."""
    ticket = latest(talk)
    if is_courtesy(talk.text) and not is_greeting(talk.text) and not (ticket and was_asked(talk, ticket)):
        waits = take_it(talk)  # 收到 is heard as a word that somebody comes, and nobody has taken it by that
        if waits:
            return waits
    if is_assent(talk.text):
        if ticket and was_asked(talk, ticket):
            return noted.keep(talk, ticket)
        if ticket and outcome.after(talk, ticket):  # whether it is mended was asked: the button says so for sure
            return query(talk, Order("query", ticket.number))
        if not talk.inbound.group:
            talk.answer(talk.say("assent"))
        return None
    if is_courtesy(talk.text):
        talk.answer(talk.say("greeting" if is_greeting(talk.text) else "courtesy"))
        return None
    correct.ask_how(talk)
    going_on = gathering.going_on(talk)
    if going_on:
        return gathering.gather(talk, going_on)
    corrected = correct.find(talk) or (correct.of_worker(talk, ticket) if ticket else None)
    if corrected:
        return correct.apply(talk, corrected)
    named = recalled.names_something(talk)
    if ticket and ticket.is_open and (which.is_spoken_of(talk, ticket) or not named):
        return noted.keep(talk, ticket)
    if talk.carried:  # the picture that came first waits for the words that say what is wrong
        talk.ask("caption", None, question.OPEN, files=talk.carried)
    if talk.inbound.group:
        return None
    if named:
        talk.answer(talk.say("go_on", named=named))
        return None
    hint = duties.hint(talk)
    if hint:
        raise hint
    waits = take_it(talk)
    if waits:
        return waits
    talk.answer(talk.say("not_understood"))
    return None


def take_it(talk: Talk) -> int | None:
    """Whoever was called for a ticket that nobody has taken, and says something else, is offered to take it: its
    number, the nearest where there are several; None for everybody else."""
    called = which.calling(talk) if talk.speaker.is_provider and not talk.inbound.group else []
    if not called:
        return None
    label = talk.say("button_ack")
    buttons = tuple((Button(f"{label} W{t.number}", f"ack:{t.number}"),) for t in called[: which.SHOWN])
    only = called[0].number if len(called) == 1 else None
    listed = talk.listed(f"W{ticket.number}" for ticket in called[: which.SHOWN])
    talk.answer(talk.say("take_it", tickets=listed), buttons, only)
    return called[0].number


def was_asked(talk: Talk, ticket: Ticket) -> bool:
    """Whether the other side said something last, so that a mere yes may be the answer to it."""
    said = [event for event in ticket.events if event.kind is EventKind.NOTED and event.data.get("text")]
    by = talk.rules.people.by_id.get(said[-1].by) if said else None
    other = by is not None and (by.side is Side.PROVIDER) is not talk.speaker.is_provider
    return other and which.is_spoken_of(talk, ticket)


def words(talk: Talk, order: Order) -> int | None:
    """Words said to a ticket, by its number or as a reply: what they mean there, else a note."""
    ticket = which.followed(talk, order.ticket or 0)
    correction = correct.of_ticket(talk, ticket, order.text or talk.text) if may_see(talk, ticket) else None
    return correct.apply(talk, correction) if correction else noted.keep(talk, ticket)
