"""A mail as a message: what it is called, what of it is read, what it answers to. Pure."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.channels.kinds import safe_name, type_of
from bot.channels.mail.bounce import is_daemon
from bot.channels.mail.letter import Attachment as Part
from bot.channels.mail.letter import Mail
from bot.channels.mailbox.passed_on import passed_on
from bot.channels.mailbox.proof import is_proven
from bot.channels.mailbox.signing import Own, Signer, is_of_wardline, tag_of
from bot.tables.mail import Box
from sla.message import Attachment, Inbound

CHANNEL = "mail"
_NUMBER = re.compile(r"\[\s*[WwＷ](\d{1,9})\s*\]", re.ASCII)
_ANSWER = re.compile(r"^\s*(?:re|aw|sv|antw|回复|答复|回覆|答覆|回信)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
_UNSAID = re.compile(r"\s*(?:\(?no subject\)?|\(?无主题\)?|\(?無主題\)?|来自.{1,40}的邮件)?\s*", re.IGNORECASE)
_ABOVE = "reply above this line"
"""Who has nothing to say above this line has not answered: such a mail is a notice itself, of whichever Wardline."""
_LOST = re.compile(r"[\x00\ud800-\udfff]")
"""What no database keeps."""
NAME_MOST, SUBJECT_MOST, LINE_MOST = 80, 200, 80
FILES_MOST = 30


def key_of(mail: Mail) -> str:
    """What tells the mail from others: it is the same in every mailbox that it was sent to, and after every import. By
    its Message-ID, beside sender and date (there are programs that number nothing); without one by what it says."""
    said = [mail.message_id, mail.sender, mail.date]
    if not mail.message_id:
        said += [mail.subject, mail.whole]
        said += [hashlib.sha256(file.content).hexdigest() for file in mail.attachments]
    return hashlib.sha256("\0".join(said).encode("utf-8", "replace")).hexdigest()[:40]


def why_dropped(mail: Mail, own_addresses: frozenset[str]) -> str:
    """Why nobody is to answer to the mail; "" for one of a person."""
    if mail.sender in own_addresses:
        return "own address"
    if is_of_wardline(mail.message_id) or (not mail.text and _ABOVE in mail.whole.lstrip()[:LINE_MOST].lower()):
        return "a Wardline's"
    return f"auto: {mail.reason}" if mail.kind == "auto" else ""


def bounced(mail: Mail, signer: Signer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses that a bounce says it is about: those of which it brings back a mail of ours, and the others. Our
    id stands in the head that is brought back, or, where nothing is, in what the bounce answers to (Exchange)."""
    head = [mail.in_reply_to, *mail.references]
    inside = "\n".join([*head, mail.whole, *(file.content.decode("latin-1") for file in mail.attachments)])
    tags = {own.tag for own in signer.owns_in(inside)}
    sure = tuple(address for address in mail.failed if tag_of(address) in tags)
    return sure, tuple(address for address in mail.failed if address not in sure)


def is_own_system(mail: Mail, box: Box) -> bool:
    """Whether the mail system of the box's own domain wrote it, as that found out itself."""
    domain, own = mail.sender.rpartition("@")[2], box.address.rpartition("@")[2]
    is_own = domain == own or domain.endswith(f".{own}")
    return is_own and is_daemon(mail.sender, "") and is_proven(mail.authentication_results, box.authserv, mail.sender)


def inbound_of(
    mail: Mail, at: datetime, signer: Signer, *, proven: bool, attachments: tuple[Attachment, ...]
) -> Inbound:
    """The message that the mail is. `at` is when it reached the own server."""
    answered = _answered(mail, signer)
    direct = next((each for each, own in answered if own.row and own.tag == tag_of(mail.sender)), "")
    ticket = next((own.ticket for _, own in answered if own.ticket), 0) or _numbered(mail)
    words = mail.text.strip()
    is_new = not answered and not ticket
    other = passed_on(mail) if is_new else None
    if is_new and not other:
        words = _with_subject(mail.subject, words)
    elif ticket and not direct:
        words = f"W{ticket} {words}".strip()
    return Inbound(
        channel=CHANNEL,
        key=key_of(mail),
        sender=mail.sender,
        conversation=mail.sender,
        text=_LOST.sub("", words),
        sent_at=at,
        sender_name=_LOST.sub("", mail.sender_name)[:NAME_MOST],
        reply_to=direct,
        attachments=attachments,
        quoted=_LOST.sub("", _with_subject(other[0], other[1])) if other else "",
        origin=_LOST.sub("", other[2]) if other else "",
        proven=proven,
    )


def files_of(parts: Sequence[Part], most: int, *, whole: bool) -> Iterator[tuple[Attachment, bytes | None]]:
    """The files of a mail, under the type that their bytes show, each with what is to be kept of it; None for one above
    `most` bytes, and for those of a mail that was cut off, of which none is `whole`."""
    for number, part in enumerate(parts):
        kind, ending = type_of(part.content)
        name, size = safe_name(part.name, "attachment", ending), len(part.content)
        if not whole or size > most:
            yield Attachment(name, kind, size, refused="too_big"), None
        elif number >= FILES_MOST:
            yield Attachment(name, kind, size, refused="unavailable"), None
        else:
            yield Attachment(name, kind, size), part.content


def _answered(mail: Mail, signer: Signer) -> list[tuple[str, Own]]:
    """Our mails that this one answers to, the nearest first."""
    before = dict.fromkeys([mail.in_reply_to, *reversed(mail.references)])
    return [(each, own) for each in before if (own := signer.own(each))]


def _numbered(mail: Mail) -> int:
    """The ticket that the subject of an answer names; 0 for none."""
    subject = mail.subject[:SUBJECT_MOST]
    found = _NUMBER.search(subject) if _ANSWER.match(subject) else None
    return int(found[1]) if found else 0


def _with_subject(subject: str, words: str) -> str:
    """The words with what the subject says before them, unless they begin with it."""
    said = " ".join(subject.split())[:SUBJECT_MOST]
    if _UNSAID.fullmatch(said) or words.startswith(said):
        return words
    return f"{said}\n\n{words}" if words else said
