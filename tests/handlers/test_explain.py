"""为什么: how deadlines came about, told in chat and by the command line, in both languages, over real contracts."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.commands.password import in_store
from handlers.explain import CHAT_BYTES, explained, in_full
from handlers.explain_values import as_json
from handlers.receive import receive
from sla.contract import PauseRule
from sla.ledger import standing
from sla.message import Inbound, Purpose
from sla.rules import Rules
from sla.worktime import Base
from storage.base import UnitOfWork
from storage.files import load_folder, packaged_files, packaged_rules, rules_from_files
from tests.support.house import NIGHT, ZONE, House, open_house

EVE = datetime(2026, 9, 30, 16, 0, tzinfo=ZONE)
"""A Wednesday afternoon, in the window; the National Day's week begins in eight hours."""


def page(house: House, number: int = 1, language: str = "zh") -> str:
    entries = house.run(lambda uow: list(uow.ledger.of_ticket(number)))
    return in_full(explained(house.ticket(number), entries, house.rules), house.rules, language, house.now)


@pytest.fixture
def late(house: House) -> House:
    """W1 of a holiday's night (03:42): taken at 03:50, arrival at 05:52, ten minutes late."""
    house.says("nurse", "急诊的人事系统打不开")
    house.forward(minutes=8)
    house.says("engineer2", "接单 W1")
    house.forward(minutes=122)
    house.says("engineer2", "到场 W1")
    house.expect("manager", "到场", purpose=Purpose.BREACH)
    house.forget()
    return house


def test_the_reporter_reads_why_the_next_deadline_is_what_it_is(late: House) -> None:
    late.says("nurse", "为什么 W1")
    told = late.expect("nurse", "【修复】期限 今天 06:42，计时中").text
    assert "周四，国庆节，当日无服务时段，按服务时段外计" in told
    assert "第 2.3 条：“乙方应提供5*9小时的现场服务" in told
    assert "自报障（今天 03:42）起 3小时，夜间和节假日照计" in told
    assert "较宽的条款（第 5.1(4) 条）：今天 07:42" in told
    assert "逾期后果：逾期未响应或解决，视为乙方违约一次" in told
    assert "响应：期限 今天 04:12，按时" in told
    assert "到场：期限 今天 05:42，违约（超 10分钟）" in told
    assert "不计时：按方案修复（须先有“同意方案”）" in told


def test_one_clock_is_asked_for_by_its_name(late: House) -> None:
    late.says("manager", "更正 W1 到场 05:45 原因：签到机慢了")
    late.says("manager", "豁免 W1 原因：道路封闭")
    late.forget()
    late.says("engineer2", "为什么 W1 到场")
    told = late.expect("engineer2", "【到场】期限 今天 05:42，违约（超 3分钟）").text
    assert "示例·郑科长更正记录：到场：今天 05:52 → 今天 05:45（原因：签到机慢了）" in told
    assert "结束：今天 05:45 到场（示例·李工）" in told
    assert "台账：违约记录 1" in told
    assert "已由示例·郑科长豁免" in told
    assert "修复：期限 今天 06:42，计时中" in told


def test_in_english(late: House) -> None:
    late.says("engineer2", "why W1 arrival", language="en")
    told = late.expect("engineer2", "[arrival] due today 05:42, broken (by 10 min)").text
    assert "Thursday, National Day, no service window on that day, counts as outside it" in told
    assert '2 h from "reported" (today 03:42), nights and holidays included' in told
    assert "clause 2.3: “乙方应提供" in told, "the contract's own words are not translated"
    assert "Ended: today 05:52 on site (Engineer Li)" in told
    assert "What a breach costs: Overdue is one breach by the provider" in told


def test_who_may_not_see_the_ticket_is_told_nothing(late: House) -> None:
    late.says("icu-nurse", "为什么 W1")
    late.expect("icu-nurse", "W1")
    late.expect_silence("icu-nurse", "期限")
    late.says("nurse", "为什么 W8")
    late.expect("nurse", "没有工单 W8")


def test_over_the_national_day_the_days_are_listed(tmp_path: Path) -> None:
    with open_house(tmp_path, EVE) as house:
        house.says("nurse", "HIS挂号很慢，不急")
        house.says("manager", "为什么 W1 修复")
        told = house.expect("manager", "【修复】期限 10月13日 18:00，计时中").text
        assert "自报障（今天 16:00）次日起数 5 个工作日，当日不计，到最后一日停止服务时为止。" in told
        assert "计入：10月8日至10月9日，10月10日（调休上班），10月12日至10月13日" in told
        assert "不计：10月1日至10月7日（国庆节），10月11日（周末）" in told
        assert "附件一：“事件处理" in told
        english = page(house, language="en")
        assert "Counted: 8 Oct to 9 Oct, 10 Oct (make-up workday), 12 Oct to 13 Oct" in english
        assert "Passed over: 1 Oct to 7 Oct (National Day), 11 Oct (weekend)" in english
        house.forget()


def test_reported_in_the_window_no_arrival_is_owed_and_that_is_said(tmp_path: Path) -> None:
    with open_house(tmp_path, EVE) as house:
        house.says("nurse", "急诊的人事系统打不开")
        house.forget()
        house.says("nurse", "为什么 W1 到场")
        house.expect("nurse", "周三，服务时段 08:00–17:00，按服务时段内计", "不计时：到场（只用于服务时段外的报障）")
        assert "Not running: arrival (only for reports outside the service window)" in page(house, language="en")
        house.forget()


def test_a_change_is_put_off_past_the_holiday(tmp_path: Path) -> None:
    with open_house(tmp_path, datetime(2026, 9, 25, 10, 0, tzinfo=ZONE)) as house:
        house.says("nurse", "PACS想加一个统计报表的功能")
        assert house.ticket().kind == "change"
        told = page(house)
        assert "周五，中秋节，当日无服务时段" in told
        assert "次日起数 7 天" in told
        assert "末日顺延，越过：10月2日至10月7日（国庆节）" in told
        assert "逾期后果：未能及时进行需求响应的，院方有权终止维护合同。" in told
        house.forget()


def test_what_moved_a_deadline_is_told(tmp_path: Path) -> None:
    with open_house(tmp_path, datetime(2026, 9, 1, 8, 0, tzinfo=ZONE)) as house:
        house.says("nurse", "HIS挂号很慢，不急")
        house.forward(hours=1)
        house.says("engineer2", "接单 W1")
        house.forward(days=6)
        house.says("manager", "W1 更正：优先级高")
        told = page(house)
        assert "示例·郑科长更改：优先级 高" in told
        assert "至少留 30 分钟" in told
        house.forget()


def test_what_no_deadline_hangs_on_is_no_change_of_it(tmp_path: Path) -> None:
    with open_house(tmp_path, datetime(2026, 9, 1, 8, 0, tzinfo=ZONE)) as house:
        house.says("nurse", "HIS挂号很慢，7点50左右开始的")
        house.says("nurse", "不是，是7点")
        assert house.ticket().events[-1].kind == "reclassified"
        house.says("engineer2", "为什么 W1")
        assert "更改：" not in house.expect("engineer2", "【响应】").text
        assert "更改：" not in page(house)
        house.forget()


def test_joined_to_another_ticket_it_says_so(late: House) -> None:
    late.says("icu-nurse", "人事系统打不开，ICU也是")
    late.says("manager", "合并 W2 W1")
    assert late.ticket(2).incident == 1
    late.forget()
    late.says("icu-nurse", "为什么 W2")
    told = late.expect("icu-nurse", "已并入 W1").text
    assert told.count("已并入") == 1


def test_a_new_round_is_told_by_itself(late: House) -> None:
    late.says("engineer2", "修好了 W1 原因：锁表 方法：重启 结果：恢复")
    late.says("nurse", "确认修复 W1")
    late.forward(hours=5)
    late.says("nurse", "还是不行 W1")
    assert late.ticket().round == 2
    late.forget()
    late.says("nurse", "为什么 W1")
    late.expect("nurse", "确认后重开：今天 10:52", "自重开")
    assert page(late).count("【响应】") == 2, "the page tells both rounds"
    late.forward(minutes=1)
    late.forget()


@pytest.mark.parametrize("system", ["人事系统", "PACS", "HIS", "重症系统", "在线学习平台", "对账平台"])
def test_a_chat_answer_fits_into_one_message(tmp_path: Path, system: str) -> None:
    with open_house(tmp_path) as house:
        house.says("head-emergency", f"全院{system}数据全部丢失，所有科室都打不开，手术做不了")
        house.forward(minutes=200)
        house.says("engineer2", "接单 W1")
        house.says("engineer2", "远程不行 W1")
        house.says("manager", "更正 W1 报障 03:30 原因：" + "先打了电话再发的消息，" * 20)
        house.forget()
        for words in ("", "响应", "修复", "到场", "方案"):
            house.says("manager", f"为什么 W1 {words}")
            told = house.expect("manager", "W1")
            assert len(told.text.encode()) <= CHAT_BYTES
        house.forget()


def other_rules(**changes: object) -> Rules:
    """The sample's rules, where each clock of smart-hospital has these fields, and a pause is allowed."""
    rules = packaged_rules()
    own = rules.contracts["smart-hospital"]
    clocks = tuple(replace(rule, **changes) for rule in own.clock_rules if rule.base is Base.ELAPSED)  # type: ignore[arg-type]  # fields by name
    waiting = PauseRule("waiting", "2.4", ("respond", "fix"), timedelta(hours=2), why_zh="等待院方", why_en="waiting")
    other = replace(own, clock_rules=clocks, pauses=(waiting,))
    return replace(rules, contracts={**rules.contracts, own.id: other}, versions={(own.id, own.version): other})


def test_service_time_grace_and_pauses_are_told(tmp_path: Path) -> None:
    rules = other_rules(base=Base.WORKING_HOURS, amount=180, grace=timedelta(minutes=10))
    with open_house(tmp_path, EVE, rules) as house:
        house.says("nurse", "急诊的人事系统打不开")
        house.says("engineer2", "接单 W1")
        house.says("engineer2", "暂停 W1 等院方提供端口")
        house.forward(minutes=30)
        house.says("manager", "为什么 W1 修复")
        told = house.expect("manager", "【修复】", "暂停计时").text
        assert "起 3小时，只计服务时段" in told
        assert "报障当日服务时段：08:00–17:00" in told
        assert "宽限 10分钟" in told
        assert "今天 16:00 至 今天 18:00 暂停计时（第 2.4 条，等院方提供端口）" in told
        assert "paused (clause 2.4, 等院方提供端口)" in page(house, language="en")
        house.forget()


def test_a_window_over_midnight_and_a_season_are_told(tmp_path: Path) -> None:
    files, name = packaged_files(), "contracts/smart-hospital.toml"
    season = '[[season]]\nname = "autumn"\nfrom = "09-01"\nto = "11-30"\n'
    hours = 'working_day = ["08:00-12:00", "22:00-06:00"]\n'
    rules = rules_from_files({**files, name: f"{files[name]}\n{season}{hours}"})
    with open_house(tmp_path, datetime(2026, 10, 12, 9, tzinfo=ZONE), rules) as house:
        house.says("nurse", "急诊的人事系统打不开")
        house.forget()
        assert "（周一，季节“autumn”，服务时段 08:00–12:00，22:00–次日06:00" in page(house)
        assert "season “autumn”, service window" in page(house, language="en")
        assert "22:00–06:00 of the next day" in page(house, language="en")


def test_a_season_goes_by_its_name_in_the_readers_language(tmp_path: Path) -> None:
    files, name = packaged_files(), "contracts/smart-hospital.toml"
    season = '[[season]]\nname = "autumn"\nname_zh = "秋季"\nname_en = "Autumn hours"\nfrom = "09-01"\nto = "11-30"\n'
    rules = rules_from_files({**files, name: f"{files[name]}\n{season}"})
    with open_house(tmp_path, datetime(2026, 10, 12, 9, tzinfo=ZONE), rules) as house:
        house.says("nurse", "急诊的人事系统打不开")
        house.forget()
        assert "季节“秋季”" in page(house)
        assert "season “Autumn hours”" in page(house, language="en")


def test_immediate_clocks_and_disasters(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.says("icu-nurse", "嘉和重症系统数据全部丢失")
        told = page(house)
        assert house.ticket().disaster
        assert "二(二)3：“若系统灾难发生时" in told
        assert "立即，最迟 5分钟" in told
        house.forget()


def test_a_refused_plan_and_an_approved_one_are_told(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.says("nurse", "急诊的人事系统打不开")
        house.says("engineer2", "接单 W1")
        house.says("engineer2", "方案 W1 更换主板，10月3日18:00前完成")
        house.says("manager", "不同意 W1：太慢")
        house.says("engineer2", "方案 W1 更换主板，10月2日18:00前完成")
        house.says("manager", "同意 W1")
        house.says("head-emergency", "同意 W1")
        told = page(house)
        assert "内部目标，只提醒，不计违约。" in told
        assert "自退回方案（" in told
        assert "双方审批同意的期限（同意方案" in told
        assert "2026-10-02 18:00" in told
        house.forget()


def test_what_does_not_fit_into_a_message_is_said_to_be_there(house: House) -> None:
    house.says("nurse", "急诊的人事系统打不开")
    for priority in ("中", "高") * 10:
        house.forward(minutes=1)
        house.says("manager", f"W1 更正：优先级{priority}")
    house.forget()
    house.says("manager", "为什么 W1 修复")
    told = house.expect("manager", "【修复】", "行，可写“为什么 W1").text
    assert len(told.encode()) <= CHAT_BYTES
    assert len(page(house).encode()) > CHAT_BYTES
    house.forget()


def test_as_values(late: House) -> None:
    late.says("manager", "更正 W1 到场 05:45 原因：患者张三丰挡住了门，电话13812345678")
    late.forget()
    entries = late.run(lambda uow: list(uow.ledger.all()))
    found = json.loads(json.dumps(as_json(explained(late.ticket(), entries, late.rules), late.rules, late.now)))
    arrive = next(clock for clock in found["clocks"] if clock["clock"] == "arrive")
    assert (arrive["overdue"], arrive["overrun"], arrive["stopped_by"]) == (True, 180, "arrived")
    assert [clause["number"] for clause in arrive["clauses"]] == ["2.3", "5.1(4)"]
    (moved,) = arrive["moved"]
    assert (moved["how"], moved["event"]) == ("amended", "arrived")
    assert "13812345678" not in json.dumps(found)
    assert found["window"]["day"]["festival"] == "国庆节"
    assert arrive["ledger"][0]["counts"] is True
    assert found["silent"] == [{"clock": "fix_by_plan", "clause": "2.3", "why": ["not_begun"]}]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def explain(*words: str) -> int:
        capsys.readouterr()
        return main(["explain", *words, "--data", str(tmp_path)])

    assert main(["init", str(tmp_path / "config")]) == 0
    assert main(["link", "nurse", "--data", str(tmp_path)]) == 0  # makes the database
    assert explain("W1") == 2
    assert "没有工单 W1" in capsys.readouterr().err
    assert explain("W1", "--lang", "en") == 2
    assert "there is no ticket W1" in capsys.readouterr().err
    rules = load_folder(tmp_path / "config")[0]

    def report(uow: UnitOfWork) -> None:
        row = uow.inbox.add(Inbound("webchat", "1", "nurse", "nurse", "急诊的人事系统打不开"), NIGHT)
        kept = uow.inbox.get(row or 0)
        assert kept is not None
        receive(kept, uow, rules, NIGHT)

    in_store(tmp_path / "config", tmp_path, report)
    assert explain("w1") == 0
    assert "【到场】期限 2026-10-01 05:42" in capsys.readouterr().out
    assert explain("W1", "--lang", "en") == 0
    assert "[repair] due 2026-10-01 06:42" in capsys.readouterr().out
    assert explain("W1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["contract"] == "smart-hospital"


def _number_of(house: House) -> int:
    """The number of the breach that the outage was."""
    (breach,) = standing(house.run(lambda uow: list(uow.ledger.of_ticket(1))))
    return breach.seq


def test_an_outage_and_its_quotas_are_told(house: House) -> None:
    house.says("nurse", "全院人力资源系统打不开")
    house.says("engineer1", "接单 W1")
    house.forward(minutes=61)
    house.says("engineer1", "修好了 W1 原因：宕机 方法：重启 结果：恢复")
    assert "业务停顿" not in page(house)
    house.presses("manager", "全院停机")
    house.forget()
    house.says("manager", "为什么 W1")
    told = house.expect("manager", "记为非计划停机：今天 03:42 至 今天 04:43，共 61 分钟").text
    assert "非计划停机恢复时限（第 2.5 条）：台账：违约记录" in told
    assert "非计划停机月时长限额（第 2.5 条）：台账：超限记录" in told
    house.says("manager", f"豁免 #{_number_of(house)} 原因：全院停电")
    assert "已由示例·郑科长豁免" in page(house)
    entries = house.run(lambda uow: list(uow.ledger.of_ticket(1)))
    values = as_json(explained(house.ticket(), entries, house.rules), house.rules, house.now)
    assert values["outage"]["level"] == "downtime"
    over = {each["quota"]: each["counts"] for each in values["over_quota"]}
    assert over == {"downtime/recovery": False, "downtime/month_minutes/2026-10": False}
    assert "unplanned downtime, time to recover (clause 2.5): " in page(house, language="en")
