"""Every sentence that people are sent, by key and language: `zh.po` and `en.po`, read once by Babel.

A catalogue maps symbolic keys to format strings. Fields stand in braces and are filled by name; a key or a field that
is missing is an error of ours, and a test finds it before anybody meets it. People and contracts are named as the
language writes them, and the numbers in a field `clause` are shown as it cites them, in every sentence alike. A number
chooses between the forms of a word: "{count} {count:ticket|tickets}".
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files

from babel.messages.pofile import read_po

from sla.contract import Contract
from sla.people import Person

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
NAMED = (Person, Contract)
FORMS = re.compile(r"\{\w+:[^{}|]*\|[^{}|]*\}")
"""Where a number chooses between the forms of a word."""


def say(key: str, language: str, **fields: object) -> str:
    """The sentence `key` in `language` ("zh" for one that is not kept here). Raises KeyError for an unknown key."""
    if not fields:
        return _plain(key, language)
    shown = {name: value.called(language) if isinstance(value, NAMED) else value for name, value in fields.items()}
    if "clause" in shown:
        shown["clause"] = clause_named(str(shown["clause"]), language)
    language = language if language in LANGUAGES else DEFAULT
    if key in _counting(language):
        shown = {name: Counted(value) for name, value in shown.items()}
    return catalogue(language)[key].format_map(shown)


class Counted:
    """A field of a sentence that chooses between "one|many" by whether it is 1."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __format__(self, forms: str) -> str:
        one, either, many = forms.partition("|")
        if not either:
            return format(self.value, forms)
        return one if str(self.value) == "1" else many


@cache
def _counting(language: str) -> frozenset[str]:
    """The sentences in which a number chooses between forms."""
    return frozenset(key for key, text in catalogue(language).items() if FORMS.search(text))


@lru_cache(maxsize=1024)
def clause_named(numbers: str, language: str) -> str:
    """Clauses as they are cited: 第 2.3 条, but 附件一; of several ("2, 3-20") each that is no number by itself."""
    parts = [part.strip() for part in numbers.split(",")]
    if all(part[:1].isdigit() for part in parts):
        return say("clause_number", language, number=numbers)
    return listed((clause_named(part, language) for part in parts), language) if len(parts) > 1 else numbers


@lru_cache(maxsize=2048)
def _plain(key: str, language: str) -> str:
    """A sentence without fields."""
    return catalogue(language if language in LANGUAGES else DEFAULT)[key].format()


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of a language, as format strings."""
    with files(__name__).joinpath(f"{language}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale=language) if message.id}


def listed(words: Iterable[str], language: str) -> str:
    """Words one after the other, with the comma of the language."""
    return say("comma", language).join(words)


def number(ticket: int) -> str:
    """A ticket's number as people read and write it."""
    return f"W{ticket}"
