"""Duties (职责) in chat: what is due, and that it was done."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers import duty_watch
from handlers.commands import DUTY_WORDS, Order, parse
from handlers.duty_book import Book, Numbered, called, managers, number_of, numbered, open_book
from handlers.duty_words import contract_name, due_line, due_lines, instant, name_of, period_shown
from handlers.intake.redact import redact
from handlers.people import WORKERS
from handlers.reach import Buttons, addresses_for, held
from handlers.talk import Talk, attached
from sla.contract import Contract
from sla.duty import Duty, Rhythm
from sla.errors import Refused
from sla.labels import Role, Side
from sla.message import Button, Notice, Purpose
from sla.people import Person
from sla.records import Record, RecordKind
from sla.rhythm import DutyState, Occurrence

SOON = timedelta(days=14)
AHEAD = timedelta(days=400)
"""How far ahead a duty is looked for that somebody says is done."""
LISTED, PRESSED = 20, 6
"""Lines of a list, buttons under it."""
WAITS = timedelta(minutes=30)
"""How long an answer to a question about a duty is taken for one."""
ACTION_BYTES = 64
MANAGING = (Role.LEAD, Role.PROVIDER_MANAGER, Role.HOSPITAL_MANAGER)
"""Who speaks for a side."""
NUMBER = re.compile(r"[#＃]?(\d{1,3})(?=[\s，,：:。、；;]|$)")
PERIOD = re.compile(
    r"(\d{4}-\d\d-\d\d|\d{4}-(?:\d\d|Q[1-4]|H[12]|W\d\d)|\d{4}|W\d{1,9})(?=[\s，,：:。、；;]|$)", re.IGNORECASE
)
WORDS = re.compile(r"\w+")
SIGNS = " \t\r\n:：,，.。;；、!！"


def concerned(talk: Talk) -> Person:
    """The speaker as somebody whom duties concern. Raises Refused for everybody else."""
    person = talk.speaker.person
    if person is None or not talk.speaker.may(*WORKERS, Role.HOSPITAL_MANAGER, Role.ADMINISTRATOR):
        raise Refused("no_right_duties")
    return person


def books(talk: Talk, person: Person) -> dict[str, Book]:
    """What is on record of the duties of each contract that concerns a person."""
    served = [contract for contract in talk.rules.contracts.values() if person.serves(contract.id)]
    return {each.id: open_book(each, talk.uow, talk.rules, talk.now, changes=True) for each in served}


# 职责


def listed(talk: Talk, _order: Order) -> int | None:
    """职责: what is due, overdue first, then that of the next 14 days; what cannot be dated."""
    person = concerned(talk)
    known = books(talk, person)
    shown = [one for book in known.values() for one in to_do(book)]
    shown.sort(key=lambda one: (one.state(talk.now) is not DutyState.OVERDUE, one.contract, one.due))
    lines = due_lines(shown[:LISTED], talk.rules, talk.now, talk.language)
    if len(shown) > LISTED:
        lines.append(talk.say("duties_more", count=len(shown) - LISTED))
    lines += [
        talk.say(f"duty_undated_{key}", number=number_of(talk.rules, id, duty.id), name=duty.name(talk.language))
        for id, book in known.items()
        for duty, key in book.undated()
    ]
    if not lines:
        raise Refused("no_duties")
    talk.answer(talk.say("duties_due", lines="\n".join(lines)), tuple(_done_buttons(talk, _pressed(talk, shown))))
    return None


def to_do(book: Book) -> list[Occurrence]:
    """What of a contract waits to be done within 14 days: every time that was missed (of what cannot be made good the
    latest), and the next one of each duty."""
    found: dict[tuple[str, str], Occurrence] = {}
    for one in (one for one in book.around(SOON) if not one.done):
        missed = one.state(book.now) is DutyState.OVERDUE
        if missed and one.duty.passes:
            found[one.duty.id, "missed"] = one
        else:
            found.setdefault((one.duty.id, one.period if missed or one.duty.after else "next"), one)
    return list(found.values())


def _pressed(talk: Talk, shown: Iterable[Occurrence]) -> list[Occurrence]:
    """What the speaker may say is done by a button, the most urgent first: a missed day passes, and has none."""
    mine = [one for one in shown if may_do(talk, one.duty) and one.state(talk.now) is not DutyState.COMING]
    good = [one for one in mine if one.state(talk.now) is DutyState.OPEN or not one.duty.passes]
    return sorted(good, key=lambda one: one.due)[:PRESSED]


def line_of(talk: Talk, one: Occurrence) -> str:
    return due_line(one, talk.rules, talk.now, talk.language)


def _done_buttons(talk: Talk, shown: Iterable[Occurrence]) -> Iterable[tuple[Button, ...]]:
    for one in shown:
        label = talk.say("button_duty_done", number=number_of(talk.rules, one.contract, one.duty.id))
        yield from row_of([(label, "duty_done", one)])


def row_of(buttons: Iterable[tuple[str, str, Occurrence]]) -> Buttons:
    """Buttons beside each other; one whose action would be longer than channels can carry is left out."""
    made = [Button(label, f"{verb}::{one.contract}/{one.subject}") for label, verb, one in buttons]
    row = tuple(button for button in made if len(button.action.encode()) <= ACTION_BYTES)
    return (row,) if row else ()


# 完成


def is_meant(talk: Talk, order: Order) -> bool:
    """Whether 完成 …, 认可 … and the like speak of a duty: somebody says it whom duties concern, and names one, by name
    or by a number, be it one that there is not: 完成 99 is no proof of what was asked about last."""
    person = talk.speaker.person
    if person is None or not talk.speaker.may(*WORKERS, Role.HOSPITAL_MANAGER):
        return False
    if order.verb == "staff_change":
        return bool(order.text)
    if NUMBER.match(order.text) or named(talk, person, order.text)[0]:
        return True
    return bool(_alike(talk, person, order.text))


def named(talk: Talk, person: Person, text: str) -> tuple[list[tuple[Contract, Duty]], str]:
    """The duties that words begin with, by number or by name, and the rest of the words."""
    served = numbered(talk.rules, person, talk.now)
    if match := NUMBER.match(text):
        number = int(match[1])
        return [(c, d) for n, c, d in served if n == number], text[match.end() :].strip(SIGNS)
    names = [(name, c, d) for _, c, d in served for name in (d.name_zh, d.name_en, d.id)]
    fitting = [(name, c, d) for name, c, d in names if text.lower().startswith(name.lower())]
    longest = max((len(name) for name, _, _ in fitting), default=0)
    return [(c, d) for name, c, d in fitting if len(name) == longest], text[longest:].strip(SIGNS)


def _alike(talk: Talk, person: Person, text: str) -> list[Numbered]:
    """The duties in whose name the first word occurs: 巡检. English words occur in many a sentence: only one alone."""
    word, *more = WORDS.findall(text.lower()) or [""]
    is_name = len(word) > 1 and not (more and word.isascii())
    served = numbered(talk.rules, person, talk.now) if is_name else ()
    return [each for each in served if any(word in name.lower() for name in (each[2].name_zh, each[2].name_en))]


def unclear(talk: Talk, text: str) -> Refused:
    """That no single duty is meant, with those that could be: whose names have the word, else what waits to be done."""
    person = concerned(talk)
    found = [(number, contract.id, duty) for number, contract, duty in _alike(talk, person, text)]
    if not found:
        waiting = (one for book in books(talk, person).values() for one in to_do(book))
        due = sorted((one for one in waiting if may_do(talk, one.duty)), key=lambda one: one.due)
        found = [(number_of(talk.rules, one.contract, one.duty.id), one.contract, one.duty) for one in due]
    if not found:
        return Refused("no_such_duty")
    lines = [
        talk.say(
            "duty_choice",
            number=number,
            name=duty.name(talk.language),
            contract=contract_name(id, talk.rules, talk.now, talk.language),
        )
        for number, id, duty in found
    ]
    return Refused("duty_unclear", lines="\n".join(list(dict.fromkeys(lines))[:PRESSED]))


def hint(talk: Talk) -> Refused | None:
    """Why 完成 and the like, said by somebody whom duties concern, were not understood; None for other words."""
    command = parse(talk.text, talk.speaker.is_provider)
    if command is None or command.verb not in DUTY_WORDS or command.verb == "staff_change":
        return None
    may = talk.speaker.may(*WORKERS, Role.HOSPITAL_MANAGER) and talk.speaker.person
    return unclear(talk, command.text) if may else None


def the_only(talk: Talk, fitting: Sequence[tuple[Contract, Duty]], text: str) -> tuple[Contract, Duty]:
    """The one duty that is meant by the words. Raises Refused where there is none, or several."""
    if not fitting:
        raise Refused("no_such_duty") if NUMBER.match(text) else unclear(talk, text)
    if len(fitting) > 1:
        numbers = talk.listed(str(number_of(talk.rules, contract.id, duty.id)) for contract, duty in fitting)
        raise Refused("duty_which", numbers=numbers)
    return fitting[0]


def may_do(talk: Talk, duty: Duty) -> bool:
    """Whether the speaker is of the side that has to do it, and may speak for it."""
    roles = (Role.HOSPITAL_MANAGER,) if duty.side is Side.HOSPITAL else WORKERS
    return talk.speaker.may(*roles)


def done(talk: Talk, order: Order) -> int | None:
    """完成 3 巡检报告已提交: a duty was done, by its number or name, or by the button under the list."""
    person = concerned(talk)
    if talk.inbound.action:
        return _do(talk, _at(talk, person, order.text), "")
    fitting, words = named(talk, person, order.text)
    mine = [(contract, duty) for contract, duty in fitting if may_do(talk, duty)]
    if fitting and not mine:
        raise Refused("duty_not_yours")
    contract, duty = the_only(talk, mine, order.text)
    book = open_book(contract, talk.uow, talk.rules, talk.now, changes=True)
    period = PERIOD.match(words)
    if period:
        words = words[period.end() :].strip(SIGNS)
    return _do(talk, _meant(talk, book, duty, period[1].upper() if period else ""), words)


def proof(talk: Talk, order: Order) -> int | None:
    """The answer to "what shows that it was done?": words, or a file."""
    return _do(talk, _at(talk, concerned(talk), str(talk.draft.data["duty"]) if talk.draft else ""), order.text)


def _at(talk: Talk, person: Person, name: str) -> Occurrence:
    """The time of a duty that a button or a question names: contract/duty/period. Raises Refused when it is gone."""
    id, _, subject = name.partition("/")
    contract = talk.rules.contracts.get(id)
    if contract is not None and person.serves(id):
        duty, _, period = subject.partition("/")
        book = open_book(contract, talk.uow, talk.rules, talk.now, changes=True)
        for one in book.around(AHEAD, called(duty), period):
            if one.subject == subject:
                return one
    raise Refused("duty_gone")


def _meant(talk: Talk, book: Book, duty: Duty, period: str) -> Occurrence:
    """The time of a duty that is meant: the one named; else what was missed longest and can be made good, what is open
    now, what was done last. Raises Refused where there is none."""
    times = book.around(AHEAD, called(duty.id), period)
    if period:
        if not times:
            raise Refused("duty_no_such_period", name=duty.name(talk.language), period=period)
        return times[0]
    begun = [one for one in times if one.state(talk.now) is not DutyState.COMING and one.opens <= talk.now]
    missed = [one for one in begun if one.state(talk.now) is DutyState.OVERDUE and not one.duty.passes]
    waiting = [one for one in begun if one.state(talk.now) is DutyState.OPEN]
    chosen = [*missed, *waiting, *reversed(begun)]
    if not chosen:
        raise Refused("duty_not_yet", name=duty.name(talk.language))
    return chosen[0]


def _do(talk: Talk, one: Occurrence, words: str) -> int | None:
    """Put on record that it was done, and tell the other side; ask for what shows it where nothing does."""
    if not may_do(talk, one.duty):
        raise Refused("duty_not_yours")
    files = talk.kept_files()
    wanted = one.duty.proof(talk.language)
    if wanted and not words and not files:
        talk.ask("duty_proof", None, WAITS, duty=f"{one.contract}/{one.subject}")
        talk.answer(talk.say("duty_wants_proof", name=name_of(one, talk.rules, talk.now, talk.language), proof=wanted))
        return None
    book = open_book(talk.rules.contracts[one.contract], talk.uow, talk.rules, talk.now)
    duty_watch.record_overdue(book, talk.uow)
    # Said again, it is the proof that is put right: it was done when it was first said.
    at = one.done.at if one.done else talk.at
    data: dict[str, Any] = {"proof": one.duty.proof_zh, "text": words, **(files[0] if files else {})}
    if files[1:]:
        data["more"] = files[1:]
    record = Record(one.contract, RecordKind.DUTY_DONE, one.subject, at, talk.speaker.id, talk.now, data)
    talk.uow.records.add(record)
    if talk.draft and talk.draft.data.get("duty") == f"{one.contract}/{one.subject}":
        talk.uow.drafts.remove(talk.speaker.address)  # answered by this
    talk.uow.watched.put(duty_watch.DUTY, duty_watch.ALL, talk.now)  # what follows it may have its day now
    one = replace(one, done=record)
    duty_watch.not_overdue(one, talk.uow, talk.now)
    name = name_of(one, talk.rules, talk.now, talk.language)
    late = one.state(talk.now) is DutyState.LATE
    text = talk.say(
        "duty_done_late" if late else "duty_done", name=name, due=instant(one.due, talk.rules, talk.now, talk.language)
    )
    text = "\n".join(filter(None, (text, _counted_for(talk, one, replace(book, records=(*book.records, record))))))
    talk.answer(text, row_of([(talk.say("button_duty_revoke"), "duty_revoke", one)]))
    _tell_other_side(talk, one, record)
    return None


def _counted_for(talk: Talk, one: Occurrence, book: Book) -> str:
    """Of what comes again and again: which time it was, and when the next is due; "" where there is none."""
    if one.duty.rhythm in (Rhythm.ONCE, Rhythm.EVENT):
        return ""
    following = book.following(one, AHEAD)
    if following is None:
        return ""
    return talk.say(
        "duty_counted_for",
        period=period_shown(one.period, talk.language),
        following=period_shown(following.period, talk.language),
        due=instant(following.due, talk.rules, talk.now, talk.language),
    )


def _tell_other_side(talk: Talk, one: Occurrence, record: Record) -> None:
    other = Side.HOSPITAL if one.duty.side is Side.PROVIDER else Side.PROVIDER
    late = one.state(talk.now) is DutyState.LATE
    for person in managers(one.contract, other, talk.rules):
        text = talk.say_to(
            person,
            "duty_done_told_late" if late else "duty_done_told",
            name=name_of(one, talk.rules, talk.now, person.language),
            who=talk.somebody(record.by),
            words=redact(record.data.get("text") or "") or talk.say_to(person, "none_named"),
            due=instant(one.due, talk.rules, talk.now, person.language),
        )
        labels = [("button_duty_accept", "duty_accept"), ("button_duty_refuse", "duty_refuse")]
        row = row_of([(talk.say_to(person, label), verb, one) for label, verb in labels])
        tell(talk, person, text, row, [record.data, *record.data.get("more", ())])


def tell(talk: Talk, person: Person, text: str, row: Buttons = (), files: Iterable[Mapping[str, Any]] = ()) -> None:
    addresses = addresses_for(person, talk.uow, talk.now)
    if addresses and person is not talk.speaker.person:
        key = f"duty:{talk.row.id}:{person.id}:{len(talk.notices)}"
        notice = Notice(key, Purpose.INFO, addresses, text, row, person.id, attachments=attached(files))
        talk.notices.append(held(notice, talk.uow, talk.rules, talk.now))
