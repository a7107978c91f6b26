"""What was read of a mail, as a value."""

from dataclasses import dataclass
from typing import Literal

from bot.channels.mail.address import Address

Kind = Literal["message", "auto", "bounce", "unreadable"]
"""`message` a person wrote it, `auto` no person did, `bounce` something was not and will not be delivered,
`unreadable`."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is no body text. `name` without any path, "" when it has none; `type` as declared, in lower case;
    `content` the bytes behind the transfer encoding, of an attached message the message itself; `content_id` without
    its brackets."""

    name: str
    type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as the house sees it. Nothing in it is trusted: `sender` is a claim that `authentication_results` may
    prove."""

    kind: Kind
    sender: str
    """The address in From, lower case; "" without any."""
    sender_name: str
    subject: str
    text: str
    """The new words only."""
    whole: str
    """The body with its history and signature."""
    quoted: bool
    attachments: tuple[Attachment, ...]
    message_id: str
    """With its angle brackets; "" when there is none, or an empty one."""
    in_reply_to: str
    references: tuple[str, ...]
    """The mails before it in the thread, oldest first; In-Reply-To where References is missing."""
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    date: str
    """The Date header as it stands: a sender's clock proves nothing."""
    authentication_results: tuple[str, ...]
    """Each Authentication-Results header as it stands, the topmost first. Nothing in it is decoded: the sender of an
    envelope could have hidden a result in an encoded-word."""
    reason: str
    """By what `kind` was decided, for the log; it names headers and forms, never words of the mail."""
    failed: tuple[str, ...]
    """Of a bounce: the addresses that were not reached, as far as it names them."""
