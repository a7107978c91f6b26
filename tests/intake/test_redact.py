"""What pages, logs and exports must not show. All persons and numbers are made up."""

import json
from collections import Counter
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.intake.redact import is_identity_card, redact, redact_why, redact_words

RECALL = 0.98
"""Share of the marked parts that must be hidden, of each kind."""
FALSE_HITS = 0.01
"""Share of clean texts that may be changed."""


def rows() -> list[dict[str, object]]:
    """Texts written without looking at the rules: `parts` lists what must be hidden, as [kind, words]."""
    lines = (Path(__file__).parent / "redact.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_what_is_marked_in_labelled_texts_is_hidden() -> None:
    marked: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    shown = []
    for row in rows():
        text = redact(str(row["text"]))
        for kind, words in row["parts"]:  # type: ignore[attr-defined]  # a list, by the file's layout
            marked[kind] += 1
            hidden[kind] += words not in text
            if words in text:
                shown.append(f"{words}: {text}")
    assert set(marked) == {"身份证", "电话", "病历号", "姓名", "密码"}
    assert sum(marked.values()) > 250
    assert all(hidden[kind] / marked[kind] >= RECALL for kind in marked), "\n".join(shown)


def test_clean_labelled_texts_stay_as_they_are() -> None:
    clean = [str(row["text"]) for row in rows() if not row["parts"]]
    changed = [f"{text}: {redact(text)}" for text in clean if redact(text) != text]
    assert len(clean) > 350
    assert len(changed) <= FALSE_HITS * len(clean), "\n".join(changed)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("身份证11010519491231002X查不到", "身份证[身份证]查不到"),
        ("打我手机13912345678", "打我手机[电话]"),
        ("电话138 0013 8000，谢谢", "电话[电话]，谢谢"),
        ("电话+86 139-1234-5678", "电话[电话]"),
        ("座机023-68811234", "座机[电话]"),
        ("住院号0098123，帮改一下", "住院号[病历号]，帮改一下"),
        ("病历号：ZY20260012 打不开", "病历号：[病历号] 打不开"),
        ("门诊号是 M1234567", "门诊号是 [病历号]"),
        ("患者张小三的报告", "患者[姓名]的报告"),
        ("病人：欧阳小明，男", "病人：[姓名]，男"),
        ("姓名：李雷", "姓名：[姓名]"),
        ("12床王小明的医嘱", "12床[姓名]的医嘱"),
        ("OA密码是Abc@12345，登不上", "OA密码是[密码]，登不上"),
        ("password: hunter22 fails", "password: [密码] fails"),
        ("患者买买提·艾力的报告", "患者[姓名]的报告"),
        ("patient John Smith has the wrong result", "patient [姓名] has the wrong result"),
        ("住院号 0123456 的马小云", "住院号 [病历号] 的[姓名]"),
        ("2床郑小红转科", "2床[姓名]转科"),
        ("就诊卡62220211", "就诊卡[病历号]"),
        ("3床的许志远血糖没出来", "3床的[姓名]血糖没出来"),
        ("患者梁思成（M00921883）", "患者[姓名]（[病历号]）"),
        ("床号12 范志毅", "床号12 [姓名]"),
        ("13床（孟非）", "13床（[姓名]）"),
        ("患者阿依古丽的医嘱", "患者[姓名]的医嘱"),
        ("老身份证440305540107944", "老身份证[身份证]"),
        ("请联系１３９１２３４５６７８", "请联系[电话]"),
        ("账号密码 liming/Lm2024! 进不去", "账号密码 liming/[密码] 进不去"),
        ("病人迪丽热巴·迪力木拉提挂号失败", "病人[姓名]挂号失败"),
        ("住院号558123、558124对调了", "住院号[病历号]、[病历号]对调了"),
        ("13床贾玲和14床沈腾的医嘱串了", "13床[姓名]和14床[姓名]的医嘱串了"),
        ("条码号分别是1100293847和1100293848", "条码号分别是[病历号]和[病历号]"),
        ("新生儿王氏之子建不了档", "新生儿[姓名]建不了档"),
        ("病员吕秀才体温单不显示", "病员[姓名]体温单不显示"),
        ("3床的李老太医保刷不了", "3床的[姓名]医保刷不了"),
        ("新密码设置为Aa@20261112", "新密码设置为[密码]"),
    ],
)
def test_what_must_not_be_shown_is_replaced(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "病人都在等，排队到楼梯口了",
        "患者时间对不上",
        "密码忘了，帮重置一下",
        "密码是多少",
        "password is required again and again",
        "１２床平板没网",
        "患者解锁不了",
        "叫号屏上不要显示患者全名，改成张*",
        "患者罗红霉素发药失败",
        "12床张力高",
        "单号 110105540107944",
        "住院号查不到",
        "分机 6688，短号66217",
        "版本6.2.1，单号 T2026101200018",
        "资产号YK-2026-0047",
        "30床打不开，7点50左右开始的",
        "病人全挤在CT室门口",
        "患者全部看不到，报错10060",
        "病人明天要手术",
        "12床高血压病人",
        "统一对账5月3日4300.00元",
        "HIS is down, all patients are waiting",
        "交易流水号 4200001234202611120123456789",
        "Patient Record System is down",
        "病人程序里查不到",
        "产妇宫口开全了",
        "患者应缴金额不对",
        "9床卫生费多收了",
        "PIN码锁了，错误码1003",
    ],
)
def test_clean_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_a_card_counts_only_with_its_check_digit() -> None:
    assert is_identity_card("11010519491231002X")
    assert not is_identity_card("110105194912310021")
    assert redact("流水110105194912310021") == "流水110105194912310021"


@pytest.mark.parametrize(
    ("words", "whole", "shown"),
    [
        ("打不开", "患者张三的病历打不开", "打不开"),
        ("三的病历打不开", "患者张三的病历打不开", "…"),
        ("8812345", "住院号 8812345 的病历", "…"),
        ("his", "急诊ＨＩＳ打不开", "his"),
        ("电话13812345678", "另一句话", "电话[电话]"),
    ],
)
def test_copied_words_are_redacted_by_the_text_they_came_from(words: str, whole: str, shown: str) -> None:
    assert redact_words(words, whole) == shown
    assert redact_why(f"named: {words}", whole) == f"named: {shown}"
    assert redact_why("none-named", whole) == "none-named"


@given(st.text(alphabet=st.sampled_from("患者病人姓名张王李四密码是住院号：12床3590aX@ \n"), max_size=60))
def test_what_was_redacted_once_stays_as_it_is(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize(
    "piece", ["患者", "12床", "密码是 ", "刚", "1-", "A ", "住院号1234567、", "患者阿·", "Mr. A. "]
)
def test_a_long_text_costs_no_more_than_its_length(piece: str) -> None:
    text = "密码" + piece * (20_000 // len(piece))
    begin = process_time()
    redact(text)
    assert process_time() - begin < 2
