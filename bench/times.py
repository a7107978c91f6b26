"""Times in messages: how long reading one takes, beside dateparser, and beside the length of the text."""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import datetime

from handlers.intake.when import when

NOW = datetime.fromisoformat("2026-03-18T14:20:00+08:00")
MESSAGES = (
    "昨晚10点开始LIS连不上，检验报告发不出来，急诊在催",
    "上周五系统升级后就打不开病历，报过一次了",
    "卡了两个半小时了还没人来，3楼2号诊室",
    "护士站电脑蓝屏，分机8305",
    "明天上午9点前要修好，今天8点多突然断网",
    "打印一张检验单要5分钟，太慢了",
    "PACS has been down since yesterday 10pm",
    "3月5日的收费记录请改一下",
)
LONG = 20_000


def _milliseconds(read: Callable[[str], object], text: str) -> float:
    begun = time.perf_counter()
    read(text)
    return (time.perf_counter() - begun) * 1000


def _dateparser() -> Callable[[str], object]:
    """The usual way, without its own search for spans in foreign scripts: it gets the message as it is."""
    import dateparser  # noqa: PLC0415 - half a second, only where it is measured

    settings = {"RELATIVE_BASE": NOW.replace(tzinfo=None), "PREFER_DATES_FROM": "past"}
    return lambda text: dateparser.parse(text, languages=["zh", "en"], settings=settings)


def main(arguments: list[str] | None = None) -> None:
    """Prints median and p99 of a message, then of texts of 10,000 and 20,000 characters."""
    parser = argparse.ArgumentParser(prog="bench times")
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_known_args(arguments)[0].rounds
    for name, read, times in (("when", lambda text: when(text, NOW), rounds), ("dateparser", _dateparser(), 5)):
        for text in MESSAGES:
            read(text)
        taken = [_milliseconds(read, text) for _ in range(times) for text in MESSAGES]
        p99 = statistics.quantiles(taken, n=100)[98]
        print(f"{name}: median {statistics.median(taken):.3f} ms, p99 {p99:.3f} ms a message")
    for text in ("".join(MESSAGES), "3点", "去年", "since 9 ", "mar 3 "):
        half, full = (
            _milliseconds(lambda said: when(said, NOW), (text * LONG)[:length]) for length in (LONG // 2, LONG)
        )
        print(f"{text[:8]!r} over and over: {half:.0f} ms for {LONG // 2:,} characters, {full:.0f} ms for {LONG:,}")
