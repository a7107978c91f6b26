"""What a notice looks like as a mail, and what the server's answers mean."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

import pytest

from bot.channels.base import ChannelError
from bot.channels.mail.reading import read_mail
from bot.channels.mailbox.channel import MailChannel
from bot.channels.mailbox.oauth import Password
from bot.channels.mailbox.smtp import Post
from bot.settings import SettingsError
from bot.tables.mail import Box, Mail, Server
from sla.message import Address, Attachment, Purpose
from storage.base import OutboxRow
from tests.channels.mail_rig import PERSON, MailRig, links_of, plain
from tests.channels.rig import BUTTONS, notice
from tests.support.certificates import HOST
from tests.support.postoffice import PASSWORD, USER
from tests.support.waiting import PATIENCE

TEXT = "W12 呼叫：呼吸机屏幕不亮，ICU 3床，<b>紧急</b> & 尽快\n请接单。"
WORDS = re.compile(rb"=\?utf-8\?b\?[A-Za-z0-9+/=]+\?=")


async def sent(rig: MailRig, row: OutboxRow) -> tuple[bytes, EmailMessage]:
    await rig.channel.send(row)
    raw = rig.office.mails[-1][1]
    return raw, message_from_bytes(raw, policy=policy.default)


async def test_a_mail_is_shown_by_every_program(rig: MailRig) -> None:
    raw, mail = await sent(rig, notice(rig, TEXT, BUTTONS))
    assert mail["Subject"] == "[W12] 呼叫：呼吸机屏幕不亮，ICU 3床，<b>紧急</b> & 尽快"
    head = raw.split(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(len(line) for line in head.split(b"\r\n")) <= 78
    for word in WORDS.findall(head):  # each is whole characters by itself: Foxmail and 163 decode them one by one
        single = message_from_bytes(b"Subject: " + word + b"\r\n\r\n", policy=policy.default)
        assert "\ufffd" not in single["Subject"]
    assert all(part.get_content_charset() == "utf-8" for part in mail.walk() if not part.is_multipart())
    assert (mail["Auto-Submitted"], mail["From"].addresses[0].addr_spec) == ("auto-generated", USER)


async def test_the_html_says_the_same_and_shows_no_markup_of_ours(rig: MailRig) -> None:
    _, mail = await sent(rig, notice(rig, TEXT, BUTTONS))
    body = mail.get_body(("html",))
    assert body is not None
    shown = body.get_content()
    assert "&lt;b&gt;紧急&lt;/b&gt; &amp; 尽快<br>" in shown
    assert "Microsoft YaHei" in shown
    assert all(f'href="{link}"' in shown for link in links_of(mail))
    assert "也可直接回复这封邮件：接单" in plain(mail)


async def test_our_own_reader_takes_what_we_wrote_for_history(rig: MailRig) -> None:
    _, mail = await sent(rig, notice(rig, TEXT))
    answer = f"马上到\n\n{plain(mail)}"
    raw = f"From: {PERSON}\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{answer}".encode()
    assert read_mail(raw).text == "马上到"


async def test_mails_in_a_row_go_over_one_connection(rig: MailRig) -> None:
    for number in range(3):
        await sent(rig, notice(rig, f"W12 呼叫 {number}"))
    assert rig.office.smtp_connections == 1


async def test_a_server_that_hung_up_meanwhile_takes_the_next_mail_once(rig: MailRig) -> None:
    await sent(rig, notice(rig, "W12 呼叫"))
    rig.office.down()
    rig.office.up()
    await sent(rig, notice(rig, "W12 呼叫第二次"))
    assert rig.office.smtp_connections == 2
    assert len(rig.office.mails) == 2


async def test_after_a_mail_that_was_refused_nothing_is_left_of_its_connection(rig: MailRig) -> None:
    rig.office.next_answer = "550 5.1.1 no such user"
    with pytest.raises(ChannelError):
        await sent(rig, notice(rig, "W12 呼叫"))
    await sent(rig, notice(rig, "W12 呼叫第二次"))
    assert len(rig.office.mails) == 1
    assert rig.office.smtp_connections == 2


async def test_mails_of_a_ticket_are_one_talk(rig: MailRig) -> None:
    _, first = await sent(rig, notice(rig, "W12 呼叫"))
    _, second = await sent(rig, notice(rig, "W12 已接单", purpose=Purpose.ANSWER))
    assert first["References"] == second["References"] == second["In-Reply-To"]
    assert first["Message-ID"] != second["Message-ID"]
    assert second["Auto-Submitted"] == "auto-replied"


async def test_a_page_that_is_sent_again_is_the_same_mail(rig: MailRig) -> None:
    row = notice(rig, "W12 呼叫")
    assert await rig.channel.send(row) == await rig.channel.send(replace(row, fence=2, tries=1))
    elsewhere = replace(row, address=Address("mail", "other@hospital.example"))
    assert await rig.channel.send(row) != await rig.channel.send(elsewhere)


async def test_files_go_along_under_their_names(rig: MailRig) -> None:
    ref = await rig.keeper.house().keep_file("方案 W12.pdf", "application/pdf", b"%PDF plan")
    row = notice(rig, "W12 方案")
    file = Attachment("方案 W12.pdf", "application/pdf", 9, ref)
    raw, mail = await sent(rig, replace(row, notice=replace(row.notice, attachments=(file,))))
    (part,) = mail.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("方案 W12.pdf", b"%PDF plan")
    assert b"filename*=utf-8''" in raw
    assert read_mail(raw).attachments[0].name == "方案 W12.pdf"


@pytest.mark.parametrize(
    "address", ["", "lin", "lin@hospital.example\nBcc: all@x.example", USER, USER.upper(), "林@医院.example"]
)
async def test_nobody_is_written_to_who_is_no_person_elsewhere(rig: MailRig, address: str) -> None:
    row = replace(notice(rig, "W12 呼叫"), address=Address("mail", address))
    with pytest.raises(ChannelError) as caught:
        await rig.channel.send(row)
    assert (caught.value.result, rig.office.mails) == ("refused", [])


async def test_answers_have_an_end_and_pages_have_none(rig: MailRig) -> None:
    answer = [notice(rig, "W12 已收到", purpose=Purpose.ANSWER) for _ in range(32)]
    for row in answer[:30]:
        await rig.channel.send(row)
    with pytest.raises(ChannelError) as caught:
        await rig.channel.send(answer[30])
    assert (caught.value.result, caught.value.retry_after) == ("not_sent", timedelta(hours=1))
    await rig.channel.send(notice(rig, "W12 呼叫"))
    rig.keeper.now += timedelta(hours=1)
    await rig.channel.send(answer[31])
    assert len(rig.office.mails) == 32


@pytest.mark.parametrize("code", ["554 5.7.1 spam", "552 5.3.4 too big", "530 5.7.0 no"])
async def test_a_server_that_refuses_the_mail_says_nothing_of_the_address(rig: MailRig, code: str) -> None:
    rig.office.next_answer = code
    with pytest.raises(ChannelError) as caught:
        await rig.channel.send(notice(rig, "W12 呼叫"))
    assert caught.value.result == "not_sent"
    assert code[:3] in rig.channel.problem()
    await rig.channel.send(notice(rig, "W12 呼叫"))
    assert rig.channel.problem() == ""


async def test_a_wrong_password_is_told_to_an_administrator(rig: MailRig) -> None:
    wrong = MailChannel(Mail((replace(rig.box(), password="wrong"),)), "")
    await wrong.start(replace(rig.keeper.house(), owner="other"))
    with pytest.raises(ChannelError) as caught:
        await wrong.send(notice(rig, "W12 呼叫"))
    assert caught.value.result == "not_sent"
    assert f"the log-in of {USER} is refused: 535" in wrong.problem()
    await wrong.stop()


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_a_server_that_nobody_vouches_for_is_not_written_to(rig: MailRig, tls: str) -> None:
    port = rig.office.smtps_port if tls == "tls" else rig.office.smtp_port
    post = Post(replace(rig.box(), smtp=Server(HOST, port, tls), ca_file=""), Password(PASSWORD))
    with pytest.raises(ChannelError, match=f"the certificate of {HOST} is not trusted: self-signed") as caught:
        await post.hand_over(rig.mail("已收到"), PERSON)
    assert (caught.value.result, rig.office.mails) == ("not_sent", [])
    assert "not trusted" in post.problem


async def test_a_mail_leaves_over_tls_from_the_first_byte(rig: MailRig) -> None:
    box = replace(rig.box(), smtp=Server(HOST, rig.office.smtps_port))
    await Post(box, Password(PASSWORD)).hand_over(rig.mail("已收到"), PERSON)
    assert len(rig.sent()) == 1


async def test_a_mailbox_needs_its_password(rig: MailRig) -> None:
    with pytest.raises(SettingsError, match="lacks WARDLINE_MAIL_PASSWORD"):
        MailChannel(Mail((replace(rig.box(), password=""),)), "")


async def test_who_gives_up_on_a_connection_that_was_kept_hangs_up() -> None:
    """A server that takes one mail and then says nothing more: a send that is cut off leaves no connection behind."""
    begun, hung_up = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers = {b"DATA": b"354 go on\r\n", b".": b"250 taken\r\n"}
        writer.write(b"220 ready\r\n")
        mails, inside = 0, False
        while said := await reader.readline():
            line = said.strip()
            mails += line.startswith(b"MAIL")
            if mails > 1:
                begun.set()
                await reader.read()
                break
            inside = line == b"DATA" or (inside and line != b".")
            if not inside or line == b"DATA":
                writer.write(answers.get(line, b"250 ok\r\n"))
        hung_up.set()
        writer.close()

    server = await asyncio.start_server(serve, HOST, 0)
    here = Server(HOST, server.sockets[0].getsockname()[1], "off")
    post = Post(Box("it", "it@wardline.example", here, here, "it", "secret"), Password("secret"))
    mail = Message()
    mail.set_payload("x")
    await post.hand_over(mail, PERSON)
    sending = asyncio.create_task(post.hand_over(mail, PERSON))
    await begun.wait()
    sending.cancel()
    async with asyncio.timeout(PATIENCE):
        await hung_up.wait()
    server.close()
