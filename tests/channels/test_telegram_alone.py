"""What only one may do at a time in the Bot API: poll. And the webhook, which somebody else may take away."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.channels.base import House
from bot.channels.leased import LEASE
from bot.channels.telegram import TelegramChannel
from bot.settings import SettingsError
from bot.tables.telegram import Telegram
from tests.channels.keeping import Keeper
from tests.channels.rig import texts
from tests.channels.telegram_rig import QUICK, TelegramRig, WebhookRig, telegram
from tests.support.botapi import START, BotApi
from tests.support.botapi_world import TOKEN
from tests.support.waiting import PATIENCE, until


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[TelegramRig]:
    async with telegram(tmp_path) as rig:
        yield rig


class TestReplicas:
    async def test_of_two_over_one_database_one_polls_and_the_other_takes_over(self, rig: TelegramRig) -> None:
        await rig.server.until(lambda: rig.server.polls > 0)
        waiting, asked = TelegramChannel(rig.settings(), QUICK), asyncio.Event()
        await waiting.start(watched(replace(rig.keeper.house(), owner="second"), asked))
        await asyncio.wait_for(asked.wait(), PATIENCE)
        rig.says("一")
        await rig.keeper.until(1)
        assert (waiting.problem(), waiting.healthy()) == ("", True)
        await rig.stop()
        rig.says("二")
        assert texts(await rig.keeper.until(2)) == ["一", "二"]
        assert all(call.status == 200 for call in rig.server.called("getUpdates"))
        await waiting.stop()

    async def test_one_that_dies_is_followed_when_its_lease_runs_out(self, rig: TelegramRig) -> None:
        house = rig.keeper.house()
        await rig.stop()
        assert await house.lease.acquire(f"telegram:offset:{TOKEN.split(':')[0]}", "dead", START, LEASE)
        second, asked = TelegramChannel(rig.settings(), QUICK), asyncio.Event()
        await second.start(watched(replace(house, owner="second"), asked))
        rig.says("一")
        await asyncio.wait_for(asked.wait(), PATIENCE)
        assert rig.keeper.inbounds() == []
        rig.keeper.now = START + LEASE + timedelta(seconds=1)
        assert texts(await rig.keeper.until(1)) == ["一"]
        await second.stop()

    async def test_one_whose_lease_was_taken_moves_no_offset(
        self, rig: TelegramRig, caplog: pytest.LogCaptureFixture
    ) -> None:
        await rig.server.until(lambda: rig.server.polls > 0)
        name = f"telegram:offset:{TOKEN.split(':')[0]}"
        later = START + LEASE + timedelta(seconds=1)
        assert await rig.keeper.house().lease.acquire(name, "other", later, LEASE)
        rig.says("一")
        await until(lambda: "lease_lost" in caplog.messages)
        assert rig.keeper.mark(name) is None, "it is the other's to say how far it came"
        rig.keeper.now = later + LEASE + timedelta(seconds=1)  # the other dies; this one begins where the mark stands
        await until(lambda: rig.keeper.mark(name))
        assert texts(rig.keeper.inbounds()) == ["一"]

    async def test_what_was_wrong_when_another_took_over_is_that_ones_to_say(self, rig: TelegramRig) -> None:
        rig.keeper.refuses()
        rig.says("一")
        await until(rig.channel.problem)
        name = f"telegram:offset:{TOKEN.split(':')[0]}"
        assert await rig.keeper.house().lease.acquire(name, "other", START + LEASE + timedelta(seconds=1), LEASE)
        await until(lambda: not rig.channel.problem())

    async def test_two_installations_with_one_token_say_so_and_lose_nothing(
        self, tmp_path: Path, rig: TelegramRig
    ) -> None:
        elsewhere = Keeper(tmp_path / "elsewhere.sqlite3")
        other = TelegramChannel(rig.settings(), (0.3,))
        await other.start(elsewhere.house())
        await rig.server.until(lambda: conflicts(rig.server) > 2)  # each has tried again since its first
        said = rig.channel.problem() or other.problem()
        assert "409" in said
        assert "only one bot instance" in said
        rig.says("一")
        # One of them has it, or each: what one was handed and has not confirmed yet the other is handed as well.
        await rig.server.until(lambda: bool(rig.keeper.inbounds() or elsewhere.inbounds()))
        await other.stop()
        elsewhere.close()


def conflicts(server: BotApi) -> int:
    return sum(call.status == 409 for call in server.called("getUpdates"))


def watched(house: House, asked: asyncio.Event) -> House:
    """The house, telling when its lease was asked for twice."""
    count = 0

    class Watched(type(house.lease)):  # type: ignore[misc]  # whichever it is
        async def acquire(self, name: str, owner: str, now: datetime, duration: timedelta) -> int | None:
            nonlocal count
            count += 1
            if count > 1:
                asked.set()
            fence: int | None = await house.lease.acquire(name, owner, now, duration)
            return fence

        def __init__(self) -> None:
            self.__dict__ |= vars(house.lease)

    return replace(house, lease=Watched())


class TestWebhook:
    @pytest_asyncio.fixture
    async def hooked(self, tmp_path: Path) -> AsyncIterator[WebhookRig]:
        async with telegram(tmp_path, Looking) as rig:
            assert isinstance(rig, WebhookRig)
            await rig.server.until(lambda: bool(rig.server.webhook))
            yield rig

    async def test_one_that_was_taken_away_is_set_again(self, hooked: WebhookRig) -> None:
        hooked.server.webhook = {"url": "https://elsewhere.example.org/"}
        await hooked.server.until(lambda: hooked.server.webhook.get("url") == hooked.settings().webhook)
        hooked.says("一")
        assert texts(await hooked.keeper.until(1)) == ["一"]

    async def test_what_the_server_says_of_it_is_told(self, hooked: WebhookRig) -> None:
        hooked.keeper.refuses()
        hooked.says("一")
        await hooked.until_tried()
        await looked_twice(hooked)
        assert hooked.channel.problem() == (
            "webhook: Wrong response from the webhook: 503 Service Unavailable (1 waiting)"
        )
        hooked.keeper.keeps()
        await hooked.keeper.until(1)
        await hooked.server.until(lambda: not hooked.world.updates)
        await looked_twice(hooked)
        assert hooked.channel.problem() == ""

    async def test_a_certificate_of_its_own_is_trusted(self, tmp_path: Path) -> None:
        pem, context = certificate(tmp_path)
        async with AsyncExitStack() as stack:
            server = await stack.enter_async_context(BotApi())
            keeper = Keeper(tmp_path / "house.sqlite3")
            stack.callback(keeper.close)
            rig = WebhookRig(server, keeper)
            application = web.Application()
            application.router.add_post("/hooks/telegram", rig.brought)
            runner = web.AppRunner(application, shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
            url = f"https://127.0.0.1:{runner.addresses[0][1]}/hooks/telegram"
            plain = replace(rig.settings(), webhook=url)
            rig.says("一")
            for settings in (plain, replace(plain, certificate=str(pem))):
                rig.channel = TelegramChannel(settings, QUICK)
                await rig.channel.start(keeper.house())
                await server.until(lambda: bool(server.called("webhook")))
                if settings is plain:
                    assert server.called("webhook")[0].status == 0
                    assert server.last_error
                    assert "SSL" in server.last_error[1]
                    await rig.channel.stop()
            assert texts(await keeper.until(1)) == ["一"]
            await rig.channel.stop()

    @pytest.mark.parametrize("content", [None, b"nothing", b"-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----"])
    def test_what_is_no_certificate_is_refused_at_once(self, tmp_path: Path, content: bytes | None) -> None:
        path = tmp_path / "hook.pem"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(SettingsError, match="certificate"):
            TelegramChannel(Telegram(token=TOKEN, webhook="https://x/", certificate=str(path)))


async def looked_twice(rig: WebhookRig) -> None:
    """The second look is not asked for before the first one was understood."""
    before = len(rig.server.called("getWebhookInfo"))
    await rig.server.until(lambda: len(rig.server.called("getWebhookInfo")) >= before + 2)


class Looking(WebhookRig):
    """Looks at its webhook all the time."""

    async def start(self) -> None:
        self.channel = TelegramChannel(self.settings(), QUICK, check_seconds=0.05)
        await self.channel.start(self.keeper.house())


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate that nobody vouches for, for 127.0.0.1, and what serves with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "hook.pem", folder / "hook.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return pem, context
