"""Brings a database's tables up to date. Alembic is imported only when there is something to do."""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from sla.worded import Worded
from storage.base import StorageError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0006"
"""The latest migration."""
FOLDER = Path(__file__).with_name("migrations")
_LOCK = 0x57415244  # any number: replicas that start together migrate one after another


def migrate(url: sa.URL, *, allowed: bool = True) -> None:
    """Create or upgrade the tables. Raises StorageError for a database of a later version than this one, and where an
    upgrade is not `allowed`."""
    if url.get_backend_name() == "sqlite":
        # Left to itself, the driver would commit before each CREATE TABLE.
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"isolation_level": None})
        sa.event.listen(engine, "begin", _begin)
    else:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            _upgrade(connection, allowed=allowed)
    finally:
        engine.dispose()


def _upgrade(connection: sa.Connection, *, allowed: bool) -> None:
    present = version_of(connection)
    if present == HEAD:
        return
    if not allowed:
        raise StorageError(
            Worded(
                "the tables are at {present}, this version of wardline needs {head}, and another wardline "
                "process uses them: stop it first",
                present=present,
                head=HEAD,
            )
        )
    from alembic import command  # noqa: PLC0415  # takes a third of a second, and mostly there is nothing to do
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # Alembic is loaded when it is needed

    config = _config(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if present is not None and present not in known:
        raise StorageError(
            Worded(
                "the database was made by a later version of wardline (its tables are at {present}, this one "
                "knows {head}): install that version again, or restore a backup made before",
                present=present,
                head=HEAD,
            )
        )
    command.upgrade(config, "head")


def version_of(connection: sa.Connection) -> str | None:
    """The migration that the tables are at; None for an empty database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _config(connection: sa.Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415  # Alembic is loaded when it is needed

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
