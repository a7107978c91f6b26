"""Texts encrypted at rest: AES-256-GCM under a ring of named keys.

A ring is written "id:base64,id:base64": the first key encrypts, all of them decrypt, so that a new key is put in front
and the old one stays for what is there already. What is encrypted is bound to its table and column: bytes moved
to another column do not decrypt. Nonces are random (96 bits), which is safe for some four thousand million texts a key.
"""

import base64
import binascii
import json
import os
import re
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sla.errors import SlaError
from sla.worded import Worded

FORMAT = 1
NONCE = 12
KEY_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


class KeyProblem(SlaError):
    """The keys cannot be used; the sentence says what is wrong, and never shows a key."""


def generate_key(id: str = "k1") -> str:
    """A new key as a ring of one, "id:base64"."""
    if not _ID.fullmatch(id):
        raise KeyProblem(Worded('"{id}" cannot name a key: 1 to 32 of A-Z a-z 0-9 _ . -', id=id))
    return f"{id}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def read_ring(text: str) -> dict[str, bytes]:
    """The keys of a ring by id, in their order. Raises KeyProblem when it names none or one is malformed."""
    found: dict[str, bytes] = {}
    for place, item in enumerate((part.strip() for part in re.split(r"[,\n]", text)), 1):
        if not item or item.startswith("#"):
            continue
        id, colon, encoded = item.partition(":")
        if not colon or not _ID.fullmatch(id):
            raise KeyProblem(Worded('key {place} of the ring must look like "id:base64"', place=place))
        if id in found:
            raise KeyProblem(Worded('the ring names the key "{id}" twice', id=id))
        found[id] = _key(id, encoded)
    if not found:
        raise KeyProblem("there is no key for the stored texts: set WARDLINE_KEYS, or make one with wardline init")
    return found


def head(id: str) -> bytes:
    """What begins whatever was encrypted under the key of this name."""
    return bytes((FORMAT, len(id))) + id.encode()


def _key(id: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise KeyProblem(Worded('the key "{id}" is no base64', id=id)) from None  # the cause would show the key
    if len(key) != KEY_BYTES:
        raise KeyProblem(
            Worded('the key "{id}" has {bytes} bytes; {needed} are needed', id=id, bytes=len(key), needed=KEY_BYTES)
        )
    return key


class Crypt:
    """Encrypts with the first key of a ring, decrypts with all of them."""

    def __init__(self, ring: str) -> None:
        self._keys = {id.encode(): AESGCM(key) for id, key in read_ring(ring).items()}
        self.ids = tuple(id.decode() for id in self._keys)
        first = next(iter(self._keys))
        self._head = head(self.ids[0])
        self._seal = self._keys[first].encrypt

    def encrypt(self, column: bytes, content: bytes) -> bytes:
        """`content`, readable only as `column` ("table.column")."""
        nonce = os.urandom(NONCE)
        return self._head + nonce + self._seal(nonce, content, column)

    def decrypt(self, column: bytes, stored: bytes) -> bytes:
        """The inverse. Raises KeyProblem for an unknown key, a wrong one, or changed bytes."""
        if len(stored) < 2 or stored[0] != FORMAT:
            raise KeyProblem(
                Worded("what is stored in {column} was not encrypted by this version", column=column.decode())
            )
        start = 2 + stored[1]
        key = self._keys.get(stored[2:start])
        if key is None:
            named = stored[2:start].decode(errors="replace")
            raise KeyProblem(
                Worded(
                    'the key "{key}", under which {column} was encrypted, is not in the ring',
                    key=named,
                    column=column.decode(),
                )
            )
        end = start + NONCE
        try:
            return key.decrypt(stored[start:end], stored[end:], column)
        except InvalidTag:
            named = stored[2:start].decode(errors="replace")
            raise KeyProblem(
                Worded(
                    '{column} does not decrypt with the key "{key}": it is another key, or the bytes were changed',
                    column=column.decode(),
                    key=named,
                )
            ) from None

    def seal(self, column: bytes, value: object) -> bytes:
        """A JSON value, encrypted. Half of an emoji, as some channels send it, is kept as it came."""
        return self.encrypt(column, _encode(value).encode("utf-8", "surrogatepass"))

    def open(self, column: bytes, stored: bytes) -> Any:  # whatever JSON holds
        """The inverse of `seal`."""
        return _decode(self.decrypt(column, stored).decode("utf-8", "surrogatepass"))

    def open_map(self, column: bytes, stored: bytes) -> Mapping[str, Any]:
        """The inverse of `seal` where an object was sealed."""
        value: dict[str, Any] = self.open(column, stored)
        return value
