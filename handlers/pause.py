"""暂停 W12 等院方提供端口, 继续 W12: time that the contract lets the provider's clocks stand still.

An engineer says why the work waits; the hospital is told, and either side says when it goes on. A contract that allows
no pause refuses it: the clocks run on.
"""

from datetime import timedelta

from handlers import describe, which
from handlers.commands import Order
from handlers.intake.redact import redact
from handlers.pause_words import clock_names, hospitals_managers
from handlers.people import worker
from handlers.talk import Talk
from handlers.work import acting
from sla.amend import in_place
from sla.clock import Clock
from sla.contract import Contract, PauseRule
from sla.errors import Refused
from sla.message import Button
from sla.pauses import Pause, open_pause
from sla.ticket import EventKind, Ticket

ASKED_FOR = timedelta(minutes=30)
"""How long the answer to "which pause?" is taken for one."""


def pause(talk: Talk, order: Order) -> int | None:
    """暂停 W12 等院方提供端口: the clocks that the contract's pause names stand still until somebody says 继续."""
    ticket = which.mine(talk, order)
    if ticket is None:
        return None
    worker(talk, ticket)
    contract = _pausable(talk, ticket)
    text, asked = order.text, talk.draft if talk.draft and talk.draft.kind == "pause" else None
    rule = _named(contract, text)
    if asked and asked.data["ticket"] == ticket.number:  # which of several was asked for; why was said before
        text = str(asked.data["reason"])
        talk.uow.drafts.remove(talk.speaker.address)
    if not text:
        raise Refused("pause_why", ticket=ticket.number)
    if rule is None:
        return _ask_which(talk, ticket, contract, text)
    return _paused(talk, ticket, rule, text)


def _pausable(talk: Talk, ticket: Ticket) -> Contract:
    """The ticket's contract, where a pause may begin under it now. Raises Refused where none may."""
    if not ticket.is_working:
        raise Refused("wrong_state", ticket=ticket.number, state=ticket.state.value, event="paused")
    contract = talk.rules.contract_of(ticket)
    if contract is None:
        raise Refused("pause_no_contract", ticket=ticket.number)
    if not contract.pauses:
        raise Refused("pause_not_allowed", ticket=ticket.number, contract=contract)
    if going_on := _open(talk, ticket):
        raise Refused("paused_before", ticket=ticket.number, since=talk.when(going_on.start))
    return contract


def _named(contract: Contract, text: str) -> PauseRule | None:
    """The pause that the words name, or the only one that the contract has."""
    if len(contract.pauses) == 1:
        return contract.pauses[0]
    named = [rule for rule in contract.pauses if any(n in text for n in (rule.name, rule.why_zh, rule.why_en))]
    return named[0] if len(named) == 1 else None


def _ask_which(talk: Talk, ticket: Ticket, contract: Contract, text: str) -> int:
    talk.ask("pause", ticket.number, ASKED_FOR, reason=text)
    buttons = tuple((Button(_why(rule, talk), f"pause:{ticket.number}:{rule.name}"),) for rule in contract.pauses)
    talk.answer(talk.say("pause_which", ticket=ticket.number), buttons, ticket.number)
    return ticket.number


def _why(rule: PauseRule, talk: Talk) -> str:
    return rule.why_en if talk.language == "en" else rule.why_zh


def _paused(talk: Talk, ticket: Ticket, rule: PauseRule, text: str) -> int:
    """Put it on record, where it makes any clock stand still; the hospital hears of it."""
    if not any(_can_stand_still(clock, rule, talk) for clock in talk.running(ticket)):
        raise Refused("pause_nothing", ticket=ticket.number)
    ticket = acting(talk, ticket, talk.event(EventKind.PAUSED, pause=rule.name, reason=text))
    still = [clock for clock in talk.running(ticket) if clock.is_paused(talk.now)]
    until = next((clock.paused_until for clock in still if clock.paused_until), None)
    told = {"ticket": ticket.number, "title": ticket.title, "reason": redact(text), "clause": rule.clause}
    for manager in hospitals_managers(ticket, talk.rules):
        said = talk.say_to(
            manager,
            "paused_for_hospital",
            name=talk.somebody(talk.speaker.id),
            clocks=clock_names(still, manager.language),
            limit=talk.say_to(manager, "pause_limit", until=talk.when_to(manager, until)) if until else "",
            **told,
        )
        go_on = Button(talk.say_to(manager, "button_continue"), f"continue:{ticket.number}")
        talk.tell(manager, said, ticket.number, ((go_on,),))
    talk.tell_reporter(ticket, "paused_for_reporter", reason=redact(text))
    limit = talk.say("pause_limit", until=talk.when(until)) if until else ""
    answer = talk.say("paused", clocks=clock_names(still, talk.language), limit=limit, **told)
    talk.answer(answer, ((Button(talk.say("button_continue"), f"continue:{ticket.number}"),),), ticket.number)
    return ticket.number


def _can_stand_still(clock: Clock, rule: PauseRule, talk: Talk) -> bool:
    return clock.name in rule.clocks and clock.latest >= talk.at


def _open(talk: Talk, ticket: Ticket) -> Pause | None:
    contract = talk.rules.contract_of(ticket)
    return open_pause(in_place(ticket.events), contract, talk.now) if contract else None


def go_on(talk: Talk, order: Order) -> int | None:
    """继续 W12: by the engineer, or by the hospital, which has done what was waited for."""
    of_worker = talk.speaker.is_provider
    ticket = which.mine(talk, order) if of_worker else which.own(talk, order)
    if ticket is None:
        return None
    if of_worker:
        worker(talk, ticket)
    else:
        which.hospital_only(talk, ticket)
    if not ticket.is_working or _open(talk, ticket) is None:
        raise Refused("not_paused", ticket=ticket.number)
    data = {"reason": order.text} if order.text else {}
    ticket = talk.record(ticket, talk.event(EventKind.CONTINUED, **data))
    name, reason = talk.somebody(talk.speaker.id), redact(order.text)
    for person in (talk.worker_of(ticket), *hospitals_managers(ticket, talk.rules)):
        if person is not None:
            due = describe.deadlines(talk.running(ticket), talk.rules, talk.now, person.language)
            due = due or talk.say_to(person, "no_deadline")
            fields = {"title": ticket.title, "name": name, "deadlines": due, "reason": reason}
            talk.tell(
                person, talk.say_to(person, "continued_for_others", ticket=ticket.number, **fields), ticket.number
            )
    talk.tell_reporter(ticket, "continued_for_reporter")
    due = talk.deadlines(ticket) or talk.say("no_deadline")
    talk.answer(talk.say("continued", ticket=ticket.number, deadlines=due), ticket=ticket.number)
    return ticket.number
