"""`wardline channel check mail`: each mailbox is opened for looking, and its server for sending; nothing is sent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from urllib.parse import urlsplit

import aiohttp

from bot.channels.base import ChannelError
from bot.channels.causes import cause, why
from bot.channels.checking import SKEW, Checking, is_there
from bot.channels.mailbox.imap import Imap, MailDown
from bot.channels.mailbox.oauth import Password, RefreshToken, TokenError, grant, grant_beside
from bot.channels.mailbox.reach import reach, reach_in_clear, tell
from bot.channels.mailbox.smtp import LoginRefused, Post
from bot.channels.pem import of_authority
from bot.settings import Settings
from bot.tables.mail import Box, OAuth
from handlers.wording import say
from storage.base import StorageError
from storage.replicas import DatabaseLease, Lease
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
    """Every mailbox that is named. What shows without the network was told before; what it hinders is left out, and
    the rest is tried all the same."""
    if not settings.mail.enabled:
        checking.wrong(checking.say("check_disabled", setting="[mail] enabled = false"))
        return
    if not settings.mail.boxes:
        checking.wrong(checking.say("check_off", names="[mail] [[mail.box]]"))
        return
    async with _database(settings, checking) as beside:
        for box in settings.mail.boxes:
            if any(of_authority(box.ca_file, checking.now) if box.ca_file else ()):
                await reach_in_clear(box, checking)
                continue
            secret = await _secret(box, beside, checking)
            if secret is None:
                await reach(box, checking)
            else:
                await asyncio.to_thread(_incoming, box, secret, checking)
                await _outgoing(box, secret, checking)
    await _links(settings.web.url, checking)


@dataclass(frozen=True, slots=True)
class _Beside:
    """The database of a bot that may run beside us: a refresh token is asked for under its lease. `now` goes on."""

    vault: Vault
    lease: Lease
    now: Callable[[], datetime]
    owner: str = field(default_factory=lambda: f"channel check/{token_hex(8)}")


async def _secret(box: Box, beside: _Beside | None, checking: Checking) -> str | None:
    """What opens the mailbox; None where there is nothing, or nothing that could be sent."""
    if not (box.has_secret or box.needs_no_secret):
        return None
    if box.oauth:
        return await _token(box, box.oauth, beside, checking)
    return box.password if box.password.isascii() else None


@asynccontextmanager
async def _database(settings: Settings, checking: Checking) -> AsyncIterator[_Beside | None]:
    """Where refresh tokens lie that were handed out before: the one in the environment may have been used up. None
    where no mailbox needs it, or there is no database yet, or it cannot be read."""
    is_needed = any(box.oauth and box.has_secret for box in settings.mail.boxes)
    if not (is_needed and settings.keys and is_there(settings.database)):
        yield None
        return
    try:
        store = await asyncio.to_thread(open_store, settings.database, settings.keys, alone=False)
    except StorageError as error:
        checking.wrong(checking.say("check_no_store", why=error))
        yield None
        return
    try:
        loop = asyncio.get_running_loop()
        began = loop.time()
        now = lambda: checking.now + timedelta(seconds=loop.time() - began)  # noqa: E731  # a word for it
        yield _Beside(Vault(store.writer), DatabaseLease(store.writer), now)
    finally:
        await asyncio.to_thread(store.close)


async def _token(box: Box, oauth: OAuth, beside: _Beside | None, checking: Checking) -> str | None:
    """A fresh access token; None where there is none, which is noted with what to mend."""
    host = urlsplit(oauth.token_url).netloc
    try:
        if beside is None:
            granted = await grant(oauth, RefreshToken(box, oauth, None))
        else:
            granted = await grant_beside(oauth, box, beside.vault, beside)
    except TokenError as error:
        key = TOKEN_ERRORS.get(error.error, "check_mail_token_none")
        checking.wrong(checking.say(key, box=box.name, host=host, why=_of_token(error, checking)))
        return None
    checking.well(checking.say("check_mail_token", box=box.name, minutes=granted.good_for // timedelta(minutes=1)))
    return granted.token


def _of_token(error: TokenError, checking: Checking) -> str:
    """What the endpoint said, or why it said nothing."""
    return why(error, checking.say) if cause(error)[0] else error.error or error.reason


def _incoming(box: Box, secret: str, checking: Checking) -> None:
    imap = Imap(box)
    try:
        imap.open(secret)
    except MailDown as error:
        tell(box, box.imap, error, checking, is_refused=error.refused)
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
        checking.wrong(checking.say("check_mail_links_gone", url=place, why=why(error, checking.say)))
        return
    if status == 404 and say("act_over_title", "zh") in page:
        checking.well(checking.say("check_mail_links", url=url))
    else:
        checking.wrong(checking.say("check_mail_links_other", url=place, status=status))


async def _outgoing(box: Box, secret: str, checking: Checking) -> None:
    try:
        await Post(box, Password(secret)).try_out()
    except ChannelError as error:
        tell(box, box.smtp, error, checking, is_refused=isinstance(error, LoginRefused))
    else:
        checking.well(checking.say("check_mail_out", box=box.name, host=box.smtp.host))
