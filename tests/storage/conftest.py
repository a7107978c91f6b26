"""The stores that these tests run on. What needs no SQL to look behind the store is held over memory as well."""

from collections.abc import Iterator

import pytest

from storage.memory_session import open_memory
from storage.writer import Store, open_store
from tests.support.databases import KEYS, KINDS, TestDatabase, postgresql, postgresql_server, redis_socket, sqlite

__all__ = ["postgresql", "postgresql_server", "redis_socket", "sqlite"]

MEMORY = "memory"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each kind in turn: a test that takes the `database` itself looks at its tables."""
    if "store_kind" in metafunc.fixturenames:
        looks_behind = "database" in metafunc.fixturenames
        metafunc.parametrize("store_kind", KINDS if looks_behind else (*KINDS, MEMORY))


@pytest.fixture
def database(request: pytest.FixtureRequest, store_kind: str) -> TestDatabase:
    """An empty database of the kind."""
    found: TestDatabase = request.getfixturevalue(store_kind)
    return found


@pytest.fixture
def store(request: pytest.FixtureRequest, store_kind: str) -> Iterator[Store]:
    """An open store of the kind."""
    if store_kind == MEMORY:
        opened = open_memory()
    else:
        database: TestDatabase = request.getfixturevalue("database")
        opened = open_store(database.url, KEYS)
    yield opened
    opened.close()
