"""Whatever mail comes is read, dropped or set aside, in time: ten thousand by chance, and hypothesis on the words of
answers, of proofs and of ids."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mailbox.proof import is_proven
from tests.channels import fuzz_mail
from tests.channels.fuzz_mails import INTROS, NAMES, TOKENS, VALUES, mail
from tests.support.slow import seconds

SIGNS = st.sampled_from([*TOKENS, *VALUES, *INTROS]) | st.binary(max_size=12)
WORDS = [
    "mx.hosp.example",
    "dmarc",
    "spf",
    "dkim",
    "=",
    "pass",
    "header.from",
    "smtp.mailfrom",
    "example.com",
    ";",
    '"',
]
RESULTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=30)
HEAD = b"From: Lin <lin@example.com>\r\nSubject: HIS\r\n"
RESULT = b"Authentication-Results: mx.hosp.example; "
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
ONCE_SLOW = {
    "an id of one long word": HEAD + b"References: " + b"x" * 20_000 + b"\r\n\r\n",
    "a line of spaces": HEAD + b"\r\na\r\n" + b" " * 3_000 + b"b",
    "lines of dashes": HEAD + b"\r\n" + (b"_" * 119 + b"\r\n") * 1_000,
    "empty lines before all else": b"\n" * 4_000_000,
    "quotation marks never closed": HEAD + RESULT + b'\\"' * 5_000 + b"\r\n\r\n",
    "senders": (b"From: " + b'\\"' * 1_500 + b"\r\n") * 300 + b"\r\n",
    "parts": MIXED + (b"--b\r\nContent-Type: text/plain; format=flowed\r\n\r\n" + b"> a\r\n" * 1_000) * 90,
    "parameters": MIXED + (b"--b\r\nContent-Disposition: a; " + b"x=y;" * 2_000 + b"\r\n\r\n") * 100,
    "eight bits as UTF-7": HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"\xff" * 900_000,
    "quoted-printable": HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=E6=AD=A3=\r\n" * 200_000,
    "introductions": HEAD + b"\r\n" + '在 2026-11-20 09:12:33，"信息科" <it@example.com> 写道：\r\n'.encode() * 3_000,
}
"""What runs found, as all that follows."""
ONCE_RAISED = {
    "half a character of UTF-7": HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\na+2Fs-b",
}


def test_ten_thousand_mails_are_read_dropped_or_set_aside() -> None:
    met = fuzz_mail.run(range(10_000), seed=20261121).met
    assert min(met[kind] for kind in ("message", "auto", "bounce", "unreadable")) > 200
    assert min(met[what] for what in ("taken", "dropped", "aside", "quoted", "files")) > 1_000
    assert min(met[what] for what in ("proven", "answer", "order")) > 20


def test_an_input_is_the_same_again() -> None:
    assert mail(7, 41, 1_000) == mail(7, 41, 1_000) != mail(8, 41, 1_000)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.lists(SIGNS, max_size=4)), max_size=8), st.lists(SIGNS))
def test_any_headers_and_any_body_leave_no_exception(heads: list[tuple[bytes, list[bytes]]], body: list[bytes]) -> None:
    head = b"".join(name + b": " + b"".join(value) + b"\r\n" for name, value in heads)
    assert fuzz_mail.one(head + b"\r\n" + b"\r\n".join(body))


@settings(max_examples=500, deadline=None)
@given(RESULTS, RESULTS)
def test_any_result_proves_nothing_without_the_name_of_the_own_server(one: list[str], two: list[str]) -> None:
    results = ("other.example; " + " ".join(one), "".join(two).replace("mx.hosp.example", "other.example"))
    assert not is_proven(results, fuzz_mail.SERVER, "lin@example.com")


@pytest.mark.parametrize("name", ONCE_SLOW)
def test_what_was_once_too_slow_is_not(name: str) -> None:
    slow = fuzz_mail.SLOW_SECONDS
    assert seconds(lambda: fuzz_mail.one(ONCE_SLOW[name]), slow) < slow


@pytest.mark.parametrize("name", ONCE_RAISED)
def test_what_once_raised_is_read(name: str) -> None:
    assert "message" in fuzz_mail.one(ONCE_RAISED[name])
