"""What delivery learns of addresses: who refused, what failed, and that an absent channel is no fault of theirs."""

import asyncio
from pathlib import Path

import pytest

from bot.channels.base import Capabilities, ChannelError, House
from bot.channels.telegram_errors import of_answer
from bot.channels.weixin.calls import PlatformError
from bot.clock import Nudge
from bot.delivery import Delivery, is_refusal
from sla.message import Address, Button, Notice, Purpose
from sla.reachable import Health, Reach
from storage.base import OutboxRow
from storage.files import packaged_rules
from storage.writer import Store, open_store
from tests.bot.running import KEY, NIGHT, MovedClock, running

TELEGRAM, WECOM, MAIL = Address("telegram", "9"), Address("wecom", "li"), Address("mail", "li@x")
OWN = (TELEGRAM, WECOM, MAIL)


class Deaf:
    """A channel whose provider answers each send with the next of these results; "" takes it."""

    capabilities = Capabilities(buttons=False, edit=False, text_limit=100, attachments=False)

    def __init__(self, name: str, *results: str) -> None:
        self.name, self.results = name, list(results)

    async def start(self, house: House) -> None:
        """Nothing to begin."""

    async def send(self, row: OutboxRow) -> str:
        result = self.results.pop(0)
        if result:
            raise ChannelError(result, f"{self.name} says\n no")
        return "p1"

    async def stop(self) -> None:
        """Nothing to end."""

    def problem(self) -> str:
        return ""

    def healthy(self) -> bool:
        return True


async def deliver(store: Store, *channels: Deaf, key: str = "k", turns: int = 4, first: Notice | None = None) -> None:
    """A page to all three, or another notice, as far as the turns get it."""
    page = first or Notice(key, Purpose.PAGE, OWN, "page", person="li", sound=True)
    await store.writer.run(lambda uow: uow.outbox.add([page], NIGHT))
    rules = packaged_rules()
    delivery = Delivery(
        "w",
        {channel.name: channel for channel in channels},
        store.writer.run,
        lambda: rules,
        MovedClock().clock,
        Nudge(),
        lambda row: None,
        lambda name, result: None,
    )
    for _ in range(turns):
        await delivery.turn()
        await delivery.end()


class Pressed(Deaf):
    """A channel whose page is answered before it is known here that it arrived; `sent` are the keys, in order."""

    def __init__(self, store: Store) -> None:
        super().__init__("telegram", "", "")
        self.store, self.sent = store, list[str]()

    async def send(self, row: OutboxRow) -> str:
        self.sent.append(row.notice.key)
        if not row.notice.changes:
            change = Notice(
                f"change:{row.id}:", Purpose.INFO, (TELEGRAM,), "", ticket=1, not_before=row.next_at, changes=row.id
            )
            await self.store.writer.run(lambda uow: uow.outbox.add([change], NIGHT))
        return await super().send(row)


def known(path: Path, *channels: Deaf) -> dict[Address, Health]:
    store = open_store(f"sqlite:///{path / 'w.db'}", KEY)
    try:
        asyncio.run(deliver(store, *channels))
        reach: Reach = store.read_sync(lambda uow: uow.reach.of("li", OWN, whole=True))
        return dict(reach.known)
    finally:
        store.close()


def test_who_refuses_is_marked_and_who_takes_it_is_not(tmp_path: Path) -> None:
    found = known(tmp_path, Deaf("telegram", "refused"), Deaf("wecom", ""), Deaf("mail"))
    assert found.keys() == {TELEGRAM, WECOM}
    assert found[TELEGRAM].why == "telegram says no"
    assert found[TELEGRAM].refused_at == found[TELEGRAM].failed_at
    assert found[WECOM].sent_at is not None
    assert found[WECOM].failed_at is None


def test_a_passing_failure_is_known_and_does_not_put_the_address_behind(tmp_path: Path) -> None:
    found = known(tmp_path, Deaf("telegram", "not_sent", "unknown", "not_sent"), Deaf("wecom"), Deaf("mail"))
    assert found[TELEGRAM].failed_at is not None
    assert found[TELEGRAM].refused_at is None


@pytest.mark.parametrize(
    ("error", "behind"),
    [
        (of_answer(403, {"ok": False, "description": "Forbidden: bot was blocked by the user"}), True),
        (of_answer(400, {"ok": False, "description": "Bad Request: chat not found"}), True),
        (of_answer(400, {"ok": False, "description": "Bad Request: message is too long"}), False),
        (of_answer(413, {"ok": False, "description": "Request Entity Too Large"}), False),
        (PlatformError("refused", 81013, "user not in the app"), True),
        (PlatformError("refused", 45015, "out of response time"), True),
        (PlatformError("refused", 60020, "not allow to access from your ip"), False),
        (ChannelError("not_sent", "down"), False),
    ],
)
def test_only_what_an_address_says_of_itself_puts_it_behind(error: ChannelError, behind: bool) -> None:
    assert is_refusal(error) is behind


def test_a_channel_that_is_off_is_no_fault_of_the_address(tmp_path: Path) -> None:
    found = known(tmp_path, Deaf("mail", ""))
    assert found.keys() == {MAIL}


async def test_a_channel_tells_of_an_address_that_gave_something_back(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.app.house.failed(MAIL, "550 no such user")
        reach = await bot.app.store.read(lambda uow: uow.reach.of("li", OWN))
    assert reach.known[MAIL].why == "550 no such user"
    assert reach.known[MAIL].refused_at is not None


def test_a_test_page_that_nobody_takes_alarms_nobody(tmp_path: Path) -> None:
    for key, alarms in (("test:1:li", 0), ("1:page:li", 2)):
        store = open_store(f"sqlite:///{tmp_path / key[0]}.db", KEY)
        try:
            refusing = [Deaf(one.channel, "refused") for one in OWN]
            asyncio.run(deliver(store, *refusing, key=key, turns=5))
            # mypy infers no lambda with defaults
            assert [row.state for row in [store.read_sync(lambda uow, k=key: uow.outbox.of_key(k))] if row] == ["dead"]  # type: ignore[misc]
            lost = store.read_sync(lambda uow: uow.outbox.dead(9))  # the web chat is off here as well
            assert len([row for row in lost if row.notice.key.startswith("alarm:dead")]) == alarms
        finally:
            store.close()


@pytest.mark.parametrize(("result", "state"), [("", "sent"), ("refused", "dropped"), ("unknown", "dropped")])
def test_a_message_that_cannot_be_changed_is_left_and_nobody_is_the_worse_for_it(
    tmp_path: Path, result: str, state: str
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'w.db'}", KEY)
    try:
        change = Notice("change:7:", Purpose.INFO, (TELEGRAM,), "", person="li", ticket=1, changes=7, settles="已接单")
        asyncio.run(deliver(store, Deaf("telegram", result), first=change))
        row = store.read_sync(lambda uow: uow.outbox.of_key("change:7:"))
        assert row is not None
        assert row.state == state
        assert list(store.read_sync(lambda uow: uow.outbox.dead(9))) == []
        known = store.read_sync(lambda uow: uow.reach.of("li", OWN, whole=True)).known
        assert all(health.failed_at is None for health in known.values())
    finally:
        store.close()


def test_a_change_that_did_not_get_there_is_tried_again(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'w.db'}", KEY)
    try:
        change = Notice("change:7:", Purpose.INFO, (TELEGRAM,), "", person="li", ticket=1, changes=7, settles="已接单")
        asyncio.run(deliver(store, Deaf("telegram", "not_sent"), first=change, turns=1))
        row = store.read_sync(lambda uow: uow.outbox.of_key("change:7:"))
        assert row is not None
        assert (row.state, row.tries) == ("waiting", 1)
    finally:
        store.close()


def test_a_button_that_is_pressed_before_its_page_is_marked_as_sent_does_not_wait_for_the_lease(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'w.db'}", KEY)
    try:
        take = ((Button("接单", "ack:1"),),)
        page = Notice("1:page:li", Purpose.PAGE, (TELEGRAM,), "page", take, person="li", ticket=1)
        telegram = Pressed(store)
        asyncio.run(deliver(store, telegram, first=page, turns=2))
        assert telegram.sent == ["1:page:li", "change:1:"]
    finally:
        store.close()
