"""How new the records are, by record type and feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ioc.store.snapshot import Snapshot


@dataclass(frozen=True)
class Freshness:
    """The newest event among a type's records, when anything last arrived, and whether any of it was simulated."""

    last_event: datetime | None
    last_arrival: datetime
    simulated: bool


@dataclass(frozen=True)
class FeedCounts:
    """What a feed has delivered so far."""

    feed: str
    record: str
    last_arrival: datetime
    runs: int
    accepted: int
    duplicates: int
    rejected: int
    skipped: int
    last_state: str
    last_message: str | None


def freshness(snapshot: Snapshot) -> dict[str, Freshness]:
    """Freshness by record type; a type of which nothing was ever delivered is left out."""
    rows = snapshot.cursor.execute(
        """SELECT record, max(last_event), max(last_arrival), bool_or(simulated) FROM feed
        WHERE last_arrival IS NOT NULL GROUP BY record"""
    ).fetchall()
    return {
        record: Freshness(event.replace(tzinfo=UTC) if event else None, arrival.replace(tzinfo=UTC), simulated)
        for record, event, arrival, simulated in rows
    }


def feeds(snapshot: Snapshot) -> list[FeedCounts]:
    """Every feed that has ever delivered, by name."""
    rows = snapshot.cursor.execute(
        """SELECT feed, record, max(coalesce(finished_at, started_at)), count(*), sum(accepted), sum(duplicates), sum(rejected),
                  sum(skipped), arg_max(state, run), coalesce(any_value(feed.message), arg_max(run.message, run))
        FROM run LEFT JOIN feed USING (feed, record) GROUP BY feed, record ORDER BY feed, record"""
    ).fetchall()
    return [
        FeedCounts(
            feed,
            record,
            arrival.replace(tzinfo=UTC),
            runs,
            int(accepted),
            int(duplicates),
            int(rejected),
            int(skipped),
            state,
            message,
        )
        for feed, record, arrival, runs, accepted, duplicates, rejected, skipped, state, message in rows
    ]


def finished(snapshot: Snapshot, source: str) -> dict[str, datetime]:
    """When each feed last finished taking in a delivery of this name, by feed."""
    rows = snapshot.cursor.execute(
        "SELECT feed, max(finished_at) FROM run WHERE name = ? AND state = 'done' GROUP BY feed", [source]
    ).fetchall()
    return {feed: moment.replace(tzinfo=UTC) for feed, moment in rows}
