"""The grammar of a file as a page to read: a table of keys for each table of the file, in Chinese or English."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sla.grammar import ANY, Asked, Path, Table
from sla.schema import Notes, as_written

TYPES: Mapping[str, tuple[str, str]] = {
    "text": ("文字", "text"),
    "texts": ("文字列表", "list of texts"),
    "integer": ("整数", "whole number"),
    "number": ("数", "number"),
    "boolean": ("true 或 false", "true or false"),
    "choice": ("词", "word"),
    "choices": ("词的列表", "list of words"),
    "duration": ("时长", "length of time"),
    "durations": ("时长列表", "list of lengths of time"),
    "day": ("日期", "date"),
    "days": ("日期列表", "list of dates"),
    "table": ("表", "table"),
    "tables": ("多个表", "tables"),
}
HEADS: Mapping[str, tuple[str, ...]] = {
    "zh": ("键", "类型", "默认", "含义", "用于"),
    "en": ("key", "type", "default", "meaning", "used by"),
}
LONG = "event"
"""The list of words that is too long for a cell and has a table of its own."""
REQUIRED: Mapping[str, str] = {"zh": "必填", "en": "required"}


@dataclass(frozen=True, slots=True)
class _Page:
    """What every line needs."""

    notes: Notes
    uses: Mapping[Path, str]
    language: str
    order: Mapping[str, int]

    def tables(self, table: Table, path: Path, heading: str) -> Iterator[str]:
        if heading:
            yield f"\n### `{heading}`\n\n{self.meaning(path)}\n"
        ordered = sorted(table.keys, key=lambda key: self.order[".".join((*path, key))])
        plain = {key: table.keys[key] for key in ordered if table.keys[key].table is None}
        if plain:
            yield _line(HEADS[self.language])
            yield _line("---" for _ in HEADS[self.language])
        for key, asked in plain.items():
            yield self.row(asked, key in table.required, (*path, key))
        for key in ordered:
            asked, name = table.keys[key], ".".join((*path, key))
            if asked.table is not None:
                brackets = f"[[{name}]]" if "tables" in asked.types else f"[{name}]"
                yield from self.tables(asked.table, (*path, key), brackets)

    def row(self, asked: Asked, required: bool, path: Path) -> str:
        english = self.language == "en"
        shown = "…" if path[-1] == ANY else f"`{path[-1]}`"
        types = " / ".join(TYPES[each][english] for each in sorted(asked.types))
        default = REQUIRED[self.language] if required else _default(asked.default)
        return _line((shown, types, default, self.meaning(path) + self.words(asked, path), self.uses.get(path, "")))

    def meaning(self, path: Path) -> str:
        note = self.notes.keys[".".join(path)]
        examples = [f"`{each}`" for each in note.examples]
        if self.language == "en":
            return note.en + (f" Like {', '.join(examples)}." if examples else "")
        return note.zh + (f"例如 {'、'.join(examples)}。" if examples else "")

    def words(self, asked: Asked, path: Path) -> str:
        name = self.notes.keys[".".join(path)].words
        if not asked.words or name == LONG:
            return ""
        meanings = self.notes.words[name]
        return "".join(f"<br>`{word}` {meanings[word][self.language == 'en']}" for word in map(str, asked.words))


def page(table: Table, notes: Notes, uses: Mapping[Path, str], language: str) -> str:
    """The tables of a file, one after the other in the order of the notes, as Markdown. `uses`: by the path of a key,
    who uses it."""
    order = {key: place for place, key in enumerate(notes.keys)}
    return "\n".join([*_Page(notes, uses, language, order).tables(table, (), ""), *_events(notes, language)]).strip()


def _events(notes: Notes, language: str) -> Iterator[str]:
    if LONG in notes.words:
        yield f"\n### {'事件' if language == 'zh' else 'Events'}\n"
        yield _line(("词", "含义") if language == "zh" else ("word", "meaning"))
        yield _line(("---", "---"))
        for word, meaning in notes.words[LONG].items():
            yield _line((f"`{word}`", meaning[language == "en"]))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _default(value: object) -> str:
    if value is None or value in ("", ()):
        return ""
    shown = as_written(value)
    return f"`{shown if isinstance(shown, str) else json.dumps(shown)}`"
