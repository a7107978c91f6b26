"""A log-in that is refused only for the moment is no wrong password: the mailbox is opened as soon as it can be, and no
administrator looks for a fault that there is not."""

from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.channels.base import ChannelError
from bot.channels.checking import Checking
from bot.channels.mailbox.check import check_mail
from bot.channels.mailbox.oauth import Password
from bot.channels.mailbox.refusals import is_for_the_moment
from bot.channels.mailbox.smtp import LoginRefused, Post
from bot.tables.mail import Mail, Server
from tests.bot.running import NIGHT, settings
from tests.channels.mail_rig import PERSON, MailRig
from tests.channels.mailbox.test_oauth import boxed as with_tokens
from tests.channels.mailbox.test_oauth import reading as reading_with_tokens
from tests.channels.mailbox.test_oauth import secret
from tests.channels.mailbox.test_servers import mail, reading, trouble
from tests.support.certificates import HOST
from tests.support.odd_imap import OddImap
from tests.support.postoffice import PASSWORD, USER
from tests.support.token_server import TokenServer
from tests.support.waiting import until

DOVECOT = "Temporary authentication failure. [mail1:2026-11-22 01:00:00]"


@pytest.mark.parametrize(
    "said",
    [
        f"[UNAVAILABLE] {DOVECOT}",
        DOVECOT,
        "[INUSE] another session has the folder",
        "[LIMIT] too many",
        "[SERVERBUG] Internal error occurred",
        "[unavailable] try again",
        "Server Unavailable. 15",
        "[ALERT] Too many simultaneous connections. (Failure)",
        "Maximum number of connections from user+IP exceeded",
    ],
)
def test_what_passes_by_itself(said: str) -> None:
    assert is_for_the_moment(said)


@pytest.mark.parametrize(
    "said",
    [
        "[AUTHENTICATIONFAILED] Authentication failed.",
        "[AUTHENTICATIONFAILED] temporarily not taken, says who meant the password",
        "[AUTHORIZATIONFAILED] not yours",
        "[EXPIRED] that password is over",
        "[PRIVACYREQUIRED] not in clear",
        "[CONTACTADMIN] temporary, until your administrator says otherwise",
        "[ALERT] Application-specific password required (Failure)",
        "LOGIN Login error or password error",
        "LOGIN failed.",
        "Your account is temporarily locked: too many failed log-ins",
        "temporarily blocked, try again later",
        "Login fail. Account is abnormal, password is incorrect, login frequency limited, or system is busy.",
        "",
    ],
)
def test_what_somebody_has_to_mend(said: str) -> None:
    assert not is_for_the_moment(said)


@pytest.mark.parametrize("said", [f"[UNAVAILABLE] {DOVECOT}", DOVECOT])
async def test_a_mailbox_is_read_as_soon_as_its_server_knows_people_again(tmp_path: Path, said: str) -> None:
    """A refused password is tried again after two minutes, which is longer than any test waits."""
    server = OddImap(tmp_path)
    server.refuses = said
    server.put(mail(1))
    async with reading(tmp_path, server) as (channel, keeper):
        told = await trouble(channel)
        assert "the log-in of it@wardline.example does not work just now" in told
        assert said in told
        server.refuses = ""
        await keeper.until(1)
        await until(lambda: not channel.problem())


async def test_no_other_token_is_fetched_for_a_server_that_knows_nobody_just_now(tmp_path: Path) -> None:
    async with TokenServer(USER) as tokens:
        server = OddImap(tmp_path)
        server.takes_token = tokens.takes()
        server.refuses = f"[UNAVAILABLE] {DOVECOT}"
        server.put(mail(1))
        async with reading_with_tokens(tmp_path, server, tokens) as (channel, keeper):
            assert "does not work just now" in await trouble(channel)
            await until(lambda: len(server.tokens) >= 3)
            server.refuses = ""
            await keeper.until(1)
    assert set(server.tokens) == {"at-1"}
    assert len(tokens.forms) == 1


@pytest.mark.parametrize("code", ["454 4.7.0", "432 4.7.12", "451 4.3.0"])
async def test_a_server_that_lets_nobody_send_just_now_refuses_no_password(rig: MailRig, code: str) -> None:
    post = Post(rig.box(), Password(PASSWORD))
    rig.office.refuses = f"{code} Temporary authentication failure"
    with pytest.raises(ChannelError) as caught:
        await post.hand_over(rig.mail("已收到"), PERSON)
    assert (caught.value.result, isinstance(caught.value, LoginRefused)) == ("not_sent", False)
    assert post.problem == f"it: the log-in of {USER} does not work just now: {code[:3]}"
    rig.office.refuses = ""
    await post.hand_over(rig.mail("已收到"), PERSON)
    assert (post.problem, len(rig.sent())) == ("", 1)


@pytest.mark.parametrize("code", ["535 5.7.8", "534 5.7.9", "530 5.7.0"])
async def test_a_server_that_does_not_know_us_refuses(rig: MailRig, code: str) -> None:
    rig.office.refuses = f"{code} no"
    post = Post(rig.box(), Password(PASSWORD))
    with pytest.raises(LoginRefused) as caught:
        await post.try_out()
    assert (caught.value.result, post.problem) == ("not_sent", f"it: the log-in of {USER} is refused: {code[:3]}")


async def test_no_other_token_is_fetched_for_a_server_that_lets_nobody_send_just_now(rig: MailRig) -> None:
    async with TokenServer(USER) as tokens:
        box = with_tokens(rig, tokens)
        post = Post(box, secret(rig, box))
        rig.office.refuses = "454 4.7.0 Temporary authentication failure"
        for _ in range(2):
            with pytest.raises(ChannelError, match="does not work just now: 454"):
                await post.try_out()
        rig.office.refuses = ""
        await post.try_out()
    assert (rig.office.tokens, len(tokens.forms)) == (["at-1", "at-1", "at-1"], 1)


async def test_the_check_of_the_channel_tells_the_two_apart(rig: MailRig, tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    server = OddImap(tmp_path / "odd", in_clear=True)
    server.context = rig.office.context
    box = replace(rig.box(), imap=Server(HOST, server.port, "starttls"))
    found = []
    with server:
        for read, sent in ((f"[UNAVAILABLE] {DOVECOT}", "454 4.7.0 not now"), ("[EXPIRED] over", "535 5.7.8 no")):
            server.refuses, rig.office.refuses = read, sent
            async with ClientSession() as session:
                checking = Checking(session, "en", NIGHT)
                await check_mail(settings(tmp_path, mail=Mail((box,))), checking)
            found += [words for finding in checking.findings if "[web] url" not in (words := finding.text)]
    signs = ("does not work: [UNAVAILABLE]", "does not work: 454", "refuses the log-in: [EXPIRED]", "log-in: 535")
    assert [word in text for word, text in zip(signs, found, strict=True)] == [True] * 4, found
