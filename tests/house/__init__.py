"""The rules of the house that no tool brings along: sizes, imports of `sla`, explained exceptions, locks, the wheel."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("bot", "handlers", "sla", "storage")
CODE = (*PRODUCT, "tests", "bench")


def sources() -> list[Path]:
    """Every Python file of the product, its tests and its bench, in the order of names."""
    return sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py"))
