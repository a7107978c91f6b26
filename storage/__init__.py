"""Where it is kept.

base      the Protocols that handlers use: UnitOfWork and its stores; StorageError
schema    the tables (SQLAlchemy Core); migrations/ (Alembic)
migrate   brings a database's tables up to date
sql       one UnitOfWork for SQLite and PostgreSQL; its stores are sql_inbox, sql_tickets, sql_outbox,
          sql_people, sql_reach and sql_record
memory    the same UnitOfWork in this process's memory, for simulations and tests; its stores are memory_inbox,
          memory_tickets, memory_outbox, memory_people, memory_reach and memory_record, over memory_journal, which
          takes a unit back; memory_session puts the writer before it
database  one connection, and statements compiled once; quick: libpq for PostgreSQL; connect: how each is opened
writer    the store: runs units of work in threads and commits them in groups
jobs      a unit on its way, a group and its commit; session: transactions, savepoints, the database's errors
crypt     texts encrypted at rest, keys from the environment; keys: whether they are those of the database;
          rekey: another key for what is stored already
vault     secrets that processes share, encrypted: access tokens
replicas  Lease (a fenced row in the database) and Nudge (local, or Redis)
files     the configuration folder: reads, watches, keeps the last good version; files_check: what only the whole shows;
          places: on which line; texts: what is no UTF-8
backup    a consistent copy while it runs, and back
"""
