"""Names of systems that are written wrong: understood by their sound, or asked back, never taken for another."""

from collections import defaultdict
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.pinyin import TABLE, table
from handlers.intake.meaning import Meaning, understand
from handlers.intake.names import Entry
from handlers.intake.near import one_slip
from tests.intake.test_scores import lexicon

NOW = datetime.fromisoformat("2026-03-02T10:15:00+08:00")
FREQUENT = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定"
)


def read(text: str) -> Meaning:
    return understand(text, NOW, lexicon())


def entries() -> list[Entry]:
    found = lexicon().system_names.words.values()
    return [entry for entry in found if entry.sort == "name" and len(entry.word) >= 4 and not entry.word.isascii()]


def test_the_table_is_what_its_script_writes() -> None:
    assert TABLE.read_text(encoding="utf-8") == table()


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("医煮开不出来", "his"),
        ("电子病利打不开", "cis"),
        ("计财处公重号看不到进度", "finance-wechat"),
        ("三级考试进不去", "sanji-exam"),
        ("医保实十结算超时", "insurance-interface"),
        ("病理流成扫不了码", "pathology-workflow"),
        ("财务平台坏了", None),
        ("请提供第三季度的数据", None),
        ("护士长的电脑打不开", None),
        ("管网漏水了", None),
    ],
)
def test_a_name_is_known_by_its_sound_and_other_words_are_not(text: str, system: str | None) -> None:
    assert read(text).system == system


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("PASC打不开", ("pacs",)),
        ("HIIS打不开", ("his",)),
        ("超声糸统打不开", ("ultrasound",)),
        ("医保接囗报错", ("insurance-interface",)),
        ("临床用水系统登不上", ("clinical-blood",)),
        ("打印机坏了", ()),
        ("财务系统打不开", ()),
        ("this PC has no network", ()),
        ("电脑开不了机，麻烦看一下", ()),
    ],
)
def test_one_slip_is_a_question_and_nothing_alike_is_none(text: str, candidates: tuple[str, ...]) -> None:
    meaning = read(text)
    assert (meaning.system, meaning.system_candidates) == (None, candidates)


@pytest.mark.parametrize(
    ("written", "word", "near"),
    [
        ("pasc", "pacs", True),
        ("pcs", "pacs", True),
        ("ppacs", "pacs", True),
        ("pxcs", "pacs", True),
        ("pacs", "pacs", False),
        ("psca", "pacs", False),
        ("cs", "pacs", False),
    ],
)
def test_what_one_slip_is(written: str, word: str, near: bool) -> None:
    assert one_slip(written, word) is near


@given(st.text(alphabet="abc", max_size=6), st.text(alphabet="abc", max_size=6))
def test_a_slip_goes_both_ways(one: str, other: str) -> None:
    assert one_slip(one, other) == one_slip(other, one)


def test_hardly_a_corrupted_name_is_taken_for_another_system() -> None:
    """A character of each name dropped, and one written wrong: 98 in 100 are right or open, at the worst place too."""
    seen: defaultdict[str, int] = defaultdict(int)
    for number, entry in enumerate(entries()):
        place = number % len(entry.word)
        wrong = FREQUENT[number % len(FREQUENT)]
        for written in (
            entry.word[:place] + entry.word[place + 1 :],
            entry.word[:place] + wrong + entry.word[place + 1 :],
        ):
            meaning = read(f"{written}打不开了")
            known = meaning.system == entry.ids[0]
            seen[
                "known" if known else "wrong" if meaning.system else "asked" if meaning.system_candidates else "open"
            ] += 1
    assert seen["known"] + seen["asked"] > 4 * seen["open"]
    assert seen["wrong"] <= 0.02 * sum(seen.values())


@pytest.mark.parametrize(
    ("text", "beyond"),
    [
        ("打印机坏了", True),
        ("我们科没网了", True),
        ("LIS打不开", True),
        ("打不开了", False),
        ("重症系统打不开", False),
        ("HIS打不开，电脑重启过了", False),
    ],
)
def test_a_device_or_a_system_of_nobody_leaves_nothing_to_offer(text: str, beyond: bool) -> None:
    assert read(text).beyond_catalogue is beyond
