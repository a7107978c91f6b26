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
