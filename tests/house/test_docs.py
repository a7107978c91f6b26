"""docs/contracts.md is true in both languages: its commands answer what it shows, its contract is the shipped one."""

import difflib
import re

import pytest

from bot.__main__ import COMMANDS
from handlers.commands import parse
from tests.house import ROOT
from tests.house.docs import EXAMPLES, PAGES, SIXTH, SUCCESSOR, Block, blocks, rewritten


def page(language: str) -> str:
    return PAGES[language].read_text(encoding="utf-8")


def contracts_of(language: str) -> list[Block]:
    return [block for block in blocks(page(language)) if block.kind == "toml"]


@pytest.mark.parametrize("language", PAGES)
def test_commands_answer_what_the_page_shows_and_its_tables_are_those_of_the_code(language: str) -> None:
    """`python -m tests.house.docs` writes what is shown anew."""
    shown, true = page(language), rewritten(page(language), language)
    assert list(difflib.unified_diff(shown.splitlines(), true.splitlines(), "shown", "true", lineterm="", n=1)) == []


@pytest.mark.parametrize("language", PAGES)
def test_what_the_page_has_pasted_is_the_sixth_contract(language: str) -> None:
    pasted = "\n".join(block.body for block in contracts_of(language) if not block.about)
    assert pasted == (EXAMPLES / SIXTH).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", PAGES)
def test_what_the_page_says_of_the_successor_is_all_that_differs(language: str) -> None:
    sixth, successor = ((EXAMPLES / name).read_text(encoding="utf-8").splitlines() for name in (SIXTH, SUCCESSOR))
    new = {line[2:] for line in difflib.ndiff(sixth, successor) if line.startswith("+ ")}
    told = [block.body for block in contracts_of(language) if block.about]
    assert all(body in (EXAMPLES / SUCCESSOR).read_text(encoding="utf-8") for body in told)
    assert new == {line for body in told for line in body.splitlines()}


def test_both_languages_walk_the_same_way() -> None:
    zh, en = ([(b.kind, b.about, b.mistake, _asked(b)) for b in blocks(page(language))] for language in PAGES)
    assert zh == en
    assert len(re.findall(r"^#+ ", page("zh"), re.MULTILINE)) == len(re.findall(r"^#+ ", page("en"), re.MULTILINE))


def _asked(block: Block) -> list[str]:
    """The TOML, or the commands without their language and answers."""
    if block.kind == "toml":
        return [block.body]
    return [line.removesuffix(" --lang en") for line in block.body.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("language", PAGES)
def test_the_commands_words_and_files_that_are_named_exist(language: str) -> None:
    prose = page(language)
    assert set(re.findall(r"wardline ([a-z]+)", prose)) <= set(COMMANDS)
    for target in re.findall(r"\]\(([^)#]+)\)", prose):
        assert (ROOT / "docs" / target).exists(), target
    said = set(re.findall(r"([\u4e00-\u9fff]+ W12)", prose))
    assert len(said) > 3
    assert [words for words in said if (order := parse(words, of_provider=True)) is None or order.ticket != 12] == []
