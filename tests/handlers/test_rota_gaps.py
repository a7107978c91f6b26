"""A bare night in the rota is told in the afternoon before it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handlers.reach import address_failed
from handlers.rota_gaps import watch_rota
from sla.message import Address
from sla.rota import Shift
from sla.rules import Rules
from storage.files import packaged_rules
from tests.support.house import ZONE, House, open_house

MONDAY = datetime(2026, 10, 12, 9, 0, tzinfo=ZONE)
FRIDAY = datetime(2026, 10, 16, 8, 0, tzinfo=ZONE)


def with_exception(first: str, start: datetime, hours: int) -> Rules:
    """The sample, in which somebody else is on call for a while."""
    rules = packaged_rules()
    team = rules.rota.teams[0]
    shift = Shift(start, start + timedelta(hours=hours), first)
    return replace(rules, rota=replace(rules.rota, teams=(replace(team, exceptions=(shift,)),)))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, MONDAY, with_exception("left-long-ago", FRIDAY, 24)) as opened:
        yield opened


def watched(house: House) -> None:
    house.run(lambda uow: watch_rota(uow, house.rules, house.now))
    house.forward(minutes=1)


def test_the_administrator_and_the_lead_hear_of_it_at_once(house: House) -> None:
    watched(house)
    for who in ("admin", "lead"):
        house.expect(who, "值班表", "10月16日 08:00", "10月17日 08:00", "left-long-ago")
    assert house.heard == []


def test_it_is_said_again_in_the_afternoon_before_and_while_it_lasts(house: House) -> None:
    watched(house)
    house.forget()
    house.forward(days=2, hours=23)
    assert house.heard == []
    house.forward(hours=7)
    assert {heard.who for heard in house.heard} == {"admin", "lead"}
    assert {f"{heard.at.astimezone(ZONE):%m-%d %H:%M}" for heard in house.heard} == {"10-15 15:00"}
    house.forget()
    house.forward(days=3)
    assert [heard.who for heard in house.heard] == ["admin", "lead"], "once more while it lasts"


def test_who_is_on_call_where_every_address_refuses_is_told_of_until_one_works(tmp_path: Path) -> None:
    with open_house(tmp_path, MONDAY, with_exception("nurse", FRIDAY, 24)) as house:
        nurse = Address("webchat", "nurse")
        house.run(lambda uow: address_failed(nurse, "gone", house.now, uow))
        watched(house)
        for who in ("admin", "lead"):
            house.expect(who, "10月16日 08:00", "nurse", "没有可用的联系方式")
        house.says("nurse", "值班")
        house.forget()
        house.forward(days=3, hours=7)
        assert house.heard == []


def test_a_mended_rota_is_told_to_nobody(house: House) -> None:
    watched(house)
    house.forget()
    house.rules = packaged_rules()
    watched(house)
    house.forward(days=6)
    assert house.heard == []


def test_a_team_that_is_gone_is_looked_at_no_more(house: House) -> None:
    watched(house)
    house.forget()
    house.rules = replace(house.rules, rota=replace(house.rules.rota, teams=()))
    house.forward(days=3)
    assert house.run(lambda uow: uow.watched.next_look()) is None


def test_turns_that_have_not_begun_leave_nobody_on_call(tmp_path: Path) -> None:
    rules = packaged_rules()
    team = rules.rota.teams[0]
    late = replace(team, turn=replace(team.turn, since=FRIDAY))
    with open_house(tmp_path, MONDAY, replace(rules, rota=replace(rules.rota, teams=(late,)))) as house:
        watched(house)
        house.expect("admin", "没有人值班", "今天 09:00", "10月16日 08:00")
