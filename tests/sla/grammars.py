"""Files of the configuration as values and back, their schemas, and what reader and schema say of each."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

import fastjsonschema

from sla.errors import ContractError
from sla.grammar import Path
from sla.toml import Reader
from storage.files import packaged_files
from storage.schemas import PLACES, READS, schema_text
from tests.house import ROOT

Value = Any
"""What stands in a TOML file."""
EXAMPLES = ROOT / "docs" / "examples"


@cache
def real(sort: str) -> Mapping[str, str]:
    """The texts of the files of that sort that come with the project."""
    examples = {file.name: file.read_text(encoding="utf-8") for file in sorted(EXAMPLES.glob("*.toml"))}
    packaged = {name: text for name, text in packaged_files().items() if name.startswith(PLACES[sort])}
    return packaged | (examples if sort == "contract" else {"ladder.toml": LADDER} if sort == "rota" else {})


LADDER = """
[[team]]
id = "night"
name = "夜班组"
contracts = ["cqmu2-his"]
group = ["telegram:-1001234567890"]
[team.turns]
engineers = ["a", "b"]
since = 2026-01-05
[[team.ladder]]
priorities = ["critical"]
windows = ["offsite"]
rungs = [{ who = "first" }, { who = "second", after = "3 min" }]
"""
"""A rota with what the sample has none of."""


def toml(value: Value, *, top: bool = True) -> str:
    """The value as TOML, its tables all in one line."""
    if isinstance(value, Mapping):
        pairs = [f"{json.dumps(key, ensure_ascii=False)} = {toml(each, top=False)}" for key, each in value.items()]
        return "\n".join(pairs) if top else "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(each, top=False) for each in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def plain(value: Value) -> Value:
    """The value as an editor hands it to a schema: dates are texts."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def checker(sort: str) -> Any:
    """The compiled schema."""
    return fastjsonschema.compile(json.loads(schema_text(sort)))


def schema_takes(sort: str, value: Value) -> bool:
    """Whether the schema lets the file pass."""
    try:
        checker(sort)(plain(value))
    except fastjsonschema.JsonSchemaValueException:
        return False
    return True


def reasons(sort: str, value: Value) -> list[str]:
    """Why the reader refuses the file; nothing when it takes it."""
    try:
        READS[sort](toml(value), "a.toml", Reader)
    except ContractError as error:
        return [problem.reason for problem in error.problems]
    return []


Place = tuple[str | int, ...]
"""Where a value stands in a file: keys, and indexes in lists of tables."""


def places(value: Value, place: Place = ()) -> Iterator[tuple[Place, Path]]:
    """Every key of a file: where it stands, and its path without indexes."""
    for key, each in value.items():
        here = (*place, key)
        yield here, tuple(str(part) for part in here if not isinstance(part, int))
        if isinstance(each, Mapping):
            yield from places(each, here)
        elif isinstance(each, list):
            for index, row in enumerate(each):
                if isinstance(row, Mapping):
                    yield from places(row, (*here, index))


def changed(value: Value, place: Place, new: Value = None, *, name: str = "") -> Value:
    """The file with another value in a place, the key under another `name`; without it where `new` is None."""
    copy = deepcopy(value)
    table = copy
    for part in place[:-1]:
        table = table[part]
    old = table.pop(place[-1], None)
    if name:
        table[name] = old
    elif new is not None:
        table[place[-1]] = new
    return copy


def tables(value: Value) -> Iterator[tuple[Place, Path]]:
    """Every table of a file, each row of a list for itself."""
    yield (), ()
    for place, path in places(value):
        each = at(value, place)
        if isinstance(each, Mapping):
            yield place, path
        elif isinstance(each, list):
            yield from (((*place, index), path) for index, row in enumerate(each) if isinstance(row, Mapping))


def at(value: Value, place: Place) -> Value:
    """What stands in a place."""
    for part in place:
        value = value[part]
    return value
