"""`wardline due`: one question, many questions, and questions that make no sense."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.sla.book import texts
from tests.sla.oracle import oracle, questions


def ask(*args: str) -> int:
    return main(["due", *args])


def test_one_question_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    told = ["--contract", "smart-hospital", "--system", "hr", "--kind", "fault", "--priority", "high"]
    assert ask(*told, "--at", "2026-10-01T10:00:00+08:00") == 0
    out = capsys.readouterr().out
    assert "arrive       2026-10-01T12:00:00+08:00" in out
    assert "elapsed 2 hours · offsite · 2.3, 5.1(4)" in out
    assert "须在 2 小时内到达现场" in out
    assert ask(*told, "--at", "2026-10-01T10:00", "--lang", "en") == 0
    assert "within half an hour" in capsys.readouterr().out
    assert ask(*told, "--at", "2026-10-01T10:00", "--event", "assessed") == 0
    assert "no clock starts" in capsys.readouterr().out


def test_one_question_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    told = ["--contract", "cqmu2-his", "--system", "his", "--kind", "fault", "--priority", "low", "--json"]
    assert ask(*told, "--at", "2026-12-30T02:00:00Z") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["window"] == "onsite"
    assert answer["clocks"] == {"respond": "2026-12-30T10:15:00+08:00", "fix": "2027-01-07T18:00:00+08:00"}
    assert answer["provisional"] == {"respond": False, "fix": True}
    fix = answer["details"][1]
    assert (fix["base"], fix["amount"], fix["unit"], fix["clause"]) == ("working_days", 5, "days", "附件一")
    assert fix["passed_over"] == ["2027-01-01", "2027-01-02", "2027-01-03"]
    assert fix["clause_text"].startswith("事件处理")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"contract": "smart-hospitl"}, 'did you mean "smart-hospital"?'),
        ({"system": "pacs"}, "does not cover"),
        ({"system": ""}, "does not cover"),
        ({"system": 5}, '"system" must be a text'),
        ({"kind": "Fault"}, 'kind "Fault" is not known'),
        ({"priority": None}, '"priority" must be a text'),
        ({"at": "yesterday"}, "is no instant"),
        ({"at": "2026-10-01"}, "is no instant"),
        ({"at": 1790000000}, '"at" must be a text'),
        ({"at": "9999-12-31T23:00:00"}, "outside the years"),
        ({"at": "0001-01-01T00:00:00+08:00"}, "outside the years"),
        ({"disaster": "yes"}, '"disaster" must be true or false'),
        ({"event": "arrived"}, 'event "arrived" is not known'),
        ({"event": "approved"}, "the approvals name"),
        ({"event": 1}, '"event" must be a text'),
    ],
)
def test_a_question_that_makes_no_sense(change: dict[str, object], said: str) -> None:
    asked = {
        "contract": "smart-hospital",
        "system": "hr",
        "kind": "fault",
        "priority": "low",
        "at": "2026-10-01T10:00:00",
    }
    [answer] = lines(json.dumps({**asked, **change}).encode())
    assert set(answer) == {"error"}
    assert said in str(answer["error"])


def lines(*asked: bytes) -> list[dict[str, object]]:
    """What the command answers, run as it is run from a shell."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "due", "--jsonl"],
        input=b"\n".join(asked) + b"\n",
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    return [json.loads(line) for line in io.BytesIO(done.stdout)]


def test_many_questions_are_answered_in_their_order() -> None:
    asked, expected = [], []
    for contract, system, kind, priority, instant, disaster, event in questions(375):
        question = {
            "contract": contract,
            "system": system,
            "kind": kind,
            "priority": priority,
            "at": instant.isoformat(),
            "disaster": disaster,
            "event": event,
        }
        if event == "report":
            del question["event"]
        if not disaster:
            question["disaster"] = None
        asked.append(json.dumps(question).encode())
        window, due = oracle(contract, system, kind, priority, instant, disaster, event)
        expected.append((window, {name: instant.isoformat() for name, instant in due.items()}))
    assert [(answer["window"], answer["clocks"]) for answer in lines(*asked)] == expected


def test_bad_lines_are_answered_in_their_place() -> None:
    good = b'{"contract":"jiahe-icu","system":null,"kind":"fault","priority":"low","at":"2026-10-01T10:00:00+08:00"}'
    bad = [b"x", b"", b"[]", b"null", b"{}", b"\xff\xfe", b'{"contract":', b"[" * 100_000, b'"\\ud800"', b"9" * 5000]
    mixed = [line for each in bad for line in (good, each)]
    answers = lines(*mixed, b"\xef\xbb\xbf" + good)
    assert len(answers) == 2 * len(bad) + 1
    assert all("error" not in answer for answer in answers[::2])
    assert all(set(answer) == {"error"} for answer in answers[1::2])


def test_wrong_use_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("--contract", "jiahe-icu") == 2
    assert "--kind is missing" in capsys.readouterr().err
    told = ["--contract", "jiahe-icu", "--kind", "fault", "--priority", "low", "--at", "2026-10-01T10:00"]
    assert ask(*told, "--system", "his") == 2
    assert "does not cover" in capsys.readouterr().err


def test_a_folder_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("contracts", "holidays"):
        (tmp_path / folder).mkdir()
        for name, text in texts(folder).items():
            (tmp_path / folder / name).write_text(text.replace('amount = "15 min"', 'amount = "20 min"'), "utf-8")
    told = ["--contract", "cqmu2-his", "--kind", "training", "--priority", "low", "--at", "2026-10-01T10:00"]
    assert ask(*told, "--config", str(tmp_path), "--json") == 0
    assert json.loads(capsys.readouterr().out)["clocks"] == {"respond": "2026-10-01T10:20:00+08:00"}
    (tmp_path / "contracts" / "jiahe-icu.toml").write_text("id = 3\n", "utf-8")
    (tmp_path / "holidays" / "2026.toml").write_text("year = 'x'\n", "utf-8")
    assert ask(*told, "--config", str(tmp_path), "--lang", "en") == 1
    err = capsys.readouterr().err
    assert "contracts/jiahe-icu.toml:1 [id]: is 3" in err
    assert "holidays/2026.toml:1 [year]" in err


def test_two_contracts_of_one_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "contracts").mkdir()
    for name in ("a.toml", "b.toml"):
        (tmp_path / "contracts" / name).write_text(texts("contracts")["jiahe-icu.toml"], "utf-8")
    assert ask("--jsonl", "--config", str(tmp_path), "--lang", "en") == 1
    assert (
        'contracts/b.toml [id]: "jiahe-icu" is the id of another contract, in contracts/a.toml'
        in capsys.readouterr().err
    )
    assert ask("--jsonl", "--config", str(tmp_path / "nowhere")) == 1
    assert "不是文件夹" in capsys.readouterr().err
