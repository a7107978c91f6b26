"""The night of 2026-10-01, from the first word to the rating, with what every side hears and when."""

from datetime import datetime, timedelta
from pathlib import Path

from sla.message import Purpose
from sla.ticket import State
from tests.support.house import ZONE, open_house


def test_a_fault_at_night_climbs_the_ladder_and_is_mended(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.says("nurse", "急诊科所有电脑HIS打不开，开不了医嘱，凌晨3点半开始的")
        house.expect("nurse", "已开工单 W1", "优先级 紧急", "响应 今天 03:57前", "正在呼叫值班工程师示例·李工")
        house.expect_page("engineer2", "W1", "急诊科")
        house.forward(minutes=3)
        house.expect_page("engineer2", "再次")
        house.forward(minutes=3)
        house.expect_page("engineer1", "W1")
        house.forward(minutes=3)
        house.expect_page("lead", "W1")
        house.presses("engineer1", "接单")
        house.expect("nurse", "示例·王工接单")
        for who in ("engineer2", "lead"):
            house.expect(who, "示例·王工已接单")
        house.forward(minutes=10)
        house.says("engineer1", "远程不行")
        house.expect("engineer1", "到场 今天 07:01前")
        house.forward(minutes=50)
        house.says("engineer1", "到场")
        house.expect("nurse", "已到现场")
        house.forward(minutes=20)
        house.says("engineer1", "修好了 原因：数据库锁表 方法：结束会话 结果：恢复")
        house.expect("nurse", "已修复", "请确认")
        house.says("nurse", "好了谢谢")
        house.expect("nurse", "满意吗")
        house.presses("nurse", "非常满意")
        assert house.ticket().state is State.CONFIRMED
        assert house.ticket().points == 100
        house.forward(days=30)
        assert not house.run(lambda uow: list(uow.ledger.all()))


def test_a_night_in_which_nobody_answers_ends_in_breaches_told_to_both_sides(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.says("icu-nurse", "ICU 的PACS看不了片，全科都不行")
        house.forget()
        house.forward(hours=2)
        said = [(heard.who, heard.notice.purpose) for heard in house.heard]
        assert {"engineer1", "engineer2", "lead", "provider-manager", "manager"} <= {who for who, _ in said}
        entries = house.run(lambda uow: list(uow.ledger.all()))
        assert [entry.clock for entry in entries][:1] == ["respond"]
        for who in ("provider-manager", "manager"):
            assert (who, Purpose.BREACH) in said
        house.forget()


def test_the_plan_before_its_deadline(tmp_path: Path) -> None:
    """smart-hospital 2.3: fixed within hours, or a written plan within eight; then its deadline is the clock."""
    with open_house(tmp_path) as house:
        house.says("nurse", "急诊科所有电脑OA打不开")
        system = next(s for s in house.rules.catalogue.systems if s.contract == "smart-hospital")
        house.says("nurse", f"不是OA，是{system.name}")
        assert house.ticket().contract == "smart-hospital"
        house.says("engineer2", "接单 W1")
        house.says("engineer2", "到场 W1")
        house.forget()
        house.forward(hours=5)
        house.heard = [heard for heard in house.heard if heard.notice.purpose is not Purpose.REMINDER]
        for who in ("provider-manager", "manager"):
            house.expect(who, "修复", purpose=Purpose.BREACH)
        house.says("engineer2", "方案 W1 需更换存储控制器，10月3日18:00前完成")
        house.presses("head-emergency", "同意")
        house.presses("manager", "同意")
        house.expect("engineer2", "双方均已同意", "10月3日 18:00")
        house.expect("nurse", "10月3日 18:00")
        house.now = datetime(2026, 10, 3, 17, tzinfo=ZONE)
        house.forget()
        house.says("engineer2", "修好了 W1 原因：控制器 方法：更换 结果：正常")
        house.says("nurse", "好了谢谢")
        house.forward(days=10)
        clocks = [entry.clock for entry in house.run(lambda uow: list(uow.ledger.all())) if entry.kind == "breach"]
        assert clocks == ["fix"]


def test_the_same_story_in_english(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.says("300", "HIS is down for the whole emergency department, nobody can enter orders", channel="telegram")
        house.expect("300", "Ticket W1 is open", "response by today 03:57")
        house.expect_page("engineer2", "W1")
        house.presses("engineer2", "接单")
        house.expect("300", "was taken by")
        house.says("300", "any news", channel="telegram")
        house.expect("300", "being worked on", "next deadline")
        house.says("engineer2", "fixed W1 cause: lock method: killed the session result: works")
        house.expect("300", "was resolved by", "killed the session")
        house.says("300", "it works now, thanks", channel="telegram")
        house.expect("300", "How satisfied are you?")
        house.presses("300", "Very satisfied", channel="telegram")
        assert house.ticket().points == 100


def test_two_nights_do_not_mix(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.says("nurse", "急诊科HIS打不开，全科都开不了医嘱")
        house.now += timedelta(minutes=1)
        house.says("icu-nurse", "ICU嘉和重症系统打不开")
        house.says("engineer2", "接单 W2")
        house.forget()
        house.forward(minutes=2)
        house.expect_page("engineer2", "W1")
        house.says("engineer2", "接单 W1")
        house.forward(minutes=5)
        numbers = {heard.notice.ticket for heard in house.heard if heard.notice.purpose is Purpose.PAGE}
        assert not numbers
