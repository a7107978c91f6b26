"""What people meet on their first day: words that nobody taught them, answers that are true for who reads them."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handlers.intake.when import deadline
from handlers.work import parts_of
from sla.message import Attachment, Purpose
from sla.ticket import State
from storage.files import packaged_files, rules_from_files
from tests.support.house import ZONE, House, open_house

REPORT = "急诊所有电脑HIS都进不去"


def taken(house: House, by: str = "engineer2") -> None:
    """A ticket that somebody has."""
    house.says("nurse", REPORT)
    house.says(by, "接单 W1")
    house.forget()


@pytest.mark.parametrize(
    ("text", "cause", "method", "result"),
    [
        ("原因是交换机端口故障，更换端口后恢复", "交换机端口故障", "更换端口后恢复", "恢复"),
        ("the cause was a broken port, moved to another port, works again", "a broken port", "moved", "works"),
        ("重启了服务，已恢复正常", None, "重启了服务", "已恢复正常"),
        ("原因：锁表 方法：杀会话 结果：正常", "锁表", "杀会话", "正常"),
        ("原因：重启，更换都试过 方法：重装", "重启，更换都试过", "重装", None),
    ],
)
def test_cause_method_and_result_are_read_without_their_names(
    text: str, cause: str | None, method: str, result: str | None
) -> None:
    parts = parts_of(text)
    assert parts.get("cause") == cause
    assert parts["method"].startswith(method)
    assert parts.get("result", "").startswith(result or "")


def test_the_help_names_what_each_may_say(house: House) -> None:
    for who, word, other in (("nurse", "投诉 HIS", "暂停"), ("engineer2", "暂停 W12", "投诉")):
        house.says(who, "帮助")
        answer = house.expect(who, word)
        assert other not in answer.text


@pytest.mark.parametrize("word", ["更正", "作废", "豁免", "撤销豁免", "为什么", "停机结束"])
def test_a_word_that_needs_a_number_asks_for_it_and_opens_no_ticket(house: House, word: str) -> None:
    house.says("manager", word)
    house.expect("manager", f"请写明是哪张工单，例如“{word} W12”")
    assert house.run(lambda uow: uow.tickets.load(1)) is None


def test_a_correction_without_words_is_no_note_to_the_reporter(house: House) -> None:
    taken(house)
    house.says("manager", "更正 W1")
    house.expect("manager", "请写明更正什么")
    house.expect_silence("nurse", "更正")


def test_why_as_a_reply_is_about_what_was_replied_to(house: House) -> None:
    house.says("nurse", REPORT)
    (answer,) = (heard for heard in house.all if heard.who == "nurse")
    house.forget()
    house.says("nurse", "为什么？", reply_to=answer.id)
    house.expect("nurse", "W1", "依据")


def test_the_words_that_a_newcomer_is_shown_resolve_at_once(house: House) -> None:
    taken(house)
    house.says("engineer2", "修好了：原因是交换机端口故障，更换端口后恢复")
    assert house.ticket().state is State.RESOLVED
    house.says("nurse", "It works, thank you")
    assert house.ticket().state is State.CONFIRMED


def test_thanks_after_all_is_done_are_answered_as_thanks(house: House) -> None:
    taken(house)
    house.says("engineer2", "修好了 原因：端口坏 方法：换端口 结果：恢复")
    house.says("nurse", "好了谢谢")
    house.forget()
    house.says("nurse", "好了谢谢")
    house.expect("nurse", "不客气")


def test_who_was_handed_a_ticket_takes_it_by_the_bare_word(house: House) -> None:
    taken(house)
    house.says("engineer2", "转给 示例·王工")
    house.expect_page("engineer1", "转交给您")
    house.says("engineer1", "接单")
    house.expect("engineer1", "W1 已由您接单")
    assert house.ticket().assignee == "engineer1"


def test_who_was_told_that_it_is_taken_is_not_told_again_at_each_hand_over(house: House) -> None:
    house.says("nurse", REPORT)
    house.forward(minutes=10)
    house.says("engineer2", "接单 W1")
    house.expect("lead", "已接单")
    house.says("engineer2", "转给 示例·王工")
    house.forget()
    house.now += timedelta(seconds=20)
    house.says("engineer1", "接单 W1")
    house.expect_silence("lead")


def test_a_reopened_ticket_tells_its_engineer_once_and_the_nurse_whom_it_calls(house: House) -> None:
    taken(house, "engineer1")
    house.says("engineer1", "修好了 原因：端口坏 方法：换端口 结果：恢复")
    house.forget()
    house.says("nurse", "还是不行")
    house.expect("nurse", "正在呼叫示例·王工。")
    house.expect_page("engineer1", "没有修好")
    house.expect_silence("engineer1")


def test_an_urged_ticket_tells_its_engineer_once(house: House) -> None:
    taken(house)
    house.says("nurse", "快点")
    house.expect_page("engineer2", "催")
    house.expect_silence("engineer2")


def test_the_engineer_reads_what_it_was_corrected_to(house: House) -> None:
    taken(house)
    house.says("nurse", "不是HIS，是PACS")
    house.expect("engineer2", "PACS/RIS", "优先级 紧急", "期限：到场")


def test_a_question_about_something_else_is_no_answer_to_which_system(house: House) -> None:
    house.says("nurse", "打印机坏了")
    house.says("nurse", "请问怎么在HIS里补打腕带？")
    house.forget()
    assert house.ticket(1).system is None
    assert house.ticket(2).kind == "consult"


def test_the_nurse_hears_that_nobody_comes(house: House) -> None:
    taken(house)
    house.says("manager", "无需到场 W1")
    house.expect("nurse", "无需到场")


def test_only_the_hospital_is_shown_the_buttons_that_confirm(house: House) -> None:
    taken(house)
    house.says("engineer2", "修好了 原因：端口坏 方法：换端口 结果：恢复")
    house.says("engineer2", "W1")
    assert house.expect("engineer2", "已修复，待确认").buttons == ()
    house.says("nurse", "W1")
    assert house.expect("nurse", "已修复，待确认").buttons


def test_the_record_says_to_whom_and_how_satisfied(house: House) -> None:
    taken(house)
    house.says("engineer2", "转给 示例·王工")
    house.says("engineer1", "修好了 W1 原因：端口坏 方法：换端口 结果：恢复")
    house.says("nurse", "好了谢谢")
    house.presses("nurse", "满意")
    house.forget()
    house.says("nurse", "W1")
    house.expect("nurse", "转交 示例·李工 → 示例·王工", "评价 示例·林护士 满意")


def test_a_withdrawal_without_a_reason_gives_none(house: House) -> None:
    taken(house)
    house.says("nurse", "取消")
    house.expect("nurse", "确定要撤销 W1")
    assert house.ticket().state is State.ACKNOWLEDGED
    house.presses("nurse", "撤销 W1")
    assert "原因" not in house.expect("engineer2", "撤销").text


def test_a_breach_told_at_its_instant_has_just_run_over(house: House) -> None:
    house.says("nurse", REPORT)
    house.forward(minutes=16)
    assert "刚刚超时" in house.expect("manager", "违约记录", purpose=Purpose.BREACH).text
    house.forget()


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("replace the core switch by 3 October 18:00", "2026-10-03 18:00"),
        ("by October 3, 6 pm", "2026-10-03 18:00"),
        ("done at 06:30 on 5th of October", "2026-10-05 06:30"),
        ("18:00前完成", "2026-10-02 18:00"),
        ("下午5点前完成", "2026-10-02 17:00"),
        ("by 18:00", "2026-10-02 18:00"),
        ("6点前完成", "2026-10-02 06:00"),
    ],
)
def test_a_deadline_is_read_as_it_was_said(text: str, due: str) -> None:
    found = deadline(text, datetime(2026, 10, 1, 22, 0, tzinfo=ZONE))
    assert found is not None
    assert f"{found.instant:%Y-%m-%d %H:%M}" == due


def in_english(house: House, who: str, text: str) -> None:
    """Said on a page or in an app that is set to English."""
    house.says(who, text, language="en")


def test_who_writes_english_is_answered_in_it_with_the_names_in_its_letters(house: House) -> None:
    in_english(house, "nurse", "HIS is down on all computers in the emergency room")
    house.expect("nurse", "Ticket W1", "Engineer Li")
    house.expect_page("engineer2", "示例·林护士")
    in_english(house, "engineer2", "ack W1")
    house.expect("engineer2", "W1 is yours")
    house.expect("nurse", "taken by Engineer Li")
    in_english(house, "engineer2", "hand over to engineer wang W1")
    house.expect("engineer2", "Engineer Wang")
    house.expect_page("engineer1")
    house.says("nurse", "怎么样了")
    house.expect("nurse", "示例·王工")


def test_who_keeps_to_a_language_is_answered_in_it(house: House) -> None:
    people = house.rules.people
    nurse = replace(people.by_id["nurse"], keeps_language=True)
    by_address = {**people.by_address, nurse.addresses[0]: nurse}
    house.rules = replace(
        house.rules, people=replace(people, by_id={**people.by_id, "nurse": nurse}, by_address=by_address)
    )
    in_english(house, "nurse", "HIS is down on all computers in the emergency room")
    house.expect("nurse", "已开工单 W1")
    house.expect_page("engineer2")


def test_a_site_may_speak_english(tmp_path: Path) -> None:
    files = packaged_files()
    files = {**files, "wardline.toml": files["wardline.toml"].replace('# language = "zh"', 'language = "en"')}
    with open_house(tmp_path, rules=rules_from_files(files)) as house:
        house.says("nurse", "HIS is down on all computers in the emergency room")
        assert "Reported" in house.expect_page("engineer2", "Nurse Lin").text


def test_an_approver_reads_which_files_a_plan_came_with(house: House) -> None:
    taken(house)
    files = (Attachment("方案.pdf", "application/pdf", 10, ref="f1"), Attachment("图.png", "image/png", 9, ref="f2"))
    house.says("engineer2", "方案 W1 更换硬盘，10月3日18:00前", attachments=files)
    house.expect("head-emergency", "更换硬盘", "附件：方案.pdf，图.png")
    house.now += timedelta(minutes=5)
    house.says("engineer2", "方案 W1 改用备用机，10月3日18:00前")
    assert "附件" not in house.expect("head-emergency", "改用备用机").text


def test_what_was_done_is_offered_no_more(house: House) -> None:
    taken(house)
    house.says("engineer2", "远程不行 W1")
    labels = [button.label for row in house.expect("engineer2", "远程未解决").buttons for button in row]
    assert labels == ["到场", "修好了"]


def test_a_head_sees_the_open_tickets_of_the_department_and_no_others(house: House) -> None:
    house.says("nurse", "急诊科HIS打不开，所有电脑都开不了医嘱")
    house.says("icu-nurse", "ICU的PACS打不开，所有电脑都看不了片子")
    house.says("head-emergency", "工单")
    assert "W2" not in house.expect("head-emergency", "W1", "HIS").text
    house.says("icu-nurse", "工单")
    assert "W1" not in house.expect("icu-nurse", "W2").text
    house.forget()
