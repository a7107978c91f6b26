"""Messages as chat apps have them: edited afterwards, in albums, forwarded, or pointed at with the bot called."""

from dataclasses import replace
from itertools import count

import pytest

from handlers.reading import words_of
from sla.labels import Priority, Scope
from sla.message import Attachment, Inbound
from sla.ticket import EventKind, State
from tests.support.house import House

NUMBERS = count(1)


def picture(name: str) -> Attachment:
    return Attachment(f"{name}.jpg", "image/jpeg", 3, f"ref-{name}")


def message(house: House, text: str, **more: object) -> Inbound:
    """Something that icu-nurse writes now."""
    plain = Inbound("webchat", f"m{next(NUMBERS)}", "icu-nurse", "icu-nurse", text, sent_at=house.now)
    return replace(plain, **more)  # type: ignore[arg-type]  # fields by name


def edit(house: House, before: Inbound, text: str) -> Inbound:
    """The same message with other words, now."""
    key = f"e{next(NUMBERS)}:{before.key}"
    return replace(before, key=key, edits=before.edits or before.key, text=text, sent_at=house.now)


def files_of(house: House, number: int = 1) -> list[str]:
    return [str(e.data["file_name"]) for e in house.ticket(number).events if "file" in e.data]


class TestEdits:
    def test_an_edit_within_the_window_corrects_the_report(self, house: House) -> None:
        first = message(house, "急诊所有电脑HIS打不开")
        assert house.take(first) == 1
        house.expect_page("engineer2", "优先级 紧急")
        house.forward(seconds=30)
        house.forget()
        assert house.take(edit(house, first, "急诊一台电脑HIS打不开")) == 1
        house.expect("icu-nurse", "W1 已按您修改后的内容更新", "单个工位")
        house.expect("engineer2", "急诊一台电脑HIS打不开", "单个工位")
        ticket = house.ticket()
        assert (ticket.scope, ticket.title) == (Scope.WORKSTATION, "急诊一台电脑HIS打不开")
        assert ticket.priority is not Priority.CRITICAL
        assert ticket.text == "急诊所有电脑HIS打不开"  # what was said first stays on record
        assert house.count() == 1

    def test_what_was_edited_twice_is_what_it_says_last(self, house: House) -> None:
        first = message(house, "HIS打不开")
        house.take(first)
        second = edit(house, first, "PACS打不开")
        house.take(second)
        house.take(edit(house, second, "急诊PACS打不开"))
        ticket = house.ticket()
        assert (ticket.system, ticket.department, ticket.title) == ("pacs", "emergency", "急诊PACS打不开")
        house.take(message(house, "所有电脑"))
        assert words_of(house.ticket()) == "急诊PACS打不开\n所有电脑"
        house.forget()

    def test_a_part_that_completed_the_report_may_be_edited(self, house: House) -> None:
        house.take(message(house, "HIS打不开"))
        part = message(house, "急诊的")
        house.take(part)
        house.take(edit(house, part, "药房的"))
        assert (house.ticket().department, house.ticket().title) == ("pharmacy", "HIS打不开 药房的")
        house.forget()

    def test_words_that_change_no_label_are_passed_on_as_well(self, house: House) -> None:
        first = message(house, "3楼HIS打不开")
        house.take(first)
        house.forget()
        house.take(edit(house, first, "4楼HIS打不开"))
        house.expect("engineer2", "4楼HIS打不开")
        assert house.ticket().title == "4楼HIS打不开"
        house.forget()

    def test_an_edit_after_the_window_is_a_word_to_the_ticket(self, house: House) -> None:
        first = message(house, "急诊HIS打不开")
        house.take(first)
        house.expect_page("engineer2")
        house.forget()
        house.forward(minutes=4)
        late = "急诊HIS打不开，换了鼠标也一样，重启过两次了，现在排了很多人"
        assert house.take(edit(house, first, late)) == 1
        house.expect("icu-nurse", "过后修改的", "W1")
        house.expect("engineer2", "重启过两次")
        assert house.count() == 1
        assert house.ticket().events[-1].data["text"] == late
        house.forget()

    def test_an_edit_that_changes_nothing_says_nothing(self, house: House) -> None:
        first = message(house, "急诊HIS打不开")
        house.take(first)
        house.forget()
        assert house.take(edit(house, first, "急诊HIS打不开")) == 1
        assert house.heard == []

    def test_a_fragment_that_is_edited_to_a_report_opens_one_ticket(self, house: House) -> None:
        first = message(house, "急诊的")
        assert house.take(first) is None
        assert house.take(edit(house, first, "药房HIS打不开")) == 1
        assert (house.ticket().text, house.ticket().department) == ("药房HIS打不开", "pharmacy")
        house.forget()

    def test_an_edit_of_what_the_bot_never_saw_is_new(self, house: House) -> None:
        unseen = message(house, "没有叫它")
        assert house.take(edit(house, unseen, "急诊HIS打不开")) == 1
        house.forget()


class TestAlbums:
    def test_an_album_is_one_report_with_every_picture_and_one_answer(self, house: House) -> None:
        house.take(message(house, "急诊HIS打不开", album="77", attachments=(picture("1"),)))
        house.expect("icu-nurse", "已开工单 W1")
        for name in "234":
            assert house.take(message(house, "", album="77", attachments=(picture(name),))) == 1
        house.expect_silence("icu-nurse")
        assert files_of(house) == ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]
        assert house.count() == 1
        house.forget()

    def test_the_words_may_come_with_any_of_them(self, house: House) -> None:
        house.take(message(house, "", album="77", attachments=(picture("2"),)))
        house.expect("icu-nurse")
        house.take(message(house, "", album="77", attachments=(picture("3"),)))
        house.expect_silence("icu-nurse")
        assert house.take(message(house, "急诊HIS打不开", album="77", attachments=(picture("1"),))) == 1
        assert house.take(message(house, "", album="77", attachments=(picture("4"),))) == 1
        assert sorted(files_of(house)) == ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]
        assert house.count() == 1
        house.forget()

    def test_an_album_without_words_is_asked_about_once(self, house: House) -> None:
        for name in "123":
            house.take(message(house, "", album="77", attachments=(picture(name),)))
        assert len([heard for heard in house.heard if heard.who == "icu-nurse"]) == 1
        house.forward(minutes=4)
        assert house.take(message(house, "急诊HIS打不开")) == 1
        assert sorted(files_of(house)) == ["1.jpg", "2.jpg", "3.jpg"]
        house.forget()


class TestWordsOfAnother:
    @pytest.mark.parametrize("own", ["", "帮忙报一下", "麻烦帮他报个修吧", "please report this"])
    def test_what_was_pointed_at_is_the_report(self, house: House, own: str) -> None:
        assert house.take(message(house, own, group=True, quoted="急诊HIS打不开", origin="张三")) == 1
        ticket = house.ticket()
        assert (ticket.system, ticket.department, ticket.reporter) == ("his", "emergency", "icu-nurse")
        assert ticket.text == "急诊HIS打不开\n（原话：张三）" if own != "please report this" else "张三" in ticket.text
        house.forget()

    def test_what_is_added_counts_as_well(self, house: House) -> None:
        house.take(message(house, "所有电脑都是", group=True, quoted="急诊HIS打不开", origin="张三"))
        assert house.ticket().scope is Scope.DEPARTMENT
        house.forget()

    def test_who_urges_below_what_nobody_reported_reports_it(self, house: House) -> None:
        for _ in range(2):
            house.take(message(house, "快点处理啊", group=True, quoted="急诊HIS打不开", origin="张三"))
            house.forward(minutes=4)
        assert house.count() == 1
        assert house.ticket().text.startswith("急诊HIS打不开")
        house.forget()

    def test_a_command_below_somebody_elses_words_is_a_command(self, house: House) -> None:
        assert house.take(message(house, "帮助", group=True, quoted="急诊HIS打不开", origin="张三")) is None
        assert house.count() == 0

    def test_forwarded_words_are_a_report_and_keep_whose_they_are(self, house: House) -> None:
        assert house.take(message(house, "急诊HIS打不开", origin="张三")) == 1
        assert house.ticket().text == "急诊HIS打不开\n（原话：张三）"
        house.forget()

    def test_forwarded_words_take_and_confirm_nothing(self, house: House) -> None:
        house.take(message(house, "急诊HIS打不开"))
        ack = message(house, "接单 W1", sender="engineer2", conversation="engineer2", origin="王工")
        house.take(ack)
        assert house.ticket().state is State.REPORTED
        house.take(replace(ack, key="own", origin=""))
        house.says("engineer2", "修好了 W1 重启了服务，原因是内存不足")
        house.says("engineer2", action="resolve:1")
        house.says("engineer2", "重启了服务")
        assert house.ticket().state is State.RESOLVED
        house.take(message(house, "好了，可以用了", origin="王工"))
        assert EventKind.CONFIRMED not in {event.kind for event in house.ticket().events}
        house.forget()
