"""wardline channel check mail, against a provider on loopback."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import ClientSession

from bot.channels.checking import Checking
from bot.channels.mailbox.check import check_mail
from bot.settings import Web
from bot.tables.mail import Box, Mail, OAuth, Server
from storage.writer import open_store
from tests.bot.running import KEY, NIGHT, settings
from tests.channels.mail_rig import mailing
from tests.support.certificates import HOST
from tests.support.odd_imap import OddImap
from tests.support.postoffice import PASSWORD, USER, PostOffice
from tests.support.token_server import CLIENT, CONSENT, SCOPE, SECRET, TokenServer


def box(office: PostOffice) -> Box:
    imap, smtp = Server(HOST, office.imap_port, "tls"), Server(HOST, office.smtp_port, "starttls")
    return Box("it", USER, imap, smtp, USER, PASSWORD, ca_file=str(office.ca_file), authserv="mx.example")


async def found(folder: Path, *boxes: Box, url: str = "", now: datetime = NIGHT) -> list[tuple[bool, str]]:
    async with ClientSession() as session:
        checking = Checking(session, "zh", now)
        await check_mail(settings(folder, mail=Mail(boxes), web=Web(url=url)), checking)
    told = [(finding.is_well, finding.text) for finding in checking.findings]
    return [(is_well, words) for is_well, words in told if "[web] url：邮件里没有" not in words]


async def test_a_mailbox_that_opens_and_may_send_is_well(tmp_path: Path) -> None:
    with PostOffice(tmp_path) as office:
        told = await found(tmp_path, box(office), replace(box(office), authserv=""))
        assert [is_well for is_well, _ in told] == [True] * 5
        assert "authserv" in told[3][1]
        assert office.mails == []


async def test_a_mail_that_came_later_than_now_shows_a_clock_that_is_off(tmp_path: Path) -> None:
    with PostOffice(tmp_path) as office:
        office.file(b"Subject: x\r\n\r\nx", NIGHT)
        office.file(b"Subject: y\r\n\r\ny", NIGHT + timedelta(minutes=5))
        for now, outcome in ((NIGHT, True), (NIGHT + timedelta(minutes=4, seconds=30), False)):
            told = await found(tmp_path, box(office), now=now)
            assert any("请校时" in words and not is_well for is_well, words in told) == outcome
        told = await found(tmp_path, box(office))
        assert any("晚 300 秒" in words for _, words in told)


async def test_links_that_lead_to_us_are_well_and_others_are_told(tmp_path: Path) -> None:
    with PostOffice(tmp_path) as office:
        (tmp_path / "rig").mkdir()
        async with mailing(tmp_path / "rig") as rig:
            told = await found(tmp_path, box(office), url=rig.url)
            assert told[-1] == (True, f"邮件里的链接 {rig.url}/act/ 能打开。")
            is_well, words = (await found(tmp_path, box(office), url=f"{rig.url}/elsewhere"))[-1]
            assert (is_well, "HTTP 404" in words) == (False, True)
        is_well, words = (await found(tmp_path, box(office), url=rig.url))[-1]
        assert (is_well, "打不开" in words) == (False, True)


async def test_without_an_address_it_is_told_that_mails_have_no_links(tmp_path: Path) -> None:
    with PostOffice(tmp_path) as office:
        async with ClientSession() as session:
            checking = Checking(session, "en", NIGHT)
            await check_mail(settings(tmp_path, mail=Mail((box(office),))), checking)
    assert checking.findings[-1].text.startswith("[web] url is not set")


async def test_a_wrong_password_and_a_server_that_is_gone_are_told(tmp_path: Path) -> None:
    with PostOffice(tmp_path) as office:
        (log_in, sending) = await found(tmp_path, replace(box(office), password="wrong"))
        assert (log_in[0], "授权码" in log_in[1], sending[0]) == (False, True, False)
        office.down()
        assert [is_well for is_well, _ in await found(tmp_path, box(office))] == [False, False]


async def test_what_is_not_set_up_is_told(tmp_path: Path) -> None:
    ((is_well, words),) = await found(tmp_path)
    assert (is_well, "[mail]" in words) == (False, True)


async def test_a_certificate_that_is_not_trusted_is_told(tmp_path: Path) -> None:
    with PostOffice(tmp_path) as office:
        told = await found(tmp_path, replace(box(office), ca_file=""))
    assert [(is_well, "ca_file" in words) for is_well, words in told] == [(False, True)] * 2


async def test_a_mailbox_with_tokens_is_tried_as_well(tmp_path: Path) -> None:
    """The token first; then both servers are shown it."""
    server = OddImap(tmp_path, in_clear=True)
    async with TokenServer(USER) as tokens:
        with server, PostOffice(tmp_path) as office:
            server.context = office.context
            server.takes_token = office.takes_token = tokens.takes()
            oauth = OAuth(tokens.url, CLIENT, SCOPE, SECRET, CONSENT)
            there = replace(box(office), oauth=oauth, imap=Server(HOST, server.port, "starttls"), password="")
            well = await found(tmp_path, there)
            assert [is_well for is_well, _ in well] == [True] * 3
            assert "60" in well[0][1]
            server.takes_token = office.takes_token = lambda user, token: False
            refused = await found(tmp_path, there)
            assert [(is_well, "scope" in words) for is_well, words in refused[1:]] == [(False, True)] * 2
            for error, word in (
                ("invalid_grant", "WARDLINE_MAIL_REFRESH_TOKEN"),
                ("unauthorized_client", "WARDLINE_MAIL_CLIENT_SECRET"),
                ("invalid_scope", "scope"),
                ("temporarily_unavailable", "token_endpoint"),
            ):
                tokens.answer = (400, f'{{"error": "{error}"}}')
                (is_well, words), *reached = await found(tmp_path, there)
                assert [(is_well, "没有登录" in words) for is_well, words in reached] == [(True, True)] * 2
                assert (is_well, error in words, word in words) == (False, True, True)


async def test_a_consent_that_was_replaced_is_used_and_kept(tmp_path: Path) -> None:
    """Where the endpoint takes each refresh token once, a look must not lock the bot out."""
    open_store(f"sqlite:///{tmp_path / 'wardline.sqlite3'}", KEY).close()
    async with TokenServer(USER, rotates=True) as tokens:
        nowhere = Server(HOST, 1)
        oauth = OAuth(tokens.url, CLIENT, SCOPE, SECRET, CONSENT)
        there = Box("it", USER, nowhere, nowhere, USER, oauth=oauth)
        for _ in range(2):
            assert [is_well for is_well, _ in await found(tmp_path, there)] == [True, False, False]
    assert [form["refresh_token"] for form in tokens.forms] == [CONSENT, "consent-1"]
