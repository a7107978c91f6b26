"""What hints tell people to press is what a button is called; what they tell them to write is understood."""

import re
from collections.abc import Iterator

import pytest

from bot.commands.run import welcome
from handlers.commands import parse
from handlers.receive import ROUTES
from handlers.wording import catalogue
from tests.house import ROOT

PRESSED = {"zh": re.compile(r"[按点]“([^”]+)”"), "en": re.compile(r"""press(?:es)? ["“]([^"”]+)["”]""", re.IGNORECASE)}
WRITTEN = {
    "zh": re.compile(r"(?:发送|回复|请写|可写|先写|的写|可以写|用)“([^”]+)”"),
    "en": re.compile(r"""(?:[Ww]rite|[Ss]end|[Rr]eply|with) "([a-z][^"]+)\""""),
}
FIELDS = {"ticket": 12, "what": {"zh": "表扬", "en": "praise"}, "subject": 3, "seq": 17, "number": 1}
"""What fills the hints: a ticket, what a manager books, its number, an entry of the ledger, a maintenance."""
A_PART = {"原因：…", "reason: ..."}
"""Hints at the end of what is to be written, not at its beginning."""
OF_PROVIDERS = {"启用"}
"""Buttons of a provider's own pages, which the guides to the channels name."""
PAGES = {
    "zh": [*sorted(ROOT.glob("docs/**/*.zh-CN.md")), ROOT / "README.zh-CN.md"],
    "en": [*(page for page in sorted(ROOT.glob("docs/**/*.md")) if ".zh-CN" not in page.name), ROOT / "README.md"],
}


def labels(language: str) -> set[str]:
    """What buttons are called, in chat and on the pages."""
    return {text for key, text in catalogue(language).items() if key.startswith("button_")} | {
        catalogue(language)["act_do"]
    }


def said(language: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """The sentences that give a hint, and what it names; what `check` says is to who sets the bot up."""
    for key, text in catalogue(language).items():
        if not key.startswith("check_"):
            yield from ((key, found) for found in pattern.findall(text))


def shown(language: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """The same of the guides, and of what the start prints."""
    for page in PAGES[language]:
        yield from ((page.name, found) for found in pattern.findall(page.read_text(encoding="utf-8")))
    yield from (("run", found) for found in pattern.findall(welcome("http://127.0.0.1:8080")))


@pytest.mark.parametrize("language", PRESSED)
def test_what_is_to_be_pressed_is_what_a_button_is_called(language: str) -> None:
    named = [*said(language, PRESSED[language]), *shown(language, PRESSED[language])]
    assert {"run", "test_page"} <= {where for where, _ in named}
    assert [(where, label) for where, label in named if label not in labels(language) | OF_PROVIDERS] == []


@pytest.mark.parametrize("language", WRITTEN)
def test_what_is_to_be_written_is_a_command(language: str) -> None:
    named = [(where, words) for where, words in said(language, WRITTEN[language]) if words not in A_PART]
    assert len(named) > 10
    fields = {name: value[language] if isinstance(value, dict) else value for name, value in FIELDS.items()}
    for where, words in named:
        written = words.format_map(fields)
        order = parse(written, of_provider=False) or parse(written, of_provider=True)
        assert order is not None, (where, words)
        assert order.verb in ROUTES, (where, words)
