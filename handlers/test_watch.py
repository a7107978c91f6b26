"""Test pages over time: delivered on which channel and how fast, acknowledged or not; told to who asked for it.

One trial a person at a time, kept as a mark of theirs; the page itself is a row of the outbox like any other. It
belongs to no ticket, so no clock, ladder or figure knows of it.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from handlers.reach import Buttons
from handlers.wording import say
from sla.message import Address, Button, Notice, Purpose
from sla.people import CHANNELS, Person
from sla.rules import Rules
from storage.base import OutboxRow, UnitOfWork

TEST = "test:"
"""What the keys of test pages begin with."""
TEST_PAGE = "test_page"
"""The kind of the watched table; its subjects are ids of people."""
PATIENCE = timedelta(minutes=5)
SOON, LATER = timedelta(seconds=5), timedelta(seconds=30)
"""How often is looked whether it was delivered: at first, and after a minute."""
ASKED, DELIVERED, OVER, ACKNOWLEDGED = "asked", "delivered", "over", "acknowledged"
_UNSENT = frozenset({"dead", "unknown", "dropped"})


@dataclass(frozen=True, slots=True)
class Trial:
    """A test page to `person`, asked for by the person `by` from an address (`channel`, `conversation`) at `at`.
    `id` is the row of the message that asked. `state`: asked, delivered, over (5 minutes), acknowledged."""

    id: int
    person: str
    by: str
    at: str
    channel: str
    conversation: str
    state: str = ASKED

    @property
    def asked_at(self) -> datetime:
        return datetime.fromisoformat(self.at)

    @property
    def key(self) -> str:
        """That of the page in the outbox."""
        return f"{TEST}{self.id}:{self.person}"


def trial_of(person: str, uow: UnitOfWork) -> Trial | None:
    """The latest test page to a person."""
    text = uow.marks.get(f"{TEST_PAGE}:{person}")
    return Trial(**json.loads(text)) if text else None


def keep(trial: Trial, uow: UnitOfWork, next_look: datetime | None) -> None:
    """Keep how a trial stands, and when to look at it again."""
    uow.marks.put(f"{TEST_PAGE}:{trial.person}", json.dumps(asdict(trial)))
    uow.watched.put(TEST_PAGE, trial.person, next_look)


def page_of(trial: Trial, to: Person, addresses: tuple[Address, ...], rules: Rules) -> Notice:
    """The page itself: as loud as any other, with the button that ends the trial."""
    who = rules.people.by_id.get(trial.by)
    own = trial.by == to.id
    text = say("test_page_own" if own else "test_page", to.language, who=who or trial.by)
    buttons: Buttons = ((Button(say("button_test_ack", to.language), f"test_ack:{trial.id}"),),)
    return Notice(trial.key, Purpose.PAGE, addresses, text, buttons, to.id, sound=True)


def trial_passes(subject: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Tell who asked for it that the page was delivered, or could not be, or that nobody acknowledged it in time."""
    trial = trial_of(subject, uow)
    if trial is None or trial.state in (OVER, ACKNOWLEDGED):
        uow.watched.put(TEST_PAGE, subject, None)
        return
    row, ends = uow.outbox.of_key(trial.key), trial.asked_at + PATIENCE
    if row is None or row.state in _UNSENT:
        _end(trial, "test_undelivered", uow, rules, now)
    elif now >= ends:
        _end(trial, "test_unanswered" if row.state == "sent" else "test_undelivered", uow, rules, now)
    elif row.state == "sent":
        if trial.state == ASKED:
            tell(trial, "test_delivered", uow, rules, now, way=way_of(row, _language(trial, rules)))
        keep(replace(trial, state=DELIVERED), uow, ends)
    else:
        pause = SOON if now - trial.asked_at < timedelta(minutes=1) else LATER
        keep(trial, uow, min(now + pause, ends))


def _end(trial: Trial, key: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    row = uow.outbox.of_key(trial.key)
    tell(trial, key, uow, rules, now, way=way_of(row, _language(trial, rules)) if row else "")
    keep(replace(trial, state=OVER), uow, None)


def tell(trial: Trial, key: str, uow: UnitOfWork, rules: Rules, now: datetime, **fields: object) -> None:
    """Say the sentence to who asked for the trial, where they asked."""
    language = _language(trial, rules)
    name = rules.people.by_id.get(trial.person) or trial.person
    text = say(key, language, name=name, minutes=int(PATIENCE.total_seconds()) // 60, **fields)
    here = Address(trial.channel, trial.conversation)
    notice = Notice(f"{TEST}{trial.id}:{trial.person}:{key}", Purpose.ANSWER, (here,), text, person=trial.by)
    uow.outbox.add([notice], now)


def _language(trial: Trial, rules: Rules) -> str:
    person = rules.people.by_id.get(trial.by)
    return person.language if person else rules.site.language


def way_of(row: OutboxRow, language: str) -> str:
    """By which channel it went and how long that took; which ones did not take it before."""
    address = row.address or row.notice.addresses[row.position]
    channel = channel_name(address, language)
    skipped = [channel_name(each, language) for each in row.notice.addresses[: row.position]]
    passed = max(0, round((row.sent_at - row.created_at).total_seconds())) if row.sent_at else 0
    if skipped:
        others = say("comma", language).join(dict.fromkeys(skipped))
        return say("test_way_after", language, channel=channel, seconds=passed, others=others)
    return say("test_way", language, channel=channel, seconds=passed)


def channel_name(address: Address, language: str) -> str:
    """What people call the channel of an address."""
    return say(f"channel_{address.channel}", language) if address.channel in CHANNELS else address.channel
