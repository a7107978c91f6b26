"""What comes back: bounces mark whom they are about, programs are not answered, two Wardlines stop writing to each
other."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.base import ChannelError, House
from bot.channels.mailbox.channel import MailChannel
from bot.tables.mail import Mail
from sla.message import Address, Inbound, Notice, Purpose
from storage.base import OutboxRow
from tests.channels.mail_rig import PERSON, MailKeeper, MailRig
from tests.channels.rig import notice
from tests.support.botapi import START
from tests.support.postoffice import PostOffice
from tests.support.waiting import PATIENCE

END = "都读到这里了"
DSN = """From: Mail Delivery System <MAILER-DAEMON@mx.wardline.example>
To: it@wardline.example
Subject: Undelivered Mail Returned to Sender
Return-Path: <>
Message-ID: <{number}@mx.wardline.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

The mail system could not deliver your message.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.wardline.example

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user
--b
Content-Type: text/rfc822-headers

Message-ID: {brought_back}
Subject: x
--b--
"""


def bounce(to: str, brought_back: str, number: int = 1) -> bytes:
    return DSN.format(to=to, brought_back=brought_back, number=number).replace("\n", "\r\n").encode()


async def until_read(rig: MailRig) -> None:
    """Wait until everything before this was dealt with."""
    there = len(rig.keeper.inbounds())
    rig.says(END)
    await rig.keeper.until(there + 1)


async def test_a_bounce_marks_the_address_and_is_told_to_nobody(rig: MailRig) -> None:
    sent = await rig.channel.send(notice(rig, "W12 呼叫"))
    rig.office.file(bounce(PERSON, sent), START)
    await until_read(rig)
    ((address, why),) = rig.keeper.failures
    assert (address, "came back" in why) == (Address("mail", PERSON), True)
    assert len(rig.keeper.inbounds()) == 1


async def test_a_bounce_that_names_our_mail_in_its_head_alone_marks_the_address(rig: MailRig) -> None:
    sent = await rig.channel.send(notice(rig, "W12 呼叫"))
    raw = bounce(PERSON, "<1@x.example>").replace(b"MIME-Version", f"In-Reply-To: {sent}\r\nMIME-Version".encode())
    rig.office.file(raw, START)
    await until_read(rig)
    assert [address.address for address, _ in rig.keeper.failures] == [PERSON]


async def test_a_bounce_that_anybody_can_write_marks_nobody(rig: MailRig) -> None:
    """Else a forged one would send an engineer's next page elsewhere."""
    sent = await rig.channel.send(notice(rig, "W12 呼叫"))
    for number, (to, brought_back) in enumerate(
        [(PERSON, "<2@x.example>"), ("head@hospital.example", sent), (PERSON, sent.replace("<wl.12", "<wl.13"))]
    ):
        rig.office.file(bounce(to, brought_back, number), START)
    await until_read(rig)
    assert rig.keeper.failures == []
    assert rig.keeper.refusals == [("mail", "bounce_of_nothing")] * 3


async def test_a_bounce_of_the_own_mail_system_marks_whom_we_wrote_to_lately(rig: MailRig) -> None:
    await rig.stop()
    rig.authserv = "mx.wardline.example"
    await rig.start()
    await rig.channel.send(notice(rig, "W12 呼叫"))
    found = "Authentication-Results: mx.wardline.example; dmarc={result} header.from={domain}\r\n"
    forged = found.format(result="fail", domain="mx.wardline.example").encode() + bounce(PERSON, "<2@x.example>", 2)
    other = found.format(result="pass", domain="evil.example").encode() + bounce(PERSON, "<3@x.example>", 3)
    rig.office.file(forged, START)
    rig.office.file(other.replace(b"MAILER-DAEMON@mx.wardline.example", b"mailer-daemon@evil.example"), START)
    await until_read(rig)
    assert rig.keeper.failures == []
    proven = found.format(result="pass", domain="mx.wardline.example").encode()
    rig.office.file(proven + bounce(PERSON, "<4@x.example>", 4), START)
    await until_read(rig)
    assert [address.address for address, _ in rig.keeper.failures] == [PERSON]
    rig.keeper.now += timedelta(days=4)
    rig.office.file(proven + bounce(PERSON, "<5@x.example>", 5), START)
    await until_read(rig)
    assert len(rig.keeper.failures) == 1


async def test_automatic_replies_are_kept_counted_and_not_taken(rig: MailRig) -> None:
    mail = rig.mail("我在休假")
    mail["Auto-Submitted"] = "auto-replied"
    rig.post(mail)
    await until_read(rig)
    assert [inbound.text for inbound in rig.keeper.inbounds()] == [END]
    assert rig.keeper.refusals == [("mail", "auto")]


async def test_a_mail_to_two_of_our_mailboxes_is_one(tmp_path: Path, rig: MailRig) -> None:
    (tmp_path / "second").mkdir()
    with PostOffice(tmp_path / "second", "his@wardline.example") as office:
        other = replace(rig.box(), name="his", address=office.user, user=office.user, ca_file=str(office.ca_file))
        boxes = (replace(other, imap=replace(other.imap, port=office.imap_port)),)
        second = MailChannel(Mail(boxes), "", (0.1,))
        await second.start(replace(rig.keeper.house(), owner="other"))
        raw = rig.mail("HIS打不开").as_bytes()
        for place in (rig.office, office):
            place.file(raw, START)
        await until_read(rig)
        office.file(rig.mail("另一个").as_bytes(), START)
        await rig.keeper.until(3)
        await second.stop()
    assert sorted(inbound.text for inbound in rig.keeper.inbounds()) == ["HIS打不开", "另一个", END]


class Answering:
    """A Wardline that answers every message it takes."""

    def __init__(self, office: PostOffice, keeper: MailKeeper, rig: MailRig, most: int) -> None:
        self.office, self.keeper = office, keeper
        self.channel = MailChannel(Mail((rig.box(),), answers_an_hour=most), "", (0.1,))
        self.carried, self.ended = 0, asyncio.Event()
        self._last, self._cursor = False, f"mail:{rig.box().name}"
        self._rows = iter(range(1, 9999))

    def house(self) -> House:
        house = self.keeper.house()

        async def take(inbound: Inbound) -> None:
            await house.take(inbound)
            if END in inbound.text:
                self._last = True
            else:
                await self._answer(Address("mail", inbound.conversation))

        async def put_mark(name: str, value: str) -> None:
            await house.put_mark(name, value)
            if self._last and name == self._cursor:  # what came with the last mail was dealt with as well
                self._last = False
                self.ended.set()

        return replace(house, take=take, put_mark=put_mark)

    async def _answer(self, to: Address) -> None:
        whole = Notice("a", Purpose.ANSWER, (to,), "已开工单 W1", ticket=1)
        try:
            await self.channel.send(OutboxRow(next(self._rows), whole, START, "waiting", 0, 0, 1, address=to))
        except ChannelError as error:
            assert "answers in an hour" in error.reason  # noqa: PT017 - the only reason there may be


NUMBERS = itertools.count(100)


@asynccontextmanager
async def wardline(folder: Path, name: str, most: int = 30) -> AsyncIterator[Answering]:
    async with AsyncExitStack() as stack:
        (folder / name).mkdir()
        office = stack.enter_context(PostOffice(folder / name, f"it@{name}.example"))
        keeper = MailKeeper(folder / name / "house.sqlite3")
        stack.callback(keeper.close)
        one = Answering(office, keeper, MailRig(office, keeper), most)
        await one.channel.start(one.house())
        stack.push_async_callback(one.channel.stop)
        yield one


def bare(raw: bytes) -> bytes:
    """The mail behind a gateway that drops what it does not know."""
    return re.sub(rb"(?im)^(?:auto-submitted|x-auto-response-suppress):[^\r\n]*\r\n", b"", raw)


def renamed(raw: bytes) -> bytes:
    """... and that gives mails names of its own."""
    return re.sub(rb"(?im)^message-id: <wl\.", b"Message-ID: <gw.", bare(raw))


def stamped(raw: bytes) -> bytes:
    """... and that writes a warning above their words."""
    return re.sub(rb"(?s)\r\n\r\n.*", b"\r\n\r\nMail from outside!\r\n", _plain(renamed(raw)))


def _plain(raw: bytes) -> bytes:
    return re.sub(rb"(?im)^content-type: multipart[^\r\n]*(?:\r\n[ \t][^\r\n]*)*", b"Content-Type: text/plain", raw)


async def bring(here: Answering, there: Answering, gateway: Callable[[bytes], bytes]) -> int:
    """Carry what one sent over to the other, and wait until that read it; how many mails it was."""
    new = here.office.mails[here.carried :]
    here.carried += len(new)
    for to, raw in new:
        assert to == there.office.user
        there.office.file(gateway(raw), START)
    head = f"From: lin@hospital.example\r\nMessage-ID: <{next(NUMBERS)}@x.example>\r\nMIME-Version: 1.0\r\n"
    last = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{END}\r\n"
    there.ended.clear()
    there.office.file(last.encode(), START)
    async with asyncio.timeout(PATIENCE):
        await there.ended.wait()
    return len(new)


@pytest.mark.parametrize(
    ("gateway", "answers", "most"), [(bytes, 30, 1), (bare, 30, 1), (renamed, 30, 1), (stamped, 1, 3)]
)
async def test_two_wardlines_stop_writing_to_each_other(
    tmp_path: Path, gateway: Callable[[bytes], bytes], answers: int, most: int
) -> None:
    """Somebody wrote to one in the other's name. What programs say of themselves stops them, or their ids, or the line
    to answer above; behind a gateway that hides all three, the share of answers does."""
    async with wardline(tmp_path, "one", answers) as one, wardline(tmp_path, "other", answers) as other:
        forged = f"From: {other.office.user}\r\nMessage-ID: <1@x>\r\nSubject: HIS\r\n\r\nHIS is down\r\n"
        one.office.file(forged.encode(), START)
        await bring(other, one, gateway)  # nothing yet: one has answered the first mail
        while await bring(one, other, gateway) + await bring(other, one, gateway):
            assert one.carried + other.carried <= most
        assert 1 <= one.carried + other.carried <= most
