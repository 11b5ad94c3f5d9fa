"""What became of a feed's deliveries: its runs, and what of them lies in quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ioc.catalogue.model import Catalogue
from ioc.store.snapshot import Snapshot

# So many rows of each group are shown, the newest.
SAMPLES = 5


@dataclass(frozen=True)
class KeptRun:
    """One delivery: what it is called, when it was taken in, what became of its rows, and how it ended.

    How many rows were refused for secrecy is not told here: that is for administrators alone.
    """

    run: int
    name: str
    started_at: datetime
    finished_at: datetime | None
    state: str
    message: str | None
    accepted: int
    duplicates: int
    rejected: int
    skipped: int


@dataclass(frozen=True)
class Sample:
    """One row at fault: in which delivery, which row of it, and what was found there (of mapped columns only) or is wrong with it."""

    name: str
    row: int | None
    found: str | None


@dataclass(frozen=True)
class Group:
    """Rows in quarantine that are at fault in the same way."""

    field: str | None
    reason: str
    count: int
    samples: tuple[Sample, ...]


def runs(snapshot: Snapshot, feed: str, most: int) -> list[KeptRun]:
    """A feed's last runs, the newest first."""
    rows = snapshot.cursor.execute(
        """SELECT run, name, started_at, finished_at, state, message, accepted, duplicates, rejected, skipped FROM run
        WHERE feed = ? ORDER BY run DESC LIMIT ?""",
        [feed, most],
    ).fetchall()
    return [
        KeptRun(run, name, started.replace(tzinfo=UTC), finished.replace(tzinfo=UTC) if finished else None, *rest)
        for run, name, started, finished, *rest in rows
    ]


def groups(snapshot: Snapshot, feed: str) -> list[Group]:
    """What lies in a feed's quarantine, by field and reason, the most frequent first."""
    rows = snapshot.cursor.execute(
        f"""SELECT q.field, q.reason, count(*) AS times,
            arg_max((run.name, source_row, coalesce(found, detail)), (q.run, -source_row), {SAMPLES})
        FROM quarantine AS q JOIN run USING (run) WHERE q.feed = ? GROUP BY q.field, q.reason ORDER BY times DESC, q.field, q.reason""",
        [feed],
    ).fetchall()
    return [Group(field, reason, times, tuple(Sample(*sample) for sample in samples)) for field, reason, times, samples in rows]


def in_quarantine(snapshot: Snapshot, feed: str) -> tuple[int, int]:
    """How many rows of a feed lie in quarantine, and of how many of them enough was kept to take them in again."""
    (found,) = snapshot.cursor.execute(
        """SELECT count(*), count(*) FILTER (kept) FROM (
            SELECT bool_or(payload IS NOT NULL) AS kept FROM quarantine WHERE feed = ? GROUP BY run, source_row)""",
        [feed],
    ).fetchall()
    return found


def rejections(snapshot: Snapshot, runs: Sequence[int], most: int = 10) -> list[str]:
    """What deliveries were rejected for, in sentences, the most frequent first.

    Args:
        snapshot: what is read.
        runs: which deliveries; a sentence names its first one where there are several.
        most: how many sentences.
    """
    rows = snapshot.cursor.execute(
        f"""SELECT q.record, field, reason, count(*) AS times,
        arg_min((name, source_row, coalesce(found, detail)), (run, source_row)) AS first_met
        FROM quarantine AS q JOIN run USING (run) WHERE list_contains(?, run)
        GROUP BY ALL ORDER BY times DESC, min((run, source_row)) LIMIT {int(most)}""",
        [list(runs)],
    ).fetchall()
    told = []
    for record, field, reason, times, (source, row, found) in rows:
        where = f"row {row} of {source}" if len(runs) > 1 else f"row {row}"
        why = _reason(snapshot.catalogue, record, field, reason)
        told.append(f"{times} × {why}, first in {where}" + (f": “{found}”" if found else ""))
    return told


def _reason(catalogue: Catalogue, record: str, field: str | None, reason: str) -> str:
    """Why a row was rejected: a rule in the catalogue's own words, or the fault and the field that has it."""
    rule = catalogue.records[record].rules.get(reason.removeprefix("rule:")) if record in catalogue.records else None
    return rule.text.en if rule else f"{reason} {field or ''}".strip()
