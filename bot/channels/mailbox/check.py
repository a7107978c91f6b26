"""`wardline channel check mail`: each mailbox is opened for looking, and its server for sending; nothing is sent."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp

from bot.channels.base import ChannelError
from bot.channels.checking import SKEW, Checking, is_there
from bot.channels.mailbox.imap import Imap, MailDown
from bot.channels.mailbox.oauth import Password, RefreshToken, TokenError, grant
from bot.channels.mailbox.smtp import LoginRefused, Post, Untrusted
from bot.settings import Settings
from bot.tables.mail import Box, OAuth
from handlers.wording import say
from storage.vault import Vault
from storage.writer import open_store

PAGE_MOST = 100_000
TOKEN_ERRORS: Mapping[str, str] = {
    "invalid_grant": "check_mail_token_consent",
    "invalid_client": "check_mail_token_client",
    "unauthorized_client": "check_mail_token_client",
    "unsupported_grant_type": "check_mail_token_client",
    "invalid_scope": "check_mail_token_scope",
}
"""What the token endpoint says (RFC 6749, section 5.2), and the sentence with what to mend."""


async def check_mail(settings: Settings, checking: Checking) -> None:
    """Every mailbox that is named."""
    if not settings.mail.is_on:
        checking.wrong(checking.say("check_off", names="[mail]"))
        return
    async with _vault(settings) as vault:
        for box in settings.mail.boxes:
            secret = await _token(box, box.oauth, vault, checking) if box.oauth else box.password
            if secret is not None:
                await asyncio.to_thread(_incoming, box, secret, checking)
                await _outgoing(box, secret, checking)
    await _links(settings.web.url, checking)


@asynccontextmanager
async def _vault(settings: Settings) -> AsyncIterator[Vault | None]:
    """Where refresh tokens lie that were handed out before: the one in the environment may have been used up. None
    where no mailbox needs it, or there is no database yet."""
    if not (any(box.oauth for box in settings.mail.boxes) and is_there(settings.database)):
        yield None
        return
    store = await asyncio.to_thread(open_store, settings.database, settings.keys, alone=False)
    try:
        yield Vault(store.writer)
    finally:
        await asyncio.to_thread(store.close)


async def _token(box: Box, oauth: OAuth, vault: Vault | None, checking: Checking) -> str | None:
    """A fresh access token; None where there is none, which is noted with what to mend."""
    host = urlsplit(oauth.token_url).netloc
    try:
        granted = await grant(oauth, RefreshToken(box, oauth, vault))
    except TokenError as error:
        key = TOKEN_ERRORS.get(error.error, "check_mail_token_none")
        checking.wrong(checking.say(key, box=box.name, host=host, why=error.reason))
        return None
    checking.well(checking.say("check_mail_token", box=box.name, minutes=granted.good_for // timedelta(minutes=1)))
    return granted.token


def _incoming(box: Box, secret: str, checking: Checking) -> None:
    imap = Imap(box)
    try:
        imap.open(secret)
    except MailDown as error:
        _wrong(box, box.imap.host, str(error), checking, refused=error.refused, untrusted=error.untrusted)
    else:
        checking.well(checking.say("check_mail_in", box=box.name, folder=box.folder))
        _look_at_clock(imap, checking)
        if not box.authserv:
            checking.well(checking.say("check_mail_unproven", box=box.name))
    finally:
        imap.leave()


def _look_at_clock(imap: Imap, checking: Checking) -> None:
    """Neither protocol tells the time: but a mail that is there cannot have come later than now."""
    try:
        lately = imap.since((checking.now - timedelta(days=1)).date())
        (newest,) = imap.mails(lately[-1:], 1, 1) if lately else (None,)
    except MailDown:
        return  # that it opens is what was asked
    late = newest.at - checking.now if newest and newest.at else timedelta()
    if late > SKEW:
        checking.wrong(checking.say("check_mail_clock", seconds=int(late.total_seconds())))


async def _links(url: str, checking: Checking) -> None:
    """Whether who opens a link of a mail gets to us: what is no link of ours is answered by our page."""
    if not url:
        checking.well(checking.say("check_mail_no_links"))
        return
    place = f"{url}/act/check"
    try:
        async with checking.session.get(place) as response:
            status, page = response.status, (await response.content.read(PAGE_MOST)).decode("utf-8", "replace")
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        checking.wrong(checking.say("check_mail_links_gone", url=place, why=type(error).__name__))
        return
    if status == 404 and say("act_over_title", "zh") in page:
        checking.well(checking.say("check_mail_links", url=url))
    else:
        checking.wrong(checking.say("check_mail_links_other", url=place, status=status))


async def _outgoing(box: Box, secret: str, checking: Checking) -> None:
    try:
        await Post(box, Password(secret)).try_out()
    except ChannelError as error:
        refused, untrusted = isinstance(error, LoginRefused), isinstance(error, Untrusted)
        _wrong(box, box.smtp.host, error.reason, checking, refused=refused, untrusted=untrusted)
    else:
        checking.well(checking.say("check_mail_out", box=box.name, host=box.smtp.host))


def _wrong(box: Box, host: str, why: str, checking: Checking, *, refused: bool, untrusted: bool) -> None:
    key = "check_mail_down"
    if untrusted:
        key = "check_mail_certificate"
    elif refused:
        key = "check_mail_token_refused" if box.oauth else "check_mail_refused"
    checking.wrong(checking.say(key, box=box.name, host=host, why=why))
