"""rota.toml: TOML text -> Rota, checked.

    [[team]]
    id = "service"; name = "示例值班组"; handover = "08:00"
    contracts = ["cqmu2-his"]               left out: all that no other team serves
    group = ["webchat:service-group"]       told first in the service window
    lead = "lead"; provider_managers = ["pm"]; hospital_managers = ["hm"]     left out: whoever has the role

    [team.turns]
    engineers = ["a", "b"]; since = 2026-01-05; days = 7

    [[team.exception]]
    start = "2026-10-01 08:00"; end = "2026-10-04 08:00"; first = "b"; second = "a"

    [[team.ladder]]                         where none fits, the default ladder holds
    priorities = ["critical"]; windows = ["offsite"]        left out: all
    rungs = [{ who = "first" }, { who = "second", after = "3 min" }]

`after` counts from the first page; left out, it is one default step after the rung before.
"""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sla.labels import Priority, Window
from sla.people import read_addresses, read_id
from sla.rota import Rota, Rung, Shift, Team, Turn, Who
from sla.toml import Opens, Reader
from sla.worded import Worded

UNREAD = datetime(2000, 1, 1)  # noqa: DTZ001  # takes the site's zone below, like every instant of the file
"""Stands in for an instant that could not be read, so that the rest is checked all the same."""


def read_rota(text: str, file: str, timezone: ZoneInfo, opened: Opens = Reader) -> Rota:
    """The rota in the site's time zone. Raises ContractError with every problem found."""
    reader = opened(text, file)
    rows = reader.tables("team", required=True)
    teams = tuple(_team(row, timezone) for row in rows)
    _check_teams(rows, teams)
    reader.finish()
    return Rota(teams)


def _team(row: Reader, timezone: ZoneInfo) -> Team:
    handover = _time(row, "handover", "08:00")
    return Team(
        id=read_id(row),
        name=row.text("name"),
        contracts=frozenset(row.texts("contracts", ())),
        turn=_turn(row.table("turns"), handover, timezone),
        exceptions=_exceptions(row, timezone),
        group=read_addresses(row, "group"),
        lead=row.text("lead", ""),
        provider_managers=row.texts("provider_managers", ()),
        hospital_managers=row.texts("hospital_managers", ()),
        handover=handover,
        ladders=_ladders(row),
    )


def _time(row: Reader, key: str, default: str) -> time:
    text = row.text(key, default)
    try:
        return time.fromisoformat(text)
    except ValueError:
        row.wrong(key, Worded('"{text}" is no time of day', text=text), 'hours and minutes, like "08:00"')
        return time()


def _turn(table: Reader, handover: time, timezone: ZoneInfo) -> Turn:
    engineers = table.texts("engineers")
    if len(set(engineers)) < len(engineers):
        table.wrong("engineers", "names somebody twice", "each engineer once")
    since = _this_century(table, "since", datetime.combine(table.day("since"), handover))
    return Turn(engineers, since.replace(tzinfo=timezone), table.integer("days", 7, least=1, most=366))


def _exceptions(row: Reader, timezone: ZoneInfo) -> tuple[Shift, ...]:
    tables = row.tables("exception")
    found = [_exception(table, timezone) for table in tables]
    ordered = sorted(zip(found, tables, strict=True), key=lambda each: each[0].start)
    for (one, _), (two, table) in pairwise(ordered):
        if two.start < one.end:
            table.wrong(
                "start",
                Worded("overlaps the exception that ends {end:%Y-%m-%d %H:%M}", end=one.end),
                "one exception at a time",
            )
    return tuple(exception for exception, _ in ordered)


def _exception(table: Reader, timezone: ZoneInfo) -> Shift:
    start, end = _instant(table, "start", timezone), _instant(table, "end", timezone)
    if end <= start:
        table.wrong("end", "is not after start")
    return Shift(start, end, table.text("first"), table.text("second", ""))


def _instant(table: Reader, key: str, timezone: ZoneInfo) -> datetime:
    text = table.text(key)
    try:
        found = datetime.fromisoformat(text) if text else UNREAD
    except ValueError:
        table.wrong(key, Worded('"{text}" is no date and time', text=text), 'like "2026-10-01 08:00"')
        found = UNREAD
    found = _this_century(table, key, found)
    return found if found.tzinfo else found.replace(tzinfo=timezone)


def _this_century(table: Reader, key: str, found: datetime) -> datetime:
    """Arithmetic over the ends of the calendar goes wrong; what nobody means is told instead."""
    if 2000 <= found.year < 2100:
        return found
    if found.date() != date.min:  # stands in for a date that could not be read, which was told already
        table.wrong(key, Worded("is in the year {year}", year=found.year), "a day from 2000 to 2099")
    return UNREAD


def _ladders(row: Reader) -> dict[tuple[Priority, Window], tuple[Rung, ...]] | None:
    found: dict[tuple[Priority, Window], tuple[Rung, ...]] = {}
    for table in row.tables("ladder"):
        rungs = tuple(_rung(each) for each in table.tables("rungs", required=True))
        _check_order(table, rungs)
        priorities = table.choices("priorities", Priority, tuple(Priority))
        windows = table.choices("windows", Window, tuple(Window))
        for priority in priorities:
            for window in windows:
                if (priority, window) in found:
                    table.wrong(
                        "priorities",
                        Worded("{priority} {window} has a ladder already", priority=priority, window=window),
                        "one ladder for each",
                    )
                found[priority, window] = rungs
    return found or None


def _rung(table: Reader) -> Rung:
    return Rung(table.choice("who", Who), table.duration("after") if table.has("after") else None)


def _check_order(table: Reader, rungs: tuple[Rung, ...]) -> None:
    if not rungs:
        table.wrong("rungs", "is empty", '[{ who = "first" }, { who = "second", after = "5 min" }]')
    named = [timedelta(), *(rung.after for rung in rungs[1:] if rung.after is not None)]
    if any(later <= sooner for sooner, later in pairwise(named)):
        table.wrong("rungs", "after must grow from rung to rung", "minutes from the first page on")
    if rungs and (rungs[0].after or timedelta()):
        table.wrong("rungs", "the first rung is paged at once", "no after on it")


def _check_teams(rows: list[Reader], teams: tuple[Team, ...]) -> None:
    ids: set[str] = set()
    taken: dict[str, str] = {}
    for row, team in zip(rows, teams, strict=True):
        if team.id in ids:
            row.wrong("id", Worded('"{id}" is given twice', id=team.id), "an id of its own for each team")
        ids.add(team.id)
        for contract in sorted(team.contracts) or [""]:
            other = taken.setdefault(contract, team.id)
            if other != team.id:
                named = Worded('"{contract}" is served by {other} already', contract=contract, other=other)
                rest = Worded("contracts that no team names are served by {other} already", other=other)
                row.wrong("contracts", named if contract else rest, "one team for each contract")
