"""Whether calls to providers ask the environment for their way, which costs more than the call itself."""

from pathlib import Path

import pytest

from bot.channels.way_out import by_environment

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ftp_proxy")


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without anything, and no proxy; the folder."""
    for name in (*NAMES, *map(str.upper, NAMES), "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("bare")
def test_where_nothing_is_named_the_way_is_straight() -> None:
    assert not by_environment()


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", ["https_proxy", "HTTP_PROXY", "all_proxy"])
def test_a_proxy_is_asked_for(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://proxy.hospital.example:3128")
    assert by_environment()


def test_log_ins_of_the_user_or_of_another_file_are_asked_for(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare / ".netrc").write_text("machine proxy.hospital.example login wardline password secret-1\n")
    assert by_environment()
    monkeypatch.setenv("NETRC", str(bare / "elsewhere"))
    assert not by_environment()
    (bare / "elsewhere").write_text("")
    assert by_environment()
