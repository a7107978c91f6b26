"""[mail] in wardline.toml: what is read, and what is refused with its reason."""

from pathlib import Path

import pytest

from bot.settings import read_settings
from bot.tables.mail import Mail, OAuth, Server
from sla.errors import ContractError
from storage.files_check import secrets_in

BOX = '[[mail.box]]\naddress = "IT@Hospital.example"\nimap = "imap.x.example"\nsmtp = "smtp.x.example"\n'
SECRETS = {"WARDLINE_KEYS": "k", "WARDLINE_MAIL_PASSWORD": "all", "WARDLINE_MAIL_HIS_PASSWORD": "own"}


def mail(folder: Path, text: str, **more: str) -> Mail:
    (folder / "wardline.toml").write_text(text, encoding="utf-8")
    return read_settings(folder, folder, {**SECRETS, **more}).mail


def test_a_box_needs_three_lines(tmp_path: Path) -> None:
    (box,) = mail(tmp_path, BOX).boxes
    assert (box.name, box.address, box.user, box.password) == ("mail", "it@hospital.example", box.address, "all")
    assert (box.imap, box.smtp) == (Server("imap.x.example", 993), Server("smtp.x.example", 465))
    assert not mail(tmp_path, "[mail]\n").is_on
    assert not mail(tmp_path, f"[mail]\nenabled = false\n{BOX}").is_on


def test_each_box_has_a_password_of_its_own(tmp_path: Path) -> None:
    second = BOX + 'name = "his"\nsmtp_tls = "starttls"\n'
    first, other = mail(tmp_path, BOX + second).boxes
    assert (first.password, other.password, other.smtp.port) == ("all", "own", 587)
    assert "own" not in repr(other)


def test_oauth_takes_its_secrets_from_the_environment(tmp_path: Path) -> None:
    text = BOX + 'auth = "oauth2"\ntoken_endpoint = "https://login.example/token"\nclient_id = "id"\n'
    (box,) = mail(tmp_path, text, WARDLINE_MAIL_REFRESH_TOKEN="r", WARDLINE_MAIL_CLIENT_SECRET="c").boxes
    assert box.oauth == OAuth("https://login.example/token", "id", "", "c", "r")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('imap_tls = "off"', "in clear"),
        ('address = "nobody"', "no address"),
        ('poll = "0 s"', "shorter than a second"),
        ('smtp_tls = "ssl"', "not known"),
        ('[mail]\nkeep_raw = "1 h"', "shorter than a day"),
        ('auth = "oauth2"\ntoken_endpoint = "http://x.example"\nclient_id = "id"', "not safe"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, line: str, why: str) -> None:
    kept = BOX.replace('address = "IT@Hospital.example"\n', "") if line.startswith("address") else BOX
    with pytest.raises(ContractError, match=why):
        mail(tmp_path, f"{kept}{line}\n")


def test_a_password_in_the_file_is_pointed_out() -> None:
    (problem,) = secrets_in(f'{BOX}password = "x"\n', "wardline.toml")
    assert "WARDLINE_MAIL_PASSWORD" in str(problem)
