"""Whatever is written: no exception, an answer that keeps its promises, and no text that takes forever."""

from datetime import UTC, datetime, timedelta, timezone
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.intake.when import deadline, when

NOWS = (
    datetime.fromisoformat("2026-03-18T14:20:00+08:00"),
    datetime(2027, 1, 1, 0, 0, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, tzinfo=timezone(timedelta(hours=-5))),
)
PIECES = """
昨天 前 大前天 今晚 上上周 周 礼拜 五 月 日 号 31 2月30 29 初 旬 底 国庆 除夕 大年 五一 十一 年 1985 9999 去年
凌晨 早 夜班 下半夜 差 十 三四 来 多 点 时 半 刻 分 60 25 : ： ; . - ~ 到 至 之后 前 内 后 卡了 两个 半天 小时 h 999
开始 起 的 病历 改成 since from 9
pm half past last monday oct 3rd ago in for
的话 刚才 现在 ～ 000 ² ٣ 〇 零 下个 0 过 没 of past hour week 24点 暑假
"""
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES.split()), max_size=14).map("".join))


@given(TEXTS, st.sampled_from(NOWS))
@example("9999年12月31日24点开始", NOWS[0])
@example("999个月前", NOWS[0])
@example("２月３０日起", NOWS[2])
def test_an_answer_keeps_its_promises(text: str, now: datetime) -> None:
    found = when(text, now)
    if found is None:
        return
    assert found.span in text
    assert found.instant.utcoffset() == now.utcoffset()
    assert (found.instant.second, found.instant.microsecond) == (0, 0)
    assert found.precision in ("minute", "hour", "part", "day", "period")
    assert found.kind in ("onset", "future")
    assert found.instant <= now if found.kind == "onset" else found.instant > now - timedelta(minutes=1)


@given(TEXTS, st.sampled_from(NOWS))
def test_a_deadline_lies_ahead(text: str, now: datetime) -> None:
    found = deadline(text, now)
    assert found is None or found.instant > now


def test_a_date_in_another_language_never_overrules_the_grammar() -> None:
    found = when("昨晚10点开始报错，画面上写着 Mar 3rd 2026", NOWS[0])
    assert found is not None
    assert (found.instant.isoformat(), found.span) == ("2026-03-17T22:00:00+08:00", "昨晚10点")


UNITS = """
昨天下午三点开始打不开，电话8305， 1 十 3点 点 前 卡了 周 上个月 去年 9- 1: 1.1. 差十 半 每周 a1. since_9_ mar_3_
mar_45_ on_monday_ 国庆 初一 过去 _ 8点到 说两点 没 12月 之后 at_
天天 每次 8点(周 2026.3. 20260305 三天三 昨晚8点10点 请提前, 有 一点保存 开院
"""


@pytest.mark.parametrize("unit", [each.replace("_", " ") for each in UNITS.split()])
def test_twenty_thousand_characters_take_no_second(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    when("昨晚8点 since march 3", NOWS[0])
    begun = process_time()
    when(text, NOWS[0])
    assert process_time() - begun < 1
