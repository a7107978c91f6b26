"""Calls of the platform: verified, decrypted, as the fields of their XML. Pure.

WeCom encrypts always; an Official Account sends plain text, both (compatible mode) or only what is encrypted (safe
mode). Where a key is set, what is not encrypted is turned away: whoever knows the token alone must not get in.
The platform's own retry repeats timestamp, nonce and bytes; the same nonce with other bytes is somebody else's.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import xmltodict
from wechatpy.crypto import PrpCrypto
from wechatpy.crypto.base import BasePrpCrypto

from bot.channels.once import Once
from bot.tables.wechat import AES_KEY_SIGNS, is_aes_key
from sla.errors import SlaError

FRESH = timedelta(minutes=5)
"""How far the time of a call may be from ours."""
BODY_MOST = 64 * 1024
"""Bytes of a call; the longest text and the longest list of a card are far below it."""
MARKS_MOST = 5000
"""Signs that may begin an element. Theirs have a hundred, and a text twenty times as many at most; what is nested
deeper takes a parser long."""


class Refusal(SlaError):
    """A call that is turned away. `why` is one of a few words, for counting: it names no content."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the call was turned away: {why}")
        self.why = why


class Envelope:
    """The calls to one address. `receiver` is the corp id, the app id, or "" for a smart robot; `aes_key` "" takes
    plain calls. Raises ValueError for a key that cannot be one."""

    def __init__(self, token: str, aes_key: str, receiver: str) -> None:
        if aes_key and not is_aes_key(aes_key):
            raise ValueError(f"an EncodingAESKey has {AES_KEY_SIGNS} letters and digits")
        self._token, self._receiver = token, receiver
        self._cipher: BasePrpCrypto | None = PrpCrypto(_decoded(aes_key)) if aes_key else None

    @property
    def signs_words(self) -> bool:
        """Whether the signature of a call is one of its words as well, so that it lets no others in."""
        return self._cipher is not None

    def echo(self, query: Mapping[str, str], now: datetime) -> tuple[str, Once | None]:
        """The answer by which we prove to be the one that the platform is to call; where its signature would sign any
        plain message as well, what may be said once. Raises Refusal."""
        self._check_time(query, now)
        asked = query.get("echostr", "")
        if "msg_signature" in query:
            self._check(query, query["msg_signature"], asked)
            return self._decrypted(asked), None
        self._check(query, query.get("signature", ""))
        return asked, self.once(query, asked.encode("utf-8", "backslashreplace"))

    def question(self, now: datetime, *, sealed: bool) -> tuple[dict[str, str], str]:
        """A call as the platform makes it when our address is entered there, and its right answer."""
        echo, stamp, nonce = secrets.token_hex(8), str(int(now.timestamp())), secrets.token_hex(5)
        query = {"timestamp": stamp, "nonce": nonce, "echostr": echo}
        if not sealed or self._cipher is None:
            return query | {"signature": self._signed(query)}, echo
        query["echostr"] = self._cipher._encrypt(echo, self._receiver).decode()
        return query | {"msg_signature": self._signed(query, query["echostr"])}, echo

    def open(self, query: Mapping[str, str], body: bytes, now: datetime) -> dict[str, Any]:
        """The fields of a message. Raises Refusal for whatever is not the platform's, is too old, or cannot be read."""
        if len(body) > BODY_MOST:
            raise Refusal("too_long")
        self._check_time(query, now)
        if self._cipher is None:
            self._check(query, query.get("signature", ""))
            return fields_of(body)
        sealed = fields_of(body).get("Encrypt")
        if not isinstance(sealed, str):
            raise Refusal("not_encrypted")
        self._check(query, query.get("msg_signature", ""), sealed)
        return fields_of(self._decrypted(sealed).encode())

    def once(self, query: Mapping[str, str], body: bytes) -> Once:
        """What a call that was opened may say once, under its timestamp and nonce."""
        whose = "\0".join((self._receiver, self._token, query.get("nonce", ""))).encode("utf-8", "backslashreplace")
        name, words = (hashlib.sha256(each).hexdigest()[:32] for each in (whose, body))
        return Once(name, int(query["timestamp"]), words)

    def _check_time(self, query: Mapping[str, str], now: datetime) -> None:
        text = query.get("timestamp", "")
        if not (text.isascii() and text.isdigit() and len(text) <= 11):
            raise Refusal("no_timestamp")
        if abs(int(text) - now.timestamp()) > FRESH.total_seconds():
            raise Refusal("old_timestamp")

    def _check(self, query: Mapping[str, str], given: str, *more: str) -> None:
        wanted = self._signed(query, *more)
        if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "backslashreplace")):
            raise Refusal("bad_signature")

    def _signed(self, query: Mapping[str, str], *more: str) -> str:
        parts = sorted((self._token, query["timestamp"], query.get("nonce", ""), *more))
        return hashlib.sha1("".join(parts).encode("utf-8", "backslashreplace")).hexdigest()  # noqa: S324 - as published

    def _decrypted(self, sealed: str) -> str:
        if self._cipher is None:
            raise Refusal("no_key")
        try:
            plain = self._cipher._decrypt(
                sealed, self._receiver, _OthersError
            )  # the public one is of one receiver kind
        except Exception as error:  # noqa: BLE001  # wechatpy raises six kinds; each means that it was not sealed for us
            raise Refusal("not_for_us" if isinstance(error, _OthersError) else "bad_cipher") from None
        return str(plain)


class _OthersError(Exception):
    """It was sealed for another receiver."""


def fields_of(body: bytes) -> dict[str, Any]:
    """The fields of <xml>…</xml>. Raises Refusal."""
    if body.count(b"<") > MARKS_MOST:
        raise Refusal("bad_xml")
    try:
        parsed = xmltodict.parse(body.decode(), disable_entities=True)
    except Exception:  # noqa: BLE001  # expat, codecs and xmltodict each raise their own; all mean that it is no XML of theirs
        raise Refusal("bad_xml") from None
    fields = parsed.get("xml") if isinstance(parsed, dict) else None
    if not isinstance(fields, dict):
        raise Refusal("bad_xml")
    return fields


def text_of(fields: Mapping[str, Any], *path: str) -> str:
    """The text at a path of fields; "" where there is none, or something else than text."""
    found: Any = fields
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


def _decoded(aes_key: str) -> bytes:
    return base64.b64decode(aes_key + "=")
