"""The platform's side of signatures and envelopes, from the published algorithm: AES-256-CBC, the key's first 16 bytes
as IV, PKCS#7 over 32 bytes, around 16 random bytes, the length (big endian), the words and the receiver."""

import base64
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


def new_aes_key() -> str:
    """An EncodingAESKey: 32 random bytes in 43 letters and digits."""
    while True:
        key = base64.b64encode(os.urandom(32)).decode().rstrip("=")
        if key.isalnum():
            return key


def signed(token: str, *parts: str) -> str:
    """The signature of a call."""
    return hashlib.sha1("".join(sorted((token, *parts))).encode()).hexdigest()


def sealed(words: str, aes_key: str, receiver: str) -> str:
    """The words, for the receiver alone."""
    key, content = base64.b64decode(aes_key + "="), words.encode()
    plain = os.urandom(16) + struct.pack(">I", len(content)) + content + receiver.encode()
    missing = BLOCK - len(plain) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([missing]) * missing) + encryptor.finalize()).decode()
