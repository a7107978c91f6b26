"""Where it is kept.

base      the Protocols that handlers use: UnitOfWork and its stores; StorageError
schema    the tables (SQLAlchemy Core); migrations/ (Alembic)
sql       one UnitOfWork for SQLite and PostgreSQL
writer    runs units of work in threads and commits them in groups
crypt     texts encrypted at rest, keys from the environment
replicas  Lease (a fenced row in the database) and Nudge (local, or Redis)
files     the configuration folder: reads, watches, keeps the last good version; files_check: what only the whole shows
backup    a consistent copy while it runs, and back
"""
