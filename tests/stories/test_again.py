"""What happens a second time: a breach after its correction, a plan in the second round, a ticket for another team."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sla.clock import Clock, clocks_of
from sla.ledger import standing
from sla.message import Purpose
from sla.rota import Rota
from storage.files import packaged_rules
from tests.support.house import ZONE, House, open_house

MENDED = "修好了 W1 原因：a 方法：b 结果：c"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """W1 is under the contract with written plans, engineer2 has it."""
    with open_house(tmp_path) as opened:
        opened.says("nurse", "急诊科所有电脑OA打不开")
        opened.says("manager", "W1 是人力资源管理系统")
        opened.says("engineer2", "接单 W1")
        opened.forget()
        yield opened


def fix(house: House) -> Clock:
    ticket = house.ticket()
    clocks = clocks_of(ticket, house.rules.contract_of(ticket), house.rules.calendar, house.rules.versions)
    return next(clock for clock in clocks if clock.name == "fix")


def two_plans(house: House) -> None:
    """Of W1 and of W2, which engineer2 has as well."""
    house.says("engineer2", "方案 W1 换交换机，10月3日18:00前完成")
    house.says("head-icu", "ICU薪资查询系统打不开")
    house.says("engineer2", "接单 W2")
    house.says("engineer2", "方案 W2 换网线，10月3日18:00前完成")
    house.forget()


def test_a_breach_after_its_correction_is_recorded_at_its_instant_and_told_again(house: House) -> None:
    due = fix(house).due
    house.forward(seconds=(due - house.now).total_seconds() + 60)
    house.forget()
    house.says("engineer2", MENDED, sent_at=due - timedelta(minutes=2))
    house.expect("manager", "更正")
    house.forget()
    house.says("nurse", "还是不行 W1")
    due = fix(house).due
    house.forward(minutes=5)
    house.expect("manager", "修复", purpose=Purpose.BREACH)
    house.expect("provider-manager", "修复", purpose=Purpose.BREACH)
    entries = house.run(lambda uow: tuple(uow.ledger.of_ticket(1)))
    assert [entry.kind for entry in entries if entry.clock == "fix"] == ["breach", "correction", "breach"]
    (breach,) = (entry for entry in standing(entries) if entry.clock == "fix")
    assert timedelta() < breach.recorded_at - due < timedelta(seconds=1)
    house.forward(minutes=20)
    house.expect_silence("manager", "违约")
    house.forget()


def test_the_plan_of_a_second_round_is_not_taken_for_that_of_the_first(house: House) -> None:
    house.says("engineer2", "方案 W1 换交换机")
    house.says("engineer2", "10月3日18:00")
    house.says("engineer2", MENDED)
    house.says("nurse", "好了谢谢")
    house.says("nurse", "还是不行")
    house.says("engineer2", "接单 W1")
    house.forget()
    house.says("engineer2", "方案 W1 换主板，10月5日18:00前完成")
    house.expect("head-emergency", "换主板", "10月5日 18:00")
    house.says("manager", action="approve:1:1:management")
    house.expect("manager", "已被新方案取代")
    house.presses("manager", "同意")
    house.presses("head-emergency", "同意")
    plan = house.ticket().plan
    assert plan is not None
    assert plan.approved_deadline == datetime(2026, 10, 5, 18, tzinfo=ZONE)


def test_in_a_second_round_nobody_has_the_ticket_until_it_is_taken(house: House) -> None:
    house.says("engineer2", "转给 engineer1 W1")
    house.says("engineer1", "接单 W1")
    house.says("engineer1", MENDED)
    house.says("nurse", "好了谢谢")
    house.says("nurse", "还是不行")
    house.forward(minutes=25)
    reminded = {heard.who for heard in house.heard if heard.notice.purpose is Purpose.REMINDER}
    assert "engineer2" in reminded  # who is on call
    assert "engineer1" not in reminded
    house.forget()


@pytest.mark.parametrize("by_button", [True, False])
def test_a_reason_goes_to_the_plan_that_was_refused_last(house: House, by_button: bool) -> None:
    two_plans(house)
    house.says("manager", action="refuse:1:1:management")
    if by_button:
        house.says("manager", action="refuse:2:1:management")
        house.expect("manager", "W2", "不同意的理由")
        house.says("manager", "太晚")
    else:
        house.says("manager", "不同意 W2：太晚")
    house.expect("engineer2", "W2", "太晚")
    first, second = house.ticket(1).plan, house.ticket(2).plan
    assert first is not None
    assert first.refused_at is None
    assert second is not None
    assert second.refused_by == "manager"


def test_a_report_is_no_answer_to_what_was_decided_meanwhile(house: House) -> None:
    house.says("engineer2", "方案 W1 换交换机，10月3日18:00前完成")
    house.presses("head-emergency", "不同意")
    house.presses("head-emergency", "同意")
    house.says("head-emergency", "急诊科PACS看不了片子")
    house.expect_page("engineer2", "PACS")
    assert house.count() == 2


def test_a_question_that_was_decided_meanwhile_takes_one_answer_at_most(house: House) -> None:
    house.says("engineer2", "方案 W1 换交换机，10月3日18:00前完成")
    house.presses("head-emergency", "不同意")
    house.presses("head-emergency", "同意")
    house.says("head-emergency", "夜里不能停机")
    house.expect("head-emergency", "已")
    house.forget()
    house.says("head-emergency", "谢谢")
    house.expect("head-emergency", "不客气")


@pytest.mark.parametrize("words", ["接单", "接单 W1"])
def test_who_is_called_because_a_ticket_came_to_their_team_can_take_it(tmp_path: Path, words: str) -> None:
    rules = packaged_rules()
    (team,) = rules.rota.teams
    turn = replace(team.turn, engineers=("lead",))
    other = replace(team, id="other", contracts=frozenset({"smart-hospital"}), turn=turn, exceptions=())
    with open_house(tmp_path, rules=replace(rules, rota=Rota((team, other)))) as house:
        house.says("nurse", "急诊科HIS打不开，全科都开不了医嘱")
        house.expect_page("engineer2")
        house.says("engineer2", "接单 W1")
        house.says("manager", "W1 是人力资源管理系统")
        house.expect_page("lead")
        house.says("lead", words)
        assert house.ticket().assignee == "lead"
        house.forward(minutes=15)  # nobody else is paged


def test_the_second_who_is_paged_for_a_reopened_ticket_takes_it_by_word(house: House) -> None:
    house.says("engineer2", MENDED)
    house.says("nurse", "还是不行")
    house.forward(minutes=21)
    house.expect_page("engineer1", "重新打开")
    house.says("engineer1", "接单")
    assert house.ticket().assignee == "engineer1"
    house.forget()
