"""The whole configuration as one frozen value: what handlers decide by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla.calendar import Calendar
from sla.catalogue import Catalogue
from sla.contract import Contract
from sla.people import People
from sla.rota import Rota
from sla.ticket import Ticket
from sla.toml import Reader


@dataclass(frozen=True, slots=True)
class Site:
    """The [site] table of wardline.toml.

    `default_contract` covers systems in no catalogue; None means internal targets. `question_wait` is how long a
    ticket without a system waits for the answer to the bot's one question before the engineer is paged anyway.
    `max_text` is in characters, `max_file` in bytes. `language` is that of everybody for whom people.toml names none.
    """

    name: str
    name_en: str
    timezone: str = "Asia/Shanghai"
    default_contract: str | None = None
    question_wait: timedelta = timedelta(minutes=2)
    max_text: int = 4000
    max_file: int = 20 * 1024 * 1024
    language: str = "zh"


def read_site(table: Reader) -> Site:
    """The [site] table; problems are noted in the reader, whose `finish` raises them."""
    return Site(
        name=table.text("name"),
        name_en=table.text("name_en", ""),
        timezone=_timezone(table),
        default_contract=table.text("default_contract", "") or None,
        question_wait=table.duration("question_wait", timedelta(minutes=2)),
        max_text=table.integer("max_text", 4000, least=100, most=20_000),
        max_file=table.integer("max_file", 20 * 1024 * 1024, most=100 * 1024 * 1024),
        language=table.one_of("language", ("zh", "en"), "zh"),
    )


def _timezone(table: Reader) -> str:
    name = table.text("timezone", "Asia/Shanghai")
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        table.wrong("timezone", f'"{name}" is no time zone', 'a name of the IANA list, like "Asia/Shanghai"')
        return "UTC"


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the configuration. `version` is the SHA-256 of its files (first 16 hex digits).

    `contracts` are those in force, by id; `versions` holds older ones as well, by (id, version), so that a ticket is
    judged by the words under which it began.
    """

    version: str
    site: Site
    contracts: Mapping[str, Contract]
    calendar: Calendar
    people: People
    rota: Rota
    catalogue: Catalogue
    versions: Mapping[tuple[str, str], Contract] = field(default_factory=dict)

    def contract_of(self, ticket: Ticket) -> Contract | None:
        """The contract, in its version, that the ticket runs under; None for internal targets only."""
        if ticket.contract is None:
            return None
        return self.versions.get((ticket.contract, ticket.contract_version)) or self.contracts.get(ticket.contract)
