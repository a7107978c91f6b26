"""What a channel is: something that takes messages in and sends notices out, and says what it can do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from bot.channels.once import Once
from sla.errors import SlaError
from sla.message import Address, Inbound
from storage.base import Earlier, OutboxRow
from storage.replicas import Lease, Turns
from storage.vault import Vault


class ChannelError(SlaError):
    """A send did not go well.

    `result`: "not_sent" (surely not taken: may be tried again), "unknown" (it may have been taken: time-out after the
    request went out), "refused" (this address will never take it). `retry_after` is what the provider asked for.
    `of_address`: where it is refused, the address itself is why, rather than this message or the whole channel; it then
    goes behind the person's others.
    """

    of_address = True

    def __init__(self, result: str, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{result}: {reason}")
        self.result = result
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do, as data. `text_limit` in characters (longer texts are split by the adapter);
    `button_limit` buttons a message; `proactive` None: may write first at any time, else how long after the person's
    last message it may. `by_row`: the outbox row itself is the message, under its own id: marked as sent it is sent."""

    buttons: bool
    edit: bool
    text_limit: int
    attachments: bool
    button_limit: int = 8
    proactive: timedelta | None = None
    by_row: bool = False


Take = Callable[[Inbound], Awaitable[None]]
"""Hand a message to the house: returns when its inbox row is committed (a duplicate: was committed before); raises
StorageError when it could not be kept, and then the provider must not be told that it was taken."""

KeepFile = Callable[[str, str, bytes], Awaitable[str]]
"""Keep the bytes of an attachment (name, type, content); returns its ref."""


ReadFile = Callable[[str], Awaitable[bytes | None]]
"""The bytes of a kept attachment, by its ref; None when there is none of that ref."""


@dataclass(frozen=True, slots=True)
class House:
    """What the process hands to a channel: ways in, never the tickets.

    `now` is the time (aware). `owner` names this process, `lease` and `vault` are shared with its replicas: what only
    one may do at a time, and access tokens. `refused` counts what came from outside and was turned away, or is nobody's
    concern: channel, why.
    `earlier` finds the message of an outbox row that was sent. `turns` counts with its replicas what is sent to whom;
    None where this process is alone.
    `aside` is told of something that came in and cannot be read: channel, what names it for good, its words for an
    administrator, why; who answers for the bot hears of it once.
    `failed` is told, with the reason, of an address that took a message and gave it back (a mail that bounced): it
    goes behind the person's other addresses until a sign of life.
    `take_once` takes a message of what may be said once, and `once` notes it where there is no message to take; they
    raise SaidOtherwise where it was said before in other words.
    `not_taken` tells an address that wrote too much that nothing was done about it, in its person's language or else
    the one given, once an hour.
    """

    take: Take
    keep_file: KeepFile
    read_file: ReadFile
    get_mark: Callable[[str], Awaitable[str | None]]
    put_mark: Callable[[str, str], Awaitable[None]]
    max_file: int
    now: Callable[[], datetime]
    owner: str
    lease: Lease
    vault: Vault
    refused: Callable[[str, str], None]
    earlier: Callable[[int], Awaitable[Earlier | None]]
    failed: Callable[[Address, str], Awaitable[None]]
    aside: Callable[[str, str, str, str], Awaitable[None]]
    not_taken: Callable[[Address, str], Awaitable[None]]
    take_once: Callable[[Inbound, Once], Awaitable[None]]
    once: Callable[[Once], Awaitable[None]]
    turns: Turns | None = None


@runtime_checkable
class Held(Protocol):
    """A channel that only one of the processes that share a database can send by: the others leave its rows to it."""

    def holds(self) -> bool:
        """Whether it is this process."""


def holding(channel: object) -> bool | None:
    """Whether the channel is this process's to send by; None where every process can."""
    return channel.holds() if isinstance(channel, Held) else None


class Channel(Protocol):
    """One way in and out. `name` is the word used in addresses ("webchat", "telegram")."""

    name: str
    capabilities: Capabilities

    async def start(self, house: House) -> None:
        """Begin to take messages. Must not fail for a provider that is down: it goes on trying."""

    async def send(self, row: OutboxRow) -> str:
        """Send the notice to `row.address`, or, where it `changes` an earlier message, change that; the provider's id
        of the message. Raises ChannelError."""

    async def stop(self) -> None:
        """End within a few seconds; nothing that was taken is lost."""

    def problem(self) -> str:
        """Why messages neither come in nor go out just now, in words for an administrator; "" when they do."""

    def healthy(self) -> bool:
        """Whether its loop is alive (a provider that is down is no reason to be unhealthy)."""
