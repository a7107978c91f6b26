"""The reporter's side after the report: how it stands, hurry, it works again, it still does not, we too; the rating."""

from collections.abc import Container, Sequence
from datetime import timedelta

from handlers import ask, correct, describe, incident, noted, question, reclassify, report, storm, which
from handlers.buttons import outcome_buttons
from handlers.commands import Order
from handlers.intake.redact import redact
from handlers.people import may_see
from handlers.recurrence import RECURS
from handlers.remark import ANSWERS, listen
from handlers.talk import Buttons, Talk
from handlers.wished import wished
from sla.contract import Satisfaction
from sla.errors import Refused
from sla.labels import Kind, Role
from sla.message import Button
from sla.ticket import EventKind, State, Ticket, check

URGE_AGAIN = timedelta(minutes=15)
"""The ladder climbs for an urging reporter at most once in this time."""
A_DAY, LATELY = timedelta(days=1), 20
COMES_BACK_WITHIN = timedelta(days=7)
"""How long after the repair "it does not work again" is about the same ticket."""


def urge(talk: Talk, order: Order) -> int | None:
    """催办: how it stands, and at most once in a quarter of an hour the ladder climbs."""
    ticket = which.concerned(talk, order)
    if ticket is None:
        return None
    wish = correct.of_ticket(talk, ticket, talk.text) if is_wish(talk, ticket) else None
    if wish and not reclassify.is_for_managers(talk, ticket, wish.labels):
        return correct.apply(talk, wish)
    if wish:  # somebody has to come all the same
        ticket = reclassify.lay_before(talk, ticket, wish.labels)
        talk.prefaces.append(talk.say("wish_proposed", ticket=ticket.number))
    ticket = incident.leading(talk, ticket)
    last = max((e.at for e in ticket.events if e.kind is EventKind.URGED), default=None)
    if not ticket.is_working:
        text = talk.say("urged_resolved")
    elif last is None or talk.at - last >= URGE_AGAIN:
        before = talk.uow.tickets.steps(ticket.number)
        ticket = talk.record(ticket, talk.event(EventKind.URGED, text=talk.whole), *talk.files())
        text = talk.say("urged", names=being_called(talk, ticket, before))
    else:
        ticket = talk.record(ticket, *talk.words(talk.whole))  # it may say more than that it is urgent
        again = talk.when(last + URGE_AGAIN)
        text = talk.say("urged_before", names=being_called(talk, ticket), at=talk.when(last), again=again)
    talk.answer(text + "\n" + ask.standing(talk, ticket), after(talk, ticket), ticket.number)
    return ticket.number


def is_wish(talk: Talk, ticket: Ticket) -> bool:
    """Whether hurry is asked for by naming a priority, by who may."""
    return wished(talk.text) is not None and ticket.is_working and may_see(talk, ticket)


def being_called(talk: Talk, ticket: Ticket, before: Container[str] = ()) -> str:
    """Who has the ticket or is on call for it, and whoever was called since `before`, by name."""
    steps = {key: at for key, at in talk.uow.tickets.steps(ticket.number).items() if key not in before}
    above = describe.paged(ticket, {k: at for k, at in steps.items() if k.startswith("urged/")}, talk.rules)
    people = dict.fromkeys([person for person in (talk.worker_of(ticket), *above) if person])
    names = talk.say("between_names").join(person.called(talk.language) for person in people)
    return names or talk.say("those_on_call")


def after(talk: Talk, ticket: Ticket) -> Buttons:
    """The buttons of a ticket that waits for its reporter, for who may press them."""
    if ticket.state is not State.RESOLVED or (ticket.reporter != talk.speaker.id and not talk.speaker.is_hospital):
        return ()
    return (tuple(Button(talk.say(label), action) for label, action in outcome_buttons(ticket)),)


def worked(talk: Talk, order: Order) -> int | None:
    """好了谢谢: confirms what was resolved; where nobody resolved it yet, its engineer is asked to; said once more
    when all is done it is a courtesy."""
    if which.meant(talk, order) is None and not talk.uow.tickets.open_of(talk.speaker.id):
        latest = talk.uow.tickets.latest_of(talk.speaker.id)
        if is_courtesy_now(talk, latest):
            talk.answer(talk.say("courtesy"), ticket=latest.number if latest else None)
            return latest.number if latest else None
    ticket = which.concerned(talk, order)
    if ticket is None:
        return None
    speaks_for_it = ticket.reporter == talk.speaker.id or may_see(talk, ticket)
    if ticket.state is State.RESOLVED and speaks_for_it:
        return confirmed(talk, ticket)
    which.hospital_only(talk, ticket)
    note = talk.event(EventKind.NOTED, text=talk.whole, says="works")
    return works(talk, talk.record(ticket, note, *talk.files()), speaks_for_it=speaks_for_it)


def is_courtesy_now(talk: Talk, latest: Ticket | None) -> bool:
    """Whether "it works" of somebody without an open ticket is about what is done already, or about nothing."""
    system = talk.meaning.system
    if latest is not None and system in (None, latest.system):
        return True
    others = which.narrowed(talk, which.of_the_department(talk))
    return not others and latest is not None


def works(talk: Talk, ticket: Ticket, *, speaks_for_it: bool) -> int:
    """Who works on it is asked to resolve it; of what is resolved the reporter is asked, where a colleague said so."""
    name = talk.somebody(talk.speaker.id)
    if ticket.is_working:
        key = "works_for_engineer" if ticket.reporter == talk.speaker.id else "works_for_engineer_by"
        talk.tell_workers(ticket, key, (("button_resolve", f"resolve:{ticket.number}"),), name=name)
    if not speaks_for_it:
        buttons = () if ticket.is_working else outcome_buttons(ticket)
        key = "works_for_reporter" if ticket.is_working else "works_for_reporter_mended"
        talk.tell_reporter(ticket, key, buttons, name=name)
    noted = "works_noted" if ticket.is_working else "works_noted_mended"
    talk.answer(talk.say(noted, ticket=ticket.number), ticket=ticket.number)
    return ticket.number


def confirm(talk: Talk, order: Order) -> int | None:
    """The reporter's, or the hospital's, word that it is mended."""
    ticket = which.own(talk, order)
    return confirmed(talk, ticket) if ticket else None


def confirmed(talk: Talk, ticket: Ticket) -> int:
    """Close it, and ask how satisfied the reporter is."""
    which.hospital_only(talk, ticket)
    if ticket.state is State.CONFIRMED:
        raise Refused("confirmed_before", ticket=ticket.number)
    kind = EventKind.ACCEPTED if ticket.kind is Kind.CHANGE else EventKind.CONFIRMED
    ticket = talk.record(ticket, talk.event(kind, text=talk.whole))
    talk.tell_workers(ticket, "confirmed_for_engineer")
    talk.answer(talk.say("confirmed", ticket=ticket.number), rating_buttons(talk, ticket), ticket.number)
    listen(talk, ticket)
    return ticket.number


def accept(talk: Talk, order: Order) -> int | None:
    """验收 W12: the hospital accepts a change."""
    ticket = which.own(talk, order)
    if ticket is None:
        return None
    if ticket.kind is not Kind.CHANGE:
        raise Refused("change_only", ticket=ticket.number, event="accepted")
    return confirmed(talk, ticket)


def rating_buttons(talk: Talk, ticket: Ticket) -> Buttons:
    """The five answers, one in a row."""
    points = satisfaction(talk, ticket).points
    pairs = zip(ANSWERS, points, strict=True)
    return tuple((Button(talk.say(f"rate_{word}"), f"rate:{ticket.number}:{point}"),) for word, point in pairs)


def satisfaction(talk: Talk, ticket: Ticket) -> Satisfaction:
    """The points that the ticket's contract gives for each answer."""
    contract = talk.rules.contract_of(ticket)
    return contract.satisfaction if contract else Satisfaction()


def rate(talk: Talk, order: Order) -> int | None:
    """One of the five answers, by its button or in words. It may be changed until the ticket comes back: its thanks
    have a button for that."""
    ticket = which.theirs(talk, order.ticket or 0)
    if ticket.reporter != talk.speaker.id:
        raise Refused("only_the_reporter", ticket=ticket.number)
    if not order.text:
        check(ticket, EventKind.RATED)
        talk.answer(talk.say("rate_again", ticket=ticket.number), rating_buttons(talk, ticket), ticket.number)
        return ticket.number
    allowed = satisfaction(talk, ticket).points
    said = dict(zip(ANSWERS, allowed, strict=True)).get(order.text, -1)
    points = int(order.text) if order.text.isdigit() else said
    if points not in allowed:
        raise Refused("unknown_button")
    if ticket.points == points:
        raise Refused("rated_before", ticket=ticket.number)
    talk.record(ticket, talk.event(EventKind.RATED, points=points, label=ANSWERS[allowed.index(points)]))
    again = Button(talk.say("button_rate_again"), f"rate:{ticket.number}")
    talk.answer(talk.say("rated"), ((again,),), ticket.number)
    listen(talk, ticket)
    return ticket.number


# It does not work


def still_broken(talk: Talk, order: Order) -> int | None:
    """The button 还是不行 under "it is mended"."""
    return reopened(talk, which.followed(talk, order.ticket or 0))


def is_over(talk: Talk, number: int) -> bool:
    """Whether a fault that is told of a ticket comes after its end: by the hospital, of something mended."""
    if talk.is_borrowed or not talk.speaker.is_hospital or talk.meaning.kind is not Kind.FAULT:
        return False
    ticket = talk.load(number)
    return ticket.state is State.CONFIRMED and talk.meaning.system in (None, ticket.system)


def unresolved(talk: Talk, order: Order) -> int | None:
    """还是不行: opens again what was mended lately, is passed on where work goes on; else it is a report."""
    number = which.meant(talk, order)
    if number is not None:
        return still(talk, which.followed(talk, number))
    mine = which.narrowed(talk, talk.uow.tickets.open_of(talk.speaker.id))
    before = () if mine else mended_lately(talk)
    fitting = mine or before or which.narrowed(talk, which.of_the_department(talk))
    if not fitting:
        return report.open_new(talk)
    ticket = which.one_of(talk, order, mended(fitting) or fitting, "no_open_ticket")
    return still(talk, ticket) if ticket else None


def mended(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Those that are said to be mended: of them it is said first that they are not."""
    return [ticket for ticket in tickets if ticket.state is State.RESOLVED]


def mended_lately(talk: Talk) -> Sequence[Ticket]:
    """The speaker's closed tickets that may have come back: all of the last day, else the latest of the week."""
    back = [ticket for ticket in talk.uow.tickets.lately(talk.speaker.id, LATELY) if comes_back(talk, ticket)]
    fitting = sorted(which.narrowed(talk, back), key=lambda t: t.resolved_at or t.reported_at, reverse=True)
    fresh = [ticket for ticket in fitting if talk.at - (ticket.resolved_at or ticket.reported_at) <= A_DAY]
    return fresh or fitting[:1]


def comes_back(talk: Talk, ticket: Ticket) -> bool:
    """Whether the ticket was mended within the last seven days."""
    mended = ticket.resolved_at if ticket.state in (State.RESOLVED, State.CONFIRMED) else None
    return mended is not None and talk.at - mended <= COMES_BACK_WITHIN


def still(talk: Talk, ticket: Ticket) -> int:
    """It still does not work: open it again, or tell who works on it."""
    if ticket.is_working:
        wider = correct.widened(talk, ticket) if may_see(talk, ticket) else {}
        return (
            reclassify.classify(talk, ticket, wider) if wider else noted.keep(talk, ticket, told="still_for_engineer")
        )
    of_a_colleague = ticket.state is State.CONFIRMED and not may_see(talk, ticket)
    if of_a_colleague or not comes_back(talk, ticket):
        return came_back(talk, ticket)
    return reopened(talk, ticket)


def came_back(talk: Talk, ticket: Ticket) -> int:
    """What was mended too long ago to be opened again came back: a report of its own, once."""
    mine = talk.uow.tickets.open_of(talk.speaker.id, ticket.system)
    again = next((t for t in mine if t.is_working and t.events[0].data.get(RECURS) == ticket.number), None)
    return still(talk, talk.load(again.number)) if again else report.open_new(talk, before=ticket)


def reopened(talk: Talk, ticket: Ticket) -> int:
    """Open it again; after the confirmation that is a new round with new clocks."""
    which.hospital_only(talk, ticket)
    if ticket.is_working:
        raise Refused("reopened_before", ticket=ticket.number)
    was_confirmed = ticket.state is State.CONFIRMED
    reopening = talk.event(EventKind.REOPENED, text=talk.whole), *incident.parting(talk, ticket)
    ticket = talk.record(ticket, *reopening, *talk.files())
    talk.tell_reporter(ticket, "reopened_for_reporter", name=talk.somebody(talk.speaker.id))
    storm.grown(talk, ticket)
    key = "reopened_anew" if was_confirmed else "reopened"
    stands = question.deadline_line(talk, ticket) if ticket.incident is None else ask.standing(talk, ticket)
    talk.answer(talk.say(key, ticket=ticket.number) + "\n" + stands, ticket=ticket.number)
    return ticket.number


# Ending it otherwise


def cancel(talk: Talk, order: Order) -> int | None:
    """撤销 W12 reason: by who reported it, or the hospital's manager."""
    ticket = which.own(talk, order)
    if ticket is None:
        return None
    if ticket.reporter != talk.speaker.id and not talk.speaker.may(Role.HOSPITAL_MANAGER):
        raise Refused("only_reporter_cancels", ticket=ticket.number)
    if order.ticket is None:  # one word, and it cannot be taken back: asked once
        button = Button(talk.say("button_cancel", ticket=ticket.number), f"cancel:{ticket.number}")
        talk.answer(talk.say("really_cancel", ticket=ticket.number, title=ticket.title), ((button,),), ticket.number)
        return ticket.number
    before, ticket = ticket, talk.record(ticket, talk.event(EventKind.CANCELLED, text=order.text))
    goes_on = incident.withdrawn(talk, before)
    why, reason = "why" if order.text else "at_will", redact(order.text)
    if goes_on is None:
        talk.tell_workers(ticket, f"cancelled_for_engineer_{why}", reason=reason)
    talk.tell_reporter(ticket, f"cancelled_for_reporter_{why}", reason=reason)
    talk.answer(talk.say("cancelled", ticket=ticket.number), ticket=ticket.number)
    return ticket.number


def nobody(talk: Talk, order: Order) -> int | None:
    """无需到场 W12: the hospital's side says that nobody need come."""
    ticket = which.own(talk, order)
    if ticket is None:
        return None
    which.hospital_only(talk, ticket)
    ticket = talk.record(ticket, talk.event(EventKind.NOBODY_NEEDED, text=order.text))
    talk.tell_workers(ticket, "nobody_for_engineer")
    talk.tell_reporter(ticket, "nobody_for_reporter")
    talk.answer(talk.say("nobody_noted", ticket=ticket.number), ticket=ticket.number)
    return ticket.number
