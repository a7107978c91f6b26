"""A bot that runs with a mailbox: a report by mail, a page by mail, a link that takes it, and words that may not."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.settings import Web
from bot.tables.mail import Box, Mail, Server
from storage.files import packaged_files
from tests.bot.running import MovedClock, Running, running, sample
from tests.support.certificates import HOST
from tests.support.postoffice import PASSWORD, USER, PostOffice
from tests.support.waiting import PATIENCE, until

LIN, ENGINEERS = "lin@hospital.example", ("one@provider.example", "two@provider.example")
PEOPLE = {"webchat:nurse": LIN, "webchat:engineer1": ENGINEERS[0], "webchat:engineer2": ENGINEERS[1]}
REPORT = "急诊科HIS打不开，所有电脑都开不了医嘱"


@dataclass
class Ward:
    """The bot and the mail provider."""

    bot: Running
    office: PostOffice
    numbers: int = 0

    def writes(self, who: str, subject: str, text: str, answering: str = "") -> None:
        """Somebody writes a mail."""
        self.numbers += 1
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["Subject"], mail["Message-ID"] = who, subject, f"<{self.numbers}@x.example>"
        if answering:
            mail["In-Reply-To"] = answering
        mail.set_content(text)
        self.office.file(mail.as_bytes(), self.bot.moved.clock.now())

    def sent(self, who: str, *words: str) -> list[EmailMessage]:
        """What somebody was sent, as far as it has these words."""
        mails = [message_from_bytes(raw, policy=policy.default) for to, raw in self.office.mails if to == who]
        return [mail for mail in mails if all(word in text_of(mail) for word in words)]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return body.get_content() if body else ""


@pytest_asyncio.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    people = packaged_files()["people.toml"]
    for old, new in PEOPLE.items():
        assert f'"{old}"' in people
        people = people.replace(f'"{old}"', f'"mail:{new}"')
    sample(tmp_path / "config", **{"people.toml": people})
    moved = MovedClock()
    with PostOffice(tmp_path) as office:
        imap, smtp = Server(HOST, office.imap_port), Server(HOST, office.smtp_port, "starttls")
        ca_file = str(office.ca_file)
        box = Box("it", USER, imap, smtp, USER, PASSWORD, poll=timedelta(seconds=1), ca_file=ca_file)
        web = Web(port=0, url="https://wardline.example.org")
        async with running(tmp_path, moved, mail=Mail((box,)), web=web) as bot:
            ward = Ward(bot, office)
            await until(lambda: "mail" in bot.app.channels)
            yield ward


async def test_from_a_report_by_mail_to_the_link_that_takes_it(ward: Ward) -> None:
    ward.writes(LIN, "HIS故障", REPORT)
    await until(lambda: ward.sent(LIN, "W1", "尚未核实"))
    await until(lambda: any(ward.sent(who, "接单：https://") for who in ENGINEERS))
    who = next(who for who in ENGINEERS if ward.sent(who, "接单：https://"))
    page = ward.sent(who, "接单：https://")[0]
    ward.writes(who, f"回复: {page['Subject']}", "接单", page["Message-ID"])
    await until(lambda: ward.sent(who, "无法核实是否您本人"))  # anybody can write so in that name
    found = re.search(r"接单：https://wardline\.example\.org(/act/\S+)", text_of(page))
    assert found
    async with ClientSession(f"http://{HOST}:{ward.bot.app.port}") as http:
        async with http.get(found[1]) as asked:
            assert "您将要：接单（工单 W1）" in await asked.text()
        async with http.post(found[1]) as done:
            assert (done.status, "已收到“接单”" in await done.text()) == (200, True)
    await until(lambda: ward.sent(LIN, "接单", "W1"))
    assert ward.sent(LIN, "W1")[0]["References"] == page["References"]


async def test_no_link_stands_in_the_log_when_the_database_is_away(
    ward: Ward, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It would still be good, for whoever reads the log."""
    ward.writes(LIN, "HIS故障", REPORT)
    await until(lambda: any(ward.sent(who, "接单：https://") for who in ENGINEERS))
    page = next(mail for who in ENGINEERS for mail in ward.sent(who, "接单：https://"))
    found = re.search(r"接单：https://wardline\.example\.org/act/(\S+)", text_of(page))
    assert found
    rename(tmp_path, "inbox", "inbox_gone")
    with caplog.at_level("DEBUG"):
        async with ClientSession(f"http://{HOST}:{ward.bot.app.port}") as http, http.post(f"/act/{found[1]}") as answer:
            assert answer.status == 503
    written = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records]
    assert any("request_not_stored" in line and "/act/{token}" in line for line in written)
    assert not any(found[1] in line for line in written)
    rename(tmp_path, "inbox_gone", "inbox")


def rename(folder: Path, old: str, new: str) -> None:
    """Have the database refuse messages, or take them again."""
    with closing(sqlite3.connect(folder / "wardline.sqlite3", timeout=PATIENCE)) as database, database:
        database.execute(f"alter table {old} rename to {new}")
