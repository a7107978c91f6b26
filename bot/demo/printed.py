"""The transcript of a stage and the month's figures, as text for a terminal."""

import textwrap
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.demo.stage import Line, Stage
from handlers.describe import clock_called
from handlers.figures_page import group_name
from handlers.ledger_words import entry_line
from handlers.wording import plain, say
from sla.clock import clocks_of
from sla.figures import Figures, Spread, figures
from sla.message import Purpose
from sla.rules import Rules

WIDTH = 100
MARKS = {Purpose.PAGE: "demo_page", Purpose.REMINDER: "demo_reminder", Purpose.BREACH: "demo_breach"}


def transcript(stage: Stage, language: str) -> Iterator[str]:
    """Everything that was said, line by line, with the local time of each."""
    zone = ZoneInfo(stage.rules.site.timezone)
    for line in stage.lines:
        head = f"{line.at.astimezone(zone):%H:%M:%S}  {_who(line, stage.rules, language)}"
        yield head
        for paragraph in line.text.splitlines():
            yield from _wrapped(paragraph)
        if line.notice and line.notice.buttons:
            yield "            " + " ".join(f"[{button.label}]" for row in line.notice.buttons for button in row)
        yield ""


def _who(line: Line, rules: Rules, language: str) -> str:
    person = rules.people.by_id.get(line.person)
    name = person.called(language) if person else line.person
    if line.notice is None:
        return f"{name}:"
    mark = MARKS.get(line.notice.purpose)
    return f"→ {name}" + (f"  {say(mark, language)}" if mark else "")


def _wrapped(paragraph: str) -> Iterator[str]:
    """Lines of at most WIDTH columns; a Chinese sign takes two, and may be broken anywhere."""
    line, columns = "", 0
    for sign in paragraph:
        wide = 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if columns + wide > WIDTH and (wide == 2 or sign == " "):
            yield textwrap.indent(line, " " * 12)
            line, columns = "", 0
        if line or sign != " ":
            line, columns = line + sign, columns + wide
    if line:
        yield textwrap.indent(line, " " * 12)


def month(stage: Stage, start: datetime, end: datetime, language: str) -> Iterator[str]:
    """The figures of the tickets reported in [start, end), by contract, and the ledger's lines."""
    rules = stage.rules
    tickets = stage.run(lambda uow: list(uow.tickets.between(start, end)))
    entries = stage.run(lambda uow: list(uow.ledger.between(start, end)))
    cases = []
    for ticket in tickets:
        contract = rules.contract_of(ticket)
        if contract:
            cases.append((ticket, clocks_of(ticket, contract, rules.calendar)))
    yield from _figures(figures(cases, entries, stage.now), rules, stage.now, language)
    yield say("demo_ledger", language, count=len(entries))
    for entry in entries:
        yield "  " + entry_line(entry, rules, language)


def _called(contract: str, rules: Rules, at: datetime, language: str) -> str:
    known = rules.in_force(contract, at)
    return known.called(language) if known else contract


def _figures(counted: Figures, rules: Rules, at: datetime, language: str) -> Iterator[str]:
    yield say("demo_tickets", language, count=counted.tickets, open=counted.open)
    for (contract, clock), kept in counted.clocks.items():
        name, called = _called(contract, rules, at, language), clock_called(clock, language)
        if kept.rate is not None:
            yield "  " + say("demo_clock", language, contract=name, clock=called, kept=kept.kept, broken=kept.broken)
    for key, spread in (("respond", counted.respond), ("arrive", counted.arrive), ("fix", counted.fix)):
        yield "  " + say("demo_spread", language, clock=clock_called(key, language), **_spread(spread, language))
    for (contract, group), count in counted.breaches.items():
        known = rules.in_force(contract, at)
        called = group_name(group, known, language) if known else group
        yield "  " + say(
            "demo_breaches", language, contract=_called(contract, rules, at, language), group=called, count=count
        )
    if counted.satisfaction is not None:
        points = f"{float(counted.satisfaction):.0f}"
        yield "  " + say("demo_satisfaction", language, points=points, count=counted.rated)


def _spread(spread: Spread | None, language: str) -> dict[str, str]:
    if spread is None:
        return {"median": "–", "p90": "–"}
    return {"median": plain.duration(spread.median, language), "p90": plain.duration(spread.p90, language)}
