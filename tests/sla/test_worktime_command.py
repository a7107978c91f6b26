"""`wardline worktime --jsonl`: questions of other calendars, and lines that make no sense."""

import io
import json
from collections.abc import Iterable

import pytest

from bot.__main__ import main

DESK: dict[str, object] = {
    "timezone": "Asia/Shanghai",
    "weekly_hours": {day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": ["2026-10-01", "2026-10-02"],
    "extra_workdays": [{"date": "2026-10-10", "hours": [["10:00", "16:00"]]}],
    "pauses": [["2026-09-30T16:00", "2026-09-30T17:00"]],
}


def ask(lines: Iterable[bytes], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[object]:
    stream = io.TextIOWrapper(io.BytesIO(b"\n".join(lines)))
    monkeypatch.setattr("sys.stdin", stream)
    assert main(["worktime", "--jsonl"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def line(**change: object) -> bytes:
    fields = {"op": "add", "start": "2026-09-30T15:30", "seconds": 3600, **DESK, **change}
    return json.dumps({key: value for key, value in fields.items() if value is not ...}).encode()


@pytest.mark.parametrize(
    ("change", "result"),
    [
        ({}, "2026-09-30T17:30:00"),  # over the pause
        ({"seconds": 2 * 3600}, "2026-10-05T09:30:00"),  # over the holidays and a weekend
        ({"seconds": -3600}, "2026-09-30T14:30:00"),
        ({"seconds": 0}, "2026-09-30T15:30:00"),
        ({"seconds": 0, "start": "2026-09-30T12:30"}, "2026-09-30T13:00:00"),  # nought waits for the opening
        ({"seconds": 0.25}, "2026-09-30T15:30:00.250000"),
        ({"start": "2026-10-09T17:30"}, "2026-10-10T10:30:00"),  # the extra workday
        ({"start": "2026-09-30T07:30:00Z"}, "2026-09-30T17:30:00"),
        ({"start": "2026-09-30 15:30:00"}, "2026-09-30T17:30:00"),
        ({"start": "2026-09-29T24:00"}, "2026-09-30T10:00:00"),
        ({"start": "2026-09-30"}, "2026-09-30T10:00:00"),
        ({"pauses": [["2026-09-30", "2026-10-01"]]}, "2026-10-05T10:00:00"),
        ({"pauses": [["2026-09-30T00:00", "2026-09-30T24:00"]]}, "2026-10-05T10:00:00"),
        ({"pauses": ..., "holidays": None, "extra_workdays": ...}, "2026-09-30T16:30:00"),
        ({"weekly_hours": {"wed": [["22:00", "06:00"]]}}, "2026-09-30T23:00:00"),
        ({"weekly_hours": {"wed": [["0:00", "0:00"]]}, "pauses": []}, "2026-09-30T16:30:00"),
        ({"weekly_hours": {"Wednesday": [["15:00:30", "24:00"]], "thu": None}}, "2026-09-30T17:30:00"),
        ({"op": "add_days", "days": 1}, "2026-10-05T15:30:00"),
        ({"op": "add_days", "days": -1}, "2026-09-29T15:30:00"),
        ({"op": "add_days", "days": 1.0}, "2026-10-05T15:30:00"),
        ({"op": "add_days", "days": 1, "day_rule": "close of service"}, "2026-10-05T18:00:00"),
        ({"op": "add_days", "days": 1, "day_rule": "End-Of-Day"}, "2026-10-05T18:00:00"),
        ({"op": "add_days", "days": 1, "day_rule": "opening"}, "2026-10-05T09:00:00"),
        ({"op": "between", "end": "2026-10-05T10:00"}, 2 * 3600 + 1800),
        ({"op": "between", "end": "2026-09-30T10:00"}, -(4 * 3600 + 1800)),
        ({"op": "between", "end": "2026-09-30T15:30:01.5"}, 2),
        ({"op": "between", "end": "2026-09-30T15:29:58.5"}, -2),
    ],
)
def test_answers(
    change: dict[str, object],
    result: object,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ask([line(**change)], monkeypatch, capsys) == [{"result": result}]


def test_an_hour_that_comes_twice_and_one_that_never_comes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    autumn = {"timezone": "Europe/Berlin", "weekly_hours": {"sun": [["00:00", "24:00"]]}, "start": "2026-10-25T02:30"}
    lines = [
        line(**autumn),
        line(**autumn, start_fold=1),
        line(**autumn, op="between", end="2026-10-25T02:30", end_fold=1),
        line(**(autumn | {"start": "2026-03-29T02:30"}), seconds=0),
    ]
    assert ask(lines, monkeypatch, capsys) == [
        {"result": "2026-10-25T02:30:00"},
        {"result": "2026-10-25T03:30:00"},
        {"result": 3600},
        {"result": "2026-03-29T03:30:00"},
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"op": "subtract"}, 'op "subtract" is not known; one of: "add"'),
        ({"op": ...}, "op null is not known"),
        ({"timezone": "Asia/Peking"}, 'timezone "Asia/Peking" is no name'),
        ({"timezone": ...}, "timezone null"),
        ({"weekly_hours": ...}, "weekly_hours null is no object"),
        ({"weekly_hours": {"holiday": []}}, '"holiday" is no weekday'),
        ({"weekly_hours": {"mon": ["09:00-17:00"]}}, 'mon: "09:00-17:00" is no window'),
        ({"weekly_hours": {"mon": [["09:00", "24:30"]]}}, 'mon: "24:30" is no time of day'),
        ({"weekly_hours": {"mon": [["09:00", 17]]}}, "mon: 17 is no time of day"),
        ({"weekly_hours": {}, "extra_workdays": []}, "never open"),
        ({"holidays": "2026-10-01"}, "holidays:"),
        ({"holidays": ["2026-13-01"]}, 'holidays: "2026-13-01" is no day'),
        ({"extra_workdays": ["2026-10-10"]}, "extra_workdays:"),
        ({"pauses": [["2026-10-10T10:00"]]}, "is no pair of times"),
        ({"pauses": [["2026-10-10T10:00", "2026-10-10T09:00"]]}, "ends before it begins"),
        ({"start": "tomorrow"}, 'start "tomorrow" is no time'),
        ({"start": ...}, "start null is no time"),
        ({"start_fold": 2}, "start_fold 2 is neither"),
        ({"seconds": "3600"}, 'seconds "3600" is no number'),
        ({"seconds": True}, "seconds true is no number"),
        ({"seconds": float("nan")}, "seconds NaN is no number"),
        ({"seconds": 1e30}, "outside the years"),
        ({"seconds": 1e11}, "out of the years"),
        ({"op": "add_days", "days": 1.5}, "days 1.5 is no whole number"),
        ({"op": "add_days", "days": float("nan")}, "days NaN is no whole number"),
        ({"op": "add_days", "days": 10**9}, "out of the years"),
        ({"op": "add_days", "days": 1, "day_rule": "later"}, "one of: keep, hours, roll_day"),
    ],
)
def test_a_line_that_makes_no_sense_stops_no_other(
    change: dict[str, object],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second, third = ask([line(), line(**change), line()], monkeypatch, capsys)
    assert first == third == {"result": "2026-09-30T17:30:00"}
    assert isinstance(second, dict)
    assert said in second["error"]


def test_lines_that_are_no_questions(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [b"{", b"[]", b"\xff", b"", b"[" * 100_000, b"\xef\xbb\xbf" + line()]
    answers = ask(lines, monkeypatch, capsys)
    assert [isinstance(answer, dict) and list(answer) for answer in answers] == [["error"]] * 5 + [["result"]]


def test_a_line_that_is_no_json_is_told_with_its_number_and_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [line(), b'{"op": add}', b'{"op": "add" "start"', b"{} {}", b'{"op": "\xff"}', b"[" * 100_000]
    said = [answer["error"] for answer in ask(lines, monkeypatch, capsys)[1:] if isinstance(answer, dict)]
    assert [text.partition(":")[0] for text in said] == [f"line {number} is no JSON" for number in range(2, 7)]
    for text, why in zip(
        said,
        ["column 8: a value", "column 14: a comma", "column 4: something follows", "byte 9", "nested"],
        strict=True,
    ):
        assert why in text
