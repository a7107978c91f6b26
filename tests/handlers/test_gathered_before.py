"""What comes before its report, or says where it is: pictures, fragments and shared places find the right ticket."""

from collections.abc import Sequence

import pytest

from tests.handlers.test_gathering import PICTURE, says_all
from tests.support.house import House

SHARED = "门诊三楼 (31.2, 121.4)"
"""A place as WeChat's channel writes it."""


def test_a_picture_before_a_report_is_not_put_on_an_old_ticket(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.says("engineer2", "接单 W1")
    house.forward(minutes=40)
    house.forget()
    house.says("nurse", attachments=(PICTURE,))
    asked = house.expect("nurse", "图片已收到")
    assert [row[0].label for row in asked.buttons] == ["补充到 W1 HIS打不开"]
    house.says("nurse", "PACS看不了片子")
    assert [e.data["file"] for e in house.ticket(2).events if "file" in e.data] == ["ref-1"]
    assert not any("file" in event.data for event in house.ticket(1).events)
    house.forget()


def test_the_button_puts_it_on_the_old_one(house: House) -> None:
    house.says("nurse", "HIS打不开")
    house.says("engineer2", "接单 W1")
    house.forward(minutes=40)
    house.forget()
    house.says("nurse", attachments=(PICTURE,))
    house.presses("nurse", "补充到 W1 HIS打不开")
    assert house.expect("engineer2", "蓝屏.png").attachments
    assert house.ticket().events[-1].data["file"] == "ref-1"
    house.presses("nurse", "补充到 W1 HIS打不开")
    assert [event.data.get("file") for event in house.ticket().events].count("ref-1") == 1
    house.forget()


def test_a_fragment_before_a_report_is_not_put_on_an_old_ticket(house: House) -> None:
    house.says("head-hr", "HIS打不开")
    house.says("engineer2", "接单 W1")
    house.forward(minutes=40)
    house.forget()
    before = house.ticket().events
    house.says("head-hr", "急诊的")
    house.expect("head-hr", "收到：急诊科")
    house.says("head-hr", "PACS看不了片子")
    assert (house.ticket(2).department, house.ticket(1).events) == ("emergency", before)
    house.forget()


@pytest.mark.parametrize(
    ("texts", "department"),
    [
        ((SHARED, "急诊HIS打不开"), "emergency"),
        (("急诊HIS打不开", SHARED), "emergency"),
        ((SHARED, "HIS打不开"), "outpatient"),
    ],
)
def test_a_department_that_was_said_counts_before_a_place_that_was_shared(
    house: House, texts: Sequence[str], department: str
) -> None:
    says_all(house, "head-hr", *texts)
    assert (house.ticket().system, house.ticket().department) == ("his", department)
    house.forget()


def test_who_has_it_already_is_not_said_to_be_called(house: House) -> None:
    """What is added changes the deadlines; the engineer hears of it and is called no second time."""
    house.says("icu-nurse", "HIS打不开")
    house.says("engineer2", "接单")
    house.forget()
    house.says("icu-nurse", "只是慢，还能用")
    answer = house.expect("icu-nurse", "W1", "李工已接单")
    assert "正在呼叫" not in answer.text
    house.forget()
