"""Labelled times are read as they are labelled, category by category; a wrong instant is worse than none.

when_cases.jsonl: `earliest` and `latest` bound the instants that are right (a part of a day is a range), `kind` says
whether the fault began then or something is yet to come; null: the text names no time, though it has numbers in it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from handlers.intake.when import when

MISSES = 1
"""Cases of a category that may go wrong."""
WRONG = 2
"""Wrong instants among all cases."""


class Case(NamedTuple):
    text: str
    now: datetime
    right: tuple[datetime, datetime] | None
    kind: str | None


@cache
def cases() -> Mapping[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for line in Path(__file__).with_name("when_cases.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        bounds = row["earliest"] and (
            datetime.fromisoformat(row["earliest"]),
            datetime.fromisoformat(row["latest"]),
        )
        found.setdefault(row["category"], []).append(
            Case(row["text"], datetime.fromisoformat(row["now"]), bounds, row["kind"])
        )
    return found


def verdict(case: Case) -> str:
    found = when(case.text, case.now)
    if found is None:
        return "right" if case.right is None else "missed"
    if case.right is None or not case.right[0] <= found.instant <= case.right[1]:
        return "wrong"
    return "right" if found.kind == case.kind else "wrong"


@pytest.mark.parametrize("category", sorted(cases()))
def test_a_category_is_read(category: str) -> None:
    failed = [case.text for case in cases()[category] if verdict(case) != "right"]
    assert len(failed) <= MISSES, failed


def test_hardly_any_instant_is_wrong() -> None:
    every = [case for there in cases().values() for case in there]
    wrong = [case.text for case in every if verdict(case) == "wrong"]
    assert len(wrong) <= WRONG, wrong
