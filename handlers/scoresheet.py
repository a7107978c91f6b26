"""A year's score as a page to read and as plain JSON values: every deduction with its ticket, clock and clause."""

from datetime import timedelta
from typing import Any

from handlers import describe
from handlers.figures import number, share
from handlers.figures_page import decimal, of, tickets
from handlers.wording import listed, plain, say
from handlers.wording import number as ticket_number
from sla.contract import Contract
from sla.figures_sums import Late
from sla.score import Deduction, Scored, Sheet
from sla.terms import Measure


def as_json(sheet: Sheet) -> dict[str, Any]:
    """The score, its parts, and what each deduction was for."""
    return {
        "contract": sheet.contract,
        "from": sheet.first.isoformat(),
        "to": (sheet.after - timedelta(days=1)).isoformat(),
        "clause": sheet.score.clause,
        "out_of": number(sheet.score.points),
        "passes": number(sheet.score.passes),
        "parts": {one.part.name: _part_json(one) for one in sheet.parts},
        "bonuses": [
            {"record": record.kind.value, "subject": record.subject, "points": number(points)}
            for record, points in sheet.bonuses
        ],
        "known": number(sheet.known),
        "total": number(sheet.total),
        "passed": sheet.passed,
        "paid_percent": number(sheet.paid),
    }


def _part_json(one: Scored) -> dict[str, Any]:
    return {
        "clause": one.part.clause,
        "out_of": number(one.part.points),
        "points": number(one.points),
        "average": number(one.average),
        "rate": share(one.rate) if one.rate else None,
        "surveys": list(one.survey.subjects) if one.survey else [],
        "deductions": [_deduction_json(each) for each in one.deductions],
        "waived": [_late_json(late) for late in one.waived],
    }


def _deduction_json(each: Deduction) -> dict[str, Any]:
    found: dict[str, Any] = {"points": number(each.points), "clause": each.clause}
    if each.late:
        return {**found, **_late_json(each.late)}
    return {**found, "tickets": [ticket_number(ticket) for ticket in each.tickets]}


def _late_json(late: Late) -> dict[str, Any]:
    return {
        "ticket": ticket_number(late.ticket),
        "clock": late.clock,
        "round": late.round,
        "clock_clause": late.clause,
        "system": late.system or None,
        "due": late.due.isoformat(),
        "overrun": late.overrun // timedelta(seconds=1),
        "final": late.final,
    }


def page(sheet: Sheet, contract: Contract, language: str) -> str:
    """The score to read."""
    last = sheet.after - timedelta(days=1)
    head = say(
        "score_head",
        language,
        contract=contract,
        first=sheet.first.isoformat(),
        last=last.isoformat(),
        clause=sheet.score.clause,
    )
    lines = [head]
    for one in sheet.parts:
        lines += _part(one, contract, language)
    for record, points in sheet.bonuses:
        about = say(f"record_kind_{record.kind}", language)
        lines.append(say("score_bonus", language, what=about, subject=record.subject, points=decimal(points)))
    lines.append(_total(sheet, language))
    return "\n".join(lines) + "\n"


def _part(one: Scored, contract: Contract, language: str) -> list[str]:
    points = decimal(one.points)
    named = {"name": one.part.called(language), "points": points, "of": decimal(one.part.points)}
    lines = [say("score_part", language, **named, clause=one.part.clause)]
    if one.part.measure is Measure.SATISFACTION:
        lines.append("  " + _average(one, language))
    if one.rate:
        lines.append("  " + say("figures_resolution", language, **of(one.rate)))
    lines += ["  " + _deduction(each, contract, language) for each in one.deductions]
    lines += ["  " + _late("score_waived", late, contract, language) for late in one.waived]
    return lines


def _average(one: Scored, language: str) -> str:
    if one.average is None:
        return say("score_no_average", language)
    if one.survey:
        subjects = listed(one.survey.subjects, language)
        return say("score_by_survey", language, points=decimal(one.average), subjects=subjects)
    return say("score_by_answers", language, points=decimal(one.average))


def _deduction(each: Deduction, contract: Contract, language: str) -> str:
    if each.late:
        return _late("score_late", each.late, contract, language, points=decimal(each.points))
    return say("score_rate", language, points=decimal(each.points), tickets=tickets(each.tickets, language))


def _late(key: str, late: Late, contract: Contract, language: str, **fields: object) -> str:
    return say(
        key,
        language,
        ticket=ticket_number(late.ticket),
        clock=describe.clock_called(late.name, language),
        clause=late.clause,
        due=f"{late.due.astimezone(contract.timezone):%Y-%m-%d %H:%M}",
        overrun=plain.duration(late.overrun, language),
        **fields,
    )


def _total(sheet: Sheet, language: str) -> str:
    of_all = decimal(sheet.score.points)
    if sheet.total is None:
        key = "score_unknown_passed" if sheet.passed else "score_unknown"
        return say(key, language, known=decimal(sheet.known), of=of_all)
    key = "score_passed" if sheet.passed else "score_failed"
    return say(key, language, total=decimal(sheet.total), of=of_all, passes=decimal(sheet.score.passes))
