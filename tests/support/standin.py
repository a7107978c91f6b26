"""What stands in a provider's place while it is down: a gateway that says it is not there, or somebody who takes every
connection and never says a word."""

import asyncio
import socket
from collections.abc import Iterable
from types import TracebackType
from typing import Self

NOT_THERE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
NO_SERVICE = b"421 4.3.2 Service not available\r\n"
"""What a mail server says first."""
SILENCE = b""
READ = 65_536


class Standin:
    """Listens on `ports` of loopback and answers whatever comes with `words`, then hangs up; a mail server speaks
    first. Without words it waits."""

    def __init__(self, ports: Iterable[int], words: bytes) -> None:
        self._ports, self._words = tuple(ports), words
        self._servers: list[asyncio.Server] = []
        self._talks: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        for port in self._ports:
            server = await asyncio.start_server(self._talk, "127.0.0.1", port, family=socket.AF_INET)
            self._servers.append(server)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for server in self._servers:
            server.close()
        for writer in list(self._talks):
            writer.transport.abort()
        for server in self._servers:
            await server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks.add(writer)
        try:
            while self._words == NO_SERVICE or await reader.read(READ):
                if self._words:
                    writer.write(self._words)
                    await writer.drain()
                    break
        except OSError:
            pass  # whoever called has gone
        finally:
            self._talks.discard(writer)
            writer.close()
