"""Duties in chat: who sees them, who says that they are done, who does not agree."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handlers.duty_watch import watch_duties
from sla.message import Attachment
from sla.records import Record, RecordKind
from storage.files import packaged_rules
from tests.handlers.test_duty_watch import SMART, only, overdue, watch
from tests.support.house import ZONE, House, open_house

THURSDAY = datetime(2026, 9, 17, 9, tzinfo=ZONE)
"""The day after the quarter's documents were due."""
DAYS = timedelta(days=60)
PDF = Attachment("巡检报告.pdf", "application/pdf", 1200, "file-1")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Watched since Tuesday; it is Thursday morning."""
    with open_house(tmp_path, THURSDAY - timedelta(days=2), only(SMART)) as opened:
        watch(opened)
        opened.forward(days=2)
        opened.forget()
        yield opened


def records(house: House, kind: RecordKind = RecordKind.DUTY_DONE) -> list[Record]:
    found = house.run(lambda uow: uow.records.between(house.now - DAYS, house.now + DAYS, None, kind))
    return sorted(found, key=lambda record: record.id)


# 职责


def test_the_list_has_what_is_overdue_first_and_what_cannot_be_dated_last(house: House) -> None:
    house.says("lead", "职责")
    lines = house.expect("lead", "职责").text.splitlines()
    assert lines[1:4] == [
        "〔智能医院项目运维服务〕",
        "1. 服务器日常巡检：逾期，应于 昨天 17:00 前完成",
        "7. 季度文档移交 2026-Q3：逾期，应于 昨天 17:00 前完成",
    ]
    assert lines[4] == "1. 服务器日常巡检：今天 17:00前"
    assert "6. 【院方】运维绩效考核 2026-09：9月30日 17:00前" in lines
    assert lines[-2] == "8. 年度开发工作总量确认：待定，合同起始日未填"


def test_each_side_has_buttons_for_its_own_duties(house: House) -> None:
    for who, labels in {
        "lead": ["完成 7", "完成 1", "完成 2", "完成 4", "完成 3", "完成 5"],
        "manager": ["完成 6"],
    }.items():
        house.says(who, "职责")
        assert [button.label for row in house.expect(who, "职责").buttons for button in row] == labels


def test_the_list_speaks_english_and_is_not_for_clinicians(house: House) -> None:
    house.says("lead", "duties", language="en")
    house.expect("lead", "7. Documents of the quarter 2026-Q3: overdue, was due by yesterday 17:00")
    house.says("nurse", "职责")
    house.expect("nurse", "只有服务商人员和医院管理人员")


# 完成


def test_by_its_number_and_the_other_side_hears_of_it(house: House) -> None:
    house.says("lead", "完成 3 九月巡检评估报告已提交")
    house.expect("lead", "已记录：服务器巡检评估报告 2026-09", "按时完成")
    [record] = records(house)
    assert (record.subject, record.by, record.at) == ("inspection-report/2026-09", "lead", house.now)
    assert record.data["text"] == "九月巡检评估报告已提交"
    told = house.expect("manager", "示例·陈组长已完成", "九月巡检评估报告已提交")
    assert [button.label for row in told.buttons for button in row] == ["认可", "不认可"]
    house.says("lead", "职责")
    assert "巡检评估报告" not in house.expect("lead", "职责").text


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("完成 服务器巡检评估报告 已提交", "inspection-report/2026-09"),
        ("完成：服务器日常巡检，正常", "inspection/2026-09-17"),
        ("完成 服务器日常巡检 2026-09-16 昨天已做，漏报", "inspection/2026-09-16"),
        ("done daily server inspection all well", "inspection/2026-09-17"),
        ("完成 季度文档移交 已签收", "quarter-documents/2026-Q3"),
        ("完成 7 2026-q4 提前移交", "quarter-documents/2026-Q4"),
    ],
)
def test_by_its_name_and_for_the_time_that_is_meant(house: House, words: str, subject: str) -> None:
    house.says("lead", words)
    assert [record.subject for record in records(house)] == [subject]


def test_what_is_done_late_is_late_even_before_anybody_looked(tmp_path: Path) -> None:
    with open_house(tmp_path, THURSDAY - timedelta(days=2), only(SMART)) as house:
        watch(house)
        house.now = THURSDAY
        house.says("lead", "完成 7 已签收")
        house.expect("lead", "季度文档移交 2026-Q3", "逾期完成（应于 昨天 17:00 前）")
        house.expect("manager", "逾期（应于 昨天 17:00 前）")
        assert "quarter-documents/2026-Q3" in [record.subject for record in overdue(house)]


def test_what_shows_it_is_asked_for_and_a_file_will_do(house: House) -> None:
    house.says("lead", "职责")
    house.presses("lead", "完成 3")
    house.expect("lead", "请发送证明（巡检评估报告）")
    assert records(house) == []
    house.says("lead", attachments=(PDF,))
    [record] = records(house)
    assert (record.subject, record.data["file"]) == ("inspection-report/2026-09", "file-1")
    told = house.expect("manager", "已完成", "服务器巡检评估报告")
    assert [(file.name, file.ref) for file in told.attachments] == [("巡检报告.pdf", "file-1")]


def test_a_number_that_there_is_not_is_no_proof_of_what_was_asked_about(house: House) -> None:
    house.says("lead", "完成 3")
    house.says("lead", "完成 99 报告已交")
    house.expect("lead", "没有这项职责")
    assert records(house) == []
    house.says("lead", "完成 3 报告已交")
    assert len(records(house)) == 1
    house.says("lead", "明天我休息")
    assert len(records(house)) == 1, "the question was answered, nothing is waited for any more"


def test_said_again_the_words_are_put_right_and_the_time_stays(house: House) -> None:
    house.says("lead", "完成 1 正常")
    first = house.now
    house.forward(hours=9)
    house.says("lead", "完成 1 正常，磁盘已清理")
    one, two = records(house)
    assert (one.subject, one.at, two.at) == (two.subject, first, first)
    assert two.data["text"] == "正常，磁盘已清理"
    house.expect("lead", "按时完成")


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        ("lead", "完成 6 已考核", "由另一方负责"),
        ("manager", "完成 3 已提交", "由另一方负责"),
        ("lead", "完成 3 2025-01 已提交", "没有 2025-01 这一期"),
    ],
)
def test_what_cannot_be_is_said(house: House, who: str, words: str, answer: str) -> None:
    house.says(who, words)
    house.expect(who, answer)
    assert records(house) == []


def test_a_name_that_two_contracts_have_is_asked_about(tmp_path: Path) -> None:
    with open_house(tmp_path, THURSDAY, packaged_rules()) as house:
        house.run(lambda uow: watch_duties(uow, house.rules, house.now))
        house.says("lead", "完成 服务器日常巡检 正常")
        house.expect("lead", "多份合同有这项职责，请写编号：4，22")


def test_the_answer_says_which_time_it_was_and_when_the_next_is_due(house: House) -> None:
    house.says("lead", "完成 1 正常")
    house.expect("lead", "服务器日常巡检 2026-09-17", "计入 2026-09-17；下一次（2026-09-18）应于 明天 17:00 前完成")
    house.says("lead", "完成 3 已提交")
    house.expect("lead", "计入 2026年9月；下一次（2026年10月）应于")


def test_who_names_no_duty_hears_which_could_be_meant(house: House) -> None:
    house.says("lead", "完成 巡检 正常")
    told = house.expect("lead", "请写明是哪项职责", "1. 服务器日常巡检（智能医院项目运维服务）", "“职责”").text
    assert "3. 服务器巡检评估报告" in told
    assert "文档移交" not in told
    for words in ("完成", "完成 保洁", "完成：保洁 正常"):
        house.says("lead", words)
        told = house.expect("lead", "请写明是哪项职责", "1. 服务器日常巡检").text
        assert "6. " not in told, "that is for the other side to do"
    house.says("manager", "认可 巡检")
    house.expect("manager", "请写明是哪项职责", "1. 服务器日常巡检")
    assert records(house) == []
    house.says("nurse", "完成 巡检")
    house.expect_silence("nurse", "职责")
    house.forget()


def test_the_hospital_does_its_own_and_the_provider_agrees(house: House) -> None:
    house.says("manager", "完成 6 九月考核 92 分")
    house.expect("provider-manager", "示例·郑科长已完成 运维绩效考核", "92 分")
    house.presses("provider-manager", "认可")
    assert records(house)[-1].data["confirmed_by"] == "provider-manager"
    assert records(house)[-1].by == "manager"


def test_words_that_only_look_like_it_are_read_as_before(house: House) -> None:
    ticket = house.says("nurse", "本科教学系统打不开")
    house.forget()
    for who, words in [
        ("nurse", "完成，谢谢"),
        ("engineer1", "完成"),
        ("engineer1", f"W{ticket} 完成 1 已重启"),
        ("nurse", "完成 1"),
    ]:
        house.says(who, words)
    assert records(house) == []
    assert house.says("icu-nurse", "完成检查申请时HR系统报错") not in (None, ticket)
    house.forget()


# 认可, 不认可, 撤回


def test_who_does_not_agree_says_why_and_it_was_not_done(house: House) -> None:
    house.says("lead", "完成 3 已提交")
    house.presses("manager", "不认可")
    house.expect("manager", "请说明不认可的原因")
    house.says("manager", "报告没有评估结论")
    assert records(house)[-1].data["revoked"] is True
    house.expect("lead", "视为未完成", "报告没有评估结论")
    house.says("lead", "职责")
    house.expect("lead", "服务器巡检评估报告 2026-09：9月30日")
    house.presses("manager", "认可")
    house.expect("manager", "已变动")


def test_what_was_revoked_after_its_time_is_overdue(house: House) -> None:
    house.says("lead", "完成 1 正常")
    house.forward(days=1)
    assert "inspection/2026-09-17" not in [record.subject for record in overdue(house)]
    house.presses("manager", "不认可")
    house.says("manager", "没有日志")
    assert "inspection/2026-09-17" in [record.subject for record in overdue(house)]


def test_who_recorded_it_may_take_it_back_and_others_may_not(house: House) -> None:
    house.says("engineer1", "完成 1 正常")
    house.presses("engineer1", "撤回")
    assert records(house)[-1].data["revoked"] is True
    house.says("engineer1", "完成 1 正常")
    action = next(b.action for h in house.all for row in h.notice.buttons for b in row if b.label == "撤回")
    house.says("engineer2", action=action)
    house.expect("engineer2", "只有记录人，或本方组长、管理人员可以撤回")
    assert not records(house)[-1].data.get("revoked")


def test_all_of_it_can_be_said_in_words(house: House) -> None:
    house.says("lead", "完成 3 已提交")
    house.says("manager", "不认可 3 没有评估结论")
    assert (records(house)[-1].data["revoked"], records(house)[-1].data["reason"]) == (True, "没有评估结论")
    house.says("lead", "完成 服务器巡检评估报告 已补充")
    house.says("manager", "认可 服务器巡检评估报告")
    assert records(house)[-1].data["confirmed_by"] == "manager"
    house.says("lead", "撤回 3")
    assert records(house)[-1].data["revoked"] is True
    house.says("manager", "不认可 3")
    house.expect("manager", "没有“服务器巡检评估报告”的完成记录")


def test_words_judge_what_was_recorded_last_or_the_time_that_is_named(house: House) -> None:
    for period in ("2026-09-15", "2026-09-16", "2026-09-17"):
        house.says("lead", f"完成 1 {period} 正常")
    house.says("manager", "不认可 1 2026-09-16 没有日志")
    house.says("manager", "认可 1")
    house.says("manager", "不认可 1 2026-09-16 还是没有日志")
    house.expect("manager", "没有“服务器日常巡检”的完成记录")
    last = {record.subject: record.data for record in records(house)}
    assert last["inspection/2026-09-16"]["revoked"] is True
    assert last["inspection/2026-09-17"]["confirmed_by"] == "manager"
    assert "confirmed_by" not in last["inspection/2026-09-15"]


@pytest.mark.parametrize("words", ["认可 3", "不认可 3 没有结论", "认可 99", "撤回 3"])
def test_words_give_nobody_a_right(house: House, words: str) -> None:
    house.says("lead", "完成 3 已提交")
    before = records(house)
    for who in ("engineer1", "nurse"):
        house.says(who, words)
    assert records(house) == before
    house.forget()


# what duties follow


def test_a_change_of_staff_is_told_and_its_duties_follow(house: House) -> None:
    house.says("engineer1", "人员变更 张三 11月30日离职")
    house.expect("engineer1", "只有组长和双方管理人员可以告知人员变更")
    house.says("lead", "人员变更 张三")
    house.expect("lead", "离岗日期")
    house.says("lead", "人员变更 张三 11月30日离职")
    house.expect("lead", "离岗日 2026-11-30", "9. 人员变更告知并取得同意 2026-11-30：10月30日 17:00前")
    house.expect("manager", "人员变更告知", "张三 11月30日离职")
    house.says("lead", "完成 9 甲方已书面同意")
    house.forward(days=5)
    house.says("lead", "职责")
    assert records(house)[-1].subject == "staff-notice/2026-11-30"
    house.forward(days=14)
    house.forget()
    house.says("lead", "职责")
    house.expect("lead", "10. 人员变更交接 2026-11-30：10月19日 17:00前")


def test_a_change_of_staff_that_is_told_too_late_is_overdue_at_once(house: House) -> None:
    house.forward(days=33)
    house.says("lead", "人员变更 张三 10月30日离职")
    house.expect("lead", "9. 人员变更告知并取得同意 2026-10-30：逾期，应于 9月30日 17:00 前完成")
    assert "staff-notice/2026-10-30" in [record.subject for record in overdue(house)]


def test_the_report_follows_the_inspection(tmp_path: Path) -> None:
    with open_house(tmp_path, THURSDAY, only("jiahe-icu")) as house:
        watch(house)
        house.says("lead", "完成 线上巡检 已巡检，发现两个中风险问题")
        house.says("lead", "职责")
        house.expect("lead", "线上巡检报告 2026-Q3：9月23日 17:00前")


def test_a_change_that_went_live_may_be_put_up_for_acceptance_after_seven_working_days(tmp_path: Path) -> None:
    with open_house(tmp_path, THURSDAY, only("third-party-unified")) as house:
        watch(house)
        ticket = house.says("nurse", "不良事件系统需要新增一个统计报表字段，请开发")
        house.says("engineer1", f"接单 W{ticket}")
        house.says("engineer1", f"已上线 W{ticket}")
        house.forget()
        house.forward(days=11)  # 28 September is the seventh working day
        house.expect_silence("lead", "验收")
        house.forward(days=1)
        for who in ("lead", "provider-manager"):
            told = house.expect(who, f"W{ticket}", "现在可以申请修改调整验收（第 6(3)2 条）")
            assert told.ticket == ticket
        assert "09-29 08:30" in {f"{heard.at.astimezone(ZONE):%m-%d %H:%M}" for heard in house.all}
        house.says("lead", "职责")
        house.expect("lead", f"4. 申请修改调整验收 W{ticket}：现在可办理")
        house.says("lead", f"完成 4 W{ticket} 已提交验收申请")
        assert records(house)[-1].subject == f"change-acceptance/W{ticket}"


def test_a_change_that_was_accepted_meanwhile_needs_no_word(tmp_path: Path) -> None:
    with open_house(tmp_path, THURSDAY, only("third-party-unified")) as house:
        watch(house)
        ticket = house.says("nurse", "不良事件系统需要新增一个统计报表字段，请开发")
        house.says("engineer1", f"已上线 W{ticket}")
        house.says("nurse", f"验收 W{ticket}")
        house.forget()
        house.forward(days=14)
        house.expect_silence("lead", "验收")
