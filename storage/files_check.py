"""What only the whole configuration can show: names that nothing answers to, people who cannot be reached, secrets."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sla.errors import Problem
from sla.labels import Role
from sla.people import People
from sla.rota import Team, Who
from sla.rules import Rules
from sla.toml import nearest
from sla.toml_lines import KeyPath, line_numbers
from sla.worded import Worded
from storage.places import Places, Step

SECRET_KEY = re.compile(
    r"(^|[_-])(token|password|passwd|secret|api_?key|aes_?key|private_?key|credentials?|keys)s?($|[_-])", re.IGNORECASE
)
HARMLESS_KEY = re.compile(r"[_-](file|env|endpoint)$", re.IGNORECASE)
SECRET_VALUE = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}|[a-z+]+://[^/\s:@]+:[^/\s@]+@", re.IGNORECASE)
"""A bot's token, or an address that carries a password."""
VARIABLES = {
    "telegram.token": "WARDLINE_TELEGRAM_TOKEN",
    "telegram.webhook_secret": "WARDLINE_TELEGRAM_WEBHOOK_SECRET",
    "wecom.secret": "WARDLINE_WECOM_SECRET",
    "wecom.token": "WARDLINE_WECOM_TOKEN",
    "wecom.aes_key": "WARDLINE_WECOM_AES_KEY",
    "wecom.bot_secret": "WARDLINE_WECOM_BOT_SECRET",
    "wechat.secret": "WARDLINE_WECHAT_SECRET",
    "wechat.token": "WARDLINE_WECHAT_TOKEN",
    "wechat.aes_key": "WARDLINE_WECHAT_AES_KEY",
    "mail.box.password": "WARDLINE_MAIL_PASSWORD",
    "mail.box.client_secret": "WARDLINE_MAIL_CLIENT_SECRET",
    "mail.box.refresh_token": "WARDLINE_MAIL_REFRESH_TOKEN",
    "storage.url": "WARDLINE_DATABASE_URL",
    "storage.keys": "WARDLINE_KEYS",
    "heartbeat.url": "WARDLINE_HEARTBEAT_URL",
}
EXCEPTION = "exception"
SITE_DEFAULT = ("site", "default_contract")

Way = tuple[Step, ...]


def secrets_in(text: str, file: str) -> list[Problem]:
    """A problem for each secret written into a file; one that is no TOML has none (its reader says what is wrong)."""
    try:
        content = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        return []
    return [
        _secret(file, path, text)
        for path, value in _texts(content, ())
        if value and (SECRET_VALUE.search(value) or _is_secret(_keys(path)[-1]))
    ]


def _is_secret(key: str) -> bool:
    return bool(SECRET_KEY.search(key) and not HARMLESS_KEY.search(key))


def _secret(file: str, path: KeyPath, text: str) -> Problem:
    key, lines = ".".join(_keys(path)), line_numbers(text)
    name = VARIABLES.get(key) or "WARDLINE_" + re.sub(r"[^A-Z0-9]+", "_", key.upper())
    while path and path not in lines:
        path = path[:-1]
    instead = Worded("put it into the environment: {name}", name=name)
    return Problem(file, key, "holds a secret, which does not belong into a file", instead, lines.get(path))


def _keys(path: KeyPath) -> list[str]:
    return [part for part in path if isinstance(part, str)]


def _texts(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Every text, and where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts(each, (*path, index))
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, (*path, str(name)))


def with_roles(team: Team, people: People) -> Team:
    """The team with its lead and managers; where rota.toml names none, whoever has the role for its contracts."""
    return replace(
        team,
        lead=team.lead or next(iter(_having(people, Role.LEAD, team)), ""),
        provider_managers=team.provider_managers or _having(people, Role.PROVIDER_MANAGER, team),
        hospital_managers=team.hospital_managers or _having(people, Role.HOSPITAL_MANAGER, team),
    )


def _having(people: People, role: Role, team: Team) -> tuple[str, ...]:
    return tuple(
        person.id
        for person in people.by_id.values()
        if role in person.roles and (not person.contracts or not team.contracts or person.contracts & team.contracts)
    )


def cross_check(rules: Rules, files: Mapping[str, str]) -> list[Problem]:
    """Every name in one file that another file should know and does not, by the line on which it stands in `files`."""
    whole = _Whole(rules, Places(files))
    return [*_contracts(whole), *_people(whole), *_teams(whole), *_default_team(rules)]


@dataclass(frozen=True, slots=True)
class _Whole:
    rules: Rules
    places: Places

    def problem(self, file: str, way: Way, key: str, reason: str, instead: str) -> Problem:
        return Problem(file, key, reason, instead, self.places.line(file, *way))

    def unknown(self, file: str, way: Way, key: str, what: str, name: str, known: Mapping[str, object]) -> Problem:
        reason = Worded('no {what} has the id "{name}"', what=Worded(what), name=name)
        return self.problem(file, way, key, reason, nearest(name, known) if known else "")


def _contracts(whole: _Whole) -> Iterator[Problem]:
    rules, known = whole.rules, whole.rules.contracts
    for system in rules.catalogue.systems:
        way, key = (("system", system.id), "contract"), f"system {system.id}"
        if system.contract not in known:
            yield whole.unknown("catalogue.toml", way, key, "contract", system.contract, known)
        elif not any(version.covers(system.id) for version in rules.versions_of(system.contract)):
            reason = Worded('the contract "{contract}" does not name this system', contract=system.contract)
            instead = Worded("add it to the systems of the contract, or name the contract that has it")
            yield whole.problem("catalogue.toml", way, key, reason, instead)
    default = rules.site.default_contract
    if default and default not in known:
        of_site = whole.places.has("wardline.toml", *SITE_DEFAULT)
        file, names = ("wardline.toml", SITE_DEFAULT) if of_site else ("catalogue.toml", SITE_DEFAULT[1:])
        yield whole.unknown(file, names, ".".join(names), "contract", default, known)


def _people(whole: _Whole) -> Iterator[Problem]:
    rules, known = whole.rules, whole.rules.contracts
    departments = {department.id: department for department in rules.catalogue.departments}
    for person in rules.people.by_id.values():
        at = ("person", person.id)
        if person.department and person.department not in departments:
            way, key = (at, "department"), f"{person.id}.department"
            yield whole.unknown("people.toml", way, key, "department", person.department, departments)
        for contract in sorted(person.contracts - set(known)):
            way, key = (at, "contracts"), f"{person.id}.contracts"
            yield whole.unknown("people.toml", way, key, "contract", contract, known)
    for role in (Role.HOSPITAL_MANAGER, Role.ADMINISTRATOR):
        if not rules.people.having(role):
            instead = Worded('roles = ["{role}"] on one person', role=role)
            yield Problem("people.toml", "roles", Worded("nobody is {role}", role=role), instead)


def _teams(whole: _Whole) -> Iterator[Problem]:
    known = whole.rules.contracts
    for team in whole.rules.rota.teams:
        at = ("team", team.id)
        for contract in sorted(team.contracts - set(known)):
            way, key = (at, "contracts"), f"{team.id}.contracts"
            yield whole.unknown("rota.toml", way, key, "contract", contract, known)
        for key, role, names in _named(team):
            for name in names:
                within = (("exception", name),) if key == EXCEPTION else tuple(key.split("."))
                yield from _reachable(whole, (at, *within), f"{team.id}.{key}", role, name)
        for key, who, filled in _rungs(team):
            if not filled:
                reason = Worded('nobody is on the rung "{who}"', who=who)
                instead = Worded("{key} = …, or the role in people.toml", key=key)
                yield whole.problem("rota.toml", (at, *key.split(".")), f"{team.id}.{key}", reason, instead)


def _named(team: Team) -> Iterator[tuple[str, Role, tuple[str, ...]]]:
    yield "turns.engineers", Role.ENGINEER, team.turn.engineers
    yield (
        EXCEPTION,
        Role.ENGINEER,
        tuple(dict.fromkeys(who for e in team.exceptions for who in (e.first, e.second) if who)),
    )
    yield "lead", Role.LEAD, (team.lead,) if team.lead else ()
    yield "provider_managers", Role.PROVIDER_MANAGER, team.provider_managers
    yield "hospital_managers", Role.HOSPITAL_MANAGER, team.hospital_managers


def _reachable(whole: _Whole, way: Way, key: str, role: Role, name: str) -> Iterator[Problem]:
    known = whole.rules.people.by_id
    person = known.get(name)
    if person is None:
        yield whole.unknown("rota.toml", way, key, "person", name, known)
        return
    if role not in person.roles:
        reason = Worded("{name} has not the role {role}", name=name, role=role)
        yield whole.problem(
            "rota.toml", way, key, reason, Worded('add "{role}" to the roles in people.toml', role=role)
        )
    if not person.addresses:
        reason, of_person = Worded("is paged by {key} and has no address", key=key), (("person", name), "addresses")
        yield whole.problem("people.toml", of_person, f"{name}.addresses", reason, '["webchat:…"]')


def _rungs(team: Team) -> Iterator[tuple[str, Who, bool]]:
    """The rungs of the ladders that somebody has to fill."""
    asked = {rung.who for rungs in (team.ladders or {}).values() for rung in rungs}
    yield "turns.engineers", Who.FIRST, bool(team.turn.engineers or team.exceptions)
    yield "lead", Who.LEAD, bool(team.lead)
    yield "provider_managers", Who.PROVIDER_MANAGER, bool(team.provider_managers)
    yield "hospital_managers", Who.HOSPITAL_MANAGER, bool(team.hospital_managers)
    if Who.GROUP in asked:
        yield "group", Who.GROUP, bool(team.group)


def _default_team(rules: Rules) -> Iterator[Problem]:
    for contract in rules.contracts:
        if rules.rota.team_of(contract) is None:
            yield Problem(
                "rota.toml",
                "team",
                Worded('no team serves the contract "{contract}"', contract=contract),
                "name it in contracts, or one team without contracts",
            )
    if rules.rota.team_of(None) is None:
        yield Problem("rota.toml", "team", "no team serves tickets without a contract", "one team without contracts")
