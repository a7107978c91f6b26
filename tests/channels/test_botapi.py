"""The Bot API server of the tests keeps the real one's rules: seen by a client of its own, without our channel."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.support.botapi import BotApi
from tests.support.botapi_world import TOKEN, Account, Json


@dataclass
class Client:
    """Calls the server by JSON."""

    server: BotApi
    session: ClientSession
    person: Account

    async def call(self, method: str, token: str = TOKEN, **params: object) -> tuple[int, object]:
        """The status and the result, or the description of the error."""
        async with self.session.post(f"{self.server.url}/bot{token}/{method}", json=params) as response:
            body = await response.json()
            assert body["ok"] is (response.status == 200)
            return response.status, body["result"] if body["ok"] else body["description"]

    async def updates(self, **params: int) -> list[str]:
        """The texts of the updates that are waiting."""
        _, found = await self.call("getUpdates", TOKEN, **params)
        assert isinstance(found, list)
        return [update["message"]["text"] for update in found]


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    async with BotApi() as server, ClientSession() as session:
        yield Client(server, session, server.world.person(1, "李护士"))
        server.broken.clear()


def keyboard(data: str) -> str:
    return json.dumps({"inline_keyboard": [[{"text": "接单", "callback_data": data}]]})


BROKEN: list[tuple[str, Json, str]] = [
    ("sendMessage", {"text": "x"}, "Bad Request: chat_id is empty"),
    ("sendMessage", {"chat_id": 1, "text": " \n"}, "Bad Request: message text is empty"),
    ("sendMessage", {"chat_id": 1, "text": "😀" * 2049}, "Bad Request: message is too long"),
    ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": keyboard("")}, "Bad Request: BUTTON_DATA_INVALID"),
    (
        "sendMessage",
        {"chat_id": 1, "text": "x", "reply_markup": keyboard("报" * 22)},
        "Bad Request: BUTTON_DATA_INVALID",
    ),
    ("sendMessage", {"chat_id": 1, "text": "x", "colour": "red"}, "Bad Request: unknown parameters ['colour']"),
    ("getFile", {"file_id": "nothing"}, "Bad Request: wrong file_id or the file is temporarily unavailable"),
    ("setWebhook", {"url": "ftp://x"}, "Bad Request: invalid webhook URL specified"),
    (
        "setWebhook",
        {"url": "https://x/", "secret_token": "密"},
        "Bad Request: secret token contains unallowed characters",
    ),
    ("setWebhook", {"url": "https://x/", "secret_token": "x" * 257}, "Bad Request: secret token is too long"),
    ("getUpdates", {"allowed_updates": '["gossip"]'}, "Bad Request: wrong allowed_updates"),
]


@pytest.mark.parametrize(("method", "params", "words"), BROKEN)
async def test_a_broken_rule_is_answered_and_noted(client: Client, method: str, params: Json, words: str) -> None:
    assert await client.call(method, **params) == (400, words)
    assert client.server.broken == [f"{method.lower()}: {words}"]


async def test_a_broken_rule_fails_the_test_that_saw_it() -> None:
    with pytest.raises(AssertionError, match="message text is empty"):
        async with BotApi() as server, ClientSession() as session:
            await Client(server, session, server.world.person(1, "A")).call("sendMessage", chat_id=1, text="")


async def test_what_is_nobodys_mistake_is_not_noted(client: Client) -> None:
    assert await client.call("sendMessage", chat_id=2, text="x") == (400, "Bad Request: chat not found")
    client.person.blocked = True
    assert await client.call("sendMessage", chat_id=1, text="x") == (403, "Forbidden: bot was blocked by the user")
    assert await client.call("getMe", token="1:wrong") == (401, "Unauthorized")
    assert client.server.broken == []


async def test_an_unknown_method_is_not_found(client: Client) -> None:
    assert await client.call("sendFax") == (404, "Not Found")
    assert client.server.broken == ["sendfax: Not Found"]


async def test_the_offset_confirms_what_is_below_it(client: Client) -> None:
    first = client.server.world.writes(client.person, "一")
    client.server.world.writes(client.person, "二")
    client.server.world.writes(client.person, "三")
    assert await client.updates() == ["一", "二", "三"]
    assert await client.updates(limit=2) == ["一", "二"]
    assert await client.updates(offset=first["update_id"] + 1) == ["二", "三"]
    assert await client.updates() == ["二", "三"]
    assert await client.updates(offset=-1) == ["三"]
    assert await client.updates(offset=first["update_id"] + 3) == []


async def test_a_poll_waits_until_something_comes_and_another_one_ends_it(client: Client) -> None:
    waiting = asyncio.create_task(client.call("getUpdates", timeout=50))
    await client.server.until(lambda: client.server.polls == 1)
    other = asyncio.create_task(client.updates(timeout=50))
    status, words = await waiting
    assert (status, str(words)[:47]) == (409, "Conflict: terminated by other getUpdates reques")
    client.server.world.writes(client.person, "一")
    assert await other == ["一"]


async def test_a_webhook_and_a_poll_exclude_each_other(client: Client) -> None:
    assert await client.call("setWebhook", url="http://127.0.0.1:9/") == (200, True)
    status, words = await client.call("getUpdates")
    assert (status, "while webhook is active" in str(words)) == (409, True)
    assert await client.call("deleteWebhook") == (200, True)
    assert await client.updates() == []


async def test_only_the_wanted_kinds_are_told(client: Client) -> None:
    message = client.server.world.writes(client.person, "一")
    client.server.world.edits(message["message"], "二")
    _, found = await client.call("getUpdates", allowed_updates='["edited_message"]')
    assert isinstance(found, list)
    assert [set(update) - {"update_id"} for update in found] == [{"edited_message"}]


async def test_too_fast_is_told_with_the_seconds_to_wait(client: Client) -> None:
    found = [await client.call("sendMessage", chat_id=1, text=f"{number}") for number in range(10)]
    assert found[0][0] == 200
    assert (429, "Too Many Requests: retry after 1") in found
    sent = [f"{number}" for number, (status, _) in enumerate(found) if status == 200]
    assert [message["text"] for message in client.server.world.shown(1)] == sent


async def test_a_press_needs_its_button_and_is_answered_once(client: Client) -> None:
    await client.call("sendMessage", chat_id=1, text="呼叫", reply_markup=keyboard("ack:1"))
    (message,) = client.server.world.shown(1)
    with pytest.raises(AssertionError, match="no button ack:2"):
        client.server.world.presses(client.person, message, "ack:2")
    query = client.server.world.presses(client.person, message, "ack:1")
    await client.call("getUpdates")
    assert await client.call("answerCallbackQuery", callback_query_id=query) == (200, True)
    status, words = await client.call("answerCallbackQuery", callback_query_id=query)
    assert (status, str(words)[:29]) == (400, "Bad Request: query is too old")


async def test_an_edit_must_change_something(client: Client) -> None:
    await client.call("sendMessage", chat_id=1, text="呼叫", reply_markup=keyboard("ack:1"))
    same = await client.call("editMessageText", chat_id=1, message_id=1, text="呼叫", reply_markup=keyboard("ack:1"))
    assert (same[0], str(same[1])[:40]) == (400, "Bad Request: message is not modified: sp")
    assert (await client.call("editMessageReplyMarkup", chat_id=1, message_id=1))[0] == 200
    assert [set(message) & {"reply_markup"} for message in client.server.world.shown(1)] == [set()]
