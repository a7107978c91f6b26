"""Outages: a manager of the hospital confirms that a fault stopped business, and from when to when.

The provider's manager may propose it; the hospital's then have a button. Nothing is overwritten: what is said later is
another event on the ticket, and the quotas of its contract are judged anew (`handlers.quota`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from handlers import outage_account, report
from handlers.commands import Order
from handlers.decided import is_outage_said
from handlers.describe import contract_name
from handlers.intake.stretch import Stretch, Told, following, nearest, stretch
from handlers.outage_asked import onset, outage_action
from handlers.quota import account_of, this_year
from handlers.quota_words import span_named, use_named
from handlers.reach import managers_of
from handlers.talk import Talk
from handlers.wording import say
from sla.account import Use
from sla.errors import Refused
from sla.fold import then
from sla.labels import Role
from sla.message import Button
from sla.people import Person
from sla.quota import Quota
from sla.ticket import Event, EventKind, Outage, OutageLevel, Ticket

AHEAD = timedelta(minutes=1)
"""A clock on the wall may be so much fast."""
Used = Sequence[tuple[Quota, Use]]
"""What is used of quotas."""
LEVELS: Mapping[str, OutageLevel] = {"downtime": OutageLevel.DOWNTIME, "department_impact": OutageLevel.DEPARTMENT}


def stood_still(talk: Talk, order: Order) -> int | None:
    """停机 W12 03:00-04:10, 部门影响 W12 …: it was an outage. What is left out is as it was, or as the ticket knows it:
    from the onset, to the repair. 停机 alone asks for the account; from others than managers it is a report."""
    if order.ticket is None:
        return _alone(talk, order)
    ticket = _meant(talk, order.ticket)
    told = stretch(order.text)
    if told is None:
        raise Refused("outage_how", ticket=ticket.number)
    began, ended = _times(talk, ticket, told)
    return _say_so(talk, ticket, _event(talk, ticket, LEVELS[order.verb], began, ended, order.text))


def ended(talk: Talk, order: Order) -> int | None:
    """停机结束 W12 04:10: when an outage ended; left out: at the repair, else now."""
    ticket = _meant(talk, order.ticket or 0)
    outage = _there(ticket)
    told = stretch(order.text)
    if told is None or told.goes_on:
        raise Refused("outage_how", ticket=ticket.number)
    anchor = ticket.resolved_at or talk.at
    named = told.end or told.begin
    at = anchor if named is None else nearest(named, anchor, talk.at)
    return _say_so(talk, ticket, _event(talk, ticket, outage.level, outage.began, at, order.text))


def none(talk: Talk, order: Order) -> int | None:
    """不是停机 W12: it was none."""
    ticket = _meant(talk, order.ticket or 0)
    _there(ticket)
    return _say_so(talk, ticket, talk.event(EventKind.OUTAGE, none=True, text=order.text))


def pressed(talk: Talk, order: Order) -> int | None:
    """A button: "none", "stays" (what is on record), or a level with begin and end (seconds since 1970; no end: it goes
    on); under a proposal each with its place on the ticket's record."""
    ticket = _meant(talk, order.ticket or 0)
    if not _confirms(talk, ticket):
        raise Refused("outage_managers_only", ticket=ticket.number)
    level, *said = order.text.split(":")
    if level == "stays":
        return _stays(talk, ticket, _there(ticket), said[0] if said else "")
    if level == "none":
        return _say_so(talk, ticket, talk.event(EventKind.OUTAGE, none=True))
    seconds, until = (*said, "", "")[:2]
    if level not in list(OutageLevel) or not seconds.isdigit() or not (until.isdigit() or not until):
        raise Refused("unknown_button")
    began = datetime.fromtimestamp(int(seconds), UTC).astimezone(talk.zone)
    end = datetime.fromtimestamp(int(until), UTC).astimezone(talk.zone) if until else None
    return _say_so(talk, ticket, _event(talk, ticket, OutageLevel(level), began, end, ""))


def account_asked(talk: Talk, _order: Order) -> int | None:
    """停机账: this year's account of the contracts that concern the manager."""
    person = talk.speaker.person
    if person is None or not talk.speaker.may(Role.HOSPITAL_MANAGER, Role.PROVIDER_MANAGER, Role.ADMINISTRATOR):
        raise Refused("accounts_managers_only")
    served = (talk.rules.in_force(id, talk.now) for id in talk.rules.contracts if person.serves(id))
    found = [outage_account.yearly(contract, talk.uow, talk.now) for contract in served if contract]
    pages = [
        outage_account.page(each, talk.now, talk.language, talk.rules, whole=False)
        for each in found
        if not each.is_empty
    ]
    talk.answer("\n\n".join(pages) or talk.say("no_accounts"))
    return None


def _alone(talk: Talk, order: Order) -> int | None:
    """停机 without a ticket."""
    if talk.speaker.may(Role.HOSPITAL_MANAGER, Role.PROVIDER_MANAGER, Role.ADMINISTRATOR):
        return account_asked(talk, order)
    return report.report(talk, order)


# who and which


def _meant(talk: Talk, number: int) -> Ticket:
    """The ticket that carries the outage: the one named, or the incident that it is joined to. Raises Refused unless
    the speaker may confirm or propose one."""
    ticket = talk.load(number)
    proposes = talk.speaker.may(Role.PROVIDER_MANAGER) and talk.speaker.person is not None
    if not _confirms(talk, ticket) and not (proposes and _serves(talk, ticket)):
        raise Refused("outage_managers_only", ticket=number)
    if ticket.incident is None:
        return ticket
    talk.prefaces.append(talk.say("outage_joined", ticket=number, incident=ticket.incident))
    return talk.load(ticket.incident)


def _confirms(talk: Talk, ticket: Ticket) -> bool:
    return talk.speaker.may(Role.HOSPITAL_MANAGER) and _serves(talk, ticket)


def _serves(talk: Talk, ticket: Ticket) -> bool:
    return talk.speaker.person is not None and talk.speaker.person.serves(ticket.contract)


def _there(ticket: Ticket) -> Outage:
    if ticket.outage is None:
        raise Refused("outage_not_there", ticket=ticket.number)
    return ticket.outage


# from when to when


def _times(talk: Talk, ticket: Ticket, told: Stretch) -> tuple[datetime, datetime | None]:
    before = _said_before(ticket)
    known = onset(ticket).astimezone(talk.zone)
    if told.begin:
        began = nearest(told.begin, known, talk.at)
    else:
        began = datetime.fromisoformat(before["began"]) if before else known
    if told.end:
        return began, _end(told.end, began, talk.at)
    if told.goes_on or not before.get("ended"):
        return began, None
    return began, datetime.fromisoformat(before["ended"])


def _end(told: Told, began: datetime, said_at: datetime) -> datetime:
    """The end. Where it would only come tomorrow, that of the same day was meant, which lies before the beginning."""
    ended = following(told, began, said_at)
    day_after = not told.has_day and told.clock < began - datetime.combine(began.date(), time(), began.tzinfo)
    return ended - timedelta(days=1) if day_after and ended > said_at + AHEAD else ended


def _said_before(ticket: Ticket) -> Mapping[str, str]:
    """What was said of the outage that stands; nothing while there is none."""
    if ticket.outage is None:
        return {}
    return [event.data for event in ticket.events if event.kind is EventKind.OUTAGE][-1]


def _event(talk: Talk, ticket: Ticket, level: OutageLevel, began: datetime, ended: datetime | None, text: str) -> Event:
    """The event, exact to the second. Raises Refused for a time to come, and for an end that is not after the begin, or
    that comes before the fault."""
    began = began.replace(microsecond=0)
    ended = ended.replace(microsecond=0) if ended else None
    for at in (began, ended):
        if at and at > talk.at + AHEAD:
            raise Refused("outage_ahead", ticket=ticket.number, at=talk.when(at))
    if ended and ended <= began:
        raise Refused("outage_ends_before", ticket=ticket.number, began=talk.when(began), ended=talk.when(ended))
    known = onset(ticket).astimezone(talk.zone)
    if ended and ended < known.replace(second=0, microsecond=0):
        raise Refused("outage_before_fault", ticket=ticket.number, ended=talk.when(ended), onset=talk.when(known))
    data = {"level": level.value, "began": began.isoformat(), "ended": ended.isoformat() if ended else None}
    return talk.event(EventKind.OUTAGE, **data, **({"text": text} if text else {}))


# what is done


def _say_so(talk: Talk, ticket: Ticket, event: Event) -> int:
    """Record it, or put it before the hospital where the provider says so."""
    becomes = then(ticket, event).outage
    if not _confirms(talk, ticket):
        return _propose(talk, ticket, becomes)
    if becomes and _alike(becomes, ticket.outage):
        raise _is_so(talk, becomes)
    before = ticket.outage
    ticket = talk.record(ticket, event)
    used = _used(talk, ticket.outage) if ticket.outage else ()
    talk.answer(_recorded(talk, ticket, before, None, used), ticket=ticket.number)
    for person in managers_of(ticket.contract, talk.rules):
        talk.tell(person, _recorded(talk, ticket, before, person, used), ticket.number)
    return ticket.number


def _stays(talk: Talk, ticket: Ticket, outage: Outage, place: str) -> int:
    """What was proposed is not so: what is on record stays, and who proposed it hears that. Raises Refused where that
    was answered before."""
    index = int(place) if place.isascii() and place.isdigit() else len(ticket.events)
    proposal = ticket.events[index] if index < len(ticket.events) else None
    if proposal is None or "proposes" not in proposal.data or is_outage_said(ticket, place):
        raise _is_so(talk, outage)
    talk.record(ticket, talk.event(EventKind.NOTED, outage="kept", decides=index))
    proposer = talk.rules.people.by_id.get(proposal.by)
    if proposer:
        level, span = _in_words(talk, outage, proposer.language)
        fields = {"ticket": ticket.number, "title": ticket.title, "name": talk.somebody(talk.speaker.id)}
        words = talk.say_to(proposer, "outage_kept_for_proposer", **fields, level=level, span=span)
        talk.tell(proposer, words, ticket.number)
    level, span = _in_words(talk, outage, talk.language)
    talk.answer(talk.say("outage_kept", ticket=ticket.number, level=level, span=span), ticket=ticket.number)
    return ticket.number


def _is_so(talk: Talk, outage: Outage) -> Refused:
    level, span = _in_words(talk, outage, talk.language)
    return Refused("outage_is_so", ticket=outage.ticket, level=level, span=span)


def _in_words(talk: Talk, outage: Outage, language: str) -> tuple[str, str]:
    """Its level, and from when to when."""
    return say(f"outage_level_{outage.level}", language), span_named(outage, talk.now, language, talk.rules)


def _alike(one: Outage, other: Outage | None) -> bool:
    return other is not None and (one.level, one.began, one.ended) == (other.level, other.began, other.ended)


def _is_ended(one: Outage, before: Outage) -> bool:
    """Whether nothing was put right: what went on is over now."""
    return before.ended is None and (one.level, one.began) == (before.level, before.began)


def _recorded(talk: Talk, ticket: Ticket, before: Outage | None, to: Person | None, used: Used) -> str:
    """What is on record now, instead of what, and what it makes of the quotas; `to` others with the name of who said
    so."""
    language, outage = (to.language if to else talk.language), ticket.outage
    fields: dict[str, object] = {"ticket": ticket.number, "title": ticket.title}
    fields["name"] = talk.somebody(talk.speaker.id)
    if outage is None:
        return say("outage_none_recorded_by" if to else "outage_none_recorded", language, **fields)
    fields["level"], fields["span"] = _in_words(talk, outage, language)
    keys = ("outage_recorded", "outage_recorded_by")
    if before and not _is_ended(outage, before):
        keys = ("outage_changed", "outage_changed_by")
        fields["old_level"], fields["old_span"] = _in_words(talk, before, language)
    recorded = say(keys[bool(to)], language, **fields)
    no_quota = say("outage_no_quota", language, contract=contract_name(ticket, talk.rules, language))
    return "\n".join([recorded, *([use_named(quota, use, language) for quota, use in used] or [no_quota])])


def _used(talk: Talk, outage: Outage) -> Used:
    """What is used of the quotas of its level, in the month and the year in which it began."""
    contract = talk.rules.in_force(outage.contract or "", talk.now)
    found: list[tuple[Quota, Use]] = []
    for quota in contract.quotas if contract else ():
        if contract and quota.level is outage.level:
            year = this_year(contract, quota, outage.began)
            account = account_of(contract, quota, year, talk.uow, talk.now)
            found += [(quota, use) for use in account.uses(account.month_at(outage.began))]
    return found


def _propose(talk: Talk, ticket: Ticket, outage: Outage | None) -> int:
    """The hospital's managers are asked whether it is so; that they were is on record."""
    said: dict[str, object] = (
        {"level": outage.level.value, "began": outage.began.isoformat()} if outage else {"none": True}
    )
    if outage and outage.ended:
        said["ended"] = outage.ended.isoformat()
    ticket = talk.record(ticket, talk.event(EventKind.NOTED, text=talk.whole, proposes="outage", **said))
    place = f":{len(ticket.events) - 1}"
    asked = talk.rules.people.having(Role.HOSPITAL_MANAGER, ticket.contract)
    for person in asked:
        fields = {"ticket": ticket.number, "title": ticket.title, "name": talk.somebody(talk.speaker.id)}
        action = outage_action(outage, outage.level, place) if outage else f"outage:{ticket.number}:none{place}"
        yes = Button(talk.say_to(person, "button_outage_agree"), action)
        # A proposal that is refused leaves what is on record as it is.
        kept = "stays" if ticket.outage else "none"
        no = Button(talk.say_to(person, "button_outage_disagree"), f"outage:{ticket.number}:{kept}{place}")
        if outage is None:
            talk.tell(person, talk.say_to(person, "outage_none_proposed", **fields), ticket.number, ((yes, no),))
            continue
        level, span = _in_words(talk, outage, person.language)
        text = talk.say_to(person, "outage_proposed", **fields, level=level, span=span)
        talk.tell(person, text, ticket.number, ((yes, no),))
    names = talk.listed(person.called(talk.language) for person in asked) or talk.say("nobody_there")
    talk.answer(talk.say("outage_put_before", ticket=ticket.number, names=names), ticket=ticket.number)
    return ticket.number
