"""Run by Alembic, on the connection that storage.migrate hands over, in one transaction."""

from alembic import context

from storage.schema import metadata

connection = context.config.attributes["connection"]
# SQLite, too, takes back half a migration: storage.migrate begins the transaction itself.
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
