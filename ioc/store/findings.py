"""What was found about a feed's deliveries, and the shapes by which it is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import duckdb

from ioc.store.feeds import Write
from ioc.store.snapshot import Snapshot


class Difference(Protocol):
    """One way in which a delivery differs from the usual."""

    @property
    def kind(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def usual(self) -> str: ...
    @property
    def found(self) -> str: ...


@dataclass(frozen=True)
class KeptFinding:
    """A finding that stands, or has ended.

    Attributes:
        feed: whose deliveries differ.
        kind, column, usual, found: in what they differ; ``column`` is empty when it is about a delivery as a whole.
        held: whether they wait for a person.
        run, last_run: the first delivery and the last.
        first_at, last_at: when those came.
        ended_at: since when deliveries are as usual again; None while they are not.
    """

    feed: str
    kind: str
    column: str
    usual: str
    found: str
    held: bool
    run: int
    last_run: int
    first_at: datetime
    last_at: datetime
    ended_at: datetime | None


def findings(snapshot: Snapshot, feed: str | None = None) -> list[KeptFinding]:
    """The findings of a feed, or of all: those that stand first, then the newest."""
    rows = snapshot.cursor.execute(
        """SELECT feed, kind, source_column, usual, found, held, run, last_run, first_at, last_at, ended_at FROM finding
        WHERE ? IS NULL OR feed = ? ORDER BY ended_at IS NOT NULL, last_at DESC, feed, kind, source_column""",
        [feed, feed],
    ).fetchall()
    return [KeptFinding(*row[:8], *(moment.replace(tzinfo=UTC) if moment else None for moment in row[8:])) for row in rows]


def standing(snapshot: Snapshot) -> dict[str, int]:
    """How many findings stand about each feed that has any."""
    rows = snapshot.cursor.execute("SELECT feed, count(*) FROM finding WHERE ended_at IS NULL GROUP BY feed").fetchall()
    return dict(rows)


def shapes(snapshot: Snapshot, feed: str) -> str | None:
    """The shapes of a feed's last deliveries, as they were kept; None for a feed of which none are."""
    rows = snapshot.cursor.execute("SELECT shapes FROM feed WHERE feed = ?", [feed]).fetchall()
    return rows[0][0] if rows else None


def shaped(feed: str, kept: str) -> Write:
    """Keeps the shapes of a feed's last deliveries."""

    def write(cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.execute("UPDATE feed SET shapes = ? WHERE feed = ?", [kept, feed])

    return write


def found(feed: str, run: int, differences: Sequence[Difference], at: datetime, *, held: bool, whole: bool) -> Write:
    """Keeps what was found about a delivery; what stands and was not found in it has ended.

    Args:
        feed: whose delivery it is.
        run: the delivery.
        differences: all of them.
        at: now.
        held: whether it waits for a person.
        whole: whether all of it was looked at; else it is not known yet whether it is as large as usual (``volume``).
    """
    moment = at.astimezone(UTC).replace(tzinfo=None)

    def write(cursor: duckdb.DuckDBPyConnection) -> None:
        standing = {
            tuple(row)
            for row in cursor.execute("SELECT kind, source_column FROM finding WHERE feed = ? AND ended_at IS NULL", [feed]).fetchall()
        }
        now = {(each.kind, each.column) for each in differences}
        for kind, column in {each for each in standing - now if whole or each[0] != "volume"}:
            cursor.execute(
                "UPDATE finding SET ended_at = ? WHERE feed = ? AND kind = ? AND source_column = ? AND ended_at IS NULL",
                [moment, feed, kind, column],
            )
        for each in differences:
            if (each.kind, each.column) in standing:
                cursor.execute(
                    """UPDATE finding SET found = ?, held = ?, last_run = ?, last_at = ?
                    WHERE feed = ? AND kind = ? AND source_column = ? AND ended_at IS NULL""",
                    [each.found, held, run, moment, feed, each.kind, each.column],
                )
            else:
                cursor.execute(
                    "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                    [feed, each.kind, each.column, each.usual, each.found, held, run, run, moment, moment],
                )

    return write
