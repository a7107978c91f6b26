"""What becomes of a duty that was recorded as done: the other side agrees or does not, or it is taken back."""

from dataclasses import replace

from handlers import duty_watch
from handlers.commands import Order
from handlers.duties import MANAGING, PERIOD, SIGNS, WAITS, concerned, may_do, named, tell, the_only
from handlers.duty_book import duty_called, leads, managers, open_book
from handlers.duty_words import name_of
from handlers.talk import Talk
from sla.duty import Duty
from sla.errors import Refused
from sla.labels import Role, Side
from sla.records import Record, RecordKind
from sla.rhythm import Occurrence, standing


def accept(talk: Talk, order: Order) -> int | None:
    """认可 9: the other side agrees that it was done."""
    one, record = _recorded(talk, _meant(talk, order)[0])
    _other_side_only(talk, one.duty)
    data = {**record.data, "confirmed_by": talk.speaker.id}
    talk.uow.records.add(replace(record, recorded_at=talk.now, data=data, id=0))
    talk.answer(talk.say("duty_accepted", name=name_of(one, talk.rules, talk.now, talk.language)))
    return None


def refuse(talk: Talk, order: Order) -> int | None:
    """不认可 9 原因: the other side does not agree; where it does not say why, it is asked."""
    name, words = _meant(talk, order)
    one, record = _recorded(talk, name)
    _other_side_only(talk, one.duty)
    if words:
        _undo(talk, one, record, words)
        return None
    talk.ask("duty_refused", None, WAITS, duty=name)
    talk.answer(talk.say("duty_why_not", name=name_of(one, talk.rules, talk.now, talk.language)))
    return None


def refused(talk: Talk, order: Order) -> int | None:
    """Why the other side does not agree: then it was not done."""
    one, record = _recorded(talk, str(talk.draft.data["duty"]) if talk.draft else "")
    _other_side_only(talk, one.duty)
    _undo(talk, one, record, order.text)
    return None


def revoke(talk: Talk, order: Order) -> int | None:
    """撤回 9: who recorded it, or a manager of the same side, takes it back."""
    one, record = _recorded(talk, _meant(talk, order)[0])
    if not may_do(talk, one.duty) or (record.by != talk.speaker.id and not talk.speaker.may(*MANAGING)):
        raise Refused("duty_not_yours_to_undo")
    _undo(talk, one, record, talk.say("duty_taken_back"))
    return None


def _meant(talk: Talk, order: Order) -> tuple[str, str]:
    """What a button or words name, as contract/duty/period, and the rest of the words: 9, 9 2026-09 …; without a period
    what was recorded last. Raises Refused where nothing is on record."""
    if talk.inbound.action:
        return order.text, ""
    fitting, words = named(talk, concerned(talk), order.text)
    contract, duty = the_only(talk, fitting, order.text)
    period = PERIOD.match(words)
    if period:
        words = words[period.end() :].strip(SIGNS)
    wanted = period[1].upper() if period else None
    done = standing(open_book(contract, talk.uow, talk.rules, talk.now).records).items()
    parts = [(subject.partition("/"), record) for subject, record in done]
    mine = [record for (id, _, of), record in parts if id == duty.id and wanted in (None, of.upper())]
    if not mine:
        raise Refused("duty_none_recorded", name=duty.name(talk.language))
    return f"{contract.id}/{max(mine, key=lambda record: record.id).subject}", words


def _recorded(talk: Talk, name: str) -> tuple[Occurrence, Record]:
    """A time of a duty and the record that it was done. Raises Refused where there is none any more."""
    person = concerned(talk)
    id, _, subject = name.partition("/")
    there = talk.uow.records.of(id, RecordKind.DUTY_DONE, subject) if person.serves(id) else ()
    if not there or there[-1].data.get("revoked"):
        raise Refused("duty_gone")
    at = there[-1].at
    duty = duty_called(talk.rules, id, subject.partition("/")[0], at)
    if duty is None:
        raise Refused("duty_gone")
    return Occurrence(id, duty, subject.partition("/")[2], at, at, done=there[-1]), there[-1]


def _other_side_only(talk: Talk, duty: Duty) -> None:
    roles = (Role.LEAD, Role.PROVIDER_MANAGER) if duty.side is Side.HOSPITAL else (Role.HOSPITAL_MANAGER,)
    if not talk.speaker.may(*roles):
        raise Refused("duty_not_yours_to_judge")


def _undo(talk: Talk, one: Occurrence, record: Record, reason: str) -> None:
    """It was not done after all: the record stays, revoked; what is overdue by that goes on record as well."""
    data = {**record.data, "revoked": True, "revoked_by": talk.speaker.id, "reason": reason}
    talk.uow.records.add(replace(record, recorded_at=talk.now, data=data, id=0))
    contract = talk.rules.contracts[one.contract]
    duty_watch.record_overdue(open_book(contract, talk.uow, talk.rules, talk.now, changes=True), talk.uow)
    talk.uow.watched.put(duty_watch.DUTY, duty_watch.ALL, talk.now)
    talk.answer(talk.say("duty_undone", name=name_of(one, talk.rules, talk.now, talk.language)))
    doer = talk.rules.people.by_id.get(record.by)
    side = managers(one.contract, one.duty.side, talk.rules)
    own = (*leads(one.contract, talk.rules), *side) if one.duty.side is Side.PROVIDER else side
    for person in dict.fromkeys([*([doer] if doer else []), *own]):
        name, who = name_of(one, talk.rules, talk.now, person.language), talk.somebody(talk.speaker.id)
        tell(talk, person, talk.say_to(person, "duty_undone_told", name=name, who=who, reason=reason))
