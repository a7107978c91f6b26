"""What is wrong with a line that should be JSON, in words and with its place, for the readers of error messages."""

import json
from collections.abc import Mapping

SAID: Mapping[str, str] = {
    "Expecting value": "a value is missing, or it is neither text in double quotes, a number, true, false nor null",
    "Expecting property name enclosed in double quotes": "a key in double quotes is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting ',' delimiter": "a comma is missing, or a closing bracket",
    "Extra data": "something follows after the end of the value",
    "Unterminated string starting at": "the text that begins here has no closing quote",
    "Invalid control character at": "a control character stands in a text; write it as \\n, \\t or \\u0000",
    "Invalid \\escape": "a backslash that begins nothing; a backslash itself is \\\\",
}
"""By the words of Python's reader."""


def no_json(error: ValueError | RecursionError, first_line: int = 1) -> str:
    """ "line 3 is no JSON: column 17: a comma is missing …". `first_line` is that of the text which could not be read;
    columns count signs from 1."""
    if isinstance(error, json.JSONDecodeError):
        said = SAID.get(error.msg.partition(": ")[0], error.msg)
        return f"line {first_line + error.lineno - 1} is no JSON: column {error.colno}: {said}"
    if isinstance(error, UnicodeDecodeError):
        return f"line {first_line} is no JSON: byte {error.start + 1} is not UTF-8"
    why = "brackets are nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
    return f"line {first_line} is no JSON: {why}"
