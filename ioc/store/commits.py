"""The log of commits: which data versions there are, and the moment of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from ioc.errors import StoreError
from ioc.store.database import first
from ioc.store.tables import OPEN


def newest(cursor: duckdb.DuckDBPyConnection, as_of: datetime | None = None) -> tuple[int, datetime]:
    """The newest data version, or the one of a past moment, and when it came to be."""
    condition = "TRUE" if as_of is None else "committed_at <= ?"
    parameters = [] if as_of is None else [as_of.astimezone(UTC).replace(tzinfo=None)]
    version, at = first(
        cursor,
        f"SELECT coalesce(max(version), 0), coalesce(max(committed_at), TIMESTAMP 'epoch') FROM commit_log WHERE {condition}",
        parameters,
    )
    return version, at.replace(tzinfo=UTC)


def beginning_of_all(cursor: duckdb.DuckDBPyConnection) -> datetime | None:
    """The moment of the first commit, if there is any."""
    (at,) = first(cursor, "SELECT min(committed_at) FROM commit_log")
    return at.replace(tzinfo=UTC) if at else None


def share_between(cursor: duckdb.DuckDBPyConnection, record: str, old: int, new: int) -> float:
    """The share of all versions of a record type that has come after one data version and up to another."""
    sql = "SELECT coalesce(sum(added) FILTER (version > ? AND version <= ?) / sum(added), 0) FROM commit_log WHERE record = ?"
    return float(first(cursor, sql, [old, new, record])[0])


@dataclass(frozen=True)
class Next:
    """The commit that is being made: its number, and the moment of the one before."""

    version: int
    after: datetime


def next_commit(cursor: duckdb.DuckDBPyConnection) -> Next:
    """The commit that comes next. Raises StoreError when there are no numbers left."""
    version, after = newest(cursor)
    if version + 1 >= OPEN:
        raise StoreError("The store has used up its commit numbers.", "Export it and start a new one.")
    return Next(version + 1, after)


def log_commit(
    cursor: duckdb.DuckDBPyConnection, commit: Next, now: datetime, record: str | None = None, run: int | None = None, added: int = 0
) -> datetime:
    """Note a commit; returns its moment. Moments never run backwards, so that a past one always names one version."""
    at = max(commit.after, now)
    cursor.execute("INSERT INTO commit_log VALUES (?, ?, ?, ?, ?)", [commit.version, at.replace(tzinfo=None), record, run, added])
    return at
