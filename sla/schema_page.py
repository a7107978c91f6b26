"""The grammar of a file as a page to read: a table of keys for each table of the file, in Chinese or English."""

from collections.abc import Iterator, Mapping

from sla.grammar import ANY, Asked, Path, Table
from sla.schema import Notes, written

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
HEADS: Mapping[str, str] = {
    "zh": "| 键 | 类型 | 默认 | 含义 |\n| --- | --- | --- | --- |",
    "en": "| key | type | default | meaning |\n| --- | --- | --- | --- |",
}
REQUIRED: Mapping[str, str] = {"zh": "必填", "en": "required"}


def page(table: Table, notes: Notes, language: str) -> str:
    """The tables of a file, one after the other, as Markdown."""
    return "\n".join(_tables(table, notes, language, (), "")).strip()


def _tables(table: Table, notes: Notes, language: str, path: Path, heading: str) -> Iterator[str]:
    if heading:
        yield f"\n### `{heading}`\n"
        yield _meaning(notes, path, language) + "\n"
    plain = {key: asked for key, asked in table.keys.items() if asked.table is None}
    if plain:
        yield HEADS[language]
    for key, asked in plain.items():
        yield _row(key, asked, key in table.required, notes, language, (*path, key))
    for key, asked in table.keys.items():
        if asked.table is not None:
            inner = (*path, key)
            name = ".".join(inner)
            brackets = f"[[{name}]]" if "tables" in asked.types else f"[{name}]"
            yield from _tables(asked.table, notes, language, inner, brackets)


def _row(key: str, asked: Asked, required: bool, notes: Notes, language: str, path: Path) -> str:
    english = language == "en"
    types = " / ".join(TYPES[each][english] for each in sorted(asked.types))
    default = _default(asked.default)
    note = notes.keys[".".join(path)]
    examples = "、".join(f"`{each}`" for each in note.examples)
    shown = f"`{key}`" if key != ANY else "…"
    meaning = _meaning(notes, path, language) + _words(asked, notes, note.words, language)
    meaning += (f"（例：{examples}）" if not english else f" Like {examples.replace('、', ', ')}.") if examples else ""
    return f"| {shown} | {types} | {REQUIRED[language] if required else default} | {meaning} |"


def _meaning(notes: Notes, path: Path, language: str) -> str:
    note = notes.keys[".".join(path)]
    return note.en if language == "en" else note.zh


def _words(asked: Asked, notes: Notes, name: str, language: str) -> str:
    if not asked.words or name == "event":  # the many events have a table of their own
        return ""
    meanings = notes.words.get(name, {})
    parts = (f"`{word}` {meanings.get(word, (word, word))[language == 'en']}" for word in map(str, asked.words))
    return "<br>" + "<br>".join(parts)


def _default(value: object) -> str:
    if value is None or value in ("", ()):
        return ""
    shown = written(value)
    if isinstance(shown, bool):
        return "`true`" if shown else "`false`"
    return f"`{shown}`"
