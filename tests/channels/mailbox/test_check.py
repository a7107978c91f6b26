"""wardline channel check mail, against a provider on loopback."""

from dataclasses import replace
from pathlib import Path

from aiohttp import ClientSession

from bot.channels.checking import Checking
from bot.channels.mailbox.check import check_mail
from bot.tables.mail import Box, Mail, OAuth, Server
from tests.bot.running import NIGHT, settings
from tests.support.certificates import HOST
from tests.support.postoffice import PASSWORD, USER, PostOffice


def box(office: PostOffice) -> Box:
    imap, smtp = Server(HOST, office.imap_port, "tls"), Server(HOST, office.smtp_port, "starttls")
    return Box("it", USER, imap, smtp, USER, PASSWORD, ca_file=str(office.ca_file), authserv="mx.example")


async def found(folder: Path, *boxes: Box) -> list[tuple[bool, str]]:
    async with ClientSession() as session:
        checking = Checking(session, "zh", NIGHT)
        await check_mail(settings(folder, mail=Mail(boxes)), checking)
    return [(finding.is_well, finding.text) for finding in checking.findings]


async def test_a_mailbox_that_opens_and_may_send_is_well(tmp_path: Path) -> None:
    with PostOffice(tmp_path) as office:
        told = await found(tmp_path, box(office), replace(box(office), authserv=""))
        assert [is_well for is_well, _ in told] == [True] * 5
        assert "authserv" in told[3][1]
        assert office.mails == []


async def test_a_wrong_password_and_a_server_that_is_gone_are_told(tmp_path: Path) -> None:
    with PostOffice(tmp_path) as office:
        (log_in, sending) = await found(tmp_path, replace(box(office), password="wrong"))
        assert (log_in[0], "授权码" in log_in[1], sending[0]) == (False, True, False)
        office.down()
        assert [is_well for is_well, _ in await found(tmp_path, box(office))] == [False, False]


async def test_what_is_not_set_up_or_not_tried_is_told(tmp_path: Path) -> None:
    ((is_well, words),) = await found(tmp_path)
    assert (is_well, "[mail]" in words) == (False, True)
    somewhere = Server("127.0.0.1", 1)
    oauth = Box("it", USER, somewhere, somewhere, USER, oauth=OAuth("https://x.example/token", "c"))
    assert [is_well for is_well, _ in await found(tmp_path, oauth)] == [False]
