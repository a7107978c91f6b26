"""A group with topics and the whole bot: what is said in a topic is answered there, edited there, and taken there."""

from pathlib import Path

from bot.tables.telegram import Telegram
from tests.bot.running import running
from tests.support.botapi import BotApi
from tests.support.botapi_world import TOKEN, Json, World

GROUP = -1_001_234
NAME = "@WardlineBot"


def call(text: str) -> Json:
    """A text that calls the bot."""
    offset = len(text[: text.index(NAME)].encode("utf-16-le")) // 2
    return {"text": text, "entities": [{"type": "mention", "offset": offset, "length": len(NAME)}]}


def shown(world: World, words: str) -> list[Json]:
    return [message for message in world.shown(GROUP) if words in message["text"]]


async def test_a_report_in_a_topic_stays_there(tmp_path: Path) -> None:
    async with BotApi() as server, running(tmp_path, telegram=Telegram(api=server.url, token=TOKEN)):
        world = server.world
        world.group(GROUP, "急诊群")
        nurse, colleague = world.person(41, "李护士"), world.person(42, "张医生")
        topic = world.topic(GROUP, "报障")
        said = world.writes(nurse, chat=GROUP, message_thread_id=topic, **call(f"{NAME} 急诊科挂号系统很慢"))["message"]
        await server.until(lambda: bool(shown(world, "W1")))
        (answer,) = shown(world, "W1")
        assert answer["message_thread_id"] == topic
        world.edits(said | call(f"{NAME} 药房HIS打不开"), f"{NAME} 药房HIS打不开")
        await server.until(lambda: bool(shown(world, "修改后的内容")))
        (changed,) = shown(world, "修改后的内容")
        assert "药" in changed["text"]
        assert changed["message_thread_id"] == topic
        world.writes(nurse, "重启过还是不行", chat=GROUP, message_thread_id=topic, reply_to_message=answer)
        await server.until(lambda: bool(shown(world, "记入 W1")))
        theirs = world.writes(colleague, "检验科PACS打不开", chat=GROUP)["message"]
        world.writes(nurse, chat=GROUP, reply_to_message=theirs, **call(f"帮忙报一下 {NAME}"))
        await server.until(lambda: bool(shown(world, "W2")))
        assert "message_thread_id" not in shown(world, "W2")[0]
