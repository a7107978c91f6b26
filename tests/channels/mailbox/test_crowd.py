"""Forged senders by the hundred: some of them are taken, the others kept, and administrators hear of it once."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bot.channels.mailbox.crowd import Crowd
from bot.tables.mail import Mail
from sla.message import Address
from tests.bot.running import MovedClock, running
from tests.channels.mail_rig import PERSON, MailRig
from tests.channels.mailbox.test_servers import boxed, mail
from tests.channels.rig import notice, texts
from tests.support.botapi import START
from tests.support.odd_imap import OddImap


def forged(rig: MailRig, number: int, sender: str = "") -> None:
    rig.office.file(rig.mail(f"HIS打不开{number}", sender=sender or f"x{number}@forged.example").as_bytes(), START)


async def crowded(rig: MailRig, most: int) -> None:
    """The channel with a limit of that many."""
    await rig.stop()
    rig.unproven, rig.authserv = most, "mx.wardline.example"
    await rig.start()


async def test_above_the_limit_mails_are_kept_and_counted_and_told_once(rig: MailRig) -> None:
    await crowded(rig, 5)
    for number in range(12):
        forged(rig, number)
    proven = rig.mail("我是真的")
    found = "mx.wardline.example; dmarc=pass header.from=hospital.example"
    rig.office.file(f"Authentication-Results: {found}\r\n".encode() + proven.as_bytes(), START)
    inbounds = await rig.keeper.until(6)
    assert [inbound.proven for inbound in inbounds] == [False] * 5 + [True]
    assert rig.keeper.refusals == [("mail", "unproven")] * 7
    ((channel, _, what, why),) = rig.keeper.asides
    assert (channel, "it@wardline.example" in what, why) == ("mail", True, "more than 5 unproven mails in an hour")
    told = [(Address("mail", f"x{number}@forged.example"), "zh") for number in range(5, 10)]
    assert sorted(rig.keeper.told_off, key=str) == told, "no more of them than mails are taken"
    raw = [name for name, _ in super(type(rig.keeper), rig.keeper).files() if name.endswith(".eml")]
    assert len(raw) == 13


async def test_one_sender_is_limited_by_itself_and_answers_to_our_mails_are_not(rig: MailRig) -> None:
    await crowded(rig, 3)
    sent = await rig.channel.send(notice(rig, "W12 呼叫"))
    for number in range(5):
        forged(rig, number, PERSON)
    rig.answers(sent, "已恢复")
    assert "已恢复" in texts(await rig.keeper.until(4))[-1]
    assert rig.keeper.refusals == [("mail", "unproven")] * 2
    assert rig.keeper.told_off == [(Address("mail", PERSON), "zh")], "once: nobody was called, so they must phone"


async def test_whose_mail_is_not_taken_hears_that_nobody_was_called(tmp_path: Path) -> None:
    server = OddImap(tmp_path)
    server.mails = {number: mail(number) for number in range(1, 5)}
    (tmp_path / "data").mkdir()
    table = Mail((boxed(server),), unproven_a_sender=2)
    with server:
        async with running(tmp_path / "data", MovedClock(), mail=table) as bot:
            admin = await bot.person("admin")
            await admin.hears("无法核实")
            async with asyncio.timeout(10):
                while not (told := not_taken(tmp_path / "data")):  # noqa: ASYNC110 - nothing tells of it
                    await asyncio.sleep(0.01)
            row = await bot.app.store.read(lambda uow: uow.outbox.of_key(told[0]))
    assert row is not None
    assert (row.address, len(told)) == (Address("mail", PERSON), 1)
    assert "没有呼叫任何人" in row.notice.text


def not_taken(data: Path) -> list[str]:
    """The keys of what was told to those whose mails were not taken."""
    with closing(sqlite3.connect(data / "wardline.sqlite3")) as beside:
        return [key for (key,) in beside.execute("SELECT key FROM outbox WHERE key LIKE 'not_taken:%'")]


async def test_what_came_while_nobody_read_is_no_crowd(rig: MailRig) -> None:
    await crowded(rig, 3)
    for hour in range(3):
        rig.office.file(rig.mail(f"第{hour}个").as_bytes(), START + timedelta(hours=hour))
        rig.office.file(rig.mail(f"再一个{hour}").as_bytes(), START + timedelta(hours=hour))
    await rig.keeper.until(6)
    assert rig.keeper.refusals == []


async def test_a_mail_that_could_not_be_kept_is_no_crowd_by_being_tried_again(rig: MailRig) -> None:
    await crowded(rig, 1)
    rig.keeper.refuses()
    rig.says("磁盘满的时候")
    for _ in range(3):
        await rig.until_tried()
        rig.keeper.turned_away.clear()
    rig.keeper.keeps()
    assert texts(await rig.keeper.until(1)) == ["磁盘满的时候"]
    assert rig.keeper.refusals == []


def test_the_count_is_of_the_hour_whatever_the_order_and_keeps_no_more_than_two_days() -> None:
    crowd, later, keys = Crowd(2, 3), START + timedelta(hours=1), map(str, range(999))
    assert [crowd.admits("a", next(keys), at) for at in (START, later, START, later)] == [""] * 4
    assert crowd.admits("a", "x", START) == "more than 2 unproven mails of one sender in an hour"
    assert crowd.admits("a", "0", START) == ""  # it was read before
    assert crowd.admits("b", "y", START) == ""
    assert crowd.admits("c", "z", START) == "more than 3 unproven mails in an hour"
    assert all(crowd.admits("a", next(keys), START + timedelta(hours=hour)) == "" for hour in range(2, 200))
    assert crowd.admits("a", next(keys), START + timedelta(hours=199)) == ""
    assert crowd.admits("a", next(keys), START + timedelta(hours=199)) != ""
