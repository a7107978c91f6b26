"""A mail provider on loopback: pymap hands mails out over IMAP and TLS, aiosmtpd takes them over SMTP and STARTTLS, or
TLS from the first byte, in a thread of their own. It goes away and comes back on the same ports, with what was in the
mailbox."""

import asyncio
import base64
import imaplib
import ssl
import threading
from argparse import ArgumentParser
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer, IMAPService
from pysasl.hashing import Cleartext

from tests.support.certificates import HOST, make_certificate
from tests.support.waiting import PATIENCE

USER, PASSWORD = "it@wardline.example", "Zz-14/secret"
T = TypeVar("T")


class PostOffice:
    """`mails` are those that were taken for delivery: to whom, and their bytes. `next_answer` is what the next mail
    meets instead: an answer to RCPT, or "" for no answer after the content was taken."""

    def __init__(self, folder: Path, user: str = USER) -> None:
        self.user = user
        self.context, self.ca_file = make_certificate(folder)
        self.mails: list[tuple[str, bytes]] = []
        self.next_answer: str | None = None
        self.delivered: Callable[[str, bytes], None] = lambda to, raw: None
        """Told of each mail that was taken, in the thread of the office."""
        self.takes_token: Callable[[str, str], bool] = lambda user, token: False
        self.refuses = ""
        """The answer by which nobody is let in to send."""
        self.tokens: list[str] = []
        """The access tokens that were shown."""
        self.imap_port = self.smtp_port = self.smtps_port = self.smtp_connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []
        self._writers: list[asyncio.StreamWriter] = []
        self._sessions: list[SMTP] = []
        self._filer: imaplib.IMAP4_SSL | None = None

    def __enter__(self) -> "PostOffice":
        self._thread.start()
        self._there(self._make())
        self.up()
        return self

    def __exit__(self, *error: object) -> None:
        if self._filer is not None:
            self._filer.shutdown()
        self.down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # coming and going

    def up(self) -> None:
        """Listen."""
        self._there(self._listen())

    def down(self) -> None:
        """Hang up on everybody, and take no calls."""
        self._there(self._hang_up())

    # mails

    def file(self, raw: bytes, at: datetime) -> None:
        """Put a mail into the mailbox, as it came at that time."""
        for last in (False, True):
            try:
                self._filing().append("INBOX", "", imaplib.Time2Internaldate(at), raw)
            except (imaplib.IMAP4.error, OSError):
                if self._filer is not None:
                    self._filer.shutdown()
                self._filer = None
                if last:
                    raise
            else:
                return

    def _filing(self) -> imaplib.IMAP4_SSL:
        if self._filer is None:
            trusted = ssl.create_default_context(cafile=self.ca_file)
            self._filer = imaplib.IMAP4_SSL(HOST, self.imap_port, ssl_context=trusted)
            self._filer.login(self.user, PASSWORD)
        return self._filer

    # the servers

    async def _make(self) -> None:
        parser = ArgumentParser()
        IMAPService.add_arguments(parser)
        DictBackend.add_subparser("dict", parser.add_subparsers())
        parser.set_defaults(debug=False, passlib_cfg=None)
        named = ["--no-tls", "dict", "--demo-user", self.user, "--demo-password", PASSWORD]
        backend, config = await DictBackend.init(
            parser.parse_args(named),
            hash_context=Cleartext(),
            ssl_context=self.context,
            cpu_subsystem=Subsystem.for_asyncio(),  # no thread in which a log-in is lost when everybody is hung up on
        )
        read = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers.append(writer)
            config.apply_context()
            await read(reader, writer)

        self._imap = connected

    async def _listen(self) -> None:
        imap = await asyncio.start_server(self._imap, HOST, self.imap_port, ssl=self.context)
        smtp = await self._loop.create_server(self._smtp, HOST, self.smtp_port)
        smtps = await self._loop.create_server(self._smtps, HOST, self.smtps_port, ssl=self.context)
        self._servers = [imap, smtp, smtps]
        self.imap_port, self.smtp_port, self.smtps_port = (
            server.sockets[0].getsockname()[1] for server in self._servers
        )

    def _smtp(self) -> SMTP:
        return self._session(tls_context=self.context, require_starttls=True, auth_required=True)

    def _smtps(self) -> SMTP:
        """It does not see that there is TLS below it, and thinks little of asking for a log-in then."""
        return self._session(auth_require_tls=False)

    def _session(self, **more: Any) -> SMTP:
        session = SMTP(self, hostname=HOST, loop=self._loop, authenticator=self._known, **more)
        self._sessions.append(session)
        self.smtp_connections += 1
        return session

    async def _hang_up(self) -> None:
        for server in self._servers:
            server.close()
            await server.wait_closed()
        await asyncio.sleep(0)  # who was just let in begins: cancelled before that, nobody would close their socket
        for writer in self._writers:
            _cut(writer.transport)
        for session in self._sessions:
            _cut(session.transport)
        self._writers.clear()
        self._sessions.clear()
        talks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        for _ in range(5):  # a connection over TLS takes some turns to be gone
            await asyncio.sleep(0)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd calls it so
        """An access token, as Google and Microsoft take it. A refusal is a challenge first, to be answered."""
        said = base64.b64decode(args[1]).decode()
        user, _, token = said.removeprefix("user=").removesuffix("\1\1").partition("\1auth=Bearer ")
        self.tokens.append(token)
        if self.refuses:
            return AuthResult(success=False, handled=False, message=self.refuses)
        if self.takes_token(user, token):
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"400"}')
        return AuthResult(success=False, handled=False)

    def _known(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        if self.refuses:
            return AuthResult(success=False, handled=False, message=self.refuses)
        given = data.password.decode() if isinstance(data, LoginPassword) else ""
        return AuthResult(success=given == PASSWORD, handled=False)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A recipient, and whether there is a mailbox."""
        if not session.authenticated:
            return "530 5.7.0 who are you?"
        if self.next_answer:
            answer, self.next_answer = self.next_answer, None
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        """A mail."""
        content = envelope.original_content or b""
        self.mails.append((envelope.rcpt_tos[0], content))
        self.delivered(envelope.rcpt_tos[0], content)
        if self.next_answer == "":
            self.next_answer = None
            _cut(server.transport)
        return "250 taken"

    def _there(self, work: Coroutine[Any, Any, T]) -> T:
        done: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(PATIENCE)


def _cut(transport: object) -> None:
    """Hang up without another word."""
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
