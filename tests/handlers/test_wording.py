"""Both languages say the same things; every sentence that is asked for exists, and none is kept for nothing."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from handlers.wording import catalogue, plain, say
from sla.errors import Refused
from storage.files import packaged_rules

ROOT = Path(__file__).parents[2]
CODE = [path for room in ("handlers", "sla", "bot") for path in sorted((ROOT / room).rglob("*.py"))]
SPEAKING = {"say": 0, "say_to": 1, "tell_reporter": 1, "tell_workers": 1, "Refused": 0}
"""Which argument of these calls is the key of a sentence."""
FILLED = {"tell_reporter": {"ticket"}, "tell_workers": {"ticket", "title"}}
"""Fields that these calls fill by themselves."""
ZONE = ZoneInfo("Asia/Shanghai")


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def calls() -> Iterator[tuple[str, int, str, set[str] | None, str]]:
    """Every call that names a sentence by a literal: file, line, key, the fields it gives (None: not all are known)."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            at = SPEAKING.get(name)
            if at is None or len(node.args) <= at:
                continue
            key = node.args[at]
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                given = {keyword.arg for keyword in node.keywords if keyword.arg}
                whole = all(keyword.arg for keyword in node.keywords)
                yield path.name, node.lineno, key.value, given | FILLED.get(name, set()) if whole else None, name


def spoken() -> tuple[set[str], list[re.Pattern[str]]]:
    """All literals of the code, and the patterns of its formatted ones that begin with words and an underscore."""
    words: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                start = str(node.values[0].value)
                if re.fullmatch(r"[a-z_]+_", start):
                    patterns.append(re.compile(re.escape(start) + r"\w+"))
    return words, patterns


def test_both_languages_have_the_same_sentences() -> None:
    assert catalogue("zh").keys() == catalogue("en").keys()


@pytest.mark.parametrize("key", sorted(catalogue("zh")))
def test_both_languages_fill_the_same_fields(key: str) -> None:
    assert fields(catalogue("zh")[key]) == fields(catalogue("en")[key])
    assert catalogue("zh")[key].strip()
    assert catalogue("en")[key].strip()


def test_every_sentence_that_is_asked_for_exists() -> None:
    missing = [(file, line, key) for file, line, key, _, _ in calls() if key not in catalogue("zh")]
    assert not missing


def test_every_sentence_is_given_its_fields() -> None:
    short = [
        (file, line, key, fields(catalogue("zh")[key]) - given)
        for file, line, key, given, _ in calls()
        if given is not None and fields(catalogue("zh")[key]) - given
    ]
    assert not short


def test_no_sentence_is_kept_for_nothing() -> None:
    words, patterns = spoken()
    unused = [key for key in catalogue("zh") if key not in words and not any(p.fullmatch(key) for p in patterns)]
    assert not unused


def test_an_unknown_language_is_answered_in_chinese() -> None:
    assert say("courtesy", "fr") == say("courtesy", "zh")


def test_braces_in_what_people_write_are_only_words() -> None:
    assert "{evil}" in say("not_your_ticket", "zh", ticket="{evil}")


def test_a_sentence_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no such key", "zh")


def test_a_refusal_carries_its_key_and_fields() -> None:
    refused = Refused("no_such_ticket", ticket=12)
    assert say(refused.key, "en", **refused.fields) == "There is no ticket W12."


COUNTS = (
    "count|tickets|people|departments|minutes|seconds|days|hours"
    "|amount|length|points|part|more|total|ahead|longest|allowed"
)
MANY = re.compile(rf"\{{({COUNTS})\}} (?:\w+ ){{0,2}}?(?:[a-z]{{2,}}s|people|are|were|have)\b")
"""A number, and soon after it a word that stands for many."""
NO_COUNTS = {
    "survey_points",  # {points} is more than 100
    "survey_is_so",  # {points} already
}


def test_a_number_chooses_between_one_and_many() -> None:
    fields = {"period": "2026", "corrected": 1}
    one, many = (say("corrections_head", "en", tickets=n, count=n, **fields) for n in (1, 2))
    assert one == "2026: 1 ticket was read; in 1 of them 1 label was put right."
    assert many == "2026: 2 tickets were read; in 1 of them 2 labels were put right."
    assert say("corrections_head", "zh", tickets=1, count=1, **fields).startswith("2026：判读 1 张工单")
    assert say("bound_with_tickets", "en", name="Li", count=0).endswith("Your 0 open tickets are verified.")


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_no_english_sentence_says_1_tickets(key: str) -> None:
    assert key in NO_COUNTS or not MANY.search(catalogue("en")[key])


NOW = datetime(2026, 10, 1, 3, 42, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("at", "chinese", "english"),
    [
        (datetime(2026, 10, 1, 3, 40, tzinfo=ZONE), "今天 03:40", "today 03:40"),
        (datetime(2026, 9, 30, 23, 59, tzinfo=ZONE), "昨天 23:59", "yesterday 23:59"),
        (datetime(2026, 10, 2, 0, 0, tzinfo=ZONE), "明天 00:00", "tomorrow 00:00"),
        (datetime(2026, 10, 8, 18, 0, tzinfo=ZONE), "10月8日 18:00", "8 Oct 18:00"),
        (datetime(2027, 1, 4, 18, 0, tzinfo=ZONE), "2027年1月4日 18:00", "4 Jan 2027 18:00"),
        (datetime(2026, 9, 30, 19, 40, tzinfo=UTC), "今天 03:40", "today 03:40"),
    ],
)
def test_instants_are_said_as_people_say_them(at: datetime, chinese: str, english: str) -> None:
    assert plain.instant(at, NOW, "zh", ZONE) == chinese
    assert plain.instant(at, NOW, "en", ZONE) == english


def test_a_deadline_says_that_it_is_the_last_instant() -> None:
    at = datetime(2026, 10, 8, 18, tzinfo=ZONE)
    assert plain.by(at, NOW, "zh", ZONE) == "10月8日 18:00前"
    assert plain.by(at, NOW, "en", ZONE) == "by 8 Oct 18:00"


@pytest.mark.parametrize(
    ("span", "chinese", "english"),
    [
        (timedelta(seconds=20), "1分钟", "1 min"),
        (timedelta(minutes=20), "20分钟", "20 min"),
        (timedelta(hours=2), "2小时", "2 h"),
        (timedelta(hours=2, minutes=10, seconds=59), "2小时10分", "2 h 10 min"),
        (timedelta(days=3, hours=4, minutes=5), "3天4小时", "3 d 4 h"),
        (timedelta(days=3, minutes=5), "3天", "3 d"),
        (-timedelta(minutes=5), "5分钟", "5 min"),
    ],
)
def test_durations_are_said_in_their_two_greatest_units(span: timedelta, chinese: str, english: str) -> None:
    assert plain.duration(span, "zh") == chinese
    assert plain.duration(span, "en") == english


@pytest.mark.parametrize(
    ("numbers", "zh", "en"),
    [
        ("2.3", "第 2.3 条", "clause 2.3"),
        ("2.3, 5.1(4)", "第 2.3, 5.1(4) 条", "clause 2.3, 5.1(4)"),
        ("附件一", "附件一", "附件一"),
        ("一(五)2", "一(五)2", "一(五)2"),
        ("附件一, 3-20", "附件一，第 3-20 条", "附件一, clause 3-20"),
    ],
)
def test_a_clause_is_cited_alike_in_every_sentence(numbers: str, zh: str, en: str) -> None:
    assert say("account_quota", "zh", level="停机", clause=numbers) == f"停机（{zh}）"
    assert say("figures_satisfied", "zh", threshold=85, clause=numbers).endswith(f"（{zh}）")
    assert say("account_quota", "en", level="downtime", clause=numbers) == f"downtime ({en})"


def test_a_contract_is_named_in_the_readers_language() -> None:
    contract = packaged_rules().contracts["smart-hospital"]
    for language, name in (("zh", "智能医院项目运维服务"), ("en", "Smart hospital maintenance")):
        assert say("account_head", language, contract=contract, year=2026).startswith(f"{name} 2026")
    unnamed = replace(contract, name_en="")
    assert say("account_head", "en", contract=unnamed, year=2026) == "智能医院项目运维服务 2026"
