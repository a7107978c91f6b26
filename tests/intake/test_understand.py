"""Whatever is written, reading it neither fails nor takes long; names, contacts and languages."""

import subprocess
import sys
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.intake.meaning import compile_lexicon, understand
from handlers.intake.when import deadline, when
from sla.labels import Intent
from tests.intake.test_scores import lexicon
from tests.support.slow import seconds

NOW = datetime.fromisoformat("2026-03-01T00:10:00+08:00")
PIECES = st.sampled_from(
    (
        "HIS 打不开 昨天 前 后 二十九 2 31 99999 日 月 号 点 半 : / - 今晚 周 小时 了 个 个月 我们科 "
        "也 急诊 「 」_——— __>_ Re:_ "
        "患者 密码是 又 好 没 不 行 since_ 3_pm _ago _for_ feb_30 0 24 年 20 , 。 ?"
    )
    .replace("_", "\n")
    .split(" ")
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=30).map("".join)))
def test_no_text_makes_it_fail(text: str) -> None:
    meaning = understand(text, NOW, lexicon())
    assert (meaning.intent is Intent.REPORT) == (meaning.priority is not None)
    for found in (when(text, NOW), deadline(text, NOW)):
        assert found is None or (found.instant.tzinfo is not None and found.instant.second == 0)


@pytest.mark.parametrize(
    "piece", ["一", "9", "昨天8点", "不", "a", "三点半我们科", " ", "\n", "「", "患者张", "1:", "12月", "5-", "好了又"]
)
def test_a_very_long_message_is_read_in_time(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    understand(text[:50], NOW, lexicon())
    assert seconds(lambda: (understand(text, NOW, lexicon()), when(text, NOW)), 0.4) < 0.4


def test_importing_is_light() -> None:
    script = "import sys, handlers.intake.meaning; print('dateparser' in sys.modules, 'regex' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("text", "system", "candidates"),
    [
        ("医煮打不开", "his", ()),
        ("电子并力打不开", "cis", ()),
        ("单兵种上报失败", "single-disease", ()),
        ("输雪系统打不开", "transfusion", ()),
        ("不是PACS，是放射叫号坏了", "radiology-queue", ()),
        ("重症系统打不开", None, ("jiahe-icu", "mijian-icu", "medical-monitoring")),
        ("LIS打不开", None, ()),
        ("统一对账里微信两笔HIS一笔", "reconciliation", ()),
        ("the boss lost his phone", None, ()),
        ("ICUHIS打不开", "his", ()),
        ("thishis打不开", None, ()),
        ("化疗医嘱审核界面打不开", "his", ()),
        ("护士站医生办电脑没网", None, ()),
        ("药房发药窗口1到4号全部卡住", "his", ()),
        ("挂号收费都不行了", "his", ()),
    ],
)
def test_names_of_systems(text: str, system: str | None, candidates: tuple[str, ...]) -> None:
    meaning = understand(text, NOW, lexicon())
    assert (meaning.system, meaning.system_candidates) == (system, candidates)


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("骨科HIS打不开", "orthopaedics"),
        ("信息科：HIS打不开。眼科 王", "ophthalmology"),
        ("HIS打不开，问检验科要结果都不行", None),
        ("呼吸机旁边的电脑坏了", None),
        ("调到消化科不会用HIS", "gastroenterology"),
        ("NICUHIS打不开", "neonatology"),
        ("Nobody in our OR can open PACS", "operating-theatre"),
        ("HIS or PACS is down", None),
    ],
)
def test_names_of_departments(text: str, department: str | None) -> None:
    assert understand(text, NOW, lexicon()).department == department


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("HIS打不开，电话8127", "8127"),
        ("OA坏了 13912345678", "13912345678"),
        ("HIS报错10060", ""),
        ("住院号1234567的病历提交不了", ""),
        ("家属手机18999998888收不到验证码", ""),
        ("患者电话13812345678收不到短信，我的电话66123", "66123"),
        ("PACS打不开，手机号码 186 2134 5678", "186 2134 5678"),
        ("HIS打不开，分机号 6612", "6612"),
        ("HIS down, ext 6688", "6688"),
    ],
)
def test_a_call_back_number_is_kept(text: str, contact: str) -> None:
    assert understand(text, NOW, lexicon()).contact == contact


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("HIS挂号收费都不行了", Intent.REPORT),
        ("HIS重启了都不行了", Intent.UNRESOLVED),
        ("试了都不行", Intent.UNRESOLVED),
        ("预警一个都不弹了", Intent.REPORT),
        ("现在不弹了", Intent.RESOLVED),
    ],
)
def test_that_nothing_works_is_new_where_nothing_was_tried(text: str, wanted: Intent) -> None:
    assert understand(text, NOW, lexicon()).intent is wanted


def test_only_new_words_of_a_mail_are_read() -> None:
    text = "Re: HIS打不开\n\n已经好了，谢谢\n\n----- 原始邮件 -----\n> HIS还是打不开，全院都不行"
    meaning = understand(text, NOW, lexicon())
    assert (meaning.intent, meaning.system) == (Intent.RESOLVED, "his")


def test_the_language_is_told() -> None:
    assert understand("HIS is down", NOW, lexicon()).language == "en"
    assert understand("HIS is down 了", NOW, lexicon()).language == "zh"


def test_a_catalogue_is_compiled_once() -> None:
    catalogue = next(iter([lexicon()]))
    assert compile_lexicon.cache_info().maxsize == 8
    assert lexicon() is catalogue
