"""A text that is no TOML: the line, what is wrong and what to write instead, in our words."""

import tomllib

import pytest

from handlers.wording.worded import in_words
from sla.errors import ContractError, Problem
from sla.toml import Reader


def fault_of(text: str) -> Problem:
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    with pytest.raises(ContractError) as error:
        Reader(text, "a.toml").finish()
    (problem,) = error.value.problems
    return problem


@pytest.mark.parametrize(
    ("text", "line", "what", "instead"),
    [
        ("[mail]\na = 1\n\n[web]\n[mail]\nb = 2\n", 5, "表 [mail] 写了两次，第一次在第 1 行", "合并成一个 [mail]"),
        ("[[team]]\n[team.turns]\n[[team]]\n[team.turns]\na = 1\n[team.turns]\n", 6, "第一次在第 4 行", "[team.turns]"),
        ("[a]\n[[a]]\n", 2, "表 [a] 写了两次，第一次在第 1 行", "合并成一个 [a]"),
        ("[[a]]\n[a]\n", 2, "表 [a] 写了两次，第一次在第 1 行", "合并成一个 [a]"),
        ("[web]\nport = 1\nhost = 'x'\nport = 2\n", 4, "“web.port”写了两次，第一次在第 2 行", "只保留一处"),
        ("[[a]]\nx = 1\n[[a]]\nx = 1\nx = 2\n", 5, "“a.x”写了两次，第一次在第 4 行", "只保留一处"),
        ("a = 1\n[a]\n", 2, "表 [a] 写了两次，第一次在第 1 行", "合并成一个 [a]"),
        ("a = { b = 1 }\n[a.c]\n", 2, "“a.c”已用另一种方式写过", "只保留一处"),
        ("x = { a = 1, a = 2 }\n", 1, "已用另一种方式写过", "只保留一处"),
        ('name = "a\nb = 1\n', 1, "文字没有结尾的引号", '加引号的文字，如 "…"'),
        ('a = 1\nb = "a', 2, "文字没有结尾的引号", "加引号的文字"),
        ("name = hospital\n", 1, "没有写值，或值无法读取", "文字加引号"),
        ("name = \n", 1, "没有写值，或值无法读取", "文字加引号"),
        ("名称 = 'a'\n", 1, "这一行既不是设置，也不是表名", "设置名 = …"),
        ("a = 1\nname 'a'\n", 2, "设置名后面没有“=”", "key = …"),
        ("a = 1 b = 2\n", 1, "值的后面还有内容", "每行一个设置"),
        ("a = [1,\n2\n", 2, "列表没有结尾的方括号", "方括号里的列表"),
        ("a = { b = 1\n", 1, "花括号里的表没有写完", "{ key = …"),
        ('a = "C:\\数据"\n', 1, "文字里有反斜杠", "单引号"),
        ('a = "C:\\xyz"\n', 1, "文字里有反斜杠", "单引号"),
        ("a = 2026-02-30\n", 1, "没有这样的日期或时间", "2026-10-01"),
        ("[mail\na = 1\n", 1, "表名没有结尾的方括号", "[表名]"),
        ("[[mail]\na = 1\n", 1, "表名没有结尾的方括号", "[[表名]]"),
        ("[mail]\n= 1\n", 2, "这一行既不是设置，也不是表名", "设置名 = …"),
        ("a.= 1\n", 1, "设置名不能这样开头", "加引号"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, what: str, instead: str) -> None:
    problem = fault_of(text)
    told = problem.told(lambda said: in_words(said, "zh"))
    assert (problem.line, told.partition(": ")[0]) == (line, f"a.toml:{line}")
    said, _, rest = told.partition(" -> ")
    assert what in said
    assert instead in rest
    assert str(problem).startswith(f"a.toml:{line}: this is no TOML: ")
    assert str(problem).isascii() or "…" in str(problem)


def test_what_the_parser_says_beside_that_is_told_as_it_is() -> None:
    assert str(fault_of("a = 1\n# \x01\n")) == "a.toml:2: this is no TOML: Found invalid character '\\x01'"
