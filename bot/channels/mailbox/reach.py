"""What can be tried of a mailbox's servers without its password, and what their errors mean, for
`wardline channel check mail`."""

import asyncio
import imaplib
import re
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiosmtplib
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, UnexpectedCommandStatusError

from bot.channels.base import ChannelError
from bot.channels.causes import UNTRUSTED, cause, chain
from bot.channels.checking import Checking
from bot.channels.mailbox.imap import Imap, MailDown
from bot.channels.mailbox.oauth import Password
from bot.channels.mailbox.smtp import Post
from bot.tables.mail import Box, Server

SECONDS = 10.0
WORDS_MOST = 160
OF_CERTIFICATE = frozenset({"check_why_over", "check_why_early", "check_why_other_name"})
DATE = re.compile(r"\b[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
"""As Exchange and others write the time into their greeting."""


async def reach(box: Box, checking: Checking) -> None:
    """Go as far as the log-in: that both servers are there, who they are, and what time it is there."""
    try:
        await asyncio.to_thread(_greet, box)
    except MailDown as error:
        tell(box, box.imap, error, checking)
    else:
        _reached(box, box.imap, checking)
    try:
        greeting = await Post(box, Password("")).greet()
    except ChannelError as error:
        tell(box, box.smtp, error, checking)
        return
    _reached(box, box.smtp, checking)
    if (there := _time_in(greeting)) is not None:
        checking.look_at_clock(there)


async def reach_in_clear(box: Box, checking: Checking) -> None:
    """Whether there is somebody at all, where nothing tells whom to trust: nothing is said to them."""
    for server in (box.imap, box.smtp):
        try:
            async with asyncio.timeout(SECONDS):
                _, writer = await asyncio.open_connection(server.host, server.port)
        except OSError as error:
            tell(box, server, error, checking)
        else:
            writer.close()
            with suppress(OSError):  # they may hang up first
                await writer.wait_closed()
            checking.well(checking.say("check_mail_reached_unread", box=box.name, host=f"{server.host}:{server.port}"))


def tell(box: Box, server: Server, error: Exception, checking: Checking, *, is_refused: bool = False) -> None:
    """Note why a server cannot be used, by what it said, else by what went wrong below."""
    key, words = cause(error)
    theirs = _said(error)
    said = theirs or words or type(error).__name__
    if "unsafe login" in said.lower():
        key = "check_mail_unsafe"
    elif is_refused:
        key = "check_mail_token_refused" if box.oauth else "check_mail_refused"
    elif key == UNTRUSTED:
        key = "check_mail_certificate"
    elif found := next((each for each in map(_of_protocol, chain(error)) if each), ""):
        key = found
    else:
        said = checking.say(key, words=words) if key and not theirs else said
        key = "check_mail_distrusted" if key in OF_CERTIFICATE else "check_mail_down"
    where = f"{server.host}:{server.port}"
    checking.wrong(checking.say(key, box=box.name, host=where, why=said[:WORDS_MOST].rstrip(". "), folder=box.folder))


def _of_protocol(error: BaseException) -> str:
    """The sentence for what a server does not do at all; "" for other errors."""
    if isinstance(error, MailboxFolderSelectError):
        return "check_mail_folder"
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return "check_mail_no_starttls" if "STARTTLS" in str(error) else "check_mail_no_auth"
    if isinstance(error, imaplib.IMAP4.abort) and "TLS not supported" in str(error):
        return "check_mail_no_starttls"
    return ""


def _said(error: Exception) -> str:
    """The server's own words, with the code of SMTP; "" where it said nothing."""
    for each in chain(error):
        if isinstance(each, aiosmtplib.SMTPResponseException):
            return f"{each.code} {each.message}".strip()
        if isinstance(each, UnexpectedCommandStatusError):
            data = each.command_result[1]
            return b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace")
        if isinstance(each, imaplib.IMAP4.error | ImapToolsError) and "socket error" not in str(each):
            return " ".join(str(each).split())
    return ""


def _greet(box: Box) -> None:
    imap = Imap(box)
    try:
        imap.greet()
    finally:
        imap.leave()


def _reached(box: Box, server: Server, checking: Checking) -> None:
    key = "check_mail_reached_plain" if server.tls == "off" else "check_mail_reached"
    checking.well(checking.say(key, box=box.name, host=f"{server.host}:{server.port}"))


def _time_in(greeting: str) -> datetime | None:
    found = DATE.search(greeting)
    try:
        return parsedate_to_datetime(found[0]) if found else None
    except ValueError:
        return None
