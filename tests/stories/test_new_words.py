"""Commands and answers under a quotation, behind a mention, or spoken, are taken as if they stood alone; what was
quoted says which ticket is meant, and the whole message is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sla.ticket import EventKind, State
from tests.support.house import House, open_house

RULE = "\n- - - - - - - - - - - - - - -\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """W1 and W2 wait for an engineer."""
    with open_house(tmp_path) as opened:
        opened.says("nurse", "急诊HIS打不开")
        opened.says("icu-nurse", "ICU的PACS打不开")
        opened.forget()
        yield opened
        opened.forget()


@pytest.mark.parametrize(
    "words",
    [
        f"「报障助手：【呼叫】W2 ICU的PACS打不开」{RULE}接单",
        f"“报障助手: 【呼叫】W2 ICU的PACS打不开”{RULE}接单",
        "@报障助手 接单 W2",
        "@报障助手\u2005接单 W2",
        "[语音] 接单 W2",
        "接单 W2\n\n发自我的iPhone",
        "接单 W2\n\n------------------ 原始邮件 ------------------\n发件人: 报障助手\n\n【呼叫】W1",
    ],
)
def test_a_command_is_found_among_what_is_not_new(house: House, words: str) -> None:
    house.says("engineer2", words)
    assert house.ticket(2).state is State.ACKNOWLEDGED
    assert house.ticket(1).state is State.REPORTED


def test_an_answer_under_a_quotation_is_for_the_ticket_that_it_quotes(house: House) -> None:
    house.says("engineer2", "接单 W1")
    house.says("engineer2", "修好了 W1 原因：锁表 方法：重启 结果：恢复")
    answer = f"「报障助手：您的工单 W1 已修复」{RULE}还是不行"
    house.says("nurse", answer)
    last = house.ticket(1).events[-1]
    assert (last.kind, last.data["text"]) == (EventKind.REOPENED, answer)


def test_a_ticket_is_called_by_the_new_words(house: House) -> None:
    house.says("head-icu", f"「信息科：HIS今晚升级，请知晓」{RULE}输血系统打不开，快来人")
    assert house.ticket(3).title == "输血系统打不开，快来人"
    assert house.ticket(3).system == "transfusion"
    assert "HIS今晚升级" in house.ticket(3).text
