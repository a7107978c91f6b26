"""The page of a record speaks in words: no name of the program, no mark of its own."""

import re
from datetime import datetime

import pytest

from bot.simulate.worlds import plans
from bot.simulate.year import Simulation
from handlers.reading import TOGETHER
from handlers.record import as_text
from handlers.record_words import SAID, UNSAID, told
from sla.fold import fold
from sla.ticket import Event, EventKind, Ticket
from storage.files import packaged_rules
from tests.support.house import ZONE, House

RULES = packaged_rules()
AT = datetime(2026, 10, 1, 3, 42, tzinfo=ZONE)
LATER, ALIKE = "2026-10-03T18:00:00+08:00", "alike-within-window: his down, 4 min after the latest"
MARK = re.compile(r"=|True|False|None|_|->|\{")
"""What only a program writes."""


@pytest.fixture(scope="module")
def lived() -> tuple[Simulation, list[Ticket]]:
    """Three days of a hospital, and its tickets."""
    simulation = Simulation(plans("record", 3, 160, None)[0])
    assert simulation.run().broken is None
    tickets = simulation.player.memory.uow.tickets
    return simulation, [ticket for number in tickets.numbers() if (ticket := tickets.load(number))]


def test_all_that_happens_in_a_hospital_has_words(lived: tuple[Simulation, list[Ticket]]) -> None:
    keys = {key for ticket in lived[1] for event in ticket.events for key in event.data}
    assert len(keys) > 25
    assert keys <= SAID.keys() | UNSAID


def test_no_page_has_a_mark_of_the_program(lived: tuple[Simulation, list[Ticket]]) -> None:
    simulation, tickets = lived
    for ticket in tickets:
        entries = list(simulation.player.memory.uow.ledger.of_ticket(ticket.number))
        for language in ("zh", "en"):
            page = as_text(ticket, entries, simulation.player.rules, language, full=True)
            assert not MARK.search(page), page


FIRST = Event(EventKind.REPORTED, AT, "nurse", {"kind": "fault", "priority": "high", "text": "HIS打不开"}, AT)


@pytest.mark.parametrize(
    ("kind", "data", "zh"),
    [
        ("noted", {"text": "一直转圈", "part": True}, "“一直转圈”；报障后接着说的"),
        ("reclassified", {"reason": TOGETHER, "scope": "department"}, "报障后接着说的；整个科室受影响"),
        ("reclassified", {"reason": "proposed by engineer1", "priority": "low"}, "示例·王工建议；优先级 低"),
        ("reclassified", {"reason": "全院", "text": "全院的", "scope": "hospital"}, "“全院的”；全院受影响"),
        ("reclassified", {"system": None, "reason": "不清楚"}, "系统待确认；原因：不清楚"),
        ("joined", {"incident": 3, "why": ALIKE}, "已并入W3；同一系统、时间相近的同类故障"),
        ("joined", {"incident": 3, "why": "said-so: 我们也是"}, "已并入W3；报障人说情况一样"),
        ("parted", {"text": "W1 leads no more", "leads": True}, "W1 不再牵头；改由本工单牵头"),
        ("parted", {"text": "reopened", "of": 4}, "没有修好，单独重新打开；原属事件 W4"),
        ("parted", {"text": "不是一回事", "wrong": True}, "“不是一回事”；不是同一问题"),
        ("noted", {"asked": "known", "incident": 2}, "已问报障人是否与 W2 同一故障"),
        ("noted", {"asked": "maintenance", "maintenance": 5}, "已问报障人是否由维护 5 造成"),
        ("continued", {"reason": "at_most"}, "已到约定的最长暂停时间"),
        (
            "plan_approved",
            {"number": 2, "side": "management", "deadline": LATER},
            "方案 2；管理部门；限期 2026-10-03 18:00",
        ),
        ("noted", {"asks": "amendment", "event": 0, "at": LATER}, "申请更正；报障；改为 2026-10-03 18:00"),
        ("noted", {"waived": 17, "reason": "停电", "decides": 3}, "豁免违约记录 17；原因：停电；答复申请"),
        ("rated", {"points": 90, "label": "satisfied"}, "满意（90 分）"),
        ("outage", {"level": "downtime", "began": LATER, "ended": None}, "非计划停机；始于 2026-10-03 18:00"),
        ("noted", {"proposes": "outage", "none": True}, "提请认定业务停顿；不算业务停顿"),
        ("noted", {"outage": "kept", "decides": 3}, "业务停顿记录不改；答复申请"),
        ("handed_over", {"to": "engineer1"}, "示例·王工"),
        ("noted", {"file": "f1", "file_name": "报错.jpg", "file_type": "image/jpeg"}, "附件：报错.jpg"),
        ("noted", {"something": "new"}, "something：new"),
    ],
)
def test_each_of_the_data_in_words(kind: str, data: dict[str, object], zh: str) -> None:
    assert words_of(kind, data, "zh") == zh


def test_in_english_as_well() -> None:
    assert words_of("joined", {"incident": 3, "why": ALIKE}, "en").startswith("joined to W3; a like fault")
    assert words_of("rated", {"points": 90, "label": "satisfied"}, "en") == "Satisfied (90 points)"
    assert words_of("noted", {"text": "slow", "part": True}, "en") == '"slow"; said right after the report'


def words_of(kind: str, data: dict[str, object], language: str) -> str:
    return told(fold(1, (FIRST,)), Event(EventKind(kind), AT, "nurse", data, AT), data, RULES, language)


def test_an_amendment_is_told_once(house: House) -> None:
    house.says("nurse", "急诊HIS打不开")
    house.says("engineer2", "接单 W1")
    house.forward(minutes=9)
    house.says("engineer2", "到场 W1")
    house.says("provider-manager", "更正 W1 到场 03:45 原因：签到机慢了")
    house.forget()
    page = as_text(house.ticket(), (), house.rules, "zh", full=False)
    line = next(line for line in page.splitlines() if "记录更正" in line)
    assert line.endswith("到场：2026-10-01 03:51 → 2026-10-01 03:45  原因：签到机慢了")
