"""我的渠道 and 静默: one's own addresses, in words; their order and quiet hours, changed by word and button."""

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest

from handlers.reach import address_failed, held
from sla.message import Address, Notice, Purpose
from sla.reachable import EVERY_DAY, Quiet
from tests.support.addresses import sends, with_addresses
from tests.support.house import House, open_house

WANG = ("webchat:engineer1", "telegram:100", "telegram:101", "wechat:open-wang", "mail:wang@hospital.example")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, rules=with_addresses(engineer1=WANG)) as opened:
        yield opened


def order(house: House) -> list[str]:
    """How the addresses would be tried if they all worked."""
    first = house.run(lambda uow: uow.reach.of("engineer1", (Address("webchat", "engineer1"),))).wants.first
    return [f"{one.channel}:{one.address}" for one in first]


def quiet_hours(house: House) -> Quiet | None:
    return house.run(lambda uow: uow.reach.of("engineer1", (Address("webchat", "engineer1"),))).wants.quiet


def says(house: House, text: str) -> str:
    house.says("engineer1", text)
    heard = house.heard.pop()
    assert heard.who == "engineer1"
    return heard.notice.text


def test_each_address_with_what_is_known_of_it(house: House) -> None:
    house.says("open-wang", "值班", channel="wechat")
    sends(house, "wechat")
    house.run(lambda uow: address_failed(Address("telegram", "100"), "403 bot was blocked", house.now, uow))
    house.says("engineer1", "值班")
    lines = says(house, "我的渠道").splitlines()
    assert [line.partition("：")[0] for line in lines[1:6]] == [
        "1. 网页（eng…er1）",
        "2. Telegram（100）",
        "3. Telegram（101）",
        "4. 微信（ope…ang）",
        "5. 邮件（wan…ple）",
    ]
    assert "最近显示 今天 03:42（打开网页才看得到）" in lines[1]
    assert "最近失败 今天 03:42：对方停用或没有关注；暂时排在后面" in lines[2]
    assert lines[3].endswith("尚未使用")
    assert "最近送达 今天 03:42；可主动发送至 10月3日 03:42" in lines[4]
    assert "静默时段：未设置" in lines[-1]
    house.forward(days=2)
    assert "微信（ope…ang）：最近送达 10月1日 03:42；现在不能主动发送" in says(house, "我的渠道")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("我的渠道 微信 优先", "wechat:open-wang"),
        ("我的渠道微信优先", "wechat:open-wang"),
        ("我的渠道 邮件优先", "mail:wang@hospital.example"),
        ("我的渠道 telegram 2 优先", "telegram:101"),
        ("我的渠道 101 优先", "telegram:101"),
        ("my channels WeChat first", "wechat:open-wang"),
    ],
)
def test_one_is_put_first_by_word(house: House, words: str, first: str) -> None:
    says(house, words)
    assert order(house) == [first, *(one for one in WANG if one != first)]


def test_one_is_put_first_by_button_whatever_the_order_is_by_then(house: House) -> None:
    says(house, "我的渠道")
    mail = next(
        b.action for h in house.all for row in h.notice.buttons for b in row if b.label == "邮件（wan…ple）优先"
    )
    says(house, "我的渠道 微信 优先")
    house.says("engineer1", action=mail)
    assert order(house)[:2] == ["mail:wang@hospital.example", "wechat:open-wang"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("我的渠道 telegram 优先", "有几个地址"),
        ("我的渠道 telegram 3 优先", "有几个地址"),
        ("我的渠道 企业微信 优先", "没有绑定这个渠道"),
        ("静默 开启", "请写明时段"),
        ("静默 25:00-7:00", "请写明时段"),
        ("静默 7:00-7:00", "请写明时段"),
        ("静默 22:60-7:00", "请写明时段"),
        ("静默 晚上22点到25点", "请写明时段"),
        ("静默 22:00-7:00 有时候", "请写明时段"),
    ],
)
def test_what_is_not_clear_changes_nothing(house: House, words: str, told: str) -> None:
    assert told in says(house, words)
    assert order(house) == []
    assert quiet_hours(house) is None


def test_a_lost_phone_is_unbound_and_what_the_administrator_wrote_is_not(house: House) -> None:
    lost = Address("wecom", "lost")
    house.run(lambda uow: uow.bindings.bind("engineer1", lost, house.now))
    assert "6. 企业微信（lost）" in says(house, "我的渠道")
    said = says(house, "我的渠道 企业微信 解绑")
    assert said.startswith("企业微信已解绑")
    assert "lost" not in said
    assert house.run(lambda uow: uow.bindings.person_of(lost)) is None
    assert "请管理员更改" in says(house, "我的渠道 微信 解绑")
    assert "4. 微信" in says(house, "我的渠道")


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("静默 22:00-7:00", Quiet(time(22), time(7))),
        ("静默 22点到7点 周末", Quiet(time(22), time(7), frozenset({5, 6}))),
        ("静默 12:30~14:00 周一、周三", Quiet(time(12, 30), time(14), frozenset({0, 2}))),
        ("静默 22:00-24:00", Quiet(time(22), time(0))),
        ("静默 晚上10点到次日早上7点", Quiet(time(22), time(7))),
        ("静默22:00-7:00", Quiet(time(22), time(7))),
        ("静默 凌晨12点-7点", Quiet(time(0), time(7))),
        ("静默时段 22-7", Quiet(time(22), time(7))),
        ("quiet 10pm to 7 am", Quiet(time(22), time(7))),
        ("quiet hours 9:30 pm - 6:00 weekends", Quiet(time(21, 30), time(6), frozenset({5, 6}))),
        ("quiet 22:00-7:00 weekdays", Quiet(time(22), time(7), frozenset(range(5)))),
    ],
)
def test_quiet_hours_as_people_write_them(house: House, words: str, hours: Quiet) -> None:
    says(house, words)
    assert quiet_hours(house) == hours


def test_the_days_of_quiet_hours_share_their_hours(house: House) -> None:
    """ "周六；周日 22:00–07:00" would read as all of Saturday."""
    assert "静默时段：周六、周日 22:00–07:00。" in says(house, "静默 22:00-7:00 周末")


def test_quiet_hours_are_switched_off_and_on_again(house: House) -> None:
    says(house, "静默 22:00-7:00")
    assert "已关闭" in says(house, "静默 关闭")
    house.presses("engineer1", "开启静默")
    assert quiet_hours(house) == Quiet(time(22), time(7), EVERY_DAY)
    house.presses("engineer1", "关闭静默")
    assert quiet_hours(house) == Quiet(time(22), time(7), EVERY_DAY, on=False)


@pytest.mark.parametrize("words", ["静默模式下HIS打印不出来", "quiet room printer is broken, HIS does not print"])
def test_what_only_begins_so_is_a_report(house: House, words: str) -> None:
    assert house.says("nurse", words) == 1
    house.forget()


def test_not_before_a_group_and_not_for_who_is_unknown(house: House) -> None:
    house.says("engineer1", "我的渠道", group="everybody")
    house.expect("engineer1", "单独会话")
    house.says("5", "我的渠道", channel="telegram")
    house.expect("5", "绑定")


def test_what_is_held_back_and_what_is_not(house: House) -> None:
    for who in ("lead", "engineer1"):
        house.says(who, "静默 22:00-7:00")
    house.forward(minutes=31)
    assert "您正在值班" in says(house, "我的渠道")
    house.forward(minutes=31)

    def held_until(purpose: Purpose, who: str = "lead") -> bool:
        notice = Notice("k", purpose, (Address("webchat", who),), "x", person=who)
        return house.run(lambda uow: held(notice, uow, house.rules, house.now)).not_before is not None

    assert [each for each in Purpose if held_until(each)] == [Purpose.BREACH, Purpose.INFO]
    assert not held_until(Purpose.INFO, "engineer1")  # second on call
    assert not held_until(Purpose.INFO, "nurse")
    house.says("lead", "值班")  # awake
    assert not held_until(Purpose.INFO)
    house.forward(minutes=31)
    assert held_until(Purpose.INFO)
    house.forward(hours=2)
    assert not held_until(Purpose.INFO)
