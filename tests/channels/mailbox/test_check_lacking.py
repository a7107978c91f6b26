"""wardline channel check mail where something lacks or is wrong: the true cause is named, and the rest is tried."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.app import system_clock
from bot.channels.base import ChannelError
from bot.channels.mailbox.channel import MailChannel
from bot.channels.mailbox.oauth import Password
from bot.channels.mailbox.smtp import Post
from bot.settings import SettingsError
from bot.tables.mail import Box, Mail, Server
from tests.bot.running import NIGHT
from tests.channels.mailbox.test_check import box, found
from tests.support.certificates import FAR_OFF, HOST, LONG_AGO, make_certificate
from tests.support.postoffice import PASSWORD, USER, PostOffice

Finding = tuple[bool, str]
Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Clinic:
    """A configuration with one mailbox at the office, checked from the command line."""

    def __init__(self, folder: Path, office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.office, self.capsys = folder, office, capsys
        (folder / "keys").write_text("unused", "utf-8")

    def check(self, language: str = "zh", **changed: object) -> list[str]:
        """The lines that are printed; there is something to mend."""
        table = {
            "address": USER,
            "imap": HOST,
            "imap_port": self.office.imap_port,
            "smtp": HOST,
            "smtp_port": self.office.smtp_port,
            "smtp_tls": "starttls",
            "ca_file": str(self.office.ca_file),
        } | changed
        lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        (self.folder / "wardline.toml").write_text(f"[mail]\n[[mail.box]]\n{lines}", "utf-8")
        words = ["channel", "check", "mail", "--config", str(self.folder), "--data", str(self.folder)]
        code = main([*words, "--lang", language])
        out, errors = self.capsys.readouterr()
        assert (code, errors) == (1, "")
        return [line for line in out.splitlines() if "[web] url" not in line]


@pytest.fixture
def clinic(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    for name in ("WARDLINE_MAIL_PASSWORD", "WARDLINE_MAIL_PASSWORD_FILE", "WARDLINE_KEYS", "WARDLINE_KEYS_FILE"):
        monkeypatch.delenv(name, raising=False)
    with PostOffice(tmp_path) as office:
        yield Clinic(tmp_path, office, capsys)


def test_a_password_that_lacks_is_told_and_all_the_rest_is_tried(clinic: Clinic) -> None:
    missing, reading, sending = clinic.check()
    assert missing.startswith("✗")
    assert all(words in missing for words in ("没有密码", "WARDLINE_MAIL_PASSWORD", "WARDLINE_MAIL_PASSWORD_FILE"))
    assert [(line[0], "证书没有问题" in line) for line in (reading, sending)] == [("✓", True)] * 2
    assert "has no password" in clinic.check("en")[0]
    untrusted = clinic.check(ca_file="", smtp_port=clinic.office.smtps_port, smtp_tls="tls")
    assert [("没有密码" in line, "ca_file" in line) for line in untrusted] == [
        (True, False),
        (False, True),
        (False, True),
    ]
    clinic.office.down()
    assert ["拒绝连接" in line for line in clinic.check()] == [False, True, True]


def test_a_file_for_the_password_that_cannot_be_used_is_the_one_cause(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = clinic.folder / "secret"
    monkeypatch.setenv("WARDLINE_MAIL_PASSWORD_FILE", str(file))
    for words in ("不存在", "是空的", "是文件夹"):
        if words == "是空的":
            file.write_text("\n", "utf-8")
        elif words == "是文件夹":
            file.unlink()
            file.mkdir()
        first, *rest = clinic.check()
        assert all(part in first for part in ("WARDLINE_MAIL_PASSWORD_FILE", str(file), words))
        assert [line[0] for line in rest] == ["✓", "✓"]


def test_a_password_with_signs_of_another_width_is_not_sent(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINE_MAIL_PASSWORD", "ｐａｓｓ密码")
    first, *rest = clinic.check()
    assert ("全角" in first, "ｐａｓｓ" in first) == (True, False)
    assert [line[0] for line in rest] == ["✓", "✓"]


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda file: None, "不存在"),
        (lambda file: file.write_bytes(b"\x30\x82\x01\x0a"), "不是 PEM 格式的证书"),
        (
            lambda file: make_certificate(file.parent, first=LONG_AGO, last=LONG_AGO + timedelta(days=1))[1].rename(
                file
            ),
            "已于 2020-01-02 过期",
        ),
    ],
)
async def test_a_file_of_an_authority_that_is_of_no_use_is_told_and_no_word_is_said_to_anybody(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, prepare: Callable[[Path], object], words: str
) -> None:
    monkeypatch.setenv("WARDLINE_MAIL_PASSWORD", PASSWORD)
    file = clinic.folder / "authority.pem"
    heard = asyncio.Queue[bytes]()

    async def hear(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await heard.put(await reader.read())

    prepare(file)
    async with listening(hear) as port:
        checked = partial(clinic.check, imap_port=port, smtp_port=port, ca_file="authority.pem")
        first, *rest = await asyncio.to_thread(checked)
        assert [await heard.get(), await heard.get()] == [b"", b""]
    assert (words in first, str(file) in first, first[0]) == (True, True, "✗")
    assert [(line[0], "证书和登录都没有试" in line) for line in rest] == [("✓", True)] * 2


def test_without_the_key_of_stored_texts_the_box_is_tried_all_the_same(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDLINE_MAIL_PASSWORD", PASSWORD)
    (clinic.folder / "keys").unlink()
    first, *rest = clinic.check()
    assert (first[0], "WARDLINE_KEYS" in first) == ("✗", True)
    assert [line[0] for line in rest] == ["✓", "✓", "✓"]


async def test_a_servers_certificate_is_told_by_what_is_wrong_with_it(tmp_path: Path) -> None:
    now = system_clock().now()
    for host, first, last, words in (
        (HOST, LONG_AGO, LONG_AGO + timedelta(days=9), "已过期"),
        (HOST, now + timedelta(days=9), now + timedelta(days=99), "还没有生效"),
        ("mail.other.example", LONG_AGO, LONG_AGO + FAR_OFF, "不是发给这个地址的"),
    ):
        with PostOffice(tmp_path) as office:
            _, vouches = make_certificate(tmp_path, host, first, last)
            office.context.load_cert_chain(vouches, tmp_path / "key.pem")
            there = replace(box(office), smtp=Server(HOST, office.smtps_port, "tls"))
            told = await found(tmp_path, there, now=first + timedelta(days=1))
            assert [(is_well, words in said) for is_well, said in told] == [(False, True)] * 2
            assert not any("ca_file" in said for _, said in told)


@asynccontextmanager
async def listening(handle: Handle) -> AsyncIterator[int]:
    """A server on loopback, its port; everybody has left when it ends."""
    calls = set[asyncio.Task[None]]()

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            calls.add(task)
        try:
            await handle(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(taken, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*calls)


async def greeted(greeting: bytes, folder: Path, there: Box) -> list[Finding]:
    """What is found where a greeting is all that the servers say."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        with suppress(ConnectionError):
            while await reader.readline():
                writer.write(b"221 bye\r\n")

    async with listening(say) as port:
        at = Server(HOST, port, "off")
        return await found(folder, replace(there, imap=Server(HOST, port, "tls"), smtp=at))


async def test_the_time_in_a_servers_greeting_shows_a_clock_that_is_off(tmp_path: Path) -> None:
    there = Box("it", USER, Server(HOST, 1), Server(HOST, 1), USER)
    for off, words in ((timedelta(seconds=5), "相差 5 秒。"), (timedelta(minutes=4), "请校时")):
        hello = f"220 mx.example ESMTP MAIL Service ready at {format_datetime(NIGHT - off)}\r\n"
        told = await greeted(hello.encode(), tmp_path, there)
        assert any(words in said for _, said in told)
    assert not any("秒" in said for _, said in await greeted(b"220 mx.example ESMTP\r\n", tmp_path, there))


async def test_a_port_that_speaks_no_tls_and_a_server_that_says_no_are_told_apart(tmp_path: Path) -> None:
    there = Box("it", USER, Server(HOST, 1), Server(HOST, 1), USER, PASSWORD)
    reading, sending = await greeted(b"554 5.7.1 your address is blocked\r\n", tmp_path, there)
    assert ("TLS 握手失败" in reading[1], "554 5.7.1 your address is blocked" in sending[1]) == (True, True)
    gone = replace(there, imap=Server("imap.invalid", 993), smtp=Server("smtp.invalid", 465))
    assert [(is_well, "域名解析不了" in words) for is_well, words in await found(tmp_path, gone)] == [(False, True)] * 2


async def test_a_folder_that_is_not_there_is_no_server_that_is_away(tmp_path: Path) -> None:
    with PostOffice(tmp_path) as office:
        reading, sending = await found(tmp_path, replace(box(office), folder="报障"))
        refused = await found(tmp_path, replace(box(office), password="wrong"))
        places = [f"{HOST}:{office.imap_port} 拒绝：[AUTHENTICATIONFAILED]", f"{HOST}:{office.smtp_port} 拒绝：535 "]
    assert (reading[0], "打不开文件夹 报障" in reading[1], sending[0]) == (False, True, True)
    assert "Response status" not in reading[1]
    assert [words in said for words, (_, said) in zip(places, refused, strict=True)] == [True, True]


async def test_a_mailbox_of_163_without_imap_is_told_what_to_switch_on(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, command = line.split()[:2]
            no = command.upper() in {b"SELECT", b"EXAMINE"}
            extra = b"* CAPABILITY IMAP4rev1 ID\r\n" if command.upper() == b"CAPABILITY" else b""
            said = b" NO EXAMINE Unsafe Login. Please contact kefu@188.com for help" if no else b" OK done"
            writer.write(extra + tag + said + b"\r\n")

    async with listening(answer) as port:
        at = Server(HOST, port, "off")
        there = Box("it", USER, at, Server(HOST, 1), USER, PASSWORD)
        reading, _ = await found(tmp_path, there)
    assert (reading[0], "没有开启 IMAP" in reading[1]) == (False, True)


async def test_an_authority_whose_file_goes_away_stops_a_send_and_not_the_sender(tmp_path: Path) -> None:
    there = Box("it", USER, Server(HOST, 1), Server(HOST, 1), USER, PASSWORD, ca_file=str(tmp_path / "gone.pem"))
    with pytest.raises(ChannelError, match="ca_file: No such file"):
        await Post(there, Password(PASSWORD)).try_out()
    with pytest.raises(SettingsError, match=r"ca_file of the mailbox it names .*gone\.pem"):
        MailChannel(Mail((there,)), "")
