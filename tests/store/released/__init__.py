"""A store with a small history, as each released schema has left it, in SQL.

Before a migration is added: ``python -m tests.store.released tests/store/released/NNNN.sql``, with the number of the newest one then.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from ioc.catalogue.mapping import identity
from ioc.clock import FrozenClock
from tests.office import NOW, open_store, put

FOLDER = Path(__file__).parent
FILE = "office.duckdb"
# The moments after which something changed: a record moves to another unit, one is deleted and one is dated otherwise.
MOMENTS = (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=2, hours=1))


def make(folder: Path) -> None:
    """Make the store with the program of today."""
    clock = FrozenClock(NOW)
    store = open_store(folder, clock=clock)
    mapping = identity(store.catalogue.records["dossier"]).model_copy(update={"deleted": "op = 'delete'"})
    put(store, "dossier", [_row("x"), _row("y", unit="b", online="false", received_at="2026-10-05 09:00"), _row("z", fee="4")], mapping)
    put(store, "staff", [{"id": "p", "unit": "a", "joined_on": "2026-01-01"}])
    clock.at = MOMENTS[1]
    moved = _row("x", unit="b", completed_at="2026-11-20 08:00", updated_at="2026-11-20 08:00")
    put(store, "dossier", [moved, _row("w", online="false")], mapping)
    clock.at = MOMENTS[2]
    store.turn_day()
    dated = _row("y", unit="a", online="false", received_at="2026-11-06 09:00", updated_at="2026-11-25 08:00")
    put(store, "dossier", [_row("z", op="delete", updated_at="2026-11-25 08:00"), dated], mapping)
    store.close()


def _row(key: str, **changes: Any) -> dict[str, Any]:
    row = {"id": key, "unit": "a", "channel": "online", "received_at": "2026-11-02 08:00", "due_at": "2026-11-24 10:00"}
    return row | {"online": "true", "fee": "10.5", "updated_at": "2026-11-02 08:00", "op": "put"} | changes


def load(dump: Path, folder: Path) -> None:
    """Make the store that a dump describes."""
    with duckdb.connect(str(folder / FILE)) as connection:
        connection.execute(dump.read_text(encoding="utf-8"))


def dump(folder: Path) -> str:
    """A store in SQL: its tables, and their rows as text."""
    lines = []
    with duckdb.connect(str(folder / FILE), read_only=True) as connection:
        tables = connection.execute("SELECT table_name, sql FROM duckdb_tables() WHERE NOT temporary ORDER BY table_oid").fetchall()
        for table, sql in tables:
            lines.append(sql.rstrip(";") + ";")
            rows = connection.execute(f'SELECT COLUMNS(*)::VARCHAR FROM "{table}" ORDER BY rowid').fetchall()
            if rows:
                lines.append(f'INSERT INTO "{table}" VALUES\n' + ",\n".join(map(_values, rows)) + ";")
    return "\n".join(lines) + "\n"


def _values(row: tuple[str | None, ...]) -> str:
    return "(" + ", ".join("NULL" if value is None else "'" + value.replace("'", "''") + "'" for value in row) + ")"
