"""Forms, praise, complaints and trainings written down by chat; what is said later puts right what was said before."""

from datetime import datetime

import pytest

from handlers.assessed import Form, read_form
from sla.errors import Refused
from sla.records import Record, RecordKind
from sla.surveys import in_force
from tests.support.house import ZONE, House

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=ZONE)
YEAR = (datetime(2026, 1, 1, tzinfo=ZONE), datetime(2027, 1, 1, tzinfo=ZONE))


def on_record(house: House, kind: RecordKind) -> list[Record]:
    return list(house.run(lambda uow: uow.records.between(*YEAR, kind=kind)))


def test_the_hospital_s_form_is_on_record_and_put_right_by_a_later_one(house: House) -> None:
    house.says("manager", "满意度 2026年 88")
    house.expect("manager", "重庆医科大学附属第二医院", "2026年 满意度 88 分")
    house.says("manager", "满意度 cqmu2-his 2026年 86.5 120份")
    house.expect("manager", "由 88 分更正为 86.5 分")
    first, second = on_record(house, RecordKind.SURVEY)
    assert (first.contract, first.subject, first.data["points"], first.by) == ("cqmu2-his", "2026", 88, "manager")
    assert (second.data["points"], second.data["answers"]) == (86.5, 120)
    assert [r.data["points"] for r in in_force([first, second], RecordKind.SURVEY)] == [86.5]


def test_what_is_on_record_already_is_not_put_right_to_the_same(house: House) -> None:
    house.says("manager", "满意度 2026年 91")
    house.says("manager", "满意度 2026年 91.0分")
    house.expect("manager", "2026年 满意度已是 91.0 分，无需更正")
    assert len(on_record(house, RecordKind.SURVEY)) == 1
    house.says("manager", "满意度 2026年 91 120份")
    assert [record.data.get("answers") for record in on_record(house, RecordKind.SURVEY)] == [None, 120]
    house.says("manager", "满意度 2026年 91")
    house.expect("manager", "满意度已是 91 分")
    assert len(on_record(house, RecordKind.SURVEY)) == 2


def test_english_and_another_contract_by_its_system(house: House) -> None:
    house.says("manager", "satisfaction 智能医院项目运维服务 2026-Q3 92.5 40 forms", language="en")
    [record] = on_record(house, RecordKind.SURVEY)
    assert (record.contract, record.subject, record.data["answers"]) == ("smart-hospital", "2026-Q3", 40)
    house.expect("manager", "2026年第3季度 满意度 92.5 分")
    house.says("manager", "satisfaction smart-hospital 2026-Q2 91", language="en")
    house.expect("manager", "91 for Q2 2026")


@pytest.mark.parametrize("who", ["nurse", "engineer1", "head-icu", "somebody-unknown"])
def test_only_the_hospital_s_managers_write_forms_and_praise_down(house: House, who: str) -> None:
    for text in ("满意度 2026年 100", "表扬 急诊科的表扬信", "培训记录 重症系统操作 95分"):
        house.says(who, text)
        house.expect(who, "医院管理人员")
    assert not [record for kind in RecordKind for record in on_record(house, kind)]


@pytest.mark.parametrize(
    ("text", "subject", "points", "answers"),
    [
        ("2026年 88", "2026", "88", 0),
        ("2026 88", "2026", "88", 0),
        ("2026年度：88分", "2026", "88", 0),
        ("2026年9月 88.25分，120份", "2026-09", "88.25", 120),
        ("2026年09月份 0", "2026-09", "0", 0),
        ("2026-09 100", "2026-09", "100", 0),
        ("2026年第3季度 92 （35份）", "2026-Q3", "92", 35),
        ("2026年三季度 92", "2026-Q3", "92", 0),
        ("2026Q1 92 12 forms", "2026-Q1", "92", 12),
        ("2026 年 第 1 季度 92 points", "2026-Q1", "92", 0),
    ],
)
def test_how_a_form_may_be_written(text: str, subject: str, points: str, answers: int) -> None:
    form = read_form(text, NOW)
    assert (form.subject, form.points, form.answers) == (subject, points, answers)
    assert isinstance(form, Form)
    assert form.first.year == 2026


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "survey_how"), ("88", "survey_how"), ("2026年", "survey_how"), ("2026年 很好", "survey_how"),
        ("2026 3 88", "survey_how"), ("2026年 80份", "survey_how"), ("2026年13月 88", "survey_how"),
        ("2026年 88.123", "survey_how"), ("2026年 101", "survey_points"), ("2027年 88", "survey_not_begun"),
        ("2026年12月 88", "survey_not_begun"), ("0000年 88", "survey_not_begun"),
    ],
)  # fmt: skip  # one glance instead of a column
def test_what_makes_no_form_is_refused(text: str, key: str) -> None:
    with pytest.raises(Refused) as refused:
        read_form(text, NOW)
    assert refused.value.key == key


def test_a_letter_of_praise_is_numbered_and_can_be_taken_back(house: House) -> None:
    house.says("manager", "表扬 急诊科感谢 HIS 工程师连夜处理")
    told = house.expect("manager", "已记录表扬", "作废")
    [letter] = on_record(house, RecordKind.PRAISE)
    assert (letter.contract, letter.data["text"]) == ("cqmu2-his", "急诊科感谢 HIS 工程师连夜处理")
    assert letter.subject in told.text
    house.says("manager", f"表扬 作废 {letter.subject} 写错了医院")
    house.expect("manager", "已作废")
    both = on_record(house, RecordKind.PRAISE)
    assert len(both) == 2, "nothing is overwritten"
    assert in_force(both, RecordKind.PRAISE) == ()
    house.says("manager", f"表扬 作废 {letter.subject}")
    house.expect("manager", "没有编号为")


def test_a_complaint_of_a_nurse_reaches_the_managers_of_both_sides(house: House) -> None:
    house.says("nurse", "投诉 智能医院的人事系统报修三次没有人来")
    house.expect("nurse", "已记录投诉")
    [record] = on_record(house, RecordKind.COMPLAINT)
    assert (record.contract, record.by) == ("smart-hospital", "nurse")
    heard = {one.who for one in house.heard if "报修三次没有人来" in one.notice.text}
    assert len(heard) >= 2
    assert "manager" in heard
    house.says("icu-nurse", f"投诉 作废 {record.subject}")
    house.expect("icu-nurse", "医院管理人员")
    house.says("nurse", f"投诉 作废 {record.subject} 已经有人来了")
    house.expect("nurse", "已作废")


def test_the_provider_does_not_complain_about_itself_here(house: House) -> None:
    house.says("engineer1", "投诉 HIS 太慢")
    house.expect("engineer1", "由医院一方提出")


def test_where_several_contracts_are_possible_they_are_named(house: House) -> None:
    house.says("manager", "投诉 态度不好")
    asked = house.expect("manager", "关于哪次服务")
    assert {"嘉和重症系统运维服务", "智能医院项目运维服务"} <= {button.label for row in asked.buttons for button in row}
    house.says("manager", "投诉 jiahe-icu")
    house.expect("manager", "请写明内容")
    assert on_record(house, RecordKind.COMPLAINT) == []


def test_managers_are_told_of_it_in_the_help(house: House) -> None:
    house.says("manager", "帮助")
    house.expect("manager", "满意度 2026年 88")
    house.says("nurse", "帮助")
    house.expect_silence("nurse", "满意度")


def test_a_training_is_on_record_with_its_points(house: House) -> None:
    house.says("manager", "培训记录 jiahe-icu 护理记录单 22 人 92分")
    house.expect("manager", "已记录培训")
    [record] = on_record(house, RecordKind.TRAINING)
    assert (record.contract, record.data["points"], record.data["text"]) == ("jiahe-icu", 92, "护理记录单 22 人 92分")


def test_a_fault_that_begins_with_these_words_is_still_a_fault(house: House) -> None:
    number = house.says("nurse", "满意度调查页面在急诊打不开，HIS 登录报错")
    assert house.ticket(number or 0).system == "his"
    house.expect_page("engineer2", "满意度调查页面")


@pytest.mark.parametrize(
    "text", ["这个季度怎么样", "本季度有多少违约", "违约台账", "上个月的报表", "this quarter's figures", "报表？"]
)
@pytest.mark.parametrize("who", ["manager", "provider-manager"])
def test_a_manager_who_asks_for_figures_hears_where_they_are(house: House, who: str, text: str) -> None:
    house.says(who, text)
    house.expect(who, "wardline figures")
    assert house.count() == 0


@pytest.mark.parametrize(("who", "text"), [("manager", "报表打不开"), ("nurse", "报表"), ("manager", "HIS怎么样")])
def test_what_only_sounds_like_it_is_what_it_says(house: House, who: str, text: str) -> None:
    house.says(who, text)
    house.expect_silence(who, "wardline figures")
    house.forget()
