"""A minute of everything at once: WeCom's callbacks, updates of the Bot API's webhook, mails, a third of the rate each.

A message of the first two is answered when its call is; a mail when it is handled, since nobody waits for it on a line.
Platform, Bot API, mailbox and mail server are on loopback and take what Wardline sends meanwhile. Afterwards every
message is looked for in the database.
"""

import argparse
import asyncio
import itertools
import os
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from aiohttp import ClientSession, TCPConnector

from bench import servers
from bench.reports import FAULTS
from bench.servers import REPORTERS
from bot.commands.init import KEYS
from storage import schema
from storage.crypt import Crypt
from storage.sql_inbox import PAYLOAD
from tests.support.botapi import BotApi
from tests.support.botapi_world import TOKEN
from tests.support.certificates import HOST
from tests.support.odd_imap import OddImap
from tests.support.postoffice import PASSWORD, USER, PostOffice
from tests.support.weixin import AGENT, CALL_TOKEN, CORP, SECRET, Weixin

WECOM, TELEGRAM = "/hooks/wecom", "/hooks/telegram"
BOT_SECRET = "Bench_secret-1"
AUTHSERV = "mx.wardline.example"
WAYS = ("wecom", "telegram", "mail")
LATE_SECONDS = 600.0
SAID = (*FAULTS, "{n}号机也一样，病人排队了", "催一下，{n}号窗口还在等", "HIS什么时候能好，{n}", "谢谢，{n}号机好了")
_NUMBER = re.compile(r"#(\d+)")
TABLES = """
[wecom]
api = "{platform}"
corp_id = "{corp}"
agent = {agent}
callback = "https://wardline.example.org{wecom}"

[telegram]
api = "{bots}"
webhook = "https://wardline.example.org{telegram}"

[mail]
[[mail.box]]
address = "{user}"
authserv = "{authserv}"
imap = "{host}"
imap_port = {imap}
imap_tls = "off"
smtp = "{host}"
smtp_port = {smtp}
smtp_tls = "starttls"
ca_file = "{ca}"
"""
Send = Callable[[int, str], Awaitable[bool]]
"""Send the n-th message, with these words; whether it was answered as taken."""


class Peers:
    """What Wardline talks to, and the ways to write to it."""

    def __init__(self, folder: Path, platform: Weixin, bots: BotApi, office: PostOffice, box: OddImap) -> None:
        self.platform, self.bots, self.office, self.box = platform, bots, office, box
        self.ca_file = office.ca_file
        self._folder, self.session, self.port = folder, ClientSession(connector=TCPConnector(limit=256)), 0
        self._people = [bots.world.person(100_000 + n, f"示例·{n}") for n in range(REPORTERS)]
        platform.members |= {f"n{n}" for n in range(REPORTERS)}

    def configure(self) -> Mapping[str, str]:
        """Write the configuration; the secrets by their variables."""
        config = servers.sample(self._folder)
        people, settings = config / "people.toml", config / "wardline.toml"
        addresses = ["wecom:n{n}", "telegram:{t}", "mail:n{n}@hospital.example"]
        text = re.sub(
            r'"webchat:n(\d+)"',
            lambda found: '"' + addresses[int(found[1]) % 3].format(n=found[1], t=100_000 + int(found[1])) + '"',
            people.read_text("utf-8"),
        )
        people.write_text(text, "utf-8")
        table = TABLES.format(
            platform=self.platform.url, corp=CORP, agent=AGENT, wecom=WECOM, bots=self.bots.url, telegram=TELEGRAM,
            user=USER, authserv=AUTHSERV, host=HOST, imap=self.box.port, smtp=self.office.smtp_port, ca=self.ca_file,
        )  # fmt: skip  # one glance
        settings.write_text(settings.read_text("utf-8") + table, "utf-8")
        return {
            "WARDLINE_WECOM_SECRET": SECRET,
            "WARDLINE_WECOM_TOKEN": CALL_TOKEN,
            "WARDLINE_WECOM_AES_KEY": self.platform.aes_key,
            "WARDLINE_TELEGRAM_TOKEN": TOKEN,
            "WARDLINE_TELEGRAM_WEBHOOK_SECRET": BOT_SECRET,
            "WARDLINE_MAIL_PASSWORD": PASSWORD,
        }

    async def wecom(self, number: int, words: str) -> bool:
        """A callback."""
        now = self.platform.now = datetime.now(UTC)
        body = (
            f"<xml><ToUserName>{CORP}</ToUserName><FromUserName>n{_who(number)}</FromUserName>"
            f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType>text</MsgType>"
            f"<Content><![CDATA[{words}]]></Content><MsgId>{number}</MsgId><AgentID>{AGENT}</AgentID></xml>"
        )
        query, sealed = self.platform.enveloped(body)
        async with self.session.post(f"{self._here}{WECOM}", params=query, data=sealed) as response:
            return (response.status, await response.text()) == (200, "success")

    async def telegram(self, number: int, words: str) -> bool:
        """An update."""
        update = self.bots.world.writes(self._people[_who(number)], words)
        self.bots.world.updates.clear()  # it is brought here
        headers = {"X-Telegram-Bot-Api-Secret-Token": BOT_SECRET}
        async with self.session.post(f"{self._here}{TELEGRAM}", json=update, headers=headers) as response:
            return response.status == 200

    async def mail(self, number: int, words: str) -> bool:
        """A mail is put into the box."""
        sender = f"n{_who(number)}@hospital.example"
        head = (
            f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from=hospital.example\r\nFrom: {sender}\r\n"
            f"To: {USER}\r\nMessage-ID: <{number}@hospital.example>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
        )
        self.box.put(f"{head}\r\n{words}\r\n".encode())
        self.box.say(f"* {len(self.box.mails)} EXISTS")
        return True

    @property
    def _here(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def _who(number: int) -> int:
    """The reporter of a message: each writes on one way alone."""
    return number % 3 + 3 * (number // 3 % (REPORTERS // 3))


async def _send(peers: Peers, rate: int, seconds: float) -> tuple[dict[str, list[float]], dict[int, float], int]:
    """Milliseconds from when each call was due to its answer, by way; when each message was due (epoch); how many were
    not taken."""
    ways: tuple[Send, ...] = (peers.wecom, peers.telegram, peers.mail)
    waits: dict[str, list[float]] = {name: [] for name in WAYS}
    dues: dict[int, float] = {}
    failed = 0

    async def one(number: int, due: float) -> None:
        nonlocal failed
        words = f"{SAID[number // REPORTERS * 7 % len(SAID)].format(n=number)} #{number}"
        failed += not await ways[number % 3](number, words)
        waits[WAYS[number % 3]].append((time.perf_counter() - due) * 1000)

    offset = time.time() - time.perf_counter()
    begin, tasks = time.perf_counter(), []
    for number in range(int(rate * seconds)):
        due = begin + number / rate
        dues[number] = due + offset
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    return waits, dues, failed


async def _handled(url: str, count: int) -> float:
    """Seconds until all are handled."""
    engine, begin = sa.create_engine(url), time.perf_counter()
    query = sa.select(sa.func.count()).where(schema.inbox.c.state != "new")
    while time.perf_counter() - begin < LATE_SECONDS:
        with engine.connect() as connection:
            if connection.execute(query).scalar_one() >= count:
                break
        await asyncio.sleep(0.2)
    engine.dispose()
    return time.perf_counter() - begin


def _processor(process: int) -> float:
    """Seconds that it has worked so far, the start included."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _kept(url: str, keys: str) -> dict[int, tuple[str, str, int, int | None]]:
    """What the database holds: channel, state, when it was kept and handled, by the message's number."""
    engine, crypt = sa.create_engine(url), Crypt(keys)
    at = schema.inbox.c
    found: dict[int, tuple[str, str, int, int | None]] = {}
    with engine.connect() as connection:
        for row in connection.execute(sa.select(at.channel, at.state, at.received_at, at.handled_at, at.payload)):
            named = _NUMBER.search(str(crypt.open_map(PAYLOAD, row.payload)["text"]))
            if named:
                assert int(named[1]) not in found, f"message {named[1]} is there twice"
                found[int(named[1])] = row.channel, row.state, row.received_at, row.handled_at
    engine.dispose()
    return found


def _row(name: str, waits: list[float]) -> str:
    cuts = statistics.quantiles(waits, n=100)
    return f"  {name:<22} p50 {cuts[49]:>8.1f}  p99 {cuts[98]:>8.1f}  worst {max(waits):>7.0f} ms"


async def measure(kind: str, rate: int, seconds: float) -> None:
    """Measure on one kind of database and print it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        url = stack.enter_context(servers.database(kind, folder))
        (folder / "box").mkdir()
        office = stack.enter_context(PostOffice(folder))
        box = stack.enter_context(OddImap(folder / "box", idle=True, in_clear=True))
        box.all_in_clear = True
        async with Weixin(now=datetime.now(UTC)) as platform, BotApi(lambda: datetime.now(UTC)) as bots:
            peers = Peers(folder, platform, bots, office, box)
            with servers.wardline(folder, url, peers.configure()) as server:
                peers.port = server.port
                numbers = itertools.count(10**6)
                # until the channels have started
                while not (await peers.wecom(next(numbers), "你好") and await peers.telegram(next(numbers), "你好")):  # noqa: ASYNC110 - nothing tells of it
                    await asyncio.sleep(0.2)
                await asyncio.sleep(2)
                waits, dues, failed = await _send(peers, rate, seconds)
                more = await _handled(url, len(dues))
                await asyncio.sleep(1)
                used = _processor(server.process.pid) / len(dues) * 1000
            await peers.session.close()
            print(
                f"{kind}: {rate}/s for {seconds:g} s; all handled {more:.1f} s after the last; {used:.1f} ms of "
                "processor a message",
                flush=True,
            )
            _print(waits, dues, failed, _kept(url, (folder / "config" / KEYS).read_text()))
            sent = Counter({"wecom": sum(map(len, platform.shown.values())), "mail": len(office.mails)})
            sent["telegram"] = len(bots.called("sendMessage"))
            print(f"  sent meanwhile {dict(sent)}", flush=True)


def _print(
    waits: Mapping[str, list[float]],
    dues: Mapping[int, float],
    failed: int,
    kept: Mapping[int, tuple[str, str, int, int | None]],
) -> None:
    lost = [number for number in dues if number not in kept]
    aside = Counter(state for _, state, _, _ in kept.values())
    print(f"  lost {len(lost)}, not taken {failed}, states {dict(aside)}")
    for name in ("wecom", "telegram"):
        print(_row(f"{name} answered", waits[name]))
    for name in WAYS:
        of = [(n, row) for n, row in kept.items() if row[0] == name]
        if len(of) > 1:
            print(_row(f"{name} kept", [(row[2] / 1e6 - dues[n]) * 1000 for n, row in of]))
            print(_row(f"{name} handled", [((row[3] or 0) / 1e6 - dues[n]) * 1000 for n, row in of]))


def main(arguments: list[str]) -> None:
    """Measure on every database that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench mixed")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    options = parser.parse_args(arguments)
    for kind in options.database or ("sqlite", "postgresql"):
        asyncio.run(measure(kind, options.rate, options.seconds))
