"""Names as people write them: labelled messages, every name with a slip of every kind, every word of the catalogue."""

import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from handlers.intake.meaning import Meaning, understand
from handlers.intake.names import Entry, Index
from tests.intake.test_scores import lexicon
from tests.support.slips import NEAR, SAME, SOUND, Slip, slip

LABELS = ("system", "department")
NOW = datetime.fromisoformat("2026-03-02T10:15:00+08:00")
ROWS = Path(__file__).parent / "names.jsonl"
SYSTEM_SENTENCES = (
    "{}打不开了", "我们科{}进不去，急", "老师，{}登录不上", "{}又卡死了，麻烦看下", "今天早上{}一直转圈",
    "请问{}怎么改密码",
)  # fmt: skip
DEPARTMENT_SENTENCES = (
    "{}HIS打不开", "HIS打不开，{}", "这里是{}，PACS卡", "我们{}的打印机坏了", "{}三台电脑都黑屏", "OA登不上，{}小王",
)  # fmt: skip


def read(text: str) -> Meaning:
    return understand(text, NOW, lexicon())


def entries(names: Index, *sorts: str) -> list[Entry]:
    return [entry for entry in names.words.values() if entry.sort in sorts]


def test_labelled_names_are_read_as_they_are_labelled() -> None:
    """Some 680 messages: departments, contrasts, functions, open names, things of no catalogue."""
    rows = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
    wrong = {label: [row for row in rows if getattr(read(row["text"]), label) != row.get(label)] for label in LABELS}
    for label, missed in wrong.items():
        for row in missed:
            sys.stdout.write(f"{label}: {row.get(label)} read as {getattr(read(row['text']), label)}: {row['text']}\n")
    assert len(wrong["system"]) <= 0.02 * len(rows)
    assert len(wrong["department"]) <= 0.02 * len(rows)
    booked = [row["text"] for row in wrong["system"] if read(row["text"]).system is not None]
    assert len(booked) <= 1


def written(
    words: Sequence[Entry], kinds: Sequence[Slip], sentences: Sequence[str], each: int = 3
) -> Iterator[tuple[Entry, str]]:
    """Every third name with a slip: enough to see a rule break, few enough for every run."""
    for entry in words[::each]:
        for kind in kinds:
            if wrong := slip(kind, entry.word, "0"):
                dice = random.Random(f"{kind.__name__}{entry.word}")
                yield entry, dice.choice(sentences).format(wrong)


def shares(texts: Iterator[tuple[Entry, str]], value: Callable[[Meaning], str | None]) -> dict[str, float]:
    """How many are right, asked back with the right one among the candidates, missed and wrong."""
    seen: Counter[str] = Counter()
    for entry, text in texts:
        meaning = read(text)
        found = value(meaning)
        if found is None:
            seen["asked" if entry.ids[0] in meaning.system_candidates else "missed"] += 1
        else:
            seen["right" if found == entry.ids[0] else "wrong"] += 1
            if found != entry.ids[0]:
                sys.stdout.write(f"{entry.word}: {found}: {text}\n")
    total = sum(seen.values())
    assert total >= 30
    return {key: seen[key] / total for key in ("right", "asked", "missed", "wrong")}


def system(meaning: Meaning) -> str | None:
    return meaning.system


def department(meaning: Meaning) -> str | None:
    return meaning.department


@pytest.mark.parametrize("kinds", [SAME, SOUND], ids=["same", "sound"])
def test_a_name_in_another_writing_or_by_its_sound_is_that_system(kinds: Sequence[Slip]) -> None:
    """In full width, in traditional characters, in pieces, in pinyin, in homophones: booked, and never another."""
    found = shares(written(entries(lexicon().system_names, "name"), kinds, SYSTEM_SENTENCES), system)
    assert found["right"] >= 0.98
    assert found["wrong"] == 0


@pytest.mark.parametrize("kind", NEAR, ids=[kind.__name__ for kind in NEAR])
def test_a_name_with_a_slip_is_asked_about_and_never_another(kind: Slip) -> None:
    """A third of the slips lie in what may be left out of a name, which then stands as it is."""
    found = shares(written(entries(lexicon().system_names, "name"), (kind,), SYSTEM_SENTENCES, 1), system)
    assert found["right"] + found["asked"] >= 0.8
    assert found["wrong"] == 0


def test_words_for_functions_are_hardly_taken_for_another_systems() -> None:
    words = entries(lexicon().system_names, "function")
    found = shares(written(words, (*SAME, *SOUND), SYSTEM_SENTENCES), system)
    assert found["right"] >= 0.85
    assert found["wrong"] <= 0.002
    assert shares(written(words, NEAR, SYSTEM_SENTENCES), system)["wrong"] <= 0.005


def test_departments_are_known_by_their_sound_and_hardly_taken_for_another() -> None:
    words = [entry for entry in entries(lexicon().department_names, "department") if len(entry.word) > 2]
    found = shares(written(words, (*SAME, *SOUND), DEPARTMENT_SENTENCES), department)
    assert found["right"] >= 0.75
    assert found["wrong"] <= 0.01
    assert shares(written(words, NEAR, DEPARTMENT_SENTENCES), department)["wrong"] <= 0.03


def test_every_word_of_the_catalogue_stands_for_its_system() -> None:
    wrong = [
        (entry.word, read(text).system)
        for entry in entries(lexicon().system_names, "name", "function")
        for text in (f"{entry.word}打不开了", f"我们{entry.word}一直转圈")
        if read(text).system != entry.ids[0]
    ]
    assert wrong == []


def test_every_open_word_is_asked_about_with_all_that_it_may_mean() -> None:
    words = entries(lexicon().system_names, "ambiguous")
    assert len(words) > 80
    read_as = {entry.word: read(f"{entry.word}打不开了") for entry in words}
    assert {entry.word: entry.ids for entry in words} == {
        word: meaning.system_candidates for word, meaning in read_as.items() if meaning.system is None
    }
