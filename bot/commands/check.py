"""`wardline check`: every problem of a configuration folder or of one contract file, or what it holds."""

import argparse
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import SettingsError
from handlers.wording import say
from sla.contract import Contract
from sla.contract_reader import read_contract
from sla.errors import ContractError, Problem
from sla.labels import Role
from sla.rhythm import undated
from sla.rules import Rules
from sla.succession import gaps
from sla.worded import Worded
from storage.files import SINGLE, load_folder
from storage.files_check import secrets_in
from storage.schemas import old_schemas
from storage.texts import read_text

if TYPE_CHECKING:
    from bot.commands.check_settings import Found

HOLIDAYS = "holidays"

Tell = Callable[..., str]
"""A sentence in the language that was asked for, by its key."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command's arguments."""
    parser = subparsers.add_parser("check", help="check a configuration")
    parser.add_argument("folder", metavar="DIR|FILE", type=Path, help="the configuration folder, or one contract file")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the findings (zh)")


def run(args: argparse.Namespace) -> int:
    """0 and a summary for a good folder or contract. Raises ContractError with every problem of any other, and
    SettingsError for a file that is not there or is none of a contract."""
    folder: Path = args.folder
    tell = partial(say, language=args.lang)
    if folder.suffix == ".toml" and not folder.exists():
        raise SettingsError(Worded("there is no file {folder}", folder=folder))
    if folder.is_file():
        _is_contract(folder)
        print("\n".join(_contract(folder, tell)))
        return 0
    rules, files, problems = _read(folder)
    found = _settings(folder, rules, problems, args.lang)
    if problems or rules is None or found is None:
        raise ContractError(problems)
    schemas = (tell("check_note_schema", name=name, folder=folder) for name in old_schemas(folder))
    told = [*notes(rules, tell), *schemas, *found.notes()]
    print("\n".join([*summary(rules, files, tell), *(tell("check_note", words=note) for note in told)]))
    return 0


def _is_contract(file: Path) -> None:
    """Raises SettingsError for the other files of a configuration: they are checked with all that they name."""
    of_year = file.parent.name == HOLIDAYS
    if file.name in SINGLE or of_year:
        whole = file.parent.parent if of_year else file.parent
        raise SettingsError(
            Worded("{file} is no contract; the whole folder checks it: wardline check {whole}", file=file, whole=whole)
        )


def _contract(path: Path, tell: Tell) -> Iterator[str]:
    """What one contract file holds, whatever else is in its folder."""
    text = read_text(path, str(path))
    if found := secrets_in(text, str(path)):
        raise ContractError(found)
    contract = read_contract(text, str(path))
    yield tell("check_file_well", path=path, version=contract.version)
    yield f"  {contract.id}: {contract.name}"
    yield f"    {contract.hospital} / {contract.provider}"
    if contract.valid_from or contract.valid_to:
        yield "    " + tell("check_valid", first=contract.valid_from or "…", last=contract.valid_to or "…")
    yield "    " + tell(
        "check_counts",
        systems=len(contract.systems),
        clauses=len(contract.clauses),
        clocks=len(contract.clock_rules),
        pauses=len(contract.pauses),
        quotas=len(contract.quotas),
        duties=len(contract.duties),
    )


def _read(folder: Path) -> tuple[Rules | None, int, list[Problem]]:
    """The rules and the number of their files, or what is wrong with them."""
    try:
        rules, files = load_folder(folder)
    except ContractError as error:
        return None, 0, list(error.problems)
    return rules, len(files), []


def _settings(folder: Path, rules: Rules | None, problems: list[Problem], language: str) -> "Found | None":
    """What is found in the process' own tables; what is wrong with them is added to `problems`, once."""
    from bot.app import system_clock
    from bot.commands.check_settings import Found

    known = {(problem.line, problem.key, problem.reason) for problem in problems}
    try:
        found = Found(folder, rules, system_clock().now(), language)
    except ContractError as error:
        problems += (each for each in error.problems if (each.line, each.key, each.reason) not in known)
        return None
    problems += found.problems()
    return found


def summary(rules: Rules, files: int, tell: Tell) -> Iterator[str]:
    """What the folder holds, in a few lines."""
    yield tell("check_folder_well", name=rules.site.name, files=files, version=rules.version)
    for contract in (version for id in rules.contracts for version in rules.versions_of(id)):
        first, last = contract.valid_from, contract.valid_to
        dated = tell("check_dates", first=first or "…", last=last or "…") if first or last else ""
        clocks, systems = len(contract.clock_rules), len(contract.systems)
        yield "  " + tell("check_contract_line", id=contract.id, dated=dated, clocks=clocks, systems=systems)
        yield f"    {contract.name}: {contract.hospital} / {contract.provider}"
    known = ", ".join(str(year.year) for year in rules.calendar.years) or "-"
    systems, departments = len(rules.catalogue.systems), len(rules.catalogue.departments)
    yield "  " + tell("check_catalogue_line", systems=systems, departments=departments)
    yield "  " + tell("check_years", years=known)
    for team in rules.rota.teams:
        engineers = ", ".join(team.turn.engineers)
        yield "  " + tell("check_team_line", team=team.id, engineers=engineers, days=team.turn.days)
    yield "  " + tell("check_people_line", people=len(rules.people.by_id))


def notes(rules: Rules, tell: Tell) -> Iterator[str]:
    """What is allowed and yet worth knowing."""
    headed = {person.department for person in rules.people.having(Role.DEPARTMENT_HEAD)}
    without = [each.id for each in rules.catalogue.departments if each.id not in headed]
    if without:
        yield tell("check_note_heads", count=len(without))
    unreachable = [person.id for person in rules.people.by_id.values() if not person.addresses]
    if unreachable:
        yield tell("check_note_unreachable", people=", ".join(unreachable))
    for contract in rules.contracts.values():
        for key in ("valid_from", "valid_to"):
            if ids := [duty.id for duty, lacking in undated(contract, date.min) if lacking == key]:
                yield tell("check_note_undated", contract=contract.id, setting=key, duties=", ".join(ids))
    yield from contract_notes(rules, tell)
    if rules.site.default_contract is None:
        yield tell("check_note_default")


def contract_notes(rules: Rules, tell: Tell) -> Iterator[str]:
    """What of the contracts is allowed and hardly meant."""
    for id in rules.contracts:
        versions = rules.versions_of(id)
        for first, last in gaps(versions):
            yield tell("check_note_gap", contract=id, first=first, last=last)
        for contract in versions:
            yield from _of_one(contract, tell)
    for one, two in combinations([v for id in rules.contracts for v in rules.versions_of(id)], 2):
        both = sorted(set(one.systems) & set(two.systems)) if one.id != two.id and _at_one_time(one, two) else []
        if both:
            yield tell("check_note_both", one=one.id, two=two.id, systems=", ".join(both))


def _of_one(contract: Contract, tell: Tell) -> Iterator[str]:
    silent = dict.fromkeys(rule.key for rule in contract.clock_rules if not rule.reminders)
    if silent:
        yield tell("check_note_silent", contract=contract.id, clocks=", ".join(silent))
    for pause in contract.pauses:
        if pause.at_most is None:
            yield tell("check_note_pause", contract=contract.id, pause=pause.name)


def _at_one_time(one: Contract, two: Contract) -> bool:
    begins = max(one.valid_from or date.min, two.valid_from or date.min)
    return begins <= min(one.valid_to or date.max, two.valid_to or date.max)
