"""The pieces of the simulation, each by itself."""

import os
import pickle
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import main
from bot.simulate import oracle
from bot.simulate.cast import make_cast
from bot.simulate.checks import Broken
from bot.simulate.script import Act, Verb, read_script
from bot.simulate.shrink import minimal
from bot.simulate.worlds import live
from bot.simulate.year import START, Plan
from sla.rota import pair
from storage.files import packaged_files
from tests.house import ROOT

WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20).filter(
    lambda text: text != "-"
)
ACTS = st.builds(
    Act,
    at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis adds the zone
    story=st.integers(0, 99_999),
    number=st.integers(0, 99),
    verb=st.sampled_from(Verb),
    who=st.from_regex(r"[a-z][a-z0-9-]{0,12}[a-z0-9]", fullmatch=True) | st.just(""),
    words=WORDS,
    late=st.integers(0, 600),
    breaks=st.sampled_from(("", "outbox", "inbox")),
)
ROTA = make_cast("pieces", START, 365).rules.rota


@given(st.lists(ACTS, max_size=5))
def test_a_script_that_is_printed_can_be_read(acts: list[Act]) -> None:
    assert read_script(["seed 7: 3 days", *map(str, acts), "hash 0"]) == sorted(acts)


@given(st.sets(st.integers(0, 60), min_size=1, max_size=4), st.integers(61, 90))
def test_what_is_left_is_what_is_needed(needed: set[int], count: int) -> None:
    assert minimal(range(count), lambda some: needed <= set(some)) == sorted(needed)


@given(st.sampled_from(ROTA.teams), st.integers(0, 365 * 24 * 60))
def test_the_naive_rota_is_the_rota(team: object, minutes: int) -> None:
    assert isinstance(team, type(ROTA.teams[0]))
    at = START.astimezone(UTC) + timedelta(minutes=minutes)
    assert oracle.on_call(team, at) == pair(team, at)


def test_one_seed_is_one_year_whatever_the_process() -> None:
    def simulated(hash_seed: str, *more: str) -> str:
        command = [sys.executable, "-m", "bot", "simulate", "--days", "2", "--tickets", "80", *more]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    first = simulated("1", "--seed", "a", "--jobs", "1")
    assert "hash " in first
    assert first == simulated("2", "--seed", "a", "--jobs", "2")
    assert first.splitlines()[-1] != simulated("1", "--seed", "b", "--jobs", "1").splitlines()[-1]


def test_contracts_of_a_folder_are_lived_under_with_systems_that_nobody_knows(tmp_path: Path) -> None:
    text = packaged_files()["contracts/smart-hospital.toml"]
    text = text.replace('id = "smart-hospital"', 'id = "dialysis"').replace('"teaching"', '"dialysis-care"', 1)
    (tmp_path / "dialysis.toml").write_text(text, encoding="utf-8")
    outcome = live(Plan("dialysis", 3, 120, tmp_path))
    assert outcome.broken is None
    assert {contract for contract, _, _ in outcome.clocks} == {"dialysis"}


def test_a_folder_that_is_wrong_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('id = "x"\n', encoding="utf-8")
    assert main(["simulate", "--contracts", str(tmp_path), "--days", "1", "--tickets", "1"]) == 1


def test_a_replay_needs_to_know_its_world(tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_text("2026-01-01T00:00:00+08:00\t#1.1\tsays\tguest-1\tlate=0;breaks=\tHIS打不开了\n", encoding="utf-8")
    assert main(["simulate", "--replay", str(file)]) == 2
    file.write_text("# world 7/0, 2 days\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert main(["simulate", "--replay", str(file)]) == 0


def test_what_failed_goes_from_one_process_to_another() -> None:
    broken = Broken("no page without an end", 12, "nobody came")
    broken.story = 7
    again = pickle.loads(pickle.dumps(broken))
    assert (str(again), again.invariant, again.ticket, again.story) == (str(broken), broken.invariant, 12, 7)


@pytest.mark.parametrize("file", sorted((ROOT / "tests/simulate/stories").glob("*.txt")), ids=lambda file: file.stem)
def test_stories_that_once_failed_hold(file: Path) -> None:
    assert main(["simulate", "--replay", str(file)]) == 0
