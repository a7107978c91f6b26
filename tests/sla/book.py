"""The packaged contracts and calendar, read once for the tests of `sla`."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from sla.calendar import Calendar, HolidayYear, read_holidays
from sla.contract import Contract
from sla.contract_reader import read_contract

ZONE = ZoneInfo("Asia/Shanghai")


def texts(folder: str) -> Mapping[str, str]:
    """The packaged TOML files of a folder, by file name."""
    found = files("sla").joinpath(folder).iterdir()
    return {f.name: f.read_text(encoding="utf-8") for f in found if f.name.endswith(".toml")}


@cache
def contracts() -> Mapping[str, Contract]:
    """The five contracts, by id."""
    found = [read_contract(text, name) for name, text in texts("contracts").items()]
    return {contract.id: contract for contract in found}


@cache
def years() -> tuple[HolidayYear, ...]:
    """The years whose notices are packaged."""
    return tuple(read_holidays(text, name) for name, text in sorted(texts("holidays").items()))


@cache
def calendar() -> Calendar:
    """The packaged days in Shanghai."""
    return Calendar(ZONE, years())


def at(text: str) -> datetime:
    """ "2026-10-01 08:30" in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)
