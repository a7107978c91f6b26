"""Many mails lie in the box at once, as on a Monday morning: they go side by side, each sender's in their order."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.mailbox.channel import MailChannel
from bot.channels.mailbox.reader import TOGETHER
from bot.tables.mail import Mail
from sla.message import Inbound
from storage.base import StorageError
from tests.channels.mail_rig import MailKeeper
from tests.channels.mailbox.test_servers import PAUSES, boxed, reading
from tests.support.odd_imap import OddImap

SENDERS = ("lin", "wang", "chen")
MANY = TOGETHER * 2 + 5


def mail(number: int) -> bytes:
    sender = SENDERS[number % len(SENDERS)]
    head = f"From: {sender}@hospital.example\r\nMessage-ID: <{number}@x.example>\r\nMIME-Version: 1.0\r\n"
    if number % 4:  # the others have a file, which takes longer
        return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\nHIS打不开 {number}\r\n".encode()
    parts = (
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHIS打不开 {}\r\n--b\r\nContent-Type: image/png\r\n"
        'Content-Disposition: attachment; filename="a.png"\r\n\r\nabc\r\n--b--\r\n'
    )
    return f'{head}Content-Type: multipart/mixed; boundary="b"\r\n\r\n{parts.format(number)}'.encode()


def numbers(inbounds: Sequence[Inbound], sender: str) -> list[int]:
    return [int(one.text.split()[-1]) for one in inbounds if one.sender.startswith(sender)]


@pytest.mark.parametrize("odd", ["", "uid_last", "first_only"])
async def test_each_senders_mails_come_in_their_order_and_none_is_missing(tmp_path: Path, odd: str) -> None:
    server = OddImap(tmp_path)
    server.uid_last, server.first_only = odd == "uid_last", odd == "first_only"
    for number in range(MANY):
        server.put(mail(number))
    async with reading(tmp_path, server) as (_, keeper):
        found = await keeper.until(MANY)
    for place, sender in enumerate(SENDERS):
        assert numbers(found, sender) == list(range(place, MANY, len(SENDERS)))
    fetches = [line for line in server.heard if line.startswith("UID FETCH") and "," in line]
    assert fetches


async def test_what_could_not_be_kept_in_the_middle_comes_again_in_order(tmp_path: Path) -> None:
    """The database refuses one sender's mail once: what they wrote later waits for it, others do not."""
    server = OddImap(tmp_path)
    for number in range(12):
        server.put(mail(number))
    refused = asyncio.Event()
    with server:
        keeper = MailKeeper(tmp_path / "house.sqlite3")
        house = keeper.house()

        async def take(inbound: Inbound) -> None:
            if inbound.text.endswith(" 4") and not refused.is_set():
                refused.set()
                raise StorageError("the disk is full")
            await house.take(inbound)

        channel = MailChannel(Mail((boxed(server),)), "", PAUSES)
        await channel.start(replace(house, take=take))
        found = await keeper.until(12)
        await channel.stop()
        keeper.close()
    assert refused.is_set()
    for place, sender in enumerate(SENDERS):
        assert numbers(found, sender) == list(range(place, 12, len(SENDERS)))
