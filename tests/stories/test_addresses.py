"""A night in which not every address works: the page goes where it is seen."""

from datetime import timedelta
from pathlib import Path

from handlers.reach import address_failed, always_mark
from sla.message import Address, Purpose
from tests.support.addresses import refuses, sends, waiting, with_addresses
from tests.support.house import NIGHT, open_house

FAULT = "急诊科HIS打不开，所有电脑都开不了医嘱"
LI = ("wechat:li-open", "telegram:200")


def test_behind_a_closed_window_the_page_goes_to_the_next_address_until_the_person_writes(tmp_path: Path) -> None:
    with open_house(tmp_path, NIGHT - timedelta(days=3), with_addresses(engineer2=LI)) as house:
        house.says("li-open", "值班", channel="wechat")
        sends(house, "wechat")
        house.now = NIGHT
        house.says("nurse", FAULT)
        page = house.expect_page("engineer2", "W1", "急诊科")
        assert page.addresses == (Address("telegram", "200"), Address("wechat", "li-open"))
        house.forward(minutes=1)
        house.says("li-open", "值班", channel="wechat")
        sends(house, "wechat")
        house.forward(minutes=2)
        assert any("再次" in text for text in sends(house, "wechat"))
        house.expect_silence("engineer2", "再次")
        house.says("li-open", "接单 W1", channel="wechat")
        house.expect("nurse", "示例·李工接单")


def test_behind_a_closed_window_a_template_still_gets_through_and_its_person_is_told_so(tmp_path: Path) -> None:
    with open_house(tmp_path, NIGHT - timedelta(days=3), with_addresses(engineer2=LI)) as house:
        house.says("li-open", "值班", channel="wechat")
        sends(house, "wechat")
        house.run(lambda uow: uow.marks.put(always_mark("wechat"), "TPL1"))
        house.now = NIGHT
        house.says("nurse", FAULT)
        (text,) = sends(house, "wechat")
        assert "W1" in text
        house.says("200", "我的渠道", channel="telegram")
        house.expect("engineer2", "现在只能发简短提醒")
        house.says("li-open", "接单 W1", channel="wechat")
        house.expect("nurse", "示例·李工接单")


def test_where_wecom_refuses_the_page_goes_on_and_the_next_one_goes_there_at_once(tmp_path: Path) -> None:
    with open_house(tmp_path, rules=with_addresses(engineer2=("wecom:li", "telegram:200"))) as house:
        house.says("nurse", FAULT)
        assert len(refuses(house, "wecom", "81013 user not in the app")) == 1
        page = house.expect_page("engineer2", "W1")
        assert page.addresses[0] == Address("wecom", "li")
        house.forward(minutes=3)
        assert not waiting(house, "wecom")
        again = house.expect_page("engineer2", "再次")
        assert again.addresses == (Address("telegram", "200"), Address("wecom", "li"))
        house.says("li", "接单 W1", channel="wecom")
        house.expect("nurse", "示例·李工接单")
        back, *_ = sends(house, "wecom")
        assert "企业微信" in back
        assert "81013" in back
        house.says("li", "到场 W1", channel="wecom")
        assert not any("81013" in text for text in sends(house, "wecom"))  # it is told once
        house.says("nurse", "还是不行")
        assert any("W1" in text for text in sends(house, "wecom"))


def test_a_mail_that_came_back_puts_the_address_behind(tmp_path: Path) -> None:
    with open_house(tmp_path, rules=with_addresses(engineer2=("mail:li@x", "telegram:200"))) as house:
        mail = Address("mail", "li@x")
        house.run(lambda uow: address_failed(mail, "550 no such\n user", house.now, uow))
        house.says("nurse", FAULT)
        assert house.expect_page("engineer2", "W1").addresses == (Address("telegram", "200"), mail)
        house.says("200", "我的渠道", channel="telegram")
        told = house.expect("engineer2", "您的渠道").text
        assert "对方没有这个账号或地址" in told
        assert "现在的呼叫会先走Telegram" in told


def test_a_page_wakes_whatever_the_quiet_hours_and_news_of_little_things_wait(tmp_path: Path) -> None:
    with open_house(tmp_path, NIGHT - timedelta(hours=8)) as house:
        for who in ("nurse", "engineer1", "engineer2"):
            house.says(who, "静默 22:00-7:00")
        house.says("nurse", "OA有个字显示不清楚，不急")
        assert house.ticket().priority not in ("critical", "high")
        house.forget()
        house.now = NIGHT
        house.says("engineer2", "接单 W1")
        house.expect("engineer2", "已由您接单")
        house.expect_silence("nurse", "接单")
        house.says("icu-nurse", "ICU嘉和重症系统打不开，全科都不行")
        house.expect_page("engineer2", "W2")
        house.says("engineer2", "接单 W2")
        house.expect_silence("nurse", "接单")
        morning = NIGHT.replace(hour=7, minute=0)
        house.until(morning)
        house.deliver()
        house.expect("nurse", "示例·李工接单", purpose=Purpose.INFO)
        house.forget()


def test_news_of_what_is_urgent_comes_at_once_and_whoever_has_a_ticket_hears_of_it(tmp_path: Path) -> None:
    with open_house(tmp_path, NIGHT - timedelta(hours=1)) as house:
        for who in ("nurse", "icu-nurse", "lead"):
            house.says(who, "静默 22:00-7:00")
        house.says("nurse", FAULT)
        house.says("icu-nurse", "OA有个字显示不清楚，不急")
        assert house.ticket(2).priority not in ("critical", "high")
        house.says("lead", "接单 W2")
        house.forget()
        house.now += timedelta(minutes=40)  # nobody wrote for long enough to be asleep
        house.says("engineer2", "接单 W1")
        house.expect("nurse", "示例·李工接单")
        house.says("icu-nurse", "说明 W2 现在整个屏幕都不清楚")
        house.expect("lead", "W2", "整个屏幕")
        house.says("nurse", "说明 W1 又多了两台")
        house.forget()
        house.now += timedelta(minutes=40)
        house.says("lead", "到场 W2")
        house.expect_silence("icu-nurse", "W2")
        house.forget()


def test_news_goes_round_the_way_of_the_report_where_that_refuses(tmp_path: Path) -> None:
    rules = with_addresses(nurse=("webchat:nurse", "telegram:7"))
    with open_house(tmp_path, rules=rules) as house:
        house.says("7", FAULT, channel="telegram")
        house.expect_page("engineer2", "W1")
        told = Address("telegram", "7")
        house.now += timedelta(minutes=1)
        house.run(lambda uow: address_failed(told, "blocked by the user", house.now, uow))
        house.says("engineer2", "接单 W1")
        assert house.expect("nurse", "示例·李工接单").addresses == (Address("webchat", "nurse"), told)
        house.now += timedelta(minutes=1)
        house.says("7", "怎么样了", channel="telegram")
        house.says("engineer2", "到场 W1")
        assert house.expect("nurse", "已到现场").addresses[0] == told
