"""The store of many processes: PostgreSQL. Nothing outside this folder knows it."""

from groundlevel.kernel.store.postgres.store import PostgresStore, postgres_filling
from groundlevel.kernel.store.postgres.unit import PostgresUnit

__all__ = ["PostgresStore", "PostgresUnit", "postgres_filling"]
