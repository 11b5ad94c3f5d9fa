"""How new the records are, by record type and feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ioc.store.database import first
from ioc.store.dialect import name
from ioc.store.record_sums import versions_at
from ioc.store.snapshot import Snapshot
from ioc.store.tables import record_table


@dataclass(frozen=True)
class Freshness:
    """The newest event among a type's records, when anything last arrived, and whether any of it was simulated."""

    last_event: datetime | None
    last_arrival: datetime
    simulated: bool


@dataclass(frozen=True)
class FeedCounts:
    """What a feed has delivered so far, and how its last delivery ended.

    ``record`` is what that one brought; ``last_once`` whether it is one that is taken once, such as a file, and not asked for again.
    """

    feed: str
    record: str
    simulated: bool
    runs: int
    accepted: int
    duplicates: int
    rejected: int
    skipped: int
    last_state: str
    last_message: str | None
    last_once: bool


def freshness(snapshot: Snapshot) -> dict[str, Freshness]:
    """Freshness by record type, now or at a past moment; a type of which nothing had ever been delivered is left out."""
    if "freshness" not in snapshot.known:
        rows = _past(snapshot, snapshot.moment) if snapshot.moment else _present(snapshot)
        snapshot.known["freshness"] = {
            record: Freshness(event.replace(tzinfo=UTC) if event else None, arrival.replace(tzinfo=UTC), simulated)
            for record, event, arrival, simulated in rows
        }
    found: dict[str, Freshness] = snapshot.known["freshness"]
    return found


def _present(snapshot: Snapshot) -> list[tuple[str, datetime | None, datetime, bool]]:
    return snapshot.cursor.execute(
        """SELECT record, max(last_event), max(last_arrival), bool_or(simulated) FROM feed
        WHERE last_arrival IS NOT NULL GROUP BY record"""
    ).fetchall()


def _past(snapshot: Snapshot, moment: datetime) -> list[tuple[str, datetime | None, datetime, bool]]:
    """The same from what is kept of commits, deliveries and records. Of a delivery that brought nothing new its end counts."""
    arrived = snapshot.cursor.execute(
        """SELECT record, max(arrival), bool_or(simulated) FROM (
            SELECT record, committed_at AS arrival, FALSE AS simulated FROM commit_log
            WHERE version <= $version AND record IS NOT NULL AND run NOT IN (SELECT run FROM run WHERE again)
            UNION ALL SELECT record, CASE WHEN finished_at <= $moment THEN finished_at ELSE started_at END, simulated AND accepted > 0
            FROM run WHERE started_at <= $moment AND accepted + duplicates + rejected + secret + skipped > 0
            AND NOT again) GROUP BY record""",
        {"version": snapshot.version, "moment": moment.astimezone(UTC).replace(tzinfo=None)},
    ).fetchall()
    found = []
    for record, at, simulated in arrived:
        spec = snapshot.catalogue.records.get(record)
        if spec:
            newest = f"SELECT max({name(spec.event)})::TIMESTAMP FROM {record_table(record)} WHERE _since <= {snapshot.version}"
            found.append((record, first(snapshot.cursor, newest)[0], at, simulated))
    return found


def feeds(snapshot: Snapshot) -> list[FeedCounts]:
    """Every feed that has ever delivered, by name."""
    rows = snapshot.cursor.execute(
        """SELECT feed, arg_max(record, run), bool_or(simulated AND accepted > 0), count(*), sum(accepted)::BIGINT,
                  sum(duplicates)::BIGINT, sum(rejected)::BIGINT, sum(skipped)::BIGINT, arg_max(state, run), arg_max_null(message, run),
                  arg_max(fingerprint IS NOT NULL, run)
        FROM run GROUP BY feed ORDER BY feed"""
    ).fetchall()
    return [FeedCounts(*row) for row in rows]


def has_records(snapshot: Snapshot, record: str) -> bool:
    """Whether any record of a type stands at the snapshot."""
    known = f"has_records:{record}"
    if known not in snapshot.known:
        sql = f"SELECT 1 FROM {record_table(record)} WHERE {versions_at(snapshot.as_of)} LIMIT 1"
        snapshot.known[known] = snapshot.cursor.execute(sql).fetchone() is not None
    found: bool = snapshot.known[known]
    return found


def finished(snapshot: Snapshot, source: str) -> dict[str, datetime]:
    """When each feed last finished taking in a delivery of this name, by feed."""
    rows = snapshot.cursor.execute(
        "SELECT feed, max(finished_at) FROM run WHERE name = ? AND state = 'done' AND NOT again GROUP BY feed", [source]
    ).fetchall()
    return {feed: moment.replace(tzinfo=UTC) for feed, moment in rows}
