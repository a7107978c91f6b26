"""wardline duties: when the duties of the contracts are due, and how each stands where there is a store."""

import argparse
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.app import system_clock
from bot.commands.beside import remark
from bot.commands.days import day
from bot.commands.due import read_book
from bot.commands.run import DATA
from bot.gather import looked
from bot.settings import SettingsError
from handlers.duty_book import LOOK_BACK, Book, number_of, open_book, watched_since
from handlers.wording import say
from sla.contract import INTERNAL, Contract
from sla.duty import Duty
from sla.rhythm import Occurrence
from sla.rules import Rules
from sla.toml import nearest
from sla.worded import Worded
from storage.base import UnitOfWork
from storage.files import load_folder, packaged_rules

LONGEST = timedelta(days=3660)
A_MONTH = timedelta(days=31)
DATABASES = ("WARDLINE_DATABASE_URL", "WARDLINE_DATABASE_URL_FILE")
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A time of a duty. `state` is None where there is no store, or nobody watched yet."""

    one: Occurrence
    number: int
    state: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is due, and what cannot be dated: contract, duty, the key of the file that is missing."""

    lines: list[Line]
    undated: list[tuple[str, Duty, str]]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("duties", help="print when duties are due, and how each stands", description=__doc__)
    parser.add_argument("--from", dest="first", type=day, metavar="DAY", help="2026-10-01 (today)")
    parser.add_argument("--to", dest="last", type=day, metavar="DAY", help="(31 days after --from)")
    parser.add_argument("--contract", metavar="ID", help="the contract (all)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the names")
    parser.add_argument("--config", type=Path, help="folder of the configuration (DATA/config, else the sample)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Print them. Raises SettingsError for days or a contract that make no sense."""
    config = args.config or (args.data / "config" if (args.data / "config").is_dir() else None)
    if config is None:
        remark(
            Worded("{data} holds no configuration: these are the packaged contracts' dates", data=args.data), args.lang
        )
    stored = config is not None and (args.data.is_dir() or any(name in os.environ for name in DATABASES))
    rules, now = load_folder(config)[0] if config and stored else _of_files(config), system_clock().now()
    first = args.first or rules.calendar.day_of(now)
    last = args.last or first + A_MONTH
    if not timedelta() <= last - first <= LONGEST or not 1970 <= first.year <= 2200:
        raise SettingsError(
            Worded(
                "{first} to {last} are no days to ask for: at most ten years, the first day first",
                first=first,
                last=last,
            )
        )
    contracts = _chosen(rules, args.contract)
    found: list[Book] = []
    if config and stored:
        back = max(now - rules.calendar.at(first, 0), timedelta()) + LOOK_BACK

        def look(uow: UnitOfWork) -> None:
            watched = (contract for contract in contracts if watched_since(contract, uow) is not None)
            found.extend(open_book(contract, uow, rules, now, changes=True, back=back) for contract in watched)

        looked(config, args.data, look)
    known = {book.contract.id: book for book in found}
    answer = Answer([], [])
    for contract in contracts:
        _fill(answer, contract, known.get(contract.id), rules, first, last, now)
    answer.lines.sort(key=lambda line: (line.one.due, line.number))
    lines = [_as_json(answer)] if args.json else list(_as_text(answer, rules, args.lang))
    if not lines:
        remark(Worded("no duty is due from {first} to {last}", first=first, last=last), args.lang)
    for line in lines:
        print(line)
    return 0


def _of_files(folder: Path | None) -> Rules:
    """Contracts and days of a folder, as far as dates need them: it may lack people, rota and all the rest."""
    book = read_book(folder)
    succession = {id: versions for id, versions in book.contracts.items() if id != INTERNAL}
    contracts = {id: versions[-1] for id, versions in succession.items()}
    return replace(packaged_rules(), contracts=contracts, succession=succession, calendar=book.calendar)


def _chosen(rules: Rules, name: str | None) -> list[Contract]:
    if name is not None and name not in rules.contracts:
        raise SettingsError(
            Worded('there is no contract "{name}"; {meant}', name=name[:60], meant=nearest(name[:60], rules.contracts))
        )
    return [contract for contract in rules.contracts.values() if name in (None, contract.id)]


def _fill(
    answer: Answer, contract: Contract, kept: Book | None, rules: Rules, first: date, last: date, now: datetime
) -> None:
    """Add what of a contract is due: by the records kept of it, else by its file alone."""
    calendar = rules.calendar.in_zone(contract.timezone)
    book = kept or Book(
        rules.in_force(contract.id, now) or contract, rules.versions_of(contract.id), calendar, (), None, now
    )
    for one in book.all_times(first, last):
        watched = kept is not None and (one.done is not None or one.due >= (book.since or now))
        state = one.state(now).value if watched else None
        answer.lines.append(Line(one, number_of(rules, contract.id, one.duty.id), state))
    answer.undated.extend((contract.id, duty, key) for duty, key in book.undated())


def _as_json(answer: Answer) -> str:
    duties = [
        {
            "contract": line.one.contract,
            "duty": line.one.duty.id,
            "number": line.number,
            "name_zh": line.one.duty.name_zh,
            "name_en": line.one.duty.name_en,
            "side": line.one.duty.side.value,
            "clause": line.one.duty.clause,
            "period": line.one.period,
            "opens": line.one.opens.isoformat(),
            "due": line.one.due.isoformat(),
            "may": line.one.duty.may,
            "provisional": line.one.provisional,
            "state": line.state,
            "done_at": line.one.done.at.isoformat() if line.one.done else None,
            "done_by": line.one.done.by if line.one.done else None,
        }
        for line in answer.lines
    ]
    undated = [{"contract": contract, "duty": duty.id, "missing": key} for contract, duty, key in answer.undated]
    return json.dumps({"duties": duties, "undated": undated}, ensure_ascii=False, indent=2)


def _as_text(answer: Answer, rules: Rules, language: str) -> Iterable[str]:
    for line in answer.lines:
        one = line.one
        state = say(f"duty_state_{line.state}", language) if line.state else ""
        note = say("duty_provisional", language) if one.provisional else ""
        words = [f"{line.number:>3}", one.contract, one.duty.name(language), one.period, one.duty.clause, state + note]
        yield f"{_end(one):<17} {'  '.join(word for word in words if word)}"
    for contract, duty, key in answer.undated:
        number = number_of(rules, contract, duty.id)
        yield f"{'':<17} {contract}  " + say(f"duty_undated_{key}", language, number=number, name=duty.name(language))


def _end(one: Occurrence) -> str:
    """The last instant in time; midnight as the end of its day. Of a right: the first."""
    local = one.due  # it is in the contract's zone
    if (local.hour, local.minute) == (0, 0) and not one.duty.may:
        return f"{local - MOMENT:%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"
