"""What a contract is assessed by beside its tickets, written down by chat: forms, praise, complaints, trainings.

满意度 2026年 88           what the hospital's forms say of a year, a quarter (2026年第3季度) or a month (2026年9月):
                           the average of the points, and how many forms if that is said (120份)
表扬 … · 投诉 … · 培训记录 …  in words; a training with its points (92分) where they are said
表扬 作废 20261121-17 …    taken back, by its number

Where several contracts are possible, the contract (its id or name) or a system of it is named as well; of praise and
complaints it is asked (`about`). Nothing is overwritten: what is said later of the same time, or number, puts right
what was said before, and both stay on record.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from handlers.about import ASKED, SIGNS, About, about, named_contract, of_system, people_named, present
from handlers.commands import Order
from handlers.duty_book import managers
from handlers.intake.redact import redact
from handlers.quota_words import period_named
from handlers.reach import managers_of, notice_to_person
from handlers.talk import Talk
from sla.contract import Contract
from sla.errors import Refused
from sla.labels import Role, Side
from sla.message import Purpose
from sla.people import Person
from sla.records import Record, RecordKind
from sla.surveys import days_of, in_force
from sla.terms import Measure, Score

MOST_POINTS = 100
_QUARTERS = "一二三四"
_TIMES = (
    re.compile(rf"(?P<year>\d{{4}})\s*年?\s*(?:第\s*)?(?P<quarter>[1-4{_QUARTERS}])\s*季度"),
    re.compile(r"(?P<year>\d{4})\s*年?\s*-?\s*[Qq](?P<quarter>[1-4])(?!\d)"),
    re.compile(r"(?P<year>\d{4})\s*年\s*(?P<month>0?[1-9]|1[0-2])\s*月份?"),
    re.compile(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])(?!\d)"),
    re.compile(r"(?P<year>\d{4})(?:\s*年度?|(?!\d))"),
)
_SAID = re.compile(
    r"(?P<points>\d{1,3}(?:\.\d{1,2})?)(?![\d.]|\s*(?:份|人|answers?|forms?))\s*(?:分|points?)?"
    r"(?:[\s，,;；（(]+(?P<answers>[1-9]\d{0,5})\s*(?:份|人|answers?|forms?))?(?![\d.])\D*",
    re.IGNORECASE,
)
_SAID_POINTS = re.compile(r"(?P<points>\d{1,3}(?:\.\d{1,2})?)\s*(?:分|points?\b)", re.IGNORECASE)
_BACK = re.compile(r"(?:作废|撤回|void)\s*(?P<subject>\d{8}-\d{1,9})\s*(?P<reason>.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Form:
    """What a form says: of which time (the subject of its record, its first day), how many
    points, of how many answers."""

    subject: str
    first: date
    points: str
    answers: int


def survey(talk: Talk, order: Order) -> int | None:
    """满意度 [合同] 2026年 88 [120份]: by a manager of the hospital."""
    _managers_only(talk)
    contract, words = _contract(talk, order.text, _takes_forms)
    form = read_form(words, talk.at, talk.language)
    before = talk.uow.records.of(contract.id, RecordKind.SURVEY, form.subject)
    shown = period_named(form.subject, talk.language)
    if before and _is_said(form, before[-1]):
        raise Refused("survey_is_so", contract=contract, subject=shown, points=form.points)
    # It is on record under the time that it is about, whenever the forms were counted.
    at = datetime.combine(form.first, time(), contract.timezone)
    points = float(form.points) if "." in form.points else int(form.points)
    data = {"points": points, "text": order.text, **({"answers": form.answers} if form.answers else {})}
    talk.uow.records.add(Record(contract.id, RecordKind.SURVEY, form.subject, at, talk.speaker.id, talk.now, data))
    put_right = before and before[-1].data.get("points") != points
    key = "survey_put_right" if put_right else "survey_recorded"
    fields = {"contract": contract, "subject": shown, "points": form.points}
    talk.answer(talk.say(key, **fields, before=before[-1].data.get("points", "–") if before else ""))
    return None


def praise(talk: Talk, order: Order) -> int | None:
    """表扬 …: a letter of praise that came in writing, by a manager of the hospital; who is praised hears of it."""
    _managers_only(talk)
    return _written(talk, order, RecordKind.PRAISE)


def training(talk: Talk, order: Order) -> int | None:
    """培训记录 …: a training that was given, by a manager of the hospital."""
    _managers_only(talk)
    return _written(talk, order, RecordKind.TRAINING)


def complaint(talk: Talk, order: Order) -> int | None:
    """投诉 …: by anybody of the hospital; the managers of both sides hear of it."""
    if not talk.speaker.is_hospital:
        raise Refused("assessed_hospital_only")
    return _written(talk, order, RecordKind.COMPLAINT)


def read_form(text: str, now: datetime, language: str = "zh") -> Form:
    """What a text says of forms. Raises Refused for what it lacks, and for a time that has not begun."""
    text = text.strip(SIGNS)
    named = next((found for found in (each.match(text) for each in _TIMES) if found), None)
    said = _SAID.fullmatch(text[named.end() :].strip(SIGNS)) if named else None
    if named is None or said is None:
        raise Refused("survey_how")
    if float(said["points"]) > MOST_POINTS:
        raise Refused("survey_points", points=said["points"])
    subject = _subject(named)
    days = days_of(subject)
    if days is None or days[0] > now.date():
        raise Refused("survey_not_begun", subject=subject if days is None else period_named(subject, language))
    return Form(subject, days[0], said["points"], int(said["answers"] or 0))


def _is_said(form: Form, last: Record) -> bool:
    """Whether the last record of that time says the same; a number of answers that is not said again stays."""
    said = float(form.points) == last.data.get("points")
    return said and form.answers in (0, last.data.get("answers", 0))


def _subject(named: "re.Match[str]") -> str:
    found = named.groupdict()
    quarter, month = found.get("quarter"), found.get("month")
    if quarter:
        return f"{named['year']}-Q{_QUARTERS.index(quarter) + 1 if quarter in _QUARTERS else quarter}"
    return f"{named['year']}-{int(month):02}" if month else named["year"]


# in words


def _written(talk: Talk, order: Order, kind: RecordKind) -> int | None:
    back = _BACK.search(order.text)
    if back:
        return _take_back(talk, kind, back["subject"], back["reason"].strip(SIGNS))
    meant = about(talk, order) if kind in ASKED else About(*_contract(talk, order.text, _adds_for(kind)))
    if meant is None:
        return None
    contract, words = meant.contract, meant.words
    if not words:
        raise Refused("assessed_words", what=talk.say(f"record_kind_{kind}"))
    subject = f"{talk.at:%Y%m%d}-{talk.row.id}"
    points = _SAID_POINTS.search(words) if kind is RecordKind.TRAINING else None
    said: dict[str, object] = {}
    if points and float(points["points"]) <= MOST_POINTS:
        said["points"] = float(points["points"])
    said |= {"ticket": meant.ticket} if meant.ticket else {}
    _keep(talk, contract, kind, subject, {"text": words, **said})
    what, of = talk.say(f"record_kind_{kind}"), f"W{meant.ticket}" if meant.ticket else ""
    key = "assessed_recorded_of" if of else "assessed_recorded"
    talk.answer(talk.say(key, what=what, subject=subject, contract=contract, of=of))
    if kind is RecordKind.COMPLAINT:
        _tell(talk, "complaint_heard", managers_of(contract.id, talk.rules), meant, subject)
    elif kind is RecordKind.PRAISE:
        _tell(talk, "praise_heard", _praised(talk, meant), meant, subject)
    return None


def _take_back(talk: Talk, kind: RecordKind, subject: str, reason: str) -> int | None:
    what = talk.say(f"record_kind_{kind}")
    of_all = [talk.uow.records.of(contract, kind, subject) for contract in talk.rules.contracts]
    found = [record for records in of_all for record in in_force(records, kind)]
    if not found:
        raise Refused("assessed_unknown", what=what, subject=subject)
    if found[0].by != talk.speaker.id:
        _managers_only(talk)
    contract = present(talk)[found[0].contract]
    _keep(talk, contract, kind, subject, {"void": True, "text": reason}, found[0].at)
    talk.answer(talk.say("assessed_taken_back", what=what, subject=subject, contract=contract))
    return None


def _keep(
    talk: Talk, contract: Contract, kind: RecordKind, subject: str, data: dict[str, object], at: datetime | None = None
) -> None:
    talk.uow.records.add(Record(contract.id, kind, subject, at or talk.at, talk.speaker.id, talk.now, data))


def _praised(talk: Talk, meant: About) -> tuple[Person, ...]:
    """Who is praised, by name or by the ticket that they had; and the provider's managers, who answer for them."""
    had = talk.rules.people.by_id.get(talk.load(meant.ticket).assignee) if meant.ticket else None
    named = people_named(talk, meant.words)
    return (*named, *([had] if had else ()), *managers(meant.contract.id, Side.PROVIDER, talk.rules))


def _tell(talk: Talk, key: str, people: Iterable[Person], meant: About, subject: str) -> None:
    for person in dict.fromkeys(people):
        if person is talk.speaker.person:
            continue
        fields = {"contract": meant.contract, "subject": subject, "who": talk.somebody(talk.speaker.id)}
        text = talk.say_to(person, key, **fields, text=redact(meant.words))
        notice = notice_to_person(f"{key}:{subject}", person, Purpose.INFO, text, talk.uow, talk.rules, talk.now, 0)
        if notice:
            talk.notices.append(notice)


# who and which


def _managers_only(talk: Talk) -> None:
    if not talk.speaker.may(Role.HOSPITAL_MANAGER):
        raise Refused("assessed_managers_only")


def _takes_forms(score: Score) -> bool:
    return any(part.measure is Measure.SATISFACTION for part in score.parts)


def _adds_for(kind: RecordKind) -> Callable[[Score], bool]:
    return lambda score: any(bonus.record is kind for bonus in score.bonuses)


def _contract(talk: Talk, text: str, counts: Callable[[Score], bool]) -> tuple[Contract, str]:
    """The contract that is meant, and the words without its name: the one that is named, or whose system is; else the
    only one there is, the only one in whose score it `counts`, or the site's own. Raises Refused where that is open."""
    named = named_contract(talk, text)
    if named:
        return named
    contracts, of_its_system = present(talk), of_system(talk, text)
    if of_its_system:
        return of_its_system, text.strip(SIGNS)
    scoring = [each for each in contracts.values() if each.terms.score and counts(each.terms.score)]
    default = [each for each in contracts.values() if each.id == talk.rules.site.default_contract]
    for found in (list(contracts.values()), scoring, default):
        if len(found) == 1:
            return found[0], text.strip(SIGNS)
    raise Refused(
        "assessed_which",
        contracts=talk.listed(f"{each.id} {each.called(talk.language)}" for each in contracts.values()),
    )
