"""Several problems in one message: the gravest stands, of equally grave ones the first."""

from datetime import datetime

import pytest

from handlers.intake.meaning import understand
from tests.intake.test_scores import lexicon

NOW = datetime.fromisoformat("2026-11-12T10:15:00+08:00")


@pytest.mark.parametrize(
    ("text", "system", "scope", "priority"),
    [
        ("OA首页图标有点歪，另外全院HIS都打不开了", "his", "hospital", "critical"),
        ("1、打印机缺墨 2、我们科电子病历五台电脑都登不进", "cis", "department", "high"),
        ("PACS打不开，顺便问下OA密码在哪改", "pacs", "workstation", "medium"),
        ("HIS登不上，还有PACS也登不上", "his", "workstation", "medium"),
        ("急诊三台电脑：1. HIS打不开 2. 打印机不出纸", "his", "department", "critical"),
        ("HIS打不开，另外两台电脑也一样", "his", "department", "high"),
    ],
)
def test_the_gravest_of_several_problems_stands(text: str, system: str, scope: str, priority: str) -> None:
    meaning = understand(text, NOW, lexicon())
    assert (meaning.system, meaning.scope, meaning.priority) == (system, scope, priority)


@pytest.mark.parametrize(
    ("text", "scope", "priority"),
    [
        ("给3床抽的血，报告出来是5床的正常结果", "workstation", "critical"),
        ("打开3床的病历，显示的是5床的正常体温单", "workstation", "critical"),
        ("3床的打不出，5床的能打", "workstation", "low"),
        ("HIS登不上，其他几台好像也不行", "department", "high"),
        ("急诊有手术病人等着，手麻系统打不开", "workstation", "high"),
    ],
)
def test_what_looks_like_all_is_well_beside_it_makes_it_no_lighter(text: str, scope: str, priority: str) -> None:
    meaning = understand(text, NOW, lexicon())
    assert (meaning.scope, meaning.priority) == (scope, priority)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("他们修好了", "resolved"),
        ("同事帮我弄好了，谢谢", "resolved"),
        ("其他人也好了", "resolved"),
        ("我的打不开，同事的好了", "report"),
    ],
)
def test_who_says_that_others_mended_it_confirms_and_who_says_that_others_work_reports(text: str, intent: str) -> None:
    assert understand(text, NOW, lexicon()).intent == intent
