"""A contract ends and another begins: which version covers a report, what becomes of open tickets, who is told."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handlers.succession import watch_contracts
from sla.clock import Clock, clocks_of
from sla.errors import ContractError
from sla.rules import Rules
from sla.ticket import EventKind
from storage.files import packaged_files, rules_from_files
from tests.support.house import NIGHT, ZONE, House, open_house

FILE = "contracts/smart-hospital.toml"
TILL_OCTOBER = "valid_to = 2026-10-31"
FROM_NOVEMBER = "valid_from = 2026-11-01"
EVE = datetime(2026, 10, 31, 22, tzinfo=ZONE)


def text(days: str) -> str:
    """The packaged contract, valid on these days."""
    return packaged_files()[FILE].replace('timezone = "Asia/Shanghai"', f'timezone = "Asia/Shanghai"\n{days}', 1)


def successive(takes_over: bool = False, more: str = "") -> Rules:
    """The sample with a smart-hospital contract that ends with October, and one with 20 minutes to respond after it."""
    strict = text(FROM_NOVEMBER + ("\ntakes_over = true" if takes_over else ""))
    strict = strict.replace('amount = "30 min"', 'amount = "20 min"').replace('amount = "3 h"', 'amount = "2 h"')
    files = {**packaged_files(), FILE: text(TILL_OCTOBER), "contracts/smart-2.toml": strict}
    return rules_from_files(files | ({"contracts/smart-3.toml": more} if more else {}))


def report(house: House) -> dict[str, Clock]:
    """A fault of the contract's system, as it is reported now: its clocks by name."""
    system = next(s for s in house.rules.catalogue.systems if s.contract == "smart-hospital")
    number = house.says("nurse", f"{system.name}打不开了，急诊科所有电脑都不行")
    assert house.ticket(number or 0).system == system.id
    return clocks(house, number or 0)


def clocks(house: House, number: int = 1) -> dict[str, Clock]:
    ticket, rules = house.ticket(number), house.rules
    found = clocks_of(ticket, rules.contract_of(ticket), rules.calendar, rules.versions)
    return {clock.name: clock for clock in found}


def watched(house: House) -> None:
    house.run(lambda uow: watch_contracts(uow, house.rules, house.now))
    house.forward(seconds=1)


def test_a_report_is_covered_by_the_version_of_its_instant(tmp_path: Path) -> None:
    rules = successive()
    for start, minutes in ((EVE, 30), (EVE + timedelta(hours=2), 20), (EVE + timedelta(hours=2, seconds=-1), 30)):
        (tmp_path / str(minutes) / str(start.second)).mkdir(parents=True)
        with open_house(tmp_path / str(minutes) / str(start.second), start, rules) as house:
            respond = report(house)["respond"]
            assert respond.due - respond.start == timedelta(minutes=minutes)
            house.forget()


def test_an_open_ticket_stays_with_the_version_of_its_start(tmp_path: Path) -> None:
    with open_house(tmp_path, EVE + timedelta(hours=1, minutes=30), successive()) as house:
        before = report(house)
        watched(house)
        house.forward(hours=1)
        assert house.ticket().contract_version == house.rules.versions_of("smart-hospital")[0].version
        assert clocks(house)["fix"].due == before["fix"].due
        assert EventKind.RECLASSIFIED not in [event.kind for event in house.ticket().events]
        house.forget()


def test_it_goes_over_where_the_successor_says_so(tmp_path: Path) -> None:
    with open_house(tmp_path, EVE + timedelta(hours=1, minutes=30), successive(takes_over=True)) as house:
        before = report(house)
        house.says("engineer2", "接单 W1")
        watched(house)
        house.forward(minutes=29)
        assert house.ticket().contract_version == house.rules.versions_of("smart-hospital")[0].version
        house.forward(minutes=1)
        ticket, after = house.ticket(), clocks(house)
        assert ticket.contract_version == house.rules.versions_of("smart-hospital")[1].version
        assert (ticket.events[-1].kind, ticket.events[-1].by) == (EventKind.RECLASSIFIED, "")
        assert ticket.events[0].data["contract_version"] != ticket.contract_version  # the trail
        assert after["respond"].due == before["respond"].due  # it was answered before
        assert after["fix"].due == before["fix"].due - timedelta(hours=1)
        house.expect("engineer2", "W1", "新一期", "修复")
        house.forget()


def test_what_was_closed_before_it_goes_over_when_it_comes_back(tmp_path: Path) -> None:
    with open_house(tmp_path, EVE + timedelta(hours=1, minutes=30), successive(takes_over=True)) as house:
        report(house)
        for words in ("接单 W1", "修好了 W1", "不清楚"):
            house.says("engineer2", words)
        house.says("nurse", "好了谢谢")
        watched(house)
        house.forward(hours=9)
        first, second = house.rules.versions_of("smart-hospital")
        assert house.ticket().contract_version == first.version
        house.says("nurse", "还是不行")
        house.forward(seconds=1)
        ticket, after = house.ticket(), clocks(house)
        assert (ticket.round, ticket.contract_version) == (2, second.version)
        assert after["fix"].due - after["fix"].start == timedelta(hours=2)
        house.forget()


def test_a_deadline_that_is_near_leaves_thirty_minutes_at_the_change(tmp_path: Path) -> None:
    with open_house(tmp_path, EVE, successive(takes_over=True)) as house:
        report(house)
        watched(house)
        house.forward(hours=2)
        fix = clocks(house)["fix"]
        assert (fix.due, fix.floored) == (EVE + timedelta(hours=2, minutes=30), True)
        house.forget()


def test_a_report_that_comes_in_late_goes_over_within_a_day(tmp_path: Path) -> None:
    with open_house(tmp_path, EVE, successive(takes_over=True)) as house:
        watched(house)
        house.forward(hours=5)
        system = next(s for s in house.rules.catalogue.systems if s.contract == "smart-hospital")
        house.says("nurse", f"{system.name}打不开了", sent_at=EVE + timedelta(hours=1))
        assert house.ticket().contract_version == house.rules.versions_of("smart-hospital")[0].version
        house.says("engineer2", "接单 W1")
        house.forward(hours=24)
        assert house.ticket().contract_version == house.rules.versions_of("smart-hospital")[1].version
        house.forget()


@pytest.mark.parametrize(
    ("days", "said"),
    [("valid_to = 2026-09-30", "已于 2026-09-30 到期"), ("valid_from = 2026-12-01", "自 2026-12-01 起生效")],
)
def test_outside_its_days_a_contract_covers_nothing_and_the_answer_says_so(
    tmp_path: Path, days: str, said: str
) -> None:
    rules = rules_from_files({**packaged_files(), FILE: text(days)})
    with open_house(tmp_path, NIGHT, rules) as house:
        assert {clock.contract for clock in report(house).values()} == {"internal"}
        answer = house.expect("nurse", said, "按内部目标处理").text
        assert "没有服务合同" not in answer, "one reason, not two"
        assert answer.count("该系统") == 1
        house.forget()


def test_outside_its_days_the_sites_default_covers(tmp_path: Path) -> None:
    site = packaged_files()["wardline.toml"].replace("[site]", '[site]\ndefault_contract = "jiahe-icu"')
    rules = rules_from_files({**packaged_files(), FILE: text("valid_to = 2026-09-30"), "wardline.toml": site})
    with open_house(tmp_path, NIGHT, rules) as house:
        assert {clock.contract for clock in report(house).values()} == {"jiahe-icu"}
        house.expect("nurse", "嘉和重症", "已于 2026-09-30 到期")
        house.forget()


def test_a_corrected_system_of_the_same_contract_changes_no_version(tmp_path: Path) -> None:
    with open_house(tmp_path, EVE + timedelta(hours=1), successive()) as house:
        report(house)
        house.forward(hours=2)
        systems = [s for s in house.rules.catalogue.systems if s.contract == "smart-hospital"]
        other = next(s for s in systems if s.id != house.ticket().system)
        house.says("manager", f"W1 是{other.name}")
        assert house.ticket().system == other.id
        assert house.ticket().contract_version == house.rules.versions_of("smart-hospital")[0].version
        house.forget()


def test_two_versions_that_hold_at_one_time_are_refused_with_both_names() -> None:
    with pytest.raises(ContractError) as error:
        successive(more=text("valid_from = 2026-10-31\nvalid_to = 2026-12-31"))
    said = "\n".join(map(str, error.value.problems))
    assert "contracts/smart-3.toml" in said
    assert FILE in said
    assert "contracts/smart-2.toml" in said


def test_an_end_without_a_successor_is_told_sixty_and_thirty_days_before(tmp_path: Path) -> None:
    rules = rules_from_files({**packaged_files(), FILE: text("valid_to = 2026-12-31")})
    with open_house(tmp_path, datetime(2026, 10, 20, tzinfo=ZONE), rules) as house:
        watched(house)
        house.expect_silence("manager", "到期")
        for days in (13, 30):
            house.forward(days=days)
            watched(house)  # told once, however often the folder is read
            for who in ("manager", "provider-manager"):
                house.expect(who, "智能医院", "2026-12-31", "到期")
                house.expect_silence(who, "到期")
        house.forward(days=90)
        house.expect_silence("manager", "到期")


def test_an_end_with_a_successor_is_no_news(tmp_path: Path) -> None:
    with open_house(tmp_path, datetime(2026, 9, 20, tzinfo=ZONE), successive()) as house:
        watched(house)
        house.forward(days=30)
        house.expect_silence("manager", "到期")


def test_a_version_covers_the_systems_that_it_names() -> None:
    """A system that only the successor names is not covered before its first day."""
    before = text(TILL_OCTOBER).replace('"payroll", ', "")
    files = {**packaged_files(), FILE: before, "contracts/smart-2.toml": text(FROM_NOVEMBER)}
    rules = rules_from_files(files)
    for start, id in ((EVE, None), (EVE + timedelta(hours=2), "smart-hospital")):
        contract = rules.covering("payroll", start)
        assert (contract.id if contract else None) == id
    assert rules.covering("hr", EVE) == rules.versions_of("smart-hospital")[0]
