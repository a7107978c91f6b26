"""The channel mail with a mail provider on loopback, and a browser's part of the pages behind its links."""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from aiohttp import ClientSession, web

from bot.channels.base import House
from bot.channels.mailbox import smtp
from bot.channels.mailbox.channel import MailChannel
from bot.tables.mail import Box, Mail, Server
from sla.message import Inbound
from storage.base import StorageError
from tests.channels.keeping import Keeper
from tests.channels.rig import ProviderRig
from tests.support.botapi import START
from tests.support.certificates import HOST
from tests.support.postoffice import PASSWORD, USER, PostOffice
from tests.support.standin import NO_SERVICE
from tests.support.waiting import PATIENCE

PERSON, NAME = "lin@hospital.example", "林护士"
ANSWERS = {
    "refused": "550 5.1.1 no such user",
    "busy": "451 4.7.1 come later",
    "failed": "454 4.3.0 no",
    "unanswered": "",
}


class MailKeeper(Keeper):
    """Knows when a message could not be kept; raw mails are none of its files."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.turned_away = asyncio.Event()

    def house(self) -> House:
        house = super().house()

        async def take(inbound: Inbound) -> None:
            try:
                await house.take(inbound)
            except StorageError:
                self.turned_away.set()
                raise

        return replace(house, take=take)

    def files(self) -> list[tuple[str, str]]:
        return [(name, ref) for name, ref in super().files() if not name.endswith(".eml")]


class MailRig(ProviderRig):
    """`office` is the provider."""

    person, name = PERSON, NAME
    stickers = splits = False
    gateway = NO_SERVICE
    wait = timedelta(minutes=5)
    unproven = 100_000
    """So many mails of one sender whom nothing proves are taken in an hour."""
    authserv = ""
    """The name by which the provider says what it found out about senders."""
    channel: MailChannel
    keeper: MailKeeper

    def __init__(self, office: PostOffice, keeper: MailKeeper) -> None:
        self.office, self.keeper = office, keeper
        self.url, self.password = "", PASSWORD
        self._numbers = iter(range(1, 9999))
        self._last = b""
        self._tasks: set[asyncio.Task[str]] = set()

    def box(self) -> Box:
        """The mailbox as it is set up."""
        imap, smtp = Server(HOST, self.office.imap_port), Server(HOST, self.office.smtp_port, "starttls")
        user, trusted = self.office.user, str(self.office.ca_file)
        return Box(
            "it",
            user,
            imap,
            smtp,
            user,
            self.password,
            authserv=self.authserv,
            poll=timedelta(seconds=1),
            ca_file=trusted,
        )

    async def open(self) -> web.AppRunner:
        """Serve the pages behind links."""
        application = web.Application()
        application.router.add_route("*", "/act/{token}", self._opened)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, HOST, 0).start()
        self.url = f"http://{HOST}:{runner.addresses[0][1]}"
        return runner

    async def _opened(self, request: web.Request) -> web.StreamResponse:
        return await self.channel.webhook(request)

    async def start(self) -> None:
        smtp.CONNECT_SECONDS = 0.3 if self.brief else PATIENCE
        most = self.unproven
        settings = Mail((self.box(),), unproven_an_hour=most, unproven_a_sender=most)
        self.channel = MailChannel(settings, self.url, pauses=(0.1,))
        await self.channel.start(self.keeper.house())

    def mail(self, text: str, subject: str = "", sender: str = f"{NAME} <{PERSON}>") -> EmailMessage:
        """A mail as the person's program writes it, not yet sent."""
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["To"] = sender, USER
        mail["Message-ID"] = f"<{next(self._numbers)}@hospital.example>"
        mail["Date"] = format_datetime(START)
        if subject:
            mail["Subject"] = subject
        mail.set_content(text)
        return mail

    def post(self, mail: EmailMessage) -> str:
        """Send it; its id."""
        self._last = mail.as_bytes()
        self.office.file(self._last, START)
        return str(mail["Message-ID"])

    def says(self, text: str) -> str:
        return self.post(self.mail(text))

    def says_again(self) -> None:
        self.office.file(self._last, START)

    def answers(self, provider_id: str, text: str) -> None:
        mail = self.mail(f"{text}\n\n> 在 2026-10-01，Wardline 写道：\n> 呼叫\n", "回复: [W12] 呼叫")
        mail["In-Reply-To"] = mail["References"] = provider_id
        self.post(mail)

    def presses(self, provider_id: str, action: str) -> None:
        mail = next(mail for mail in self.sent() if mail["Message-ID"] == provider_id)
        link = next(link for link in links_of(mail) if action_of(link) == action)
        task = asyncio.create_task(confirm(link))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def sends(self, kind: str, content: bytes, words: str = "") -> None:
        mail = self.mail(words)
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=f"{kind}.bin")
        self.post(mail)

    def sends_nonsense(self) -> None:
        self.office.file(b"\x00\xff\xfe\r\n\r\n\x80", START)
        self.office.file(b"Subject: =?gb2312?B?////?=\r\nFrom:\r\nMIME-Version: 1.0\r\n\r\n", START)

    def sent(self) -> list[EmailMessage]:
        """What the person was sent."""
        return [message_from_bytes(raw, policy=policy.default) for to, raw in self.office.mails if to == PERSON]

    def shown(self) -> list[tuple[str, list[str]]]:
        return [(words_of(mail), [action_of(link) for link in links_of(mail)]) for mail in self.sent()]

    async def down(self) -> None:
        self.office.down()

    async def up(self) -> None:
        self.office.up()

    def next_send(self, result: str) -> None:
        self.office.next_answer = ANSWERS[result]

    def ports(self) -> tuple[int, ...]:
        return self.office.imap_port, self.office.smtp_port

    async def token_expires(self) -> None:
        """The password is another one now."""
        await self.with_password("what it was before")

    async def token_is_mended(self) -> None:
        await self.with_password(PASSWORD)

    async def with_password(self, password: str) -> None:
        """The process begins anew with this password."""
        await self.stop()
        self.password = password
        await self.start()

    async def until_tried(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.keeper.turned_away.wait()


def plain(mail: EmailMessage) -> str:
    """The mail's plain text."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def words_of(mail: EmailMessage) -> str:
    """The words of a notice: below the line to answer above, above the links and what may be answered."""
    first, _, rest = plain(mail).replace("\r\n", "\n").partition("\n\n")
    assert "reply above this line" in first
    kept = [line for line in rest.splitlines() if "：http" not in line and "也可直接回复" not in line]
    return "\n".join(kept).strip()


def links_of(mail: EmailMessage) -> list[str]:
    """The addresses in the mail's plain text."""
    return re.findall(r"https?://\S+", plain(mail))


def action_of(link: str) -> str:
    """What a link does."""
    packed = link.rpartition("/")[2].partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))[1])


async def confirm(link: str) -> str:
    """Open the page and press its button; what it then says."""
    async with ClientSession() as session:
        async with session.get(link) as page:
            assert '<form method="post">' in await page.text()
        async with session.post(link) as answer:
            return await answer.text()


@asynccontextmanager
async def mailing(folder: Path) -> AsyncIterator[MailRig]:
    """A rig that is started."""
    async with AsyncExitStack() as stack:
        office = stack.enter_context(PostOffice(folder))
        keeper = MailKeeper(folder / "house.sqlite3")
        stack.callback(keeper.close)
        rig = MailRig(office, keeper)
        stack.push_async_callback((await rig.open()).cleanup)
        await rig.start()
        stack.push_async_callback(rig.stop)
        yield rig
