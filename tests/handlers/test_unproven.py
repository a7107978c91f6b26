"""A sender whom nothing proves, as of most mails: heard, and given no right of the one whose address stands there."""

from dataclasses import replace

import pytest

from sla.message import Address, Inbound, from_json_inbound, to_json_inbound
from sla.ticket import State
from tests.support.house import House

REPORT = "急诊科HIS打不开，所有电脑都开不了医嘱"
LIN, LI, BOSS = "lin@hospital.example", "li@provider.example", "head@hospital.example"


@pytest.fixture(autouse=True)
def addresses(house: House) -> None:
    for person, address in (("nurse", LIN), ("engineer2", LI), ("manager", BOSS)):
        bind(house, person, Address("mail", address))


def bind(house: House, person: str, address: Address) -> None:
    house.run(lambda uow: uow.bindings.bind(person, address, house.now))


def mails(house: House, who: str, text: str = "", *, action: str = "", proven: bool = False) -> int | None:
    house.said += 1
    key = f"mail-{house.said}"
    return house.take(Inbound("mail", key, who, who, text, house.now, action=action, proven=proven))


def test_it_may_report_and_is_answered_as_somebody_unknown(house: House) -> None:
    assert mails(house, LIN, REPORT) == 1
    house.expect(LIN, "已开工单 W1", "尚未核实")
    assert (house.ticket().reporter, house.ticket().verified) == (f"mail:{LIN}", False)
    house.expect_page("engineer2", "W1")
    mails(house, LIN, "W1 怎么样了")
    house.expect(LIN, "W1")


@pytest.mark.parametrize(
    ("who", "text", "action"),
    [(LI, "接单 W1", ""), (LI, "", "ack:1"), (LI, "修好了 W1", ""), (BOSS, "同意 W1", ""), (LIN, "撤销 W1", "")],
)
def test_it_may_not_act(house: House, who: str, text: str, action: str) -> None:
    house.says("nurse", REPORT)
    house.forget()
    mails(house, who, text, action=action)
    house.expect(who, "无法核实是否您本人")
    assert house.ticket().state is State.REPORTED
    house.forget()


@pytest.mark.parametrize(("text", "action"), [("撤销 W1", ""), ("", "cancel:1"), ("好了，谢谢", ""), ("", "confirm:1")])
def test_nor_end_what_was_reported_without_proof_in_the_same_name(house: House, text: str, action: str) -> None:
    mails(house, LIN, REPORT)
    house.forget()
    mails(house, LIN, text, action=action)
    house.expect(LIN, "无法核实是否您本人")
    assert house.ticket().state is State.REPORTED


def test_who_is_proven_acts(house: House) -> None:
    house.says("nurse", REPORT)
    house.forget()
    mails(house, LI, "接单 W1", proven=True)
    assert (house.ticket().state, house.ticket().assignee) == (State.ACKNOWLEDGED, "engineer2")


def test_what_was_reported_before_the_proof_becomes_the_persons(house: House) -> None:
    mails(house, LIN, REPORT)
    house.forget()
    mails(house, LIN, action="cancel:1", proven=True)
    assert (house.ticket().reporter, house.ticket().verified) == ("nurse", True)
    assert house.ticket().state is State.CANCELLED
    house.forget()


def test_the_inbox_remembers_it_and_takes_older_rows_as_proven() -> None:
    inbound = Inbound("mail", "1", LIN, LIN, REPORT, proven=False)
    kept = to_json_inbound(inbound)
    assert from_json_inbound(kept) == inbound
    del kept["proven"]
    assert from_json_inbound(kept) == replace(inbound, proven=True)
