"""The READMEs are true: the demonstration prints their transcripts, their commands exist, both say the same."""

import io
import re
from contextlib import redirect_stdout
from functools import cache

import pytest

from bot.__main__ import COMMANDS, main
from tests.house import ROOT

READMES = {"zh": "README.zh-CN.md", "en": "README.md"}
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def readme(language: str) -> str:
    return (ROOT / READMES[language]).read_text(encoding="utf-8")


@cache
def demo(language: str) -> frozenset[str]:
    """The lines of the demonstration."""
    out = io.StringIO()
    with redirect_stdout(out):
        assert main(["demo", "--lang", language]) == 0
    return frozenset(line.strip() for line in out.getvalue().splitlines())


@pytest.mark.parametrize("language", READMES)
def test_the_transcript_is_what_the_demonstration_prints(language: str) -> None:
    (transcript,) = [text for kind, text in FENCED.findall(readme(language)) if kind == ""]
    lines = [line.strip() for line in transcript.splitlines() if line.strip() not in {"", "…"}]
    assert len(lines) > 20
    assert [line for line in lines if line not in demo(language)] == []


@pytest.mark.parametrize("language", READMES)
def test_every_command_that_is_named_exists(language: str) -> None:
    named = set(re.findall(r"wardline ([a-z]+)", readme(language)))
    assert named <= set(COMMANDS)
    targets = set(re.findall(r"(?:`|^)make ([a-z]+)", readme(language), re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_both_have_the_same_sections_commands_and_files() -> None:
    shape = [
        (
            len(re.findall(r"^#+ ", text, re.MULTILINE)),
            sorted(set(re.findall(r"WARDLINE_\w+|--\w+|`[\w/]+\.toml`", text))),
            sorted(set(re.findall(r"wardline [a-z]+", text))),
        )
        for text in map(readme, READMES)
    ]
    assert shape[0] == shape[1]
