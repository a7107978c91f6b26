"""Time passes over a real database: pages, reminders, breaches, what is kept of them, and what a downtime leaves."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handlers.foresight import calendar_changed, watch_year
from handlers.time_passes import refresh, time_passes
from sla.fold import fold, then
from sla.ledger import Entry, verify
from sla.message import Address, Purpose
from sla.people import people_of
from sla.rota import Rota
from sla.rules import Rules
from sla.ticket import Event, EventKind
from storage.base import Draft
from storage.files import packaged_rules
from tests.support.house import NIGHT, House, open_house

E = EventKind


def opened(house: House, priority: str = "high", system: str | None = "hr", number: int = 1, **data: object) -> None:
    """A fault in the night, kept as its report would keep it."""
    contract = house.rules.contracts["smart-hospital"]
    facts = {
        "kind": "fault", "priority": priority, "system": system, "contract": contract.id, "department": "emergency",
        "contract_version": contract.version, "text": "打不开", "title": "人事系统打不开", "channel": "webchat",
        "address": "nurse", "conversation": "nurse", **data,
    }  # fmt: skip  # one glance
    ticket = fold(number, [Event(E.REPORTED, house.now, "nurse", facts, house.now)])
    house.run(lambda uow: refresh(ticket, uow, house.rules, house.now, ticket.events, new=True))
    house.deliver()


def happens(house: House, kind: EventKind, by: str = "engineer2", number: int = 1, **data: object) -> None:
    """An event on the ticket, with nothing of what its handler would say."""
    event = Event(kind, house.now, by, data, house.now)
    ticket = house.ticket(number)
    house.run(lambda uow: refresh(then(ticket, event), uow, house.rules, house.now, [event]))
    house.deliver()


def entries(house: House) -> tuple[Entry, ...]:
    return house.run(lambda uow: tuple(uow.ledger.all()))


def next_look(house: House) -> datetime | None:
    return house.run(lambda uow: uow.watched.next_look())


def without(rules: Rules, *ids: str) -> Rules:
    """The rules with these people's addresses taken away."""
    people = (replace(p, addresses=()) if p.id in ids else p for p in rules.people.by_id.values())
    return replace(rules, people=people_of(people))


def test_the_first_page_is_in_the_unit_of_the_report_and_says_what_where_since_when_by_when(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        opened(house)
        page = house.expect_page("engineer2", "W1", "人事系统打不开", "急诊科", "03:42", "响应", "04:12")
        assert [button.action for row in page.buttons for button in row] == ["ack:1"]
        assert page.sound
        assert next_look(house) == NIGHT + timedelta(minutes=10)


def test_the_ladder_is_climbed_and_an_answer_stops_it(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        opened(house)
        house.expect_page("engineer2")
        house.forward(minutes=10)
        house.expect_page("engineer2", "仍无人接单")
        house.forward(minutes=10)
        house.expect_page("engineer1", "仍无人接单")
        happens(house, E.ACKNOWLEDGED)
        house.forward(minutes=30)


def test_a_breach_is_kept_and_both_managers_see_the_record(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        opened(house, "low")
        house.forward(minutes=30)
        house.forget()
        house.forward(seconds=1)
        (entry,) = entries(house)
        assert (entry.kind, entry.clause, entry.clock, entry.contract) == ("breach", "2.3", "respond", "smart-hospital")
        words = house.rules.contracts["smart-hospital"].clause("2.3").text
        for manager in ("provider-manager", "manager"):
            house.expect(manager, "第 2.3 条", words[:40], "04:12", entry.hash[:12], "仍未完成", purpose=Purpose.BREACH)
        house.forward(minutes=5)
        assert len(entries(house)) == 1
        house.forget()


def test_a_late_answer_closes_the_entry_with_the_final_overrun(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        opened(house)
        house.forward(minutes=40)
        happens(house, E.ACKNOWLEDGED)
        assert [(e.kind, e.clock, e.overrun) for e in entries(house)] == [
            ("breach", "respond", 0),
            ("closed", "respond", 600),
        ]
        assert verify(entries(house)) == ""
        house.forget()


def test_a_fact_that_comes_late_withdraws_the_breach_and_the_managers_hear_of_it(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        opened(house)
        house.forward(minutes=31)
        house.forget()
        said = Event(E.ACKNOWLEDGED, house.now - timedelta(minutes=2), "engineer2", {}, house.now)
        ticket = then(house.ticket(), said)
        house.run(lambda uow: refresh(ticket, uow, house.rules, house.now, [said]))
        house.deliver()
        assert [entry.kind for entry in entries(house)] == ["breach", "correction"]
        steps = house.run(lambda uow: uow.tickets.steps(ticket.number))
        (step,) = (step for step in steps if step.startswith("corrected/"))
        for manager in ("provider-manager", "manager"):
            notice = house.expect(manager, "更正", "违约记录 1", "已按时完成", purpose=Purpose.INFO)
            assert notice.key.startswith(f"{ticket.number}:{step}"), "what is done can be told from its notice"


def test_the_hospitals_manager_is_asked_to_see_to_it_and_not_to_take_it(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        opened(house)
        house.forward(minutes=50)
        page = house.expect_page("manager", "升级", "请督促处理")
        assert page.buttons == ()
        assert house.expect_page("provider-manager", "请接单").buttons != ()
        house.forget()


def test_reminders_go_to_the_one_at_it_and_the_nearer_the_higher(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        opened(house)
        happens(house, E.ACKNOWLEDGED, "engineer1")
        happens(house, E.ARRIVED, "engineer1")
        house.forget()
        house.forward(hours=4, minutes=1)
        house.expect("engineer1", "书面方案", "11:42", purpose=Purpose.REMINDER)
        house.expect_silence("lead", "书面方案")
        house.expect_silence("engineer2", "书面方案")
        house.forward(hours=3, minutes=50)
        for who in ("lead", "provider-manager"):
            house.expect(who, "书面方案", "还剩 10分钟", purpose=Purpose.REMINDER)
        house.forget()


def test_after_a_downtime_it_is_done_once_in_order_and_says_that_it_is_late(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        opened(house)
        house.expect_page("engineer2")
        house.now += timedelta(hours=1)
        house.forward(minutes=0)
        house.expect_page("engineer2", "迟发", "03:52")
        house.expect_page("engineer1", "迟发", "04:02")
        house.expect_page("lead", "迟发", "04:12")
        house.expect("manager", "违约记录 1", purpose=Purpose.BREACH)
        house.forget()
        house.forward(minutes=0)
        assert house.heard == []


def test_a_rung_without_an_address_takes_no_time_and_a_manager_hears_of_it(tmp_path: Path) -> None:
    rules = without(packaged_rules(), "engineer1", "engineer2")
    with open_house(tmp_path, rules=rules) as house:
        opened(house)
        house.expect_page("lead", "人事系统打不开")
        house.expect("manager", "呼叫不到", "第一值班人", purpose=Purpose.INFO)
        house.expect("provider-manager", "呼叫不到", "第二值班人", purpose=Purpose.INFO)
        house.forward(minutes=39)
        house.forget()
        house.forward(minutes=12)
        house.expect_page("provider-manager")
        house.expect_page("manager")
        house.forget()


def test_where_there_is_no_rung_above_nobody_is_said_to_be_called(tmp_path: Path) -> None:
    with open_house(tmp_path, rules=without(packaged_rules(), "manager")) as house:
        opened(house)
        house.forward(minutes=51)
        told = house.expect("provider-manager", "呼叫不到“医院管理部门”", "也没有上一级可以呼叫")
        assert "已立即呼叫" not in told.text
        house.forget()


def test_the_group_is_told_first_in_the_service_window(tmp_path: Path) -> None:
    rules = packaged_rules()
    team = replace(rules.rota.teams[0], group=(Address("telegram", "-100"),))
    day = datetime(2026, 10, 12, 9, 0, tzinfo=NIGHT.tzinfo)
    with open_house(tmp_path, start=day, rules=replace(rules, rota=Rota((team,)))) as house:
        opened(house)
        house.expect_page("-100", "新工单", "请现场组接单")
        house.forward(minutes=10)
        assert [heard.who for heard in house.heard if heard.notice.purpose is Purpose.PAGE] == ["engineer2"]
        house.forget()


def test_a_bound_address_is_tried_after_those_of_the_file(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.run(lambda uow: uow.bindings.bind("engineer2", Address("telegram", "77"), house.now))
        opened(house)
        page = house.expect_page("engineer2")
        assert page.addresses == (Address("webchat", "engineer2"), Address("telegram", "77"))


def test_handed_over_the_new_person_is_paged(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        opened(house)
        happens(house, E.ACKNOWLEDGED)
        house.forget()
        happens(house, E.HANDED_OVER, to="engineer1")
        house.expect_page("engineer1", "转交给您")
        house.forward(minutes=20)
        house.expect_page("engineer1", "转交给您")
        house.expect_page("engineer2", "仍无人接单")


def test_forgotten_or_reopened_it_can_be_taken_anew_and_by_somebody_else(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        opened(house)
        house.says("engineer2", "接单 W1")
        house.says("engineer1", "接单 W1")
        assert house.ticket().assignee == "engineer2"
        house.forward(hours=1)
        house.expect_page("engineer2", "还没有进展", "李工")
        house.says("engineer2", "接单 W1")
        house.forward(minutes=29)
        house.forget()
        house.forward(minutes=15)
        house.expect_page("engineer1", "还没有进展")
        house.says("engineer1", "接单 W1")
        assert house.ticket().assignee == "engineer1"
        happens(house, E.RESOLVED, "engineer1")
        happens(house, E.REOPENED, "nurse")
        house.forget()
        house.says("engineer1", "接单 W1")
        assert house.ticket().events[-1].kind is E.ACKNOWLEDGED
        house.forward(minutes=5)
        assert not [heard for heard in house.heard if heard.notice.purpose is Purpose.PAGE]
        house.forget()


def test_a_day_after_the_repair_the_reporter_is_asked_where_they_reported(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        opened(house)
        happens(house, E.RESOLVED)
        house.forget()
        house.forward(hours=24)
        asked = house.expect("nurse", "W1", "现在正常吗")
        assert [button.action for row in asked.buttons for button in row] == ["confirm:1", "still_broken:1"]
        assert next_look(house) is None


def test_a_question_that_nobody_answered_is_open_no_more(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        address = Address("webchat", "nurse")
        draft = Draft("system", {"ticket": 1}, house.now + timedelta(minutes=5))
        house.run(lambda uow: uow.drafts.put(address, draft))
        house.run(lambda uow: time_passes("draft", "webchat:nurse", uow, house.rules, house.now))
        assert next_look(house) == draft.expires_at
        house.forward(minutes=6)
        assert next_look(house) is None
        assert house.run(lambda uow: uow.drafts.get(address, house.now)) is None


def test_what_is_not_there_is_not_looked_at_again_and_an_unknown_kind_is_an_error(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.run(lambda uow: uow.watched.put("ticket", "99", house.now))
        house.forward(minutes=1)
        assert next_look(house) is None
        with pytest.raises(ValueError, match="nobody looks at moon 1"):
            house.run(lambda uow: time_passes("moon", "1", uow, house.rules, house.now))


def test_a_year_that_arrives_moves_open_deadlines(tmp_path: Path) -> None:
    rules = packaged_rules()
    years = tuple(year for year in rules.calendar.years if year.year != 2026)
    unknown = replace(rules, calendar=replace(rules.calendar, years=years))
    with open_house(tmp_path, start=datetime(2026, 9, 30, 10, tzinfo=NIGHT.tzinfo), rules=unknown) as house:
        contract = rules.contracts["cqmu2-his"]
        opened(house, "low", "his", contract=contract.id, contract_version=contract.version)
        happens(house, E.ACKNOWLEDGED)
        happens(house, E.ARRIVED)
        before = next_look(house)
        house.rules = rules
        house.run(lambda uow: calendar_changed(uow, house.now))
        house.forward(minutes=0)
        after = next_look(house)
        assert before is not None
        assert after is not None
        assert after > before, "the week of the holiday does not count"
        house.forget()


def test_a_year_without_a_notice_is_told_from_sixty_days_before_every_week_until_it_is_there(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.run(lambda uow: watch_year(uow, house.rules, house.now))
        assert next_look(house) == datetime(2026, 11, 2, tzinfo=NIGHT.tzinfo)
        house.forward(days=31)
        assert house.all == []
        house.forward(days=7)
        house.expect("admin", "2027", "holidays/2027.toml")
        house.forward(days=7)
        house.expect("admin", "2027")
        calendar = house.rules.calendar
        arrived = replace(calendar, years=(*calendar.years, replace(calendar.years[-1], year=2027, festivals=())))
        house.rules = replace(house.rules, calendar=arrived)
        house.forward(days=30)
        assert house.heard == []
        assert next_look(house) is None
