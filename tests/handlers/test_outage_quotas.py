"""Quotas under outages: breaches, what takes them back, warnings, and the account of the year."""

from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files

from sla.contract_reader import read_contract
from sla.ledger import standing
from sla.message import Purpose
from tests.handlers.outages import MANAGERS, mended, on, quota_lines, stands, year_of_outages
from tests.support.house import ZONE, House


def test_the_third_of_the_year_is_a_breach_and_withdrawing_an_earlier_one_takes_it_back(house: House) -> None:
    first, _, third = year_of_outages(house, "10-12", "10-20", "11-03")
    assert stands(house) == [(third, "quota:downtime/year_times")]
    [breach] = quota_lines(house)
    assert (breach.due, breach.overrun, breach.group) == (on("11-03"), 0, "quota:downtime")
    for who in MANAGERS:
        told = house.expect(who, f"W{third}", "2026年第 3 次非计划停机，限 2 次", purpose=Purpose.BREACH)
        assert breach.hash[:12] in told.text
    house.says("manager", f"不是停机 W{first} 是网络运营商断网")
    for who in MANAGERS:
        house.expect(who, "【更正】", f"W{third}", "违约记录 1", "没有超出限额")
    assert stands(house) == []
    house.says("manager", f"停机 W{first} 09:00-09:05")
    for who in MANAGERS:
        house.expect(who, f"W{third}", "第 3 次", purpose=Purpose.BREACH)
    assert stands(house) == [(third, "quota:downtime/year_times")]


def test_what_is_put_right_from_one_year_to_the_next_counts_in_the_next(house: House) -> None:
    new_year = datetime(2027, 1, 1, tzinfo=ZONE)
    for at in (on("12-31", "23:40"), new_year + timedelta(days=4), new_year + timedelta(days=5)):
        mended(house, at, 10)
        house.presses("manager", "全院停机")
    assert stands(house) == []
    began = int(new_year.timestamp()) + 60
    house.says("manager", action=f"outage:1:downtime:{began}:{began + 600}")
    assert stands(house) == [(3, "quota:downtime/year_times")]
    began -= 1200
    house.says("manager", action=f"outage:1:downtime:{began}:{began + 600}")
    assert stands(house) == []
    house.forget()


def test_an_earlier_outage_that_is_told_late_moves_the_places(house: House) -> None:
    numbers = [mended(house, on(day), 10) for day in ("10-12", "10-20", "11-03", "11-10")]
    for number in reversed(numbers):
        house.says("manager", f"停机 W{number}")
    assert sorted(stands(house)) == [(number, "quota:downtime/year_times") for number in numbers[2:]]
    house.forget()


def test_a_month_over_its_minutes_is_on_record_and_no_breach(house: House) -> None:
    _, second = year_of_outages(house, "10-12", "10-20", minutes=40)
    [line] = quota_lines(house)
    assert (line.kind, line.ticket, line.clock) == ("missed", second, "quota:downtime/month_minutes/2026-10")
    assert (line.due, line.overrun) == (on("10-20", "09:20"), 20 * 60)
    assert stands(house) == []
    for who in MANAGERS:
        house.expect_silence(who, "80/60 分钟，已用满")
        house.expect(
            who, "超限记录", "2026年10月非计划停机累计超过 60 分钟，超出 20 分钟", "不计违约", purpose=Purpose.INFO
        )


def test_a_month_that_was_not_over_after_all_is_corrected_without_a_word(house: House) -> None:
    _, second = year_of_outages(house, "10-12", "10-20", minutes=40)
    house.forget()
    house.says("manager", f"不是停机 W{second}")
    assert [line.kind for line in quota_lines(house)] == ["missed", "correction"]
    for who in MANAGERS:
        house.expect_silence(who, "【更正】")


def test_each_outage_is_judged_by_the_words_under_which_its_ticket_began(house: House) -> None:
    year_of_outages(house, "10-12", "10-20", minutes=40)
    text = files("sla").joinpath("contracts/smart-hospital.toml").read_text(encoding="utf-8")
    stricter = text.replace('breaches = ["year_times", "recovery"]', 'breaches = ["recovery", "month_minutes"]')
    assert stricter != text
    contract = read_contract(stricter, "smart-hospital.toml")
    contracts = {**house.rules.contracts, contract.id: contract}
    versions = {**house.rules.versions, (contract.id, contract.version): contract}
    house.rules = replace(house.rules, contracts=contracts, versions=versions, succession={})
    year_of_outages(house, "11-03", "11-04", minutes=40)
    assert stands(house) == [(4, "quota:downtime/month_minutes/2026-11")]
    house.forget()


def test_the_second_impact_of_a_month_is_a_breach(house: House) -> None:
    for day in ("10-12", "10-20"):
        mended(house, on(day), 10)
        house.presses("manager", "部门级影响")
    assert stands(house) == [(2, "quota:department/month_times")]
    house.expect("manager", "第 2.6 条", "2026年10月第 2 次部门级业务影响，限 1 次", purpose=Purpose.BREACH)
    house.expect("provider-manager", "第 2.6 条", purpose=Purpose.BREACH)
    house.says("manager", "停机 W2")
    assert stands(house) == [], "what stopped the whole hospital is not also a department's"
    house.forget()


def test_a_waiver_stays_when_the_others_are_judged_anew(house: House) -> None:
    *_, third = year_of_outages(house, "10-12", "10-20", "11-03")
    house.forget()
    house.says("manager", "豁免 #1 原因：第三方机房断电")
    assert stands(house) == []
    mended(house, on("11-10"), 10)
    house.presses("manager", "全院停机")
    assert stands(house) == [(4, "quota:downtime/year_times")], f"W{third} is waived still"
    house.forget()


# warnings


def test_both_sides_are_warned_when_a_quota_is_nearly_used_up(house: House) -> None:
    year_of_outages(house, "10-12", minutes=42)
    for who in MANAGERS:
        house.expect(who, "【限额】", "2026年10月非计划停机 42/60 分钟", "已用 70%", purpose=Purpose.INFO)
        house.expect_silence(who, "已用满")
    year_of_outages(house, "10-20", minutes=18)
    for who in MANAGERS:
        house.expect(who, "2026年10月非计划停机 60/60 分钟，已用满", "不计违约")
        house.expect(who, "2026年非计划停机 2/2 次，已用满", "计违约一次")
    house.forget()
    house.says("manager", "停机 W2 09:00-09:17")
    house.says("manager", "停机 W2 09:00-09:18")
    assert not [heard for heard in house.heard if "【限额】" in heard.notice.text], "each once a period"


def test_an_outage_that_goes_on_warns_by_itself(house: House) -> None:
    year_of_outages(house, "10-12", minutes=20)
    house.now = on("10-20")
    number = house.says("nurse", "全院人力资源系统打不开")
    house.says("engineer1", f"接单 W{number}")
    house.says("engineer1", f"到场 W{number}")
    house.says("manager", f"停机 W{number} 09:00 起")
    house.forget()

    def told(words: str, purpose: Purpose = Purpose.INFO) -> list[str]:
        mine = [h for h in house.heard if h.who == "provider-manager" and words in h.notice.text]
        return [f"{heard.at.astimezone(ZONE):%H:%M:%S}" for heard in mine if heard.notice.purpose is purpose]

    house.forward(minutes=90)
    assert told("已用 70%") == ["09:22:00"], "20 minutes were used before"
    assert told("60/60 分钟，已用满") == ["09:40:00"]
    assert told("累计超过 60 分钟") == ["09:40:00"]
    assert told("须在 今天 10:00前恢复", Purpose.REMINDER) == ["09:42:00"]
    assert told("恢复用时 61 分钟", Purpose.BREACH) == ["10:00:00"]
    assert stands(house) == [(number, "quota:downtime/recovery")]
    house.forget()
    house.says("engineer1", f"修好了 W{number} 原因：宕机 方法：重启 结果：恢复")
    [standing_breach] = standing(quota_lines(house))
    assert standing_breach.overrun == 30 * 60
    house.says("manager", f"停机结束 W{number} 10:00")
    assert stands(house) == []
    house.expect("provider-manager", "【更正】", "没有超出限额")
    house.forget()
    house.forward(days=40)
    assert not [heard for heard in house.heard if "限额" in heard.notice.text]
    house.forget()


# the account


def test_the_account_of_the_year(house: House) -> None:
    year_of_outages(house, "10-12", "10-20", minutes=40)
    house.forget()
    house.says("manager", "停机")
    page = house.expect("manager", "智能医院项目运维服务 2026年", "远程教育平台运维服务项目").text
    assert "全年：2/2 次" in page
    assert "2026年10月：80/60 分钟，2 次，已超限" in page
    assert (
        "W2 10月20日 09:00 至 10月20日 09:40，共 40 分钟" in page or "W2 今天 09:00 至 今天 09:40，共 40 分钟" in page
    )
    assert "全年次数已用满，再有一次计违约一次" in page
    house.says("provider-manager", "downtime", language="en")
    house.expect("provider-manager", "unplanned downtime (clause 2.5)", "year: 2 of 2 times")
    house.says("head-emergency", "停机账")
    house.expect("head-emergency", "只供双方管理人员查看")


# other facts


def test_an_outage_goes_with_its_ticket_to_another_contract(house: House) -> None:
    year_of_outages(house, "10-12", "10-20")
    third = mended(house, on("11-03"), 10)
    house.presses("manager", "全院停机")
    assert stands(house) == [(third, "quota:downtime/year_times")]
    house.forget()
    house.says("manager", f"W{third} 不是人力资源，是远程教育平台")
    assert house.ticket(third).contract == "distance-education"
    assert stands(house) == []
    house.expect("provider-manager", "【更正】", f"W{third}")
    house.says("manager", "停机账")
    house.expect("manager", "远程教育平台运维服务项目（2024-2026） 2026年\n非计划停机（第 2.5 条）\n  全年：1/2 次")
    house.forget()


def test_a_breach_goes_over_to_the_other_contract(house: House) -> None:
    mended(house, on("11-03"), 70)
    house.presses("manager", "全院停机")
    house.forget()
    house.says("manager", "W1 不是人力资源，是远程教育平台")
    [breach] = standing(quota_lines(house))
    assert (breach.contract, breach.clock) == ("distance-education", "quota:downtime/recovery")
    house.forget()


def test_a_ticket_that_is_joined_adds_nothing_any_more(house: House) -> None:
    first, second, third = year_of_outages(house, "10-12", "10-13", "10-14")
    assert len(stands(house)) == 1
    house.forget()
    house.says("nurse", f"W{first} 还是不行")
    house.says("nurse", f"W{second} 还是不行")
    house.says("manager", f"合并 W{second} W{first}")
    assert house.ticket(second).incident == first
    assert stands(house) == []
    house.says("manager", f"拆出 W{second}")
    assert stands(house) == [(third, "quota:downtime/year_times")]
    house.forget()


def test_a_repair_that_was_earlier_ends_the_outage_earlier(house: House) -> None:
    house.now = on("10-13")
    house.says("nurse", "全院人力资源系统打不开")
    house.says("engineer1", "接单 W1")
    house.says("manager", "停机 W1 09:00 起")
    house.now = on("10-13", "10:20")
    house.says("engineer1", "修好了 W1 原因：宕机 方法：重启 结果：恢复")
    assert stands(house) == [(1, "quota:downtime/recovery")]
    house.forget()
    house.says("manager", "更正 W1 修复 09:50 原因：10 点前已恢复，晚报")
    assert stands(house) == []
    house.forget()
