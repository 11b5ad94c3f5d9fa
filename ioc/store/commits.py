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


class Touches:
    """Which commit last changed the records of each type, kept for the newest data version asked about: only later ones are read anew."""

    def __init__(self) -> None:
        self._known: tuple[int, dict[str, int]] = (0, {})  # replaced as one: many may ask at once

    def at(self, cursor: duckdb.DuckDBPyConnection, version: int) -> dict[str, int]:
        """By record type, as of a data version. One that is older than the newest is read by itself."""
        known, found = self._known
        if version < known:
            known, found = 0, {}
        if version > known:
            rows = cursor.execute(
                "SELECT record, max(version) FROM commit_log WHERE record IS NOT NULL AND version > ? AND version <= ? GROUP BY record",
                [known, version],
            ).fetchall()
            found = {**found, **dict(rows)}
            if version > self._known[0]:
                self._known = (version, found)
        return found


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
