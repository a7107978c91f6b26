import pytest

from tests.house import ROOT, sources
from tests.house.explained import unexplained

MARK = "# no" + "qa"  # in two pieces, so that this file silences nothing itself
IGNORE = "# type: " + "ignore"


def test_every_silenced_warning_in_the_house_says_why() -> None:
    files = sources()
    assert files
    found = [
        f"{path.relative_to(ROOT)}:{line}" for path in files for line in unexplained(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        f"f()  {MARK}: S608",
        f"f()  {MARK}",
        f"f()  {IGNORE}[arg-type]",
        f"f()  {IGNORE}[misc]  {MARK}: E501",
        f"# ok\nf()  {MARK}: S608",
    ],
)
def test_a_bare_mark_is_found(text: str) -> None:
    assert list(unexplained(text)) == [len(text.splitlines())]


@pytest.mark.parametrize(
    "text",
    [
        f"f()  {MARK}: S608 - the table's name is a constant of ours",
        f"f()  {IGNORE}[arg-type]  # the stub forgets bytes",
        f"# The stub of the library forgets bytes.\nf()  {IGNORE}[arg-type]",
        "f()  # no mark at all",
    ],
)
def test_a_reason_beside_or_above_is_accepted(text: str) -> None:
    assert list(unexplained(text)) == []
