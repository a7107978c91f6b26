"""docs/words.md is true in both languages: its commands answer what it shows."""

import difflib
import re

import pytest

from bot.__main__ import COMMANDS
from tests.house import ROOT
from tests.house.words import BLOCK, PAGES, rewritten

LINE = re.compile(r"(?<=catalogue\.toml:)\d+|(?<=[tm]\[)\d+|(?<=\(line )\d+")
"""Where something stands in the sample's catalogue, which is edited often."""


def page(language: str) -> str:
    return PAGES[language].read_text(encoding="utf-8")


@pytest.mark.parametrize("language", PAGES)
def test_commands_answer_what_the_page_shows(language: str) -> None:
    """`python -m tests.house.words` writes what is shown anew."""
    shown, true = (LINE.sub("", text) for text in (page(language), rewritten(page(language))))
    assert list(difflib.unified_diff(shown.splitlines(), true.splitlines(), "shown", "true", lineterm="", n=1)) == []


def test_both_languages_say_the_same() -> None:
    zh, en = (
        [
            (found["kind"], found["sort"], found["new"], found["name"], _asked(found))
            for found in BLOCK.finditer(page(language))
        ]
        for language in PAGES
    )
    assert zh == en
    assert len(zh) > 6
    assert len(re.findall(r"^#+ ", page("zh"), re.MULTILINE)) == len(re.findall(r"^#+ ", page("en"), re.MULTILINE))


def _asked(found: re.Match[str]) -> list[str]:
    """A file, or the commands without their language and answers."""
    lines = found["body"].splitlines()
    return lines if found["kind"] != "console" else [x.removesuffix(" --lang en") for x in lines if x.startswith("$ ")]


@pytest.mark.parametrize("language", PAGES)
def test_the_commands_and_files_that_are_named_exist(language: str) -> None:
    prose = page(language)
    assert set(re.findall(r"wardline ([a-z]+)", prose)) <= set(COMMANDS)
    for target in re.findall(r"\]\(([^)#]+)\)", prose):
        assert (ROOT / "docs" / target).exists(), target
