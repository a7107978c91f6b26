"""A bot that runs with WeCom: a report by callback, a card that is taken, an alarm that reaches administrators."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
from aiohttp import ClientSession

from bot.tables.wecom import WeCom
from storage.files import packaged_files
from tests.bot.running import MovedClock, Running, running, sample
from tests.channels.test_weixin_callbacks import WORDS
from tests.channels.test_weixin_once import otherwise
from tests.support.waiting import until
from tests.support.weixin import AGENT, CALL_TOKEN, CORP, SECRET, Fault, Weixin

PEOPLE = {"webchat:nurse": "wecom:linlin", "webchat:engineer1": "wecom:wang", "webchat:engineer2": "wecom:liming"}


@dataclass
class Ward:
    """The bot and the platform."""

    bot: Running
    platform: Weixin
    numbers: int = 0

    def says(self, who: str, **fields: str) -> None:
        """Somebody writes, or presses."""
        self.numbers += 1
        self.platform.now = self.bot.moved.clock.now()
        self.platform.says({"FromUserName": who, "MsgId": str(self.numbers), "AgentID": str(AGENT), **fields})

    def shown(self, who: str, kind: str = "text") -> list[dict[str, object]]:
        return [m["content"] for m in self.platform.shown.get(who, []) if m["content"]["msgtype"] == kind]


@pytest_asyncio.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    people = packaged_files()["people.toml"]
    for old, new in PEOPLE.items():
        assert f'"{old}"' in people
        people = people.replace(f'"{old}"', f'"{new}"')
    sample(tmp_path / "config", **{"people.toml": people})
    moved = MovedClock()
    async with Weixin(now=moved.clock.now()) as platform:
        platform.members |= {"linlin", "wang", "liming"}
        wecom = WeCom(
            platform.url, CORP, AGENT, "https://w.example.org/hooks/wecom", SECRET, CALL_TOKEN, platform.aes_key
        )
        async with running(tmp_path, moved, wecom=wecom) as bot:
            platform.callback = f"http://127.0.0.1:{bot.app.port}/hooks/wecom"
            ward = Ward(bot, platform)
            await until(lambda: "wecom" in bot.app.channels)
            yield ward


async def test_from_a_report_to_a_card_that_says_who_took_it(ward: Ward) -> None:
    ward.says("linlin", MsgType="text", Content="急诊科HIS打不开，所有电脑都开不了医嘱")
    await until(lambda: any("W1" in str(m["text"]) for m in ward.shown("linlin")))
    engineers = ("wang", "liming")
    await until(lambda: any(ward.shown(who, "template_card") for who in engineers))
    who = next(who for who in engineers if ward.shown(who, "template_card"))
    card = ward.shown(who, "template_card")[0]["template_card"]
    assert isinstance(card, dict)
    taken = next(button["key"] for button in card["button_list"] if button["text"] == "接单")
    ward.says(who, MsgType="event", Event="template_card_event", EventKey=taken, TaskId=str(card["task_id"]))
    await until(lambda: bool(ward.platform.updated))
    assert ward.platform.updated[0]["button"]["replace_name"].endswith("已接单")
    assert ward.platform.updated[0]["userids"] == [who]
    await until(lambda: any("接单" in str(m["text"]) for m in ward.shown("linlin")))


async def test_an_address_that_may_not_call_is_told_to_administrators(ward: Ward) -> None:
    admin = await ward.bot.person("admin")
    ward.platform.faults.append(Fault("message/send", 60020, times=1000, words="not allow to access from your ip"))
    ward.says("linlin", MsgType="text", Content="急诊科HIS打不开")
    await until(lambda: bool(ward.bot.app.channels["wecom"].problem()))

    def is_told() -> bool:
        ward.bot.moved.steady_offset += 5
        ward.bot.look()
        return any("60020" in message["text"] and "wecom" in message["text"] for message in admin.heard)

    await until(is_told)


async def test_what_was_said_under_a_nonce_is_said(ward: Ward) -> None:
    ward.platform.now = ward.bot.moved.clock.now()
    query, body = ward.platform.enveloped(WORDS.format("急诊科HIS打不开", 1))
    calls = [(query, body), otherwise(ward.platform, query, WORDS.format("冒充的", 2)), (query, body)]
    found = []
    async with ClientSession() as session:
        for call, content in calls:
            async with session.post(ward.platform.callback, params=call, data=content) as response:
                found.append(response.status)
    assert found == [200, 403, 200]


async def test_a_place_that_is_reported_again_and_again_is_counted_and_nothing_else(ward: Ward) -> None:
    for _ in range(3):
        ward.says("linlin", MsgType="event", Event="LOCATION", Latitude="31.2")
    await ward.platform.quiet()
    _, counted = await ward.bot.get("/metrics")
    assert 'wardline_calls_refused_total{channel="wecom",why="event"} 3.0' in counted
    assert (ward.platform.answers, ward.shown("linlin")) == ([200] * 3, [])
