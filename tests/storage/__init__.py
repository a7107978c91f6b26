"""storage: one suite over SQLite and PostgreSQL, both real."""
