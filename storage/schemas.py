"""The JSON Schemas of the configuration's files, and the copies of them that lie in a folder for its editors."""

import json
from functools import cache
from importlib import resources
from pathlib import Path

from sla.contract_reader import read_contract
from sla.grammar import Reads, Table, explore
from sla.schema import Notes, read_notes, schema_of

READS: dict[str, Reads] = {"contract": read_contract}
"""The sorts of files that have a schema, and what reads each."""
FOLDER = "schema"
SCHEMA_LINES = {"contracts": f"#:schema ../{FOLDER}/contract.json\n"}
"""By the folder that holds a file: the first line that tells editors of its schema."""


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


def write_schemas(folder: Path) -> None:
    """Write `schema/*.json` into a configuration folder. The files there name them in their first line."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for sort in READS:
        (folder / FOLDER / f"{sort}.json").write_text(schema_text(sort), encoding="utf-8")


def old_schemas(folder: Path) -> list[str]:
    """The schema files of a folder that are there and not what this version writes."""
    return [
        f"{FOLDER}/{sort}.json"
        for sort in READS
        if (path := folder / FOLDER / f"{sort}.json").exists() and path.read_text(encoding="utf-8") != schema_text(sort)
    ]
