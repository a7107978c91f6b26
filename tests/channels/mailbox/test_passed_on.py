"""A colleague's mail that is passed on is what is reported, with their name below it, whatever program did it."""

from email import policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest

from bot.channels.mail.reading import read_mail
from bot.channels.mailbox.incoming import inbound_of
from bot.channels.mailbox.signing import Signer
from sla.message import Inbound
from sla.ticket import EventKind
from tests.channels.mailbox.test_incoming import SIGNER, TO_LIN, written
from tests.support.botapi import START
from tests.support.house import open_house

WORDS = "急诊科HIS打不开，所有电脑都开不了医嘱"
HEAD = "发件人: {lin}\n发送时间: 2026年10月1日 9:10\n收件人: 张 <zhang@hospital.example>\n主题: HIS打不开"
NAMED, BARE = '"林护士" <lin@hospital.example>', "lin@hospital.example"
FORMS = {
    "QQ": f"\n------------------ 原始邮件 ------------------\n{HEAD};\n\n{WORDS}",
    "163": f"-------- 转发邮件信息 --------\n{HEAD.replace(': ', '：')}\n\n{WORDS}",
    "Outlook": f"________________________________\n{HEAD}\n\n{WORDS}",
    "Gmail": "---------- Forwarded message ---------\nFrom: {lin}\nDate: Thu, Oct 1, 2026 at 9:10 AM\n"
    f"Subject: HIS打不开\nTo: <zhang@hospital.example>\n\n\n{WORDS}",
    "Apple": f"开始转发的邮件：\n\n> 发件人: {{lin}}\n> 主题: HIS打不开\n> 日期: 2026年10月1日 9:10\n>\n> {WORDS}",
}


def read(text: str, subject: str = "转发: HIS打不开", **headers: str) -> Inbound:
    return inbound_of(read_mail(written(text, subject, **headers)), START, SIGNER, proven=False, attachments=())


@pytest.mark.parametrize("lin", [NAMED, BARE])
@pytest.mark.parametrize("form", FORMS)
def test_what_was_passed_on_is_read_with_whose_it_is(form: str, lin: str) -> None:
    found = read(FORMS[form].format(lin=lin))
    assert (found.text, found.quoted) == ("", f"HIS打不开\n\n{WORDS}")
    assert found.origin == (parseaddr(lin)[0] or lin)


def test_own_words_stay_apart_and_older_history_is_left_out() -> None:
    older = "\n\n在 2026-09-30，王 <wang@hospital.example> 写道：\n> 打印机坏了\n"
    found = read(f"麻烦看一下\n\n{FORMS['Outlook'].format(lin=NAMED)}{older}", "Fwd: 转发：HIS打不开")
    assert (found.text, found.quoted, found.origin) == ("麻烦看一下", f"HIS打不开\n\n{WORDS}", "林护士")


def test_what_only_stands_between_signs_is_passed_on_too() -> None:
    found = read(f"> {WORDS}\n> 请尽快\n", "Fw: HIS打不开")
    assert (found.quoted, found.origin) == (f"HIS打不开\n\n{WORDS}\n请尽快", "")


def test_a_mail_that_is_attached_is_passed_on() -> None:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["Subject"], mail["Message-ID"] = "zhang@hospital.example", "转发", "<9@x.example>"
    inner = EmailMessage(policy=policy.SMTP)
    inner["From"], inner["Subject"] = NAMED, "HIS打不开"
    inner.set_content(WORDS)
    mail.set_content("")
    mail.add_attachment(inner)
    found = inbound_of(read_mail(mail.as_bytes()), START, SIGNER, proven=False, attachments=())
    assert (found.text, found.quoted, found.origin) == ("", f"HIS打不开\n\n{WORDS}", "林护士")


@pytest.mark.parametrize(
    ("text", "subject", "headers", "words"),
    [
        (f"还是不行\n\n> {WORDS}\n", "回复: HIS打不开", {}, "回复: HIS打不开\n\n还是不行"),  # history, not passed on
        ("\n", "转发: HIS打不开", {}, "转发: HIS打不开"),
        (f"接单\n\n> {WORDS}\n", "转发: 呼叫", {"In_Reply_To": TO_LIN}, "接单"),
    ],
)
def test_what_is_not_passed_on(text: str, subject: str, headers: dict[str, str], words: str) -> None:
    found = read(text, subject, **headers)
    assert (found.text, found.quoted, found.origin) == (words, "", "")


def test_what_we_wrote_ourselves_is_nobodys_report() -> None:
    own = "------ 请在此行上方回复 / reply above this line ------\n\nW12 呼叫：呼吸机屏幕不亮"
    found = read(f"你看看\n\n{HEAD.format(lin='Wardline <it@wardline.example>')}\n\n{own}", "转发: [W12] 呼叫")
    assert (found.quoted, found.text) == ("", "转发: [W12] 呼叫\n\n你看看")


def test_it_opens_a_ticket_with_the_name_below_and_commands_nothing(tmp_path: Path) -> None:
    forwarded = [FORMS["QQ"].format(lin=NAMED), FORMS["Gmail"].format(lin=NAMED).replace(WORDS, "接单 W1")]
    with open_house(tmp_path) as house:
        for number, text in enumerate(forwarded):
            raw = written(text, "转发: HIS打不开").replace(b"<1@x.example>", b"<%d@x.example>" % number)
            house.take(inbound_of(read_mail(raw), house.now, Signer(b"k" * 32), proven=True, attachments=()))
        events = house.ticket(1).events
        house.forget()
    said = str(events[0].data)
    assert WORDS in said
    assert "（原话：林护士）" in said
    assert not [event for event in events if event.kind is EventKind.ACKNOWLEDGED]
