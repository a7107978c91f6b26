"""Several mailboxes: what somebody wrote to is what answers them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest_asyncio

from bot.channels.mailbox.answers import Ways
from bot.channels.mailbox.channel import MailChannel
from bot.tables.mail import Box, Mail
from sla.message import Address, Notice, Purpose
from storage.base import OutboxRow
from tests.channels.mail_rig import PERSON, MailKeeper, MailRig
from tests.support.botapi import START
from tests.support.postoffice import PostOffice
from tests.support.waiting import until

HIS = "his@wardline.example"


@dataclass
class Two:
    """Two mailboxes at two providers; the first is that of the rig."""

    rig: MailRig
    his: PostOffice
    boxes: tuple[Box, Box]
    channel: MailChannel

    async def writes(self, to: PostOffice, text: str) -> None:
        """Somebody writes to one of them, and it is read."""
        there = len(self.rig.keeper.inbounds())
        to.file(self.rig.mail(text).as_bytes(), START)
        await self.rig.keeper.until(there + 1)

    async def sent_by(self) -> str:
        """By which of them a notice to that person leaves: what From says, at the provider that took it."""
        to = Address("mail", PERSON)
        notice = Notice("page", Purpose.PAGE, (to,), "W12 呼叫", ticket=12)
        await self.channel.send(OutboxRow(7, notice, START, "waiting", 0, 0, 1, address=to))
        offices = [office for office in (self.rig.office, self.his) if office.mails]
        assert len(offices) == 1
        (_, raw) = offices[0].mails.pop()
        found = str(message_from_bytes(raw, policy=policy.default)["From"].addresses[0].addr_spec)
        assert found == offices[0].user
        return found


@pytest_asyncio.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with AsyncExitStack() as stack:
        for name in ("it", "his"):
            (tmp_path / name).mkdir()
        office = stack.enter_context(PostOffice(tmp_path / "it"))
        his = stack.enter_context(PostOffice(tmp_path / "his", HIS))
        keeper = MailKeeper(tmp_path / "house.sqlite3")
        stack.callback(keeper.close)
        rig, other = MailRig(office, keeper), MailRig(his, keeper)
        boxes = (rig.box(), replace(other.box(), name="his"))
        channel = MailChannel(Mail(boxes), "", (0.1,))
        await channel.start(keeper.house())
        stack.push_async_callback(channel.stop)
        yield Two(rig, his, boxes, channel)


async def test_an_answer_leaves_by_the_mailbox_that_was_written_to(two: Two) -> None:
    assert await two.sent_by() == two.boxes[0].address  # who never wrote
    await two.writes(two.his, "HIS打不开")
    assert await two.sent_by() == HIS
    await two.writes(two.rig.office, "打印机坏了")
    assert await two.sent_by() == two.boxes[0].address


async def test_also_where_the_mail_was_one_too_many(two: Two) -> None:
    await two.channel.stop()
    two.channel = MailChannel(Mail(two.boxes, unproven_a_sender=1), "", (0.1,))
    await two.channel.start(two.rig.keeper.house())
    await two.writes(two.rig.office, "打印机坏了")
    two.his.file(two.rig.mail("HIS打不开").as_bytes(), START)
    await until(lambda: two.rig.keeper.told_off)
    assert await two.sent_by() == HIS
    await two.channel.stop()


async def test_a_mailbox_that_is_no_more_answers_nobody(two: Two) -> None:
    await two.writes(two.his, "HIS打不开")
    await two.channel.stop()
    two.channel = MailChannel(Mail(two.boxes[:1]), "", (0.1,))
    await two.channel.start(two.rig.keeper.house())
    assert await two.sent_by() == two.boxes[0].address
    await two.channel.stop()


async def test_it_is_not_noted_for_every_mail(two: Two) -> None:
    keeper, noted = two.rig.keeper, list[str]()

    async def put_mark(name: str, value: str) -> None:
        noted.append(name)
        await keeper.house().put_mark(name, value)

    ways = Ways(replace(keeper.house(), put_mark=put_mark), ["it", "his"])
    for box, count in (("his", 1), ("his", 1), ("it", 2), ("it", 2)):
        await ways.came(PERSON, box)
        assert (len(noted), await ways.to(PERSON.upper())) == (count, box)
    keeper.now += timedelta(days=1)
    await ways.came(PERSON, "it")
    assert len(noted) == 3
