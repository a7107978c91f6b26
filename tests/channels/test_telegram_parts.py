"""The arithmetic of the Bot API channel: long texts in parts, the pace, updates of any shape."""

import json
from collections import deque
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_errors import of_answer
from bot.channels.telegram_fields import Malformed
from bot.channels.telegram_news import Moved
from bot.channels.telegram_pace import Pace
from bot.channels.telegram_reading import Me, read_update
from bot.channels.telegram_text import split, units

ME = Me(7, "WardlineBot")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PLAIN = {"id": 5, "is_bot": False, "first_name": "李"}
WHOLE = {
    "message_id": 3,
    "date": 1_790_000_000,
    "from": PLAIN,
    "chat": {"id": -5, "type": "supergroup"},
    "text": "@WardlineBot 坏了",
    "entities": [{"type": "mention", "offset": 0, "length": 12}],
    "reply_to_message": {"message_id": 2, "from": PLAIN},
    "document": {"file_id": "f", "file_size": 3, "file_name": "a"},
    "photo": [{"file_id": "p", "file_size": 3}],
}


@given(st.text(st.sampled_from("报 a😀\n。"), max_size=400), st.integers(2, 60))
def test_parts_fit_and_lose_nothing_but_space(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(part.strip() and units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.text(max_size=50))
def test_units_are_those_of_utf_16(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_a_part_ends_where_a_sentence_does() -> None:
    assert split("呼吸机报警。请到ICU。谢谢", 12) == ["呼吸机报警。请到ICU。", "谢谢"]


def test_twenty_thousand_signs_are_five_parts() -> None:
    assert [units(part) for part in split("😀" * 10_000)] == [4096, 4096, 4096, 4096, 3616]


@given(st.lists(st.tuples(st.sampled_from([*"123456789", "-3"]), st.floats(0, 0.2)), max_size=150))
def test_no_window_is_ever_overfull(messages: list[tuple[str, float]]) -> None:
    pace, now, turns = Pace(), 0.0, list[tuple[float, str]]()
    for chat, pause in messages:
        now += pause
        wait = pace.book(chat, now, most=20)
        if wait <= 20:
            turns.append((now + wait, chat))
    for chat in {chat for _, chat in turns}:
        own = [instant for instant, other in turns if other == chat]
        keeps(own, 1, 1.0)
        keeps(own, 20, 60.0 if chat == "-3" else 0.0)
    keeps([instant + pace.book_among_all(instant) for instant, _ in sorted(turns)], 30, 1.0)


def keeps(instants: list[float], limit: int, seconds: float) -> None:
    """In no `seconds` are there more than `limit`."""
    last: deque[float] = deque(maxlen=limit)
    for instant in instants:
        assert len(last) < limit or instant - last[0] >= seconds
        last.append(instant)


def test_a_busy_chat_keeps_no_other_waiting() -> None:
    pace = Pace()
    assert [pace.book("1", 0, most=100) for _ in range(60)][-1] > 50
    assert (pace.book("2", 0, most=0), pace.book_among_all(0)) == (0, 0)


def test_those_who_cannot_wait_come_again_one_after_the_other() -> None:
    pace = Pace()
    assert [pace.book("1", 0, most=10) <= 10 for _ in range(10)] == [True] * 10
    again = [pace.book("1", 0, most=10) for _ in range(30)]
    assert all(later - sooner >= 1 for sooner, later in pairwise(again))
    assert 10 < again[0] < again[-1] <= 50
    assert all(10 < pace.book("1", 0, most=10) <= 50 for _ in range(100))


def test_a_message_that_would_wait_too_long_takes_no_place() -> None:
    pace = Pace()
    assert [pace.book("-1", 0, most=60) <= 60 for _ in range(20)] == [True] * 20
    assert pace.book("-1", 0, most=20) > 20
    assert pace.book("-1", 100, most=20) == 0


def test_a_pause_that_was_asked_for_is_kept() -> None:
    pace = Pace()
    pace.hold("1", 20)
    assert (pace.book("1", 0, most=20), pace.book("2", 0, most=20)) == (20, 0)
    assert 2 < pace.book("1", 19, most=20) < 2.1


@given(VALUES)
def test_any_update_is_read_or_set_aside(update: object) -> None:
    check(update)
    check({"update_id": 1, "message": update})
    check({"update_id": 1, "callback_query": update})


@given(st.sampled_from(sorted(WHOLE)), VALUES)
def test_any_field_may_be_nonsense(field: str, value: object) -> None:
    check({"update_id": 1, "message": WHOLE | {field: value}})
    check({"update_id": 1, "message": {key: part for key, part in WHOLE.items() if key != field}})
    check(
        {"update_id": 1, "callback_query": {"id": "1", "from": PLAIN, "data": "ack:1", "message": WHOLE, field: value}}
    )


def check(update: object) -> None:
    """Either it is read, as something that can be stored, or it is malformed and says in which field."""
    said = ""
    try:
        read = read_update(json.loads(json.dumps(update)), ME)
    except Malformed as error:
        read, said = None, str(error)
    assert said.isidentifier() or not said
    if read and not isinstance(read, Moved):
        assert f"{read.inbound}{read.files}".encode()
        assert "\x00" not in read.inbound.text


@given(st.integers(400, 599), VALUES)
def test_any_answer_is_an_error_of_a_known_kind(status: int, body: object) -> None:
    assert of_answer(status, body).result in {"not_sent", "unknown", "refused"}
    assert of_answer(status, {"ok": False, "description": body, "parameters": body}).result in {"not_sent", "refused"}
