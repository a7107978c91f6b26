"""Only the new words are read: spoken, forwarded, quoted and signed messages, each with what it means."""

from datetime import datetime
from functools import cache
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.intake.meaning import Lexicon, compile_lexicon, understand
from handlers.intake.text import fold, letter, new_words
from handlers.intake.when import when
from sla.catalogue import read_catalogue

NOW = datetime.fromisoformat("2026-10-09T10:30:00+08:00")


@cache
def lexicon() -> Lexicon:
    text = files("sla").joinpath("samples/catalogue.toml").read_text(encoding="utf-8")
    return compile_lexicon(read_catalogue(text, "catalogue.toml"))


# text, intent, system
MESSAGES = [
    # voice with a transcript
    ("[语音] HIS打不开了快来人", "report", "his"),
    ('[语音]12"急诊的医生站登不上去', "report", "his"),
    ("语音转文字：PACS看不了片子", "report", "pacs"),
    ("【语音转写】还是不行", "unresolved", None),
    ("（语音转文字）好了谢谢", "resolved", None),
    ("Voice transcript: PACS is down", "report", "pacs"),
    # pictures and files with words
    ("[图片] HIS报错了", "report", "his"),
    ("[图片][图片]PACS打不开", "report", "pacs"),
    ("HIS打不开\n[图片]", "report", "his"),
    ("[文件] 报错截图.docx\n输血系统结果传不过来", "report", "transfusion"),
    ("图片说明：输血系统打不开", "report", "transfusion"),
    # mentions
    ("@报障助手 HIS打不开", "report", "his"),
    ("@HIS报障助手 打印机卡纸了", "report", None),
    ("@HIS报障助手\u2005还是不行", "unresolved", None),
    ("PACS打不开 @李工", "report", "pacs"),
    ("@李工 @王工 怎么样了", "query", None),
    # quoted, answered below
    ("「李工：请描述一下HIS的问题」\n- - - - - - - - - - - - - - -\n还是不行", "unresolved", None),
    ("「王芳：PACS打不开」\n——————\n好了，谢谢", "resolved", None),
    ("「报障助手：已开工单 W12（HIS）」\n- - - - -\n怎么还没人来", "urge", None),
    ("这是一条引用/回复消息：\n“李工: HIS修好了”\n------\n还是打不开", "unresolved", None),
    ("“陈护士：输血系统打不开”\n------\n我们也是", "me_too", None),
    ("『李工：HIS已重启』\n-----\n可以了", "resolved", None),
    ("回复 李工 的消息：HIS好了吗\n-----\nPACS也打不开了", "report", "pacs"),
    # records of chats, forwarded
    ("群聊的聊天记录\n张三 10:23\nHIS打不开\n李四 10:24\n急诊的都打不开", "report", "his"),
    (
        "帮忙看一下\n[聊天记录]\n张三 2026-10-09 10:23:45\nPACS打不开\n李四 2026-10-09 10:24:01\n我看下",
        "report",
        "pacs",
    ),
    ("输血系统打不开，下面是护士反映的\n张三 10:20\nHIS也慢\n李四 10:21\n是的", "report", "transfusion"),
    ("还是不行\n——群聊的聊天记录——\n李工 10:01\nHIS好了\n王护士 10:02\n谢谢", "unresolved", None),
    ("2026/10/9 10:23 张三\n医生站登不上\n2026/10/9 10:24 李四\n我看看", "report", "his"),
    ("张三 与 李四 的聊天记录\n[10:23] 张三：输血系统打不开\n[10:24] 李四：收到", "report", "transfusion"),
    ("Chat history\nAnna 10:23 AM\nPACS is down\nBob 10:24 AM\nok", "report", "pacs"),
    ("转发自 信息科通知\nHIS打不开", "report", "his"),
    # mails: history below
    (
        "PACS打不开\n\n------------------ 原始邮件 ------------------\n发件人: 李工\n主题: HIS已恢复\n\nHIS好了",
        "report",
        "pacs",
    ),
    ('还是不行\n\n在 2026-10-09 09:00:00，"李工" <li@x.cn> 写道：\n\nHIS修好了', "unresolved", None),
    ('还是打不开\n\nAt 2026-10-09 09:00:00, "li" <li@163.com> wrote:\nHIS修好了', "unresolved", None),
    (
        "输血系统结果传不过来\n\n发件人： 李工\n发送时间： 2026-10-08 10:00\n收件人： 王芳\n主题： HIS\n\nHIS升级",
        "report",
        "transfusion",
    ),
    (
        "好了谢谢\n\n________________________________\nFrom: Li <li@x.cn>\nSent: Monday\nSubject: PACS\n\nPACS is down",
        "resolved",
        None,
    ),
    ("PACS看不到片子\n\n李工 <li@gmail.com> 于2026年10月9日周五 上午9:00写道：\n\nHIS怎么样", "report", "pacs"),
    (
        "still not working\n\nOn Fri, Oct 9, 2026 at 9:00 AM Li <li@gmail.com>\nwrote:\n\n> HIS is fixed",
        "unresolved",
        None,
    ),
    ("> 2026年10月9日 上午9:00，李工 <li@x.cn> 写道：\n> \n> HIS修好了\n\n还是不行", "unresolved", None),
    ("在 2026年10月9日，09:00，李工 <li@x.cn> 写道：\n> HIS修好了吗\n\n还没好", "unresolved", None),
    ("HIS打不开\n\n-----邮件原件-----\n发件人: a\n\nPACS通知", "report", "his"),
    ("回复：HIS打不开\n\n好了，谢谢\n\n-----原始邮件-----\n发件人：李工\n\n请问PACS好了吗", "resolved", "his"),
    ("-----\n发件人：张三\n发送时间：2026年10月9日\n主题：输血系统\n\n输血系统打不开", "report", "transfusion"),
    # signatures
    ("输血系统打不开\n\n发自我的iPhone", "report", "transfusion"),
    ("PACS is down\n\nSent from my iPhone", "report", "pacs"),
    ("输血系统打不开\n来自华为手机", "report", "transfusion"),
    ("HIS打不开\n-- \n信息科 王芳\nPACS组 8123", "report", "his"),
    ("HIS打不开\n\n本邮件及其附件含有保密信息，如误收请删除，PACS组", "report", "his"),
    ("PACS打不开\n\n从 Windows 版邮件发送", "report", "pacs"),
]


@pytest.mark.parametrize(("text", "intent", "system"), MESSAGES)
def test_only_the_new_words_are_read(text: str, intent: str, system: str | None) -> None:
    found = understand(text, NOW, lexicon())
    assert (found.intent, found.system) == (intent, system)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("群聊的聊天记录\n张三 09:23\nHIS打不开\n李四 09:24\n急诊的都打不开", None),
        ("群聊的聊天记录\n张三 09:23\nHIS从9点开始打不开\n李四 09:24\n急诊的都打不开", "9点"),
        ("「李工：昨晚8点HIS重启过」\n-----\nPACS打不开，9点开始的", "9点"),
        ('HIS打不开\n\n在 2026-10-08 09:00:00，"李工" <li@x.cn> 写道：\n\nPACS昨天8点开始坏', None),
        ("[语音] HIS从昨晚10点开始打不开", "昨晚10点"),
    ],
)
def test_only_the_new_words_tell_a_time(text: str, span: str | None) -> None:
    found = when(text, NOW)
    assert (found and found.span) == span


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("「李工：请描述HIS」\n- - - - -\n还是不行，PACS", "还是不行，PACS"),
        ("@报障助手 HIS打不开", "HIS打不开"),
        ("[语音] 急诊HIS慢", "急诊HIS慢"),
        ("HIS打不开\n\n-----原始邮件-----\n发件人：李工\n\nPACS", "HIS打不开"),
        ("回复：HIS打不开\n\n好了", "回复：HIS打不开\n\n好了"),
        ("聊天记录\n张三 10:23\nHIS打不开\n李四 10:24\n急诊的", "HIS打不开\n        \n急诊的"),
        ("PACS坏了\n聊天记录\n张三 10:23\nHIS打不开\n李四 10:24\n急诊的", "PACS坏了"),
        ("[图片]", "[图片]"),
        ("患者a@b.com打不开", "患者a@b.com打不开"),
        ("时间 10:23\n急诊 HIS打不开", "时间 10:23\n急诊 HIS打不开"),
    ],
)
def test_new_words_as_they_were_written(text: str, words: str) -> None:
    assert new_words(text) == words


@given(st.text(alphabet=st.sampled_from("「」@[]图片>-:写道张 \n10发件人在HIS"), max_size=80))
def test_the_new_words_are_a_part_of_what_was_written(text: str) -> None:
    folded = fold(text)
    parts = letter(folded)
    assert len(parts.body) <= len(folded) - parts.offset
    assert all(a in (b, " ") for a, b in zip(parts.body, folded[parts.offset :], strict=False))
    assert bool(new_words(text).strip()) == bool(text.strip())
