"""The log of commits: which data versions there are, and the moment of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import duckdb

from ioc.errors import StoreError
from ioc.store.database import first
from ioc.store.tables import OPEN

BEFORE_ALL = datetime.fromtimestamp(0, UTC)
# Grouping takes longer than all the rest where there are few rows, as there are once something is known.
_WHOLE_LOG = "max(version), max(committed_at) FROM commit_log GROUP BY record"


def newest(cursor: duckdb.DuckDBPyConnection, as_of: datetime | None = None, known: int = 0) -> tuple[int, datetime]:
    """The newest data version, or the one of a past moment, and when it came to be; ``known`` is one that has been committed."""
    condition = f"version >= {known}" if as_of is None else "committed_at <= ?"
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


@dataclass(frozen=True)
class Head:
    """The log of commits up to one of them: the newest, its moment, and which last changed the records of each type.

    Since commits are never undone, it stays true of every state of the data that is taken later, and only later rows are to be read.
    """

    version: int = 0
    committed_at: datetime = BEFORE_ALL
    touched: Mapping[str, int] = field(default_factory=dict)


def head(cursor: duckdb.DuckDBPyConnection, known: Head) -> tuple[Head, dict[str, date]]:
    """The newest commit; and the day that ``today`` stands for in the cells of each record type.

    One statement tells both, since what a statement costs here is to be read and planned.

    Args:
        cursor: has begun to read after ``known`` was read.
        known: what is known of the log.
    """
    later = f"version, committed_at FROM commit_log WHERE version > {known.version}" if known.version else _WHOLE_LOG
    rows = cursor.execute(f"SELECT record, {later} UNION ALL SELECT record, NULL, day FROM cell_table").fetchall()
    version, at, touched, days = known.version, None, dict(known.touched), dict[str, date]()
    for record, commit, moment in rows:
        if commit is None:
            days[record] = min(moment.date(), days.get(record, date.max))
            continue
        if commit > version:
            version, at = commit, moment
        if record is not None:
            touched[record] = max(commit, touched.get(record, 0))
    return Head(version, at.replace(tzinfo=UTC), touched) if at else known, days


def last_changes(cursor: duckdb.DuckDBPyConnection, version: int) -> dict[str, int]:
    """Which commit last changed the records of each type, as of a data version."""
    sql = "SELECT record, max(version) FROM commit_log WHERE record IS NOT NULL AND version <= ? GROUP BY record"
    return dict(cursor.execute(sql, [version]).fetchall())


def next_commit(cursor: duckdb.DuckDBPyConnection, known: int = 0) -> Next:
    """The commit that comes next; ``known`` is one that has been committed. Raises StoreError when there are no numbers left."""
    version, after = newest(cursor, known=known)
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
