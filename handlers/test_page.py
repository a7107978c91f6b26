"""测试呼叫: a real page to oneself, by a manager to anyone or everybody on a team's ladder, and its acknowledgement."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.commands import Order
from handlers.reach import addresses_for, people_on
from handlers.talk import Talk
from handlers.test_watch import ACKNOWLEDGED, PATIENCE, SOON, Trial, keep, page_of, tell, trial_of, way_of
from sla.errors import Refused
from sla.labels import Role
from sla.people import Person
from sla.rota import Team, Who

TESTERS = (Role.HOSPITAL_MANAGER, Role.PROVIDER_MANAGER, Role.ADMINISTRATOR)
"""Who may have others paged."""
RUNGS = (Who.FIRST, Who.SECOND, Who.LEAD, Who.PROVIDER_MANAGER, Who.HOSPITAL_MANAGER)
_APART = re.compile(r"测试呼叫[\s:：]")
AGAIN = timedelta(minutes=1)
"""A person is paged for a test at most once in so long."""
ANSWERED_WITHIN = timedelta(hours=1)
"""Afterwards 收到 by itself is a courtesy again."""
MOST, WITHIN = 20, timedelta(hours=1)
"""So many test pages may one person ask for in so long."""


def is_meant(talk: Talk, order: Order) -> bool:
    """Whether the words are a command here: alone, with somebody's name, or where nothing grows out of them, as it does
    in 测试呼叫系统没有声音."""
    if order.verb == "test_ack":
        return not order.text and _waiting(talk) is not None
    if talk.speaker.person is None and order.text:
        return False
    return not order.text or _APART.match(talk.text) is not None or bool(_named(talk, order.text))


def test_page(talk: Talk, order: Order) -> int | None:
    """测试呼叫 [NAME | TEAM]: page them as for a fault, and tell what came of it."""
    person = talk.speaker.person
    if person is None:
        raise Refused("bind_first")
    called = _named(talk, order.text) if order.text else (person,)
    if not called:
        raise Refused("test_nobody", name=order.text[:20])
    if called != (person,) and not talk.speaker.may(*TESTERS):
        raise Refused("test_by_managers")
    reached = [each for each in called if addresses_for(each, talk.uow, talk.now)]
    if not reached:
        raise Refused("test_no_address", name=called[0])
    _check_pace(talk, person, reached)
    for each in reached:
        _page(talk, person, each)
    if reached == [person]:
        talk.answer(talk.say("test_begun_own"))
    else:
        names = talk.listed(each.called(talk.language) for each in reached)
        talk.answer(talk.say("test_begun", names=names, minutes=int(PATIENCE.total_seconds()) // 60))
    return None


def _page(talk: Talk, by: Person, to: Person) -> None:
    conversation, channel = talk.inbound.conversation, talk.inbound.channel
    trial = Trial(talk.row.id, to.id, by.id, talk.now.isoformat(), channel, conversation)
    keep(trial, talk.uow, talk.now + SOON)
    talk.notices.append(page_of(trial, to, addresses_for(to, talk.uow, talk.now), talk.rules))
    talk.uow.audit.add(talk.now, by.id, "test_page", to.id)


def _waiting(talk: Talk) -> Trial | None:
    """The test page of the speaker that is not acknowledged yet."""
    trial = trial_of(talk.speaker.person.id, talk.uow) if talk.speaker.person else None
    return trial if trial and trial.state != ACKNOWLEDGED and talk.now - trial.asked_at < ANSWERED_WITHIN else None


def acknowledged(talk: Talk, order: Order) -> int | None:
    """收到 under a test page, or as a word where there are no buttons: who asked for it hears how long that took, also
    where it came late."""
    person = talk.speaker.person
    trial = trial_of(person.id, talk.uow) if person else None
    if trial is None or order.ticket not in (None, trial.id):
        raise Refused("test_old")
    if trial.state == ACKNOWLEDGED:
        raise Refused("test_acknowledged_before")
    keep(replace(trial, state=ACKNOWLEDGED), talk.uow, None)
    row = talk.uow.outbox.of_key(trial.key)
    seconds = max(0, round((talk.now - trial.asked_at).total_seconds()))
    way = way_of(row, talk.language) if row else ""
    talk.answer(talk.say("test_thanks", way=way, seconds=seconds))
    by = talk.rules.people.by_id.get(trial.by)
    if by is not None and by is not person:
        way = way_of(row, by.language) if row else ""
        tell(trial, "test_acknowledged", talk.uow, talk.rules, talk.now, way=way, seconds=seconds)
    return None


def _check_pace(talk: Talk, by: Person, called: Iterable[Person]) -> None:
    """Raises Refused where somebody is being tested just now, or the speaker has asked for too many."""
    called = list(called)
    for each in called:
        last = trial_of(each.id, talk.uow)
        if last and talk.now - last.asked_at < AGAIN:
            raise Refused("test_too_soon", name=each)
    mark = f"test_pages_by:{by.id}"
    asked = [at for at in json.loads(talk.uow.marks.get(mark) or "[]") if _is_recent(at, talk.now)]
    if len(asked) + len(called) > MOST:
        raise Refused("test_too_many", count=MOST)
    talk.uow.marks.put(mark, json.dumps([*asked, *[talk.now.isoformat()] * len(called)]))


def _is_recent(at: str, now: datetime) -> bool:
    return now - datetime.fromisoformat(at) < WITHIN


def _named(talk: Talk, name: str) -> tuple[Person, ...]:
    """The person of that name, or everybody on the ladder of the team of that name just now; nobody where it names
    none, or several."""
    people = talk.rules.people.by_id.values()
    found = [each for each in people if each.answers_to(name)] or [each for each in people if _ends_in(each, name)]
    if found:
        return tuple(found) if len(found) == 1 else ()
    teams = [team for team in talk.rules.rota.teams if name.lower() in (team.id, team.name.lower())]
    return _ladder(talk, teams[0]) if len(teams) == 1 else ()


def _ends_in(person: Person, name: str) -> bool:
    """Whether it is the last part of a name of several: 李工 of 示例·李工."""
    return len(name) > 1 and person.name.endswith(f"·{name}")


def _ladder(talk: Talk, team: Team) -> tuple[Person, ...]:
    rungs = (people_on(who, team, talk.now, talk.rules) for who in RUNGS)
    return tuple(dict.fromkeys(each for people in rungs for each in people))
