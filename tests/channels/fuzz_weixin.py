"""Calls of the platform by chance: whatever comes, it is read or refused, within 100 ms.

`python -m tests.channels.fuzz_weixin --inputs 1000000` by hand; the tests run ten thousand. An input is a pair of query
and body, or words that are sealed as the platform would, so that what lies behind the envelope is met as well.
"""

import argparse
import gc
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from bot.channels.weixin.envelope import Envelope, Refusal
from bot.channels.weixin.reading import read
from tests.support.slow import seconds
from tests.support.weixin import CALL_TOKEN, CORP
from tests.support.weixin_crypto import new_aes_key, sealed, signed

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
NAMES = [
    "ToUserName",
    "FromUserName",
    "CreateTime",
    "MsgType",
    "MsgId",
    "Content",
    "MediaId",
    "Recognition",
    "Event",
    "EventKey",
    "TaskId",
    "ResponseCode",
    "Location_X",
    "Location_Y",
    "Label",
    "Title",
    "Description",
    "Url",
    "FileName",
    "bizmsgmenuid",
    "AgentID",
    "Encrypt",
    "SelectedItems",
    "xml",
]
KINDS = [
    "text",
    "image",
    "voice",
    "video",
    "file",
    "location",
    "link",
    "event",
    "subscribe",
    "unsubscribe",
    "click",
    "template_card_event",
    "enter_agent",
]
PLAIN = f"linlin {STAMP} 1 -1 0 99999999999999999999 1e9 ack:12 &amp; <![CDATA[x]]> &#x1F600; <b>x</b> ../../x".split()
PLAIN += ["", " ", "0" * 30 + "1" * 5000, "报" * 3000, "\u202e", "１２", "a\nb", "x" * 40_000]
ODD = ["]]>", "&#0;", "<b/>", "\x00", "\ud800", "<", "&", "&a;"]
VALUES = [*KINDS, *PLAIN, *ODD]
SIGNS = [bytes([n]) for n in range(256)] + [b"<", b">", b"</xml>", b"<xml>", b"]]>", b"<![CDATA[", b"&", b"<!DOCTYPE"]
SLOW_SECONDS = 0.1


@dataclass
class Found:
    """What a run met: inputs that were read, refused, why, the slowest in seconds of processor time. `sealed`: those
    whose XML came encrypted; four of five of their envelopes are right."""

    read: int = 0
    sealed: int = 0
    refused: int = 0
    slowest: float = 0.0
    whys: frozenset[str] = frozenset()


def run(inputs: int, seed: int) -> Found:
    """Bring `inputs` calls. Raises whatever leaves the adapter, AssertionError for one that takes too long."""
    chance, found = random.Random(seed), Found()
    key = new_aes_key()
    doors = {"plain": Envelope(CALL_TOKEN, "", CORP), "wecom": Envelope(CALL_TOKEN, key, CORP)}
    for number in range(inputs):
        mode = chance.choice(tuple(doors))
        query, body = _call(chance, mode, key, f"n{number}")
        found.sealed += mode == "wecom"
        found.slowest = max(found.slowest, seconds(partial(_one, doors[mode], query, body, found), SLOW_SECONDS))
        assert found.slowest <= SLOW_SECONDS, (seed, number, len(body), found.slowest)
    return found


def _one(door: Envelope, query: dict[str, str], body: bytes, found: Found) -> None:
    try:
        read(door.open(query, body, NOW), "wecom")
        found.read += 1
    except Refusal as refusal:
        found.refused += 1
        found.whys |= {refusal.why}


def _call(chance: random.Random, mode: str, key: str, nonce: str) -> tuple[dict[str, str], bytes]:
    """A call: most have words by chance in an envelope that is right, some an envelope by chance."""
    words = chance.choice(WORDS)(chance)
    query = {"timestamp": STAMP, "nonce": nonce}
    if mode == "plain":
        query["signature"] = signed(CALL_TOKEN, STAMP, nonce)
        body = words
    else:
        hidden = sealed(words.decode("utf-8", "replace"), key, CORP)
        if chance.random() < 0.1:
            hidden = _changed(chance, hidden.encode()).decode("latin-1")
        query["msg_signature"] = signed(CALL_TOKEN, STAMP, nonce, hidden)
        body = f"<xml><Encrypt><![CDATA[{hidden}]]></Encrypt></xml>".encode()
        if chance.random() < 0.1:
            body = chance.choice([_changed(chance, body), words])
    if chance.random() < 0.1:
        query[chance.choice([*query])] = chance.choice(VALUES)
    return query, body


def _message(chance: random.Random) -> bytes:
    """Fields by chance, of which most are the platform's."""
    fields = [_field(chance) for _ in range(chance.randint(0, 12))]
    given = [f"<MsgType>{_value(chance)}</MsgType><FromUserName>linlin</FromUserName><MsgId>1</MsgId>"]
    if chance.random() < 0.3:
        given = []
    chance.shuffle(fields)
    return f"<xml>{''.join(given + fields)}</xml>".encode("utf-8", "surrogatepass")


def _field(chance: random.Random) -> str:
    name, value = chance.choice(NAMES), _value(chance)
    if chance.random() < 0.02:
        value = f"<{chance.choice(NAMES)}>{value}</{chance.choice(NAMES)}>"
    return f"<{name}>{value}</{name}>" if chance.random() < 0.95 else f"<{name} a='1'>{value}</{name}>"


def _value(chance: random.Random) -> str:
    return chance.choice(chance.choices((KINDS, PLAIN, ODD), (50, 48, 2))[0])


def _spoilt(chance: random.Random) -> bytes:
    return _changed(chance, _message(chance))


def _noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randint(0, 300))


def _large(chance: random.Random) -> bytes:
    """As much of one thing as a call may hold."""
    if chance.random() < 0.98:
        return _message(chance)
    piece = chance.choice([b"<a>", b"<a/>", b"<a b='1'/>", b"a", b"&lt;", b"<![CDATA[]]>", b"<!-- -->", b"<?a b?>"])
    count = chance.randint(1, 60_000 // len(piece) // (2 if piece == b"<a>" else 1))
    return b"<xml>" + piece * count + (b"</a>" * count if piece == b"<a>" else b"") + b"</xml>"


def _changed(chance: random.Random, content: bytes) -> bytes:
    """The bytes with some left out, doubled, replaced or put in."""
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randint(0, len(content)), chance.choice([0, 0, 1, 3, 20])
        put = chance.choice([b"", chance.choice(SIGNS), content[at : at + 30]])
        content = content[:at] + put + content[at + length :]
    return content


WORDS: tuple[Callable[[random.Random], bytes], ...] = (_message, _message, _message, _spoilt, _spoilt, _noise, _large)


def main() -> None:
    """Run, and print what was met."""
    parser = argparse.ArgumentParser(prog="python -m tests.channels.fuzz_weixin")
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    gc.freeze()
    found = run(options.inputs, options.seed)
    print(
        f"{options.inputs} inputs: {found.read} read, {found.refused} refused ({', '.join(sorted(found.whys))}), "
        f"{found.sealed} of them sealed, "
        f"slowest {found.slowest * 1000:.1f} ms"
    )


if __name__ == "__main__":
    main()
