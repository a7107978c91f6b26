"""The migrations and storage.schema make the same tables, on both databases."""

from collections.abc import Iterable

import pytest
import sqlalchemy as sa

from storage.base import StorageError
from storage.connect import prepare_file, read_url
from storage.migrate import FOLDER, HEAD, migrate
from storage.schema import metadata
from storage.writer import open_store
from tests.support.databases import KEYS, TestDatabase

MIGRATIONS = sorted(path.stem[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def shape(database: TestDatabase) -> list[tuple[object, ...]]:
    """Everything that the database knows of the tables, as it words it, in an order of its own."""
    if database.kind == "sqlite":
        wording = "SELECT name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version'"
        return sorted((name, _sorted_lines(sql)) for name, sql in database.run(wording))
    columns = database.run(
        "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
    )
    indexes = database.run("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    constraints = database.run(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
    )
    sequences = database.run("SELECT sequencename, increment_by, data_type::text FROM pg_sequences")
    everything: Iterable[tuple[object, ...]] = (*columns, *indexes, *constraints, *sequences)
    return sorted((row for row in everything if "alembic" not in str(row)), key=str)


def _sorted_lines(sql: str | None) -> tuple[str, ...]:
    # SQLite writes an added column behind the last one, on the same line.
    return tuple(sorted(line.strip(" \t,)") for line in (sql or "").replace(', "', '\n"').splitlines()))


def test_migrations_and_schema_agree(database: TestDatabase) -> None:
    if database.kind == "sqlite":
        prepare_file(database.file)
    engine = sa.create_engine(read_url(database.url), poolclass=sa.NullPool)
    metadata.create_all(engine)
    declared = shape(database)
    metadata.drop_all(engine)
    migrate(read_url(database.url))
    migrated = shape(database)
    engine.dispose()
    assert migrated == declared
    assert len(declared) > len(metadata.tables)


def test_the_head_is_the_last_migration() -> None:
    assert MIGRATIONS[-1] == HEAD


def test_migrating_again_changes_nothing(database: TestDatabase) -> None:
    open_store(database.url, KEYS).close()
    before = shape(database)
    open_store(database.url, KEYS).close()
    assert shape(database) == before


def test_a_database_of_a_later_version_is_left_alone(database: TestDatabase) -> None:
    open_store(database.url, KEYS).close()
    database.run("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="made by a later version of wardline"):
        open_store(database.url, KEYS)
    assert database.run("SELECT version_num FROM alembic_version") == [("9999",)]


def test_half_a_migration_is_taken_back(sqlite: TestDatabase) -> None:
    prepare_file(sqlite.file)
    sqlite.run("CREATE TABLE marks (name TEXT)")  # in the way of the first migration, near its end
    with pytest.raises(StorageError, match="could not be made"):
        open_store(sqlite.url, KEYS)
    assert sqlite.run("SELECT name FROM sqlite_master WHERE type = 'table'") == [("marks",)]
    sqlite.run("DROP TABLE marks")
    open_store(sqlite.url, KEYS).close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://x/y", '"mysql" databases are not supported'),
        ("sqlite://", "a database in memory would lose everything"),
        ("no address", "malformed"),
        ("sqlite:////proc/nowhere/w.sqlite3", "cannot be opened"),
    ],
)
def test_an_address_that_cannot_be_used_says_why(url: str, says: str) -> None:
    with pytest.raises(StorageError, match=says):
        open_store(url, KEYS)


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    with pytest.raises(StorageError, match="cannot be reached") as raised:
        open_store("postgresql://wardline:hunter2@127.0.0.1:1/wardline", KEYS)
    assert "hunter2" not in str(raised.value)


def test_a_file_that_is_no_database_is_said(sqlite: TestDatabase) -> None:
    prepare_file(sqlite.file)
    sqlite.file.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(StorageError, match="cannot be used: file is not a database"):
        open_store(sqlite.url, KEYS)
