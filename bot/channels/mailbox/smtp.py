"""A mail handed over to its server, and what the server's answer means for the notice."""

import asyncio
import ssl
from contextlib import suppress
from datetime import timedelta
from email.message import Message

import aiosmtplib

from bot.channels.base import ChannelError
from bot.channels.mailbox.oauth import Secret
from bot.tables.mail import Box

CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 30.0
KEPT_SECONDS = 10.0
"""For how long a connection waits for the next mail."""
BUSY = frozenset({421, 450, 451, 452})
"""Greylisting, throttling, a full disk: the same mail is taken later."""
COME_AGAIN = timedelta(minutes=5)
NO_MAILBOX = frozenset({550, 551, 553})
"""Codes of RCPT TO by which an address will never take a mail; others are about the mail or about us."""


class LoginRefused(ChannelError):
    """The server does not take the log-in, and will not as it is. Nothing was sent."""


class Post:
    """The server of one mailbox, and what opens it."""

    def __init__(self, box: Box, secret: Secret) -> None:
        self._box, self._secret = box, secret
        self._kept: list[aiosmtplib.SMTP] = []
        self._closed = False
        self.problem = ""

    @property
    def address(self) -> str:
        """Whose mails it sends."""
        return self._box.address

    async def hand_over(self, mail: Message, to: str) -> None:
        """Send the mail to one address. Raises ChannelError."""
        client = await self._begun()
        try:
            await self._recipient(client, to)
            await self._content(client, mail)
        except BaseException:
            client.close()
            raise
        self.problem = ""
        self._keep(client)

    def close(self) -> None:
        """Hang up."""
        while self._kept:
            self._kept.pop().close()
        self._closed = True

    async def try_out(self) -> None:
        """Connect and log in, and hang up. Raises ChannelError."""
        _leave(await self._logged_in())

    async def greet(self) -> str:
        """Connect, and have the server prove who it is, and hang up; no log-in. What it greets with. Raises
        ChannelError."""
        client = self._client()
        try:
            greeting = (await client.connect()).message
            with suppress(aiosmtplib.SMTPException, OSError):  # it was polite
                await client.quit()
            return greeting
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _down(error, self._box.smtp.host) from error
        finally:
            _leave(client)

    async def _begun(self) -> aiosmtplib.SMTP:
        """A connection to which the sender of a mail was told: one that is left from the mail before, else a new one.
        Servers give up who is silent, or count the mails of a connection: then nothing was sent on it."""
        while self._kept:
            client = self._kept.pop()
            try:
                await client.mail(self._box.address, timeout=ANSWER_SECONDS)
            except (aiosmtplib.SMTPException, OSError):
                client.close()
            except BaseException:  # given up in between: nobody else has it any more
                client.close()
                raise
            else:
                return client
        client = await self._logged_in()
        try:
            await self._sender(client)
        except BaseException:
            client.close()
            raise
        return client

    def _keep(self, client: aiosmtplib.SMTP) -> None:
        """A log-in costs more than a mail; where many are sent they go one after the other."""
        if self._closed:
            client.close()
            return
        self._kept.append(client)
        asyncio.get_running_loop().call_later(KEPT_SECONDS, self._let_go, client)

    def _let_go(self, client: aiosmtplib.SMTP) -> None:
        """Hang up unless it is in use; whoever uses it sees to it again."""
        if client in self._kept:
            self._kept.remove(client)
            client.close()

    async def _logged_in(self) -> aiosmtplib.SMTP:
        """A connection. Where an access token is not taken, another one is tried, once."""
        secret = await self._opener()
        try:
            return await self._connected(secret)
        except LoginRefused as refused:
            if not self._box.oauth:
                raise
            secret = await self._opener(secret, f"{refused.reason}; ")
        return await self._connected(secret)

    async def _opener(self, failed: str = "", before: str = "") -> str:
        """The password, or an access token other than that which `failed`."""
        try:
            return await self._secret.get(failed)
        except ChannelError as error:
            raise self._trouble(ChannelError("not_sent", f"{before}{error.reason}", error.retry_after)) from error

    async def _connected(self, secret: str) -> aiosmtplib.SMTP:
        try:
            client = self._client()
        except OSError as error:  # the file with the certificates that are trusted
            raise self._trouble(
                ChannelError("not_sent", f"ca_file: {error.strerror or type(error).__name__}")
            ) from error
        try:
            await self._prepare(client, secret)
        except BaseException:
            client.close()
            raise
        return client

    def _client(self) -> aiosmtplib.SMTP:
        where = self._box.smtp
        context = ssl.create_default_context(cafile=self._box.ca_file or None)
        return aiosmtplib.SMTP(
            hostname=where.host,
            port=where.port,
            use_tls=where.tls == "tls",
            start_tls=where.tls == "starttls",
            tls_context=context,
            timeout=CONNECT_SECONDS,
            local_hostname=self._box.address.rpartition("@")[2],
        )

    async def _prepare(self, client: aiosmtplib.SMTP, secret: str) -> None:
        """Connect and log in. Nothing was sent whatever fails here."""
        try:
            await client.connect()
            if self._box.oauth:
                await client.auth_xoauth2(self._box.user, secret)
                self._secret.proved(secret)
            elif secret and not await self._asks_for_none(client):
                await client.login(self._box.user, secret)
        except aiosmtplib.SMTPAuthenticationError as error:
            raise self._trouble(_not_let_in(self._box.user, error.code)) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._trouble(_down(error, self._box.smtp.host)) from error

    async def _asks_for_none(self, client: aiosmtplib.SMTP) -> bool:
        """A server on this machine that relays for it without a log-in; the password is for the mailbox alone."""
        if self._box.smtp.tls != "off":
            return False
        await client.ehlo()
        return not client.supports_extension("auth")

    def _trouble(self, error: ChannelError) -> ChannelError:
        """Something that is wrong with us or the server, not with an address."""
        self.problem = f"{self._box.name}: {error.reason}"
        return error

    async def _sender(self, client: aiosmtplib.SMTP) -> None:
        try:
            await client.mail(self._box.address, timeout=ANSWER_SECONDS)
        except aiosmtplib.SMTPResponseException as error:
            raise self._not_taken(error) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise ChannelError("not_sent", type(error).__name__) from error

    async def _recipient(self, client: aiosmtplib.SMTP, to: str) -> None:
        try:
            await client.rcpt(to, timeout=ANSWER_SECONDS)
        except aiosmtplib.SMTPResponseException as error:
            if error.code in NO_MAILBOX:
                raise ChannelError("refused", f"the server does not take this address: {error.code}") from error
            raise self._not_taken(error) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise ChannelError("not_sent", type(error).__name__) from error

    async def _content(self, client: aiosmtplib.SMTP, mail: Message) -> None:
        """From the first byte of the content on, no answer means that nobody knows."""
        try:
            await client.data(mail.as_bytes(), timeout=ANSWER_SECONDS)
        except aiosmtplib.SMTPResponseException as error:
            if error.code == -1:  # no answer that is one
                raise ChannelError("unknown", "the server hung up") from error
            raise self._not_taken(error) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise ChannelError("unknown", type(error).__name__) from error

    def _not_taken(self, error: aiosmtplib.SMTPResponseException) -> ChannelError:
        """A code about the mail or about us: 4xx passes, 5xx is for an administrator to mend."""
        if error.code in BUSY:
            return ChannelError("not_sent", f"the server is busy: {error.code}", COME_AGAIN)
        if error.code >= 500:
            return self._trouble(ChannelError("not_sent", f"the server refuses the mail: {error.code}"))
        return ChannelError("not_sent", f"the server failed: {error.code}")


def _leave(client: aiosmtplib.SMTP) -> None:
    """Hang up at once: a command that ends right after would not see the end of a polite good-bye."""
    transport = client.transport
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


def _not_let_in(user: str, code: int) -> ChannelError:
    """What follows from a log-in that was answered so: 4yz (454 above all) is no word on the password or token."""
    if 400 <= code < 500 or code < 0:  # below 0: no answer that is one
        return ChannelError("not_sent", f"the log-in of {user} does not work just now: {code}")
    return LoginRefused("not_sent", f"the log-in of {user} is refused: {code}")


def _down(error: BaseException, host: str) -> ChannelError:
    """What went wrong with a connection; a certificate that is not trusted lies below what the library makes of it."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return ChannelError("not_sent", f"the certificate of {host} is not trusted: {below.verify_message}")
        below = below.__cause__ or below.__context__
    return ChannelError("not_sent", f"{host}: {type(error).__name__}")
