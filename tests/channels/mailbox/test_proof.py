"""Who wrote a mail: only the word of the own server counts, and only where it speaks of the sender's domain."""

import pytest

from bot.channels.mail.reading import read_mail
from bot.channels.mailbox.proof import is_proven

OWN = "mx.wardline.example"
LIN = "lin@hospital.example"


@pytest.mark.parametrize(
    "header",
    [
        f"{OWN}; dmarc=pass (p=reject dis=none) header.from=hospital.example",
        f"{OWN} 1;\r\n spf=fail smtp.mailfrom=relay.example;\r\n DMARC=Pass header.from=Hospital.Example",
        f"{OWN}; spf=pass smtp.mailfrom=lin@hospital.example; dkim=pass header.d=hospital.example",
        f"{OWN}; dkim=fail header.d=other.example; dkim=pass header.i=@hospital.example; spf=pass smtp.mail={LIN}",
        f'{OWN}; dmarc=pass reason="ok; dmarc=fail" header.from=hospital.example',
    ],
)
def test_the_own_servers_word_proves_a_sender(header: str) -> None:
    assert is_proven((header,), OWN, LIN)


@pytest.mark.parametrize(
    "header",
    [
        "mx.attacker.example; dmarc=pass header.from=hospital.example",
        f"{OWN}; none",
        f"{OWN}; dmarc=fail header.from=hospital.example",
        f"{OWN}; dmarc=pass header.from=attacker.example",
        f"{OWN}; dmarc=pass",
        f"{OWN}; spf=pass smtp.mailfrom=lin@hospital.example",
        f"{OWN}; dkim=pass header.d=hospital.example",
        f"{OWN}; spf=pass smtp.mailfrom=x@attacker.example; dkim=pass header.d=hospital.example",
        f"{OWN}; spf=pass smtp.mailfrom=x@example; dkim=pass header.d=example",
        f"{OWN}; spf=pass smtp.mailfrom=x@nothospital.example; dkim=pass header.d=nothospital.example",
        f'{OWN}; spf=fail smtp.mailfrom="a; dmarc=pass header.from=hospital.example "@attacker.example',
        f"{OWN}; spf=fail (x \\) ; dmarc=pass header.from=hospital.example) smtp.mailfrom=attacker.example",
        f"{OWN}.attacker.example; dmarc=pass header.from=hospital.example",
        f"({OWN}; dmarc=pass header.from=hospital.example",
        "",
    ],
)
def test_anything_else_proves_nothing(header: str) -> None:
    assert not is_proven((header,), OWN, LIN)


def test_the_topmost_of_the_own_server_counts() -> None:
    failed, forged = (
        f"{OWN}; dmarc=fail header.from=hospital.example",
        f"{OWN}; dmarc=pass header.from=hospital.example",
    )
    assert not is_proven((failed, forged), OWN, LIN)
    assert is_proven(("arc.other.example; dmarc=fail", forged, failed), OWN, LIN)


@pytest.mark.parametrize("end", ["=3B", "=29=3B"])
def test_an_address_with_a_result_hidden_in_an_encoded_word_proves_nothing(end: str) -> None:
    """The server repeats the address of the envelope, which the attacker chose; it is one that SMTP allows."""
    local = f"=?x?q?{end}dmarc=3Dpass_header.from=3Dhospital.example_?="
    found = f"{OWN}; spf=pass (of {local}@a.example) smtp.mailfrom={local}@a.example; dmarc=fail header.from=x"
    mail = read_mail(f"Authentication-Results: {found}\r\nFrom: {LIN}\r\n\r\n接单 W1".encode())
    assert (mail.sender, mail.authentication_results) == (LIN, (found,))
    assert not is_proven(mail.authentication_results, OWN, mail.sender)


def test_without_a_server_that_is_trusted_nobody_is_proven() -> None:
    assert not is_proven(("; dmarc=pass header.from=hospital.example",), "", LIN)
    assert not is_proven((f"{OWN}; dmarc=pass header.from=",), OWN, "")
