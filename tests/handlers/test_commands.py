"""Command words are commands only where nothing else grows out of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.commands import Order, button, lacks_number, number_in, parse
from handlers.receive import ROUTES


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("接单", Order("ack")),
        ("接单 W12", Order("ack", 12)),
        ("接单12", None),
        ("接单 12", Order("ack", 12)),
        ("接单W12", Order("ack", 12)),
        ("W12 接单", Order("ack", 12)),
        ("w12", Order("show", 12)),
        ("工单12", Order("show", 12)),
        ("工单", Order("tickets")),
        ("值班", Order("on_call")),
        ("到场", Order("arrive")),
        ("远程不行 W3 要换硬盘", Order("remote_failed", 3, "要换硬盘")),
        ("修好了：原因 网线松了 方法 重插", Order("resolve", None, "原因 网线松了 方法 重插")),
        ("不同意：期限太晚", Order("refuse", None, "期限太晚")),
        ("同意 W12 限期明天18:00", Order("approve", 12, "限期明天18:00")),
        ("转给张三", Order("handover", None, "张三")),
        ("转给 张三 W12", Order("handover", 12, "张三")),
        ("W12 转给 张三", Order("handover", 12, "张三")),
        ("绑定 10234 483920", Order("bind", None, "10234 483920")),
        ("绑定码 10234", Order("bindcode", None, "10234")),
        ("撤销 W12 报错了", Order("cancel", 12, "报错了")),
        ("怎么样了", Order("query")),
        ("进度 W12", Order("query", 12)),
        ("ACK W12", Order("ack", 12)),
        ("fixed W7 cause: cable", Order("resolve", 7, "cause: cable")),
        ("W12 还是慢", Order("words", 12, "还是慢")),
        ("help", Order("help")),
    ],
)
def test_words_of_the_provider(text: str, order: Order | None) -> None:
    assert parse(text, of_provider=True) == order


@pytest.mark.parametrize(
    "text",
    [
        "同意书打印不了",
        "取消挂号不了",
        "取消 挂号时报错",
        "评估单打不开",
        "方案审批流程打不开",
        "值班 医生站打不开",
        "工单 打印不出来",
        "说明书没有显示",
        "status page is down",
        "planning module does not open",
        "HIS打不开",
        "",
    ],
)
def test_reports_that_begin_like_commands(text: str) -> None:
    assert parse(text, of_provider=False) is None


@pytest.mark.parametrize("text", ["修好了，谢谢", "到场 了吗", "原因 不明", "方案 什么时候有"])
def test_words_of_the_providers_work_are_commands_of_its_people_alone(text: str) -> None:
    assert parse(text, of_provider=False) is None
    assert parse(text, of_provider=True) is not None


def test_with_a_number_everybody_is_understood_so_that_the_answer_can_say_why_not() -> None:
    assert parse("接单 W12", of_provider=False) == Order("ack", 12)


@pytest.mark.parametrize("of_provider", [True, False])
@pytest.mark.parametrize(
    "word", ["更正", "作废", "豁免", "申请豁免", "撤销豁免", "为什么", "为什么？", "部门影响", "why?"]
)
def test_a_word_that_needs_a_number_is_a_command_by_itself(word: str, of_provider: bool) -> None:
    order = parse(word, of_provider)
    assert order is not None
    assert lacks_number(order)
    assert parse(f"{word}打不开", of_provider) is None
    numbered = parse(f"{word.rstrip('?？')} W12", of_provider)
    assert numbered is not None
    assert not lacks_number(numbered)
    assert not lacks_number(Order("downtime"))


@pytest.mark.parametrize(
    ("action", "order"),
    [
        ("ack:12", Order("ack", 12)),
        ("approve:12:2:department", Order("approve", 12, "2:department")),
        ("new", Order("new")),
        ("ack:twelve", None),
        ("ack:９", None),
        ("ack:99999999999", None),
        ("", None),
    ],
)
def test_buttons(action: str, order: Order | None) -> None:
    assert button(action) == order


@pytest.mark.parametrize(("text", "number"), [("W12", 12), ("12", 12), ("选W3", 3), ("三号", None), ("12床", None)])
def test_numbers(text: str, number: int | None) -> None:
    assert number_in(text) == number


@given(st.text(), st.booleans())
def test_any_text_is_read_without_an_error_and_every_order_has_a_handler(text: str, of_provider: bool) -> None:
    order = parse(text, of_provider)
    assert order is None or order.verb in ROUTES
    assert button(text) is None or isinstance(button(text), Order)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("到了 3 楼", Order("arrive", None, "3 楼")),
        ("已到 03:50", Order("arrive", None, "03:50")),
        ("到了 3", Order("arrive", 3)),
        ("到了 W3，在 5 楼", Order("arrive", 3, "在 5 楼")),
        ("处理好了，还有一台没好", None),
        ("修复了，但是又断了", None),
    ],
)
def test_a_floor_or_an_hour_is_no_ticket_and_half_of_it_is_no_repair(text: str, order: Order | None) -> None:
    assert parse(text, of_provider=True) == order


@pytest.mark.parametrize("text", ["W1 到了，还没修好", "W1 已到，在修"])
def test_who_waits_says_that_somebody_is_there_and_does_not_arrive(text: str) -> None:
    order = parse(text, of_provider=False)
    assert order is not None
    assert (order.verb, order.ticket) == ("words", 1)
