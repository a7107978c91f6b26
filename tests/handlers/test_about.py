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
