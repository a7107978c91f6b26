"""The written plan: submitted by the engineer, approved by both sides of the hospital, or refused with a reason.

Two sides approve: "department" (使用科室), by the head of the ticket's department, and "management" (管理部门), by the
hospital's manager. One person gives one side's word. Where the department is unknown or has no head, and nobody was
named for it, the manager may name somebody, or give both words as two separate acts; then no other could.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import takewhile

from handlers import proposals, which
from handlers.commands import Order
from handlers.intake.redact import redact
from handlers.intake.when import deadline
from handlers.people import worker
from handlers.talk import Buttons, Talk, attached
from handlers.wording import listed, plain
from handlers.work import acting
from sla.errors import Refused
from sla.labels import Role, Side
from sla.message import Button
from sla.people import Person
from sla.ticket import Event, EventKind, Plan, Ticket
from storage.base import Draft

WAITS = timedelta(hours=2)
"""How long an answer to a question about a plan is taken for one."""
DEPARTMENT, MANAGEMENT = "department", "management"
SIDES = (DEPARTMENT, MANAGEMENT)
LONGEST_SHOWN = 1500


def submit(talk: Talk, order: Order) -> int | None:
    """方案 W12 …, or a file with these words, or the answer to "send the plan now"."""
    ticket = which.mine(talk, order)
    if ticket is None:
        return None
    worker(talk, ticket)
    if not ticket.is_working:
        raise Refused("wrong_state", ticket=ticket.number, state=ticket.state.value, event="plan_submitted")
    files = talk.kept_files()
    if not order.text and not files:
        talk.ask("plan", ticket.number, WAITS)
        talk.answer(talk.say("plan_send_now", ticket=ticket.number), ticket=ticket.number)
        return ticket.number
    named = named_deadline(talk, order.text) if order.text else None
    # Counted over all rounds: a button or a deadline of an earlier round's plan is never taken for this one's.
    number = sum(event.kind is EventKind.PLAN_SUBMITTED for event in ticket.events) + 1
    data = {"number": number, "text": order.text, "deadline": named.isoformat() if named else None}
    more = [talk.event(EventKind.NOTED, **file) for file in files[1:]]
    ticket = acting(talk, ticket, talk.event(EventKind.PLAN_SUBMITTED, **data, **(files[0] if files else {})), *more)
    if named is None:
        talk.ask("plan_deadline", ticket.number, WAITS, number=number)
        talk.answer(talk.say("plan_asks_deadline", ticket=ticket.number, number=number), ticket=ticket.number)
    else:
        talk.answer(submitted_line(talk, ticket), ticket=ticket.number)
    put_before(talk, ticket)
    return ticket.number


def submitted_line(talk: Talk, ticket: Ticket) -> str:
    """That the plan is in, and before whom it was put."""
    people = [person for side in SIDES for person in approvers(talk, ticket, side)]
    names = talk.listed(dict.fromkeys(person.called(talk.language) for person in people)) or talk.say("nobody_there")
    return talk.say("plan_submitted", ticket=ticket.number, number=current(ticket).number, names=names)


def plan_deadline(talk: Talk, order: Order) -> int | None:
    """The deadline that a plan was sent without: asked for once, taken from the answer."""
    ticket = talk.load(order.ticket)
    worker(talk, ticket)
    plan = current(ticket)
    named = named_deadline(talk, order.text)
    if named is None or plan.refused_at or plan.approved_at:
        raise Refused("plan_deadline_how", ticket=ticket.number)
    ticket = talk.record(
        ticket, talk.event(EventKind.NOTED, text=order.text, plan=plan.number, deadline=named.isoformat())
    )
    put_before(talk, ticket)
    talk.answer(talk.say("plan_deadline_noted", ticket=ticket.number, by=talk.when(named)), ticket=ticket.number)
    return ticket.number


def is_open_question(talk: Talk, draft: Draft) -> bool:
    """Whether what was asked about a plan still wants an answer: it is the latest one, and nobody decided meanwhile."""
    ticket = talk.load(draft.data["ticket"])
    plan = ticket.plan
    if plan is None or plan.number != draft.data["number"] or plan.refused_at or not ticket.is_working:
        return False
    return draft.data["side"] in open_sides(talk, ticket, plan) if "side" in draft.data else not plan.approved_at


def current(ticket: Ticket) -> Plan:
    """The latest plan. Raises Refused when there is none."""
    if ticket.plan is None:
        raise Refused("no_plan", ticket=ticket.number)
    return ticket.plan


def proposed(ticket: Ticket, plan: Plan) -> datetime | None:
    """The deadline that the engineer proposes: in the plan, or told afterwards."""
    told = [
        e.data["deadline"] for e in ticket.events if e.kind is EventKind.NOTED and e.data.get("plan") == plan.number
    ]
    return datetime.fromisoformat(told[-1]) if told else plan.deadline


def named_deadline(talk: Talk, text: str) -> datetime | None:
    """The deadline that the words name, read as they were said."""
    found = deadline(text, talk.at)
    return found.instant if found else None


# Who approves


def approvers(talk: Talk, ticket: Ticket, side: str) -> tuple[Person, ...]:
    """Who may give the word of a side."""
    managers = talk.rules.people.having(Role.HOSPITAL_MANAGER, ticket.contract)
    return managers if side == MANAGEMENT else heads(talk, ticket) or managers


def heads(talk: Talk, ticket: Ticket) -> tuple[Person, ...]:
    """Who speaks for the department: whom a manager named, else its head; nobody when neither is known."""
    named = [e.data["approver"] for e in ticket.events if e.kind is EventKind.NOTED and "approver" in e.data]
    person = talk.rules.people.by_id.get(named[-1]) if named else None
    if person:
        return (person,)
    found = talk.rules.people.having(Role.DEPARTMENT_HEAD, ticket.contract)
    return tuple(head for head in found if ticket.department and head.department == ticket.department)


def sides_of(talk: Talk, ticket: Ticket) -> list[str]:
    """The sides for which the speaker may give a word. Raises Refused when there is none."""
    found = [side for side in SIDES if talk.speaker.person in approvers(talk, ticket, side)]
    if not found:
        raise Refused("not_an_approver", ticket=ticket.number)
    return found


def put_before(talk: Talk, ticket: Ticket) -> None:
    """The plan to everybody who may approve it, with its files, which are named, and buttons."""
    plan = current(ticket)
    files = attached(e.data for e in submitted(ticket, plan))
    for person in dict.fromkeys(p for side in SIDES for p in approvers(talk, ticket, side)):
        mine = [side for side in SIDES if person in approvers(talk, ticket, side)]
        text, buttons = plan_text(talk, ticket, plan, person), plan_buttons(talk, ticket, plan, person, mine)
        talk.tell(person, text, ticket.number, buttons, attachments=files)


def submitted(ticket: Ticket, plan: Plan) -> Iterable[Event]:
    """The event that brought the plan, and what came in the same message: its other files."""
    events = iter(ticket.events)
    brought = next(e for e in events if e.kind is EventKind.PLAN_SUBMITTED and e.data["number"] == plan.number)
    yield brought
    same = (EventKind.NOTED, brought.at, brought.by)
    yield from takewhile(lambda e: (e.kind, e.at, e.by) == same, events)


def plan_text(talk: Talk, ticket: Ticket, plan: Plan, person: Person) -> str:
    """The plan as an approver reads it."""
    due = proposed(ticket, plan)
    text = redact(plan.text)[:LONGEST_SHOWN]
    files = [redact(str(e.data["file_name"])) for e in submitted(ticket, plan) if e.data.get("file_name")]
    if files:
        text = "\n".join([text, talk.say_to(person, "plan_in_file", names=listed(files, person.language))]).strip()
    shown = talk.say_to(
        person,
        "plan_for_approver",
        ticket=ticket.number,
        number=plan.number,
        title=ticket.title,
        name=talk.somebody(plan.by),
        text=text,
        deadline=talk.when_to(person, due) if due else talk.say_to(person, "none_named"),
    )
    no_head = person in talk.rules.people.having(Role.HOSPITAL_MANAGER) and not heads(talk, ticket)
    return shown + ("\n" + talk.say_to(person, "plan_names_approver", ticket=ticket.number) if no_head else "")


def plan_buttons(talk: Talk, ticket: Ticket, plan: Plan, person: Person, mine: list[str]) -> Buttons:
    """同意 for each side that the person speaks for, and 不同意."""

    def action(verb: str, side: str) -> str:
        return f"{verb}:{ticket.number}:{plan.number}:{side}"

    if len(mine) == 1:
        labels = [("button_approve", action("approve", mine[0]))]
    else:
        labels = [(f"button_approve_{side}", action("approve", side)) for side in mine]
    labels.append(("button_refuse", action("refuse", mine[-1])))
    return (tuple(Button(talk.say_to(person, label), act) for label, act in labels),)


# Yes and no


def meant(talk: Talk, order: Order) -> tuple[Ticket, Plan, str, str] | None:
    """The ticket, the plan, the side ("" unless named), the words. A button names plan and side; words name neither."""
    number = which.named(talk, order)
    if number is None:
        ticket = which.one_of(talk, order, waiting_for(talk), "no_plan_waits")
    else:
        ticket = talk.load(number)
    if ticket is None:
        return None
    plan = current(ticket)
    pressed, _, side = order.text.partition(":")
    if pressed.isdigit() and side in SIDES:
        if int(pressed) != plan.number:
            raise Refused("plan_replaced", ticket=ticket.number, number=int(pressed))
        return ticket, plan, side, ""
    return ticket, plan, "", order.text


def waiting_for(talk: Talk) -> list[Ticket]:
    """Tickets whose plan waits for the speaker's word."""
    person = talk.speaker.person
    if person is None or not talk.speaker.may(Role.DEPARTMENT_HEAD, Role.HOSPITAL_MANAGER):
        return []
    found = talk.uow.tickets.open_on(contracts=person.contracts or None, limit=200)
    return [t for t in found if t.plan and not t.plan.refused_at and open_sides(talk, t, t.plan)]


def open_sides(talk: Talk, ticket: Ticket, plan: Plan) -> list[str]:
    """The sides that wait for a word and for which the speaker may give it."""
    given = {approval.side for approval in plan.approvals}
    return [side for side in SIDES if side not in given and talk.speaker.person in approvers(talk, ticket, side)]


def undecided(talk: Talk, ticket: Ticket, plan: Plan, side: str) -> str:
    """The side for which the speaker gives a word now. Raises Refused where it was given before, or is another's."""
    mine = sides_of(talk, ticket)
    if plan.refused_at:
        raise Refused("plan_refused_before", ticket=ticket.number, name=talk.name_of(plan.refused_by))
    still_open = open_sides(talk, ticket, plan)
    if side and side not in mine:
        raise Refused("not_an_approver", ticket=ticket.number)
    if not still_open or (side and side not in still_open):
        raise Refused("plan_approved_before", ticket=ticket.number)
    chosen = side or (MANAGEMENT if MANAGEMENT in still_open and len(mine) == 1 else still_open[0])
    other_is_mine = any(a.by == talk.speaker.id and a.side != chosen for a in plan.approvals)
    if other_is_mine and heads(talk, ticket) and not alone(talk, ticket):
        raise Refused("one_side_each", ticket=ticket.number)
    return chosen


def alone(talk: Talk, ticket: Ticket) -> bool:
    """Whether nobody but the speaker may give either word."""
    return {p for side in SIDES for p in approvers(talk, ticket, side)} == {talk.speaker.person}


def approve(talk: Talk, order: Order) -> int | None:
    """同意 [W12] [限期 …]: one side's word; the second makes the deadline a clock."""
    found = meant(talk, order)
    if found is None:
        return None
    ticket, plan, side, words = found
    side = undecided(talk, ticket, plan, side)
    named = (named_deadline(talk, words) if words else None) or proposed(ticket, plan)
    if named and named <= talk.at:
        raise Refused("plan_deadline_passed", ticket=ticket.number, by=talk.when(named))
    if words and named is None and any(mark in words for mark in ("限期", "期限", "deadline")):
        raise Refused("plan_deadline_how", ticket=ticket.number)
    data = {"number": plan.number, "side": side, "deadline": named.isoformat() if named else None, "text": words}
    ticket = talk.record(ticket, talk.event(EventKind.PLAN_APPROVED, **data))
    approved = current(ticket)
    if approved.approved_at:
        tell_approved(talk, ticket, approved)
    else:
        tell_half(talk, ticket, side)
    return ticket.number


def tell_half(talk: Talk, ticket: Ticket, side: str) -> None:
    """One word is given, the other is waited for."""
    missing = next(other for other in SIDES if other != side)
    names = talk.listed(p.called(talk.language) for p in approvers(talk, ticket, missing)) or talk.say("nobody_there")
    talk.answer(
        talk.say("plan_half", ticket=ticket.number, side=talk.say(f"side_{missing}"), names=names), ticket=ticket.number
    )


def tell_approved(talk: Talk, ticket: Ticket, plan: Plan) -> None:
    """Both words are given: everybody hears the deadline."""
    due = plan.approved_deadline
    for person in concerned(talk, ticket):
        by = plain.by(due, talk.now, person.language, talk.zone) if due else talk.say_to(person, "none_named")
        talk.tell(person, talk.say_to(person, "plan_approved", ticket=ticket.number, deadline=by), ticket.number)
    by = talk.when(due) if due else talk.say("none_named")
    talk.answer(talk.say("plan_approved", ticket=ticket.number, deadline=by), ticket=ticket.number)
    reporter = talk.rules.people.by_id.get(ticket.reporter)
    if reporter is None or reporter not in concerned(talk, ticket):
        language = talk.language_of_reporter(ticket)
        by = plain.instant(due, talk.now, language, talk.zone) if due else "–"
        talk.tell_reporter(ticket, "plan_approved_for_reporter", deadline=by)


def concerned(talk: Talk, ticket: Ticket) -> Iterable[Person]:
    """Who must know what became of a plan: its author, the engineer, and both approvers."""
    plan = current(ticket)
    ids = (plan.by, ticket.assignee, *(approval.by for approval in plan.approvals))
    people = [talk.rules.people.by_id[id] for id in ids if id in talk.rules.people.by_id]
    return dict.fromkeys([*people, *(p for side in SIDES for p in approvers(talk, ticket, side))])


def refuse(talk: Talk, order: Order) -> int | None:
    """不同意：reason. Without one the reason is asked for; it goes back to the engineer."""
    draft = talk.draft if talk.draft and talk.draft.kind == "refuse" and not talk.inbound.action else None
    if draft and order.ticket not in (None, draft.data["ticket"]):
        draft = None  # another ticket's plan than the one whose reason was asked for
    if draft and order.text:
        order = Order("refuse", draft.data["ticket"], order.text)
    named = which.named(talk, order)
    asked = None if talk.inbound.action or draft or _plan_waits(talk, named) else proposals.waiting(talk, named)
    if asked:
        return proposals.refuse(talk, *asked, _reason(order.text))
    found = meant(talk, order)
    if found is None:
        return None
    ticket, plan, side, words = found
    side = undecided(talk, ticket, plan, side or (draft.data["side"] if draft else ""))
    if draft and draft.data["number"] != plan.number:
        raise Refused("plan_replaced", ticket=ticket.number, number=draft.data["number"])
    reason = _reason(words)
    if not reason:
        talk.ask("refuse", ticket.number, WAITS, number=plan.number, side=side)
        talk.answer(talk.say("plan_why_not", ticket=ticket.number), ticket=ticket.number)
        return ticket.number
    ticket = talk.record(ticket, talk.event(EventKind.PLAN_REFUSED, number=plan.number, side=side, reason=reason))
    for person in concerned(talk, ticket):
        text = talk.say_to(
            person, "plan_refused", ticket=ticket.number, name=talk.somebody(talk.speaker.id), reason=redact(reason)
        )
        talk.tell(person, text, ticket.number)
    talk.answer(talk.say("plan_refusal_noted", ticket=ticket.number), ticket=ticket.number)
    return ticket.number


def _plan_waits(talk: Talk, number: int | None) -> bool:
    """Whether a plan waits for the speaker's word: that of one ticket, or any (None)."""
    if number is None:
        return bool(waiting_for(talk))
    ticket = talk.load(number)
    return bool(ticket.plan and not ticket.plan.refused_at and open_sides(talk, ticket, ticket.plan))


def _reason(words: str) -> str:
    return words.removeprefix("理由").lstrip("：: ，,")


def approver(talk: Talk, order: Order) -> int | None:
    """审批人 W12 NAME: the hospital's manager names who approves for the department."""
    if not talk.speaker.may(Role.HOSPITAL_MANAGER):
        raise Refused("not_a_manager", ticket=order.ticket or 0)
    ticket = talk.load(which.named(talk, order))
    if talk.speaker.person not in talk.rules.people.having(Role.HOSPITAL_MANAGER, ticket.contract):
        raise Refused("not_a_manager", ticket=ticket.number)
    wanted = order.text.lower()
    people = [p for p in talk.rules.people.by_id.values() if p.answers_to(wanted)]
    if len(people) != 1 or people[0].side is not Side.HOSPITAL:
        raise Refused("no_such_approver", name=order.text[:20])
    ticket = talk.record(ticket, talk.event(EventKind.NOTED, text=talk.whole, approver=people[0].id))
    if ticket.plan and not ticket.plan.refused_at and not ticket.plan.approved_at:
        put_before(talk, ticket)
    talk.answer(talk.say("approver_named", ticket=ticket.number, name=people[0]), ticket=ticket.number)
    return ticket.number
