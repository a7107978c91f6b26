"""What is new in an answer does not depend on the program that wrote it, nor on where in it the answer stands."""

import tomllib
from collections.abc import Iterator
from html import escape
from itertools import cycle
from pathlib import Path

import pytest

from bot.channels.mail.reading import read_mail
from tests.channels.mail.letters import REPLY, page, plain

INTRODUCTIONS: dict[str, str] = tomllib.loads((Path(__file__).parent / "introductions.toml").read_text("utf-8"))
ANSWERS = (
    "没有，还是黑屏。",
    "好的。\n明天我在科里。",
    "1. M405\n2. 10.20.3.15\n3. 只有这一台",
    "2026年3月2日 9:58 又停了一次，之后自己好了。",
    "请发到 wang@renhe.example，谢谢：",
    "时间：9点\n地点：三楼\n现象：黑屏",
    "Yes.\n\nRegards,\nHelen",
    "报错：\nORA-12541: TNS: no listener",
    "王主任让我转告：今天不用来了。\n\n发自我的iPhone",
)
OLD = (
    "您好，您报的故障已受理。\n请问重启之后是否恢复？",
    "Is it back?\n\nIT Duty\n6000",
    "1. 型号？\n2. IP？\n\n-- \n信息科",
)


def _above(name: str, old: str) -> str:
    """The introduction and the old mail below it."""
    marked = "\n".join(f"> {line}".rstrip() for line in old.split("\n"))
    return INTRODUCTIONS[name].replace("@marked@", marked).replace("@plain@", old)


def _two_more(name: str) -> str:
    """An old mail that answers another, which answers a third, each in the form of another program."""
    names = list(INTRODUCTIONS)
    second, third = (names[(names.index(name) + step) % len(names)] for step in (7, 31))
    return _above(second, "第二层\n\n" + _above(third, "第三层"))


def _shapes(name: str, answer: str, old: str) -> Iterator[tuple[str, bytes, str]]:
    """Mails in which the answer stands at each place where people write it: (where, mail, what is new)."""
    history = _above(name, old)
    top = f"{answer}\n\n{history}\n"
    divisions = "".join(f"<div>{escape(line) or '<br>'}</div>\n" for line in top.split("\n"))
    yield "top", plain(top, REPLY), answer
    yield "top of what says not that it answers", plain(top), answer
    yield "right above", plain(f"{answer}\n{history}\n", REPLY), answer
    yield "above, with a signature", plain(f"{answer}\n\n-- \n王芳\n三病区\n\n{history}\n", REPLY), answer
    yield "a page of divisions", page(divisions, REPLY), answer
    yield "a page of broken lines", page(escape(top).replace("\n", "<br>\n"), REPLY), answer
    yield "third answer", plain(f"{answer}\n\n{_above(name, _two_more(name))}\n", REPLY), answer
    if "@marked@" in INTRODUCTIONS[name]:
        yield "bottom", plain(f"{history}\n\n{answer}\n", REPLY), answer
        between = f"{_above(name, '型号？')}\nM405\n> 还有呢？\n{answer}\n"
        yield "between", plain(between, REPLY), f"M405\n{answer}"


@pytest.mark.parametrize("name", INTRODUCTIONS)
def test_only_the_answer_is_new(name: str) -> None:
    for answer, old in zip(ANSWERS, cycle(OLD), strict=False):
        for where, raw, new in _shapes(name, answer, old):
            mail = read_mail(raw)
            assert (mail.text.split(), mail.quoted) == (new.split(), True), where


@pytest.mark.parametrize(
    "text",
    [
        "各位老师好：\n---- 病历编写 ----\n打开模板报错，全科都写不了\n---- 医嘱 ----\n正常",
        "===病历撰写===\n模板打不开，全科受影响",
        "--- slow disk writes ---\nThe HIS server times out on every save.",
        "2026-11-20 08:30 数据库日志：\n| 3 | HIS | timeout\n| 4 | HIS | deadlock",
        "林护士\n2026-11-20 08:30\n收件人\n信息科\n主题\n打印机坏了\n详情\n急诊打印机全坏了",
        "复印件上印着 ----原件---- 日期：2026-11-20 打印错位，请处理",
    ],
)
def test_headings_logs_and_forms_of_who_reports_are_no_history(text: str) -> None:
    mail = read_mail(plain(f"{text}\n"))
    assert (mail.text.split(), mail.quoted) == (text.split(), False)


def test_an_outcry_between_rules_right_above_the_history_is_the_answer() -> None:
    block = "发件人: 信息科 <it@h.example>\n发送时间: 2026年11月20日 8:30\n收件人: lin@h.example\n主题: 回复: HIS\n"
    mail = read_mail(plain(f"====还是打不开，请马上派人====\n\n{block}\n重启了吗？\n", REPLY))
    assert (mail.text, mail.quoted) == ("====还是打不开，请马上派人====", True)
