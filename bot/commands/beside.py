"""What a command says beside its answer, on standard error, where no pipe takes it for one: what went wrong, what is
strange, that there is nothing. In the language that was asked for; a command that cannot be asked for one says it in
Chinese, then in English."""

import sys
from collections.abc import Callable
from functools import partial

from handlers.wording import LANGUAGES
from handlers.wording.worded import in_words

InWords = Callable[[str], str]
"""What says a sentence in a language."""


def tell(language: str, *lines: Callable[[InWords], str]) -> None:
    """A line each; "" for a command without a language."""
    for line in lines:
        for said in dict.fromkeys(line(partial(in_words, language=each)) for each in _languages(language)):
            print(f"wardline: {said}", file=sys.stderr)


def remark(text: str, language: str = "") -> None:
    """One sentence."""
    tell(language, lambda words: words(text))


def _languages(language: str) -> tuple[str, ...]:
    return (language,) if language else LANGUAGES
