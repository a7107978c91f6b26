"""Any update is read, passed over or set aside: ten thousand by chance, and hypothesis on its fields."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.crypt import Crypt, generate_key
from tests.channels import fuzz_telegram

CRYPT = Crypt(generate_key())


def test_ten_thousand_updates_are_read_passed_over_or_set_aside() -> None:
    found = fuzz_telegram.run(10_000, seed=20261121)
    assert min(found.read, found.passed, found.aside, found.no_json) > 300
    assert found.fields >= {"message", "chat", "id", "date", "type", "text", "entities", "photo", "message_id"}


@settings(max_examples=500)
@given(st.binary(max_size=400))
def test_any_bytes_leave_no_exception(body: bytes) -> None:
    fuzz_telegram.one(body, CRYPT, fuzz_telegram.Found())


@settings(max_examples=500)
@given(
    st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]),
    st.dictionaries(
        st.sampled_from(sorted(fuzz_telegram.MESSAGE | fuzz_telegram.PICTURE | {"data": 0, "id": 0})),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["id", "type", "from", "text", "offset", "length"]), inner)
            ),
            max_leaves=8,
        ),
    ),
)
def test_any_fields_leave_no_exception(kind: str, fields: dict[str, object]) -> None:
    body = json.dumps({"update_id": 1, kind: fields}).encode()
    fuzz_telegram.one(body, CRYPT, fuzz_telegram.Found())
