"""Forged senders by the hundred: some of them are taken, the others kept, and administrators hear of it once."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import main
from bot.channels.mailbox.crowd import Caps, Crowd
from bot.tables.mail import Mail
from sla.message import Address
from storage.base import InboxRow
from storage.replicas import DatabaseTurns
from tests.bot.running import KEY, MovedClock, Running, running
from tests.channels.keeping import Keeper
from tests.channels.mail_rig import PERSON, MailRig
from tests.channels.mailbox.test_servers import boxed, mail
from tests.channels.rig import notice, texts
from tests.channels.test_turns import both, postgresql, postgresql_server
from tests.support.botapi import START
from tests.support.odd_imap import OddImap
from tests.support.waiting import until, until_found

__all__ = ["both", "postgresql", "postgresql_server"]  # fixtures


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
    await until(lambda: len(rig.keeper.refusals) == 7)
    assert sorted(inbound.proven for inbound in inbounds) == [False] * 5 + [True]
    assert rig.keeper.refusals == [("mail", "unproven")] * 7
    ((channel, _, what, why),) = rig.keeper.asides
    assert (channel, "it@wardline.example" in what, why) == ("mail", True, "more than 5 unproven mails in an hour")
    await until(lambda: len(rig.keeper.told_off) == 5)  # no more of them than mails are taken
    told, taken = {address.address for address, _ in rig.keeper.told_off}, {inbound.sender for inbound in inbounds}
    assert (len(told), told & taken) == (5, set())
    assert {language for _, language in rig.keeper.told_off} == {"zh"}
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
            await until(lambda: not_taken(tmp_path / "data"))
            told = not_taken(tmp_path / "data")
            row = await bot.app.store.read(lambda uow: uow.outbox.of_key(told[0]))
            bot.moved.jump(timedelta(hours=1))
            for _ in range(2):
                await bot.app.house.not_taken(Address("mail", PERSON), "zh")
            assert len(not_taken(tmp_path / "data")) == 2, "it may be another emergency"
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


async def test_what_was_counted_is_known_after_a_restart(rig: MailRig) -> None:
    await crowded(rig, 3)
    for number in range(3):
        forged(rig, number, PERSON)
    await rig.keeper.until(3)
    await rig.stop()
    await rig.start()
    forged(rig, 9, PERSON)
    await until(lambda: rig.keeper.refusals)
    assert (rig.keeper.refusals, len(rig.keeper.inbounds())) == ([("mail", "unproven")], 3)


async def test_forged_mails_in_a_colleagues_name_keep_no_mail_of_hers_out_that_is_proven(rig: MailRig) -> None:
    await crowded(rig, 2)
    for number in range(4):
        forged(rig, number, PERSON)
    await until(lambda: len(rig.keeper.refusals) == 2)
    for number in range(3):
        found = "mx.wardline.example; dmarc=pass header.from=hospital.example"
        proven = rig.mail(f"我是真的{number}").as_bytes()
        rig.office.file(f"Authentication-Results: {found}\r\n".encode() + proven, START)
    inbounds = await rig.keeper.until(5)
    assert [inbound.proven for inbound in inbounds] == [False] * 2 + [True] * 3
    forged(rig, 5, "another@hospital.example")
    await rig.keeper.until(5)
    await until(lambda: len(rig.keeper.refusals) == 3)  # they fill nobody's share, and not that of all


async def test_administrators_hear_of_it_again_in_another_hour(rig: MailRig) -> None:
    await crowded(rig, 1)
    for number in range(4):
        forged(rig, number, PERSON)
    await until(lambda: len(rig.keeper.refusals) == 3)
    assert len(rig.keeper.asides) == 1
    rig.now_is(START + timedelta(hours=1))
    forged(rig, 5, PERSON)
    await until(lambda: len(rig.keeper.asides) == 2)
    assert len({key for _, key, _, _ in rig.keeper.asides}) == 2


async def test_what_was_held_back_is_listed_and_can_be_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A monitoring system, say, whose third alert of an hour was one too many."""
    server, data = OddImap(tmp_path), tmp_path / "data"
    server.mails = {1: mail(1), 2: mail(2), 3: with_file(3), 4: b"\x00\x01\xff\r\n\r\n"}
    data.mkdir()
    (data / "keys").write_text(KEY, "ascii")
    with server:
        async with running(data, MovedClock(), mail=Mail((boxed(server),), unproven_a_sender=2)) as bot:
            admin = await bot.person("admin")
            await admin.hears("wardline mail aside")

            def command(*more: str) -> list[str]:
                assert main(["mail", "aside", "--data", str(data), *more]) == 0
                return sorted(line[18:] for line in capsys.readouterr().out.splitlines())

            await until(lambda: len(command()) == 2)
            held, unread = command()
            assert held == f"it-7-3.eml  held back, from {PERSON}: more than 2 unproven mails of one sender in an hour"
            assert unread.startswith("it-7-4.eml  ")
            assert command("--take", "it-7-*") == [
                f"it-7-3.eml  taken, from {PERSON}",
                f"it-7-4.eml  not taken, it cannot be read: {unread.removeprefix('it-7-4.eml  ')}",
            ]
            assert command() == [unread]
            bot.look()
            rows = await until_found(lambda: handled(bot, 3))
            assert (rows[-1].inbound.text, rows[-1].inbound.proven) == ("HIS打不开 3", False)
            (file,) = rows[-1].inbound.attachments
            assert await bot.app.store.read(lambda uow: uow.files.get(file.ref or "")) == (
                file.name,
                file.type,
                b"\x89PNG\r\n\x1a\n3",
            )
            assert main(["mail", "aside", "--data", str(data), "--take", "it-7-3"]) != 0
            assert "it-7-3" in capsys.readouterr().err


async def handled(bot: Running, count: int) -> list[InboxRow]:
    """The messages of the sender, once so many were handled."""
    rows = await bot.app.store.read(lambda uow: uow.inbox.of_sender(Address("mail", PERSON), 99))
    return list(rows) if [row.state for row in rows] == ["done"] * count else []


def with_file(number: int) -> bytes:
    """A mail with a picture."""
    message = EmailMessage()
    message["From"], message["Message-ID"] = PERSON, f"<{number}@x.example>"
    message.set_content(f"HIS打不开 {number}")
    message.add_attachment(b"\x89PNG\r\n\x1a\n3", "image", "png", filename="a.png")
    return message.as_bytes()


async def test_two_processes_count_together(tmp_path: Path, both: tuple[DatabaseTurns, DatabaseTurns]) -> None:
    keeper = Keeper(tmp_path / "house.sqlite3")
    crowds = [Crowd(replace(keeper.house(), turns=turns), Caps(4, 10)) for turns in both]
    mails = [(f"s{number % 4}", str(number)) for number in range(40)]
    asked = [crowds[at % 2].admits(sender, key, START) for at, (sender, key) in enumerate(mails)]
    verdicts = await asyncio.gather(*asked)
    taken = [sender for (sender, _), verdict in zip(mails, verdicts, strict=True) if not verdict.why]
    told = [sender for (sender, _), verdict in zip(mails, verdicts, strict=True) if verdict.is_to_hear]
    assert len(taken) == 10
    assert max(Counter(taken).values()) <= 4
    assert sorted(told) == ["s0", "s1", "s2", "s3"], "each once"
    keeper.close()


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 30)), max_size=60))
def test_never_more_than_the_caps_however_often_a_mail_is_read(mails: list[tuple[str, int]]) -> None:
    kept, taken, told = "", dict[str, str](), set[str]()
    for sender, number in mails:
        key = f"{sender}{number}"
        kept, verdict = Caps(3, 8).counted(kept, sender, key)
        if not verdict.why:
            taken[key] = sender
        else:
            assert key not in taken, "what was taken is no crowd when it is read again"
            told |= {key} if verdict.is_to_hear else set()
    assert len(taken) <= 8
    assert all(count <= 3 for count in Counter(taken.values()).values())
    assert max(Counter(key[0] for key in told).values(), default=0) <= 1


def test_the_count_is_of_its_hour_and_says_which_cap_it_is() -> None:
    caps, kept = Caps(2, 3), ""
    for key in "12":
        kept, verdict = caps.counted(kept, "a", key)
        assert verdict.why == ""
    assert caps.counted(kept, "a", "3")[1].why == "more than 2 unproven mails of one sender in an hour"
    kept, _ = caps.counted(kept, "b", "4")
    assert caps.counted(kept, "c", "5")[1].why == "more than 3 unproven mails in an hour"
