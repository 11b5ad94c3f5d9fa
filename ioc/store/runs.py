"""What became of a feed's deliveries: its runs, and what of them lies in quarantine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ioc.catalogue.model import Catalogue
from ioc.store.database import first
from ioc.store.snapshot import Snapshot

# So many rows of each group are shown, the newest.
SAMPLES = 5


@dataclass(frozen=True)
class KeptRun:
    """One delivery: what it is called, when it was taken in, what became of its rows, and how it ended.

    ``again``: whether it took in once more what of an earlier one lay in quarantine. ``quarantined``: how many of its rows lie there now.
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
    again: bool = False
    quarantined: int = 0


@dataclass(frozen=True)
class RunPage:
    """Some of a feed's runs, the newest first, and the way to the others.

    Attributes:
        newer: how many runs are newer than these.
        older, before, oldest: the run before which the next older ones, the next newer ones and the oldest ones begin; None where
            there are none, or where those are the newest.
    """

    runs: tuple[KeptRun, ...]
    newer: int = 0
    older: int | None = None
    before: int | None = None
    oldest: int | None = None


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


def runs(snapshot: Snapshot, feed: str, most: int, before: int | None = None) -> RunPage:
    """A feed's last runs, or the last before a run; what it costs does not grow with how far back they lie."""
    found = _runs(snapshot, "feed = $feed AND run < coalesce($before, run + 1)", {"feed": feed, "before": before}, most + 1)
    shown, is_last = tuple(found[:most]), len(found) <= most
    if before is None:
        newer = 0
    else:
        (newer,) = first(snapshot.cursor, "SELECT count(*) FROM run WHERE feed = ? AND run >= ?", [feed, before])
    return RunPage(
        shown,
        newer,
        older=None if is_last else shown[-1].run,
        before=None if before is None else _counted(snapshot, feed, before, most),
        oldest=None if is_last else _counted(snapshot, feed, 0, most),
    )


def _counted(snapshot: Snapshot, feed: str, start: int, places: int) -> int | None:
    """The run of a feed that comes so many places after its first one from a run on; None where there are not so many."""
    rows = snapshot.cursor.execute(
        "SELECT run FROM run WHERE feed = ? AND run >= ? ORDER BY run LIMIT 1 OFFSET ?", [feed, start, places]
    ).fetchall()
    return rows[0][0] if rows else None


def one_run(snapshot: Snapshot, feed: str, run: int) -> KeptRun | None:
    """One of a feed's runs."""
    return next(iter(_runs(snapshot, "feed = $feed AND run = $run", {"feed": feed, "run": run}, 1)), None)


def _runs(snapshot: Snapshot, condition: str, values: Mapping[str, object], most: int) -> list[KeptRun]:
    rows = snapshot.cursor.execute(
        f"""WITH found AS (
            SELECT run, name, started_at, finished_at, state, message, accepted, duplicates, rejected, skipped, again FROM run
            WHERE {condition} ORDER BY run DESC LIMIT {int(most)}),
        lying AS (
            SELECT run, count(*) AS quarantined FROM (
                SELECT DISTINCT run, source_row FROM quarantine WHERE feed = $feed AND run IN (SELECT run FROM found)) GROUP BY run)
        SELECT found.*, coalesce(quarantined, 0) FROM found LEFT JOIN lying USING (run) ORDER BY run DESC""",
        values,
    ).fetchall()
    return [
        KeptRun(run, name, started.replace(tzinfo=UTC), finished.replace(tzinfo=UTC) if finished else None, *rest)
        for run, name, started, finished, *rest in rows
    ]


def groups(snapshot: Snapshot, feed: str, run: int | None = None) -> list[Group]:
    """What lies in a feed's quarantine, of all runs or of one, by field and reason, the most frequent first."""
    rows = snapshot.cursor.execute(
        f"""SELECT q.field, q.reason, count(*) AS times,
            arg_max((run.name, source_row, coalesce(found, detail)), (q.run, -source_row), {SAMPLES})
        FROM quarantine AS q JOIN run USING (run) WHERE q.feed = $feed AND q.run = coalesce($run, q.run)
        GROUP BY q.field, q.reason ORDER BY times DESC, q.field, q.reason""",
        {"feed": feed, "run": run},
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
