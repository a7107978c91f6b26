"""The commands that read lines: one answer a line, bad lines in their place."""

import json
import subprocess
import sys
from pathlib import Path


def call(lines: list[str], *arguments: str) -> tuple[int, list[dict[str, object]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_read_answers_every_line_in_its_place() -> None:
    good = json.dumps({"text": "急诊所有电脑HIS都进不去，7点50开始的", "now": "2026-01-06T08:05:00+08:00"})
    code, answers, _ = call(
        [good, "no json", '{"text": 3}', '{"text": "x", "now": "2026-01-06"}', "[]"], "read", "--jsonl"
    )
    assert code == 0
    assert answers[0]["priority"] == "critical"
    assert answers[0]["started_at"] == "2026-01-06T07:50:00+08:00"
    assert list(answers[0]) == [
        "intent", "kind", "system", "department", "scope", "severity", "priority", "started_at", "why",
    ]  # fmt: skip
    assert [list(answer) for answer in answers[1:]] == [["error"]] * 4


def test_when_and_redact() -> None:
    line = json.dumps({"text": "昨晚10点开始，电话13912345678", "now": "2026-01-06T08:05:00+08:00"})
    assert call([line], "when", "--jsonl")[1] == [
        {"when": "2026-01-05T22:00:00+08:00", "span": "昨晚10点", "precision": "minute", "kind": "onset"}
    ]
    assert call([line], "redact", "--jsonl")[1] == [{"text": "昨晚10点开始，电话[电话]"}]
    nothing = json.dumps({"text": "你好", "now": "2026-01-06T08:05:00+08:00"})
    assert call([nothing], "when", "--jsonl")[1] == [{"when": None, "span": None, "precision": None, "kind": None}]


def test_a_folder_of_the_hospital_takes_the_place_of_the_sample(tmp_path: Path) -> None:
    system = '[[system]]\nid = "x"\nname = "甲系统"\ncontract = "c"\ncare = false\n'
    (tmp_path / "catalogue.toml").write_text(system, encoding="utf-8")
    line = json.dumps({"text": "甲系统打不开", "now": "2026-01-06T08:05:00+08:00"})
    assert call([line], "read", "--jsonl", "--config", str(tmp_path))[1][0]["system"] == "x"
    (tmp_path / "catalogue.toml").write_text(system.replace("false", "3"), encoding="utf-8")
    code, answers, said = call([line], "read", "--jsonl", "--config", str(tmp_path))
    assert (code, answers) == (1, [])
    assert "[system[1].care]" in said
