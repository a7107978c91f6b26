"""Mail as a channel: mailboxes are read over IMAP, notices are sent over SMTP, buttons are links and words.

An address is a mail address in lower case. A notice leaves by the mailbox to which its recipient last wrote, else by
the first.
"""

import asyncio
import logging
import ssl
from collections.abc import Sequence

from aiohttp import web

from bot.channels.base import Capabilities, ChannelError, House
from bot.channels.mailbox.ageing import LINK_LIFE
from bot.channels.mailbox.answers import Answers, Ways
from bot.channels.mailbox.compose import Frame, compose
from bot.channels.mailbox.crowd import Caps, Crowd
from bot.channels.mailbox.handling import Handling
from bot.channels.mailbox.incoming import CHANNEL
from bot.channels.mailbox.oauth import secret_of
from bot.channels.mailbox.reader import PAUSES, BoxReader
from bot.channels.mailbox.signing import Wish, signer_of
from bot.channels.mailbox.smtp import Post
from bot.settings import SettingsError
from bot.tables.mail import ADDRESS, Box, Mail
from bot.web.act import Act
from handlers.intake.text import is_chinese
from sla.message import Attachment, Button, Purpose
from sla.worded import Worded
from storage.base import OutboxRow, StorageError

LINKS = "/act"
AT_ONCE = 4
"""Connections to the server: providers count them."""
FILES_BYTES = 15 * 1024 * 1024
"""What most servers take of files in one mail, which base64 makes a third bigger."""
NAME = "Wardline"

log = logging.getLogger(__name__)


class MailChannel:
    """The channel "mail". `url` is the public address of our pages, "" for none: then there are no links. `pauses` are
    those after connections that failed."""

    name = CHANNEL
    capabilities = Capabilities(buttons=True, edit=False, text_limit=100_000, attachments=True)

    def __init__(self, settings: Mail, url: str, pauses: Sequence[float] = PAUSES) -> None:
        """Raises SettingsError for a mailbox without the secret that opens it, or with a `ca_file` of no use."""
        for box in settings.boxes:
            if not (box.has_secret or box.needs_no_secret):
                own = "REFRESH_TOKEN or WARDLINE_MAIL_CLIENT_SECRET" if box.oauth else "PASSWORD"
                raise SettingsError(
                    Worded(
                        "the mailbox {name} ({address}) lacks WARDLINE_MAIL_{own}",
                        name=box.name,
                        address=box.address,
                        own=own,
                    )
                )
            _look_at_trust(box)
        self._settings, self._url, self._pauses = settings, url, pauses
        self._own = frozenset(box.address for box in settings.boxes)
        self._domain = settings.boxes[0].address.rpartition("@")[2]
        self._readers: list[BoxReader] = []
        self._posts: dict[str, Post] = {}
        self._house: House | None = None
        self._act: Act | None = None
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def start(self, house: House) -> None:
        """Begin to read. The servers are asked beside it: that one is down hinders nobody. Raises StorageError where
        the key for ids and links cannot be kept."""
        signer = await signer_of(house)
        self._house, self._signer = house, signer
        self._answers = Answers(house, self._settings.answers_an_hour)
        self._ways = Ways(house, [box.name for box in self._settings.boxes])
        crowd = Crowd(house, Caps(self._settings.unproven_a_sender, self._settings.unproven_an_hour))
        handling = Handling(house, signer, self._answers, self._ways, self._own, crowd)
        self._act = Act(house, signer)
        most = 2 * house.max_file + 4 * 1024 * 1024
        secrets = [secret_of(box, house) for box in self._settings.boxes]
        boxes = zip(self._settings.boxes, secrets, strict=True)
        self._posts = {box.name: Post(box, secret) for box, secret in boxes}
        self._readers = [
            BoxReader(box, house, handling.handle, secret, most, self._pauses)
            for box, secret in zip(self._settings.boxes, secrets, strict=True)
        ]
        for reader in self._readers:
            reader.start()

    async def stop(self) -> None:
        """End at once: what was not dealt with is read again."""
        await asyncio.gather(*(reader.stop() for reader in self._readers))
        for post in self._posts.values():
            post.close()

    def problem(self) -> str:
        """What the servers said, where an administrator has to know."""
        found = [reader.problem for reader in self._readers] + [post.problem for post in self._posts.values()]
        return "; ".join(filter(None, found))

    def healthy(self) -> bool:
        """Whether every mailbox is still looked at."""
        return all(reader.healthy() for reader in self._readers)

    async def webhook(self, request: web.Request) -> web.StreamResponse:
        """Answer somebody who opened a link of a mail, or confirmed what it does."""
        if self._act is None:
            return web.Response(status=503)
        return await self._act.answer(request)

    async def send(self, row: OutboxRow) -> str:
        """Send a notice as one mail; its Message-ID. Raises ChannelError."""
        house = self._house
        if house is None:
            raise ChannelError("not_sent", "the channel has not started")
        to = row.address.address.lower() if row.address else ""
        if not ADDRESS.fullmatch(to) or not to.isascii() or to in self._own:
            raise ChannelError("refused", "no address that may be written to")
        notice, language = row.notice, "zh" if is_chinese(row.notice.text) else "en"
        try:
            await self._answers.count(to, answer=notice.purpose is Purpose.ANSWER)
            files = await self._files(house, notice.attachments)
            post = self._posts[await self._ways.to(to)]
        except StorageError as error:
            raise ChannelError("not_sent", "the database could not be asked") from error
        number = notice.ticket or 0
        message_id = self._signer.message_id(number, row.id, to, self._domain)
        root = self._signer.root(number, self._domain) if number else ""
        frame = Frame(post.address, NAME, to, message_id, root, house.now())
        links = [(b, self._link(b, row, to, message_id, language)) for line in notice.buttons for b in line]
        async with self._at_once:
            await post.hand_over(compose(notice, language, frame, links, files), to)
        return message_id

    def _link(self, button: Button, row: OutboxRow, to: str, message_id: str, language: str) -> str:
        """The address of the page that asks whether this is to be done; "" where our pages have none."""
        if not self._url or self._house is None:
            return ""
        until = self._house.now() + LINK_LIFE
        wish = Wish(to, button.action, button.label, row.notice.ticket or 0, message_id, until, language)
        return f"{self._url}{LINKS}/{self._signer.token(wish)}"

    async def _files(self, house: House, attachments: Sequence[Attachment]) -> list[tuple[str, bytes]]:
        """The files by name; what would make the mail too big for servers is left out, the text names it."""
        files, left = [], FILES_BYTES
        for file in attachments:
            content = await house.read_file(file.ref or "")
            if not content or len(content) > left:
                log.error("mail_file_left_out", extra={"file": file.ref, "size": len(content or b"")})
                continue
            left -= len(content)
            files.append((file.name, content))
        return files


def _look_at_trust(box: Box) -> None:
    try:
        ssl.create_default_context(cafile=box.ca_file or None)
    except OSError as error:  # of TLS as well
        why = error.strerror or type(error).__name__
        raise SettingsError(
            Worded(
                "ca_file of the mailbox {name} names {ca_file}, which is of no use: {why}",
                name=box.name,
                ca_file=box.ca_file,
                why=why,
            )
        ) from error
