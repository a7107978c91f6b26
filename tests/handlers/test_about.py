"""Praise and complaints are booked to the contract that they are about, and to none by a guess."""

import pytest

from sla.message import Notice
from sla.records import Record, RecordKind
from tests.handlers.test_assessed import on_record
from tests.support.house import House


def labels(notice: Notice) -> list[str]:
    return [button.label for row in notice.buttons for button in row]


def praised(house: House) -> Record:
    [letter] = on_record(house, RecordKind.PRAISE)
    return letter


@pytest.fixture
def asked(house: House) -> House:
    """The manager praises somebody, and is asked whom."""
    house.says("manager", "表扬 工程师连夜来处理，态度很好")
    assert "嘉和重症系统运维服务" in labels(house.expect("manager", "关于哪次服务"))
    assert on_record(house, RecordKind.PRAISE) == []
    return house


def test_a_button_books_it_to_that_contract(asked: House) -> None:
    asked.presses("manager", "嘉和重症系统运维服务")
    asked.expect("manager", "已记录表扬", "嘉和重症系统运维服务")
    letter = praised(asked)
    assert (letter.contract, letter.data) == ("jiahe-icu", {"text": "工程师连夜来处理，态度很好"})
    asked.presses("manager", "智能医院项目运维服务")
    asked.expect("manager", "按钮已经失效")
    assert len(on_record(asked, RecordKind.PRAISE)) == 1


@pytest.mark.parametrize("words", ["jiahe-icu", "嘉和重症系统运维服务"])
def test_a_name_alone_answers(asked: House, words: str) -> None:
    asked.says("manager", words)
    assert (praised(asked).contract, praised(asked).data["text"]) == ("jiahe-icu", "工程师连夜来处理，态度很好")


def test_a_system_alone_answers(asked: House) -> None:
    asked.says("manager", "HIS")
    assert praised(asked).contract == "cqmu2-his"


def test_a_ticket_answers_and_is_kept_with_it(asked: House) -> None:
    asked.says("nurse", "急诊的人事系统打不开")
    asked.says("manager", "W1")
    asked.expect("manager", "已记录表扬", "W1", "智能医院项目运维服务")
    assert (praised(asked).contract, praised(asked).data["ticket"]) == ("smart-hospital", 1)
    asked.forget()


def test_what_is_no_answer_is_heard_for_what_it_is(asked: House) -> None:
    assert asked.says("manager", "信息科的HIS打不开了，所有电脑都不行") == 1
    assert on_record(asked, RecordKind.PRAISE) == []
    asked.forget()


@pytest.mark.parametrize("text", ["表扬 W1 王工来得快", "W1 表扬 王工来得快", "praise W1 王工来得快"])
def test_with_the_number_of_a_ticket_nothing_is_asked(house: House, text: str) -> None:
    house.says("nurse", "急诊的人事系统打不开")
    house.says("manager", text)
    house.expect("manager", "W1，智能医院项目运维服务")
    assert (praised(house).contract, praised(house).data) == ("smart-hospital", {"text": "王工来得快", "ticket": 1})
    house.forget()


def test_a_complaint_offers_what_was_reported_lately(house: House) -> None:
    house.says("nurse", "急诊的人事系统打不开")
    house.forget()
    house.says("nurse", "投诉 来了就走，没有修")
    question = house.expect("nurse", "关于哪次服务")
    assert labels(question)[0] == "W1 急诊的人事系统打不开"
    house.presses("nurse", "W1 急诊的人事系统打不开")
    [record] = on_record(house, RecordKind.COMPLAINT)
    assert (record.contract, record.data) == ("smart-hospital", {"text": "来了就走，没有修", "ticket": 1})
    house.expect("provider-manager", "来了就走，没有修")


def test_a_ticket_of_others_is_not_complained_of(house: House) -> None:
    house.says("nurse", "急诊的人事系统打不开")
    house.forget()
    house.says("icu-nurse", "投诉 W1 没有人来")
    house.expect("icu-nurse", "W1")
    assert on_record(house, RecordKind.COMPLAINT) == []


def test_said_anew_with_a_name_the_question_is_over(asked: House) -> None:
    asked.says("manager", "表扬 jiahe-icu 工程师连夜来处理")
    assert praised(asked).contract == "jiahe-icu"
    asked.says("manager", "HIS")  # answers nothing any more
    assert len(on_record(asked, RecordKind.PRAISE)) == 1
    asked.forget()


@pytest.mark.parametrize(
    ("who", "text", "kind", "words"),
    [
        ("nurse", "我要投诉李工，讲话很冲", RecordKind.COMPLAINT, "李工，讲话很冲"),
        ("nurse", "投诉工程师态度差", RecordKind.COMPLAINT, "工程师态度差"),
        ("nurse", "投诉你们，三天没人理", RecordKind.COMPLAINT, "你们，三天没人理"),
        ("manager", "表扬李工，很耐心", RecordKind.PRAISE, "李工，很耐心"),
        ("manager", "我想表扬一下示例·王工", RecordKind.PRAISE, "示例·王工"),
    ],
)
def test_as_people_say_it(house: House, who: str, text: str, kind: RecordKind, words: str) -> None:
    house.says(who, text)
    house.expect(who, "关于哪次服务")
    house.presses(who, "智能医院项目运维服务")
    [record] = on_record(house, kind)
    assert record.data["text"] == words
    house.forget()


def test_who_waits_for_help_urges_by_a_threat_and_complains_by_a_name(house: House) -> None:
    house.says("nurse", "急诊的人事系统打不开")
    house.says("nurse", "我要投诉了，没人管")
    house.expect("nurse", "已催促")
    house.says("nurse", "投诉李工，一直不接电话")
    house.expect("nurse", "这条投诉是关于哪次服务的")
    house.forget()


@pytest.mark.parametrize("text", ["投诉系统打不开，整个科室都不行", "投诉科电脑全部开不了机"])
def test_what_handles_complaints_may_be_broken(house: House, text: str) -> None:
    assert house.says("nurse", text) == 1
    house.forget()


@pytest.mark.parametrize("text", ["再不来我投诉了", "投诉电话是多少"])
def test_what_only_speaks_of_complaints_is_none(house: House, text: str) -> None:
    house.says("nurse", text)
    house.expect_silence("nurse", "关于哪次服务")


def test_only_what_was_reported_lately_is_offered(house: House) -> None:
    house.says("nurse", "急诊的人事系统打不开")
    house.says("nurse", "撤销 W1")
    house.forward(days=8)
    house.says("nurse", "急诊的HIS登录不上")
    house.forget()
    house.says("nurse", "投诉 来了就走，没有修")
    assert [label for label in labels(house.expect("nurse", "关于哪次服务")) if label.startswith("W")] == [
        "W2 急诊的HIS登录不上"
    ]
    house.forget()


def heard_of(house: House, words: str) -> set[str]:
    """Who but the speaker heard these words."""
    return {one.who for one in house.heard if words in one.notice.text}


def test_who_is_praised_by_name_hears_of_it_and_so_does_their_manager(house: House) -> None:
    house.says("manager", "表扬 HIS的王工连夜处理，态度很好")
    assert heard_of(house, "连夜处理") == {"engineer1", "provider-manager"}
    house.expect("engineer1", "表扬", "示例·郑科长", praised(house).subject)


def test_who_had_the_ticket_hears_that_it_is_praised(house: House) -> None:
    house.says("nurse", "急诊的人事系统打不开")
    house.says("engineer2", "接单 W1")
    house.forget()
    house.says("manager", "表扬 W1 来得很快")
    assert heard_of(house, "来得很快") == {"engineer2", "provider-manager"}


def test_praise_that_names_nobody_reaches_who_answers_for_the_service(asked: House) -> None:
    asked.says("manager", "HIS")
    assert heard_of(asked, "连夜来处理") == {"provider-manager"}
