"""A contract and its successor: what is owed when the other has begun, and how a period of both is assessed."""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.commands.password import in_store
from bot.commands.run import prepare
from handlers.duty_book import number_of, open_book
from handlers.duty_watch import watch_duties
from sla.fold import fold
from sla.records import RecordKind
from sla.rules import Rules
from sla.ticket import Event, EventKind, OutageLevel
from storage.base import UnitOfWork
from storage.files import load_folder, packaged_files, rules_from_files
from tests.support.house import ZONE, House, open_house

SHILI = "shili-county"
EXAMPLES = Path(__file__).parents[2] / "docs/examples"
LAST_DAY = datetime(2027, 2, 28, 9, tzinfo=ZONE)
CLOSING = """
[[duty]]
id = "assessment"
name_zh = "期满考核"
name_en = "Assessment at the end"
clause = "7.1"
side = "hospital"
rhythm = "once"
after_end = "1 month"

[[duty]]
id = "acceptance"
name_zh = "期满验收"
name_en = "Acceptance at the end"
clause = "6.2"
rhythm = "once"
after_end = "7 working days"

[[duty]]
id = "quarter-documents"
name_zh = "季度文档"
name_en = "Documents of the quarter"
clause = "6.2"
rhythm = "quarterly"
year = "contract"
after_end = "10 working days"
"""


def example(year: int, more: str = "") -> str:
    return (EXAMPLES / f"shili-county-{year}.toml").read_text(encoding="utf-8") + more


def versions(successor: str = "") -> dict[str, str]:
    """The files of two versions of one contract: to February 2027, from March on."""
    return {
        "contracts/shili-county-2026.toml": example(2026, CLOSING),
        "contracts/shili-county-2027.toml": successor or example(2027, CLOSING),
    }


def two(successor: str = "") -> Rules:
    """The sample with both."""
    return rules_from_files({**packaged_files(), **versions(successor)})


def watch(house: House) -> None:
    house.run(lambda uow: watch_duties(uow, house.rules, house.now))


def subjects(house: House, kind: RecordKind = RecordKind.DUTY_OVERDUE) -> Counter[str]:
    start, end = LAST_DAY - timedelta(days=400), LAST_DAY + timedelta(days=400)
    return Counter(r.subject for r in house.run(lambda uow: uow.records.between(start, end, SHILI, kind)))


# duties


def test_what_the_old_version_owes_after_its_end_goes_on_record_once(tmp_path: Path) -> None:
    with open_house(tmp_path, LAST_DAY, two()) as house:
        watch(house)
        house.forward(days=40)
        missed = subjects(house)
        assert {name: missed[name] for name in missed if not name.startswith("backup/")} == {
            "acceptance/2027-02-28": 1,
            "quarter-documents/2026-12-01": 1,
            "assessment/2027-02-28": 1,
            "inspection/2027-Q1": 1,  # of March alone, the successor's part of the quarter
        }
        house.forget()


def test_it_can_be_done_while_the_successor_runs(tmp_path: Path) -> None:
    with open_house(tmp_path, LAST_DAY, two()) as house:
        watch(house)
        house.forward(days=3)
        for duty, period in (("acceptance", "2027-02-28"), ("quarter-documents", "2026-12-01")):
            house.says("lead", f"完成 {number_of(house.rules, SHILI, duty)} {period} 已签字")
        house.says("manager", f"完成 {number_of(house.rules, SHILI, 'assessment')} 已考核")
        house.expect("lead", "期满验收", "按时完成")
        house.forward(days=37)
        done = {"acceptance/2027-02-28", "quarter-documents/2026-12-01", "assessment/2027-02-28"}
        assert done == set(subjects(house, RecordKind.DUTY_DONE))
        assert done.isdisjoint(subjects(house))
        house.forget()


def test_no_time_of_a_duty_is_listed_twice(tmp_path: Path) -> None:
    with open_house(tmp_path, LAST_DAY, two()) as house:
        watch(house)
        book = house.run(lambda uow: open_book(house.rules.contracts[SHILI], uow, house.rules, house.now))
        times = Counter(one.subject for one in book.all_times(date(2026, 3, 1), date(2028, 3, 31)))
        assert set(times.values()) == {1}
        assert {"backup/2027-02-28", "backup/2027-03-01", "inspection/2026-Q4", "inspection/2027-Q1"} <= set(times)
        assert "backup/2026-02-28" not in times
        house.forget()


def test_a_duty_is_called_as_the_version_of_the_day_calls_it(tmp_path: Path) -> None:
    renamed = example(2027, CLOSING).replace('name_zh = "数据库备份"', 'name_zh = "数据备份"')
    renamed = renamed.replace("检验、影像、输血系统维护合同", "信息系统维护合同")
    with open_house(tmp_path, LAST_DAY, two(renamed)) as house:
        watch(house)
        house.says("lead", "完成 数据库备份 日志正常")
        house.expect("lead", "已记录：数据库备份 2027-02-28", "检验、影像、输血系统维护合同")
        house.forward(days=1)
        house.says("lead", "完成 数据库备份 日志正常")
        house.says("lead", "完成 数据备份 日志正常")
        house.expect("lead", "已记录：数据备份 2027-03-01", "信息系统维护合同")
        assert subjects(house, RecordKind.DUTY_DONE) == {"backup/2027-02-28": 1, "backup/2027-03-01": 1}
        house.forget()


def test_forms_are_counted_for_the_contract_as_it_is_called_now(tmp_path: Path) -> None:
    renamed = example(2027).replace("检验、影像、输血系统维护合同", "信息系统维护合同")
    with open_house(tmp_path, LAST_DAY, two(renamed)) as house:
        for called in ("示例县人民医院检验、影像、输血系统维护合同", "示例县人民医院信息系统维护合同", SHILI):
            house.says("manager", f"满意度 {called} 2026年 88")
            house.expect("manager", "示例县人民医院检验、影像、输血系统维护合同", "88")
        house.now += timedelta(days=1)
        house.says("manager", f"满意度 {SHILI} 2026年 90")
        house.expect("manager", "示例县人民医院信息系统维护合同", "90")
        house.forget()


# figures

STRICTER = example(2027).replace('recovery = "60 min"', 'recovery = "5 min"').replace("passes = 85", "passes = 90")


@pytest.fixture
def data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A downtime of ten minutes in February, one in March: an hour is allowed, then five minutes."""
    config = prepare(None, tmp_path)
    for name, text in versions(STRICTER).items():
        (config / name).write_text(text, encoding="utf-8")
    rules = load_folder(config)[0]

    def fill(uow: UnitOfWork) -> None:
        for number, version in enumerate(rules.versions_of(SHILI), start=1):
            began = datetime(2027, 1 + number, 10, 9, tzinfo=ZONE)
            ended = began + timedelta(minutes=10)
            told = {"level": OutageLevel.DOWNTIME.value, "began": began.isoformat(), "ended": ended.isoformat()}
            labels = {"kind": "fault", "priority": "high", "system": "lis", "department": "icu"}
            report = {**labels, "contract": SHILI, "contract_version": version.version}
            reported = Event(EventKind.REPORTED, began, "nurse", report)
            one = fold(number, [reported, Event(EventKind.OUTAGE, ended, "manager", told)])
            uow.tickets.save(one, one.events, None)

    in_store(config, tmp_path, fill)
    capsys.readouterr()
    return tmp_path


def figures(data: Path, capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(["figures", "--contract", SHILI, "--at", "2027-06-01T00:00+08:00", "--data", str(data), *args]) == 0
    return capsys.readouterr().out


def as_json(data: Path, capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(figures(data, capsys, "--json", *args))
    return found


FEBRUARY_AND_MARCH = ("--from", "2027-02-01", "--to", "2027-03-31")


def test_each_downtime_is_judged_by_the_quota_of_its_tickets_own_version(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(data, capsys, *FEBRUARY_AND_MARCH)
    assert found["terms"] == {"valid_from": "2027-03-01", "valid_to": "2028-02-29"}
    judged = {
        name: [(event["ticket"], event["breach"]) for event in quota["events"]]
        for name, quota in found["quotas"].items()
    }
    assert judged == {"downtime": [(2, "recovery")], "downtime/2026-03-01": [(1, None)]}
    assert {name: list(quota["months"]) for name, quota in found["quotas"].items()} == {
        "downtime": ["2027-03"],
        "downtime/2026-03-01": ["2027-02"],
    }
    assert found["breaches"]["quota:downtime"] == 1


def test_a_period_of_both_says_by_whose_terms_it_is_assessed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = figures(data, capsys, *FEBRUARY_AND_MARCH)
    assert page.startswith("本期涉及合同的 2 个版本：考核按 2027-03-01—2028-02-29 的版本，限额按各工单自己的版本。")
    assert "个版本" not in figures(data, capsys, "--from", "2027-02-01", "--to", "2027-02-28")
    alone = as_json(data, capsys, "--from", "2027-02-01", "--to", "2027-02-28")
    assert alone["terms"]["valid_from"] == "2026-03-01"
    assert list(alone["quotas"]) == ["downtime"]


@pytest.mark.parametrize(
    ("year", "first", "last", "passes"),
    [(2026, "2026-03-01", "2027-02-28", 85), (2027, "2027-03-01", "2028-02-29", 90)],
)
def test_a_years_score_goes_by_the_version_whose_year_it_is(
    data: Path, capsys: pytest.CaptureFixture[str], year: int, first: str, last: str, passes: int
) -> None:
    found = as_json(data, capsys, "--score", "--year", str(year))
    assert (found["from"], found["to"], found["passes"], found["terms"]["valid_from"]) == (first, last, passes, first)
