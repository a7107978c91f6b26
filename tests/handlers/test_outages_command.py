"""`wardline outages`: the account of a year, to read and as JSON."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.commands.password import in_store
from sla.fold import fold
from sla.ticket import Event, EventKind
from storage.base import UnitOfWork
from tests.handlers.outages import on

E = EventKind


def outage(number: int, level: str, began: str, ended: str, contract: str = "smart-hospital") -> tuple[Event, ...]:
    """A ticket that was an outage, on days of 2025 ("03-01 09:00")."""
    times = {name: f"2025-{at.replace(' ', 'T')}+08:00" for name, at in (("began", began), ("ended", ended))}
    labels = {"kind": "fault", "priority": "high", "system": "hr", "contract": contract, "contract_version": "old"}
    said = on("03-01")
    return (
        Event(E.REPORTED, said, "nurse", labels, said),
        Event(E.OUTAGE, said, "manager", {"level": level, **times}, said),
    )


@pytest.fixture
def data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with a year of outages."""
    assert main(["init", str(tmp_path / "config")]) == 0
    assert main(["link", "nurse", "--data", str(tmp_path)]) == 0  # makes the database
    assert main(["outages", "--year", "2025", "--data", str(tmp_path)]) == 0
    assert "2025年1月：0/60 分钟，0 次" in capsys.readouterr().out
    told = [
        outage(1, "downtime", "03-01 09:00:00", "03-01 09:42:30"),
        outage(2, "downtime", "03-31 23:40:00", "04-01 00:50:01"),
        outage(3, "department", "04-05 08:00:00", "04-05 08:10:00"),
        outage(4, "downtime", "11-05 08:00:00", "11-05 08:10:00"),
        outage(5, "downtime", "11-05 08:00:00", "11-05 08:10:00", "distance-education"),
    ]

    def keep(uow: UnitOfWork) -> None:
        for number, events in enumerate(told, 1):
            assert uow.tickets.next_number() == number
            uow.tickets.save(fold(number, events), events, None)

    in_store(tmp_path / "config", tmp_path, keep)
    return tmp_path


def test_the_sums_are_exact(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outages", "--contract", "smart-hospital", "--year", "2025", "--json", "--data", str(data)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["contract"] == "smart-hospital"
    downtime, department = told["quotas"]
    months = {month["month"]: month["seconds"] for month in downtime["months"] if month["seconds"]}
    assert months == {"2025-03": 42 * 60 + 30 + 20 * 60, "2025-04": 50 * 60 + 1, "2025-11": 10 * 60}
    assert [month["month"] for month in downtime["months"] if month["minutes_over"]] == ["2025-03"]
    assert downtime["times"] == 3
    assert downtime["limits"] == {"month_minutes": 60, "year_times": 2, "recovery": 60}
    assert [(e["ticket"], e["recovery_seconds"], e["in_year"], e["breach"]) for e in downtime["events"]] == [
        (1, 2550, 1, None),
        (2, 4201, 2, "recovery"),
        (4, 600, 3, "year_times"),
    ]
    assert downtime["counted_breaches"] == 2
    second = downtime["events"][1]
    assert second["began"] == "2025-03-31T23:40:00+08:00"
    assert [(over["limit"], over["at"], over["seconds"]) for over in second["over"]] == [
        ("month_minutes", "2025-03-31T23:57:30+08:00", 150),
        ("recovery", "2025-04-01T00:40:00+08:00", 601),
    ]
    assert [event["ticket"] for event in department["events"]] == [3]


def test_the_page_names_every_event(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outages", "--year", "2025", "--data", str(data)]) == 0
    page = capsys.readouterr().out
    assert "智能医院项目运维服务 2025年" in page
    assert "2025年3月：63/60 分钟，2 次，已超限" in page
    assert "W2 2025年3月31日 23:40 至 2025年4月1日 00:50，共 71 分钟。" in page
    assert "【违约】非计划停机恢复用时 71 分钟，限 60 分钟。" in page
    assert "远程教育平台运维服务项目（2024-2026） 2025年" in page
    assert main(["outages", "--contract", "smart-hospital", "--year", "2025", "--lang", "en", "--data", str(data)]) == 0
    page = capsys.readouterr().out
    assert "Mar 2025: 63 of 60 min, 2 times, over the limit" in page
    assert "[breach] unplanned downtime number 3 in 2025; 2 are allowed." in page


def test_what_no_quota_limits_is_listed_as_well(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = outage(6, "department", "06-01 09:00:00", "06-01 09:42:30", "cqmu2-his")

    def keep(uow: UnitOfWork) -> None:
        assert uow.tickets.next_number() == 6
        uow.tickets.save(fold(6, events), events, None)

    in_store(data / "config", data, keep)
    capsys.readouterr()
    assert main(["outages", "--year", "2025", "--data", str(data)]) == 0
    page = capsys.readouterr().out
    assert (
        "部门级业务影响（合同没有限额，只作记录）\n  W6 2025年6月1日 09:00 至 2025年6月1日 09:42，共 43 分钟。" in page
    )
    assert "重症" not in page, "contracts without quotas and outages have no account"
    asked = ["outages", "--contract", "cqmu2-his", "--year", "2025", "--json", "--data", str(data)]
    assert main(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["quotas"] == []
    assert [(each["ticket"], each["level"], each["ended"]) for each in told["without_quota"]] == [
        (6, "department", "2025-06-01T09:42:30+08:00")
    ]
    assert main(["outages", "--contract", "cqmu2-his", "--year", "2024", "--data", str(data)]) == 0
    assert "合同没有停机或业务影响的限额，本年没有记录。" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--contract", "smart-hospitel"), 'did you mean "smart-hospital"?'),
        (("--year", "20250"), "no year from 2000 to 2200"),
    ],
)
def test_what_is_not_there_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert main(["init", str(tmp_path / "config")]) == 0
    assert main(["link", "nurse", "--data", str(tmp_path)]) == 0  # makes the database
    assert main(["outages", *words, "--data", str(tmp_path), "--lang", "en"]) == 2
    assert said in capsys.readouterr().err
