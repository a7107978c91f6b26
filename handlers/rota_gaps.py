"""Looking ahead in the rota: a night with nobody on call is told in the afternoons before it, not found in that night.

Each team's coming week is looked at when rules come into force and every day at `LOOK_AT`. A stretch is bare when
nobody has the turn, or when who has it is not in people.toml or has no address. It is told when it is first seen, in
the last afternoon before it, and once while it lasts.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.reach import addresses_for, is_reachable
from handlers.wording import plain, say
from sla.labels import Role
from sla.message import Notice, Purpose
from sla.people import Person
from sla.rota import Team, on_call
from sla.rules import Rules
from storage.base import UnitOfWork

ROTA = "rota"
"""The kind of the watched table; its subjects are ids of teams."""
LOOK_AT = time(15)
AHEAD = timedelta(days=7)
SOON = timedelta(days=1)

Bare = tuple[datetime, datetime, str]
"""From when to when, and the id of who should have been there ("" for nobody)."""


def watch_rota(uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Look at every team now. To be called when rules come into force."""
    for team in rules.rota.teams:
        uow.watched.put(ROTA, team.id, now)


def rota_passes(subject: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Tell the administrators and the team's lead of what is bare in the coming week, and look again tomorrow."""
    team = next((team for team in rules.rota.teams if team.id == subject), None)
    if team is None:
        uow.watched.put(ROTA, subject, None)
        return
    for bare in bare_stretches(team, uow, rules, now):
        for person in _concerned(team, rules):
            _tell(person, team, bare, uow, rules, now)
    uow.watched.put(ROTA, subject, _next_look(rules, now))


def bare_stretches(team: Team, uow: UnitOfWork, rules: Rules, now: datetime) -> list[Bare]:
    """The stretches of the coming week in which nobody can be paged as the first on call."""
    found: list[Bare] = []
    at, end = now, now + AHEAD
    while at < end:
        duty = on_call(team, at)
        until = min(duty.until or end, end)
        person = rules.people.by_id.get(duty.first)
        if person is None or not is_reachable(person, uow, now):
            joined = found and found[-1][1:] == (at, duty.first)
            begins = found.pop()[0] if joined else at
            found.append((begins, until, duty.first))
        at = until
    return found


def _concerned(team: Team, rules: Rules) -> tuple[Person, ...]:
    lead = rules.people.by_id.get(team.lead)
    return tuple(dict.fromkeys([*rules.people.having(Role.ADMINISTRATOR), *([lead] if lead else [])]))


def _tell(person: Person, team: Team, bare: Bare, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    start, end, who = bare
    addresses = addresses_for(person, uow, now)
    if not addresses:
        return
    zone, language = ZoneInfo(rules.site.timezone), person.language
    text = say(
        "rota_bare_person" if who else "rota_bare",
        language,
        team=team.name,
        start=plain.instant(start, now, language, zone),
        end=plain.instant(end, now, language, zone),
        who=who,
    )
    # What began already is named by its end: it would look like another one each day.
    name = f"{end:%Y%m%d%H%M}" if start <= now else f"{start:%Y%m%d%H%M}"
    stage = "soon" if start - now <= SOON else "ahead"
    key = f"rota:{team.id}:{name}:{who}:{stage}:{person.id}"
    uow.outbox.add([Notice(key, Purpose.INFO, addresses, text, person=person.id)], now)


def _next_look(rules: Rules, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(rules.site.timezone))
    today = datetime.combine(local.date(), LOOK_AT, local.tzinfo)
    return today if today > local else today + timedelta(days=1)
