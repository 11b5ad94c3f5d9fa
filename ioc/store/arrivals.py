"""How much of each feed arrives, how long after it happened, and at what intervals.

All of it is read from the log of commits, and from the records of its newest part: what it costs does not grow with the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from ioc.catalogue.model import FieldType
from ioc.store.dialect import literal, local_day, name
from ioc.store.snapshot import Snapshot
from ioc.store.tables import record_table

# Lags are taken from at most about so many of the newest records of a type; more would say the same.
MOST_RECORDS = 200_000
# Fewer pauses than this are no rhythm.
LEAST_PAUSES = 3


@dataclass(frozen=True)
class Lag:
    """How long after their events records arrive: half of them within ``median``, nineteen of twenty within ``most``."""

    median: timedelta
    most: timedelta


@dataclass(frozen=True)
class Pauses:
    """How long a feed has rested between arrivals: lengths in whole minutes, the shortest first, each with how often."""

    lengths: tuple[tuple[timedelta, int], ...]

    def usual(self, waited: timedelta) -> timedelta | None:
        """The middle one of those that were longer than what has been waited already; None where there are too few to tell."""
        longer = [(length, times) for length, times in self.lengths if length > waited]
        seen = [*accumulate(times for _, times in longer)]
        if not seen or seen[-1] < LEAST_PAUSES:
            return None
        return next(length for (length, _), so_far in zip(longer, seen, strict=True) if 2 * so_far >= seen[-1])


def volumes(snapshot: Snapshot, start: datetime, end: datetime) -> dict[str, dict[date, int]]:
    """How many records of each feed were accepted on each day of the organisation, from a moment until before another."""
    day = local_day("committed_at", snapshot.catalogue.organisation.time_zone)
    rows = snapshot.cursor.execute(
        f"""SELECT feed, day, sum(added)::BIGINT FROM (
            SELECT run, {day} AS day, sum(added) AS added FROM commit_log
            WHERE committed_at >= {literal(start)} AND committed_at < {literal(end)} AND run IS NOT NULL GROUP BY ALL
        ) JOIN run USING (run) GROUP BY ALL"""
    ).fetchall()
    found: dict[str, dict[date, int]] = {}
    for feed, at, added in rows:
        found.setdefault(feed, {})[at] = added
    return found


def lags(snapshot: Snapshot, since: datetime) -> dict[str, Lag]:
    """The lag of each feed's records that arrived since a moment, over events since the feed was connected.

    What happened before could not have arrived in time: of it, the lag would tell when the feed was connected, and nothing else.
    """
    recent = snapshot.cursor.execute(
        f"""SELECT record, min(low) FROM (
            SELECT record, low, sum(added) OVER (PARTITION BY record ORDER BY minute DESC) - added AS newer FROM (
                SELECT record, date_trunc('minute', committed_at) AS minute, min(version) AS low, sum(added) AS added FROM commit_log
                WHERE committed_at >= {literal(since)} AND record IS NOT NULL GROUP BY ALL))
        WHERE newer < {MOST_RECORDS} GROUP BY record"""
    ).fetchall()
    found: dict[str, Lag] = {}
    for record, low in recent:
        if record in snapshot.catalogue.records:
            found |= _lags(snapshot, record, low)
    return found


def _lags(snapshot: Snapshot, record: str, low: int) -> dict[str, Lag]:
    """The lag of each feed's records of one type, from a data version on."""
    spec = snapshot.catalogue.records[record]
    event = f"records.{name(spec.event)}"
    if spec.fields[spec.event].type is FieldType.DATE:  # a day begins where the organisation is
        zone = literal(snapshot.catalogue.organisation.time_zone)
        event = f"timezone('UTC', timezone({zone}, {event}::TIMESTAMP))"
    rows = snapshot.cursor.execute(
        f"""SELECT feed, quantile_cont(greatest(epoch(committed_at - event), 0), [0.5, 0.95]) FROM (
            SELECT run.feed, committed_at, {event} AS event FROM {record_table(record)} AS records
            JOIN commit_log ON records._since = commit_log.version JOIN run ON records._run = run.run
            WHERE records._since >= {int(low)} AND commit_log.version >= {int(low)})
        JOIN (SELECT feed, min(started_at) AS began FROM run GROUP BY feed) USING (feed)
        WHERE event >= began GROUP BY feed"""
    ).fetchall()
    return {feed: Lag(timedelta(seconds=median), timedelta(seconds=most)) for feed, (median, most) in rows}


def pauses(snapshot: Snapshot, since: datetime) -> dict[str, Pauses]:
    """How long each feed has rested between arrivals since a moment. What brought nothing new has arrived too."""
    rows = snapshot.cursor.execute(
        f"""WITH arrival AS (
            SELECT DISTINCT feed, date_trunc('minute', came) AS came FROM (
                SELECT feed, came FROM (SELECT DISTINCT run, date_trunc('minute', committed_at) AS came FROM commit_log
                    WHERE committed_at >= {literal(since)} AND run IS NOT NULL) JOIN run USING (run)
                WHERE NOT again
                UNION ALL SELECT feed, finished_at FROM run
                WHERE finished_at >= {literal(since)} AND accepted + duplicates + rejected + secret + skipped > 0
                    AND NOT again))
        SELECT feed, pause, count(*) FROM (SELECT feed, came - lag(came) OVER (PARTITION BY feed ORDER BY came) AS pause FROM arrival)
        WHERE pause IS NOT NULL GROUP BY ALL ORDER BY feed, pause"""
    ).fetchall()
    found: dict[str, list[tuple[timedelta, int]]] = {}
    for feed, pause, times in rows:
        found.setdefault(feed, []).append((pause, times))
    return {feed: Pauses(tuple(lengths)) for feed, lengths in found.items()}


def beginning(day: date, snapshot: Snapshot) -> datetime:
    """The moment at which a day begins where the organisation is."""
    return datetime(day.year, day.month, day.day, tzinfo=snapshot.catalogue.zone).astimezone(UTC)
