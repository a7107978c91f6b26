"""Every sentence that people are sent, by key and language: `zh.po` and `en.po`, read once by Babel.

A catalogue maps symbolic keys to format strings. Fields stand in braces and are filled by name; a key or a field that
is missing is an error of ours, and a test finds it before anybody meets it.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files

from babel.messages.pofile import read_po

from sla.people import Person

LANGUAGES = ("zh", "en")
DEFAULT = "zh"


def say(key: str, language: str, **fields: object) -> str:
    """The sentence `key` in `language` ("zh" for one that is not kept here). A person among the fields is named as the
    language writes them. Raises KeyError for an unknown key."""
    if not fields:
        return _plain(key, language)
    return catalogue(language if language in LANGUAGES else DEFAULT)[key].format_map(
        {name: value.called(language) if isinstance(value, Person) else value for name, value in fields.items()}
    )


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
