"""Ways that lead nowhere: a proxy that lets nobody out, a port that answers nobody."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager


@asynccontextmanager
async def proxy_that_refuses(asked: list[bytes] | None = None) -> AsyncIterator[str]:
    """The address of a web proxy that lets nobody out; `asked` gets where each wanted to go."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if asked is not None:
            asked.append(head.split()[1])
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@contextmanager
def full_port() -> Iterator[int]:
    """A port whose queue of connections is full: who calls gets no answer at all."""
    with ExitStack() as stack:
        server, *callers = (stack.enter_context(socket.socket()) for _ in range(5))
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
        yield server.getsockname()[1]
