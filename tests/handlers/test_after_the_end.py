"""A contract that wants the cause reported after the repair: the clock outlasts the reporter's confirmation."""

from pathlib import Path

from sla.clock import Clock, ClockState, clocks_of
from sla.message import Purpose
from sla.rules import Rules
from storage.files import packaged_files, rules_from_files
from tests.support.house import House, open_house

REPORT = """
[[clock]]
name = "cause_report"
clause = "2.3"
starts = "resolved"
stops = ["cause_recorded"]
base = "elapsed"
amount = "24 h"
reminders = ["1 h"]
why_zh = "修复后 24 小时内说明故障原因。"
why_en = "The cause is told within 24 hours of the repair."
"""


def wanting_causes() -> Rules:
    files = packaged_files()
    name = "contracts/smart-hospital.toml"
    return rules_from_files({**files, name: files[name].replace("[[breach_group]]", f"{REPORT}\n[[breach_group]]", 1)})


def repaired(house: House) -> None:
    """W1 is mended and confirmed, and nobody has said why it broke."""
    system = next(s for s in house.rules.catalogue.systems if s.contract == "smart-hospital")
    house.says("nurse", f"{system.name}打不开了，急诊科所有电脑都不行")
    for text in ("接单 W1", "修好了 W1", "不清楚"):
        house.says("engineer2", text)
    house.says("nurse", "好了，谢谢")
    house.forget()


def report(house: House) -> Clock:
    ticket, rules = house.ticket(), house.rules
    found = clocks_of(ticket, rules.contract_of(ticket), rules.calendar, rules.versions)
    return next(clock for clock in found if clock.name == "cause_report")


def test_it_is_reminded_of_after_the_confirmation_and_ends_with_the_cause(tmp_path: Path) -> None:
    with open_house(tmp_path, rules=wanting_causes()) as house:
        repaired(house)
        house.forward(hours=23)
        house.expect("engineer2", "cause_report", purpose=Purpose.REMINDER)
        house.says("engineer2", "原因 W1 交换机端口老化")
        assert report(house).state is ClockState.MET
        house.forward(hours=5)
        assert not [h for h in house.all if h.notice.purpose is Purpose.BREACH]
        house.forget()


def test_without_a_cause_it_is_a_breach(tmp_path: Path) -> None:
    with open_house(tmp_path, rules=wanting_causes()) as house:
        repaired(house)
        house.forward(hours=24, minutes=1)
        house.expect("manager", "cause_report", purpose=Purpose.BREACH)
        house.forget()
