"""A notice as a mail: in plain text and simple HTML, with its buttons as links and as words to answer with.

Headers and names of files are written in the oldest form that Outlook, Foxmail, QQ and 163 all show: encoded-words in
UTF-8 and base64, cut between characters. The line to answer above is one that our own reader, too, takes for history.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import encoders
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr

from handlers.commands import parse
from handlers.wording import say
from sla.message import Button, Notice, Purpose

SUBJECT_MOST = 60
FONTS = "'Microsoft YaHei','PingFang SC','Hiragino Sans GB',SimSun,Arial,sans-serif"
BLOCK = f"font-family:{FONTS};font-size:14px;line-height:1.7;color:#222222"
GREY = f"font-family:{FONTS};font-size:12px;color:#888888"
LINK = "display:inline-block;padding:6px 16px;margin:4px 8px 4px 0;border:1px solid #1a5fb4;color:#1a5fb4"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_OWN_NUMBER = re.compile(r"^\s*\[?W\d{1,9}\]?\s*[:：,，]?\s*")


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the words: from whom, to whom, the ids of this mail and of its thread ("" for none)."""

    sender: str
    sender_name: str
    to: str
    message_id: str
    root: str
    at: datetime


def compose(
    notice: Notice, language: str, frame: Frame, links: Sequence[tuple[Button, str]], files: Sequence[tuple[str, bytes]]
) -> MIMEMultipart:
    """The mail. `links`: each button with its address ("" where pages have none); `files` by name."""
    body = MIMEMultipart("alternative")
    words = reply_words(links, language)
    body.attach(MIMEText(_text(notice.text, language, links, words), "plain", "utf-8"))
    body.attach(MIMEText(_html(notice.text, language, links, words), "html", "utf-8"))
    mail = body
    if files:
        mail = MIMEMultipart("mixed")
        mail.attach(body)
        for name, content in files:
            mail.attach(_file(name, content))
    mail["From"] = formataddr((_header(frame.sender_name), frame.sender))
    mail["To"] = frame.to
    mail["Subject"] = _header(subject(notice, language))
    mail["Date"] = format_datetime(frame.at)
    mail["Message-ID"] = frame.message_id
    if frame.root:
        mail["In-Reply-To"] = mail["References"] = frame.root
    mail["Auto-Submitted"] = "auto-replied" if notice.purpose is Purpose.ANSWER else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # Exchange heeds no other
    return mail


def subject(notice: Notice, language: str) -> str:
    """The ticket's number, and the beginning of the words."""
    first = _CONTROLS.sub(" ", next((line for line in notice.text.splitlines() if line.strip()), "Wardline")).strip()
    if notice.ticket is None:
        return first[:SUBJECT_MOST]
    title = _OWN_NUMBER.sub("", first, count=1) or first
    return say("mail_subject", language, ticket=notice.ticket, title=title[:SUBJECT_MOST])


def reply_words(links: Sequence[tuple[Button, str]], language: str) -> str:
    """The labels that do the same as their buttons when somebody writes them; "" for none."""
    said = []
    for button, _ in links:
        order = parse(button.label, of_provider=True)
        if order is not None and order.verb == button.action.partition(":")[0] and button.action.count(":") < 2:
            said.append(button.label)
    return say("mail_reply_words", language, words=" / ".join(said)) if said else ""


def _text(text: str, language: str, links: Sequence[tuple[Button, str]], words: str) -> str:
    lines = [say("mail_above", language), "", text, ""]
    lines += [say("mail_button_line", language, label=button.label, link=link) for button, link in links if link]
    return "\n".join([*lines, words]).rstrip() + "\n"


def _html(text: str, language: str, links: Sequence[tuple[Button, str]], words: str) -> str:
    """Tables and styles in place: mail programs read no style sheets."""
    shown = html.escape(text).replace("\n", "<br>\n")
    buttons = "".join(
        f'<a href="{html.escape(link)}" style="{LINK}">{html.escape(button.label)}</a>\n'
        for button, link in links
        if link
    )
    return (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>\n'
        f'<div style="{GREY}">{html.escape(say("mail_above", language))}</div>\n'
        f'<div style="{BLOCK}"><br>\n{shown}<br>\n'
        + (f"<br>\n{buttons}" if buttons else "")
        + (f'<div style="{GREY}">{html.escape(words)}</div>\n' if words else "")
        + "</div></body></html>\n"
    )


def _file(name: str, content: bytes) -> MIMEBase:
    """A file, its name in both ways that are in use."""
    part = MIMEBase("application", "octet-stream")
    part.set_payload(content)
    encoders.encode_base64(part)
    plain = _CONTROLS.sub(" ", name)
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", plain))
    part.set_param("name", _header(plain))
    return part


def _header(text: str) -> str:
    """Plain ASCII as it is, everything else as encoded-words, the first of them as short as beside a name."""
    plain = _CONTROLS.sub(" ", text)
    return plain if plain.isascii() else Header(plain, "utf-8", maxlinelen=75, header_name="Subject").encode()
