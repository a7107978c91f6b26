"""`wardline duties`: dates out of the contracts alone, and how things stand where there is a store."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.commands.init import write_sample
from bot.commands.password import in_store
from handlers.duty_watch import watch_duties
from sla.records import Record, RecordKind
from storage.base import UnitOfWork
from storage.files import load_folder
from tests.support.house import ZONE

DONE_AT = datetime(2024, 9, 11, 10, tzinfo=ZONE)
"""Past for whatever clock the tests run by."""


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["duties", *words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_without_a_store_it_prints_dates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    span = [
        "--from",
        "2026-09-16",
        "--to",
        "2026-09-16",
        "--contract",
        "smart-hospital",
        "--data",
        str(tmp_path / "no"),
    ]
    assert main(["duties", *span]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "2026-09-16 17:00   22  smart-hospital  服务器日常巡检  2026-09-16  2.10(1)",
        "2026-09-16 17:00   28  smart-hospital  季度文档移交  2026-Q3  3.3(3)",
    ]
    answer = ask(capsys, *span)
    assert [duty["state"] for duty in answer["duties"]] == [None, None]
    assert {"contract": "smart-hospital", "duty": "development-sum", "missing": "valid_from"} in answer["undated"]
    assert not (tmp_path / "no").exists(), "to ask for dates makes nothing"


def test_contracts_and_holidays_are_all_that_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_sample(tmp_path / "sample")
    (tmp_path / "some/contracts").mkdir(parents=True)
    text = (tmp_path / "sample/contracts/smart-hospital.toml").read_text(encoding="utf-8")
    dated = text.replace("timezone =", "valid_from = 2026-03-15\ntimezone =", 1)
    (tmp_path / "some/contracts/a.toml").write_text(dated, encoding="utf-8")
    words = ["--config", str(tmp_path / "some"), "--data", str(tmp_path / "no")]
    answer = ask(capsys, *words, "--from", "2027-03-01", "--to", "2027-03-01")
    found = {duty["duty"]: duty for duty in answer["duties"]}
    assert found["development-sum"]["due"] == "2027-03-01T17:00:00+08:00"
    assert found["development-sum"]["provisional"] is True
    assert answer["undated"] == []


def test_with_a_store_it_prints_how_things_stand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, config = tmp_path / "data", tmp_path / "data/config"
    write_sample(config)

    def begin(uow: UnitOfWork) -> None:
        watch_duties(uow, load_folder(config)[0], DONE_AT - timedelta(days=1))
        done = ("smart-hospital", RecordKind.DUTY_DONE, "inspection/2024-09-11", DONE_AT, "lead", DONE_AT)
        uow.records.add(Record(*done, {"text": "正常"}))

    in_store(config, data, begin)
    span = ["--from", "2024-09-09", "--to", "2024-09-12", "--contract", "smart-hospital", "--data", str(data)]
    answer = ask(capsys, *span)
    found = {f"{duty['duty']}/{duty['period']}": duty for duty in answer["duties"]}
    assert found["inspection/2024-09-09"]["state"] is None, "nobody watched yet"
    assert found["inspection/2024-09-11"]["state"] == "done"
    assert (found["inspection/2024-09-11"]["done_by"], found["inspection/2024-09-11"]["done_at"][:10]) == (
        "lead",
        "2024-09-11",
    )
    assert found["inspection/2024-09-12"]["state"] == "overdue"
    assert "big-inspection" not in {each["duty"] for each in answer["undated"]}
    assert main(["duties", *span]) == 0
    assert "服务器日常巡检  2024-09-11  2.10(1)  按时完成" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--contract", "smart-hospitl"], 'did you mean "smart-hospital"?'),
        (["--from", "2026-09-16", "--to", "2026-09-15"], "are no days to ask for"),
        (["--from", "2026-09-16", "--to", "2126-09-15"], "at most ten years"),
    ],
)
def test_a_question_that_makes_no_sense(
    tmp_path: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["duties", *words, "--data", str(tmp_path / "no"), "--lang", "en"]) == 2
    assert said in capsys.readouterr().err


def test_where_no_configuration_is_it_says_whose_dates_these_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["duties", "--data", str(tmp_path / "mistyped")]) == 0
    assert "mistyped 中没有配置：以下是示例合同的日期" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("duties", "--from", "20261301"), '"20261301" is no day; write it like 2026-10-01'),
        (("ledger", "list", "--to", "tomorrow"), '"tomorrow" is no day'),
        (("simulate", "--days", "x"), '"x" is no whole number of at least 1'),
        (("simulate", "--tickets", "0"), '"0" is no whole number of at least 1'),
    ],
)
def test_an_option_that_is_none_is_refused_in_words(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
