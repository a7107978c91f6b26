"""Plays acts on a store in memory, with the troubles of a real process, and checks after each what must hold."""

import copy
import hashlib
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from bot.channels.base import ChannelError
from bot.delivery import after_failure
from bot.simulate.checks import Broken, Checks
from bot.simulate.script import STORY, Act, Verb
from bot.simulate.world import AT_ONCE, CHANNELS, LEASE, Handlers, Heard, World, heard_in
from handlers.duty_watch import watch_duties
from handlers.foresight import watch_year
from handlers.rota_gaps import watch_rota
from handlers.succession import watch_contracts
from handlers.time_passes import TICKET
from sla.message import Address, Inbound
from sla.rota import Rota
from sla.rules import Rules
from storage.base import InboxRow, OutboxRow, UnitOfWork
from storage.memory import Memory

T = TypeVar("T")
BY_ROW = "webchat"
"""The channel in which the row itself is the message."""
LOOK_AGAIN = timedelta(minutes=1)
KEPT = timedelta(days=1)
"""How long notices about no ticket, and messages that were handled, are kept."""
TICKET_OF_ACTION = re.compile(r"(?<=:)\d+")


class Crash(Exception):
    """A unit that breaks in its middle."""


class _Breaks:
    """A store of which everything that is asked breaks."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, asked: str) -> Callable[..., object]:
        raise Crash(f"{self._name}.{asked}")


def breaking(uow: UnitOfWork, store: str) -> UnitOfWork:
    """The unit of work with one store that breaks."""
    found = copy.copy(uow)
    setattr(found, store, _Breaks(store))
    return found


class Player(World):
    """`stories` are the stories of tickets, `numbers` the tickets of stories. `playing` is the story of the act that is
    played; `listener` is told of everything that is heard."""

    def __init__(self, rules: Rules, now: datetime, handlers: Handlers | None = None) -> None:
        self.memory = Memory()
        super().__init__(self.memory.run, rules, now, handlers)
        self.checks = Checks(self.memory.uow, rules)
        self.stories: dict[int, int] = {}
        self.numbers: dict[int, int] = {}
        self.playing = 0
        self.listener: Callable[[Heard], None] | None = None
        self.hash = hashlib.sha256()
        self.messages = self.sent = self.looks = self.crashes = 0
        self.down_until: datetime | None = None
        self._held: list[Act] = []
        self._out: dict[str, datetime] = {}
        self._fuses: set[int] = set()
        self._dies = False
        self._unmarked: set[int] = set()
        self._heard: set[int] = set()
        self._messages: deque[tuple[datetime, int]] = deque()
        self._loose: deque[tuple[datetime, int]] = deque()
        self._in_force()

    # time

    def next_at(self) -> datetime | None:
        """When something happens by itself."""
        uow = self.memory.uow
        found = [at for at in (uow.watched.next_look(), uow.outbox.next_at()) if at]
        if self.down_until:
            return self.down_until
        return max(min(found), self.now) if found else None

    def until(self, instant: datetime) -> None:
        """Let time pass, with retries and restarts on the way."""
        while (at := self.next_at()) and at <= instant:
            self.step(at)
        self.now = max(self.now, instant)

    def step(self, at: datetime) -> None:
        """What happens by itself at an instant, which is `next_at`."""
        self.now = max(self.now, at)
        if self.down_until:
            self._come_back()
            return
        look = self.memory.uow.watched.next_look()
        if look and look <= self.now:
            self.look()
        self.deliver()

    def look(self) -> None:
        """Each subject in a unit of its own."""
        for kind, subject in self.run(lambda uow: uow.watched.claim(self.now, AT_ONCE)):
            self.looks += 1
            number = int(subject) if kind == TICKET else 0
            self.playing = self.stories.get(number, 0)
            if number in self._fuses:
                self._look_breaks(number)
                continue
            self._surely(number, partial(self._pass, kind, subject))
            if number:
                self.checks.late.discard(number)
                self.checks.touched(number, self.now)

    def _surely(self, number: int | None, unit: Callable[[UnitOfWork], T]) -> T:
        """Run a unit that must not fail."""
        try:
            return self.run(unit)
        except Broken:
            raise
        except Exception as error:
            raise Broken("no handler fails", number, repr(error)) from error

    def _pass(self, kind: str, subject: str, uow: UnitOfWork) -> None:
        self.handlers.time_passes(kind, subject, uow, self.rules, self.now)

    def _look_breaks(self, number: int) -> None:
        self._fuses.discard(number)
        self._crashes(number, lambda uow: self._pass(TICKET, str(number), breaking(uow, "watched")))
        self.run(lambda uow: uow.watched.put(TICKET, str(number), self.now + LOOK_AGAIN))
        self.checks.late.add(number)

    def _crashes(self, number: int, unit: Callable[[UnitOfWork], object]) -> None:
        """A unit breaks: nothing of it may remain."""
        before = self._picture(number)
        try:
            self.run(unit)
        except Crash:
            self.crashes += 1
            self.memory.uow.tickets.changed()  # what was saved was taken back
            if self._picture(number) != before:
                raise Broken("a unit that breaks leaves nothing", number, "the store was changed") from None

    def _picture(self, number: int) -> tuple[object, ...]:
        uow = self.memory.uow
        return (
            uow.tickets.load(number),
            uow.tickets.steps(number),
            uow.outbox.of_ticket(number),
            len(uow.outbox.waiting()),
            list(uow.ledger.of_ticket(number)),
            uow.watched.get(TICKET, str(number)),
            uow.inbox.unhandled(AT_ONCE),
        )

    # acts

    def play(self, act: Act) -> int | None:
        """Do it now; the ticket that a message belongs to. What comes while the process is away waits for it."""
        self.now = max(self.now, act.at)
        self.playing = act.story
        if act.verb in (Verb.SAYS, Verb.PRESSES):
            if self.down_until:
                self._held.append(act)
                return None
            return self._message(act)
        self._trouble(act)
        return None

    def _trouble(self, act: Act) -> None:
        if act.verb is Verb.LOOK_BREAKS:
            self._fuses.add(self.numbers.get(act.story, 0))
        elif act.verb is Verb.SEND_DIES:
            self._dies = True
        elif act.verb is Verb.CHANNEL_FAILS:
            channel, _, seconds = act.words.partition(" ")
            for name in CHANNELS if channel == "*" else (channel,):
                self._out[name] = self.now + timedelta(seconds=int(seconds))
        elif act.verb is Verb.RESTART:
            self.down_until = self.now + timedelta(seconds=int(act.words))

    def _message(self, act: Act) -> int | None:
        self.playing = act.story
        self.messages += 1
        self.hash.update(str(act).encode())
        inbound = self._inbound(act)
        row = self.run(lambda uow: uow.inbox.add(inbound, self.now))
        if row is None:
            raise Broken("every message is kept once", self.numbers.get(act.story), inbound.key)
        if act.late and self.run(lambda uow: uow.inbox.add(inbound, self.now)) is not None:
            raise Broken("every message is kept once", self.numbers.get(act.story), inbound.key)
        if act.breaks:
            self._crashes(self.numbers.get(act.story, 0), lambda uow: self.handle(breaking(uow, act.breaks), row))
        ticket = None
        for left in self.memory.uow.inbox.unhandled(AT_ONCE):
            ticket = self._handled(left, act.story)
        self._messages.append((self.now, row))
        return ticket

    def _handled(self, left: InboxRow, story: int) -> int | None:
        ticket = self._surely(self.numbers.get(story), lambda uow: self.handle(uow, left.id))
        if ticket and story not in self.numbers and ticket not in self.stories:
            self.numbers[story], self.stories[ticket] = ticket, story
        for number in self.memory.uow.tickets.changed():
            self.checks.touched(number, self.now)
        self.deliver()
        return ticket

    def _inbound(self, act: Act) -> Inbound:
        person = self.rules.people.by_id.get(act.who)
        channel = person.addresses[0].channel if person and person.addresses else "webchat"
        pressed = act.verb is Verb.PRESSES
        words = STORY.sub(lambda found: self._named(found, "" if pressed else "W"), act.words)
        return Inbound(
            channel=channel,
            key=f"{act.story}.{act.number}",
            sender=act.who,
            conversation=act.who,
            text="" if pressed else words,
            sent_at=act.at - timedelta(seconds=act.late),
            action=words if pressed else "",
        )

    def _named(self, found: re.Match[str], sign: str) -> str:
        return f"{sign}{self.numbers.get(int(found[1]), 0)}"

    def written(self, action: str) -> str:
        """A button's action as a script has it: the ticket by its story."""
        return TICKET_OF_ACTION.sub(lambda found: f"#{self.stories.get(int(found[0]), 0)}", action, count=1)

    # restarts

    def _in_force(self) -> None:
        self.run(lambda uow: watch_year(uow, self.rules, self.now))
        self.run(lambda uow: watch_rota(uow, self.rules, self.now))
        self.run(lambda uow: watch_contracts(uow, self.rules, self.now))
        self.run(lambda uow: watch_duties(uow, self.rules, self.now))

    def _come_back(self) -> None:
        """Nothing but the store is left: the rota is another value, what was left is handled, what is overdue done."""
        self.down_until = None
        self._fuses.clear()
        rota = Rota(tuple(replace(team) for team in self.rules.rota.teams))
        self.rules = replace(self.rules, rota=rota)
        self.checks.rules = self.rules
        self._in_force()
        held, self._held = self._held, []
        self.look()
        self.deliver()
        for act in held:
            self._message(act)

    # what goes out

    def deliver(self) -> None:
        """Send what waits, in two units a batch: one leases, one marks."""
        while (at := self.memory.uow.outbox.next_at()) and at <= self.now:
            taken = () if self._out.get(BY_ROW, self.now) > self.now else self._take()
            rows = self.run(lambda uow: uow.outbox.claim("sim", self.now, self.now + LEASE, AT_ONCE, CHANNELS))
            if not rows and not taken:
                return
            for each in taken:
                if not each.notice.changes:
                    self.hear(each)
            heard = self.run(lambda uow, rows=rows: [h for row in rows if (h := self._send(uow, row))])  # type: ignore[misc]  # mypy infers no lambda with defaults
            self._dies = False
            for each in heard:
                if not each.notice.changes:
                    self.hear(each)

    def _take(self) -> list[Heard]:
        """What is sent by being marked."""
        rows = self.run(lambda uow: uow.outbox.take(self.now, AT_ONCE, (BY_ROW,)))
        return [self._checked(row, heard_in(row, self.now)) for row in rows]

    def _checked(self, row: OutboxRow, heard: Heard) -> Heard:
        """What is sent now, held against what must hold."""
        if row.id in self._heard and row.id not in self._unmarked:
            raise Broken("nothing is sent twice", row.notice.ticket, row.notice.key)
        self._heard.add(row.id)
        self.checks.heard(heard, row.created_at)
        if row.notice.ticket is None:
            self._loose.append((self.now, row.id))
        return heard

    def _send(self, uow: UnitOfWork, row: OutboxRow) -> Heard | None:
        address = row.address or Address("", "")
        if self._out.get(address.channel, self.now) > self.now:
            following = after_failure(row, ChannelError("not_sent", "down"), frozenset(), self.now)
            uow.outbox.failed(row, self.now, "not_sent", "down", following.at, following.position)
            return None
        heard = self._checked(row, heard_in(row, self.now))
        if self._dies:
            self.crashes += 1
            self._unmarked.add(row.id)
            return heard
        if not uow.outbox.sent(row, self.now, heard.id):
            raise Broken("a lease that holds is honoured", row.notice.ticket, row.notice.key)
        return heard

    def hear(self, heard: Heard) -> None:
        """Counted, hashed, and told to whoever listens."""
        self.sent += 1
        self.hash.update(f"{heard.at.isoformat()}{heard.notice.key}{heard.who}{heard.notice.text}".encode())
        if self.listener:
            self.listener(heard)

    # what is over

    def finish(self) -> None:
        """Let a week pass, and check the whole store on its way and at its end."""
        for _ in range(7):
            self.until(self.now + KEPT)
            self.checks.whole(self.now)
        self.checks.settled(self.memory.uow.tickets.numbers(), self.now)

    def tidy(self) -> None:
        """Forget messages that were handled and notices about no ticket, after a day."""
        uow, old = self.memory.uow, self.now - KEPT
        while self._messages and self._messages[0][0] < old:
            uow.inbox.forget(self._messages.popleft()[1])
        while self._loose and self._loose[0][0] < old:
            self._forget_row(self._loose.popleft()[1])
        self.memory.journal.keep()

    def archive(self, numbers: Sequence[int]) -> dict[str, Any]:
        """Check tickets whose time is over once more, count them, and let them go."""
        uow = self.memory.uow
        self.checks.chain()
        counted = self.checks.settled(numbers, self.now)
        for number in numbers:
            for row in uow.outbox.of_ticket(number):
                self._forget_row(row.id)
            uow.tickets.forget(number)
            uow.ledger.forget(number)
            self.numbers.pop(self.stories.pop(number, 0), None)
        self.memory.journal.keep()
        return counted

    def _forget_row(self, id: int) -> None:
        self.memory.uow.outbox.forget(id)
        self._heard.discard(id)
        self._unmarked.discard(id)
