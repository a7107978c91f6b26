"""From when to when something is announced for: days that lie ahead, midnight, and any text at all."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.intake.ahead import ahead, rest_of, until
from tests.support.house import ZONE

NOW = datetime(2026, 10, 1, 21, 0, tzinfo=ZONE)
"""A Thursday evening."""


def shown(text: str) -> str:
    """What is announced, as month-day hour:minute."""
    found = ahead(text, NOW)
    return " ".join(f"{each:%m-%d %H:%M}" for each in found) if found else ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("HIS 今晚22:00-23:30 升级", "10-01 22:00 10-01 23:30"),
        ("HIS 今晚22:00-次日1:00 升级", "10-01 22:00 10-02 01:00"),
        ("HIS 今晚11点到1点 换机", "10-01 23:00 10-02 01:00"),
        ("HIS 今晚1点到3点 打补丁", "10-02 01:00 10-02 03:00"),
        ("HIS 22:00-02:00", "10-01 22:00 10-02 02:00"),
        ("HIS 01:00-03:00", "10-02 01:00 10-02 03:00"),
        ("HIS 20:30-22:00，已经开始", "10-01 20:30 10-01 22:00"),
        ("HIS 到23:30", "10-01 21:00 10-01 23:30"),
        ("HIS 周六凌晨1点到5点 迁移", "10-03 01:00 10-03 05:00"),
        ("HIS 下周一晚上10点到12点", "10-05 22:00 10-06 00:00"),
        ("HIS 明晚10点至11点半", "10-02 22:00 10-02 23:30"),
        ("HIS 后天早上6点-7点", "10-03 06:00 10-03 07:00"),
        ("HIS 10月3日 22:00 到 10月4日 02:00", "10-03 22:00 10-04 02:00"),
        ("HIS tonight 22:00-23:30 upgrade", "10-01 22:00 10-01 23:30"),
        ("HIS tomorrow 8 pm to 10 pm", "10-02 20:00 10-02 22:00"),
        ("HIS next Friday 22:00-23:00", "10-09 22:00 10-09 23:00"),
        ("HIS 2026年12月31日23:00-次日1:00", "12-31 23:00 01-01 01:00"),
        ("HIS 升级", ""),
        ("HIS 今晚22:00 升级", ""),
        ("", ""),
    ],
)
def test_what_is_announced(text: str, found: str) -> None:
    assert shown(text) == found


@pytest.mark.parametrize(
    ("text", "rest"),
    [("HIS 今晚22:00-23:30 升级数据库", "升级数据库"), ("HIS 8 pm to 10 pm: upgrade", "upgrade"), ("HIS 升级", "")],
)
def test_what_is_done_stands_behind_the_time(text: str, rest: str) -> None:
    assert rest_of(text) == rest


def test_another_end() -> None:
    begins = datetime(2026, 10, 1, 22, 0, tzinfo=ZONE)
    assert until("到 00:30", begins, NOW) == datetime(2026, 10, 2, 0, 30, tzinfo=ZONE)
    assert until("明早6点", begins, NOW) == datetime(2026, 10, 2, 6, 0, tzinfo=ZONE)
    assert until("晚一点", begins, NOW) is None


PIECES = st.lists(
    st.sampled_from(
        [
            "今晚",
            "明早",
            "周日",
            "下周三",
            "tonight",
            "10月",
            "31日",
            "22:00",
            "25点",
            "-",
            "到",
            "次日",
            "凌晨",
            "HIS",
            "24:00",
        ]
    ),
    max_size=8,
).map("".join)


@given(text=st.one_of(st.text(max_size=60), PIECES), minutes=st.integers(-5_000_000, 50_000_000))
def test_any_text_has_an_end_after_its_beginning_or_none(text: str, minutes: int) -> None:
    said_at = NOW + timedelta(minutes=minutes)
    found = ahead(text, said_at)
    if found is not None and "月" not in text and "日" not in text:
        assert found[0] < found[1]
    rest_of(text)
    until(text, said_at, said_at)
