"""A sixth contract, of the tests alone: seasons, grace, pauses, targets beside obligations, stages after stages."""

from functools import cache

from sla.clock import Clock, clocks_of
from sla.contract import Contract
from sla.contract_reader import read_contract
from sla.fold import fold
from sla.ticket import EventKind, Ticket
from tests.sla.book import calendar
from tests.sla.tickets import event

COUNTY = """
id = "county"
name = "县医院信息系统运维"
hospital = "县医院"
provider = "乙方"
systems = ["lis", "ris"]

[windows]
working_day = ["08:00-12:00", "14:00-18:00"]

[[season]]
name = "summer"
from = "05-01"
to = "09-30"
working_day = ["08:00-12:00", "15:00-18:00"]

[reminders]
fix = ["1 h", "10 min"]
mend = ["1 d"]

[[clause]]
number = "1"
text = "故障应在约定时限内响应、处理，院方未能配合的时间不计入。"

[[clock]]
name = "respond"
clause = "1"
base = "elapsed"
amount = "30 min"
grace = "10 min"
why_zh = "半小时内响应，宽限十分钟。"
why_en = "An answer within half an hour, ten minutes of grace."

[[clock]]
name = "respond"
internal = true
base = "elapsed"
amount = "10 min"
reminders = ["5 min"]
why_zh = "内部目标。"
why_en = "Our own target."

[[clock]]
name = "fix"
clause = "1"
kinds = ["fault"]
priorities = ["critical"]
base = "elapsed"
amount = "2 h"
why_zh = "紧急故障两小时。"
why_en = "A critical fault within two hours."

[[clock]]
name = "fix"
clause = "1"
kinds = ["fault"]
base = "elapsed"
amount = "4 h"
why_zh = "四小时。"
why_en = "Four hours."

[[clock]]
name = "mend"
clause = "1"
stops = ["resolved"]
base = "working_hours"
amount = "6 h"
why_zh = "六个工作小时。"
why_en = "Six working hours."

[[clock]]
name = "settle"
clause = "1"
stops = ["resolved"]
base = "working_days"
amount = "3 days"
why_zh = "三个工作日。"
why_en = "Three working days."

[[clock]]
name = "cooling"
clause = "1"
seasons = ["summer"]
stops = ["arrived"]
base = "elapsed"
amount = "1 h"
why_zh = "夏季一小时到场。"
why_en = "On site within the hour in summer."

[[clock]]
name = "report"
clause = "1"
starts = "resolved"
stops = ["cause_recorded"]
base = "working_days"
amount = "2 days"
why_zh = "修复后两个工作日内提交原因报告。"
why_en = "The cause is reported within two working days of the repair."

[[pause]]
name = "waiting"
clause = "1"
clocks = ["fix", "mend", "settle"]
why_zh = "等待院方"
why_en = "waiting for the hospital"

[[pause]]
name = "night"
clause = "1"
clocks = ["fix"]
at_most = "6 h"
ends = ["arrived"]
why_zh = "夜间不便施工"
why_en = "no work at night"
"""


@cache
def county() -> Contract:
    """The contract."""
    return read_contract(COUNTY, "contracts/county.toml")


def told(instant: str, **labels: object) -> Ticket:
    """A fault of the lis, reported at the instant (on 2026-10-01 where it names no day)."""
    data = {"kind": "fault", "priority": "high", "contract": "county", "system": "lis"} | labels
    return fold(7, [event(EventKind.REPORTED, instant, contract_version=county().version, **data)])


def clocks(ticket: Ticket, contract: Contract | None = None) -> dict[str, Clock]:
    """Its clocks by their keys, those of the first round without its number."""
    found = clocks_of(ticket, contract or county(), calendar())
    by_key = {clock.key.removeprefix("1/"): clock for clock in found}
    assert len(by_key) == len(found), "each clock has a key of its own"
    return by_key


def due(ticket: Ticket, key: str, contract: Contract | None = None) -> str:
    """When a clock is due."""
    return clocks(ticket, contract)[key].due.strftime("%m-%d %H:%M")
