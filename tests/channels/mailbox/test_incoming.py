"""A mail as a message: subject and new words, and what it answers to."""

from email import policy
from email.message import EmailMessage

import pytest

from bot.channels.mail.reading import read_mail
from bot.channels.mailbox.incoming import inbound_of, key_of, why_dropped
from bot.channels.mailbox.signing import Signer
from sla.message import Inbound
from tests.support.botapi import START

SIGNER = Signer(b"k" * 32)
LIN, LI, HOUSE = "lin@hospital.example", "li@provider.example", "wardline.example"
TO_LIN = SIGNER.message_id(12, 7, LIN, HOUSE)


def written(text: str = "马上到", subject: str = "", sender: str = LIN, **headers: str) -> bytes:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["Message-ID"], mail["Date"] = sender, "<1@x.example>", "Thu, 01 Oct 2026 10:00:00 +0800"
    if subject:
        mail["Subject"] = subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def read(raw: bytes) -> Inbound:
    return inbound_of(read_mail(raw), START, SIGNER, proven=False, attachments=())


@pytest.mark.parametrize(
    ("subject", "text", "whole"),
    [
        ("PACS打不开", "急诊CT传不上去", "PACS打不开\n\n急诊CT传不上去"),
        ("PACS打不开", "PACS打不开，急诊CT传不上去", "PACS打不开，急诊CT传不上去"),
        ("PACS打不开", "", "PACS打不开"),
        ("(无主题)", "PACS打不开", "PACS打不开"),
        ("回复: PACS打不开", "还是不行", "回复: PACS打不开\n\n还是不行"),
    ],
)
def test_a_new_mail_says_what_its_subject_says(subject: str, text: str, whole: str) -> None:
    assert read(written(text, subject)).text == whole


def test_an_answer_to_our_mail_names_it_and_says_its_new_words_alone() -> None:
    found = read(written("马上到", "回复: [W12] 呼叫", In_Reply_To=TO_LIN, References=TO_LIN))
    assert (found.text, found.reply_to, found.conversation) == ("马上到", TO_LIN, LIN)


def test_the_thread_is_enough_where_the_answer_is_to_somebody_elses_mail() -> None:
    found = read(written("马上到", "Re: 呼叫", In_Reply_To="<2@x.example>", References=f"{TO_LIN} <2@x.example>"))
    assert (found.text, found.reply_to) == ("马上到", TO_LIN)


def test_an_answer_by_whom_it_was_passed_on_to_names_the_ticket() -> None:
    found = read(written("接单", "转发", sender=LI, In_Reply_To=TO_LIN))
    assert (found.text, found.reply_to) == ("W12 接单", "")
    root = SIGNER.root(12, HOUSE)
    assert read(written("接单", sender=LI, References=root)).text == "W12 接单"


def test_the_number_in_the_subject_of_an_answer_names_the_ticket() -> None:
    assert read(written("接单", "答复: [W12] 呼叫")).text == "W12 接单"
    assert read(written("打不开", "[W12] 呼叫")).text == "[W12] 呼叫\n\n打不开"  # no answer: it is what they say


def test_what_somebody_made_up_is_not_ours() -> None:
    forged = Signer(b"x" * 32).message_id(12, 7, LIN, HOUSE)
    altered = TO_LIN.replace("wl.12.", "wl.13.")
    for made_up in (forged, altered):
        found = read(written("接单", "好的", In_Reply_To=made_up))
        assert (found.text, found.reply_to) == ("好的\n\n接单", "")


def test_a_mail_keeps_its_key_in_every_mailbox() -> None:
    here, there = written(Delivered_To="it@x.example"), written(Delivered_To="his@x.example")
    assert here != there
    assert key_of(read_mail(here)) == key_of(read_mail(there))
    assert key_of(read_mail(here)) != key_of(read_mail(written(sender=LI)))
    bare = here.replace(b"Message-ID: <1@x.example>", b"Message-ID: <>")
    other = bare.replace(b"Delivered-To: it", b"Delivered-To: his")
    assert key_of(read_mail(bare)) == key_of(read_mail(other)) != key_of(read_mail(here))
    assert len(key_of(read_mail(bare))) == 40


def test_programs_are_not_answered() -> None:
    own = frozenset({"it@wardline.example"})
    assert why_dropped(read_mail(written(sender="IT@wardline.example")), own) == "own address"
    assert why_dropped(read_mail(written(Auto_Submitted="auto-replied")), own) == "auto: Auto-Submitted"
    of_another = written().replace(b"<1@x.example>", Signer(b"o" * 32).message_id(1, 2, LIN, "other.example").encode())
    assert why_dropped(read_mail(of_another), own) == "a Wardline's"
    assert why_dropped(read_mail(written()), own) == ""


def test_signs_that_no_database_keeps_are_left_out() -> None:
    raw = written("HIS打不开").replace("HIS打不开".encode(), "HIS\0打不开".encode())
    assert "\0" not in read(raw).text
