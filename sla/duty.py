"""Duties (职责) with a rhythm: what has to be done by when, whoever asks."""

from dataclasses import dataclass

from sla.toml import Reader


@dataclass(frozen=True, slots=True)
class Duty:
    """One [[duty]] of a contract."""

    id: str
    clause: str


def read_duties(reader: Reader) -> tuple[Duty, ...]:
    """The [[duty]] tables of a contract file; problems are noted in the reader."""
    return tuple(_duty(row) for row in reader.tables("duty"))


def _duty(row: Reader) -> Duty:
    return Duty(row.text("id"), row.text("clause"))
