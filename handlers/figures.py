"""A period's figures as plain JSON values; `figures_page` is the same to read. Rates are between 0 and 1, lengths in
seconds; what cannot be known, as the rate of nothing, is null."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from sla.assess import Assessment, QuotaUse
from sla.contract import Contract
from sla.figures import Figures, Kept, Share, Spread
from sla.indicators import Indicated

SECOND = timedelta(seconds=1)


def as_json(assessed: Assessment) -> dict[str, Any]:
    """The figures of one contract and what its terms say of them."""
    contract, found = assessed.contract, figures_json(assessed.figures)
    return {
        "contract": contract.id,
        "from": assessed.first.isoformat(),
        "to": last_day(assessed),
        **found,
        "clocks": {
            clock: {**kept, "clause": clause_of_clock(contract, clock)}
            for clock, kept in found["clocks"].get(contract.id, {}).items()
        },
        "internal": found["internal"].get(contract.id, {}),
        "breaches": assessed.breaches,
        "waived": assessed.waived,
        "satisfaction": {
            "average": number(assessed.satisfaction),
            "survey": number(assessed.survey.points) if assessed.survey else None,
            "survey_answers": assessed.survey.answers if assessed.survey else 0,
            "surveys": list(assessed.survey.subjects) if assessed.survey else [],
            "answers": share(assessed.figures.answers),
            "answers_average": number(assessed.figures.satisfaction),
            "threshold": contract.satisfaction.threshold,
            "clause": contract.satisfaction.clause,
            "adds_people": assessed.adds_people,
        },
        "rework": {
            **share(assessed.figures.rework),
            "target": number(contract.terms.rework.target) if contract.terms.rework else None,
            "oblige": number(contract.terms.rework.oblige) if contract.terms.rework else None,
            "clause": contract.terms.rework.clause if contract.terms.rework else "",
            "in_target": assessed.rework_in_target,
            "adds_people": assessed.adds_testers,
        },
        "quotas": {_quota_key(use, contract): _quota(use) for use in assessed.quotas},
        "indicators": {each.indicator.name: _indicator(each) for each in assessed.indicators},
        "on_record": {kind.value: count for kind, count in assessed.on_record.items()},
    }


def figures_json(figures: Figures) -> dict[str, Any]:
    """The figures alone, of one contract or of all: clocks and breaches by contract."""
    clocks = _by_contract({key: kept(value) for key, value in figures.clocks.items()})
    for (contract, clock, priority), value in figures.by_clock_and_priority.items():
        clocks[contract][clock].setdefault("by_priority", {})[priority] = kept(value)
    return {
        "tickets": figures.tickets,
        "open": figures.open,
        "cancelled": figures.cancelled,
        "by_kind": dict(figures.by_kind),
        "by_priority": dict(figures.by_priority),
        "by_system": dict(figures.by_system),
        "by_department": dict(figures.by_department),
        "clocks": clocks,
        "internal": _by_contract({key: kept(value) for key, value in figures.internal.items()}),
        "breaches": _by_contract(figures.breaches),
        "waived": _by_contract(figures.waived),
        "times": {
            "respond": _spread(figures.respond),
            "arrive": _spread(figures.arrive),
            "fix": _spread(figures.fix),
        },
        "resolution": share(figures.resolution),
        "rework": share(figures.rework),
        "reopened": share(figures.reopened),
        "returned": share(figures.returned),
        "satisfaction": {"average": number(figures.satisfaction), "answers": share(figures.answers)},
    }


def last_day(assessed: Assessment) -> str:
    """The last day of the period, as ISO."""
    return (assessed.after - timedelta(days=1)).isoformat()


def clause_of_clock(contract: Contract, clock: str) -> str:
    """The clauses that set a clock of that name, one after the other."""
    return ", ".join(dict.fromkeys(rule.clause for rule in contract.clock_rules if rule.name == clock and rule.clause))


def number(value: Fraction | None) -> float | int | None:
    """A number for JSON: whole where it is whole, else to six places."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else round(float(value), 6)


def share(value: Share) -> dict[str, Any]:
    """So many of so many, with the rate."""
    return {"part": value.part, "whole": value.whole, "rate": number(value.rate)}


def kept(value: Kept) -> dict[str, Any]:
    """How a clock was kept, with the rate."""
    return {
        "kept": value.kept,
        "broken": value.broken,
        "running": value.running,
        "waived": value.waived,
        "fell_away": value.fell_away,
        "rate": number(value.rate),
    }


def _by_contract(values: Mapping[tuple[str, str], Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for (contract, name), value in values.items():
        found.setdefault(contract, {})[name] = value
    return found


def _spread(spread: Spread | None) -> dict[str, Any] | None:
    if spread is None:
        return None
    return {"count": spread.count, "median": spread.median // SECOND, "p90": spread.p90 // SECOND}


def _quota_key(use: QuotaUse, contract: Contract) -> str:
    """A quota's name; of one that another version of the contract had, its first day as well."""
    same = use.quota in contract.quotas
    return use.quota.name if same else f"{use.quota.name}/{use.contract.valid_from or use.contract.version}"


def _quota(use: QuotaUse) -> dict[str, Any]:
    return {
        "clause": use.quota.clause,
        "level": use.quota.level.value,
        "months": {month.name: {"seconds": month.used // SECOND, "times": month.times} for month in use.months},
        "events": [
            {
                "ticket": event.outage.ticket,
                "began": event.outage.began.isoformat(),
                "seconds": event.recovery // SECOND,
                "over": [over.limit.value for over in event.over],
                "breach": event.breach.limit.value if event.breach else None,
                "waived": event.outage.ticket in use.waived,
            }
            for event in use.events
        ],
        "breaches": use.breaches,
    }


def _indicator(each: Indicated) -> dict[str, Any]:
    return {
        "clause": each.indicator.clause,
        "measure": each.indicator.measure.value,
        "value": number(each.value),
        "part": each.share.part if each.share else None,
        "whole": each.share.whole if each.share else None,
        "count": each.count,
        "target": number(each.indicator.target),
        "reached": each.reached,
        "tickets": [f"W{ticket}" for ticket in each.tickets],
    }
