"""Updates by chance: whatever comes, it is read, passed over or set aside, within 100 ms.

`python -m tests.channels.fuzz_telegram --inputs 1000000` by hand; the tests run ten thousand. An input is an update as
the server makes it, of which some fields were changed, left out, or put elsewhere; one in ten has its bytes damaged.
"""

import argparse
import gc
import json
import random
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.channels.telegram import BODY_MOST
from bot.channels.telegram_fields import Malformed
from bot.channels.telegram_news import Moved, added_to
from bot.channels.telegram_reading import Me, read_update, words_first
from sla.message import from_json_inbound, to_json_inbound
from storage.crypt import Crypt, generate_key
from tests.support.slow import seconds

ME = Me(7, "WardlineBot")
PERSON = {"id": 41, "is_bot": False, "first_name": "李", "last_name": "护士", "language_code": "zh-hans"}
BOT = {"id": 7, "is_bot": True, "first_name": "Wardline", "username": "WardlineBot"}
GROUP = {"id": -1001234, "type": "supergroup", "title": "值班群", "is_forum": True}
PRIVATE = {"id": 41, "type": "private", "first_name": "李"}
FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 3, "file_name": "a.pdf", "mime_type": "application/pdf"}
SAID = {"message_id": 3, "date": 1_790_000_000, "from": PERSON, "chat": GROUP, "text": "急诊HIS打不开 😀"}
MESSAGE: dict[str, Any] = SAID | {
    "text": "@WardlineBot 坏了",
    "entities": [{"type": "mention", "offset": 0, "length": 12}, {"type": "bot_command", "offset": 0, "length": 5}],
    "reply_to_message": SAID,
    "quote": {"text": "HIS", "position": 2},
    "message_thread_id": 45,
    "is_topic_message": True,
}
PICTURE: dict[str, Any] = {key: value for key, value in SAID.items() if key != "text"} | {
    "photo": [FILE, FILE | {"file_size": 9}],
    "caption": "黑屏 @WardlineBot",
    "caption_entities": [{"type": "mention", "offset": 3, "length": 12}],
    "media_group_id": "1377",
    "forward_origin": {"type": "user", "sender_user": PERSON, "date": 1},
}
STANDING = {"user": BOT, "status": "kicked"}
UPDATES: list[dict[str, Any]] = [
    {"message": MESSAGE},
    {"message": SAID | {"chat": PRIVATE, "text": "/start 20001_123456", "document": FILE, "voice": FILE}},
    {"message": PICTURE},
    {"message": {**SAID, "forward_origin": {"type": "hidden_user", "sender_user_name": "张三"}, "chat": PRIVATE}},
    {"message": {**SAID, "migrate_to_chat_id": -100_999}},
    {"edited_message": MESSAGE | {"edit_date": 1_790_000_100}},
    {"callback_query": {"id": "438", "from": PERSON, "data": "ack:12", "message": MESSAGE, "chat_instance": "1"}},
    {
        "my_chat_member": {
            "chat": PRIVATE,
            "from": PERSON,
            "date": 1_790_000_000,
            "old_chat_member": STANDING,
            "new_chat_member": STANDING | {"status": "member"},
        }
    },
]
ODD: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**70), 1.5, float("inf"), "", " ", "\x00", "\ud83d", "😀" * 60, "41",
    "@WardlineBot", "private", "member", [], [[]], [None], {}, {"id": 41}, {"": ""}, "\n" * 50, "报" * 5000,
]  # fmt: skip
SLOW_SECONDS = 0.1


@dataclass(slots=True)
class Found:
    """What became of the inputs; `slowest` in seconds of the processor."""

    read: int = 0
    passed: int = 0
    aside: int = 0
    no_json: int = 0
    too_long: int = 0
    slowest: float = 0.0
    fields: set[str] = field(default_factory=set)


def changed(value: Any, chance: random.Random, rate: float) -> Any:
    """A value of which some parts, anywhere in it, are others."""
    if chance.random() < rate:
        return chance.choice(ODD)
    if isinstance(value, Mapping):
        kept = {key: changed(part, chance, rate) for key, part in value.items() if chance.random() > rate / 2}
        if kept and chance.random() < rate:
            kept[chance.choice([*kept])] = kept[chance.choice([*kept])]
        return kept
    if isinstance(value, list):
        times = chance.choice([1, 1, 1, 1, 1, 0, 2, 300])
        return [changed(part, chance, rate) for part in value] * times
    return value


def inputs(count: int, seed: int) -> Iterator[bytes]:
    """Bodies as a webhook is brought them."""
    chance = random.Random(seed)
    for number in range(count):
        update = {"update_id": number} | chance.choice(UPDATES)
        body = json.dumps(changed(update, chance, chance.choice([0.01, 0.05, 0.3]))).encode()
        if chance.random() < 0.1:
            at = chance.randrange(len(body))
            damage = bytes(chance.randrange(256) for _ in range(chance.randrange(4)))
            body = body[:at] + damage + body[at + chance.randrange(3) :]
        yield body


def one(body: bytes, crypt: Crypt, found: Found) -> None:
    """Read one body as the channel does; what it says can be kept as the inbox keeps it."""
    if len(body) > BODY_MOST:  # 413
        found.too_long += 1
        return
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        found.no_json += 1
        return
    try:
        read = read_update(update, ME, ("1377",))
    except Malformed as error:
        found.aside += 1
        found.fields.add(str(error))
        json.dumps(update).encode()  # so it is set aside
        return
    with suppress(Malformed):
        added_to(update)
    if read is None or isinstance(read, Moved):
        found.passed += 1
        return
    words_first([read, read])
    crypt.seal(b"inbox.payload", to_json_inbound(read.inbound))
    assert from_json_inbound(to_json_inbound(read.inbound)) == read.inbound
    found.read += 1


def run(count: int, seed: int) -> Found:
    """Read so many; raises what leaves the adapter, and AssertionError for one that takes too long."""
    found, crypt = Found(), Crypt(generate_key())
    gc.collect()
    for body in inputs(count, seed):
        took = seconds(partial(one, body, crypt, found), SLOW_SECONDS)
        found.slowest = max(found.slowest, took)
        assert took <= SLOW_SECONDS, (took, body[:500])
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    print(run(args.inputs, args.seed))
