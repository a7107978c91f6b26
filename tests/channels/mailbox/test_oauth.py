"""Mailboxes that are opened with access tokens: fetched, shown at both servers, and fetched anew when they are over or
not taken, once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels.base import ChannelError
from bot.channels.mailbox.channel import MailChannel
from bot.channels.mailbox.oauth import AccessToken, Granted, RefreshToken, TokenError, grant
from bot.channels.mailbox.smtp import Post
from bot.settings import SettingsError
from bot.tables.mail import Box, Mail, OAuth, Server
from tests.channels.mail_rig import PERSON, MailKeeper, MailRig
from tests.channels.mailbox.test_servers import boxed as odd_box
from tests.channels.mailbox.test_servers import mail as written
from tests.channels.mailbox.test_servers import trouble
from tests.support.certificates import HOST
from tests.support.odd_imap import OddImap
from tests.support.postoffice import USER
from tests.support.token_server import CLIENT, CONSENT, SCOPE, SECRET, TokenServer


@pytest_asyncio.fixture
async def tokens() -> AsyncIterator[TokenServer]:
    async with TokenServer(USER) as tokens:
        yield tokens


def oauth_of(tokens: TokenServer, refresh: str = CONSENT) -> OAuth:
    return OAuth(tokens.url, CLIENT, SCOPE, SECRET, refresh)


async def granted(oauth: OAuth) -> Granted:
    nowhere = Server("imap.x.example", 993)
    return await grant(oauth, RefreshToken(Box("it", USER, nowhere, nowhere, USER), oauth, None))


def boxed(rig: MailRig, tokens: TokenServer, refresh: str = CONSENT) -> Box:
    """The rig's mailbox, opened with tokens."""
    rig.office.takes_token = tokens.takes()
    return replace(rig.box(), oauth=oauth_of(tokens, refresh), password="")


def secret(rig: MailRig, box: Box) -> AccessToken:
    assert box.oauth
    return AccessToken(box, box.oauth, rig.keeper.house())


async def test_consent_buys_a_token_and_without_it_the_application_asks_for_itself(tokens: TokenServer) -> None:
    assert (await granted(oauth_of(tokens))).token == "at-1"
    tokens.refresh = None
    assert (await granted(oauth_of(tokens, ""))).token == "at-2"
    common = {"client_id": CLIENT, "client_secret": SECRET, "scope": SCOPE}
    assert tokens.forms == [
        {"grant_type": "refresh_token", "refresh_token": CONSENT, **common},
        {"grant_type": "client_credentials", **common},
    ]


@pytest.mark.parametrize(("said", "seconds"), [(600, 600), ("600", 600), ("soon", 3600), (None, 3600), (-5, 3600)])
async def test_how_long_a_token_is_good(tokens: TokenServer, said: object, seconds: int) -> None:
    tokens.good_for = said
    assert (await granted(oauth_of(tokens))).good_for == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("status", "text", "why", "error"),
    [
        (400, '{"error": "invalid_grant"}', "gives no token: invalid_grant", "invalid_grant"),
        (400, '{"error": ["x"]}', "gives no token", "['x']"),
        (503, "<html>busy</html>", "JSONDecodeError", ""),
        (302, "{}", "gives no token: 302", ""),
        (200, "[]", "gives no token: 200", ""),
        (200, '{"access_token": 5}', "gives no token: 200", ""),
        (200, '{"access_token": "a\\u0001auth=Bearer b"}', "gives no token: 200", ""),
    ],
)
async def test_an_endpoint_that_gives_none(tokens: TokenServer, status: int, text: str, why: str, error: str) -> None:
    tokens.answer = (status, text)
    with pytest.raises(TokenError, match=why) as caught:
        await granted(oauth_of(tokens))
    assert (caught.value.result, caught.value.error) == ("not_sent", error)


async def test_a_token_opens_the_server_that_sends(rig: MailRig, tokens: TokenServer) -> None:
    """Over STARTTLS and over TLS from the first byte."""
    box = boxed(rig, tokens)
    for server in (box.smtp, Server(HOST, rig.office.smtps_port)):
        there = replace(box, smtp=server)
        await Post(there, secret(rig, there)).hand_over(rig.mail("已收到"), PERSON)
    assert (len(rig.sent()), rig.office.tokens, len(tokens.forms)) == (2, ["at-1", "at-1"], 1)


async def test_a_token_is_fetched_anew_before_it_is_over(rig: MailRig, tokens: TokenServer) -> None:
    box = boxed(rig, tokens)
    post = Post(box, secret(rig, box))
    for _ in range(3):
        await post.try_out()
        rig.keeper.now += timedelta(minutes=30)
    assert rig.office.tokens == ["at-1", "at-1", "at-2"]


async def test_a_token_that_is_not_taken_is_replaced_once(rig: MailRig, tokens: TokenServer) -> None:
    box = boxed(rig, tokens)
    post = Post(box, secret(rig, box))
    await post.try_out()
    tokens.revoke()
    await post.hand_over(rig.mail("已收到"), PERSON)
    assert (rig.office.tokens, len(rig.sent())) == (["at-1", "at-1", "at-2"], 1)


async def test_a_new_token_that_is_not_taken_either_is_told_and_no_third_is_fetched(
    rig: MailRig, tokens: TokenServer
) -> None:
    box = boxed(rig, tokens)
    post = Post(box, secret(rig, box))
    await post.try_out()
    rig.office.takes_token = lambda user, token: False
    said = [f"it: the log-in of {USER} is refused: 535"]
    said.append(f"{said[0]}; a new access token is not taken either")
    waits = []
    for problem in said:
        with pytest.raises(ChannelError) as caught:
            await post.try_out()
        assert (caught.value.result, post.problem) == ("not_sent", problem)
        waits.append(caught.value.retry_after)
    assert waits == [None, timedelta(minutes=1)]
    assert (len(tokens.forms), rig.office.tokens) == (2, ["at-1", "at-1", "at-2", "at-2"])
    rig.office.takes_token = tokens.takes()
    await post.hand_over(rig.mail("已收到"), PERSON)
    assert post.problem == ""


async def test_a_refresh_token_that_is_replaced_is_kept_for_the_next_time(rig: MailRig, tokens: TokenServer) -> None:
    """By the endpoint each time; and, when it is lost all the same, by an administrator in the environment."""
    tokens.rotates = True
    box = boxed(rig, tokens)
    for expected in ("at-1", "at-2", "at-3"):
        assert await secret(rig, box).get() == expected  # as after a restart
        rig.keeper.now += timedelta(hours=1)
    assert [form["refresh_token"] for form in tokens.forms] == [CONSENT, "consent-1", "consent-2"]
    tokens.refresh = "given-anew"
    with pytest.raises(ChannelError, match="invalid_grant"):
        await secret(rig, box).get()
    assert await secret(rig, boxed(rig, tokens, "given-anew")).get() == "at-4"


async def test_no_token_is_not_sent_and_told(rig: MailRig, tokens: TokenServer) -> None:
    box = boxed(rig, tokens)
    tokens.answer = (503, "{}")
    post = Post(box, secret(rig, box))
    with pytest.raises(ChannelError) as caught:
        await post.hand_over(rig.mail("已收到"), PERSON)
    assert (caught.value.result, "503" in post.problem, rig.sent()) == ("not_sent", True, [])
    tokens.answer = None
    await post.hand_over(rig.mail("已收到"), PERSON)
    assert post.problem == ""


@asynccontextmanager
async def reading(
    folder: Path, server: OddImap, tokens: TokenServer, refresh: str = CONSENT
) -> AsyncIterator[tuple[MailChannel, MailKeeper]]:
    """A channel that reads the server's mailbox with tokens."""
    keeper = MailKeeper(folder / "house.sqlite3")
    box = replace(odd_box(server), oauth=oauth_of(tokens, refresh), password="")
    channel = MailChannel(Mail((box,)), "", pauses=(0.05,))
    with server:
        await channel.start(keeper.house())
        try:
            yield channel, keeper
        finally:
            await channel.stop()
            keeper.close()


@pytest.mark.parametrize("refresh", [CONSENT, ""])
async def test_a_mailbox_is_read_with_a_token(tmp_path: Path, tokens: TokenServer, refresh: str) -> None:
    tokens.refresh = refresh or None
    server = OddImap(tmp_path)
    server.takes_token = tokens.takes()
    server.put(written(1))
    async with reading(tmp_path, server, tokens, refresh) as (channel, keeper):
        await keeper.until(1)
        assert (channel.problem(), server.tokens, server.connections) == ("", ["at-1"], 1)


async def test_a_token_that_is_revoked_is_replaced_when_the_mailbox_is_opened_anew(
    tmp_path: Path, tokens: TokenServer
) -> None:
    server = OddImap(tmp_path)
    server.takes_token = tokens.takes()
    async with reading(tmp_path, server, tokens) as (channel, keeper):
        server.put(written(1))
        await keeper.until(1)
        tokens.revoke()
        server.cut()
        server.put(written(2))
        await keeper.until(2)
        assert channel.problem() == ""
    assert server.tokens == ["at-1", "at-1", "at-2"]


async def test_a_mailbox_whose_tokens_are_not_taken_is_not_stormed(tmp_path: Path, tokens: TokenServer) -> None:
    server = OddImap(tmp_path)
    async with reading(tmp_path, server, tokens) as (channel, _):
        refused = f"it: the log-in of {USER} is refused: [AUTHENTICATIONFAILED] token"
        assert await trouble(channel) == f"{refused}; a new access token is not taken either"
    assert (server.tokens, len(tokens.forms)) == (["at-1"], 1)


async def test_a_consent_that_is_over_is_told(tmp_path: Path, tokens: TokenServer) -> None:
    server = OddImap(tmp_path)
    async with reading(tmp_path, server, tokens, "long-ago") as (channel, _):
        assert await trouble(channel) == "it: the token endpoint gives no token: invalid_grant"
        assert channel.healthy()
    assert server.connections == 0


def test_a_mailbox_needs_a_consent_or_the_secret_of_its_application(rig_box: Box) -> None:
    for oauth in (OAuth("https://x.example/t", "c", refresh_token="r"), OAuth("https://x.example/t", "c", "", "s")):
        MailChannel(Mail((replace(rig_box, oauth=oauth),)), "")
    bare = replace(rig_box, oauth=OAuth("https://x.example/t", "c"))
    with pytest.raises(SettingsError, match="lacks WARDLINE_MAIL_REFRESH_TOKEN or WARDLINE_MAIL_CLIENT_SECRET"):
        MailChannel(Mail((bare,)), "")


@pytest.fixture
def rig_box() -> Box:
    nowhere = Server("imap.x.example", 993)
    return Box("it", USER, nowhere, nowhere, USER)
