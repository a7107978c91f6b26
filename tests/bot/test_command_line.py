"""`wardline`: what is written wrong is answered with what was probably meant, and with the usage that it belongs to."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS, OTHER_NAMES, main
from bot.commands.password import in_store
from bot.gather import looked
from storage.base import UnitOfWork
from tests.bot.running import KEY, sample


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("ledgr", "wardline ledger"),
        ("Figures", "wardline figures"),
        ("chekc", "wardline check"),
        ("score", "wardline figures --score"),
        ("scores", "wardline figures --score"),
        ("verify", "wardline ledger verify"),
    ],
)
def test_a_misspelt_command_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str], word: str, meant: str
) -> None:
    assert f'there is no command "{word}"; did you mean "{meant}"?' in refused(capsys, word)


def test_a_word_like_no_command_is_led_to_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert 'there is no command "zzz"; wardline --help lists them' in refused(capsys, "zzz")


def test_every_other_name_leads_to_a_command_and_is_none() -> None:
    assert {meant.split()[0] for meant in OTHER_NAMES.values()} <= set(COMMANDS)
    assert not set(OTHER_NAMES) & set(COMMANDS)


@pytest.mark.parametrize("words", [("check", "folder", "--strict"), ("schema", "of", "people"), ("check",)])
def test_arguments_that_are_wrong_get_the_usage_of_their_command(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    said = refused(capsys, *words)
    assert said.startswith(f"usage: wardline {words[0]} [-h]")
    assert "COMMAND ..." not in said
    assert all(word in said for word in words[2:])


def test_who_only_looks_keeps_no_bot_from_writing(tmp_path: Path) -> None:
    """However long a ledger is: what is said meanwhile is taken, and pages go out."""
    sample(tmp_path / "config")
    (tmp_path / "keys").write_text(KEY, "ascii")
    in_store(tmp_path / "config", tmp_path, lambda uow: uow.marks.put("said", "before"))

    def look(uow: UnitOfWork) -> list[str | None]:
        found = [uow.marks.get("said")]
        with closing(sqlite3.connect(tmp_path / "wardline.sqlite3", timeout=0)) as bot, bot:
            bot.execute("UPDATE marks SET value = 'meanwhile' WHERE name = 'said'")
        return [*found, uow.marks.get("said")]

    assert looked(tmp_path / "config", tmp_path, look) == ["before"] * 2, "of one state"
    assert looked(tmp_path / "config", tmp_path, lambda uow: uow.marks.get("said")) == "meanwhile"
