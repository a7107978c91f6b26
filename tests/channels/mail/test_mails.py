"""What each of the raw mails says."""

from collections.abc import Iterator

import pytest

from bot.channels.mail.reading import read_mail
from tests.channels.mail import (
    charset_mails,
    client_mails,
    client_page_mails,
    close_mails,
    damaged_mails,
    file_mails,
    hard_file_mails,
    hard_mails,
    heading_mails,
    history_mails,
    kind_mails,
    label_mails,
    machine_mails,
    maker_mails,
    mixed_mails,
    named_file_mails,
    page_mails,
    returned_mails,
    sender_mails,
    wild_mails,
)
from tests.channels.mail.letters import Case

SETS = {
    "sender": sender_mails.CASES,
    "charset": charset_mails.CASES,
    "history": history_mails.CASES,
    "page": page_mails.CASES,
    "file": file_mails.CASES,
    "kind": kind_mails.CASES,
    "damage": damaged_mails.CASES,
    "hard": hard_mails.CASES,
    "mixed": mixed_mails.CASES,
    "hard files and kinds": hard_file_mails.CASES,
    "label": label_mails.CASES,
    "heading": heading_mails.CASES,
    "client": client_mails.CASES,
    "page of a client": client_page_mails.CASES,
    "machine": machine_mails.CASES,
    "returned": returned_mails.CASES,
    "named file": named_file_mails.CASES,
    "wild": wild_mails.CASES,
    "close": close_mails.CASES,
    "maker": maker_mails.CASES,
}


def all_cases() -> Iterator[tuple[str, Case]]:
    for name, cases in SETS.items():
        yield from ((f"{name}: {case.name}", case) for case in cases)


CASES = dict(all_cases())


@pytest.mark.parametrize("name", CASES)
def test_what_the_mail_says(name: str) -> None:
    case = CASES[name]
    mail = read_mail(case.raw)
    files = tuple((each.name, each.type, len(each.content)) for each in mail.attachments)
    assert (mail.kind, mail.sender, mail.subject) == (case.kind, case.sender, case.subject)
    assert (mail.text, mail.quoted) == (case.text, case.quoted)
    assert files == case.files


def test_every_mail_has_a_name_of_its_own() -> None:
    assert len(CASES) == sum(len(cases) for cases in SETS.values()) >= 120
