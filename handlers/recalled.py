"""What somebody said just before a report, and what came of nothing: it is part of the report."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from handlers import describe, gathered
from handlers.commands import parse
from handlers.intake.meaning import Meaning
from handlers.reading import is_courtesy, understood
from handlers.talk import Talk, plausible
from sla.labels import Intent
from sla.message import Address, Inbound
from storage.base import InboxRow

ROWS = 8
"""Of somebody's latest messages, how many are looked through."""


def recall(talk: Talk) -> Sequence[InboxRow]:
    """Take what the speaker said here a moment before, and what came of nothing, for a part of the report that is about
    to be opened; the messages that it was said in."""
    rows = _unsettled(talk)
    if not rows:
        return rows
    carried = {file["file"] for file in talk.carried}
    talk.carry(file for row in rows for file in row.inbound.attachments if file.ref and file.ref not in carried)
    told = [row for row in rows if row.inbound.text.strip() and not is_courtesy(row.inbound.text.strip())]
    said = sorted([(_at(row), row.id, row.inbound.text.strip()) for row in told] + [(talk.at, talk.row.id, talk.whole)])
    words = "\n".join(text for _, _, text in said)
    alone, together = talk.meaning, talk.meaning_of(words)
    if told and together.intent is Intent.REPORT and _labels(alone) != _labels(together):
        talk.hear(words)
    return rows


def said_lately(talk: Talk) -> Sequence[InboxRow]:
    """The speaker's latest messages, this one among them."""
    return talk.uow.inbox.of_sender(Address(talk.inbound.channel, talk.inbound.sender), ROWS)


def settle(talk: Talk, rows: Iterable[InboxRow], number: int | None) -> None:
    """The messages that were recalled belong to the ticket."""
    for row in rows:
        talk.uow.inbox.done(row.id, talk.now, number)


def _unsettled(talk: Talk) -> list[InboxRow]:
    """The speaker's messages around this one that belong to no ticket and asked for nothing, each said within the
    window of the next one."""
    there = [row for row in said_lately(talk) if row.id != talk.row.id]
    last = {_first(row.inbound): row.id for row in there} | {_first(talk.inbound): talk.row.id}
    rows = [row for row in there if last[_first(row.inbound)] == row.id and _is_loose(talk, row)]
    found: list[InboxRow] = []
    for way in (-1, 1):
        edge = talk.at
        for row in sorted(rows, key=_at, reverse=way < 0):
            gap = (_at(row) - edge) * way
            if timedelta() <= gap <= talk.rules.site.merge_window and abs(_at(row) - talk.at) <= gathered.IN_ALL:
                if row not in found:
                    found.append(row)
                edge = _at(row)
    return found


def _first(inbound: Inbound) -> str:
    """The key of a message before anybody edited it."""
    return inbound.edits or inbound.key


def _is_loose(talk: Talk, row: InboxRow) -> bool:
    inbound = row.inbound
    if (
        row.ticket is not None
        or row.state != "done"
        or inbound.action
        or inbound.conversation != talk.inbound.conversation
    ):
        return False
    text = inbound.text.strip()
    if not text:
        return any(file.ref for file in inbound.attachments)
    if parse(text, talk.speaker.is_provider):
        return False
    return understood(text, talk.at, talk.rules).intent is Intent.CHAT


def _at(row: InboxRow) -> datetime:
    return plausible(row.inbound.sent_at, row.received_at)


def _labels(meaning: Meaning) -> tuple[object, ...]:
    return tuple(getattr(meaning, name) for name in gathered.READ)


def names_something(talk: Talk) -> str:
    """What a mere fragment names, in words: to be asked for the rest; "" for nothing."""
    meaning, rules = talk.meaning, talk.rules
    names = [describe.system_name(meaning.system, rules, talk.language)] if meaning.system else []
    names += [describe.department_name(meaning.department, rules, talk.language)] if meaning.department else []
    return talk.listed(names)
