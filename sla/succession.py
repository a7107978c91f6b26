"""Successive versions of one contract: files with the same id, each valid for its own days."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise

from sla.contract import Contract
from sla.errors import Problem
from sla.worded import Worded

DAY = timedelta(days=1)

Succession = Mapping[str, tuple[Contract, ...]]
"""By id: the versions of a contract in the order of their first days."""


def in_succession(files: Iterable[tuple[str, Contract]]) -> tuple[Succession, list[Problem]]:
    """The contracts of these files (name, contract) by id, and a problem for each file whose days another has too."""
    by_id: dict[str, list[tuple[str, Contract]]] = {}
    for name, contract in files:
        by_id.setdefault(contract.id, []).append((name, contract))
    problems: list[Problem] = []
    for versions in by_id.values():
        versions.sort(key=lambda pair: pair[1].valid_from or date.min)
        for (earlier, one), (later, two) in pairwise(versions):
            if two.valid_from is None or one.valid_to is None or two.valid_from <= one.valid_to:
                problems.append(_overlap(earlier, one, later, two))
    return {id: tuple(contract for _, contract in versions) for id, versions in by_id.items()}, problems


def _overlap(earlier: str, one: Contract, later: str, two: Contract) -> Problem:
    day = two.valid_from - DAY if two.valid_from else None
    return Problem(
        later,
        "id",
        Worded(
            '"{id}" is the id of another contract, in {earlier} ({days}), whose days it has too ({own_days})',
            id=two.id,
            earlier=earlier,
            days=days_of(one),
            own_days=days_of(two),
        ),
        Worded(
            "an id of its own; or, for a successor, valid_to = {day} in {earlier} and valid_from here",
            day=day or "2026-12-31",
            earlier=earlier,
        ),
    )


def days_of(contract: Contract) -> str:
    """The days for which a contract is valid, in words of the configuration."""
    if contract.valid_from is None and contract.valid_to is None:
        return Worded("without valid_from and valid_to")
    return Worded("{first} to {last}", first=contract.valid_from or "…", last=contract.valid_to or "…")


def gaps(versions: tuple[Contract, ...]) -> Iterable[tuple[date, date]]:
    """The days between two versions on which none is valid: first and last."""
    for one, two in pairwise(versions):
        if one.valid_to and two.valid_from and two.valid_from > one.valid_to + DAY:
            yield one.valid_to + DAY, two.valid_from - DAY
