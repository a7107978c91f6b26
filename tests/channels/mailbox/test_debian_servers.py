"""Servers as hospitals run them: Dovecot and OpenSMTPD from Debian, each a process of its own."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from bot.channels.base import ChannelError
from bot.channels.mailbox.channel import MailChannel
from bot.settings import Web
from bot.tables.mail import Box, Mail, OAuth, Server
from sla.message import Address, Notice, Purpose
from storage.base import OutboxRow
from storage.files import packaged_files
from tests.bot.running import MovedClock, running, sample
from tests.channels.keeping import Keeper
from tests.support.botapi import START
from tests.support.certificates import HOST, make_certificate
from tests.support.debian_mail import GONE, PASSWORD, DebianMail, needs_debian_mail
from tests.support.token_server import CLIENT, CONSENT, SCOPE, SECRET, TokenServer
from tests.support.waiting import until

BOX, LIN = "it@wardline.example", "lin@hospital.example"
pytestmark = needs_debian_mail


@pytest.fixture
def servers() -> Iterator[DebianMail]:
    with DebianMail(BOX, LIN) as servers:
        yield servers
        logging.getLogger(__name__).warning(servers.log())  # shown where the test failed


def boxed(servers: DebianMail) -> Box:
    """The mailbox; nothing of what comes in it is found by looking within an hour."""
    imap, smtp = Server(HOST, servers.imaps), Server(HOST, servers.submissions)
    return Box("it", BOX, imap, smtp, BOX, PASSWORD, poll=timedelta(hours=1), ca_file=str(servers.ca_file))


@asynccontextmanager
async def channel(folder: Path, box: Box) -> AsyncIterator[tuple[MailChannel, Keeper]]:
    """A channel that reads the mailbox, and who keeps what it takes."""
    async with AsyncExitStack() as stack:
        keeper = Keeper(folder / "house.sqlite3")
        stack.callback(keeper.close)
        mail = MailChannel(Mail((box,)), "", pauses=(0.1,))
        await mail.start(keeper.house())
        stack.push_async_callback(mail.stop)
        yield mail, keeper


def written(number: int, text: str) -> bytes:
    head = f"From: Lin <{LIN}>\r\nTo: {BOX}\r\nMessage-ID: <{number}@x.example>\r\nMIME-Version: 1.0\r\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


def row(to: str, text: str) -> OutboxRow:
    address = Address("mail", to)
    notice = Notice("page", Purpose.PAGE, (address,), text, ticket=12)
    return OutboxRow(7, notice, START, "waiting", 0, 0, 1, address=address)


async def trouble(mail: MailChannel) -> str:
    """What the channel says is wrong, when it does."""
    await until(mail.problem)
    return mail.problem()


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_mails_are_told_of_and_answers_arrive(tmp_path: Path, servers: DebianMail, tls: str) -> None:
    """Over TLS from the first byte, and over STARTTLS, at both servers."""
    imap, smtp = {
        "tls": (servers.imaps, servers.submissions),
        "starttls": (servers.imap, servers.submission),
    }[tls]
    box = replace(boxed(servers), imap=Server(HOST, imap, tls), smtp=Server(HOST, smtp, tls))
    servers.bring(written(1, "HIS打不开"), LIN, BOX)
    async with channel(tmp_path, box) as (mail, keeper):
        await keeper.until(1)
        for number in (2, 3):
            servers.bring(written(number, f"第{number}封"), LIN, BOX)
            await keeper.until(number)
        sent = await mail.send(row(LIN, "W12 呼叫：呼吸机屏幕不亮"))
        await until(lambda: servers.mails(LIN))
        assert mail.problem() == ""
        assert [inbound.text for inbound in keeper.inbounds()] == ["HIS打不开", "第2封", "第3封"]
    (raw,) = servers.mails(LIN)
    found = message_from_bytes(raw, policy=policy.default)
    assert (found["Message-ID"], found["Subject"]) == (sent, "[W12] 呼叫：呼吸机屏幕不亮")
    assert "with ESMTPS" in raw.decode("latin-1")


async def test_a_relay_on_this_machine_may_ask_for_no_log_in(tmp_path: Path, servers: DebianMail) -> None:
    """The password is that of the mailbox, at another server."""
    box = replace(boxed(servers), smtp=Server(HOST, servers.mta, "off"))
    async with channel(tmp_path, box) as (mail, _):
        await mail.send(row(LIN, "W12 呼叫"))
        await until(lambda: servers.mails(LIN))


async def test_a_certificate_that_nobody_vouches_for_is_not_talked_to(tmp_path: Path, servers: DebianMail) -> None:
    (tmp_path / "other").mkdir()
    _, another = make_certificate(tmp_path / "other")
    for number, tls in enumerate(("tls", "starttls")):
        imap = Server(HOST, servers.imaps if tls == "tls" else servers.imap, tls)
        smtp = Server(HOST, servers.submissions if tls == "tls" else servers.submission, tls)
        box = replace(boxed(servers), imap=imap, smtp=smtp, ca_file=str(another))
        folder = tmp_path / str(number)
        folder.mkdir()
        async with channel(folder, box) as (mail, _):
            assert f"the certificate of {HOST} is not trusted" in await trouble(mail)
            with pytest.raises(ChannelError, match=f"the certificate of {HOST} is not trusted") as caught:
                await mail.send(row(LIN, "W12 呼叫"))
            assert caught.value.result == "not_sent"
    assert "Login: user" not in servers.log()


async def test_a_refused_password_is_told(tmp_path: Path, servers: DebianMail) -> None:
    async with channel(tmp_path, replace(boxed(servers), password="wrong")) as (mail, _):
        assert f"the log-in of {BOX} is refused" in await trouble(mail)
        with pytest.raises(ChannelError, match=f"the log-in of {BOX} is refused: 535"):
            await mail.send(row(LIN, "W12 呼叫"))


async def test_a_server_that_is_started_anew_is_called_again(tmp_path: Path, servers: DebianMail) -> None:
    async with channel(tmp_path, boxed(servers)) as (mail, keeper):
        servers.bring(written(1, "之前"), LIN, BOX)
        await keeper.until(1)
        await asyncio.to_thread(servers.down)
        servers.bring(written(2, "其间"), LIN, BOX)
        assert BOX.partition("@")[0] in await trouble(mail)
        await asyncio.to_thread(servers.up)
        await keeper.until(2)
        servers.bring(written(3, "之后"), LIN, BOX)
        found = await keeper.until(3)
    assert [inbound.text for inbound in found] == ["之前", "其间", "之后"]


async def test_a_mailbox_that_is_numbered_anew_brings_no_mail_twice_and_loses_none(
    tmp_path: Path, servers: DebianMail
) -> None:
    async with channel(tmp_path, boxed(servers)) as (_, keeper):
        for number in (1, 2, 3):
            servers.bring(written(number, f"第{number}封"), LIN, BOX)
            await keeper.until(number)
        await asyncio.to_thread(servers.renumber, BOX, 2)
        for number in (4, 5):
            servers.bring(written(number, f"第{number}封"), LIN, BOX)
            await keeper.until(number)
        texts = [inbound.text for inbound in keeper.inbounds()]
    assert texts == [f"第{number}封" for number in range(1, 6)]


async def test_an_address_that_is_not_there_or_gives_mails_back_is_marked(tmp_path: Path, servers: DebianMail) -> None:
    async with channel(tmp_path, boxed(servers)) as (mail, keeper):
        with pytest.raises(ChannelError) as caught:
            await mail.send(row("nobody@hospital.example", "W12 呼叫"))
        assert caught.value.result == "refused"
        await mail.send(row(GONE, "W12 呼叫"))
        await until(lambda: keeper.failures)
        assert [address for address, _ in keeper.failures] == [Address("mail", GONE)]
        assert keeper.inbounds() == []


async def revoked(tokens: TokenServer, servers: DebianMail) -> None:
    """The token that was good is good no more, and whoever is logged in has to come in anew."""
    tokens.revoke()
    await asyncio.to_thread(servers.down)
    await asyncio.to_thread(servers.up)


async def test_access_tokens_open_both_servers(tmp_path: Path) -> None:
    """Dovecot asks the token endpoint about each. One that is revoked is replaced, at either server."""
    async with TokenServer(BOX) as tokens:
        oauth = OAuth(tokens.url, CLIENT, SCOPE, SECRET, CONSENT)
        servers = DebianMail(BOX, LIN, token_url=f"{tokens.base}/info")
        await asyncio.to_thread(servers.__enter__)
        try:
            async with channel(tmp_path, replace(boxed(servers), oauth=oauth, password="")) as (mail, keeper):
                await asyncio.to_thread(servers.bring, written(1, "之前"), LIN, BOX)
                await keeper.until(1)
                await mail.send(row(LIN, "W12 呼叫"))
                await revoked(tokens, servers)
                await mail.send(row(LIN, "W12 呼叫"))
                await revoked(tokens, servers)
                await asyncio.to_thread(servers.bring, written(2, "之后"), LIN, BOX)
                await keeper.until(2)
                await until(lambda: len(servers.mails(LIN)) == 2)
                assert (mail.problem(), len(tokens.forms)) == ("", 3)
        finally:
            await asyncio.to_thread(servers.__exit__)


async def test_from_a_report_by_mail_to_its_answer(tmp_path: Path, servers: DebianMail) -> None:
    """The whole way: their server, ours, IDLE, the bot, submission, delivery, and what the nurse's program shows."""
    people = packaged_files()["people.toml"].replace('"webchat:nurse"', f'"mail:{LIN}"')
    sample(tmp_path / "config", **{"people.toml": people})
    web = Web(port=0, url="https://wardline.example.org")
    async with running(tmp_path, MovedClock(), mail=Mail((boxed(servers),)), web=web) as bot:
        await until(lambda: "mail" in bot.app.channels)
        servers.bring(written(1, "急诊科HIS打不开，所有电脑都开不了医嘱"), LIN, BOX)
        await until(lambda: servers.mails(LIN))
        answer = message_from_bytes(servers.mails(LIN)[0], policy=policy.default)
        assert "[W1]" in answer["Subject"]
        follow = written(2, "已经影响抢救").replace(
            b"MIME-Version", f"In-Reply-To: {answer['Message-ID']}\r\nMIME-Version".encode()
        )
        servers.bring(follow, LIN, BOX)
        await until(lambda: len(servers.mails(LIN)) >= 2)
        later = message_from_bytes(servers.mails(LIN)[1], policy=policy.default)
        assert later["References"] == answer["References"]
