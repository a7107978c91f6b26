"""Out of the outbox: rows are claimed under a lease, sent concurrently, and what became of them is recorded.

One unit a turn records what was sent since the last one and claims what is next, so that a burst of notices shares its
commits. A process that dies between sending and recording leaves rows whose lease runs out: a page among them is
sent again, which is better than never.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.alarm import Alarm
from bot.channels.base import Channel, ChannelError, holding
from bot.clock import Clock, Nudge
from bot.web.desk import Run
from handlers.reach import address_failed
from handlers.settled import arrived
from handlers.test_watch import TEST
from sla.labels import Role
from sla.message import Address, Purpose
from sla.people import CHANNELS
from sla.rules import Rules
from storage.base import OutboxRow, UnitOfWork

LEASE = timedelta(seconds=60)
SEND_SECONDS = 45.0  # shorter than the lease: a send that hangs is given up before another worker may take it
AT_ONCE = 200
SOON = timedelta(seconds=1)  # while every place is taken; a send that ends nudges earlier
HARD = frozenset({Purpose.PAGE, Purpose.REMINDER, Purpose.BREACH})


def _seconds(*values: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=value) for value in values)


PAUSES = _seconds(1, 5, 15, 60, 300)
PAGE_PAUSES = _seconds(1, 5, 15, 30, 60)
PATIENCE = timedelta(hours=24)
"""For how long a notice is tried before it becomes a dead letter."""
SOON_ENOUGH = timedelta(seconds=60)
"""A pause that a provider asks for is kept to the second where it is not longer."""
PUT_OFF = timedelta(minutes=2)
"""A provider that asks for one short pause after the other is believed for so long; then a page moves on as well."""
HELD_LOOK = timedelta(seconds=2)
"""How often rows are looked for that another process wrote, and that only this one can send."""
TRIES_AN_ADDRESS = 3
"""After so many failures in a row a page goes on to the person's next address."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Next:
    """What to do after a failed attempt: try again `at` on the address at `position`; `at` None gives up."""

    at: datetime | None
    position: int


def after_failure(row: OutboxRow, error: ChannelError, refused: frozenset[int], now: datetime) -> Next:
    """When and where a notice is tried again. `refused` are the positions that will never take it, this one included
    where it just said so."""
    count, hard = len(row.notice.addresses), row.notice.purpose in HARD
    unsure = error.result == "unknown" and not hard
    if unsure or len(refused) >= count or now - row.created_at > PATIENCE:
        return Next(None, row.position)
    asked = error.retry_after
    put_off = hard and count > 1 and now - row.created_at > PUT_OFF
    if asked is not None and asked <= SOON_ENOUGH and row.position not in refused and not put_off:
        return Next(now + asked, row.position)  # its turn will come: no reason to leave the address or to wait longer
    waits_long = asked is not None and asked > SOON_ENOUGH  # a quota that is used up: a page does not wait for it
    failed_often = row.tries % TRIES_AN_ADDRESS == TRIES_AN_ADDRESS - 1
    moves = row.position in refused or (hard and (waits_long or failed_often))
    if moves and count > 1:
        following = ((row.position + step) % count for step in range(1, count + 1))
        position = next(place for place in following if place not in refused)
        return Next(now if position > row.position else now + PAGE_PAUSES[-1], position)
    pauses = PAGE_PAUSES if hard else PAUSES
    pause = pauses[min(row.tries, len(pauses) - 1)]
    return Next(now + max(pause, asked or pause), row.position)


def is_refusal(error: ChannelError | None) -> bool:
    """Whether an address said that it takes nothing."""
    return error is not None and error.result == "refused" and error.of_address


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one attempt: a provider's id, or an error."""

    row: OutboxRow
    at: datetime
    provider_id: str = ""
    error: ChannelError | None = None


class Delivery:
    """Sends what the outbox holds. `sent` is told of each row that was marked, `count` of each result.
    `coming` are channels that have not started yet: their rows wait."""

    def __init__(
        self,
        owner: str,
        channels: Mapping[str, Channel],
        run: Run,
        rules: Callable[[], Rules],
        clock: Clock,
        nudge: Nudge,
        sent: Callable[[OutboxRow], None],
        count: Callable[[str, str], None],
        coming: Collection[str] = (),
    ) -> None:
        self._owner, self._channels, self._run, self._rules = owner, channels, run, rules
        self._clock, self._nudge, self._sent, self._count = clock, nudge, sent, count
        self._coming = coming
        self._sending: dict[asyncio.Task[None], str] = {}
        self._outcomes: list[_Outcome] = []
        self._refused: dict[int, frozenset[int]] = {}
        self._named: tuple[Rules, frozenset[str]] | None = None

    async def turn(self) -> datetime | None:
        """Record what was sent, claim what is next and begin to send it; when to look again."""
        outcomes = tuple(self._outcomes)
        marked, claimed, next_at = await self._run(lambda uow: self._unit(uow, outcomes))
        del self._outcomes[: len(outcomes)]
        for row in marked:
            if row.address and self._by_row(row.address.channel):
                self._count(row.address.channel, "sent")
            self._sent(row)
        for row in claimed:
            self._begin(row)
        now = self._clock.now()
        if next_at and next_at <= now and len(marked) >= AT_ONCE:
            self._nudge()
        wanted = max(next_at, now + SOON) if next_at else None
        if any(held is True for held in map(holding, self._channels.values())):
            return min(wanted or now + HELD_LOOK, now + HELD_LOOK)
        return wanted

    async def end(self) -> None:
        """Let what is being sent end within a few seconds, and record it."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=5)
        outcomes = tuple(self._outcomes)
        if outcomes:
            await self._run(lambda uow: self._record(uow, outcomes))

    def _unit(
        self, uow: UnitOfWork, outcomes: tuple[_Outcome, ...]
    ) -> tuple[list[OutboxRow], list[OutboxRow], datetime | None]:
        marked = self._record(uow, outcomes)
        now = self._clock.now()
        wanted: list[tuple[int, list[str]]] = []
        for channels in self._groups():
            if holding(self._channels.get(channels[0])) is False:
                continue  # its rows are another process's to send
            if self._by_row(channels[0]):
                marked += uow.outbox.take(now, AT_ONCE, channels)
                continue
            busy = sum(name in channels for name in self._sending.values())
            if busy < AT_ONCE:
                wanted.append((AT_ONCE - busy, channels))
        claimed = list(uow.outbox.claim_each(self._owner, now, now + LEASE, wanted))
        return marked, claimed, uow.outbox.next_at()

    def _by_row(self, name: str) -> bool:
        channel = self._channels.get(name)
        return channel is not None and channel.capabilities.by_row

    def _groups(self) -> list[list[str]]:
        """The channels that rows are claimed for, each by itself so that none waits for a slow one; and those that
        people have addresses in although they are off here: their rows go on to the next address."""
        rules = self._rules()
        if self._named is None or self._named[0] is not rules:
            named = {*rules.people.by_address, *(address for team in rules.rota.teams for address in team.group)}
            self._named = rules, frozenset(address.channel for address in named) | {*CHANNELS}
        off = sorted(self._named[1] - {*self._channels, *self._coming})
        return [[name] for name in self._channels] + ([off] if off else [])

    def _begin(self, row: OutboxRow) -> None:
        task = asyncio.create_task(self._send(row))
        self._sending[task] = row.address.channel if row.address else ""
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._sending[task]
        self._nudge()

    async def _send(self, row: OutboxRow) -> None:
        name = row.address.channel if row.address else ""
        error: ChannelError | None = None
        provider_id = ""
        try:
            if name not in self._channels:
                raise ChannelError("refused", f"the channel {name} is off")
            async with asyncio.timeout(SEND_SECONDS):
                provider_id = await self._channels[name].send(row)
        except ChannelError as failure:
            error = failure
        except TimeoutError:
            error = ChannelError("unknown", "no answer in time")
        except Exception as failure:
            log.exception("send_crashed", extra={"channel": name, "outbox": row.id})
            error = ChannelError("unknown", type(failure).__name__)
        self._count(name, error.result if error else "sent")
        self._outcomes.append(_Outcome(row, self._clock.now(), provider_id, error))

    def _record(self, uow: UnitOfWork, outcomes: tuple[_Outcome, ...]) -> list[OutboxRow]:
        self._mark_addresses(uow, outcomes)
        delivered = [outcome for outcome in outcomes if outcome.error is None]
        for outcome in outcomes:
            if outcome.error is not None:
                self._mark_failed(uow, outcome, outcome.error)
        held = uow.outbox.all_sent([(outcome.row, outcome.at, outcome.provider_id) for outcome in delivered])
        marked = [outcome for outcome, is_held in zip(delivered, held, strict=True) if is_held]
        for outcome in delivered:
            self._refused.pop(outcome.row.id, None)
        for outcome in marked:
            arrived(outcome.row, outcome.at, uow)
        return [replace(outcome.row, sent_at=outcome.at, state="sent") for outcome in marked]

    def _mark_addresses(self, uow: UnitOfWork, outcomes: tuple[_Outcome, ...]) -> None:
        """What is known of the addresses that failed: the worst of each, in one order in all processes."""
        failed: dict[Address, _Outcome] = {}
        for outcome in outcomes:
            address, error = outcome.row.address, outcome.error
            if address is None or error is None or address.channel not in self._channels:
                continue  # where the channel is off, the address is none the worse
            if outcome.row.notice.changes:
                continue  # nor for a message that cannot be changed
            if address not in failed or not is_refusal(failed[address].error) or is_refusal(error):
                failed[address] = outcome
        for address in sorted(failed, key=lambda one: (one.channel, one.address)):
            error, at = failed[address].error, failed[address].at
            if error is not None:
                address_failed(address, error.reason, at, uow, refused=is_refusal(error))

    def _mark_failed(self, uow: UnitOfWork, outcome: _Outcome, error: ChannelError) -> None:
        """Write down what did not go well, and what comes next."""
        row = outcome.row
        refused = self._refused.get(row.id, frozenset())
        if error.result == "refused":
            refused = self._refused[row.id] = refused | {row.position}
        following = after_failure(row, error, refused, outcome.at)
        if row.notice.changes and following.at is None:
            self._leave(uow, row, error, outcome.at)
            return
        held = uow.outbox.failed(row, outcome.at, error.result, error.reason, following.at, following.position)
        if held and following.at is None:
            self._refused.pop(row.id, None)
            self._bury(uow, row, outcome.at)

    def _leave(self, uow: UnitOfWork, row: OutboxRow, error: ChannelError, at: datetime) -> None:
        """A message that cannot be changed stays as it is: nothing is lost by it, and nobody need know."""
        self._refused.pop(row.id, None)
        log.info("buttons_left", extra={"outbox": row.notice.changes, "why": error.reason})
        if uow.outbox.failed(row, at, error.result, error.reason, at, row.position) and row.notice.ticket is not None:
            uow.outbox.drop(row.notice.ticket, (row.notice.purpose,), at, begins=row.notice.key)

    def _bury(self, uow: UnitOfWork, row: OutboxRow, at: datetime) -> None:
        """Tell the managers that a notice could not be delivered; not of a notice that says just this, nor of a test
        page, whose outcome is told to who asked for it."""
        log.warning("dead_letter", extra={"outbox": row.id, "ticket": row.notice.ticket})
        if row.notice.key.startswith(("alarm:", TEST)):
            return
        rules = self._rules()
        person = rules.people.by_id.get(row.notice.person)
        Alarm(f"dead:{row.id}", "alarm_dead_letter", row.notice.ticket).tell(
            uow,
            rules,
            (Role.HOSPITAL_MANAGER, Role.PROVIDER_MANAGER),
            at,
            name=person.name if person else "?",
            ticket=row.notice.ticket or 0,
        )
