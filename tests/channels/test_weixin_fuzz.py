"""Whatever is brought is read or refused: thirty thousand calls by chance, and hypothesis on the words inside."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.weixin.envelope import Refusal, fields_of
from bot.channels.weixin.frames import EVENT, MESSAGE, read_frame
from bot.channels.weixin.reading import read
from sla.message import from_json_inbound, to_json_inbound
from tests.channels import fuzz_weixin

TREES = st.recursive(st.text(), lambda inner: st.dictionaries(st.sampled_from(fuzz_weixin.NAMES), inner), max_leaves=8)

FRAME_NAMES = (
    *("msgid", "from", "userid", "chatid", "chattype", "create_time", "msgtype", "mixed", "msg_item", "quote"),
    *("event", "eventtype", "template_card_event", "event_key", "task_id"),
    *("text", "content", "voice", "image", "file", "video", "url", "aeskey"),
)


def test_ten_thousand_calls_and_as_many_that_were_sealed_are_read_or_refused() -> None:
    found = fuzz_weixin.run(30_000, seed=20261121)
    assert found.sealed > 13_000  # so that the XML behind the seal is read of more than ten thousand
    assert found.read > 1_000
    assert found.refused > 1_000
    assert found.whys >= {"bad_xml", "bad_fields", "bad_cipher", "bad_signature", "not_encrypted", "old_timestamp"}


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_any_bytes_are_fields_or_refused(body: bytes) -> None:
    with suppress(Refusal):
        assert isinstance(fields_of(body), dict)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(fuzz_weixin.NAMES), TREES), st.sampled_from(fuzz_weixin.VALUES))
def test_any_fields_are_a_message_that_can_be_kept_or_refused(fields: dict[str, object], kind: str) -> None:
    try:
        found = read({"MsgType": kind, "FromUserName": "linlin", "MsgId": "1", **fields}, "wecom")
    except Refusal:
        return
    if found:
        assert from_json_inbound(to_json_inbound(found.inbound)) == found.inbound
        assert 0 < len(found.inbound.key) <= 512
        assert 0 < len(found.inbound.sender) <= 256


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(fuzz_weixin.KINDS),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FRAME_NAMES) | st.text(), inner),
    max_leaves=15,
)


@settings(max_examples=500)
@given(st.dictionaries(st.sampled_from(FRAME_NAMES), JSON), st.sampled_from([MESSAGE, EVENT]), st.booleans())
def test_any_frame_is_a_message_that_can_be_kept_or_refused(body: dict[str, object], command: str, known: bool) -> None:
    if known:
        body = {**body, "from": {"userid": "linlin"}, "msgid": "1"}
    try:
        found = read_frame({"cmd": command, "headers": {"req_id": "1"}, "body": body})
    except Refusal:
        return
    if found:
        assert from_json_inbound(to_json_inbound(found.inbound)) == found.inbound
        assert (0 < len(found.inbound.key) <= 256, 0 < len(found.inbound.conversation) <= 256) == (True, True)
