"""`wardline check`: every problem of a configuration folder or of one contract file, or what it holds."""

import argparse
from collections.abc import Iterator
from datetime import date
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
from sla.succession import days_of, gaps
from storage.files import SINGLE, load_folder
from storage.files_check import secrets_in
from storage.schemas import old_schemas

if TYPE_CHECKING:
    from bot.commands.check_settings import Found

HOLIDAYS = "holidays"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command's arguments."""
    parser = subparsers.add_parser("check", help="check a configuration")
    parser.add_argument("folder", metavar="DIR|FILE", type=Path, help="the configuration folder, or one contract file")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of what is found in channels (zh)")


def run(args: argparse.Namespace) -> int:
    """0 and a summary for a good folder or contract. Raises ContractError with every problem of any other, and
    SettingsError for a file that is not there or is none of a contract."""
    folder: Path = args.folder
    if folder.suffix == ".toml" and not folder.exists():
        raise SettingsError(f"there is no file {folder}")
    if folder.is_file():
        _is_contract(folder)
        print("\n".join(_contract(folder)))
        return 0
    rules, files, problems = _read(folder)
    found = _settings(folder, rules, problems, args.lang)
    if problems or rules is None or found is None:
        raise ContractError(problems)
    told = [*notes(rules), *(_old(name, folder) for name in old_schemas(folder))]
    of_channels = (say("check_note", args.lang, words=words) for words in found.notes())
    print("\n".join([*summary(rules, files), *(f"note: {note}" for note in told), *of_channels]))
    return 0


def _old(name: str, folder: Path) -> str:
    return f"{name} is of another version of Wardline; wardline schema --write {folder} writes it anew"


def _is_contract(file: Path) -> None:
    """Raises SettingsError for the other files of a configuration: they are checked with all that they name."""
    of_year = file.parent.name == HOLIDAYS
    if file.name in SINGLE or of_year:
        whole = file.parent.parent if of_year else file.parent
        raise SettingsError(f"{file} is no contract; the whole folder checks it: wardline check {whole}")


def _contract(path: Path) -> Iterator[str]:
    """What one contract file holds, whatever else is in its folder."""
    text = path.read_text(encoding="utf-8")
    if found := secrets_in(text, str(path)):
        raise ContractError(found)
    contract = read_contract(text, str(path))
    yield f"{path}: no problems; version {contract.version}"
    yield f"  {contract.id}: {contract.name}"
    yield f"    {contract.hospital} / {contract.provider}"
    if contract.valid_from or contract.valid_to:
        yield f"    valid from {contract.valid_from or '…'} to {contract.valid_to or '…'}"
    counts = {
        "systems": contract.systems,
        "clauses": contract.clauses,
        "clocks": contract.clock_rules,
        "pauses": contract.pauses,
        "quotas": contract.quotas,
        "duties": contract.duties,
    }
    yield "    " + ", ".join(f"{name} {len(each)}" for name, each in counts.items())


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


def summary(rules: Rules, files: int) -> Iterator[str]:
    """What the folder holds, in a few lines."""
    yield f"{rules.site.name}: {files} files, no problems; version {rules.version}"
    for contract in (version for id in rules.contracts for version in rules.versions_of(id)):
        dated = f" ({days_of(contract)})" if contract.valid_from or contract.valid_to else ""
        yield f"  {contract.id}{dated}: {len(contract.clock_rules)} clocks, {len(contract.systems)} systems"
        yield f"    {contract.name}: {contract.hospital} / {contract.provider}"
    known = ", ".join(str(year.year) for year in rules.calendar.years) or "none"
    yield f"  {len(rules.catalogue.systems)} systems, {len(rules.catalogue.departments)} departments"
    yield f"  years known: {known}"
    for team in rules.rota.teams:
        yield f"  team {team.id}: {', '.join(team.turn.engineers)} every {team.turn.days} days"
    yield f"  {len(rules.people.by_id)} people"


def notes(rules: Rules) -> Iterator[str]:
    """What is allowed and yet worth knowing."""
    headed = {person.department for person in rules.people.having(Role.DEPARTMENT_HEAD)}
    without = [each.id for each in rules.catalogue.departments if each.id not in headed]
    if without:
        yield f"{len(without)} departments have no head; the hospital's manager names who approves plans for them"
    unreachable = [person.id for person in rules.people.by_id.values() if not person.addresses]
    if unreachable:
        yield f"no address yet, they bind one themselves: {', '.join(unreachable)}"
    for contract in rules.contracts.values():
        for key in ("valid_from", "valid_to"):
            if ids := [duty.id for duty, lacking in undated(contract, date.min) if lacking == key]:
                yield f"{contract.id} has no {key}; these duties have no date without it: {', '.join(ids)}"
    yield from contract_notes(rules)
    if rules.site.default_contract is None:
        yield "systems in no catalogue have internal targets only (site.default_contract is not set)"


def contract_notes(rules: Rules) -> Iterator[str]:
    """What of the contracts is allowed and hardly meant."""
    for id in rules.contracts:
        versions = rules.versions_of(id)
        for first, last in gaps(versions):
            yield f"{id}: no version is valid from {first} to {last}; reports of those days are not covered by it"
        for contract in versions:
            yield from _of_one(contract)
    for one, two in combinations([v for id in rules.contracts for v in rules.versions_of(id)], 2):
        both = sorted(set(one.systems) & set(two.systems)) if one.id != two.id and _at_one_time(one, two) else []
        if both:
            yield f"{one.id} and {two.id} both name {', '.join(both)}; the catalogue decides which one covers it"


def _of_one(contract: Contract) -> Iterator[str]:
    silent = dict.fromkeys(rule.key for rule in contract.clock_rules if not rule.reminders)
    if silent:
        yield f"{contract.id}: nobody is reminded of {', '.join(silent)}: [reminders] has no such key"
    for pause in contract.pauses:
        if pause.at_most is None:
            yield f"{contract.id}: the pause {pause.name} has no at_most; it lasts until somebody ends it"


def _at_one_time(one: Contract, two: Contract) -> bool:
    begins = max(one.valid_from or date.min, two.valid_from or date.min)
    return begins <= min(one.valid_to or date.max, two.valid_to or date.max)
