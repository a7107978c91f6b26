"""A message comes in: kept, then handled, in one commit and two savepoints; answered when that is committed.

When more come in than are handled at once, those of channels are only kept before they are answered, and handled right
after, in the order in which they came: a provider that waits too long calls again, which makes it worse.

What cannot be handled stays, set aside with its reason, and those who answer for the bot are told.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot.alarm import Alarm
from bot.channels.once import Once
from bot.clock import Clock, Nudge
from bot.logs import shortened
from bot.metrics import Metrics
from bot.web.desk import Taken
from handlers.receive import receive
from handlers.wording import say
from sla.labels import Role
from sla.message import Address, Inbound, Notice, Purpose
from sla.rules import Rules
from storage.base import InboxRow, StorageError, UnitOfWork
from storage.writer import Store

BATCH = 100
CALM = 8
"""So many messages at once are handled in the commit that keeps them; of more, the next ones are only kept."""
TOGETHER = 8
"""So many kept messages are handled in one commit: what comes in meanwhile waits for no more than these."""

log = logging.getLogger(__name__)


class Intake:
    """Takes messages. `after` is called when one was handled: notices wait and looks may have moved; `said` is shown
    each new row."""

    def __init__(
        self,
        store: Store,
        rules: Callable[[], Rules],
        clock: Clock,
        metrics: Metrics,
        after: Callable[[], None],
        said: Callable[[InboxRow], None],
    ) -> None:
        self._store, self._rules, self._clock, self._metrics = store, rules, clock, metrics
        self._after, self._said = after, said
        self.nudge = Nudge()
        self._under_way = 0  # handled in the commit that keeps them
        self._putting = 0  # only kept, not committed yet
        self._changes = 0  # counts beginnings and ends of such commits
        self._behind = False  # kept messages wait to be handled; what comes in later is not to overtake them

    async def keep(self, inbound: Inbound, once: Once | None = None) -> None:
        """Keep a message, handled at once or soon; returns when it is committed. Raises StorageError when it was not
        kept, SaidOtherwise where what may be said `once` was said before in other words."""
        if self._behind or self._under_way >= CALM:
            await self._put(inbound, once)
            return
        self._under_way += 1
        try:
            await self.take(inbound, once)
        finally:
            self._under_way -= 1

    async def _put(self, inbound: Inbound, once: Once | None) -> None:
        """Keep it; the loop handles it."""
        now, self._behind = self._clock.now(), True
        self._putting += 1
        self._changes += 1
        putting = self._store.writer.run(partial(_add, inbound=inbound, once=once, now=now), order=_order(inbound))
        putting.add_done_callback(self._was_put)
        row = await asyncio.shield(putting)  # who stops waiting does not keep it from being committed, and handled then
        if row is not None:
            self._metrics.messages.labels(inbound.channel).inc()
            self._said(InboxRow(row, inbound, now, "new"))

    def _was_put(self, putting: "asyncio.Future[int | None]") -> None:
        self._putting -= 1
        self._changes += 1
        self.nudge()
        if not putting.cancelled():
            putting.exception()  # it is for who waits; where nobody does any more, the provider was told nothing

    async def take(self, inbound: Inbound, once: Once | None = None) -> Taken:
        """Keep and handle a message; returns when it is committed. Raises as `keep` does."""
        now, rules = self._clock.now(), self._rules()

        def handle(uow: UnitOfWork, row: int | None) -> int | None:
            return None if row is None else receive(InboxRow(row, inbound, now, "new"), uow, rules, now)

        def set_aside(uow: UnitOfWork, row: int | None, error: Exception) -> None:
            self._set_aside(uow, InboxRow(row or 0, inbound, now, "new"), type(error).__name__, now)

        pair = await self._store.writer.run_pair(
            partial(_add, inbound=inbound, once=once, now=now), handle, set_aside, order=_order(inbound)
        )
        if pair.first is None:
            return Taken(None, None)
        self._metrics.messages.labels(inbound.channel).inc()
        self._metrics.saw_ticket(pair.second or 0)
        if pair.error:
            self._report(pair.first, inbound, pair.error, told=pair.told)
        self._said(InboxRow(pair.first, inbound, now, "new", ticket=pair.second))
        self._after()
        return Taken(pair.first, pair.second)

    async def recover(self) -> int:
        """Handle what was only kept, and what a crash, or a database that refused, left: oldest first; how many there
        were."""
        rows = await self._store.read(lambda uow: tuple(uow.inbox.unhandled(BATCH)))
        if len(rows) == BATCH:
            self._behind = True  # more may wait: what comes in from now on is not to overtake them
        failed: list[BaseException] = []
        for start in range(0, len(rows), TOGETHER):
            handling = [self._handle(row) for row in rows[start : start + TOGETHER]]
            results = await asyncio.gather(*handling, return_exceptions=True)
            self._after()
            errors = [result for result in results if isinstance(result, BaseException)]
            failed += errors
            if len(errors) == len(handling):
                break  # the database refuses whatever it is: what is left is handled in a later turn
        if failed:
            raise failed[0]  # where it refused some only, these hold up no others
        return len(rows)

    async def turn(self) -> datetime | None:
        """The loop's turn: handle until nothing is left."""
        while True:
            seen = self._changes
            if await self.recover():
                continue
            if self._putting:
                return None  # its end nudges
            if seen == self._changes:
                self._behind = False
                return None

    async def _handle(self, row: InboxRow) -> None:
        now, rules, order = self._clock.now(), self._rules(), _order(row.inbound)
        try:
            ticket = await self._store.writer.run(partial(_receive, row=row, rules=rules, now=now), order=order)
            self._metrics.saw_ticket(ticket or 0)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the message is set aside with it
            reason = type(error).__name__
            await self._store.writer.run(partial(self._set_aside, row=row, reason=reason, now=now), order=order)
            self._report(row.id, row.inbound, error, told=True)

    def _report(self, row: int, inbound: Inbound, error: Exception, *, told: bool) -> None:
        """Say in the log what became of a message that was not handled; the loop comes back to one that is left."""
        fields = {"inbox": row, "channel": inbound.channel, "sender": shortened(inbound.sender)}
        if told:
            self._metrics.aside.inc()
            log.error("message_aside", exc_info=error, extra=fields)
        else:
            self.nudge()
            log.warning("handling_postponed", exc_info=error, extra=fields)

    def _set_aside(self, uow: UnitOfWork, row: InboxRow, reason: str, now: datetime) -> None:
        """Keep it with its reason; tell those who answer for the bot, and the sender."""
        rules, inbound = self._rules(), row.inbound
        uow.inbox.set_aside(row.id, now, reason)
        roles = (Role.ADMINISTRATOR, Role.HOSPITAL_MANAGER, Role.PROVIDER_MANAGER)
        Alarm(f"aside:{row.id}", "alarm_message_aside").tell(
            uow, rules, roles, now, row=row.id, name=inbound.sender_name or inbound.sender, reason=reason
        )
        person = rules.people.by_address.get(Address(inbound.channel, inbound.sender))
        text = say("message_aside", person.language if person else "zh")
        address = Address(inbound.channel, inbound.conversation)
        uow.outbox.add([Notice(f"aside:{row.id}", Purpose.ANSWER, (address,), text)], now)


def _add(uow: UnitOfWork, inbound: Inbound, once: Once | None, now: datetime) -> int | None:
    if once:
        once.claim(uow)
    return uow.inbox.add(inbound, now)


def _receive(uow: UnitOfWork, row: InboxRow, rules: Rules, now: datetime) -> int | None:
    """Handle the row unless that was done meanwhile."""
    found = uow.inbox.get(row.id)
    if found is None or found.state != "new":
        return found.ticket if found else None
    return receive(found, uow, rules, now)


def _order(inbound: Inbound) -> str:
    """What is said in one conversation is handled in its order."""
    return f"{inbound.channel}:{inbound.conversation}"
