"""Addresses that people keep by a name: each for whoever saved it, or for everybody of a unit as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ioc.errors import Refusal
from ioc.ledger import Ledger

FILE = "saved.sqlite"
STEPS = (
    """
    CREATE TABLE saved (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL, owner TEXT NOT NULL, unit TEXT, saved_at TEXT NOT NULL,
        removed_at TEXT
    );
    CREATE INDEX saved_by_owner ON saved (owner);
    CREATE INDEX saved_by_unit ON saved (unit)
    """,
)
LONGEST_NAME, LONGEST_ADDRESS = 120, 2000


@dataclass(frozen=True)
class Saved:
    """One saved address. ``unit``: whose people see it too; None for nobody else."""

    id: int
    name: str
    address: str
    owner: str
    unit: str | None


class SavedViews:
    """Every saved address of a deployment.

    Args:
        folder: where data live.
    """

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger(folder / FILE, STEPS)

    def of(self, owner: str, units: Sequence[str] | None) -> list[Saved]:
        """What somebody has saved, and what is shared with some units, by name; None is every unit. Raises StoreError."""
        marks = ", ".join("?" * len(units or ()))
        shared = "unit IS NOT NULL" if units is None else f"unit IN ({marks})"
        sql = f"SELECT * FROM saved WHERE removed_at IS NULL AND (owner = ? OR {shared}) ORDER BY name, id"
        rows = self.ledger.rows(sql, (owner, *(units or ())))
        return [Saved(row["id"], row["name"], row["address"], row["owner"], row["unit"]) for row in rows]

    def save(self, name: str, address: str, owner: str, unit: str | None, now: datetime) -> int:
        """Keep an address of this site by a name; its number. Raises Refusal for a name that is none, for no address or a long one."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME:
            raise Refusal("saved_name", 400, longest=LONGEST_NAME)
        if not address or len(address) > LONGEST_ADDRESS:
            raise Refusal("saved_address", 400)
        sql = "INSERT INTO saved (name, address, owner, unit, saved_at) VALUES (?, ?, ?, ?, ?)"
        with self.ledger.writing() as connection:
            return int(connection.execute(sql, (name, address, owner, unit, now.astimezone(UTC).isoformat())).lastrowid or 0)

    def remove(self, saved: int, owner: str, now: datetime) -> None:
        """Keep an address no more. Raises Refusal unless its owner asks."""
        sql = "UPDATE saved SET removed_at = ? WHERE id = ? AND owner = ? AND removed_at IS NULL"
        with self.ledger.writing() as connection:
            if not connection.execute(sql, (now.astimezone(UTC).isoformat(), saved, owner)).rowcount:
                raise Refusal("saved_gone", 404)
