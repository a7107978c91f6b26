"""Who is who: known by the configuration, bound by a code, or heard all the same."""

import re

from bot.channels.telegram_reading import Me, Read, read_update
from sla.message import Address
from tests.support.house import House

REPORT = "急诊科HIS打不开，所有电脑都开不了医嘱"


def code_from(house: House, maker: str = "manager", staff: str = "10001") -> str:
    house.says(maker, f"绑定码 {staff}")
    said = house.expect(maker, "验证码").text
    found = re.search(r"\d{6}", said.partition("验证码：")[2])
    assert found
    return found.group()


def test_a_stranger_is_heard_and_told_how_to_be_known(house: House) -> None:
    house.says("555", REPORT, channel="telegram")
    house.expect("555", "已开工单 W1", "尚未核实", "绑定 工号 验证码")
    assert (house.ticket().reporter, house.ticket().verified) == ("telegram:555", False)
    house.expect_page("engineer2", "W1")
    house.says("engineer2", "接单 W1")
    house.expect("555", "示例·李工接单")


def test_binding_verifies_what_was_reported(house: House) -> None:
    house.says("555", REPORT, channel="telegram")
    code = code_from(house)
    house.says("555", f"绑定 10001 {code}", channel="telegram")
    house.expect("555", "示例·林护士您好", "1 张工单已核实")
    assert (house.ticket().reporter, house.ticket().verified) == ("nurse", True)
    assert house.run(lambda uow: uow.bindings.person_of(Address("telegram", "555"))) == "nurse"
    house.says("555", "怎么样了", channel="telegram")
    house.expect("nurse", "W1")
    house.forget()


def test_a_link_binds_where_the_bots_name_is_known(house: House) -> None:
    house.run(lambda uow: uow.marks.put("telegram:link", "https://t.me/WardlineBot?start="))
    house.says("manager", "绑定码 10001")
    link = house.expect("manager", "验证码").text.splitlines()[-1]
    payload = link.partition("https://t.me/WardlineBot?start=")[2]
    start = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 555, "type": "private"},
        "from": {"id": 555, "language_code": "zh-hans"},
    }
    read = read_update({"update_id": 1, "message": start | {"text": f"/start {payload}"}}, Me(7, "WardlineBot"))
    assert isinstance(read, Read)
    house.take(read.inbound)
    house.expect("555", "示例·林护士")
    assert house.run(lambda uow: uow.bindings.person_of(Address("telegram", "555"))) == "nurse"


def test_a_code_works_once_and_for_a_day(house: House) -> None:
    code = code_from(house)
    house.says("555", f"绑定 10001 {code}", channel="telegram")
    house.says("556", f"绑定 10001 {code}", channel="telegram")
    house.expect("556", "不对")
    late = code_from(house)
    house.forward(hours=25)
    house.says("556", f"绑定 10001 {late}", channel="telegram")
    house.expect("556", "不对")


def test_five_wrong_tries_end_a_code(house: House) -> None:
    code = code_from(house)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        house.says("555", f"绑定 10001 {wrong}", channel="telegram")
        house.expect("555", "不对")
    house.says("555", f"绑定 10001 {code}", channel="telegram")
    house.expect("555", "不对")


def test_how_to_bind(house: House) -> None:
    house.says("555", "绑定", channel="telegram")
    house.expect("555", "请发送：绑定 工号 验证码")
    house.says("555", "绑定 99999 123456", channel="telegram")
    house.expect("555", "不对")


def test_who_may_make_codes(house: House) -> None:
    for who in ("nurse", "engineer1", "head-icu"):
        house.says(who, "绑定码 10001")
        house.expect(who, "只有医院管理人员")
    for who in ("manager", "admin", "lead"):
        code_from(house, who)
    house.says("manager", "绑定码 777")
    house.expect("manager", "没有工号")


def test_the_trail_says_who_made_and_used_a_code(house: House) -> None:
    code = code_from(house)
    house.says("555", f"绑定 10001 {code}", channel="telegram")
    trail = house.run(lambda uow: [entry[1:4] for entry in uow.audit.entries(10)])
    assert ("manager", "bindcode", "10001") in trail
    assert ("nurse", "bind", "telegram:555") in trail


def test_whoever_begins_to_follow_is_greeted(house: House) -> None:
    house.says("o-555", action="hello", channel="telegram")
    house.expect("o-555", "您好", "示例医院", "直接说问题就能报障", "绑定 工号 验证码")
    house.says("nurse", action="hello")
    assert "绑定" not in house.expect("nurse", "您好", "示例医院").text
    assert house.count() == 0
