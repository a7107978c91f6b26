"""No report that cannot wait is taken for one that can; and what only sounds like one is none."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from handlers.intake.meaning import Meaning, understand
from sla.labels import Priority
from tests.intake.test_scores import lexicon

NOW = datetime.fromisoformat("2026-11-12T10:15:00+08:00")
SAID: dict[str, list[str]] = json.loads(Path(__file__).with_name("gravest.json").read_text(encoding="utf-8"))


def read(text: str) -> Meaning:
    return understand(text, NOW, lexicon())


def spaced(department: str) -> str:
    """As people write it: a Latin name stands off the Latin name behind it."""
    return f"{department} " if department.isascii() else department


@pytest.mark.parametrize("department", SAID["cannot_wait"])
def test_a_department_where_care_cannot_wait_that_stands_still_is_critical(department: str) -> None:
    texts = [frame.format(spaced(department)) for frame in SAID["stopped"]]
    assert [text for text in texts if read(text).priority is not Priority.CRITICAL] == []


@pytest.mark.parametrize("department", SAID["cannot_wait_english"])
def test_such_a_department_is_critical_in_english(department: str) -> None:
    texts = [frame.format(department) for frame in SAID["stopped_english"]]
    assert [text for text in texts if read(text).priority is not Priority.CRITICAL] == []


@pytest.mark.parametrize("department", SAID["waiting"])
def test_a_department_whose_rescue_is_held_up_is_critical(department: str) -> None:
    texts = [frame.format(department) for frame in SAID["held_up"]]
    assert [text for text in texts if read(text).priority is not Priority.CRITICAL] == []


def test_disasters_are_critical() -> None:
    assert [text for text in SAID["disasters"] if read(text).priority is not Priority.CRITICAL] == []


def test_what_sounds_like_a_disaster_is_none() -> None:
    assert [text for text in SAID["none"] if read(text).priority is Priority.CRITICAL] == []
