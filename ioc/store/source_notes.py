"""What a source itself remembers, beside its position: notes by name, which only the source understands."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from ioc.store.feeds import Write


def notes(cursor: duckdb.DuckDBPyConnection, feed: str) -> dict[str, str]:
    """All that a feed remembers."""
    return dict(cursor.execute("SELECT name, note FROM feed_note WHERE feed = ?", [feed]).fetchall())


def noted(feed: str, changes: Mapping[str, str | None]) -> Write:
    """Remembers these notes; None forgets one."""
    kept = {name: note for name, note in changes.items() if note is not None}
    gone = [name for name, note in changes.items() if note is None]

    def write(cursor: duckdb.DuckDBPyConnection) -> None:
        if gone:
            cursor.execute("DELETE FROM feed_note WHERE feed = ? AND list_contains(?, name)", [feed, gone])
        if kept:
            cursor.execute("INSERT OR REPLACE INTO feed_note SELECT ?, unnest(?), unnest(?)", [feed, list(kept), list(kept.values())])

    return write
