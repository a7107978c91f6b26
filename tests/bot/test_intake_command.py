"""wardline intake: what people put right is kept as examples and counted rule by rule; labelled lines are scored."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.commands.password import in_store
from bot.commands.run import prepare
from bot.settings import read_settings
from sla.fold import fold
from sla.ticket import Event, EventKind
from storage.base import UnitOfWork
from storage.files import load_folder
from storage.writer import open_store
from tests.support.house import NIGHT, House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house over the database that the commands look into."""
    config = prepare(None, tmp_path)
    settings = read_settings(config, tmp_path, os.environ)
    store = open_store(settings.database, settings.keys)
    try:
        yield House(store.writer, load_folder(config)[0], NIGHT)
    finally:
        store.close()


def said(house: House, who: str, *texts: str) -> None:
    """Somebody writes, and a while later what comes of it."""
    for text in texts:
        house.says(who, text)
        house.forward(minutes=3)


def corrections(tmp_path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["intake", "corrections", "--data", str(tmp_path), "--json", *options]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def wrong(found: dict[str, Any]) -> list[tuple[str, str, int, str, str]]:
    """Label, rule, how often it fired, what was read and what it was, of each correction."""
    return [
        (rule["label"], rule["rule"], rule["fired"], example["read"], example["true"])
        for rule in found["rules"]
        for example in rule["examples"]
    ]


def page(tmp_path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    capsys.readouterr()
    assert main(["intake", "corrections", "--data", str(tmp_path), *options]) == 0
    return capsys.readouterr().out


def test_a_reporters_correction_is_an_example_of_the_rule_that_was_wrong(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(house, "nurse", "HIS里患者张三丰的片子调不出来", "不是HIS，是PACS")
    said(house, "icu-nurse", "HIS打不开了")
    found = corrections(tmp_path, capsys)
    assert (found["tickets"], found["corrected"]) == (2, 1)
    assert wrong(found) == [("system", "named", 2, "his", "pacs")]
    (example,) = found["rules"][0]["examples"]
    assert (example["ticket"], example["by"], example["words"]) == ("W1", "nurse", "his")
    assert "张三丰" not in example["text"]
    assert "[姓名]" in example["text"]


@pytest.mark.parametrize(
    ("texts", "counted"),
    [
        (("HIS打不开", "说错了，是PACS"), []),  # her own slip: the words were read as they stand
        (("HIS打不开", "不是HIS，是PACS", "不对，是HIS"), []),  # taken back
        (("HIS打不开了", "不对，是全院", "就我一台"), []),  # taken back, without saying so
        (("系统打不开了", "PACS"), []),  # the question back, answered
        (("HIS打不开了", "是全院"), []),  # completed: the report said nothing of it
        (("HIS打不开了", "不对，是全院"), [("scope", "nothing-said", 1, "workstation", "hospital")]),
        (("HIS打不开了", "HIS还有，全院都打不开了"), []),  # reported again, and graver
        (("HIS打不开了", "不对，是内分泌科的"), [("department", "own-record", 1, "emergency", "endocrinology")]),
        (("HIS打不开", "不是HIS，是PACS", "不对，是OA"), [("system", "named", 1, "his", "oa")]),  # the last word
        (("HIS打不开", "不对，是咨询"), [("kind", "says-fault", 1, "fault", "consult")]),
        (("系统打不开了", "PACS", "不对，是OA"), []),  # her own answer, not what was read
        (("HIS打不开", "不对，优先级低"), [("priority", "down-workstation", 1, "medium", "low")]),
    ],
)
def test_only_what_was_read_wrongly_counts(
    house: House,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    texts: tuple[str, ...],
    counted: list[tuple[str, str, int, str, str]],
) -> None:
    said(house, "nurse", *texts)
    assert house.count() == 1
    assert house.ticket().events[-1].kind is not EventKind.REPORTED
    assert wrong(corrections(tmp_path, capsys)) == counted


def test_what_later_messages_completed_is_put_right_with_all_their_words(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in ("HIS打不开", "儿科的", "所有电脑"):
        house.says("nurse", text)
        house.forward(seconds=20)
    said(house, "nurse", "不对，是全院")
    assert house.count() == 1
    file = tmp_path / "examples.jsonl"
    found = corrections(tmp_path, capsys, "--examples", str(file))
    assert wrong(found) == [("scope", "said-later", 1, "department", "hospital")]
    example = json.loads(file.read_text(encoding="utf-8"))
    assert example["text"] == "HIS打不开\n儿科的\n所有电脑"
    assert (example["department"], example["scope"], example["priority"]) == ("paediatrics", "hospital", "critical")


def test_an_engineers_proposal_counts_once_the_hospital_agrees(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(house, "nurse", "HIS打不开了，只有我这台")
    said(house, "engineer2", "接单 W1", "W1 不是HIS，是PACS")
    assert wrong(corrections(tmp_path, capsys)) == []
    house.presses("manager", "同意更改")
    found = corrections(tmp_path, capsys)
    assert wrong(found) == [("system", "named", 1, "his", "pacs")]
    assert found["rules"][0]["examples"][0]["by"] == "engineer2"


def test_the_page_shows_the_rules_that_are_wrong_most_often_first(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(house, "nurse", "HIS打不开", "不对，是全院")
    for who, system in (("icu-nurse", "PACS"), ("head-hr", "OA")):
        said(house, who, "HIS打不开，电话13812345678", f"不是HIS，是{system}")
    shown = page(tmp_path, capsys)
    assert "至今：判读 3 张工单，其中 3 张有人更正，共 3 处。" in shown
    first, second = shown.index("系统 · named：用到 3 次，更正 2 次（66.66%）"), shown.index("影响范围 · nothing-said")
    assert first < second
    assert "放射科PACS/RIS系统：1 次" in shown
    assert "依据的词：his ×2" in shown
    assert "W3（2026-10-01 03:57" in shown
    assert "[电话]" in shown
    assert "13812345678" not in shown
    english = page(tmp_path, capsys, "--lang", "en", "--from", "2026-10-01", "--to", "2026-10-01")
    assert "2026-10-01 to 2026-10-01: 3 tickets were read; in 3 of them 3 labels were put right." in english
    assert "13812345678" in page(tmp_path, capsys, "--full")
    noted: list[tuple[Any, ...]] = []
    in_store(tmp_path / "config", tmp_path, lambda uow: noted.extend(uow.audit.entries(5)))
    assert [entry[2] for entry in noted] == ["corrections full"]


def test_nothing_on_record_is_said_in_a_sentence(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "没有由机器人判读的工单" in page(tmp_path, capsys)
    said(house, "nurse", "HIS打不开了")
    assert page(tmp_path, capsys) == "至今：判读 1 张工单，无人更正。\n"
    assert "2026-10-02 起：没有由机器人判读的工单" in page(tmp_path, capsys, "--from", "2026-10-02")
    assert main(["intake", "corrections", "--data", str(tmp_path), "--from", "2026-02-02", "--to", "2026-02-01"]) == 2


def test_examples_are_written_redacted_and_can_be_scored(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(house, "nurse", "HIS里患者张三丰的片子调不出来，昨晚10点开始", "不是HIS，是PACS")
    said(house, "icu-nurse", "OA打不开了", "不对，是全院")
    file = tmp_path / "examples.jsonl"
    written = ["intake", "corrections", "--data", str(tmp_path), "--examples", str(file)]
    assert main(written) == 0
    assert "2 条，个人信息已隐去" in capsys.readouterr().err
    first, second = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert (first["system"], first["corrected"], first["by"]) == ("pacs", ["system"], ["nurse"])
    assert first["started_at"] == "2026-09-30T22:00:00+08:00"
    assert "department" not in first  # only people.toml knew it
    assert (second["scope"], second["priority"]) == ("hospital", "high")  # OA waits for no care: one step lower
    assert "张三丰" not in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o077 == 0
    assert main(["intake", "score", str(file), "--wrong"]) == 0
    assert "系统应为 pacs，判为 his，依据“named: his”" in capsys.readouterr().out
    assert main([*written, "--full"]) == 0
    assert "张三丰" in file.read_text(encoding="utf-8")


def test_a_correction_that_was_declared_void_is_none(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(house, "nurse", "HIS打不开", "不是HIS，是PACS")
    ticket = house.ticket()
    index = next(at for at, event in enumerate(ticket.events) if event.kind is EventKind.RECLASSIFIED)

    def void(uow: UnitOfWork) -> None:
        amended = Event(
            EventKind.AMENDED, house.now, "manager", {"event": index, "void": True, "reason": "x"}, house.now
        )
        uow.tickets.save(fold(1, (*ticket.events, amended)), (amended,), None)

    house.run(void)
    assert wrong(corrections(tmp_path, capsys)) == []


# Labelled lines


def lines(tmp_path: Path, *rows: dict[str, Any] | str) -> str:
    file = tmp_path / "labelled.jsonl"
    file.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8"
    )
    return str(file)


NOW = "2026-05-20T10:30:00+08:00"
ALL_HIS = {"text": "HIS全院都打不开了", "now": NOW, "intent": "report", "kind": "fault", "system": "his"}
HIS = {**ALL_HIS, "scope": "hospital", "severity": "down", "priority": "critical"}
OA = {"text": "OA打不开了，就我这台", "now": NOW, "intent": "report", "kind": "fault", "system": "oa"}
CHAT = {"text": "谢谢", "now": NOW, "intent": "chat"}


def scored(tmp_path: Path, capsys: pytest.CaptureFixture[str], *rows: Any, options: tuple[str, ...] = ()) -> Any:
    capsys.readouterr()
    code = main(["intake", "score", lines(tmp_path, *rows), "--json", *options])
    return code, json.loads(capsys.readouterr().out)


def test_each_label_is_counted_and_what_was_taken_for_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    oa = {**OA, "scope": "workstation", "severity": "down", "priority": "medium"}
    misread = {**HIS, "text": "HIS有点慢", "system": "pacs"}
    code, found = scored(tmp_path, capsys, HIS, oa, CHAT, misread, options=("--wrong",))
    assert code == 0
    counts = {label: (each["right"], each["total"]) for label, each in found["labels"].items()}
    assert counts == {
        "intent": (4, 4),
        "kind": (3, 3),
        "system": (3, 4),
        "scope": (2, 3),
        "severity": (2, 3),
        "priority": (2, 3),
    }
    assert {"label": "system", "right": "pacs", "read": "his", "count": 1} in found["confusions"]
    assert (found["critical"]["total"], [each["line"] for each in found["critical"]["missed"]]) == (2, [4])
    assert {(each["line"], each["label"]) for each in found["wrong"]} == {
        (4, "system"), (4, "scope"), (4, "severity"), (4, "priority"),
    }  # fmt: skip
    (system,) = (each for each in found["wrong"] if each["label"] == "system")
    assert system["why"] == "named: his"
    assert 0 < found["microseconds"]["median"] <= found["microseconds"]["p99"]


def test_labels_may_stand_in_an_object_and_a_part_of_them_is_enough(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    within = {"text": OA["text"], "now": NOW, "labels": {"system": "oa", "department": None}}
    expected = {"text": HIS["text"], "now": NOW, "expected": {"priority": "critical"}}
    one = {"text": HIS["text"], "now": NOW, "label": {"scope": "hospital"}}
    _, found = scored(tmp_path, capsys, within, expected, one)
    assert {label: each["total"] for label, each in found["labels"].items()} == {
        "system": 1, "department": 1, "priority": 1, "scope": 1,
    }  # fmt: skip
    assert found["confusions"] == []


def test_a_start_is_compared_as_an_instant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"text": "HIS昨晚10点开始打不开", "now": NOW}
    right, late = "2026-05-19T14:00:00+00:00", "2026-05-19T23:00:00+08:00"
    _, found = scored(tmp_path, capsys, {**row, "started_at": right}, {**row, "started_at": late})
    assert found["labels"]["started_at"] == {"right": 1, "total": 2, "share": 0.5}


def test_times_are_right_wrong_or_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def time(text: str, when: str | None, **more: str | None) -> dict[str, Any]:
        return {"text": text, "now": NOW, "when": when, **more}

    rows = [
        time("昨晚10点开始", "2026-05-19T22:00:00+08:00", category="clock"),
        time("昨晚10点开始", "2026-05-19T14:00:00Z", category="clock"),
        time("昨晚10点开始", "2026-05-19T21:00:00+08:00", category="clock"),  # another instant: wrong
        time("昨晚10点开始", None),  # an instant where there is none: wrong
        time("打不开了", "2026-05-19T22:00:00+08:00"),  # none where there is one: missed
        time("打不开了", None),
        {"text": "昨晚开始的", "now": NOW, "earliest": "2026-05-19T18:00+08:00", "latest": "2026-05-20T00:00+08:00"},
    ]
    _, found = scored(tmp_path, capsys, *rows)
    times = found["when"]
    assert (times["right"], times["wrong"], times["missed"], times["total"]) == (4, 2, 1, 7)
    assert (times["traps"], times["avoided"]) == (2, 1)
    assert times["categories"] == {"clock": {"right": 2, "total": 3}}
    file = lines(tmp_path, *rows)
    assert main(["intake", "score", file, "--min", "when=0.57"]) == 0
    assert main(["intake", "score", file, "--min", "when=0.58"]) == 1
    assert "时间 7 条：对 4 条（57.14%），错 2 条（28.57%），漏 1 条（14.28%）。" in capsys.readouterr().out


def test_floors_end_with_1_where_a_label_falls_below(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = lines(tmp_path, HIS, {**OA, "system": "pacs"})
    assert main(["intake", "score", file, "--min", "system=0.5", "kind=1"]) == 0
    assert main(["intake", "score", file, "--min", "kind=1", "--min", "system=0.51"]) == 1
    assert "未达要求：系统 50%，要求至少 51%。" in capsys.readouterr().out
    assert main(["intake", "score", file, "--min", "when=0.9"]) == 1
    for floor, told in (
        ("sytem=0.9", "是不是“system”？"),
        ("system=95", "system=0.95"),
        ("system", "system=0.95"),
    ):
        assert main(["intake", "score", file, "--min", floor]) == 2
        assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{", "is not JSON"),
        ('{"text": "HIS"}', '"now" must be an ISO 8601 instant'),
        (json.dumps({"text": "HIS", "now": NOW}), "has no label"),
        (json.dumps({**OA, "kind": "falt"}), 'did you mean "fault"?'),
        (json.dumps({**OA, "system": "paks"}), 'which the catalogue does not have; did you mean "pacs"?'),
        (json.dumps({**OA, "kind": 3}), "\"kind\" is '3'"),
        (json.dumps({**OA, "started_at": "10:30"}), '"started_at" must be an ISO 8601 instant'),
        (json.dumps({"text": "HIS", "now": NOW, "labels": []}), '"labels" must be an object'),
        (json.dumps({"text": "HIS", "now": NOW, "when": "morgen"}), '"when" must be an ISO 8601 instant'),
        (json.dumps({"text": "x", "now": NOW, "earliest": NOW, "latest": None}), "two instants in their order"),
    ],
)
def test_bad_lines_are_told_by_number_and_the_others_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: str, why: str
) -> None:
    file = lines(tmp_path, HIS, "", bad, CHAT)
    assert main(["intake", "score", file, "--json"]) == 2
    told = capsys.readouterr()
    assert told.err.startswith(f"wardline: {file}:3: ")
    assert why in told.err
    found = json.loads(told.out)
    assert found["messages"] == 2
    assert [each["line"] for each in found["bad"]] == [3]
    assert main(["intake", "score", lines(tmp_path, bad)]) == 2
    assert "没有可读取的标注行" in capsys.readouterr().err


def test_a_file_of_something_else_is_told_in_a_few_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["intake", "score", lines(tmp_path, *['{"label": "cat"}'] * 200)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 12
    assert told[10].endswith("还有 190 行")


def test_the_hospitals_own_catalogue_is_scored_by(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = prepare(None, tmp_path)
    row = {"text": "老黄牛打不开了", "now": NOW, "system": "oa"}
    options = ("--config", str(config), "--min", "system=1")
    assert scored(tmp_path, capsys, row, options=options)[0] == 1
    catalogue = config / "catalogue.toml"
    text = catalogue.read_text(encoding="utf-8")
    catalogue.write_text(text.replace('"办公系统"', '"办公系统", "老黄牛"', 1), encoding="utf-8")
    assert catalogue.read_text(encoding="utf-8") != text
    assert scored(tmp_path, capsys, row, options=options)[0] == 0
    assert main(["intake", "score", str(tmp_path / "nothing.jsonl")]) == 2
