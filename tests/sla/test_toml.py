"""Files of the configuration: every error names file, line and key, and says what to write."""

from datetime import date, timedelta
from enum import StrEnum

import pytest

from sla.errors import ContractError
from sla.toml import Reader, duration, written
from sla.toml_lines import line_numbers


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


TEXT = '''# a comment with [brackets]
name = "a # b"
count = 3
share = 2
list = [
    "one",
    "x = 1",
]
long = """
name = "no key"
[no.table]
"""
days = [2026-10-01, 2026-10-02]

[inner.part]
colour = "red"
waits = ["30 min", "2 h"]

[[row]]
id = "a"

[[row]]
id = "b"
on = true
[row.sub]
deep = "1 d"
'''


def test_everything_is_read_with_its_type() -> None:
    r = Reader(TEXT, "f.toml")
    assert (r.text("name"), r.integer("count"), r.number("share")) == ("a # b", 3, 2.0)
    assert r.texts("list") == ("one", "x = 1")
    assert r.text("long").startswith("name")
    assert r.days("days") == (date(2026, 10, 1), date(2026, 10, 2))
    part = r.table("inner").table("part")
    assert part.choice("colour", Colour) is Colour.RED
    assert part.durations("waits") == (timedelta(minutes=30), timedelta(hours=2))
    one, two = r.tables("row")
    assert (one.text("id"), one.boolean("on", False), two.text("id"), two.boolean("on")) == ("a", False, "b", True)
    assert two.table("sub").duration("deep") == timedelta(days=1)
    r.finish()


def test_lines_are_found_past_strings_lists_and_comments() -> None:
    lines = line_numbers(TEXT)
    found = {path: TEXT.splitlines()[line - 1] for path, line in lines.items()}
    assert found["long",] == 'long = """'
    assert found["days",].startswith("days")
    assert found["inner", "part", "waits"].startswith("waits")
    assert found["row", 0, "id"] == 'id = "a"'
    assert found["row", 1, "id"] == 'id = "b"'
    assert found["row", 1, "sub", "deep"].startswith("deep")
    assert ("x",) not in lines
    assert ("no", "table") not in lines


def test_all_problems_come_at_once_in_the_order_of_lines() -> None:
    r = Reader('nmae = "x"\ncount = "3"\n[[row]]\ncolour = "gren"\n', "a.toml")
    r.text("name")
    r.integer("count")
    r.tables("row")[0].choice("colour", Colour)
    with pytest.raises(ContractError) as error:
        r.finish()
    name, typo, count, colour = [str(p) for p in error.value.problems]
    assert name == "a.toml [name]: is missing -> name = …"
    assert typo == 'a.toml:1 [nmae]: is not known here -> did you mean "name"?'
    assert count == 'a.toml:2 [count]: is "3" -> a whole number'
    assert colour == 'a.toml:4 [row[1].colour]: "gren" is not known here -> did you mean "green"?'


def test_a_text_that_is_no_toml_is_one_problem_with_its_line() -> None:
    r = Reader('name = "x"\nthis is no toml\n', "a.toml")
    r.text("name")
    r.table("windows").texts("working_day")
    with pytest.raises(ContractError) as error:
        r.finish()
    assert [(p.file, p.line) for p in error.value.problems] == [("a.toml", 2)]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a = true", lambda r: r.integer("a")),
        ("a = 1", lambda r: r.boolean("a")),
        ("a = 1", lambda r: r.text("a")),
        ("a = ''", lambda r: r.text("a")),
        ("a = 11", lambda r: r.integer("a", most=10)),
        ("a = 'x'", lambda r: r.number("a")),
        ("a = 'x'", lambda r: r.texts("a")),
        ("a = [1]", lambda r: r.texts("a")),
        ("a = 1", lambda r: r.choice("a", Colour)),
        ("a = ['blue']", lambda r: r.choices("a", Colour)),
        ("a = '2026-10-01'", lambda r: r.day("a")),
        ("a = 2026-10-01T10:00:00", lambda r: r.day("a")),
        ("a = '30'", lambda r: r.duration("a")),
        ("a = [30]", lambda r: r.durations("a")),
        ("a = 1", lambda r: r.table("a")),
        ("a = [1]", lambda r: r.tables("a")),
        ("a = 'x'", lambda r: r.one_of("a", ["y"])),
    ],
)
# of many types, by parameter
def test_a_wrong_value_is_one_problem(text, read) -> None:  # type: ignore[no-untyped-def]
    r = Reader(text, "a.toml")
    read(r)
    with pytest.raises(ContractError) as error:
        r.finish()
    [problem] = error.value.problems
    assert (problem.key, problem.line) == ("a", 1)
    assert problem.instead


def test_tables_with_keys_of_the_writers_own() -> None:
    r = Reader("[t]\nb = 'x'\na = 'y'\n", "a.toml")
    table = r.table("t")
    assert {name: table.text(name) for name in table.names()} == {"b": "x", "a": "y"}
    r.finish()


def test_lengths_of_time() -> None:
    assert [written(timedelta(seconds=s)) for s in (0, 90, 3600, 5400, 172800)] == [
        "0 s",
        "90 s",
        "1 h",
        "90 min",
        "2 d",
    ]
    assert all(duration(written(length)) == length for length in (timedelta(), timedelta(minutes=7), timedelta(days=9)))
    assert duration("90 s") == timedelta(seconds=90)
    assert duration(" 5min") == timedelta(minutes=5)
    assert [duration(text) for text in ("", "5", "-5 min", "5 m", "1.5 h")] == [None] * 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('wait = "30"\n', 'a.toml:1 [wait]: is "30" -> a length of time, like "30 min", "2 h" or "1 d"'),
        ("", "a.toml [wait]: is missing -> wait = …"),
        ('wait = "0 s"\n', 'a.toml:1 [wait]: is shorter than a second -> "30 s"'),
    ],
)
def test_of_a_value_that_cannot_be_read_nothing_more_is_said(text: str, told: str) -> None:
    r = Reader(text, "a.toml")
    if r.duration("wait") < timedelta(seconds=1):
        r.wrong("wait", "is shorter than a second", '"30 s"')
    with pytest.raises(ContractError) as error:
        r.finish()
    assert [str(each) for each in error.value.problems] == [told]


def test_every_member_of_a_list_is_told_and_a_key_that_is_asked_for_twice_once() -> None:
    r = Reader('names = [1, "a", 2]\ncount = "3"\n', "a.toml")
    assert r.texts("names") == ("a",)
    r.wrong("names", "names nobody")
    assert (r.integer("count"), r.integer("count")) == (0, 0)
    with pytest.raises(ContractError) as error:
        r.finish()
    assert [(each.key, each.reason) for each in error.value.problems] == [
        ("names", "is 1"),
        ("names", "is 2"),
        ("names", "names nobody"),
        ("count", 'is "3"'),
    ]
