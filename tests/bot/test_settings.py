"""Settings: what is wrong is said with its place, and what is secret is shown nowhere."""

from pathlib import Path

import pytest

from bot.settings import SettingsError, read_settings, secret
from sla.errors import ContractError
from tests.bot.running import sample


def test_the_sample_listens_on_this_machine_alone_with_seats(tmp_path: Path) -> None:
    found = read_settings(sample(tmp_path / "config"), tmp_path, {"WARDLINE_KEYS": "k1:x"})
    assert (found.web.host, found.webchat.enabled, found.webchat.seats) == ("127.0.0.1", True, True)
    assert found.database == f"sqlite:///{tmp_path / 'wardline.sqlite3'}"


def test_without_a_table_the_web_chat_is_off(tmp_path: Path) -> None:
    (tmp_path / "wardline.toml").write_text('[site]\nname = "x"\n', encoding="utf-8")
    assert not read_settings(tmp_path, tmp_path, {"WARDLINE_KEYS": "k1:x"}).webchat.enabled


def test_every_problem_is_found_with_its_line(tmp_path: Path) -> None:
    text = '[web]\nport = "8080"\nurl = "wardline"\n\n[webchat]\nenable = true\n\n[log]\nformat = "xml"\n'
    (tmp_path / "wardline.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ContractError) as found:
        read_settings(tmp_path, tmp_path, {"WARDLINE_KEYS": "k1:x"})
    assert [(p.line, p.key) for p in found.value.problems] == [
        (2, "web.port"),
        (3, "web.url"),
        (6, "webchat.enable"),
        (9, "log.format"),
    ]


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    hidden = {
        "WARDLINE_KEYS": "k1:hush-key",
        "WARDLINE_TELEGRAM_TOKEN": "1:hush-token",
        "WARDLINE_DATABASE_URL": "postgresql://u:hush-db@h/d",
        "WARDLINE_HEARTBEAT_URL": "https://beat/hush-beat",
    }
    found = read_settings(tmp_path, tmp_path, hidden)
    assert found.telegram.token == "1:hush-token"
    assert "hush" not in repr(found)


def test_a_secret_may_lie_in_a_file_that_must_be_readable_and_hold_something(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n", encoding="utf-8")
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    assert secret("X", {"X_FILE": str(tmp_path / "token")}) == "abc"
    for name in ("empty", "missing"):
        with pytest.raises(SettingsError, match=name):
            secret("X", {"X_FILE": str(tmp_path / name)})


def test_without_a_key_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="WARDLINE_KEYS"):
        read_settings(tmp_path, tmp_path, {})


def test_a_webhooks_certificate_lies_in_the_folder_and_belongs_to_a_webhook(tmp_path: Path) -> None:
    file = tmp_path / "wardline.toml"
    file.write_text('[telegram]\nwebhook = "https://w/t"\ncertificate = "hook.pem"\n', encoding="utf-8")
    found = read_settings(tmp_path, tmp_path, {"WARDLINE_KEYS": "k1:x"}).telegram
    assert (found.certificate, found.link) == (str(tmp_path / "hook.pem"), "https://t.me/")
    file.write_text('[telegram]\ncertificate = "hook.pem"\n', encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        read_settings(tmp_path, tmp_path, {"WARDLINE_KEYS": "k1:x"})
    assert [(problem.line, problem.key) for problem in caught.value.problems] == [(2, "telegram.certificate")]
