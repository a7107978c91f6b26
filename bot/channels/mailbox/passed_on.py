"""A mail that was passed on: whose words it brings, and what they are. Who forwards a colleague's mail, with or without
words of their own, wants it read. Pure."""

import re

from bot.channels.mail import intros
from bot.channels.mail.letter import Mail
from bot.channels.mail.markup import Line
from bot.channels.mail.quoted import split_history
from bot.channels.mail.reading import read_mail

_PASSED_ON = re.compile(r"^\s*(?:(?:fwd?|wg|tr|转发|转寄|轉寄|轉發)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)
_FROM = re.compile(
    r"^[\s>*_]*(?:发件人|发信人|寄件者|寄件人|發件人|發信人|发送人|from|de|von)[\s*_]*[:：]\s*(.+)$", re.IGNORECASE
)
_QUOTE = re.compile(r"^\s{0,3}[>＞]\s?")
_ADDRESS = re.compile(r"[<＜\[(（]\s*(?:mailto:)?[^<>\s]+@[^<>\s]+|\S+@\S+")
_AROUND = " \t\"'“”‘’*;；,，:：<>"
ATTACHED_MOST = 65536
"""Bytes of an attached mail that are read here; its whole is kept with the ticket."""
NAME_MOST, SUBJECT_MOST = 80, 200


def passed_on(mail: Mail) -> tuple[str, str, str] | None:
    """What was forwarded: its subject, its own words, and who wrote them ("" where that does not show); None where the
    mail brings no words of somebody else."""
    prefix = _PASSED_ON.match(mail.subject[:SUBJECT_MOST])
    if prefix and mail.quoted:
        words, whose = _below(mail.whole.splitlines())
        return (mail.subject[prefix.end() :], words, whose) if words else None
    attached = next((file.content for file in mail.attachments if file.type == "message/rfc822"), b"")
    if attached and (prefix or not mail.text.strip()):
        inner = read_mail(attached[:ATTACHED_MOST])
        if inner.kind == "message" and inner.text.strip():
            return inner.subject, inner.text.strip(), inner.sender_name or inner.sender
    return None


def _below(lines: list[str]) -> tuple[str, str]:
    """What stands below the first block of headers, without the history that it has itself; and who wrote it."""
    for at in range(len(lines)):
        divided = intros.is_divider(lines[at]) or intros.is_heading(lines[at])
        first = next((n for n in range(at + 1, min(at + 6, len(lines))) if lines[n].strip()), None) if divided else at
        end = intros.block_end(lines, first, after_divider=divided) if first is not None else 0
        if first is not None and end:
            named = (_FROM.match(line[:300]) for line in lines[first:end])
            return _words(lines[end:]), next((_name(found[1]) for found in named if found), "")
    return _words(lines), ""


def _words(lines: list[str]) -> str:
    """Programs that quote what they pass on put a sign before every line. What we wrote ourselves is history from its
    first line on, which says where to answer."""
    if all(_QUOTE.match(line) for line in lines if line.strip()):
        lines = [_QUOTE.sub("", line) for line in lines]
    return split_history([Line(line) for line in lines], is_reply=False).new


def _name(said: str) -> str:
    """The name in a From line, else its address."""
    return (_ADDRESS.sub("", said).strip(_AROUND) or said.strip(_AROUND))[:NAME_MOST]
