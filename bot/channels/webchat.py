"""The web chat as a channel. It has no delivery of its own: to send is to mark the outbox row, which its pages read.

What is marked is also shown at once to the pages that are open; one that was away reads the rows when it is back.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bot.channels.base import Capabilities, House
from bot.web.desk import CHANNEL
from sla.message import Address, Attachment
from storage.base import InboxRow, OutboxRow

WAITING_MOST = 1000  # messages that one page may be behind; then it is sent away and reads them when it is back

Shown = tuple[Address, dict[str, object]]
Page = asyncio.Queue[Shown | None]


class WebChat:
    """The channel "webchat"."""

    name = CHANNEL
    capabilities = Capabilities(buttons=True, edit=True, text_limit=100_000, attachments=True, by_row=True)

    def __init__(self) -> None:
        self._pages: dict[Page, frozenset[Address]] = {}
        self._closed = False

    async def start(self, house: House) -> None:
        """Nothing to do: the web server hands messages in."""

    async def send(self, row: OutboxRow) -> str:
        """The row itself is the message; its id is what replies name."""
        return str(row.id)

    async def stop(self) -> None:
        """Let the open pages go; they come back by themselves."""
        self._closed = True
        for page in list(self._pages):
            _close(page)

    def problem(self) -> str:
        """Nothing: it is the process itself."""
        return ""

    def healthy(self) -> bool:
        return True

    def sent(self, row: OutboxRow) -> None:
        """The row was marked as sent: show it."""
        if row.address:
            self._show(row.address, from_outbox(row))

    def said(self, row: InboxRow) -> None:
        """A message was taken: show it to the writer's other pages."""
        self._show(Address(CHANNEL, row.inbound.sender), from_inbox(row))

    @contextmanager
    def page(self, addresses: Iterable[Address]) -> Iterator[Page]:
        """A queue of what is shown to these addresses from now on; None at its end."""
        queue: Page = asyncio.Queue(WAITING_MOST)
        if self._closed:
            _close(queue)
        self._pages[queue] = frozenset(addresses)
        try:
            yield queue
        finally:
            del self._pages[queue]

    def _show(self, address: Address, message: dict[str, object]) -> None:
        for page, addresses in self._pages.items():
            if address in addresses:
                try:
                    page.put_nowait((address, message))
                except asyncio.QueueFull:
                    _close(page)


def from_outbox(row: OutboxRow) -> dict[str, object]:
    """What the bot said, as the pages read it. What changes an earlier message has that one's id and the words that
    take the place of its buttons."""
    notice = row.notice
    instant = row.sent_at or row.created_at
    return {
        "id": row.id,
        "by": "bot",
        "at": instant.isoformat(),
        "text": notice.text,
        "changes": notice.changes,
        "settles": notice.settles,
        "buttons": [[{"label": b.label, "action": b.action} for b in line] for line in notice.buttons],
        "ticket": notice.ticket,
        "purpose": notice.purpose.value,
        "sound": notice.sound,
        "files": shown_files(notice.attachments),
        "to": row.address.address if row.address else "",
    }


def from_inbox(row: InboxRow) -> dict[str, object]:
    """What the person said, as the pages read it."""
    inbound = row.inbound
    return {
        "key": inbound.key,
        "by": "me",
        "at": row.received_at.isoformat(),
        "text": inbound.text,
        "action": inbound.action,
        "reply_to": inbound.reply_to,
        "files": shown_files(inbound.attachments),
        "ticket": row.ticket,
        "to": inbound.conversation if inbound.group else "",
    }


def shown_files(attachments: Iterable[Attachment]) -> list[dict[str, object]]:
    """Files as the pages read them; without a ref there is nothing to fetch."""
    return [{"name": a.name, "size": a.size, "refused": a.refused, "ref": a.ref} for a in attachments]


def _close(page: Page) -> None:
    while page.full():
        page.get_nowait()
    page.put_nowait(None)
