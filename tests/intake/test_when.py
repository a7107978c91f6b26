"""Times that messages name, seen from Wednesday 20 May 2026, 10:30 in Chongqing."""

from datetime import datetime, timedelta

import pytest

from handlers.intake.when import deadline, when

NOW = datetime.fromisoformat("2026-05-20T10:30:00+08:00")

ONSETS = """
八点多开始的=0520T0800 从昨晚10点开始=0519T2200 昨晚12点死机的=0520T0000 昨晚1点开始=0520T0100
上周五开始打不开=0515T0000 周一就这样了=0518T0000 星期三上午断的=0520T0800 前天下午3点半=0518T1530
三点开始=0520T0300 11点开始卡=0519T2300 九点一刻崩的=0520T0915 差五分九点=0520T0855 10:05开始=0520T1005
23:40起=0519T2340 5月18日14:20开始=0518T1420 5月18号下午两点=0518T1400 18号开始=0518T0000 25号开始=0425T0000
半小时前=0520T1000 一个半小时前=0520T0900 两个小时了=0520T0830 卡了40分钟了=0520T0950 等了40分钟=0520T0950
已经三天了=0517T1030 一上班就卡=0520T0800 下半夜开始=0520T0000 夜班的时候开始=0519T1700 半夜2点开始=0520T0200
凌晨3点40=0520T0340 今早七点五十=0520T0750 中午12点半=0519T1230 傍晚开始=0519T1800
昨天升级后就打不开了=0519T0000 升级是昨天,今天早上8点开始打不开=0520T0800 2026年5月19日20:15开始=0519T2015
从早上8点到现在=0520T0800 8点到9点之间=0520T0800 上个月开始=0401T0000 三四天前开始=0517T0000
两三个小时前=0520T0830 20来分钟了=0520T1010 大前天晚上=0517T2000 昨儿夜里十一点多=0519T2300 下午三点=0519T1500
晚上八点=0519T2000 夜里3点=0520T0300 礼拜天开始=0517T0000 上上周三=0506T0000 本周二=0519T0000
一个礼拜前=0513T1030 俩小时前=0520T0830 １０：１５开始=0520T1015 早上六點半開始=0520T0630 8时15分=0520T0815
早班交班时=0520T0800 5月上旬开始=0501T0000 1.5小时前=0520T0900 0点开始=0520T0000 24点开始=0520T0000
一整夜都连不上=0519T2000 刚才=0520T1030 刚刚开始的=0520T1030 目前=0520T1030 五一之后就这样=0501T0000
小夜班开始=0519T1600
"""
FUTURES = """
今晚8点升级=0520T2000 明天下午5点前=0521T1700 下周三培训=0527T0000 10分钟内解决=0520T1040
3个小时后停机=0520T1330 周五下午4点要检查=0522T1600
"""
TRAPS = """
打开要5分钟 24小时心电图打不开 开3天的药 3点建议 12床打不开 7*24小时服务 版本3.10.5打不开 电话8127 2号楼5楼
有一点卡 快点来 把5月12日的数据改一下 患者出生日期2015年3月8日录错 刚登录就闪退 每天早上8点都卡 2个人都登不上
点了三点都没反应 没有一点反应 IP是192.168.10.15:8080 住院号20260519 1号机打不开 血压120/80录不进 5号窗口
上班要用 每周一要报上周的数据 看10月的报表 7号床
"""
ENGLISH = {
    "since 9:40": "0520T0940",
    "20 minutes ago": "0520T1010",
    "since yesterday afternoon": "0519T1400",
    "since Monday": "0518T0000",
    "since 9 am": "0520T0900",
    "for two hours": "0520T0830",
    "since 3 pm": "0519T1500",
    "just now": "0520T1030",
    "since May 18": "0518T0000",
    "down since noon": "0519T1200",
}


def table(text: str) -> list[tuple[str, str]]:
    pairs = [word.rpartition("=") for word in text.split()]
    return [(said, expected) for said, _, expected in pairs]


def short(instant: datetime) -> str:
    return instant.strftime("%m%dT%H%M")


@pytest.mark.parametrize(("said", "expected"), table(ONSETS))
def test_an_onset_is_read(said: str, expected: str) -> None:
    found = when(said, NOW)
    assert found is not None
    assert (short(found.instant), found.kind) == (expected, "onset")
    assert found.span in said
    assert found.instant.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(("said", "expected"), table(FUTURES))
def test_a_time_to_come_is_told_apart(said: str, expected: str) -> None:
    found = when(said, NOW)
    assert found is not None
    assert (short(found.instant), found.kind) == (expected, "future")


@pytest.mark.parametrize("said", TRAPS.split())
def test_what_is_no_time_is_read_as_none(said: str) -> None:
    assert when(said, NOW) is None


@pytest.mark.parametrize(("said", "expected"), ENGLISH.items())
def test_english_times(said: str, expected: str) -> None:
    found = when(said, NOW)
    assert found is not None
    assert short(found.instant) == expected


@pytest.mark.parametrize(
    ("said", "precision"),
    [
        ("8:15开始", "minute"),
        ("八点多开始", "hour"),
        ("昨晚开始", "part"),
        ("昨天开始", "day"),
        ("上个月开始", "period"),
    ],
)
def test_how_precise_it_is(said: str, precision: str) -> None:
    found = when(said, NOW)
    assert found is not None
    assert found.precision == precision


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("昨天换的电脑，今天9点开始打不开", "0520T0900"),
        ("上午9点打不开了，下午4点前要交", "0520T0900"),
        ("昨天报过，今天8点多又断了", "0520T0800"),
        ("从18号起一直这样，上次升级是5月10日", "0518T0000"),
    ],
)
def test_of_several_times_the_onset_stands(said: str, expected: str) -> None:
    found = when(said, NOW)
    assert found is not None
    assert short(found.instant) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("限期10月3日18:00", "1003T1800"),
        ("明天下午5点前", "0521T1700"),
        ("3小时内", "0520T1330"),
        ("18:00之前修好", "0520T1800"),
        ("5月25日前", "0525T2359"),
        ("本周五下班前", "0522T1730"),
        ("2026-05-21 09:00", "0521T0900"),
        ("今晚8点", "0520T2000"),
        ("9点前", "0520T2100"),
        ("25号", "0525T2359"),
        ("周一上午10点", "0525T1000"),
    ],
)
def test_deadlines_look_ahead(said: str, expected: str) -> None:
    found = deadline(said, NOW)
    assert found is not None
    assert (short(found.instant), found.kind) == (expected, "future")


@pytest.mark.parametrize("said", ["", "尽快", "昨天2小时前", "12床", "刚才"])
def test_a_text_without_a_time_to_come_has_no_deadline(said: str) -> None:
    assert deadline(said, NOW) is None


@pytest.mark.parametrize(
    ("now", "said", "expected"),
    [
        # ten past midnight
        ("2026-10-04T00:10:00+08:00", "11点50断的", "2026-10-03T23:50:00+08:00"),
        ("2026-10-04T00:10:00+08:00", "晚上11点开始卡", "2026-10-03T23:00:00+08:00"),
        ("2026-10-04T00:10:00+08:00", "零点零五分断网", "2026-10-04T00:05:00+08:00"),
        # a minute before midnight, on a leap day
        ("2028-02-29T23:59:00+08:00", "2月29日10点起", "2028-02-29T10:00:00+08:00"),
        ("2028-02-29T23:59:00+08:00", "12点断的", "2028-02-29T12:00:00+08:00"),
        ("2028-03-01T00:05:00+08:00", "昨天晚上11点50", "2028-02-29T23:50:00+08:00"),
        ("2026-03-01T08:00:00+08:00", "2月29号起", "2024-02-29T00:00:00+08:00"),
        # the turn of a month and of a year
        ("2026-03-01T06:50:00+08:00", "31号开始", "2026-01-31T00:00:00+08:00"),
        ("2027-01-02T08:20:00+08:00", "12月31号晚上10点", "2026-12-31T22:00:00+08:00"),
        ("2027-01-02T08:20:00+08:00", "上周五开始", "2026-12-25T00:00:00+08:00"),
        ("2027-01-01T00:00:00+08:00", "半小时前", "2026-12-31T23:30:00+08:00"),
        # another zone than that of the hospital: its wall clock is meant
        ("2026-07-22T03:40:00-04:00", "昨晚10点开始", "2026-07-21T22:00:00-04:00"),
        ("2026-07-22T15:40:00+00:00", "2点半断的", "2026-07-22T14:30:00+00:00"),
        ("2026-07-22T15:40:00+05:45", "20分钟前", "2026-07-22T15:20:00+05:45"),
    ],
)
def test_a_message_is_read_by_the_clock_of_its_sender(now: str, said: str, expected: str) -> None:
    found = when(said, datetime.fromisoformat(now))
    assert found is not None
    assert found.instant.isoformat() == expected
    assert found.kind == "onset"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("昨晚8点交班正常，10点多开始掉线", "10点多"),
        ("不是昨天，是今天早上8点开始打不开", "今天早上8点"),
        ("工程师说5点来，我们是1点半断的", "1点半"),
        ("领导说3点前要好，我们8点就断了", "8点"),
    ],
)
def test_the_span_is_that_of_the_onset(text: str, span: str) -> None:
    found = when(text, NOW)
    assert found is not None
    assert found.span == span
