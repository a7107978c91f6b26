"""Waivers: the hospital forgives a breach, the provider may ask, both sides hear of it, and the ledger keeps it all."""

import pytest

from handlers.record import as_text
from sla.figures import breaches_by_group
from sla.ledger import Entry, breaches, standing, verify
from sla.message import Purpose
from tests.support.house import House


@pytest.fixture
def broken(house: House) -> House:
    """W1 of a holiday's night: nobody answered in half an hour, nobody was there in two hours."""
    house.says("nurse", "急诊的人事系统打不开")
    house.forward(minutes=121)
    house.expect("manager", "到场", purpose=Purpose.BREACH)
    house.forget()
    return house


def entries(house: House) -> list[Entry]:
    found = house.run(lambda uow: list(uow.ledger.all()))
    assert verify(found) == ""
    return found


def counted(house: House) -> list[str]:
    return [entry.clock for entry in standing(entries(house))]


def test_the_hospital_waives_a_breach_and_both_sides_hear_of_it(broken: House) -> None:
    assert counted(broken) == ["respond", "arrive"]
    broken.says("manager", "豁免 W1 响应 原因：全院停电，手机基站中断")
    broken.expect("manager", "已豁免违约记录 1（W1）")
    broken.expect("provider-manager", "【豁免】W1", "违约记录 1", "响应", "示例·郑科长", "全院停电")
    assert counted(broken) == ["arrive"]
    waiver = entries(broken)[-1]
    assert (waiver.kind, waiver.refers_to, waiver.by, waiver.clock) == ("waiver", 1, "manager", "respond")
    assert waiver.reason == "全院停电，手机基站中断"
    first, second = breaches(entries(broken))
    assert (first.waiver, first.counts, second.counts) == (waiver, False, True)
    assert dict(breaches_by_group(entries(broken))) == {("smart-hospital", "respond"): 1}, "arrive is of the same group"
    broken.says("manager", "豁免 W1 到场 原因：同上")
    assert breaches_by_group(entries(broken)) == {}


def test_by_the_number_in_the_ledger_and_taken_back(broken: House) -> None:
    broken.says("manager", "豁免 #2 原因：道路封闭")
    broken.expect("provider-manager", "【豁免】", "违约记录 2", "到场")
    assert counted(broken) == ["respond"]
    broken.says("manager", "豁免 #2 原因：道路封闭")
    broken.expect("manager", "已经豁免")
    broken.says("manager", "撤销豁免 W1 原因：查明道路没有封闭")
    broken.expect("provider-manager", "【撤销豁免】", "违约记录 2", "恢复计入")
    assert counted(broken) == ["respond", "arrive"]
    broken.says("manager", "撤销豁免 #2 原因：再来一次")
    broken.expect("manager", "没有豁免")
    broken.says("manager", "豁免 #2 原因：道路确实封闭")
    assert counted(broken) == ["respond"]


def test_a_waiver_leaves_the_clock_and_its_final_overrun_as_they_are(broken: House) -> None:
    broken.says("manager", "豁免 W1 到场 原因：道路封闭")
    broken.forward(minutes=9)
    broken.says("engineer2", "到场 W1")
    broken.forget()
    late = next(breach for breach in breaches(entries(broken)) if breach.entry.clock == "arrive")
    assert (late.entry.overrun, late.final, late.counts) == (10 * 60, True, False)
    broken.says("manager", "撤销豁免 W1 到场 原因：道路没有封闭")
    broken.says("manager", "豁免 W1 响应 原因：停电")
    broken.says("manager", "说明 W1 已核对")
    assert [entry.kind for entry in entries(broken)] == [
        "breach", "breach", "waiver", "closed", "closed", "unwaived", "waiver",
    ], "nothing is recorded twice because of a waiver"  # fmt: skip  # one glance


def test_a_mistyped_clock_waives_no_other_breach_in_its_place(broken: House) -> None:
    broken.says("manager", "豁免 W1 响应 原因：停电")
    broken.says("manager", "豁免 W1 倒场 原因：道路封闭")
    broken.expect("manager", "W1 的违约：#2 到场", "豁免 #2")
    assert counted(broken) == ["arrive"]
    broken.says("manager", "豁免 W1 道路封闭")
    broken.expect("manager", "须写明原因")
    broken.says("manager", "豁免 W1 原因：道路封闭")
    assert counted(broken) == []


def test_what_was_corrected_is_not_meant(broken: House) -> None:
    broken.forward(minutes=9)
    broken.says("engineer2", "到场 W1")
    broken.says("manager", "更正 W1 到场 05:40 原因：签到机慢了")
    broken.says("manager", "豁免 W1 原因：停电")
    broken.expect("manager", "已豁免违约记录 1")
    assert counted(broken) == []


def test_a_breach_that_comes_anew_after_a_correction_is_not_waived(broken: House) -> None:
    broken.forward(minutes=9)
    broken.says("engineer2", "到场 W1")
    broken.says("manager", "豁免 W1 到场 原因：道路封闭")
    broken.says("manager", "更正 W1 到场 05:40 原因：签到机慢了")
    broken.expect("manager", "撤销", "违约记录 2")
    broken.says("manager", "豁免 #2 原因：道路封闭")
    broken.expect("manager", "已更正撤销")
    broken.says("manager", "更正 W1 到场 05:50 原因：又查了一次")
    broken.forget()
    waived, anew = (breach for breach in breaches(entries(broken)) if breach.entry.clock == "arrive")
    assert (waived.entry.seq, waived.counts) == (2, False)
    assert waived.waiver is not None
    assert waived.correction is not None
    assert (anew.waiver, anew.counts) == (None, True)


def test_the_provider_asks_and_the_hospital_says_yes_or_no(broken: House) -> None:
    broken.says("provider-manager", "申请豁免 W1 响应 原因：基站中断")
    broken.expect("provider-manager", "已转给医院管理人员", "违约记录 1")
    broken.expect("manager", "示例·赵经理申请豁免", "违约记录 1", "第 2.3 条", "响应", "基站中断")
    assert counted(broken) == ["respond", "arrive"]
    broken.presses("manager", "不同意")
    broken.expect("provider-manager", "W1 急诊的人事系统打不开：示例·郑科长不同意豁免违约记录 1（第 2.3 条，响应）。")
    broken.presses("manager", "同意")
    broken.expect("manager", "没有待同意的更改")
    broken.says("provider-manager", "申请豁免 #1 原因：附上运营商证明")
    broken.presses("manager", "同意")
    broken.expect("provider-manager", "【豁免】", "运营商证明")
    assert counted(broken) == ["arrive"]
    assert entries(broken)[-1].by == "manager", "who waives is who said yes"
    broken.says("provider-manager", "申请豁免 #1 原因：再来")
    broken.expect("provider-manager", "已经豁免")


def test_the_hospital_says_why_not(broken: House) -> None:
    broken.says("provider-manager", "申请豁免 #2 原因：道路封闭")
    broken.expect("manager", "违约记录 2", "不同意 W1：…")
    broken.says("engineer2", "不同意 W1：道路没有封闭")
    broken.expect("engineer2", "W1")
    broken.says("manager", "不同意 W1：道路没有封闭")
    broken.expect("manager", "已回复不同意（W1）")
    broken.expect("provider-manager", "不同意豁免违约记录 2", "到场", "理由：道路没有封闭")
    broken.presses("manager", "同意")
    broken.expect("manager", "没有待同意的更改")
    assert counted(broken) == ["respond", "arrive"]
    assert broken.ticket().events[-1].data["text"] == "不同意: 道路没有封闭"
    broken.says("provider-manager", "申请豁免 #2 原因：附上照片")
    broken.says("manager", "不同意：照片是昨天的")
    broken.expect("provider-manager", "不同意豁免违约记录 2", "理由：照片是昨天的")
    broken.says("manager", "不同意：还是不行")
    broken.expect("manager", "没有等待您审批的方案")


def test_a_correction_that_is_refused_is_named(broken: House) -> None:
    broken.forward(minutes=9)
    broken.says("engineer2", "到场 W1")
    broken.says("provider-manager", "更正 W1 到场 05:40 原因：签到机慢了")
    broken.says("manager", "不同意 W1 理由：监控显示 05:52")
    broken.expect("provider-manager", "不同意更正“到场：今天 05:52 → 今天 05:40”。", "理由：监控显示 05:52")
    broken.forget()


@pytest.mark.parametrize(
    ("who", "words", "said"),
    [
        ("provider-manager", "豁免 W1 响应 原因：x", "只有医院管理人员可以豁免"),
        ("engineer2", "豁免 #1 原因：x", "只有医院管理人员可以豁免"),
        ("engineer2", "申请豁免 #1 原因：x", "由服务商经理申请"),
        ("provider-manager", "撤销豁免 #1 原因：x", "只有医院管理人员可以豁免"),
        ("manager", "撤销豁免 #1 原因：x", "没有豁免"),
        ("manager", "豁免 W1 响应", "须写明原因"),
        ("manager", "豁免 W1 原因：x", "#1 响应，#2 到场"),
        ("manager", "豁免 #77 原因：x", "台账里没有违约记录 77"),
        ("manager", "豁免 W9 原因：x", "没有工单 W9"),
        ("manager", "撤销豁免 W1 原因：x", "没有已豁免的违约"),
        ("icu-nurse", "豁免 #1 原因：x", "W1"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(broken: House, who: str, words: str, said: str) -> None:
    before = entries(broken), broken.ticket()
    broken.says(who, words)
    broken.expect(who, said)
    assert (entries(broken), broken.ticket()) == before


def test_a_patients_name_in_a_reason_stays_out_of_the_ledger(broken: House) -> None:
    broken.says("manager", "豁免 #1 原因：患者张三丰抢救，电话13812345678")
    assert "13812345678" not in entries(broken)[-1].reason
    assert "13812345678" in str(broken.ticket().events[-1].data["reason"])


def test_in_english(broken: House) -> None:
    broken.says("manager", "waive W1 response reason: the power was out", language="en")
    broken.expect("manager", "Breach 1 of W1 is waived")
    assert counted(broken) == ["arrive"]


def test_the_excess_of_a_quota_is_waived_by_its_number_and_judged_by_no_clock(broken: House) -> None:
    over = Entry(
        "breach", 1, "smart-hospital", "2.5", "quota:downtime/recovery", 1, broken.now, broken.now, 60, "quota:downtime"
    )
    broken.run(lambda uow: uow.ledger.append([over]))
    broken.forward(minutes=9)
    broken.says("engineer2", "到场 W1")
    broken.forget()
    assert counted(broken) == ["respond", "arrive", "quota:downtime/recovery"], "no clock of the ticket says it is gone"
    broken.says("manager", "豁免 #3 原因：全市停电")
    broken.expect("provider-manager", "【豁免】", "第 2.5 条，非计划停机恢复时限")
    assert counted(broken) == ["respond", "arrive"]


def test_the_record_tells_who_waived_it_and_why(broken: House) -> None:
    broken.says("manager", "豁免 #2 原因：道路封闭")
    broken.forget()
    page = as_text(broken.ticket(), entries(broken), broken.rules, "zh", full=False)
    (line,) = [line for line in page.splitlines() if "豁免：" in line]
    for words in ("3. ", "第 2.3, 5.1(4) 条，到场不计违约", "示例·郑科长，原因：道路封闭", "针对记录 2"):
        assert words in line
    assert "违约：W1 智能医院项目运维服务 第 2.3 条，响应超时" in page
