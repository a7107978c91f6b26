"""`wardline mail show`, as it is called."""

import io
import json
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.channels.mail.letters import PNG, attached, many, plain, words

MAIL = many(words("看图"), attached("Content-Type: image/png; name=p.png", PNG), head="Message-ID: <m1@example.com>")


def test_a_line_for_each_mail_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "b.eml").write_bytes(b"")
    (tmp_path / "a.eml").write_bytes(MAIL)
    (tmp_path / ".hidden").write_bytes(MAIL)
    assert main(["mail", "show", "--json", str(tmp_path)]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {
        "file": str(tmp_path / "a.eml"),
        "from": "lin@example.com",
        "subject": "HIS",
        "text": "看图",
        "quoted": False,
        "attachments": [{"name": "p.png", "type": "image/png", "bytes": len(PNG)}],
        "kind": "message",
        "message_id": "<m1@example.com>",
        "references": [],
    }
    assert (second["file"], second["kind"], second["text"]) == (str(tmp_path / "b.eml"), "unreadable", "")


def test_the_page_to_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(plain("好\n\n在 2026/1/5 8:05, 王 写道:\n> 打不开\n"))
    assert main(["mail", "show", str(file)]) == 0
    page = capsys.readouterr().out
    assert "message" in page
    assert "Nurse Lin <lin@example.com>" in page
    assert "    好" in page
    assert "history" in page
    assert "打不开" not in page


def test_one_on_stdin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(MAIL)))
    assert main(["mail", "show", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["file"] == "-"


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mail", "show", str(tmp_path / "none.eml")]) == 2
    assert "none.eml" in capsys.readouterr().err
