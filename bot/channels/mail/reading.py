"""read_mail: the raw bytes of a mail, as they came, to what the house makes of them. Every input has an answer."""

import re

from bot.channels.mail.address import Address, addresses
from bot.channels.mail.body import Body, read_body
from bot.channels.mail.headers import Headers, decoded
from bot.channels.mail.kind import Judged, judge
from bot.channels.mail.letter import Attachment, Mail
from bot.channels.mail.parts import Part, read_parts

_ID = re.compile(r"<[^<>\s]+>")
_APART = re.compile(r"[<>\s]+")
_ANSWERS = re.compile(
    r"^\s*(?:[\[【(（][^\[\]【】()（）]{1,40}[\]】)）]\s*)?(?:re|aw|sv|fwd?|wg|tr|回复|回覆|答复|答覆|转发|轉寄|转寄|回信)\s*(?:[\[(（]\d+[\])）])?\s*[:：]",
    re.IGNORECASE,
)
_NOBODY = Address("", "")
MOST_REFERENCES = 200
MOST, MOST_RESULTS = 5, 20
"""Headers of one name that are read; of results of mail servers."""


def read_mail(raw: bytes) -> Mail:
    """What the mail says. Never raises: what cannot be read is left out, and a mail of which nothing can be had is
    of the kind "unreadable". Pure, and bounded in time for any input."""
    tree = read_parts(raw)
    headers = tree.headers
    sender = _sender(headers)
    subject = headers.text("subject")
    references = _ids(headers.raw("references"))
    body = read_body(tree, bool(references or _ids(headers.raw("in-reply-to")) or _ANSWERS.match(subject)))
    attachments = (*_attachments(tree), *body.files)
    if _is_nothing(headers, tree, sender, subject, body, attachments):
        return _mail(headers, Judged("unreadable", "no header of a mail, or nothing in it"), _NOBODY, "", None, ())
    judged = judge(headers, tree, sender, subject, body.words.new, body.words.whole)
    return _mail(headers, judged, sender, subject, body, attachments)


def _mail(
    headers: Headers,
    judged: Judged,
    sender: Address,
    subject: str,
    body: Body | None,
    attachments: tuple[Attachment, ...],
) -> Mail:
    answered = next(iter(_ids(headers.raw("in-reply-to"))), "")
    return Mail(
        kind=judged.kind,
        sender=sender.address,
        sender_name=sender.name,
        subject=subject,
        text=body.words.new if body else "",
        whole=body.words.whole if body else "",
        quoted=body.words.quoted if body else False,
        attachments=attachments,
        message_id=next(iter(_ids(headers.raw("message-id"))), ""),
        in_reply_to=answered,
        references=_ids(headers.raw("references")) or ((answered,) if answered else ()),
        to=addresses(b", ".join(headers.all("to"))),
        cc=addresses(b", ".join(headers.all("cc"))),
        reply_to=addresses(headers.raw("reply-to")),
        delivered_to=tuple(each.address for raw in headers.all("delivered-to")[:MOST] for each in addresses(raw)),
        date=headers.text("date"),
        authentication_results=tuple(
            raw.decode("ascii", "replace") for raw in headers.all("authentication-results")[:MOST_RESULTS]
        ),
        reason=judged.reason,
        failed=judged.failed,
    )


def _sender(headers: Headers) -> Address:
    """The first address in From; Sender only where From names nobody. A mail system that gives no address has a name
    all the same."""
    for name in ("from", "sender"):
        for raw in headers.all(name)[:MOST]:
            if found := addresses(raw):
                return found[0]
    return Address(headers.text("from").split("<")[0].strip(), "")


def _ids(raw: bytes) -> tuple[str, ...]:
    text = decoded(raw)
    found = _ID.findall(text) or [f"<{each}>" for each in _APART.split(text) if "@" in each[1:-1]]
    return tuple(dict.fromkeys(found[-MOST_REFERENCES:]))


def _attachments(tree: Part) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(part.name, part.type, part.content, decoded(part.headers.raw("content-id")).strip("<> "))
        for part in tree.leaves()
        if not part.is_words
    )


def _is_nothing(
    headers: Headers, tree: Part, sender: Address, subject: str, body: Body, attachments: tuple[Attachment, ...]
) -> bool:
    """Whether it is no mail at all: no header that mails have, and no parts; or headers with nothing in or below
    them."""
    if not headers.are_known and not tree.children:
        return True
    return not (sender.address or subject or body.words.whole or attachments)
