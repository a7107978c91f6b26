"""What is wrong with a text that is no TOML, in sentences of ours: the parser of the standard library has its own."""

import re
import tomllib

from sla.errors import Problem
from sla.toml_lines import places
from sla.worded import Worded

PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
TWICE = re.compile(
    r"Cannot (?:declare .* twice|overwrite a value|mutate immutable namespace .*|redefine namespace .*)"
    r"|Duplicate inline table key .*"
)
NO_QUOTE = (Worded("a text has no closing quote"), Worded('a text in quotes, like "…"'))
BACKSLASH = (Worded("a backslash stands in a text"), Worded(r"two of them (\\), or the text in single quotes"))
NO_BRACKET = (Worded("the name of a table has no closing bracket"), Worded("[table], or [[table]] for one of several"))
FAULTS = {
    # what the parser says: what is wrong, what to write instead
    "Invalid value": (
        Worded("the value is missing or cannot be read"),
        Worded('a text in quotes, like "…"; numbers, dates, true and false without quotes'),
    ),
    "Expected '=' after a key in a key/value pair": (Worded('there is no "=" after the key'), "key = …"),
    "Invalid statement": (
        Worded("the line is neither a key nor a table"),
        Worded("key = …, or [table]; notes after #"),
    ),
    "Invalid initial character for a key part": (
        Worded("no key can begin like this"),
        Worded("letters, digits, - and _; any other key in quotes"),
    ),
    "Expected newline or end of document after a statement": (
        Worded("something stands behind the value"),
        Worded("one key in a line; notes after #"),
    ),
    "Unterminated string": NO_QUOTE,
    'Expected "\'"': NO_QUOTE,
    "Expected \"'''\"": NO_QUOTE,
    r"Illegal character '\n'": NO_QUOTE,
    "Unclosed array": (Worded("a list has no closing bracket"), Worded("a list in brackets, like […]")),
    "Unclosed inline table": (Worded("a table in braces is not closed"), "{ key = …, key = … }"),
    "Unescaped '\\' in a string": BACKSLASH,
    "Invalid hex value": BACKSLASH,
    "Escaped character is not a Unicode scalar value": BACKSLASH,
    "Invalid date or datetime": (
        Worded("there is no such day or time"),
        Worded("a date without quotes, like 2026-10-01"),
    ),
    "Expected ']' at the end of a table declaration": NO_BRACKET,
    "Expected ']]' at the end of an array declaration": NO_BRACKET,
}


def fault(text: str, file: str, error: tomllib.TOMLDecodeError) -> Problem:
    """The problem with the `text` of a file on which the parser gave up: its line, and what to write instead."""
    said = str(error)
    at = PLACE.search(said)
    line = int(at[1]) if at and at[1] else max(1, len(text.splitlines()))
    said = said[: at.start()] if at else said
    what, instead = _twice(text, line) if TWICE.fullmatch(said) else FAULTS.get(said, (said, ""))
    return Problem(file, "", Worded("this is no TOML: {what}", what=what), instead, line)


def _twice(text: str, line: int) -> tuple[str, str]:
    """What is said twice: the last table or key that begins up to `line` is the second of them."""
    *before, (path, _, is_table) = [place for place in places(text) if place[1] <= line] or [((), 0, False)]
    alike = (path, (*path, 0), path[:-1] if path and isinstance(path[-1], int) else path)
    first = next((number for other, number, _ in before if other in alike), None)
    name = ".".join(part for part in path if isinstance(part, str))
    if first is None:
        return Worded('"{name}" stands there in another way already', name=name), Worded("one of the two")
    if is_table:
        told = Worded("the table [{name}] is begun twice, for the first time in line {first}", name=name, first=first)
        return told, Worded("one [{name}] that holds the keys of both", name=name)
    told = Worded('"{name}" is written twice, for the first time in line {first}', name=name, first=first)
    return told, Worded("one of the two")
