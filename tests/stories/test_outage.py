"""What could not be sent in time is sent only where it is still true."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sla.message import Purpose
from sla.rota import Rota
from storage.files import packaged_rules
from tests.support.house import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        yield opened
        opened.forget()


def out_of_reach(house: House, **span: float) -> None:
    """Time goes on while no channel takes anything; then all do again."""
    deliver = house.deliver
    house.deliver = lambda: None  # type: ignore[method-assign]  # the outage: nothing is sent
    house.forward(**span)
    house.deliver = deliver  # type: ignore[method-assign]  # it is over


def test_a_reminder_that_waits_is_not_sent_once_its_clock_has_stopped(house: House) -> None:
    house.says("nurse", "人力资源系统打不开了")
    house.forget()
    out_of_reach(house, minutes=22)
    house.says("engineer2", "接单 W1")
    house.expect_silence("engineer2", "响应", "还有")
    assert [h.notice.key for h in house.heard if h.notice.purpose is Purpose.REMINDER] == []


def test_a_reminder_of_a_clock_that_runs_on_is_sent_late(house: House) -> None:
    house.says("nurse", "人力资源系统打不开了")
    house.says("engineer2", "接单 W1")
    house.forget()
    out_of_reach(house, minutes=65)
    house.says("engineer2", "远程不行 W1")
    reminders = [h.notice.key for h in house.heard if h.notice.purpose is Purpose.REMINDER]
    assert [key.split("/")[2] for key in reminders] == ["arrive"]
    house.says("engineer2", "到场 W1")
    house.forward(minutes=5)
    assert all("arrive" not in h.notice.key for h in house.heard[1:] if h.notice.purpose is Purpose.REMINDER)


def test_a_page_that_waits_is_not_sent_to_a_team_that_the_ticket_left(tmp_path: Path) -> None:
    rules = packaged_rules()
    (team,) = rules.rota.teams
    other = replace(team, id="his", contracts=frozenset({"cqmu2-his"}), turn=replace(team.turn, engineers=("lead",)))
    with open_house(tmp_path, rules=replace(rules, rota=Rota((replace(team, exceptions=()), other)))) as house:
        deliver = house.deliver
        house.deliver = lambda: None  # type: ignore[method-assign]  # the outage: nothing is sent
        house.says("nurse", "人力资源系统打不开了")
        house.forward(minutes=2)
        house.deliver = deliver  # type: ignore[method-assign]  # it is over
        house.says("nurse", "不是人力资源系统，是HIS")
        assert house.ticket().contract == "cqmu2-his"
        assert [heard.who for heard in house.heard if heard.notice.purpose is Purpose.PAGE] == ["lead"]
        house.forget()
