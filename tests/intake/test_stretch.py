"""From when to when a command says: told in the words of a hospital, read to the second."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.intake.stretch import Stretch, following, nearest, stretch

ZONE = ZoneInfo("Asia/Shanghai")
ONSET = datetime(2026, 10, 1, 3, 42, tzinfo=ZONE)
SAID = datetime(2026, 10, 3, 9, 0, tzinfo=ZONE)


def read(text: str, onset: datetime = ONSET, said: datetime = SAID) -> str:
    """Begin and end as they are meant, "10-01 03:00:00 .. 10-01 04:10:00"; "+" where it goes on."""
    told = stretch(text)
    if told is None:
        return "?"
    begin = nearest(told.begin, onset, said) if told.begin else None
    end = following(told.end, begin or onset, said) if told.end else None
    shown = [f"{at:%m-%d %H:%M:%S}" if at else "" for at in (begin, end)]
    return " .. ".join(shown) + (" +" if told.goes_on else "")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("03:00-04:10", "10-01 03:00:00 .. 10-01 04:10:00"),
        ("03：00～04：10", "10-01 03:00:00 .. 10-01 04:10:00"),
        ("03:00:15 到 04:10:20", "10-01 03:00:15 .. 10-01 04:10:20"),
        ("3:00 to 4:10", "10-01 03:00:00 .. 10-01 04:10:00"),
        ("3点到4点半", "10-01 03:00:00 .. 10-01 04:30:00"),
        ("凌晨3点10分至3点50", "10-01 03:10:00 .. 10-01 03:50:00"),
        ("03:00 04:10", "10-01 03:00:00 .. 10-01 04:10:00"),
        ("03:00起，04:10 结束", "10-01 03:00:00 .. 10-01 04:10:00"),
        ("03:00—04:10 数据库宕机，12:00 前补报告", "10-01 03:00:00 .. 10-01 04:10:00"),
        ("23:50-00:20", "09-30 23:50:00 .. 10-01 00:20:00"),
        ("9月30日 23:40-10月1日 00:20", "09-30 23:40:00 .. 10-01 00:20:00"),
        ("2026-10-01 03:00 - 2026-10-02 04:00", "10-01 03:00:00 .. 10-02 04:00:00"),
        ("9-30 23:40-10-1 00:20", "09-30 23:40:00 .. 10-01 00:20:00"),
        ("昨晚11点到次日1点", "10-02 23:00:00 .. 10-03 01:00:00"),
        ("昨天下午3点-5点", "10-02 15:00:00 .. 10-02 17:00:00"),
        ("3:00 pm to 4:10 pm yesterday", "10-01 15:00:00 .. 10-01 16:10:00"),
        ("20:00-24:00", "09-30 20:00:00 .. 10-01 00:00:00"),
        ("03:00 起", "10-01 03:00:00 ..  +"),
        ("从03:00", "10-01 03:00:00 ..  +"),
        ("since 03:00", "10-01 03:00:00 ..  +"),
        ("03:00至今", "10-01 03:00:00 ..  +"),
        ("03:05", "10-01 03:05:00 .. "),
        ("到04:10", " .. 10-01 04:10:00"),
        ("04:10 恢复", " .. 10-01 04:10:00"),
        ("", " .. "),
    ],
)
def test_what_is_said_is_meant(text: str, meant: str) -> None:
    assert read(text) == meant


@pytest.mark.parametrize(
    "text", ["25:00-26:00", "03:75", "2月30日 03:00", "上午", "0300", "刚才", "03:00-25:00", "03:00:61", "24:01"]
)
def test_what_no_clock_shows_is_not_understood(text: str) -> None:
    assert stretch(text) is None


def test_the_day_is_the_one_nearest_to_the_onset_that_has_been() -> None:
    at_noon = datetime(2026, 10, 1, 12, 0, tzinfo=ZONE)
    said = datetime(2026, 10, 1, 12, 30, tzinfo=ZONE)
    assert read("23:50", at_noon, said) == "09-30 23:50:00 .. "
    assert read("13:00", at_noon, said) == "09-30 13:00:00 .. ", "not the one to come"


def test_a_year_that_is_not_said_is_the_nearest() -> None:
    new_year = datetime(2027, 1, 1, 0, 30, tzinfo=ZONE)
    told = stretch("12月31日 23:40-1月1日 00:20")
    assert told is not None
    assert told.begin is not None
    assert told.end is not None
    begin = nearest(told.begin, new_year, new_year)
    assert begin == datetime(2026, 12, 31, 23, 40, tzinfo=ZONE)
    assert following(told.end, begin, new_year) == datetime(2027, 1, 1, 0, 20, tzinfo=ZONE)


CLOCK = st.integers(0, 24 * 3600 - 1)


@given(CLOCK, CLOCK, st.sampled_from(["-", "—", "~", "到", "至", " to "]))
def test_every_stretch_of_a_day_comes_back_as_it_was_written(begins: int, ends: int, between: str) -> None:
    midnight = datetime(2026, 10, 1, tzinfo=ZONE)
    begin, end = (midnight + timedelta(seconds=seconds) for seconds in (begins, ends))
    told = stretch(f"{begin:%H:%M:%S}{between}{end:%H:%M:%S}")
    assert told is not None
    assert told.begin is not None
    assert told.end is not None
    read_begin = nearest(told.begin, begin, midnight + timedelta(days=3))
    assert read_begin == begin
    assert following(told.end, begin, midnight) == (end if ends >= begins else end + timedelta(days=1))


@given(st.text())
def test_whatever_is_written_is_understood_or_not(text: str) -> None:
    assert isinstance(stretch(text), Stretch | None)


def test_long_texts_are_read_in_time() -> None:
    for piece in ("03:00-", "1月", "昨天", "9-", "到", " "):
        stretch(piece * 4000)
