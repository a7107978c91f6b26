"""Groups of words behind a look ahead find what they find without it."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handlers.intake
from handlers.intake.lexicon import word_groups
from handlers.intake.quick import alternatives
from handlers.intake.text import fold

HERE = Path(__file__).parent
GROUPS = word_groups(Path(handlers.intake.__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))
TEXTS = [
    fold(json.loads(line)["text"])
    for file in ("examples.jsonl", "english.jsonl")
    for line in (HERE / file).read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_finds_the_same_words_at_the_same_places(name: str) -> None:
    plain, quick = re.compile("|".join(GROUPS[name])), re.compile(alternatives(GROUPS[name]))
    for text in TEXTS:
        assert [m.span() for m in quick.finditer(text)] == [m.span() for m in plain.finditer(text)], text


def test_the_groups_are_behind_a_look_ahead() -> None:
    behind = [name for name, patterns in GROUPS.items() if alternatives(patterns).startswith("(?=[")]
    assert len(behind) * 2 > len(GROUPS)


PIECES = (
    "a",
    "bc",
    "(?<!x)c",
    "[de]f?",
    "(?:g|h)i",
    "k?l",
    r"\d+m",
    r"^\s",
    "(?:n|)o",
    "[^p]q",
    ".r",
    "(?!s)t",
    "u*",
    "-v",
    "]",
    r"w|[|x]y|\|(?:z|u)",
)


@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=9), st.text("abcdefghiklmnopqrstuvwxyz 7]-^|", max_size=12)
)
def test_any_alternatives_match_as_if_joined(patterns: list[str], text: str) -> None:
    plain, quick = re.compile("|".join(patterns)), re.compile(alternatives(patterns))
    assert [m.span() for m in quick.finditer(text)] == [m.span() for m in plain.finditer(text)]
