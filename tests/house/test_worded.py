"""What files and commands do wrong is told in both languages: each English sentence of the code has its Chinese one."""

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from bot.gather import NO_CONTRACT, OTHER_VERSION
from handlers.wording.worded import forms, in_words
from sla.labels import Side
from sla.worded import Worded
from tests.house import ROOT

ROOMS = ("sla", "storage", "bot")
TEXTS = {
    # who takes sentences: from which of its arguments on
    "wrong": 1,
    "_note_wrong": 1,
    "_mistyped": 2,
    "Problem": 2,
    "Worded": 0,
    "SettingsError": 0,
    "SecretError": 0,
    "KeyProblem": 0,
    "FolderInUse": 0,
    "StorageError": 0,
    "remark": 0,
}
INNER = {"base.py", "memory_session.py", "memory_tickets.py", "writer.py"}
"""Whose errors say that a unit of work was rolled back: for the log."""
SAME = re.compile(r""""[^"]*"|'[^']*'|\[\[?[^\]]*\]|[\w.]+ = \S*|\{[^}]*\}|https?:\S*|#.*""")
"""What is the same in every language: examples of lines, names, fields."""
WORD = re.compile(r"[A-Za-z]{2}")
BY_NAME = {*Side, "contract", "department", "person", OTHER_VERSION, NO_CONTRACT}
"""Sentences that the code has under a name."""
OF_THE_SYSTEM = re.compile(r"[A-Z][a-z-]+( [a-z]+)+|\{path\}: \{why\}")
"""What the operating system says of a file, and `bot.__main__` of any."""


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def literals(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """The texts of an argument; those within another call are looked at with that."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
    elif not isinstance(node, ast.Call):
        for child in ast.iter_child_nodes(node):
            yield from literals(child)


def sentences() -> Iterator[tuple[str, ast.Constant | ast.JoinedStr]]:
    """Where each stands, and itself."""
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if path.name not in INNER):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and called(node) in TEXTS and not of_a_channel(node):
                for argument in node.args[TEXTS[called(node)] :]:
                    yield from ((f"{path.relative_to(ROOT)}:{text.lineno}", text) for text in literals(argument))


def of_a_channel(call: ast.Call) -> bool:
    """`checking.wrong` is given a sentence of the wording."""
    return isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "checking"


WRITTEN = {str(text.value): where for where, text in sentences() if isinstance(text, ast.Constant)}


def test_no_sentence_is_filled_before_it_can_be_said_in_another_language() -> None:
    assert [where for where, text in sentences() if isinstance(text, ast.JoinedStr) and is_sentence(text)] == []


def is_sentence(text: ast.JoinedStr) -> bool:
    own = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in text.values)
    return bool(WORD.search(SAME.sub("", own)))


def test_every_sentence_has_its_chinese_one() -> None:
    assert len(WRITTEN) > 200
    assert {text: where for text, where in WRITTEN.items() if WORD.search(SAME.sub("", text))}.keys() <= forms().keys()


def test_no_chinese_sentence_is_left_over() -> None:
    left = forms().keys() - WRITTEN.keys() - BY_NAME
    assert [text for text in left if not OF_THE_SYSTEM.fullmatch(text)] == []


@pytest.mark.parametrize("english", sorted(forms()))
def test_both_have_the_same_fields(english: str) -> None:
    def fields(text: str) -> set[tuple[str, str]]:
        return {(name, form or "") for _, name, form, _ in Formatter().parse(text) if name}

    if english in WRITTEN and "{ " not in english:
        assert fields(english) == fields(forms()[english])


def test_a_field_that_is_a_sentence_is_said_too_and_a_name_stays() -> None:
    told = Worded('no {what} has the id "{name}"', what=Worded("person"), name="person")
    assert told == 'no person has the id "person"'
    assert in_words(told, "en") == told
    assert in_words(told, "zh") == "没有编号为“person”的人员"
    assert in_words("nothing that anybody wrote", "zh") == "nothing that anybody wrote"


def test_what_a_text_holds_in_braces_is_no_field() -> None:
    assert in_words(Worded('"{word}" is not named in this file', word="{x}"), "zh") == "本文件中没有“{x}”"
