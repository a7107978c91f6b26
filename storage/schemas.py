"""The JSON Schemas of the configuration's files, and the copies of them that lie in a folder for its editors."""

import json
import pathlib
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from sla.calendar import read_holidays
from sla.catalogue import read_catalogue
from sla.contract_reader import read_contract
from sla.grammar import Path, Reads, Table, explore
from sla.people import read_people
from sla.rota_reader import read_rota
from sla.schema import Notes, read_notes, schema_of
from sla.schema_page import page
from storage.files import packaged_files

READS: dict[str, Reads] = {
    "contract": read_contract,
    "people": read_people,
    "rota": lambda text, file, opened: read_rota(text, file, ZoneInfo("UTC"), opened),
    "catalogue": read_catalogue,
    "holidays": read_holidays,
}
"""The sorts of files that have a schema, and what reads each."""
PLACES = {
    "contract": "contracts/",
    "people": "people.toml",
    "rota": "rota.toml",
    "catalogue": "catalogue.toml",
    "holidays": "holidays/",
}
"""Where files of a sort lie in a configuration folder: a folder, or the one file."""
FOLDER = "schema"


def schema_line(name: str) -> str:
    """The first line of a file of the configuration, which tells editors of its schema; "" where there is none."""
    sort = next((sort for sort, place in PLACES.items() if name.startswith(place)), None)
    return f"#:schema {'../' * name.count('/')}{FOLDER}/{sort}.json\n" if sort else ""


def initial_files() -> dict[str, str]:
    """The packaged sample as a folder begins with it, each file with the line for editors."""
    return {name: schema_line(name) + text for name, text in packaged_files().items()}


@cache
def table_of(sort: str) -> Table:
    """What files of that sort may hold."""
    return explore(READS[sort])


@cache
def notes_of(sort: str) -> Notes:
    """What their keys mean."""
    name = f"{sort}.toml"
    return read_notes((resources.files("sla") / "schemas" / name).read_text(encoding="utf-8"), f"schemas/{name}")


@cache
def schema_text(sort: str) -> str:
    """The JSON Schema of files of that sort, as its file holds it."""
    return json.dumps(schema_of(table_of(sort), notes_of(sort), sort), ensure_ascii=False, indent=1) + "\n"


@cache
def uses_of(sort: str) -> dict[Path, str]:
    """By the path of a key: up to two packaged contracts that write it, with the clause that it is written for."""
    found: dict[Path, dict[str, str]] = {}
    for name, text in packaged_files().items():
        if name.startswith(PLACES[sort]):
            for path, clause in _clauses(tomllib.loads(text), (), ""):
                found.setdefault(path, {}).setdefault(name.rpartition("/")[2].removesuffix(".toml"), clause)
    return {
        path: ", ".join(f"{name} {clause}" for name, clause in list(users.items())[:2])
        for path, users in found.items()
        if all(users.values())
    }


def _clauses(value: object, path: Path, clause: str) -> Iterator[tuple[Path, str]]:
    """Every key, with the clause that its table cites."""
    if isinstance(value, list):
        for row in value:
            yield from _clauses(row, path, clause)
    elif isinstance(value, dict):
        cited = str(value.get("clause") or value.get("number") or clause) if path else ""
        for key, each in value.items():
            yield (*path, key), cited
            yield from _clauses(each, (*path, key), cited)


def page_of(sort: str, language: str) -> str:
    """The grammar of that sort of file as a page to read."""
    return page(table_of(sort), notes_of(sort), uses_of(sort), language)


def write_schemas(folder: pathlib.Path) -> None:
    """Write `schema/*.json` into a configuration folder. The files there name them in their first line."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for sort in READS:
        (folder / FOLDER / f"{sort}.json").write_text(schema_text(sort), encoding="utf-8")


def old_schemas(folder: pathlib.Path) -> list[str]:
    """The schema files of a folder that are there and not what this version writes."""
    return [
        f"{FOLDER}/{sort}.json"
        for sort in READS
        if (path := folder / FOLDER / f"{sort}.json").exists() and path.read_text(encoding="utf-8") != schema_text(sort)
    ]
