"""What people have typed into forms, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from ioc.errors import BadQuestion
from ioc.store.database import first
from ioc.store.feeds import Write


@dataclass(frozen=True)
class Entry:
    """Something typed into a form.

    Attributes:
        number: its own.
        fields: what was typed, by field.
        entered_by, entered_at: who typed it, and when.
        decision: ``confirmed`` or ``refused``; None while it waits.
        decided_by, decided_at, note: who decided, when, and why it was refused.
    """

    number: int
    fields: Mapping[str, str]
    entered_by: str
    entered_at: datetime
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


_COLUMNS = "entry, fields, entered_by, entered_at, decision, decided_by, decided_at, note"


def entries(cursor: duckdb.DuckDBPyConnection, feed: str, *, waiting: bool, most: int) -> list[Entry]:
    """Entries of a form: those that wait, oldest first; or those that are decided, newest first."""
    order = "entry" if waiting else "decided_at DESC, entry DESC"
    rows = cursor.execute(
        f"SELECT {_COLUMNS} FROM entry WHERE feed = ? AND (decision IS NULL) = ? ORDER BY {order} LIMIT ?", [feed, waiting, most]
    ).fetchall()
    return [_entry(row) for row in rows]


def waiting_entry(cursor: duckdb.DuckDBPyConnection, feed: str, number: int) -> Entry:
    """An entry that waits. Raises BadQuestion when there is none of this number, or it is decided."""
    rows = cursor.execute(f"SELECT {_COLUMNS} FROM entry WHERE feed = ? AND entry = ? AND decision IS NULL", [feed, number]).fetchall()
    if not rows:
        raise BadQuestion("entry_decided")
    return _entry(rows[0])


def entered(feed: str, fields: Mapping[str, str], by: str, at: datetime) -> Write:
    """Keeps something that was typed; it waits."""

    def write(cursor: duckdb.DuckDBPyConnection) -> None:
        (number,) = first(cursor, "SELECT coalesce(max(entry), 0) + 1 FROM entry")
        values = [number, feed, json.dumps(dict(fields), ensure_ascii=False), by, at.astimezone(UTC).replace(tzinfo=None)]
        cursor.execute("INSERT INTO entry (entry, feed, fields, entered_by, entered_at) VALUES (?, ?, ?, ?, ?)", values)

    return write


def decided(feed: str, number: int, decision: str, by: str, at: datetime, note: str = "") -> Write:
    """Keeps what was decided of an entry. The write raises BadQuestion when that was decided already, and nothing is kept."""

    def write(cursor: duckdb.DuckDBPyConnection) -> None:
        waiting_entry(cursor, feed, number)
        cursor.execute(
            "UPDATE entry SET decision = ?, decided_by = ?, decided_at = ?, note = ? WHERE feed = ? AND entry = ?",
            [decision, by, at.astimezone(UTC).replace(tzinfo=None), note or None, feed, number],
        )

    return write


def _entry(row: tuple[object, ...]) -> Entry:
    number, fields, entered_by, entered_at, decision, decided_by, decided_at, note = row
    assert isinstance(number, int) and isinstance(entered_at, datetime)
    at = decided_at.replace(tzinfo=UTC) if isinstance(decided_at, datetime) else None
    texts = [None if text is None else str(text) for text in (decision, decided_by, note)]
    return Entry(number, json.loads(str(fields)), str(entered_by), entered_at.replace(tzinfo=UTC), texts[0], texts[1], at, texts[2])
