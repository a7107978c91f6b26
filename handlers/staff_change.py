"""A person of the provider's team leaves: what the contract asks for then follows from it."""

from handlers.commands import Order
from handlers.duties import AHEAD, MANAGING, NUMBER, SIGNS, concerned, line_of, tell
from handlers.duty_book import called, managers, number_of, numbered, open_book
from handlers.duty_watch import ALL, DUTY, record_overdue
from handlers.intake.redact import redact
from handlers.intake.when import deadline
from handlers.talk import Talk
from sla.contract import Contract
from sla.duty import STAFF_CHANGE, Duty
from sla.errors import Refused
from sla.labels import Side
from sla.people import Person
from sla.records import Record, RecordKind


def staff_change(talk: Talk, order: Order) -> int | None:
    """人员变更 9 张三 10月31日: somebody of the provider's team leaves that day. To say it here is the written notice;
    the consent and the hand-over follow as duties."""
    person = concerned(talk)
    if not talk.speaker.may(*MANAGING):
        raise Refused("staff_change_by_managers")
    contract, duty, text = _of_contract(talk, person, order.text)
    named = deadline(text, talk.at)
    if named is None:
        number = number_of(talk.rules, contract.id, duty.id)
        raise Refused("staff_change_how", numbers=number, example=number)
    day = named.instant.astimezone(talk.zone).date().isoformat()
    before = talk.uow.records.of(contract.id, RecordKind.STAFF_CHANGE, day)
    subject = f"{day}-{len(before) + 1}" if before else day
    data = {"text": text, "to": day}
    record = Record(contract.id, RecordKind.STAFF_CHANGE, subject, talk.at, talk.speaker.id, talk.now, data)
    talk.uow.records.add(record)
    talk.uow.watched.put(DUTY, ALL, talk.now)
    book = open_book(contract, talk.uow, talk.rules, talk.now)
    record_overdue(book, talk.uow)  # told too late, the notice is overdue at once
    lines = [line_of(talk, one) for one in book.around(AHEAD, called(duty.id), subject) if one.period == subject]
    talk.answer(talk.say("staff_change_noted", day=day, lines="\n".join(lines)))
    for other in (*managers(contract.id, Side.PROVIDER, talk.rules), *managers(contract.id, Side.HOSPITAL, talk.rules)):
        tell(talk, other, talk.say_to(other, "staff_change_told", contract=contract, words=redact(text), day=day))
    return None


def _of_contract(talk: Talk, person: Person, text: str) -> tuple[Contract, Duty, str]:
    """The contract that is meant, by the number of the duty that follows, or because there is but one; the rest of the
    words. Raises Refused where it is not clear."""
    following = [(n, c, d) for n, c, d in numbered(talk.rules, person, talk.now) if d.after == STAFF_CHANGE]
    match = NUMBER.match(text)
    chosen = [each for each in following if match and each[0] == int(match[1])]
    if match and chosen:
        text = text[match.end() :].strip(SIGNS)
    if not following:
        raise Refused("no_such_duty")
    if not chosen and len(following) > 1:
        numbers = [str(number) for number, _, _ in following]
        raise Refused("staff_change_how", numbers=talk.listed(numbers), example=numbers[0])
    _, contract, duty = (chosen or following)[0]
    return contract, duty, text
