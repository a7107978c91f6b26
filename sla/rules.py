"""The whole configuration as one frozen value: what handlers decide by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla.calendar import Calendar
from sla.catalogue import Catalogue
from sla.contract import Contract
from sla.people import People
from sla.rota import Rota
from sla.succession import Succession
from sla.ticket import Ticket
from sla.toml import Reader
from sla.worded import Worded


@dataclass(frozen=True, slots=True)
class Site:
    """The [site] table of wardline.toml.

    `default_contract` covers systems in no catalogue; None means internal targets. `question_wait` is how long a
    ticket without a system waits for the answer to the bot's one question before the engineer is paged anyway.
    `merge_window` is how long after somebody's last message of a report another one still belongs to it.
    Reports of one system that are alike become one incident while each comes within `incident_window` after the latest;
    nought: never by themselves. `max_text` is in characters, `max_file` in bytes. `language` is that of everybody for
    whom people.toml names none.
    """

    name: str
    name_en: str
    timezone: str = "Asia/Shanghai"
    default_contract: str | None = None
    question_wait: timedelta = timedelta(minutes=2)
    merge_window: timedelta = timedelta(seconds=90)
    max_text: int = 4000
    max_file: int = 20 * 1024 * 1024
    language: str = "zh"
    incident_window: timedelta = timedelta(minutes=15)


def read_site(table: Reader) -> Site:
    """The [site] table; problems are noted in the reader, whose `finish` raises them."""
    return Site(
        name=table.text("name"),
        name_en=table.text("name_en", ""),
        timezone=_timezone(table),
        default_contract=table.text("default_contract", "") or None,
        question_wait=table.duration("question_wait", timedelta(minutes=2)),
        merge_window=table.duration("merge_window", timedelta(seconds=90)),
        max_text=table.integer("max_text", 4000, least=100, most=20_000),
        max_file=table.integer("max_file", 20 * 1024 * 1024, most=100 * 1024 * 1024),
        language=table.one_of("language", ("zh", "en"), "zh"),
        incident_window=table.duration("incident_window", timedelta(minutes=15)),
    )


def _timezone(table: Reader) -> str:
    name = table.text("timezone", "Asia/Shanghai")
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        table.wrong(
            "timezone", Worded('"{name}" is no time zone', name=name), 'a name of the IANA list, like "Asia/Shanghai"'
        )
        return "UTC"


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the configuration. `version` is the SHA-256 of its files (first 16 hex digits).

    `contracts` are those of the folder, by id, the latest version of each; `succession` has all its versions, by id and
    in the order of their first days (one that it does not name has the one version). `versions` holds those of older
    folders as well, by (id, version), so that a ticket is judged by the words under which it began.
    """

    version: str
    site: Site
    contracts: Mapping[str, Contract]
    calendar: Calendar
    people: People
    rota: Rota
    catalogue: Catalogue
    versions: Mapping[tuple[str, str], Contract] = field(default_factory=dict)
    succession: Succession = field(default_factory=dict)

    def contract_of(self, ticket: Ticket) -> Contract | None:
        """The contract, in its version, that the ticket runs under; None for internal targets only."""
        if ticket.contract is None:
            return None
        return self.versions.get((ticket.contract, ticket.contract_version)) or self.contracts.get(ticket.contract)

    def versions_of(self, id: str) -> tuple[Contract, ...]:
        """The versions of a contract in the order of their first days; empty for an id that no contract has."""
        known = self.contracts.get(id)
        return self.succession.get(id) or ((known,) if known else ())

    def contract_at(self, id: str, instant: datetime) -> Contract | None:
        """The version of a contract that is valid at the instant (aware); None before its first and after its last day,
        and for an id that no contract has."""
        return next((version for version in self.versions_of(id) if version.is_valid(instant)), None)

    def in_force(self, id: str, instant: datetime) -> Contract | None:
        """The version of a contract by which is warned, called and accounted at an instant (aware): the one that is
        valid, else the last that was, else the first that will be; None for an id that no contract has."""
        versions = self.versions_of(id)
        begun = [each for each in versions if each.valid_from is None or first_instant(each) <= instant]
        return self.contract_at(id, instant) or next(iter([*reversed(begun), *versions]), None)

    def named_for(self, system: str | None) -> str | None:
        """The id of the contract that is to cover a system: the catalogue's, else the site's default; None for none."""
        found = self.catalogue.system(system)
        return found.contract if found else self.site.default_contract or self.catalogue.default_contract

    def covering(self, system: str | None, instant: datetime) -> Contract | None:
        """The contract that covers a report about the system at the instant: the one named for it, where the version of
        that day names the system; else the site's default; None for internal targets."""
        named, default = self.named_for(system), self.site.default_contract or self.catalogue.default_contract
        contract = self.contract_at(named, instant) if named else None
        if contract is not None and (named == default or contract.covers(system)):
            return contract
        return self.contract_at(default, instant) if default else None

    def taking_over(self, contract: Contract, now: datetime) -> Contract:
        """The version that open tickets of a version are under at `now`: the last of its successors that takes over and
        whose first day has come, each from the one before; the version itself where none does."""
        versions = self.versions_of(contract.id)
        for successor in versions[_place(contract, versions) :]:
            if not successor.takes_over or successor.valid_from is None or now < first_instant(successor):
                break
            contract = successor
        return contract


def _place(contract: Contract, versions: tuple[Contract, ...]) -> int:
    """Where the successors of a version begin. One that is in the folder no more stands where its days would put it."""
    for index, version in enumerate(versions):
        if version.version == contract.version:
            return index + 1
    first = contract.valid_from or date.min
    return next(
        (index for index, version in enumerate(versions) if (version.valid_from or date.min) > first), len(versions)
    )


def first_instant(contract: Contract) -> datetime:
    """When a contract's first day begins. Raises ValueError for one that has none."""
    if contract.valid_from is None:
        raise ValueError(f"{contract.id} has no first day")
    return datetime.combine(contract.valid_from, time.min, contract.timezone)
