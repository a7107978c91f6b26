"""Facts put right after the event: who may, what it changes, who hears of it, what stays on record."""

from datetime import datetime, timedelta

import pytest

from handlers.record import as_json, as_text
from sla.ledger import Entry, standing, verify
from sla.message import Purpose
from sla.ticket import EventKind, State
from tests.support.house import NIGHT, ZONE, House

E = EventKind


@pytest.fixture
def late(house: House) -> House:
    """W1 of a holiday's night (03:42): taken at 03:50, arrival written down at 05:52, ten minutes late."""
    house.says("nurse", "急诊的人事系统打不开")
    house.forward(minutes=8)
    house.says("engineer2", "接单 W1")
    house.forward(minutes=122)
    house.says("engineer2", "到场 W1")
    house.expect("manager", "到场", purpose=Purpose.BREACH)
    house.forget()
    return house


def entries(house: House) -> list[Entry]:
    return house.run(lambda uow: list(uow.ledger.all()))


def counted(house: House) -> list[str]:
    assert verify(entries(house)) == ""
    return [entry.clock for entry in standing(entries(house))]


def arrival(house: House) -> datetime:
    """When the ticket's arrival counts as, for the clocks."""
    page = as_json(house.ticket(), (), house.rules, full=True)
    (clock,) = (clock for clock in page["clocks"] if clock["clock"] == "arrive")
    return datetime.fromisoformat(clock["stopped_at"]).astimezone(ZONE)


def test_the_hospital_puts_a_wrong_arrival_right_and_the_breach_is_corrected(late: House) -> None:
    assert counted(late) == ["arrive"]
    late.says("manager", "更正 W1 到场 05:40 原因：签到机慢了")
    late.expect("manager", "已更正 W1", "到场：今天 05:52 → 今天 05:40", "到场：违约（超 10分钟） → 按时")
    late.expect("provider-manager", "记录更正", "人事系统", "到场：今天 05:52 → 今天 05:40", "签到机慢了", "违约")
    late.expect("engineer2", "记录更正", "今天 05:40")
    late.expect("provider-manager", "更正", "撤销")
    assert counted(late) == []
    assert arrival(late) == datetime(2026, 10, 1, 5, 40, tzinfo=ZONE)
    written = next(event for event in late.ticket().events if event.kind is E.ARRIVED)
    assert written.at.astimezone(ZONE) == datetime(2026, 10, 1, 5, 52, tzinfo=ZONE), "what was written down stays"


def test_within_one_minute_the_seconds_are_told(house: House) -> None:
    house.says("nurse", "急诊的人事系统打不开")
    house.now += timedelta(minutes=8, seconds=41, microseconds=5)
    house.says("engineer2", "接单 W1")
    house.now += timedelta(minutes=5)
    house.says("manager", "更正 W1 接单 03:50 原因：核对了通话记录")
    house.expect("manager", "已更正 W1", "接单：今天 03:50:41 → 今天 03:50:00")
    house.expect("engineer2", "记录更正", "今天 03:50:41 → 今天 03:50:00")
    page = as_text(house.ticket(), (), house.rules, "zh", full=True)
    assert "接单：2026-10-01 03:50:41 → 2026-10-01 03:50:00" in page
    house.says("manager", "更正 W1 接单 03:50 原因：再来一次")
    house.expect("manager", "已是如此")
    house.forget()


def test_a_breach_appears_where_the_truth_is_later(late: House) -> None:
    late.says("manager", "更正 W1 接单 04:20 原因：实际四点二十才接")
    late.expect("manager", "响应：按时 → 违约（超 8分钟）")
    late.expect("provider-manager", "响应", purpose=Purpose.BREACH)
    late.expect("manager", "响应", purpose=Purpose.BREACH)
    assert sorted(counted(late)) == ["arrive", "respond"]
    late.says("manager", "更正 W1 到场 04:01 原因：监控显示 04:01 已到")
    assert counted(late) == [], "the arrival answers as well: the first act in time stops the clock"


def test_the_providers_manager_may_as_long_as_no_breach_vanishes(late: House) -> None:
    late.says("provider-manager", "更正 W1 到场 05:45 原因：签到机慢了")
    late.expect("provider-manager", "已更正 W1")
    late.expect("manager", "05:45", "超 10分钟", "超 3分钟")
    late.says("provider-manager", "更正 W1 到场 05:30 原因：签到机慢了")
    late.expect("provider-manager", "须由医院同意")
    late.expect("manager", "申请更正 W1", "今天 05:52 → 今天 05:30", "签到机慢了")
    assert counted(late) == ["arrive"]
    late.presses("manager", "同意")
    late.expect("provider-manager", "记录更正", "今天 05:30")
    assert counted(late) == []
    late.presses("manager", "同意")
    late.expect("manager", "没有待同意的更改")


def test_what_the_hospital_recorded_only_the_hospital_puts_right(late: House) -> None:
    late.says("provider-manager", "更正 W1 报障 03:50 原因：电话里说的是 03:50")
    late.expect("provider-manager", "须由医院同意")
    late.presses("manager", "不同意")
    late.expect("provider-manager", "不同意更正“报障：今天 03:42 → 今天 03:50”")
    assert late.ticket().reported_at.astimezone(ZONE) == NIGHT


def test_an_engineer_may_only_propose(late: House) -> None:
    late.says("engineer2", "更正 W1 到场 05:50 原因：签到机慢了")
    late.expect("engineer2", "须由管理人员同意")
    late.expect("manager", "示例·李工申请更正 W1")
    late.expect("provider-manager", "示例·李工申请更正 W1")
    late.presses("provider-manager", "同意")
    late.expect("engineer2", "记录更正", "05:50")
    assert arrival(late) == datetime(2026, 10, 1, 5, 50, tzinfo=ZONE)
    late.says("nurse", "更正 W1 到场 05:00 原因：我看到的")
    late.expect("nurse", "只有双方管理人员")


def test_a_providers_manager_cannot_agree_to_what_is_the_hospitals(late: House) -> None:
    late.says("engineer2", "更正 W1 到场 05:40 原因：签到机慢了")
    late.expect("manager", "申请更正")
    place = len(late.ticket().events) - 1
    late.expect_silence("provider-manager", "申请更正")
    for action in (f"agree_amendment:1:{place}", f"refuse_asked:1:{place}"):
        late.says("provider-manager", action=action)
        late.expect("provider-manager", "只有医院管理人员")
    assert counted(late) == ["arrive"]


def test_what_was_asked_for_is_looked_at_again_when_it_is_agreed_to(late: House) -> None:
    late.says("engineer2", "更正 W1 到场 05:50 原因：签到机慢了")
    late.says("manager", "更正 W1 到场 05:50 原因：签到机慢了")
    late.forget()
    late.presses("provider-manager", "同意")
    late.expect("provider-manager", "已是如此")
    assert sum(event.kind is E.AMENDED for event in late.ticket().events) == 1


def test_the_report_put_right_moves_every_clock(late: House) -> None:
    late.says("manager", "更正 W1 报障 03:30 原因：先打了电话")
    late.expect("manager", "报障：今天 03:42 → 今天 03:30", "修复：计时中，今天 06:42前 → 计时中，今天 06:30前")
    assert late.ticket().reported_at.astimezone(ZONE) == NIGHT - timedelta(minutes=12)
    assert [entry.overrun for entry in standing(entries(late))] == [22 * 60]
    late.forward(minutes=39)
    late.expect("manager", "修复", purpose=Purpose.BREACH)
    late.expect("provider-manager", "修复", purpose=Purpose.BREACH)


def test_a_resolution_that_never_was_is_declared_void_and_the_work_goes_on(late: House) -> None:
    late.says("engineer2", "修好了 W1 原因：锁表 方法：重启 结果：恢复")
    late.forget()
    late.says("manager", "作废 W1 修复 原因：按错了")
    late.expect("manager", "修复：今天 05:52 → 作废", "计时中")
    late.expect("nurse", "修复记录有误", "继续处理中")
    assert late.ticket().state is State.ON_SITE
    late.forward(minutes=51)
    late.expect("manager", "修复", purpose=Purpose.BREACH)
    late.expect("provider-manager", "修复", purpose=Purpose.BREACH)
    late.says("engineer2", "修好了 W1 原因：锁表 方法：重启 结果：恢复")
    assert late.ticket().state is State.RESOLVED


def test_a_void_arrival_may_be_recorded_again(late: House) -> None:
    late.says("manager", "作废 W1 到场 原因：只是远程")
    late.says("engineer2", "到场 W1")
    late.expect("engineer2", "到场")
    assert sum(event.kind is E.ARRIVED for event in late.ticket().events) == 2


def test_an_acknowledgement_that_never_was_calls_somebody_anew(house: House) -> None:
    house.says("nurse", "急诊的人事系统打不开")
    house.says("engineer2", "接单 W1")
    house.forward(minutes=2)
    house.forget()
    house.says("manager", "作废 W1 接单 原因：点错了")
    house.expect_page("engineer2", "W1")
    assert house.ticket().state is State.REPORTED


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("更正 W1 到场 06:30 原因：x", "06:30 还没到"),
        ("更正 W1 到场 03:30 原因：x", "早于报障时间"),
        ("更正 W1 到场 05:52 原因：x", "已是如此"),
        ("更正 W1 修复 05:00 原因：x", "没有“修复”的记录"),
        ("更正 W1 到场 05:40", "须写明原因"),
        ("更正 W1 到场 原因：x", "例如“更正 W1"),
        ("更正 W1 签到 05:40 原因：x", "例如“更正 W1"),
        ("更正 W1 报障 04:00 原因：x", "报障不能晚于"),
        ("作废 W1 报障 原因：x", "不能作废"),
        ("作废 W1 到场", "须写明原因"),
        ("作废 W1 原因：x", "例如“作废 W1"),
        ("更正 W7 到场 05:40 原因：x", "没有工单 W7"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(late: House, wrong: str, said: str) -> None:
    before = late.ticket()
    late.says("manager", wrong)
    late.expect("manager", said)
    assert late.ticket() == before


def test_a_story_that_would_not_hold_is_refused(late: House) -> None:
    late.says("engineer2", "修好了 W1 原因：锁表 方法：重启 结果：恢复")
    late.says("nurse", "确认修复 W1")
    late.forward(minutes=20)
    late.says("manager", "作废 W1 修复 原因：按错了")
    late.expect("manager", "“确认”就不成立")
    late.says("manager", "更正 W1 到场 06:01 原因：x")
    late.expect("manager", "“到场”就不成立")
    assert late.ticket().state is State.CONFIRMED


def test_days_later_a_bare_time_is_that_of_the_day_of_the_event(late: House) -> None:
    late.says("engineer2", "修好了 W1 原因：锁表 方法：重启 结果：恢复")
    late.says("nurse", "确认修复 W1")
    late.forward(days=5)
    late.says("manager", "更正 W1 到场 5点40分 原因：签到机慢了")
    assert arrival(late) == datetime(2026, 10, 1, 5, 40, tzinfo=ZONE)
    late.says("manager", "更正 W1 到场 10月1日05:41 原因：签到机慢了")
    assert arrival(late) == datetime(2026, 10, 1, 5, 41, tzinfo=ZONE)
    assert counted(late) == []


def test_a_time_of_day_in_the_minute_of_what_came_before_stays_after_it(house: House) -> None:
    house.says("nurse", "急诊所有电脑HIS都进不去")
    house.says("engineer2", "接单 W1")
    house.forward(minutes=5, seconds=40)
    house.says("engineer2", "远程不行 W1")
    house.forward(seconds=5)
    house.says("engineer2", "到场 W1")
    house.forget()
    house.says("manager", "更正 W1 到场 03:47 原因：门禁记录")
    assert arrival(house) == house.now - timedelta(seconds=5), "no arrival before the call for it, whose clock it stops"


def test_the_trail_shows_old_and_new_with_who_and_why(late: House) -> None:
    late.says("manager", "更正 W1 到场 05:40 原因：签到机慢了")
    late.forget()
    page = as_text(late.ticket(), entries(late), late.rules, "zh", full=True)
    assert "2026-10-01 05:52  到场" in page
    assert "2026-10-01 05:40" in page
    assert "manager (示例·郑科长)" in page
    events = as_json(late.ticket(), entries(late), late.rules, full=True)["events"]
    (arrived,) = (event for event in events if event["kind"] == "arrived")
    old, new = (datetime.fromisoformat(at).astimezone(ZONE) for at in (arrived["at"], arrived["amended"]["at"]))
    assert (old, new) == (datetime(2026, 10, 1, 5, 52, tzinfo=ZONE), datetime(2026, 10, 1, 5, 40, tzinfo=ZONE))
    assert arrived["amended"]["reason"] == "签到机慢了"
    assert arrived["amended"]["by"] == "manager (示例·郑科长)"
    late.says("manager", "W1")
    late.expect("manager", "今天 05:52 到场", "更正为 今天 05:40", "签到机慢了")


def test_in_english(late: House) -> None:
    late.says("manager", "amend W1 arrived 05:40 reason: the terminal was slow", language="en")
    late.expect("manager", "on site: today 05:52 → today 05:40", "broken (by 10 min) → kept")
    late.says("manager", "void W1 arrived reason: only by telephone", language="en")
    late.expect("manager", "today 05:40 → void")
    for manager in ("manager", "provider-manager"):
        late.expect(manager, "到场", purpose=Purpose.BREACH)


def test_a_label_is_put_right_as_before(late: House) -> None:
    late.says("nurse", "W1 更正：是全院")
    late.expect("nurse", "W1")
    assert late.ticket().scope == "hospital"


def test_nobody_is_called_for_the_time_before_an_arrival_was_voided(house: House) -> None:
    house.says("nurse", "急诊的人事系统打不开")
    house.says("engineer2", "到场 W1")
    house.forward(minutes=136)
    house.forget()
    house.says("manager", "作废 W1 到场 原因：其实没来人")
    house.forward(minutes=21)
    assert not [heard for heard in house.heard if heard.notice.purpose is Purpose.PAGE], "nobody knew until now"
    house.forward(minutes=2)
    house.expect_page("engineer2", "W1")
    house.forget()
