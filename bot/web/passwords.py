"""Passwords as scrypt hashes, and the tokens of sessions and links as SHA-256 hashes."""

import hashlib
import hmac
import secrets
from functools import cache

COST, BLOCK, LANES = 2**14, 8, 1  # 16 MiB and about 50 ms a try
MEMORY = 64 * 1024 * 1024
SHORTEST = 10


def hash_password(password: str) -> str:
    """The password as `scrypt$cost$block$lanes$salt$hash`; every call takes a new salt."""
    salt = secrets.token_bytes(16)
    return f"scrypt${COST}${BLOCK}${LANES}${salt.hex()}${_scrypt(password, salt, COST, BLOCK, LANES).hex()}"


@cache
def _of_nobody() -> str:
    """What a log-in of somebody unknown is compared with, so that it takes as long as a real one."""
    return hash_password(secrets.token_hex(16))


def is_password(password: str, stored: str | None) -> bool:
    """Whether the password is the one behind `stored`, in constant time; always False, as slowly, without one."""
    _, cost, block, lanes, salt, wanted = (stored or _of_nobody()).split("$")
    found = _scrypt(password, bytes.fromhex(salt), int(cost), int(block), int(lanes))
    return hmac.compare_digest(found, bytes.fromhex(wanted)) and stored is not None


def new_token() -> str:
    """A secret of 256 bits that fits into an address or a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """The proof that a request comes from a page which this session was given."""
    return hashlib.sha256(b"csrf:" + token.encode()).hexdigest()


def _scrypt(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block, p=lanes, maxmem=MEMORY, dklen=32)
