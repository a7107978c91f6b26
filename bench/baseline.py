"""The same job the usual way: aiohttp, async SQLAlchemy ORM, one commit a message, the same rows, no reading.

Rows a report: the message, the ticket, one event, four clocks, three notices.
"""

import argparse
import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import ForeignKey, event
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Declarative base of the baseline's tables."""


class Message(Base):
    """A message as it came in."""

    __tablename__ = "base_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    sender: Mapped[str]
    text: Mapped[str]
    received_at: Mapped[datetime]
    state: Mapped[str]


class TicketRow(Base):
    """A ticket."""

    __tablename__ = "base_ticket"
    id: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[int] = mapped_column(ForeignKey("base_message.id"))
    reporter: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(index=True)
    priority: Mapped[str]
    text: Mapped[str]


class EventRow(Base):
    """What happened to a ticket."""

    __tablename__ = "base_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket: Mapped[int] = mapped_column(ForeignKey("base_ticket.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]


class ClockRow(Base):
    """A clock of a ticket."""

    __tablename__ = "base_clock"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket: Mapped[int] = mapped_column(ForeignKey("base_ticket.id"), index=True)
    name: Mapped[str]
    due: Mapped[datetime] = mapped_column(index=True)


class NoticeRow(Base):
    """A notice that is to be sent."""

    __tablename__ = "base_notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket: Mapped[int] = mapped_column(ForeignKey("base_ticket.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)


CLOCKS = (("respond", 30), ("arrive", 120), ("fix", 180), ("plan", 480))


def _durable(engine: AsyncEngine) -> None:
    """The same promise as Wardline's: WAL, and every commit synced."""

    @event.listens_for(engine.sync_engine, "connect")
    def _pragmas(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.close()


def _application(sessions: async_sessionmaker[Any]) -> web.Application:
    numbers = itertools.count()

    async def take(request: web.Request) -> web.Response:
        body = await request.json()
        now = datetime.now(UTC).replace(tzinfo=None)
        key = str(next(numbers))
        async with sessions() as session, session.begin():
            message = Message(key=key, sender=body["seat"], text=body["text"], received_at=now, state="done")
            session.add(message)
            await session.flush()
            ticket = TicketRow(
                message=message.id, reporter=body["seat"], state="reported", priority="high", text=body["text"]
            )
            session.add(ticket)
            await session.flush()
            session.add(EventRow(ticket=ticket.id, kind="reported", at=now))
            session.add_all(ClockRow(ticket=ticket.id, name=n, due=now + timedelta(minutes=m)) for n, m in CLOCKS)
            session.add_all(
                NoticeRow(ticket=ticket.id, key=f"{key}/{to}", address=to, text=body["text"], state="waiting")
                for to in ("reporter", "first", "group")
            )
        return web.json_response({"ticket": ticket.id})

    application = web.Application()
    application.router.add_post("/reports", take)
    return application


async def _serve(port: int, url: str) -> None:
    engine = create_async_engine(url)
    if url.startswith("sqlite"):
        _durable(engine)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    runner = web.AppRunner(_application(async_sessionmaker(engine, expire_on_commit=False)), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--url", required=True)
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.port, arguments.url))
