"""`wardline channel check mail`: each mailbox is opened for looking, and its server for sending; nothing is sent."""

import asyncio

from bot.channels.base import ChannelError
from bot.channels.checking import Checking
from bot.channels.mailbox.imap import Imap, MailDown
from bot.channels.mailbox.oauth import Password
from bot.channels.mailbox.smtp import Post
from bot.settings import Settings
from bot.tables.mail import Box


async def check_mail(settings: Settings, checking: Checking) -> None:
    """Every mailbox that is named."""
    if not settings.mail.is_on:
        checking.wrong(checking.say("check_off", names="[mail]"))
        return
    for box in settings.mail.boxes:
        if box.oauth:
            checking.wrong(checking.say("check_mail_oauth", box=box.name))
            continue
        await asyncio.to_thread(_incoming, box, checking)
        await _outgoing(box, checking)


def _incoming(box: Box, checking: Checking) -> None:
    imap = Imap(box)
    try:
        imap.open(box.password)
    except MailDown as error:
        key = "check_mail_refused" if error.refused else "check_mail_down"
        checking.wrong(checking.say(key, box=box.name, host=box.imap.host, why=str(error)))
    else:
        checking.well(checking.say("check_mail_in", box=box.name, folder=box.folder))
        if not box.authserv:
            checking.well(checking.say("check_mail_unproven", box=box.name))
    finally:
        imap.leave()


async def _outgoing(box: Box, checking: Checking) -> None:
    try:
        await Post(box, Password(box.password)).try_out()
    except ChannelError as error:
        checking.wrong(checking.say("check_mail_down", box=box.name, host=box.smtp.host, why=error.reason))
    else:
        checking.well(checking.say("check_mail_out", box=box.name, host=box.smtp.host))
