"""English reports, and mixed ones, are read as well as Chinese ones: sixty examples, and others of the same kind."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from bot.commands.intake import scored
from bot.commands.read import catalogue_of
from bot.labelled import labelled
from handlers.intake.scoring import LABELS, Score
from sla.labels import Intent, Kind

HERE = Path(__file__).parent
FILES = ("english.jsonl", "english_more.jsonl")
MISSES = 1
"""Lines of a file that may be read otherwise, label by label."""


@cache
def score(name: str) -> Score:
    catalogue = catalogue_of(None)
    found = labelled((HERE / name).read_bytes().splitlines(), catalogue)
    assert found.bad == {}
    return scored(found, catalogue)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_read(name: str, label: str) -> None:
    told = [f"line {each.number}: {each}" for each in score(name).wrong if each.label == label]
    assert len(told) <= MISSES, "\n".join(told)


@pytest.mark.parametrize("name", FILES)
def test_no_critical_report_is_read_as_medium_or_low(name: str) -> None:
    assert score(name).critical >= 1
    assert score(name).critical_missed == []


def test_the_sixty_are_of_every_sort_and_some_are_mixed() -> None:
    rows = [json.loads(line) for line in (HERE / "english.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len({row["text"] for row in rows}) == 60
    assert {row["intent"] for row in rows} == set(Intent)
    kinds = Counter(row["kind"] for row in rows if row["intent"] == "report")
    assert set(kinds) == set(Kind)
    assert min(kinds.values()) >= 2
    assert sum(any(character > "\u4dff" for character in row["text"]) for row in rows) >= 5
    assert sum("started_at" in row for row in rows) >= 8
