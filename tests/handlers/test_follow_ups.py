"""Follow-ups find their ticket: by reply, number, system and department, also where a colleague asks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sla.message import Address
from sla.people import people_of
from sla.ticket import EventKind, State
from storage.files import packaged_rules
from tests.support.house import House, open_house

MENDED = "修好了 W{} 原因：锁表 方法：杀会话 结果：恢复"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The nurse of the emergency department reported HIS (W1) and PACS (W2); Ding works there as well."""
    rules = packaged_rules()
    nurse = rules.people.by_id["nurse"]
    ding = replace(nurse, id="ding", name="示例·丁护士", staff_number="19", addresses=(Address("webchat", "ding"),))
    rules = replace(rules, people=people_of((*rules.people.by_id.values(), ding)))
    with open_house(tmp_path, rules=rules) as opened:
        opened.says("nurse", "HIS打不开")
        opened.forward(minutes=2)
        opened.says("nurse", "PACS看不了片子")
        opened.says("engineer2", "接单 W1")
        opened.says("engineer2", "接单 W2")
        opened.forward(minutes=5)
        opened.forget()
        yield opened


@pytest.mark.parametrize(
    "words",
    [
        "W2 怎么样了", "工单2怎么样了", "#2 好了吗", "我报的工单2现在怎么样了？", "那个W2处理得怎么样了",
        "PACS怎么样了", "PACS好了吗", "how is W2 doing?", "any update on PACS?",
    ],
)  # fmt: skip  # one glance
def test_a_question_finds_it(house: House, words: str) -> None:
    before = house.ticket(2).events
    assert house.says("nurse", words) == 2
    answer = house.expect("nurse", "W2 PACS看不了片子", "being worked on" if words.isascii() else "处理中")
    assert "W1" not in answer.text
    assert (house.count(), house.ticket(2).events) == (2, before)


@pytest.mark.parametrize("words", ["好了吗", "怎么样了", "有人来吗", "any update?"])
def test_a_question_about_nothing_in_particular_is_about_all(house: House, words: str) -> None:
    house.says("nurse", words)
    house.expect("nurse", "W1 HIS打不开", "W2 PACS看不了片子")
    assert house.count() == 2


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("PACS还是不行", EventKind.NOTED), ("W2没好", EventKind.NOTED), ("工单2，麻烦快点", EventKind.URGED),
        ("催一下PACS", EventKind.URGED), ("PACS好了，谢谢", EventKind.NOTED),
        ("PACS works again, thanks", EventKind.NOTED), ("please hurry with W2, nobody came", EventKind.URGED),
    ],
)  # fmt: skip  # one glance
def test_whatever_is_said_finds_it(house: House, words: str, kind: EventKind) -> None:
    assert house.says("nurse", words) == 2
    assert house.ticket(2).events[-1].kind is kind
    assert house.count() == 2
    house.forget()


def test_words_that_name_its_number_go_on_it(house: House) -> None:
    assert house.says("nurse", "我报的工单2，现在隔壁的电脑也打不开") == 2
    house.expect("engineer2", "W2", "隔壁的电脑")
    house.expect("nurse", "已记入 W2，并转告示例·李工")
    assert house.count() == 2


def test_a_reply_finds_it(house: House) -> None:
    said = next(heard for heard in house.all if heard.who == "nurse" and heard.notice.ticket == 2)
    assert house.says("nurse", "还是不行", reply_to=said.id) == 2
    house.expect("engineer2", "W2", "还是不行")


def test_what_fits_two_is_asked_with_buttons_and_then_done(house: House) -> None:
    assert house.says("nurse", "没人来，快点啊") is None
    asked = house.expect("nurse", "哪一张工单")
    assert [row[0].label[:2] for row in asked.buttons] == ["W2", "W1"]
    house.presses("nurse", "W2 PACS看不了片子")
    house.expect_page("engineer2", "【催办】W2")


def test_what_is_about_another_system_is_put_on_no_ticket(house: House) -> None:
    before = house.ticket(1).events, house.ticket(2).events
    house.says("nurse", "OA好了，谢谢")
    house.expect("nurse", "没有找到您关于办公自动化系统的未结束工单")
    assert (house.ticket(1).events, house.ticket(2).events) == before


def test_a_number_of_somebody_else_is_refused_a_printers_is_none(house: House) -> None:
    house.says("icu-nurse", "我们报的W1怎么样了")
    house.expect("icu-nurse", "不是您的工单")
    house.says("icu-nurse", "护理站#1打印机坏了")
    assert house.ticket(3).reporter == "icu-nurse"
    house.forget()


def test_of_two_the_one_that_is_said_to_be_mended_is_opened_again(house: House) -> None:
    house.says("engineer2", MENDED.format(1))
    house.forget()
    assert house.says("nurse", "还是不行") == 1
    assert house.ticket(1).is_working
    house.expect("nurse", "W1 已重新打开")
    house.forget()


def closed(house: House, number: int) -> None:
    """Mended and confirmed."""
    house.says("engineer2", MENDED.format(number))
    house.says("nurse", f"W{number} 好了谢谢")
    assert house.ticket(number).state is State.CONFIRMED


def test_where_both_are_closed_today_it_is_asked_which_came_back(house: House) -> None:
    closed(house, 1)
    closed(house, 2)
    house.forget()
    assert house.says("nurse", "又坏了") is None
    house.expect("nurse", "哪一张工单")
    house.presses("nurse", "W1 HIS打不开")
    assert (house.ticket(1).round, house.ticket(2).state) == (2, State.CONFIRMED)
    house.forget()


def test_days_later_it_is_the_one_that_was_mended_last(house: House) -> None:
    closed(house, 2)
    house.forward(days=2)
    closed(house, 1)
    house.forward(days=3)
    house.forget()
    assert house.says("nurse", "还是不行") == 1
    assert house.ticket(1).round == 2
    house.forget()


def test_the_system_decides_which_came_back(house: House) -> None:
    closed(house, 1)
    closed(house, 2)
    assert house.says("nurse", "PACS还是不行") == 2
    assert (house.ticket(1).state, house.ticket(2).round) == (State.CONFIRMED, 2)
    house.forget()


# Colleagues


@pytest.mark.parametrize("words", ["HIS怎么样了", "HIS好了吗", "W1", "W1 怎么样了"])
def test_a_colleague_is_told_how_it_stands(house: House, words: str) -> None:
    assert house.says("ding", words) == 1
    answer = house.expect("ding", "W1 HIS打不开", "处理中")
    assert "报障" not in answer.text  # what was said in full is for those who work on it


def test_somebody_of_another_department_is_not(house: House) -> None:
    house.says("icu-nurse", "HIS怎么样了")
    house.expect("icu-nurse", "没有未结束的工单")


def test_a_colleague_urges(house: House) -> None:
    assert house.says("ding", "HIS快点啊，没人来") == 1
    house.expect("ding", "已催促，正在呼叫示例·李工")
    house.expect_page("engineer2", "【催办】W1")
    house.forward(minutes=5)
    house.says("nurse", "W1 快点啊，没人来")
    house.expect("nurse", "已催过", "后可以再催")  # once in a quarter of an hour, whoever urges
    house.expect_silence("engineer2", "【催办】")


def test_a_colleague_says_that_it_works(house: House) -> None:
    assert house.says("ding", "HIS好了") == 1
    house.expect("engineer2", "丁护士（同科室）说已恢复")
    house.expect("nurse", "丁护士说您的工单 W1 已恢复")
    house.says("engineer2", MENDED.format(1))
    house.forget()
    house.says("ding", "HIS可以用了")
    assert house.ticket(1).state is State.RESOLVED  # the reporter confirms
    house.expect("ding", "请报障人确认")
    house.presses("nurse", "确认修复")
    assert house.ticket(1).state is State.CONFIRMED
    house.forget()


def test_a_colleague_says_that_it_does_not(house: House) -> None:
    house.says("ding", "HIS还是不行")
    house.expect("engineer2", "W1", "还是不行")
    house.says("engineer2", MENDED.format(1))
    house.forget()
    assert house.says("ding", "HIS还是不行") == 1
    assert house.ticket(1).is_working
    house.expect("nurse", "丁护士说还是不行", "重新打开")
    house.expect_page("engineer2", "没有修好")


def test_a_colleague_corrects_nothing(house: House) -> None:
    house.says("ding", "W1 优先级低")
    house.says("ding", "W1 很急，提到最高")
    house.expect("ding", "已催促")
    house.expect_silence("manager", "建议更改")
    house.says("ding", "W1 不是HIS，是OA")
    assert (house.ticket(1).system, house.ticket(1).priority) == ("his", "medium")
    house.says("ding", "撤销 W1 不用修了")
    assert house.ticket(1).is_working
    house.forget()


def test_what_a_colleague_says_in_passing_is_on_no_ticket(house: House) -> None:
    house.says("ding", "OA打不开")
    house.says("ding", "撤销 W3 好了")
    before = house.ticket(1).events, house.ticket(2).events
    house.says("ding", "好了谢谢")
    house.expect("ding", "不客气")
    assert (house.ticket(1).events, house.ticket(2).events) == before
    house.forget()


# Urging


def test_who_urges_reads_who_is_called_and_when_again(house: House) -> None:
    at = house.now
    house.says("nurse", "W1 没人来，快点啊")
    house.expect("nurse", "已催促，正在呼叫示例·李工", "W1 HIS打不开")
    house.expect_page("engineer2", "【催办】W1")
    house.forward(minutes=14, seconds=59)
    house.says("nurse", "W1 没人来，快点啊")
    again = (at + timedelta(minutes=15)).strftime("%H:%M")
    house.expect("nurse", f"今天 {at:%H:%M} 已催过，示例·李工已收到呼叫；今天 {again} 后可以再催")
    house.expect_silence("engineer2", "【催办】")
    house.forward(seconds=1)
    house.says("nurse", "W1 没人来，快点啊")
    house.expect_page("engineer2", "【催办】W1")
    house.expect_page("engineer1", "【催办】W1")
    house.forget()


def test_a_greeting_is_answered_as_one(house: House) -> None:
    house.says("icu-nurse", "你好，在吗")
    house.expect("icu-nurse", "您好，请说：哪个系统、什么问题")
    house.says("icu-nurse", "谢谢")
    house.expect("icu-nurse", "不客气")
