"""The commands that read lines: one answer a line, bad lines in their place."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

NOW = "2026-01-06T08:05:00+08:00"


def call(lines: list[str], *arguments: str) -> tuple[int, list[dict[str, object]], str]:
    return call_bytes("".join(f"{line}\n" for line in lines).encode(), *arguments)


def call_bytes(lines: bytes, *arguments: str) -> tuple[int, list[dict[str, object]], str]:
    done = subprocess.run([sys.executable, "-m", "bot", *arguments], input=lines, capture_output=True, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, answers, done.stderr.decode()


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


BAD = {
    b"": "is empty",
    b" \r": "is empty",
    b"null": "no JSON object",
    b'{"text": null, "now": "%s"}' % NOW.encode(): '"text" must be a text',
    b'{"text": "HIS"}': '"now" must be',
    b'{"text": "HIS", "now": null}': '"now" must be',
    b'{"text": "HIS", "now": 1767658000}': '"now" must be',
    b'{"text": "HIS", "now": "2026-01-06T08:05:00"}': "with an offset",
    b'{"text": "HIS", "now": "0001-01-01T00:00:00+08:00"}': "outside of the years",
    b'{"text": "HIS\xff", "now": "%s"}' % NOW.encode(): "not UTF-8, at its byte 14",
    b'{"text": ': "is not JSON",
    b"[" * 100_000: "too deep",
    b'{"now": %s}' % (b"9" * 5000): "too long a number",
    b'"%s"' % (b"x" * 16_000_000): "at most 16000000 are read",
}


@pytest.mark.parametrize("reader", ["read", "when"])
def test_every_bad_line_is_told_and_the_good_ones_between_are_answered(reader: str) -> None:
    good = json.dumps({"text": "HIS打不开，昨晚10点开始", "now": NOW}).encode()
    code, answers, said = call_bytes(b"\n".join(line for bad in BAD for line in (bad, good)), reader, "--jsonl")
    assert (code, said, len(answers)) == (0, "", 2 * len(BAD))
    told = [str(answer.get("error")) for answer in answers[::2]]
    assert [words for words, why in zip(told, BAD.values(), strict=True) if why not in words] == []
    key = {"read": "started_at", "when": "when"}[reader]
    assert {answer[key] for answer in answers[1::2]} == {"2026-01-05T22:00:00+08:00"}


@pytest.mark.parametrize("reader", ["read", "when", "redact"])
def test_whatever_text_a_line_holds_is_answered(reader: str) -> None:
    texts = ["", "\ud800HIS打不开\udfff", "\x00\u2028\u0085", "HIS打不开，昨晚3点" * 100_000, "2" * 100_000]
    lines = [json.dumps({"text": text, "now": NOW}) for text in texts]
    first = "\ufeff" + json.dumps({"text": "HIS", "now": NOW})
    code, answers, said = call([first, *lines, lines[0] + "\r"], reader, "--jsonl")
    assert (code, said, len(answers)) == (0, "", len(texts) + 2)
    assert [answer for answer in answers if "error" in answer] == []


def test_a_catalogue_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "catalogue.toml").write_bytes(b"\xff\xfe")
    code, answers, said = call(["{}"], "read", "--jsonl", "--config", str(tmp_path))
    assert (code, answers) == (1, [])
    assert "cannot be read as UTF-8" in said
