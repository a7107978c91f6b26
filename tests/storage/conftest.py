"""The databases that these tests run on."""

from tests.support.databases import database, postgresql, postgresql_server, redis_socket, sqlite, store

__all__ = ["database", "postgresql", "postgresql_server", "redis_socket", "sqlite", "store"]
