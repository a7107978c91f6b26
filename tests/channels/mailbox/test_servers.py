"""Servers as they are: 163 wants to know who calls, others tell nothing, hang up, or number their mails anew."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.mailbox.channel import MailChannel
from bot.tables.mail import Box, Mail, Server
from tests.channels.mail_rig import MailKeeper
from tests.support.certificates import HOST
from tests.support.odd_imap import OddImap
from tests.support.waiting import until

PAUSES = (0.05,)


def mail(number: int, text: str = "HIS打不开") -> bytes:
    head = f"From: Lin <lin@hospital.example>\r\nMessage-ID: <{number}@x.example>\r\nMIME-Version: 1.0\r\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text} {number}\r\n".encode()


def boxed(server: OddImap) -> Box:
    to = "it@wardline.example"
    nowhere = Server(HOST, 1)
    here = Server(HOST, server.port)
    return Box("it", to, here, nowhere, to, "secret", poll=timedelta(seconds=0.05), ca_file=str(server.ca_file))


@asynccontextmanager
async def reading(
    folder: Path, server: OddImap, change: Callable[[Box], Box] = lambda box: box
) -> AsyncIterator[tuple[MailChannel, MailKeeper]]:
    """A channel that reads the server's mailbox."""
    async with AsyncExitStack() as stack:
        stack.enter_context(server)
        keeper = MailKeeper(folder / "house.sqlite3")
        stack.callback(keeper.close)
        settings = Mail((change(boxed(server)),), unproven_an_hour=10_000, unproven_a_sender=10_000)
        channel = MailChannel(settings, "", PAUSES)
        await channel.start(keeper.house())
        stack.push_async_callback(channel.stop)
        yield channel, keeper


async def heard(server: OddImap, word: str, count: int = 1) -> None:
    await asyncio.to_thread(server.until, word, count)


async def trouble(channel: MailChannel) -> str:
    """What the channel says is wrong, when it does."""
    await until(channel.problem)
    return channel.problem()


async def test_who_calls_is_said_before_the_folder_is_opened(tmp_path: Path) -> None:
    server = OddImap(tmp_path, wants_id=True)
    server.put(mail(1))
    async with reading(tmp_path, server) as (_, keeper):
        await keeper.until(1)
    words = [line.split()[0] for line in server.heard]
    assert words.index("LOGIN") < words.index("ID") < words.index("EXAMINE")
    assert server.connections == 1


async def test_without_idle_one_connection_is_asked_over_and_over(tmp_path: Path) -> None:
    server = OddImap(tmp_path)
    async with reading(tmp_path, server) as (channel, keeper):
        for number in range(1, 4):
            server.put(mail(number))
            await keeper.until(number)
        assert (server.connections, channel.problem()) == (1, "")
    assert not any(line.startswith("IDLE") for line in server.heard)


async def test_nothing_is_marked_as_read(tmp_path: Path) -> None:
    server = OddImap(tmp_path)
    server.put(mail(1))
    async with reading(tmp_path, server) as (_, keeper):
        await keeper.until(1)
    assert all("BODY[" not in line and "STORE" not in line and "SELECT" not in line for line in server.heard)


async def test_a_server_that_says_bye_while_we_wait_is_called_again(tmp_path: Path) -> None:
    server = OddImap(tmp_path, idle=True)
    async with reading(tmp_path, server) as (channel, keeper):
        await heard(server, "IDLE")
        server.say("* BYE going down")
        server.cut()
        await heard(server, "EXAMINE", 2)
        server.put(mail(1))
        await keeper.until(1)
        assert channel.healthy()
    assert server.connections == 2


async def test_new_numbers_bring_no_mail_twice_and_lose_none(tmp_path: Path) -> None:
    server = OddImap(tmp_path)
    server.mails = {number + 90: mail(number) for number in range(1, 4)}
    async with reading(tmp_path, server) as (_, keeper):
        await keeper.until(3)
        server.validity, server.mails = 8, {number - 90: raw for number, raw in server.mails.items()}
        server.put(mail(4))
        server.cut()
        found = await keeper.until(4)
        server.put(mail(5))
        await keeper.until(5)
    assert [inbound.text[-1] for inbound in found] == ["1", "2", "3", "4"]


async def test_a_mail_that_cannot_be_read_is_set_aside_and_holds_up_nobody(tmp_path: Path) -> None:
    server = OddImap(tmp_path)
    for raw in (mail(1), b"\x00\x01\xff\r\n\r\n", mail(2)):
        server.put(raw)
    async with reading(tmp_path, server) as (_, keeper):
        assert [inbound.text[-1] for inbound in await keeper.until(2)] == ["1", "2"]
        await until(lambda: keeper.mark("mail:aside:it-7-2"))
    assert ("mail", "aside") in keeper.refusals


async def test_one_process_reads_a_mailbox(tmp_path: Path) -> None:
    server = OddImap(tmp_path)
    async with reading(tmp_path, server) as (_, keeper):
        await heard(server, "EXAMINE")
        second = MailChannel(Mail((boxed(server),)), "", PAUSES)
        await second.start(replace(keeper.house(), owner="another"))
        server.put(mail(1))
        await keeper.until(1)
        assert (server.connections, second.problem(), second.healthy()) == (1, "", True)
        await second.stop()


async def test_a_refused_password_is_told_and_not_tried_at_once_again(tmp_path: Path) -> None:
    server = OddImap(tmp_path)
    server.refuses = "[AUTHENTICATIONFAILED] LOGIN Login error or password error"
    async with reading(tmp_path, server) as (channel, _):
        said = await trouble(channel)
        assert "the log-in of it@wardline.example is refused" in said
        assert channel.healthy()
    assert server.connections == 1


async def test_a_mailbox_is_read_over_starttls(tmp_path: Path) -> None:
    server = OddImap(tmp_path, in_clear=True)
    server.put(mail(1))
    async with reading(tmp_path, server, over_starttls) as (channel, keeper):
        await keeper.until(1)
        assert channel.problem() == ""
    assert server.heard.index("STARTTLS") < server.heard.index(next(w for w in server.heard if w.startswith("LOGIN")))


async def test_who_offers_no_starttls_is_told_no_password(tmp_path: Path) -> None:
    server = OddImap(tmp_path, in_clear=True)
    server.hides_starttls = True
    async with reading(tmp_path, server, over_starttls) as (channel, _):
        assert "TLS not supported by server" in await trouble(channel)
    assert set(server.heard) <= {"CAPABILITY"}


def over_starttls(box: Box) -> Box:
    return replace(box, imap=replace(box.imap, tls="starttls"))


@pytest.mark.parametrize("in_clear", [False, True])
@pytest.mark.parametrize("host", [HOST, "127.0.0.2"])
async def test_a_certificate_that_nobody_vouches_for_is_not_talked_to(
    tmp_path: Path, in_clear: bool, host: str
) -> None:
    """Neither one that nobody signed who is trusted, nor one that is for another server."""
    server = OddImap(tmp_path, in_clear=in_clear, host=host)

    def change(box: Box) -> Box:
        changed = over_starttls(box) if in_clear else box
        return replace(changed, ca_file="") if host == HOST else changed

    async with reading(tmp_path, server, change) as (channel, _):
        said = await trouble(channel)
    assert f"the certificate of {HOST} is not trusted" in said
    assert ("self-signed" if host == HOST else "IP address mismatch") in said
    assert set(server.heard) <= {"CAPABILITY", "STARTTLS"}


async def test_a_huge_mail_is_read_as_far_as_its_words(tmp_path: Path) -> None:
    server = OddImap(tmp_path)
    server.put(mail(1, "HIS打不开\r\n" + "x" * 6_000_000))
    server.put(mail(2))
    async with reading(tmp_path, server) as (_, keeper):
        first, _ = await keeper.until(2)
    assert first.text.startswith("HIS打不开")
    assert len(first.text) < 5_000_000
