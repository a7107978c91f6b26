"""The front door: every message comes in here, in a unit of its own, and leaves as facts and notices.

guard the input -> identify the sender -> what is it: a button, an answer to an open question, a command, a word to a
ticket, or a message with a meaning -> ROUTES -> the handler. A Refused becomes an answer and changes nothing.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from handlers import (
    about,
    album,
    amend,
    ask,
    assessed,
    borrowed,
    duties,
    duty_judged,
    edited,
    explain,
    incident,
    known,
    maintenance,
    me_too,
    my_channels,
    outage,
    outcome,
    pause,
    people,
    plan,
    proposals,
    question,
    reclassify,
    remark,
    report,
    staff_change,
    test_page,
    waive,
    work,
)
from handlers.back_again import welcome_back
from handlers.commands import DUTY_WORDS, MAINTENANCE_WORDS, REACH_WORDS, Order, button, lacks_number, number_in, parse
from handlers.decided import is_system_said
from handlers.intake.text import new_words
from handlers.people import identify
from handlers.talk import Talk
from handlers.which import meant, named
from handlers.wished import wished
from sla.errors import Refused
from sla.labels import Intent, Kind, Priority
from sla.message import Address
from sla.rules import Rules
from storage.base import Draft, InboxRow, UnitOfWork

Handler = Callable[[Talk, Order], int | None]

ROUTES: Mapping[str, Handler] = {
    # what a message means
    Intent.REPORT: report.report,
    Intent.QUERY: ask.query,
    Intent.URGE: outcome.urge,
    Intent.RESOLVED: outcome.worked,
    Intent.UNRESOLVED: outcome.unresolved,
    Intent.ME_TOO: me_too.me_too,
    Intent.CHAT: ask.chat,
    "words": ask.words,
    # the reporter and the hospital
    "system": question.answered,
    "new": report.new,
    "caption": report.captioned,
    "album": album.add,
    "edited": edited.edited,
    "confirm": outcome.confirm,
    "still_broken": outcome.still_broken,
    "rate": outcome.rate,
    remark.KIND: remark.remark,
    "accept": outcome.accept,
    "cancel": outcome.cancel,
    "join": incident.join,
    "part": incident.take_out,
    "nobody": outcome.nobody,
    "approve": plan.approve,
    "refuse": plan.refuse,
    "approver": plan.approver,
    "downtime": outage.stood_still,
    "department_impact": outage.stood_still,
    "outage_end": outage.ended,
    "no_outage": outage.none,
    "outage": outage.pressed,
    "outages": outage.account_asked,
    "agree_change": reclassify.agree_change,
    "waive": waive.waive,
    "unwaive": waive.unwaive,
    "agree_waiver": waive.agree_waiver,
    # the managers of both sides
    "amend": amend.amend,
    "void": amend.void,
    "agree_amendment": amend.agree_amendment,
    "ask_waiver": waive.ask_waiver,
    "refuse_asked": proposals.refuse_asked,
    # the engineer
    "ack": work.ack,
    "arrive": work.step,
    "remote_failed": work.step,
    "senior": work.step,
    "assessed": work.step,
    "solution": work.step,
    "built": work.step,
    "live": work.step,
    "delivered": work.step,
    "cause": work.cause,
    "resolve": work.resolve,
    "handover": work.handover,
    "plan": plan.submit,
    "plan_deadline": plan.plan_deadline,
    "pause": pause.pause,
    "survey": assessed.survey,
    "praise": assessed.praise,
    "complaint": assessed.complaint,
    "training": assessed.training,
    # everybody
    "known": known.join,
    "apart": known.another,
    "by_maintenance": maintenance.is_why,
    "maintenance": maintenance.announce,
    "maintenance_until": maintenance.prolong,
    "maintenance_off": maintenance.end,
    "continue": pause.go_on,
    "note": ask.note,
    "show": ask.show,
    "explain": explain.why,
    "tickets": ask.tickets,
    "duties": duties.listed,
    "duty_done": duties.done,
    "duty_proof": duties.proof,
    "duty_accept": duty_judged.accept,
    "duty_refuse": duty_judged.refuse,
    "duty_refused": duty_judged.refused,
    "duty_revoke": duty_judged.revoke,
    "staff_change": staff_change.staff_change,
    "on_call": ask.on_call_now,
    "help": ask.help_,
    "hello": ask.hello,
    "my_channels": my_channels.my_channels,
    "quiet": my_channels.quiet,
    "test_page": test_page.test_page,
    "test_ack": test_page.acknowledged,
    "bind": people.bind,
    "bindcode": people.bindcode,
}
"""The one table: verbs of buttons and command words, and what a message means, each with its handler."""

UNPROVEN_MAY = frozenset(
    {Intent.REPORT, Intent.QUERY, Intent.URGE, Intent.UNRESOLVED, Intent.ME_TOO, Intent.CHAT}
    | {"words", "system", "new", "caption", "album", "known", "apart", "note", "show"}
    | {"tickets", "on_call", "help", "hello"}
)
"""What somebody may do whose address proves nothing: report, add to it, ask. The answer goes to that address."""
ASKS_FOR_A_TICKET = frozenset({"which", *about.ASKED})
"""Open questions that a ticket's number alone answers, rather than asks for its record."""
NO_RIGHT = frozenset({"not_your_ticket", "only_the_hospital", "not_an_engineer"})
"""Refusals that a proof of the sender may turn into something else."""
_LETTERS = re.compile(r"\w")
_STICKER = re.compile(r"sticker", re.IGNORECASE)
_HOW_IT_STANDS = re.compile(
    r"(?:请问)?(?:.{0,12}(?:系统|工单|故障))?\s*(?:[A-Za-z]{2,6}|\d{1,9})?\s*(?:现在)?(?:修|弄|搞|处理|解决)?(?:好|恢复)"
    r"了?(?:吗|没有?|嘛|么)[?？。!！\s]*"
    r"|how(?:'s| is| are) .{1,30}(?:doing|going|coming along|getting on)\W*|(?:and )?what about .{1,20}\?",
    re.IGNORECASE,
)
"""Questions that are too short to tell of what: 好了吗."""
_QUESTION_MARKS = re.compile(r"[?？!！\s]+")


def receive(row: InboxRow, uow: UnitOfWork, rules: Rules, now: datetime) -> int | None:
    """Handle one message of the inbox and mark it done; the number of the ticket it belongs to, if any.

    Raises whatever is no fault of the writer: the caller then sets the message aside in another unit.
    """
    uow.inbox.alone(Address(row.inbound.channel, row.inbound.sender))
    talk = Talk(
        row, uow, rules, now, identify(row.inbound, uow, rules), row.inbound.text[: rules.site.max_text].strip()
    )
    welcome_back(talk)
    try:
        borrowed.hear(talk)
        guard(talk)
        people.vouch(talk)
        order = order_of(talk)
        if not row.inbound.proven and order.verb not in UNPROVEN_MAY:
            raise Refused("unproven")
        ticket = ROUTES[order.verb](talk, order)
    except Refused as refused:
        no_right = not row.inbound.proven and refused.key in NO_RIGHT
        ticket = refuse(talk, Refused("unproven") if no_right else refused)
    talk.close()
    uow.outbox.add(talk.notices, now)
    uow.inbox.done(row.id, now, ticket)
    return ticket


def refuse(talk: Talk, refused: Refused) -> int | None:
    """Say why not; whatever was to be told to others is not told. The ticket that was meant, if one was."""
    talk.notices.clear()
    if talk.draft and not is_settled(talk, talk.draft):  # an answer that could not be taken leaves the question open
        talk.uow.drafts.put(talk.speaker.address, talk.draft)
    fields = dict(refused.fields)
    for name, prefix in (("state", "state"), ("event", "event")):
        if name in fields:
            fields[name] = talk.say(f"{prefix}_{fields[name]}")
    number = fields.get("ticket")
    ticket = number if isinstance(number, int) and refused.key != "no_such_ticket" and number else None
    talk.answer(talk.say(refused.key, **fields), ticket=ticket)
    return ticket


# Guarding


def guard(talk: Talk) -> None:
    """Raises Refused for what cannot be read; notes in the answer what was read only in part."""
    inbound = talk.inbound
    limit = talk.rules.site.max_text
    if len(inbound.text) > limit:
        talk.prefaces.append(talk.say("long_text", length=len(inbound.text), read=limit))
    for file in inbound.attachments:
        if file.ref is None and not _STICKER.search(file.type):
            talk.prefaces.append(refused_file(talk, file.name, file.refused))
    if inbound.action or talk.kept_files():
        return
    if not talk.text:
        unreadable(talk)
    elif not _LETTERS.search(talk.text) and not _QUESTION_MARKS.fullmatch(talk.text):
        raise Refused("only_emoji")


def refused_file(talk: Talk, name: str, reason: str) -> str:
    """Why a file was not kept."""
    if reason == "too_big":
        return talk.say("file_too_big", name=name[:60], megabytes=talk.rules.site.max_file // (1024 * 1024))
    return talk.say("file_type" if reason == "type" else "file_unavailable", name=name[:60])


def unreadable(talk: Talk) -> None:
    """A message without words: refused files say so themselves, a sticker or nothing at all is told apart."""
    if talk.prefaces:
        raise Refused("send_words")
    if any(_STICKER.search(file.type) for file in talk.inbound.attachments):
        raise Refused("only_sticker")
    raise Refused("empty")


# What is wanted


def order_of(talk: Talk) -> Order:
    """The one thing that is wanted, the surest sign first."""
    talk.draft = talk.uow.drafts.get(talk.speaker.address, talk.now)
    if talk.inbound.action:
        return pressed(talk)
    found = album.order(talk) or edited.order(talk)
    if found:
        return found
    command = None if talk.is_borrowed else parse(new_words(talk.text), talk.speaker.is_provider)
    if command and command.verb in DUTY_WORDS and not duties.is_meant(talk, command):
        command = None
    if command and command.verb in MAINTENANCE_WORDS and not maintenance.is_meant(talk, command):
        command = None
    if command and command.verb in REACH_WORDS and not is_of_reach(talk, command):
        command = None
    asked = talk.draft and command and is_asked_for(talk.draft, command)
    if command and command.verb != "words" and not asked:
        return with_number(talk, command)
    answered = answer_to(talk, talk.draft) if talk.draft and (asked or not command) else None
    if answered:
        talk.uow.drafts.remove(talk.speaker.address)
        return answered
    if command and asked:
        return command
    return free_words(talk, command)


def is_asked_for(draft: Draft, command: Order) -> bool:
    """Whether what begins like a command answers the open question: W12, or 原因：… 方法：… 结果：… of a repair."""
    if draft.kind == "resolve":
        return command.verb == "cause" and command.ticket is None
    return command.verb == "show" and draft.kind in ASKS_FOR_A_TICKET


def is_of_reach(talk: Talk, command: Order) -> bool:
    """Whether words about channels, quiet hours or test pages are a command here."""
    is_meant = my_channels.is_meant if command.verb in ("my_channels", "quiet") else test_page.is_meant
    return is_meant(talk, command)


def with_number(talk: Talk, command: Order) -> Order:
    """The command, where it needs a ticket's number that of the one replied to. Raises Refused where it has none."""
    if not lacks_number(command):
        return command
    number = named(talk, command)
    if number is None:
        raise Refused("name_the_ticket", word=talk.text.rstrip("?？"))
    return Order(command.verb, number)


def pressed(talk: Talk) -> Order:
    """A button. "pick" completes what was asked for before; a verb we do not know comes from an old message."""
    order = button(talk.inbound.action)
    if order and order.verb == "pick" and talk.draft and talk.draft.kind == "which":
        talk.uow.drafts.remove(talk.speaker.address)
        return picked(talk, talk.draft, order.ticket)
    if order is None or order.verb not in ROUTES:
        raise Refused("unknown_button")
    if order.verb == "note" and talk.draft and talk.draft.kind == "caption":
        talk.carried = list(talk.draft.data["files"])
        talk.uow.drafts.remove(talk.speaker.address)
    return order


def picked(talk: Talk, draft: Draft, number: int | None) -> Order:
    """What was wanted, now for the ticket that was chosen. The words that wanted it are said again."""
    talk.hear(str(draft.data.get("text", "")))
    return Order(str(draft.data["verb"]), number, str(draft.data.get("arg", "")))


def answer_to(talk: Talk, draft: Draft) -> Order | None:
    """The message as the answer to the open question; None when it is something else."""
    if talk.meaning.intent is Intent.REPORT and talk.meaning.system and is_settled(talk, draft):
        talk.uow.drafts.remove(talk.speaker.address)
        talk.draft = None
        return None
    ticket = draft.data.get("ticket")
    if draft.kind == "which":
        number = number_in(talk.text)
        return picked(talk, draft, number) if number in draft.data["tickets"] else None
    if draft.kind == "system":
        if question.is_not_known(talk.text):
            return Order("system", ticket, question.OTHER)
        return Order("system", ticket) if talk.meaning.system and is_answer(talk, ticket) else None
    if draft.kind == "caption":
        talk.carried = list(draft.data["files"])
        return free_words(talk, None)
    if not (talk.text or draft.kind in ("plan", "duty_proof")):
        return None
    if draft.kind == remark.KIND:
        return remark.answer(talk, draft)
    if draft.kind in about.ASKED:
        return about.answer(talk, draft)
    if draft.kind == "plan_deadline" and plan.named_deadline(talk, talk.text) is None:
        return None
    return Order(draft.kind, ticket, talk.text)


def is_settled(talk: Talk, draft: Draft) -> bool:
    """Whether what was asked was decided some other way: then no answer is waited for, and a report is a report."""
    if draft.kind == "system":
        return is_system_said(talk.load(draft.data["ticket"]))
    if draft.kind in ("refuse", "plan_deadline"):
        return not plan.is_open_question(talk, draft)
    return draft.kind in ("resolve", "plan") and not talk.load(draft.data["ticket"]).is_working


def is_answer(talk: Talk, ticket: int | None) -> bool:
    """Whether words that name a system answer which one is meant, rather than ask for something else."""
    if talk.meaning.intent not in (Intent.REPORT, Intent.CHAT):
        return False
    return talk.meaning.kind in (None, Kind.FAULT) or talk.meaning.kind is talk.load(ticket).kind


def free_words(talk: Talk, command: Order | None) -> Order:
    """A word to a ticket, by number or reply; else what the words mean."""
    number = command.ticket if command else meant(talk, Order(""))
    if command:
        talk.hear(command.text)
    if not talk.text:
        if number is None and talk.draft and talk.draft.kind != remark.KIND:
            number = talk.draft.data.get("ticket")
        return Order("words", number) if number is not None else Order("caption")
    if number is None and ask.is_of_figures(talk):
        raise Refused("figures_elsewhere")
    asks = _QUESTION_MARKS.fullmatch(talk.text) or _HOW_IT_STANDS.fullmatch(talk.text)
    intent = Intent.QUERY if asks else talk.meaning.intent
    wish = wished(talk.text)
    if wish:  # it puts right, and urges where the highest is wanted by who waits
        intent = Intent.URGE if wish is Priority.CRITICAL and not talk.speaker.is_provider else Intent.CHAT
    if talk.is_borrowed and intent in (Intent.RESOLVED, Intent.UNRESOLVED, Intent.URGE):
        intent = Intent.CHAT  # nobody confirms or urges by what somebody else wrote
    if number is not None and intent is Intent.REPORT and outcome.is_over(talk, number):
        return Order(Intent.REPORT)  # nobody reads a note of what is over
    if number is not None and intent in (Intent.REPORT, Intent.CHAT, Intent.ME_TOO):
        return Order("words", number, talk.text)
    if intent is Intent.REPORT and talk.speaker.is_provider and ask.latest(talk):
        return Order(Intent.CHAT)
    said = about.spoken(talk) if number is None and not talk.is_borrowed else None
    return said or Order(intent, number)
