"""Who is reached, and who is not any more: forgotten tickets, people without an address, notices that wait too long."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from sla.labels import Role
from sla.message import Address, Notice, Purpose
from sla.people import People, Person
from storage.files import packaged_rules
from tests.support.house import NIGHT, ZONE, House, open_house

PLAN = "方案 W1 换交换机，10月3日18:00前完成"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """W1 is under the contract with written plans, engineer2 has it."""
    with open_house(tmp_path) as opened:
        opened.says("nurse", "急诊科所有电脑OA打不开")
        opened.says("manager", "W1 是人力资源管理系统")
        opened.says("engineer2", "接单 W1")
        opened.forget()
        yield opened


def test_who_is_paged_for_a_forgotten_ticket_takes_it_by_word_and_who_forgot_it_is_not_told(house: House) -> None:
    house.forward(minutes=80)
    house.expect_page("engineer2")
    house.expect_page("engineer1")
    house.says("engineer1", "接单")
    assert house.ticket().assignee == "engineer1"
    house.forget()
    house.says("engineer1", "到场")
    house.forget()


def directory(people: Iterable[Person]) -> People:
    """Everybody, to be found by id and by address."""
    all_of_them = tuple(people)
    return People(
        {person.id: person for person in all_of_them},
        {address: person for person in all_of_them for address in person.addresses},
        {},
    )


def waiting(house: House) -> None:
    """A page and a reminder of W1 that no channel has taken yet."""
    at = (Address("webchat", "engineer1"),)
    notices = [
        Notice(f"late:{p}", p, at, str(p), person="engineer1", ticket=1) for p in (Purpose.PAGE, Purpose.REMINDER)
    ]
    house.run(lambda uow: uow.outbox.add(notices, house.now))


@pytest.mark.parametrize(("words", "left"), [("到场 W1", {"reminder"}), ("修好了 W1 原因：a 方法：b 结果：c", set())])
def test_a_page_that_still_waits_is_dropped_by_whatever_an_engineer_does(
    house: House, words: str, left: set[str]
) -> None:
    waiting(house)
    house.says("engineer2", words)
    assert {heard.notice.text for heard in house.heard if heard.who == "engineer1"} & {"page", "reminder"} == left
    house.forget()


def test_a_reminder_for_somebody_without_an_address_goes_to_those_above(tmp_path: Path) -> None:
    rules = packaged_rules()
    people = directory(replace(p, addresses=()) if p.id == "engineer2" else p for p in rules.people.by_id.values())
    with open_house(tmp_path, rules=replace(rules, people=people)) as house:
        house.says("nurse", "人力资源管理系统打不开")
        house.forward(hours=4, minutes=5)  # the first of five is for the engineer alone
        house.expect("lead", "书面方案", "4小时", purpose=Purpose.REMINDER)
        house.forget()


def test_a_deadline_that_has_passed_is_not_approved(house: House) -> None:
    house.says("engineer2", PLAN)
    house.now = datetime(2026, 10, 4, 9, tzinfo=ZONE)
    house.presses("manager", "同意")
    house.expect("manager", "昨天 18:00", "已过")
    assert not house.ticket().plans[0].approvals
    house.says("manager", "同意 W1 限期明天18:00")
    house.says("head-emergency", "同意 W1 限期10月6日18:00", language="zh")
    plan = house.ticket().plan
    assert plan is not None
    assert plan.approved_deadline == datetime(2026, 10, 5, 18, tzinfo=ZONE)
    house.forget()


def test_only_a_manager_of_the_contract_names_who_approves(tmp_path: Path) -> None:
    rules = packaged_rules()
    manager = rules.people.by_id["manager"]
    other = replace(
        manager,
        id="other",
        staff_number="",
        addresses=(Address("webchat", "other"),),
        contracts=frozenset({"jiahe-icu"}),
    )
    assert Role.HOSPITAL_MANAGER in other.roles
    with open_house(tmp_path, NIGHT, replace(rules, people=directory((*rules.people.by_id.values(), other)))) as house:
        house.says("nurse", "急诊科HIS打不开，全科都开不了医嘱")
        house.says("other", "审批人 W1 示例·韩主任")
        assert not any("approver" in event.data for event in house.ticket().events)
        house.says("manager", "审批人 W1 示例·韩主任")
        assert any("approver" in event.data for event in house.ticket().events)
        house.forget()
