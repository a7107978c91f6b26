from pathlib import Path

import pytest

from tests.house.sizes import FILE_LINES, FUNCTION_LINES, Measured, measure


def measured(text: str) -> dict[str, Measured]:
    return {one.name: one for one in measure(Path("room/file.py"), text)}


@pytest.mark.parametrize(("body", "too_long"), [(FUNCTION_LINES - 1, False), (FUNCTION_LINES, True)])
def test_a_function_may_have_seventy_lines(body: int, too_long: bool) -> None:
    assert measured("def f():\n" + "    pass\n" * body)["f"].too_long is too_long


@pytest.mark.parametrize(("lines", "too_long"), [(FILE_LINES, False), (FILE_LINES + 1, True)])
def test_a_file_may_have_four_hundred_lines(lines: int, too_long: bool) -> None:
    assert measured("x = 1\n" * lines)[""].too_long is too_long


def test_methods_nested_and_async_functions_count_with_their_decorators() -> None:
    found = measured(
        "class C:\n    @property\n    async def m(self):\n        def inner():\n            pass\n        return 1\n"
    )
    assert (found["m"].line, found["m"].lines, found["inner"].lines) == (2, 5, 2)


def test_the_sentence_says_where_how_long_and_how_long_it_may_be() -> None:
    assert (
        str(Measured(Path("sla/clock.py"), 7, "start", 71)) == "sla/clock.py:7: function start has 71 lines; at most 70"
    )
