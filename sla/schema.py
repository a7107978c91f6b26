"""JSON Schema (draft-07) of a file of the configuration, for editors that complete and check TOML.

Draft-07 is what the TOML language server taplo (VS Code's Even Better TOML) compiles; of a later draft it takes only
what the seventh had. Everything stands in its place, without `$ref`, because completion looks there.

The structure is that of `sla.grammar`, learnt from the reading code; what a key means, in Chinese and English, is in
`sla/schemas/*.toml` (`Notes`); what hangs together within one table is in RULES. Nothing here is stricter than the
reader; what one table cannot show (a clause that is cited and not there) the reader alone sees.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sla.grammar import ANY, Asked, Path, Table
from sla.schema_rules import FILLED, FORMATS, RULES
from sla.toml import Reader, written

Json = dict[str, Any]
DRAFT = "http://json-schema.org/draft-07/schema#"
PLAIN: Mapping[str, Json] = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "duration": FORMATS["duration"],
    "durations": FORMATS["duration"],
    "day": FORMATS["day"],
    "days": FORMATS["day"],
}
LISTS = frozenset({"texts", "choices", "days", "durations"})


@dataclass(frozen=True, slots=True)
class Note:
    """What a key means. `format`: a name of FORMATS, for a text that is written in a certain way. `words`: the name of
    the list that explains its words."""

    zh: str
    en: str
    examples: tuple[str, ...] = ()
    format: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """What a sort of file is for, its keys (by their path, dotted) and the words that stand in them: (zh, en)."""

    zh: str
    en: str
    keys: Mapping[str, Note]
    words: Mapping[str, Mapping[str, tuple[str, str]]]


def read_notes(text: str, file: str) -> Notes:
    """The notes of one sort of file. Raises ContractError."""
    reader = Reader(text, file)
    keys, words = reader.table("key"), reader.table("word", required=False)
    notes = Notes(
        zh=reader.text("zh"),
        en=reader.text("en"),
        keys={name: _note(keys.table(name)) for name in keys.names()},
        words={name: _meanings(words.table(name)) for name in words.names()},
    )
    reader.finish()
    return notes


def _note(row: Reader) -> Note:
    return Note(
        zh=row.text("zh"),
        en=row.text("en"),
        examples=row.texts("examples", ()),
        format=row.one_of("format", tuple(FORMATS), ""),
        words=row.text("words", ""),
    )


def _meanings(table: Reader) -> dict[str, tuple[str, str]]:
    parts = {word: table.text(word).partition(" | ") for word in table.names()}
    return {word: (zh, en) for word, (zh, _, en) in parts.items()}


def schema_of(table: Table, notes: Notes, name: str) -> Json:
    """The schema of a sort of file; `name` picks the RULES that go with it."""
    return {"$schema": DRAFT, "title": f"{notes.zh} {notes.en}", **_table(table, notes, name, ())}


def _table(table: Table, notes: Notes, name: str, path: Path) -> Json:
    found: Json = {"type": "object"}
    keys = {key: _key(asked, notes, name, (*path, key)) for key, asked in table.keys.items()}
    every = keys.pop(ANY, None)
    if keys:
        found["properties"] = keys
    found["additionalProperties"] = every if every and table.open_ended else table.open_ended
    if table.required:
        found["required"] = list(table.required)
    if rules := RULES.get((name, *path)):
        # Hung on a key that every such table has; an allOf beside the properties would keep taplo from completing them.
        found["dependencies"] = (
            {table.required[0]: {"allOf": list(rules)}} if table.required else rules[0]["dependencies"]
        )
    return found


def _key(asked: Asked, notes: Notes, name: str, path: Path) -> Json:
    note = notes.keys.get(".".join(path), Note("", ""))
    if asked.table:
        found = _table(asked.table, notes, name, path)
        if "tables" in asked.types:
            found = {"type": "array", "items": found}
    else:
        found = _value(asked, note, notes)
    if asked.default not in (None, "", ()):
        found["default"] = as_written(asked.default)
    if note.examples:
        found["examples"] = [list(note.examples)] if _is_list(asked) else list(note.examples)
    return {"description": f"{note.zh}\n\n{note.en}", **found}


def _is_list(asked: Asked) -> bool:
    return bool(asked.types & LISTS)


def _value(asked: Asked, note: Note, notes: Notes) -> Json:
    if asked.words:
        each: Json = {"type": "string", "enum": list(map(str, asked.words))}
        meanings = notes.words.get(note.words, {})
        docs = [" ".join(meanings[word]) if word in meanings else None for word in each["enum"]]
        if any(docs):
            each["x-taplo"] = {"docs": {"enumValues": docs}}
    elif note.format:
        each = dict(FORMATS[note.format])
    else:
        each = dict(_plain(asked))
    return {"type": "array", "items": each} if _is_list(asked) else each


def _plain(asked: Asked) -> Json:
    [getter] = asked.types or {"text"}
    if getter == "integer":
        return {"type": "integer", "minimum": asked.least, "maximum": asked.most}
    if getter in ("text", "texts"):
        return {"type": "string"} if "" in asked.defaults and not asked.demanded else FILLED
    return PLAIN[getter]


def as_written(value: object) -> object:
    """A default as a person writes it: "2 h" for two hours."""
    if isinstance(value, timedelta):
        return written(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_written(each) for each in value]
    return str(value) if isinstance(value, str) else value
