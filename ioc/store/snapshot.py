"""One state of the data, as readers hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from ioc.catalogue.model import Catalogue
from ioc.store.answer_cache import AnswerCache
from ioc.store.commits import last_changes
from ioc.store.count_cache import CountCache
from ioc.store.tables import CellTable


@dataclass(frozen=True)
class Snapshot:
    """One state of the data: every read within it sees the same.

    Attributes:
        cursor: reads within one transaction.
        cubes: the cell tables of each record type, the finest first.
        version: the data version.
        committed_at: its moment.
        as_of: the data version to read if a past moment was asked for, else None.
        fault: why nothing newer could be written, if so.
        moment: that past moment.
        counts: what has been counted from the records before; None has everything counted anew.
        sums: what has been read before of records that have not changed since; None has everything read anew.
        within: the units of whoever looks, where the catalogue hides what is small from others; None is everything.
        present: the declarations of now, whatever moment is read: what is hidden now is hidden of the past too.
        known: what has been read of it and is asked for again and again.
    """

    cursor: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    cubes: Mapping[str, tuple[CellTable, ...]]
    version: int
    committed_at: datetime
    as_of: int | None = None
    fault: str | None = None
    moment: datetime | None = None
    counts: CountCache | None = None
    sums: AnswerCache | None = None
    within: tuple[str, ...] | None = None
    present: Catalogue | None = None
    known: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


def at_version(snapshot: Snapshot, version: int) -> Snapshot | None:
    """The state of the data at an older version, read in the same transaction; None if there is no such version."""
    if version == snapshot.version:
        return snapshot
    found = snapshot.cursor.execute("SELECT max(committed_at) FROM commit_log WHERE version = ?", [version]).fetchone()
    if version > snapshot.version or not found or found[0] is None:
        return None
    return replace(snapshot, version=version, as_of=version, committed_at=found[0].replace(tzinfo=UTC))


def seen_from(snapshot: Snapshot, within: tuple[str, ...] | None, present: Catalogue) -> Snapshot:
    """The same state of the data as whoever looks sees it who is of some units; what has been read of it stays known."""
    found = replace(snapshot, within=within, present=present)
    found.known.update(snapshot.known)
    return found


def cells_day(snapshot: Snapshot, record: str) -> date:
    """The day that ``today`` stands for in the cells of a record type."""
    if "cells_days" not in snapshot.known:
        rows = snapshot.cursor.execute("SELECT record, min(day) FROM cell_table GROUP BY record").fetchall()
        snapshot.known["cells_days"] = dict(rows)
    found: date | None = snapshot.known["cells_days"].get(record)
    return found or date.max


def touched(snapshot: Snapshot) -> Mapping[str, int]:
    """The data version that last changed the records of each type."""
    if "touched" not in snapshot.known:
        snapshot.known["touched"] = last_changes(snapshot.cursor, snapshot.version)
    found: Mapping[str, int] = snapshot.known["touched"]
    return found
