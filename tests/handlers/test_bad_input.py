"""Whatever comes in is answered with a clear sentence; what cannot be read changes nothing, and nothing is lost."""

import pytest

from sla.message import Attachment
from sla.ticket import EventKind
from tests.support.house import House

HELLO = "急诊科HIS打不开，所有电脑都开不了医嘱"


def picture(name: str = "a.png") -> Attachment:
    return Attachment(name, "image/png", 1000, ref="file-1")


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "空消息"), ("   \n\t ", "空消息"), ("😭😭😭😭😭😭", "表情"), ("🔥" * 3000, "表情"), ("。。。，，，", "表情")],
)
def test_what_cannot_be_read_is_told_so_and_opens_nothing(house: House, text: str, words: str) -> None:
    assert house.says("nurse", text) is None
    house.expect("nurse", words)
    assert house.count() == 0


def test_a_sticker(house: House) -> None:
    house.says("nurse", attachments=(Attachment("cat.webp", "sticker", 900),))
    house.expect("nurse", "贴图")
    assert house.count() == 0


def test_a_long_message_is_kept_whole_and_its_first_part_read(house: House) -> None:
    text = HELLO + "，" + "真的很着急" * 4000
    number = house.says("nurse", text)
    assert number == 1
    house.expect("nurse", f"{len(text)} 字", "前 4000 字", "已开工单 W1")
    assert house.ticket().text == text
    assert house.ticket().system == "his"
    house.forget()


def test_a_file_that_is_too_big_is_named_and_the_words_are_taken(house: House) -> None:
    house.says("nurse", HELLO, attachments=(Attachment("video.mp4", "video/mp4", 30 << 20, refused="too_big"),))
    house.expect("nurse", "video.mp4", "20 MB", "已开工单 W1")
    house.forget()


def test_a_refused_file_alone_asks_for_words(house: House) -> None:
    house.says("nurse", attachments=(Attachment("v.exe", "application/x", 30, refused="type"),))
    house.expect("nurse", "v.exe", "请用文字说明")
    assert house.count() == 0


@pytest.mark.parametrize(
    ("kind", "words"), [("audio/amr", "语音已收到"), ("video/mp4", "文件已收到"), ("application/pdf", "文件已收到")]
)
def test_what_came_without_words_is_called_by_its_name(house: House, kind: str, words: str) -> None:
    house.says("nurse", attachments=(Attachment("x", kind, 3, "ref-1"),))
    house.expect("nurse", words, "哪个系统")
    assert house.count() == 0


def test_a_picture_without_words_waits_for_them(house: House) -> None:
    house.says("nurse", attachments=(picture(),))
    house.expect("nurse", "图片已收到")
    assert house.count() == 0
    house.says("nurse", HELLO)
    house.expect("nurse", "已开工单 W1")
    noted = [event.data["file"] for event in house.ticket().events if event.kind is EventKind.NOTED]
    assert noted == ["file-1"]
    house.forget()


def test_a_picture_after_the_report_lies_with_the_ticket(house: House) -> None:
    house.says("nurse", HELLO)
    house.forget()
    house.says("nurse", attachments=(picture("shot.png"),))
    house.expect("nurse", "已记入 W1")
    house.expect("engineer2", "shot.png")
    assert house.ticket().events[-1].data["file_name"] == "shot.png"


def test_a_button_of_nobody_and_one_of_a_ticket_that_is_not_there(house: House) -> None:
    house.says("nurse", action="explode:1")
    house.expect("nurse", "按钮已经失效")
    house.says("nurse", action="confirm:99")
    house.expect("nurse", "没有工单 W99")
    house.says("nurse", action="rate:1:perhaps")
    house.expect("nurse", "没有工单 W1")


def test_a_button_pressed_twice_and_on_a_closed_ticket(house: House) -> None:
    house.says("nurse", HELLO)
    house.presses("engineer2", "接单")
    house.forget()
    house.says("engineer2", action="ack:1")
    house.expect("engineer2", "已经由您接单")
    house.says("engineer2", action="arrive:1")
    house.forget()
    house.says("engineer2", action="arrive:1")
    house.expect("engineer2", "之前已经记录过", "到场")
    house.says("nurse", "撤销 W1 弄错了")
    house.forget()
    events = house.ticket().events
    house.says("engineer2", action="ack:1")
    house.expect("engineer2", "已撤销")
    house.says("engineer2", action="resolve:1")
    house.expect("engineer2", "已撤销")
    assert house.ticket().events == events


def test_refusals_are_in_the_readers_language(house: House) -> None:
    house.says("100", "arrived W7", channel="telegram")
    house.expect("100", "There is no ticket W7.")
    house.says("100", action="confirm:8", channel="telegram")
    house.expect("100", "W8")


def test_an_instant_that_cannot_be_is_replaced_by_the_receipt(house: House) -> None:
    from datetime import timedelta

    house.says("nurse", HELLO, sent_at=house.now - timedelta(hours=25))
    house.says("icu-nurse", "ICU 重症电脑HIS打不开", sent_at=house.now + timedelta(minutes=5))
    house.says("head-hr", "人事处HIS打不开", sent_at=house.now - timedelta(minutes=7))
    assert house.ticket(1).reported_at == house.now
    assert house.ticket(2).reported_at == house.now
    assert house.ticket(3).reported_at == house.now - timedelta(minutes=7)
    assert house.ticket(3).received_at == house.now
    house.forget()
