"""Whatever comes in has an answer, in time, and the same one again."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail.reading import read_mail
from tests.channels.mail.test_mails import CASES

SEEDS = [case.raw for case in CASES.values()]
TOKENS = [
    *(
        b"\r\n",
        b"\n",
        b"=?",
        b"?=",
        b"--b1",
        b'"',
        b"<",
        b">",
        b";",
        b"(",
        b"\0",
        b"\xff",
        b"boundary=",
        b"<!--",
        b"&#",
    ),
    *(b"\x1b$B", b"~{", b"*0*=", b"''", b"wrote:", b"begin 644 a\n", b">" * 50, b" " * 300, b"\r" * 300, b'"\\' * 100),
]
BIG = 1_000_000
HEAD = b"From: lin@example.com\r\nSubject: HIS\r\n"
TEXT, PAGE = HEAD + b"\r\n", HEAD + b"Content-Type: text/html\r\n\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
SLOWEST = 2.0
"""Seconds of processor time that one megabyte may take on the slowest machine under load; the aim is a tenth."""


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A mail of the sets, cut, doubled and stuffed."""
    raw = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(raw)))
        until = min(len(raw), at + draw(st.integers(0, 200)))
        put = draw(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=20), st.just(raw[at:until] * 3)))
        raw = raw[:at] + put + raw[draw(st.sampled_from([at, until])) :]
    return raw


@given(damaged())
@settings(max_examples=300, deadline=None)
def test_a_damaged_mail_has_an_answer(raw: bytes) -> None:
    mail = read_mail(raw)
    assert mail.kind in ("message", "auto", "bounce", "unreadable")
    assert mail == read_mail(raw)
    assert mail.sender == mail.sender.lower()
    assert "\n" not in mail.subject + mail.sender
    assert not any("/" in each.name or "\\" in each.name or "\0" in each.name for each in mail.attachments)
    assert mail.kind != "unreadable" or not (mail.text or mail.sender or mail.attachments)


@given(st.binary(max_size=2_000))
@settings(max_examples=200, deadline=None)
def test_noise_has_an_answer(raw: bytes) -> None:
    assert read_mail(raw).message_id == read_mail(raw).message_id


@pytest.mark.parametrize(
    ("before", "repeated"),
    [
        (TEXT, "急诊打不开\r\n".encode()),
        (TEXT, ("将" * 990 + "写道：\r\n").encode()),
        (TEXT, ("----" * 40 + "原\r\n").encode()),
        *(
            (TEXT, each)
            for each in (b"> \r\n", b">", b" ", b"\n", b"-", b"From: x\r\n", b"wrote ", b"\xff\xfe", b"\x1b$B")
        ),
        (HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n", b"\x1b$B-!"),
        (TEXT, b"Wang\r\n2026-11-20 8:30\r\nTo\r\n"),
        (TEXT, b"-" * 300 + "原始邮件".encode() + b"-" * 300),
        *(
            (TEXT, each)
            for each in (b"begin 644 a\r\n", b"On Jan 5, 2026 x@y wrote\r\nabc\r\n", b"begin 644 a\r\n!!\r\n")
        ),
        *(
            (PAGE, each)
            for each in (b"<b>", b"<", b"<!--", b'<a "', b"&#", b"<style>", b'<p class="gmail_', b"<b></i>")
        ),
        *((PAGE + b"<p ", each) for each in (b"id= ", b"class=x ", b"hidden ", b'"')),
        *(
            (MIXED, each)
            for each in (
                b"--b\r\n\r\n",
                b"--c\r\nA: b\r\n A: b\r\n   \r\n",
                b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n",
            )
        ),
        *((b"From: ", each) for each in (b"<a@", b'"a', b"(a", b"a@b,", b":a@b", b"=?u?Q?", b'"\\', b"a")),
        *((HEAD, each) for each in (b"A: b\r\n", b" x\r\n", b"junk\r\n", b" \r\n", b'Content-Type: text/plain; a="')),
        (HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n", b"A= "),
        (HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b"= "),
    ],
)
def test_a_megabyte_takes_no_time(before: bytes, repeated: bytes) -> None:
    raw = before + repeated * (BIG // len(repeated))
    begun = time.process_time()
    read_mail(raw)
    assert time.process_time() - begun < SLOWEST
