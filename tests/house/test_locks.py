import re
import tomllib
from pathlib import Path

import pytest

from tests.house import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# A pin, perhaps with a marker, then at least one hash; nothing else may stand in a lock.
ENTRY = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.\-]*)==(?P<version>[\w.]+)(?: ; [^\\\n]+?)? \\\n"
    r"(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+"
)


def pins(lock: str) -> dict[str, set[str]]:
    """Name -> versions; two where a marker tells platforms apart."""
    found: dict[str, set[str]] = {}
    for entry in ENTRY.finditer(lock):
        found.setdefault(entry["name"], set()).add(entry["version"])
    return found


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0].lower() for requirement in requirements}


def test_each_group_of_the_project_has_its_lock() -> None:
    assert {lock.stem for lock in LOCKS} == {"runtime", *PROJECT["dependency-groups"]}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_holds_pins_with_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert ENTRY.sub("", text) == ""
    assert "://" not in text


@pytest.mark.parametrize("group", ["runtime", *PROJECT["dependency-groups"]])
def test_a_lock_has_all_that_the_project_asks_for(group: str) -> None:
    asked = PROJECT["project"]["dependencies"] if group == "runtime" else PROJECT["dependency-groups"][group]
    locked = pins((ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8"))
    assert names(asked) - set(locked) == set()


def test_the_locks_agree_on_every_version() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, found in pins(lock.read_text(encoding="utf-8")).items():
            versions.setdefault(name, set()).update(found)
    assert versions
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_back_end_that_builds_the_wheel_is_the_locked_one() -> None:
    assert PROJECT["build-system"]["requires"] == PROJECT["dependency-groups"]["build"]
