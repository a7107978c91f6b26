"""A message comes in: kept, then handled, in one commit and two savepoints; answered when that is committed.

What cannot be handled stays, set aside with its reason, and those who answer for the bot are told.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot.alarm import Alarm
from bot.clock import Clock, Nudge
from bot.logs import shortened
from bot.metrics import Metrics
from bot.web.desk import Run, Taken
from handlers.receive import receive
from handlers.wording import say
from sla.labels import Role
from sla.message import Address, Inbound, Notice, Purpose
from sla.rules import Rules
from storage.base import InboxRow, StorageError, UnitOfWork

BATCH = 100

log = logging.getLogger(__name__)


class Intake:
    """Takes messages. `after` is called when one was handled: notices wait and looks may have moved; `said` is shown
    each new row."""

    def __init__(
        self,
        run: Run,
        rules: Callable[[], Rules],
        clock: Clock,
        metrics: Metrics,
        after: Callable[[], None],
        said: Callable[[InboxRow], None],
    ) -> None:
        self._run, self._rules, self._clock, self._metrics = run, rules, clock, metrics
        self._after, self._said = after, said
        self._in_hand: set[int] = set()
        self.nudge = Nudge()

    async def take(self, inbound: Inbound) -> Taken:
        """Keep and handle a message; returns when it is committed. Raises StorageError when it was not kept."""
        now = self._clock.now()
        row = await self._run(lambda uow: uow.inbox.add(inbound, now), order=_order(inbound))
        if row is None:
            return Taken(None, None)
        self._metrics.messages.labels(inbound.channel).inc()
        kept = InboxRow(row, inbound, now, "new")
        self._said(kept)
        return Taken(row, await self._handle(kept))

    async def recover(self) -> int:
        """Handle what a crash, or a database that refused, left unhandled: oldest first; how many there were."""
        rows = [r for r in await self._run(lambda uow: uow.inbox.unhandled(BATCH)) if r.id not in self._in_hand]
        for row in rows:
            await self._handle(row)
        return len(rows)

    async def turn(self) -> datetime | None:
        """The loop's turn: nothing is left, unless something went wrong."""
        while await self.recover():
            pass
        return None

    async def _handle(self, row: InboxRow) -> int | None:
        """Handle a kept message. Not now, when the database refuses: then the loop comes back to it."""
        now, rules = self._clock.now(), self._rules()
        self._in_hand.add(row.id)
        try:
            return await self._run(partial(_receive, row=row, rules=rules, now=now), order=_order(row.inbound))
        except StorageError:
            self.nudge()
            log.warning("handling_postponed", extra={"inbox": row.id})
            return None
        except Exception as error:
            sender = shortened(row.inbound.sender)
            log.exception("message_aside", extra={"inbox": row.id, "channel": row.inbound.channel, "sender": sender})
            await self._run(partial(self._set_aside, row=row, reason=type(error).__name__, now=now))
            return None
        finally:
            self._in_hand.discard(row.id)
            self._after()

    def _set_aside(self, uow: UnitOfWork, row: InboxRow, reason: str, now: datetime) -> None:
        rules = self._rules()
        uow.inbox.set_aside(row.id, now, reason)
        self._metrics.aside.inc()
        inbound = row.inbound
        roles = (Role.ADMINISTRATOR, Role.HOSPITAL_MANAGER, Role.PROVIDER_MANAGER)
        Alarm(f"aside:{row.id}", "alarm_message_aside").tell(
            uow, rules, roles, now, row=row.id, name=inbound.sender_name or inbound.sender, reason=reason
        )
        person = rules.people.by_address.get(Address(inbound.channel, inbound.sender))
        text = say("message_aside", person.language if person else "zh")
        address = Address(inbound.channel, inbound.conversation)
        uow.outbox.add([Notice(f"aside:{row.id}", Purpose.ANSWER, (address,), text)], now)


def _receive(uow: UnitOfWork, row: InboxRow, rules: Rules, now: datetime) -> int | None:
    """Handle the row unless that was done meanwhile."""
    found = uow.inbox.get(row.id)
    if found is None or found.state != "new":
        return found.ticket if found else None
    return receive(found, uow, rules, now)


def _order(inbound: Inbound) -> str:
    """What is said in one conversation is handled in its order."""
    return f"{inbound.channel}:{inbound.conversation}"
