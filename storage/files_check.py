"""What only the whole configuration can show: names that nothing answers to, people who cannot be reached, secrets."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sla.errors import Problem
from sla.labels import Role
from sla.people import People
from sla.rota import Team, Who
from sla.rules import Rules
from sla.toml import nearest

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


def secrets_in(text: str, file: str) -> list[Problem]:
    """A problem for each secret written into a file; one that is no TOML has none (its reader says what is wrong)."""
    try:
        content = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        return []
    return [
        Problem(
            file,
            path,
            "holds a secret, which does not belong into a file",
            f"put it into the environment: {_variable(path)}",
        )
        for path, key, value in _texts(content, "")
        if value and (SECRET_VALUE.search(value) or (SECRET_KEY.search(key) and not HARMLESS_KEY.search(key)))
    ]


def _variable(path: str) -> str:
    return VARIABLES.get(path) or "WARDLINE_" + re.sub(r"[^A-Z0-9]+", "_", path.upper())


def _texts(value: object, path: str, key: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text: its path, its own key, the text."""
    if isinstance(value, str):
        yield path, key, value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, path, key)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, f"{path}.{name}" if path else str(name), str(name))


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


def cross_check(rules: Rules) -> list[Problem]:
    """Every name in one file that another file should know and does not."""
    return [*_contracts(rules), *_people(rules), *_teams(rules), *_default_team(rules)]


def _unknown(file: str, key: str, what: str, name: str, known: Mapping[str, object]) -> Problem:
    return Problem(file, key, f'no {what} has the id "{name}"', nearest(name, known) if known else "")


def _contracts(rules: Rules) -> Iterator[Problem]:
    known, catalogue = rules.contracts, rules.catalogue
    for system in catalogue.systems:
        if system.contract not in known:
            yield _unknown("catalogue.toml", f"system {system.id}", "contract", system.contract, known)
        elif not any(version.covers(system.id) for version in rules.versions_of(system.contract)):
            yield Problem(
                "catalogue.toml",
                f"system {system.id}",
                f'the contract "{system.contract}" does not name this system',
                "add it to the systems of the contract, or name the contract that has it",
            )
    default = rules.site.default_contract
    if default and default not in known:
        yield _unknown("wardline.toml", "site.default_contract", "contract", default, known)


def _people(rules: Rules) -> Iterator[Problem]:
    departments = {department.id: department for department in rules.catalogue.departments}
    for person in rules.people.by_id.values():
        if person.department and person.department not in departments:
            yield _unknown("people.toml", f"{person.id}.department", "department", person.department, departments)
        for contract in sorted(person.contracts - set(rules.contracts)):
            yield _unknown("people.toml", f"{person.id}.contracts", "contract", contract, rules.contracts)
    for role in (Role.HOSPITAL_MANAGER, Role.ADMINISTRATOR):
        if not rules.people.having(role):
            yield Problem("people.toml", "roles", f"nobody is {role}", f'roles = ["{role}"] on one person')


def _teams(rules: Rules) -> Iterator[Problem]:
    for team in rules.rota.teams:
        for contract in sorted(team.contracts - set(rules.contracts)):
            yield _unknown("rota.toml", f"{team.id}.contracts", "contract", contract, rules.contracts)
        for key, role, names in _named(team):
            for name in names:
                yield from _reachable(rules.people, f"{team.id}.{key}", role, name)
        for key, who, filled in _rungs(team):
            if not filled:
                yield Problem(
                    "rota.toml",
                    f"{team.id}.{key}",
                    f'nobody is on the rung "{who}"',
                    f"{key} = …, or the role in people.toml",
                )


def _named(team: Team) -> Iterator[tuple[str, Role, tuple[str, ...]]]:
    yield "turns.engineers", Role.ENGINEER, team.turn.engineers
    for exception in team.exceptions:
        yield "exception", Role.ENGINEER, tuple(name for name in (exception.first, exception.second) if name)
    yield "lead", Role.LEAD, (team.lead,) if team.lead else ()
    yield "provider_managers", Role.PROVIDER_MANAGER, team.provider_managers
    yield "hospital_managers", Role.HOSPITAL_MANAGER, team.hospital_managers


def _reachable(people: People, key: str, role: Role, name: str) -> Iterator[Problem]:
    person = people.by_id.get(name)
    if person is None:
        yield _unknown("rota.toml", key, "person", name, people.by_id)
        return
    if role not in person.roles:
        yield Problem("rota.toml", key, f"{name} has not the role {role}", f'add "{role}" to the roles in people.toml')
    if not person.addresses:
        yield Problem("people.toml", f"{name}.addresses", f"is paged by {key} and has no address", '["webchat:…"]')


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
                f'no team serves the contract "{contract}"',
                "name it in contracts, or one team without contracts",
            )
    if rules.rota.team_of(None) is None:
        yield Problem("rota.toml", "team", "no team serves tickets without a contract", "one team without contracts")
