"""What the store knows of feeds: where each goes on, how it is doing, what it has delivered already, what lies in quarantine.

What is written here is either written by itself, or handed to ``Store.take_in`` as a ``Write``, to be kept in one transaction with
the records of a batch: then both are there after a crash, or neither.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import duckdb

from ioc.store.backfill import Backfill, read_backfill
from ioc.store.snapshot import Snapshot

# Something written in the same transaction as a batch.
Write = Callable[[duckdb.DuckDBPyConnection], None]


@dataclass(frozen=True)
class FeedState:
    """How a feed is doing.

    Attributes:
        position: where in its source it goes on; only the source understands it.
        paused: whether a person has paused it.
        tried_at, succeeded_at: when it was last asked, and when that last went well.
        failures: how often it has failed since.
        message: what is wrong with it, or None.
        last_event, last_arrival: its newest event, and when it last brought anything.
        backfill: the days gone by that it is, or was last, asked for once more.
        introduced_at: when it was first set up.
        wanted_at: when a person has told it to be asked beside its schedule, until it has been.
    """

    position: str | None = None
    paused: bool = False
    tried_at: datetime | None = None
    succeeded_at: datetime | None = None
    failures: int = 0
    message: str | None = None
    last_event: datetime | None = None
    last_arrival: datetime | None = None
    backfill: Backfill | None = None
    introduced_at: datetime | None = None
    wanted_at: datetime | None = None


def feed_states(cursor: duckdb.DuckDBPyConnection, feed: str | None = None) -> dict[str, FeedState]:
    """The state of every feed that has one, or of one of them."""
    rows = cursor.execute(
        f"""SELECT feed, position, paused, tried_at, succeeded_at, failures, message, last_event, last_arrival, backfill,
            introduced_at, wanted_at FROM feed {"" if feed is None else "WHERE feed = ?"}""",
        [] if feed is None else [feed],
    ).fetchall()
    return {
        feed: FeedState(
            position,
            paused,
            _aware(tried),
            _aware(well),
            failures,
            message,
            _aware(event),
            _aware(came),
            read_backfill(kept),
            _aware(since),
            _aware(wanted),
        )
        for feed, position, paused, tried, well, failures, message, event, came, kept, since, wanted in rows
    }


def fate(cursor: duckdb.DuckDBPyConnection, feed: str, fingerprint: str) -> str | None:
    """``done`` when a delivery with this fingerprint was taken in to its end, ``rejected`` when it can never be read, or None."""
    sql = "SELECT min(state) FROM run WHERE feed = ? AND fingerprint = ? AND state IN ('done', 'rejected')"
    found: str | None = cursor.execute(sql, [feed, fingerprint]).fetchall()[0][0]
    return found


def answer_to(snapshot: Snapshot, feed: str, key: str) -> tuple[str, str] | None:
    """The digest of what was delivered under a key, and the answer that was given; None for a new key."""
    rows = snapshot.cursor.execute("SELECT digest, answer FROM idempotency WHERE feed = ? AND key = ?", [feed, key]).fetchall()
    return rows[0] if rows else None


def at_position(feed: str, position: str) -> Write:
    """Notes where a feed goes on."""
    return lambda cursor: _set(cursor, feed, "position = ?", [position])


def answered(feed: str, key: str, digest: str, answer: str, at: datetime) -> Write:
    """Notes the answer that is given to a delivery with a key."""
    values = [feed, key, digest, answer, _naive(at)]
    return lambda cursor: _run(cursor, "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?)", values)


def paused(feed: str, *, yes: bool) -> Write:
    """Notes that a person has paused a feed, or let it go on."""
    return lambda cursor: _set(cursor, feed, "paused = ?", [yes])


def wanted(feed: str, at: datetime) -> Write:
    """Notes that a person has told a feed to be asked beside its schedule."""
    return lambda cursor: _set(cursor, feed, "wanted_at = ?", [_naive(at)])


def tried(feed: str, at: datetime, message: str | None, answered: datetime | None = None) -> Write:
    """Notes that a feed was asked at a moment, and what went wrong; None when all went well.

    ``answered`` is when a person had told it to be asked; whoever has told it so since is still waiting.
    """
    changes, values = "tried_at = ?, wanted_at = nullif(wanted_at, ?), ", [_naive(at), answered and _naive(answered)]
    if message is None:
        return lambda cursor: _set(cursor, feed, changes + "succeeded_at = ?, failures = 0, message = NULL", [*values, _naive(at)])
    return lambda cursor: _set(cursor, feed, changes + "failures = failures + 1, message = ?", [*values, message])


def backfilled(feed: str, backfill: Backfill) -> Write:
    """Notes how far asking for days gone by has come."""
    return lambda cursor: _set(cursor, feed, "backfill = ?", [backfill.written()])


def forgotten(before: datetime) -> Write:
    """Forgets the answers to deliveries with a key that were given before a moment."""
    return lambda cursor: _run(cursor, "DELETE FROM idempotency WHERE noted_at < ?", [_naive(before)])


@dataclass(frozen=True)
class Waiting:
    """A delivery of which rows lie in quarantine."""

    run: int
    name: str

    def rows(self, snapshot: Snapshot, most: int) -> list[tuple[int, str]]:
        """The first of these rows: number in the source, and as JSON what was kept of its columns."""
        return snapshot.cursor.execute(
            """SELECT source_row, any_value(payload) FROM quarantine WHERE run = ? AND payload IS NOT NULL
            GROUP BY source_row ORDER BY source_row LIMIT ?""",
            [self.run, most],
        ).fetchall()


def waiting(snapshot: Snapshot, feed: str) -> list[Waiting]:
    """The deliveries of a feed of which rows lie in quarantine that can be taken in again, oldest first."""
    rows = snapshot.cursor.execute(
        """SELECT DISTINCT run.run, run.name FROM quarantine JOIN run USING (run)
        WHERE run.feed = ? AND payload IS NOT NULL ORDER BY run.run""",
        [feed],
    ).fetchall()
    return [Waiting(run, name) for run, name in rows]


def released(run: int, rows: Sequence[int]) -> Write:
    """Takes rows of a delivery out of quarantine: they are taken in again in the same transaction."""
    sql = "DELETE FROM quarantine WHERE run = ? AND list_contains(?, source_row)"
    return lambda cursor: _run(cursor, sql, [run, list(rows)])


def arrived(feed: str, event: datetime | None, at: datetime | None, *, simulated: bool) -> Write:
    """Notes the newest event of a batch, and when it came; at no moment where it brought nothing, or had come before."""
    changes = "last_event = greatest(last_event, ?), last_arrival = coalesce(?, last_arrival), simulated = simulated OR ?"
    return lambda cursor: _set(cursor, feed, changes, [event, _naive(at) if at else None, simulated])


def refused(feed: str, day: date, count: int) -> Write:
    """Notes that records of a feed were refused for secrecy on a day of the organisation."""
    sql = "INSERT INTO secret_count VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET refused = refused + excluded.refused"
    return lambda cursor: _run(cursor, sql, [feed, day, count])


def refused_each_day(snapshot: Snapshot) -> dict[str, list[tuple[date, int]]]:
    """On which days records of each feed were refused for secrecy, and how many, the newest first: for administrators alone."""
    found: dict[str, list[tuple[date, int]]] = {}
    for feed, day, refused in snapshot.cursor.execute("SELECT feed, day, refused FROM secret_count ORDER BY feed, day DESC").fetchall():
        found.setdefault(feed, []).append((day, refused))
    return found


def introduced(feed: str, record: str, at: datetime) -> Write:
    """Makes a feed's line, when there is none yet; all else that is noted of it changes that line."""
    values = [feed, record, _naive(at)]
    return lambda cursor: _run(cursor, "INSERT OR IGNORE INTO feed (feed, record, introduced_at) VALUES (?, ?, ?)", values)


def _set(cursor: duckdb.DuckDBPyConnection, feed: str, changes: str, values: Sequence[object]) -> None:
    cursor.execute(f"UPDATE feed SET {changes} WHERE feed = ?", [*values, feed])


def _run(cursor: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object]) -> None:
    cursor.execute(sql, list(values))


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
