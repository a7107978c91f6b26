"""Outages as the hospital lives them: confirmed, proposed, going on, put right."""

from datetime import timedelta
from pathlib import Path

from handlers.record import as_text
from sla.message import Purpose
from sla.ticket import EventKind
from tests.handlers.outages import MANAGERS, mended, on, quota_lines
from tests.support.house import House, open_house
from tests.support.settled import shown_to


def test_the_hospital_is_asked_once_when_it_is_mended(house: House) -> None:
    number = mended(house, on("10-13"), 30)
    house.expect("manager", "W1", "这次算业务停顿吗", "今天 09:00 至 今天 09:30，共 30 分钟", purpose=Purpose.INFO)
    house.expect_silence("provider-manager", "业务停顿")
    house.presses("manager", "全院停机")
    house.expect("manager", "W1 记为非计划停机", "2026年10月非计划停机 30/60 分钟", "2026年非计划停机 1/2 次")
    house.expect("provider-manager", "示例·郑科长把 W1", "记为非计划停机")
    outage = house.ticket(number).outage
    assert outage is not None
    assert (outage.began, outage.ended, outage.by) == (on("10-13"), on("10-13", "09:30"), "manager")
    house.says("nurse", f"W{number} 还是不行")
    house.says("engineer1", f"修好了 W{number} 原因：宕机 方法：重启 结果：恢复")
    house.expect_silence("manager", "这次算业务停顿吗")
    house.forget()


def test_what_touched_one_desk_is_not_asked_about(house: House) -> None:
    house.now = on("10-13")
    number = house.says("nurse", "我这台电脑人力资源系统打不开")
    house.says("engineer1", f"接单 W{number}")
    house.says("engineer1", f"修好了 W{number} 原因：缓存 方法：清理 结果：恢复")
    house.expect_silence("manager", "业务停顿")
    house.forget()


def test_neither_is_on_record_and_counts_nowhere(house: House) -> None:
    mended(house, on("10-13"), 90)
    house.forget()
    house.presses("manager", "都不是")
    house.expect("manager", "记为不是业务停顿")
    assert house.ticket().outage is None
    assert house.ticket().events[-1].kind is EventKind.OUTAGE
    assert not quota_lines(house)


def test_times_are_said_in_words_and_exact_to_the_second(house: House) -> None:
    mended(house, on("10-13"), 70)
    house.now = on("10-16", "15:00")
    house.says("manager", "停机 W1 08:50:20-09:50:21 数据库宕机")
    house.expect("manager", "W1 记为非计划停机：10月13日 08:50 至 10月13日 09:50，共 61 分钟")
    for who in MANAGERS:
        house.expect(who, "违约记录", "恢复用时 61 分钟，限 60 分钟", "第 2.5 条", purpose=Purpose.BREACH)
    house.forget()
    [breach, closed, missed] = quota_lines(house)
    assert (missed.kind, missed.overrun) == ("missed", 1)
    assert (breach.kind, breach.clock, breach.clause) == ("breach", "quota:downtime/recovery", "2.5")
    assert breach.due == on("10-13", "09:50:20")
    assert (closed.kind, closed.overrun) == ("closed", 1)
    assert house.ticket().events[-1].data["text"] == "08:50:20-09:50:21 数据库宕机"


def test_an_outage_over_midnight_is_understood_and_split(house: House) -> None:
    house.now = on("10-01", "00:10")
    house.says("nurse", "全院人力资源系统打不开")
    house.now = on("10-01", "09:00")
    house.forget()
    house.says("manager", "停机 W1 23:30-00:20")
    house.expect("manager", "昨天 23:30 至 今天 00:20，共 50 分钟", "2026年9月非计划停机 30/60 分钟")
    house.says("manager", "停机账")
    house.expect("manager", "2026年9月：30/60 分钟", "2026年10月：20/60 分钟")
    house.forget()


def test_an_outage_goes_on_until_it_is_said_to_be_over_or_mended(house: House) -> None:
    house.now = on("10-13")
    house.says("nurse", "全院人力资源系统打不开")
    house.says("manager", "停机 W1 08:55 起")
    house.expect("manager", "今天 08:55 起，尚未恢复，已 5 分钟")
    outage = house.ticket().outage
    assert outage is not None
    assert outage.ended is None
    house.now = on("10-13", "09:20")
    house.says("engineer1", "修好了 W1 原因：宕机 方法：重启 结果：恢复")
    mended_outage = house.ticket().outage
    assert mended_outage is not None
    assert mended_outage.ended == on("10-13", "09:20"), "the repair ends it"
    house.says("manager", "停机结束 W1 09:15")
    house.expect("manager", "今天 08:55 至 今天 09:15，共 20 分钟")
    house.says("nurse", "W1 还是不行")
    again = house.ticket().outage
    assert again is not None
    assert again.ended == on("10-13", "09:15"), "and it does not begin again by itself"
    house.forget()


def test_what_was_left_out_stays_as_it_was_said(house: House) -> None:
    mended(house, on("10-13"), 30)
    house.says("manager", "停机 W1 09:05-09:25")
    house.says("manager", "停机 W1 09:02")
    house.expect("manager", "今天 09:02 至 今天 09:25")
    house.says("manager", "部门影响 W1")
    house.expect("manager", "W1 由“非计划停机，今天 09:02 至 今天 09:25，共 23 分钟”改为“部门级业务影响，今天 09:02")
    house.says("manager", "部门影响 W1")
    house.expect("manager", "W1 已是这样记的")
    assert sum(event.kind is EventKind.OUTAGE for event in house.ticket().events) == 3


def test_another_stretch_is_told_as_a_change(house: House) -> None:
    mended(house, on("10-13"), 30)
    house.presses("manager", "全院停机")
    house.forget()
    house.says("manager", "停机 W1 09:05-09:25")
    old, new = "今天 09:00 至 今天 09:30，共 30 分钟", "今天 09:05 至 今天 09:25，共 20 分钟"
    house.expect("manager", f"W1 由“非计划停机，{old}”改为“非计划停机，{new}”")
    house.expect("provider-manager", "示例·郑科长把 W1", f"由“非计划停机，{old}”改为“非计划停机，{new}”")


def test_what_was_over_before_the_fault_was_not_its_outage(house: House) -> None:
    mended(house, on("10-13"), 30)
    house.presses("manager", "全院停机")
    before = house.ticket().outage
    house.says("manager", "停机 W1 08:00–08:20")
    house.expect("manager", "结束时间 今天 08:20 早于故障开始或报障的时间 今天 09:00，未记录")
    house.says("manager", "停机结束 W1 08:40")
    house.expect("manager", "结束时间 今天 08:40 不在开始时间 今天 09:00 之后")
    assert house.ticket().outage == before
    house.says("manager", "停机 W1 08:30-09:10")
    house.expect("manager", "改为“非计划停机，今天 08:30 至 今天 09:10")


def test_an_end_before_the_beginning_is_told_as_one(house: House) -> None:
    mended(house, on("10-13"), 50)
    house.says("manager", "停机 W1 09:40—09:00")
    house.expect("manager", "结束时间 今天 09:00 不在开始时间 今天 09:40 之后")
    house.says("manager", "停机 W1 09:40—24:00")
    house.expect("manager", "明天 00:00 还没有到")
    assert house.ticket().outage is None


def test_who_is_asked_about_one_level_says_yes_or_no(house: House) -> None:
    mended(house, on("10-13"), 30)
    asked = house.expect("manager", "这次算业务停顿吗")
    assert [button.label for row in asked.buttons for button in row] == ["全院停机", "部门级影响", "都不是"]
    house.says("manager", "停机 W1 09:00-09:20")
    house.forget()
    house.says("provider-manager", "部门影响 W1 09:05-09:25")
    proposed = house.expect("manager", "算部门级业务影响")
    assert [button.label for row in proposed.buttons for button in row] == ["属实", "不是"]
    house.presses("manager", "不是")
    house.expect("manager", "W1 不改，仍记为非计划停机，今天 09:00 至 今天 09:20")
    house.says("provider-manager", "不是停机 W1")
    house.presses("manager", "属实")
    house.expect("manager", "W1 记为不是业务停顿")
    assert house.ticket().outage is None


def test_what_cannot_be_is_said_and_changes_nothing(house: House) -> None:
    mended(house, on("10-13"), 30)
    for said, answer in (
        ("停机 W1 09:20-09:20", "不在开始时间 今天 09:20 之后"),
        ("停机 W1 9点20到10点40", "今天 10:40 还没有到"),
        ("停机 W1 昨天上午", "没看懂起止时间"),
        ("停机 W1 25:00-26:00", "没看懂起止时间"),
        ("停机结束 W1 09:10", "没有记为业务停顿"),
        ("不是停机 W1", "没有记为业务停顿"),
        ("停机 W7", "没有工单 W7"),
    ):
        house.says("manager", said)
        house.expect("manager", answer)
    for who in ("nurse", "engineer1", "head-emergency"):
        house.says(who, "停机 W1 09:00-09:10")
        house.expect(who, "由医院管理部门确认")
    house.says("engineer1", action="outage:1:none")
    house.expect("engineer1", "由医院管理部门确认")
    for action in ("outage:1:downtime", "outage:1:downtime:x:", "outage:1:flood:1:2"):
        house.says("manager", action=action)
        house.expect("manager", "这个按钮已经失效")
    assert all(event.kind is not EventKind.OUTAGE for event in house.ticket().events)


def test_the_provider_proposes_and_the_hospital_decides(house: House) -> None:
    mended(house, on("10-13"), 30)
    house.says("provider-manager", "部门影响 W1 09:05-09:25")
    house.expect("provider-manager", "已请医院管理部门（示例·郑科长）确认")
    house.expect("manager", "示例·赵经理提出", "算部门级业务影响", "今天 09:05 至 今天 09:25")
    assert house.ticket().outage is None
    house.presses("manager", "属实")
    house.expect("manager", "W1 记为部门级业务影响", "2026年10月部门级业务影响 1/1 次")
    house.says("provider-manager", "不是停机 W1")
    house.expect("manager", "示例·赵经理提出：W1", "不算业务停顿")
    assert house.ticket().outage is not None


def test_who_proposed_hears_that_what_is_on_record_stays_and_so_does_the_record(house: House) -> None:
    mended(house, on("10-13"), 30)
    house.says("manager", "停机 W1 09:00-09:20")
    before = house.ticket().outage
    house.says("provider-manager", "不是停机 W1")
    first = house.expect("manager", "不算业务停顿").buttons
    house.says("provider-manager", "部门影响 W1 09:05-09:25")
    house.forget()
    house.presses("manager", "不是")
    told = house.expect("provider-manager", "W1", "不同意您提出的更改，仍记为非计划停机").text
    assert "示例·郑科长" in told
    assert shown_to(house, "manager", "算部门级业务影响") == ["示例·郑科长已答：不改"]
    assert shown_to(house, "manager", "不算业务停顿") == [], "what else was proposed still waits"
    assert house.ticket().outage == before
    house.presses("manager", "不是")
    house.expect("manager", "W1 已是这样记的：非计划停机")
    house.expect_silence("provider-manager", "不同意")
    house.says("manager", action=first[0][0].action)
    assert house.ticket().outage is None
    assert shown_to(house, "manager", "不算业务停顿") == ["示例·郑科长已答：都不是"]
    page = as_text(house.ticket(), (), house.rules, "zh", full=True)
    assert "提请认定业务停顿" in page
    assert "业务停顿记录不改" in page


def test_a_no_that_comes_after_the_record_was_put_right_tells_nobody_of_a_refusal(house: House) -> None:
    mended(house, on("10-13"), 30)
    house.says("manager", "停机 W1 09:00-09:20")
    house.says("provider-manager", "部门影响 W1 09:05-09:25")
    yes, no = house.expect("manager", "算部门级业务影响").buttons[0]
    house.says("manager", action=yes.action)
    house.forget()
    house.says("manager", action=no.action)
    house.expect("manager", "W1 已是这样记的：部门级业务影响")
    house.expect_silence("provider-manager", "不同意")
    for made_up in ("outage:1:stays", "outage:1:stays:0", "outage:1:stays:99", "outage:1:stays:x"):
        house.says("manager", action=made_up)
        house.expect("manager", "W1 已是这样记的")


def test_a_nurse_who_says_downtime_reports_a_fault(house: House) -> None:
    house.now = on("10-13")
    assert house.says("nurse", "停机") == 1
    assert house.says("nurse", "停机了，人力资源系统全院打不开") is not None
    house.forget()


def test_tickets_of_one_incident_are_one_outage(house: House) -> None:
    house.now = on("10-13")
    house.says("nurse", "全院人力资源系统打不开")
    house.says("icu-nurse", "全院人力资源系统打不开")
    house.says("manager", "合并 W2 W1")
    assert house.ticket(2).incident == 1
    house.says("engineer1", "修好了 W1 原因：宕机 方法：重启 结果：恢复")
    asked = [heard for heard in house.heard if heard.who == "manager" and "业务停顿" in heard.notice.text]
    assert [heard.notice.ticket for heard in asked] == [1]
    house.says("manager", "停机 W2 08:30-09:00")
    house.expect("manager", "W2 已并入 W1，按 W1 记", "W1 记为非计划停机", "2026年非计划停机 1/2 次")
    assert house.ticket(2).outage is None
    house.forget()


def test_contracts_without_quotas_only_keep_the_record(tmp_path: Path) -> None:
    with open_house(tmp_path, on("10-13")) as house:
        house.says("nurse", "全院HIS打不开，都开不了医嘱")
        house.says("engineer1", "接单 W1")
        house.now += timedelta(minutes=90)
        house.says("engineer1", "修好了 W1 原因：锁表 方法：结束会话 结果：恢复")
        house.forget()
        house.says("manager", "停机 W1")
        house.expect("manager", "今天 09:00 至 今天 10:30，共 90 分钟", "没有限额，只作记录")
        assert not quota_lines(house)
        house.says("manager", "停机账")
        house.expect("manager", "非计划停机（合同没有限额，只作记录）\n  W1 今天 09:00 至 今天 10:30，共 90 分钟。")
