"""Secrets that processes over one database share: access tokens of providers. Marks, encrypted like all texts."""

import base64
import binascii
from typing import cast

from storage.base import UnitOfWork
from storage.crypt import Crypt, KeyProblem
from storage.sql import SqlUnitOfWork
from storage.writer import Writer

COLUMN = b"marks.secret"
PREFIX = "secret:"


class Vault:
    """Small named secrets."""

    def __init__(self, writer: Writer) -> None:
        self._run = writer.run

    async def get(self, name: str) -> str | None:
        """The secret; None where there is none, or none that these keys open."""
        return await self._run(lambda uow: secret_in(uow, name))

    async def put(self, name: str, value: str) -> None:
        """Keep it in the place of the one before."""

        def work(uow: UnitOfWork) -> None:
            sealed = _crypt(uow).encrypt(COLUMN, value.encode())
            uow.marks.put(PREFIX + name, base64.b64encode(sealed).decode())

        await self._run(work)


def secret_in(uow: UnitOfWork, name: str) -> str | None:
    """The secret, for a unit of work; None where there is none, or none that these keys open."""
    return _open(_crypt(uow), uow.marks.get(PREFIX + name))


def _crypt(uow: UnitOfWork) -> Crypt:
    return cast(SqlUnitOfWork, uow).db.crypt


def _open(crypt: Crypt, kept: str | None) -> str | None:
    """A token is fetched anew where the kept one cannot be read."""
    try:
        return None if kept is None else crypt.decrypt(COLUMN, base64.b64decode(kept)).decode()
    except (KeyProblem, binascii.Error):
        return None
