"""What was sent when, and what came of it: kept beside the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ioc.ledger import Ledger

FILE = "deliveries.sqlite"
STEPS = (
    """CREATE TABLE delivery (
    id INTEGER PRIMARY KEY, schedule TEXT NOT NULL, due_at TEXT NOT NULL, begun_at TEXT NOT NULL, ended_at TEXT, by TEXT NOT NULL,
    attempt INTEGER NOT NULL, state TEXT NOT NULL, codes TEXT NOT NULL, fault TEXT NOT NULL
);
CREATE INDEX delivery_by_schedule ON delivery (schedule, id);
""",
)
SENT, FAILED, HELD, BEGUN = "sent", "failed", "held", "begun"


@dataclass(frozen=True)
class Sending:
    """One attempt to send.

    Attributes:
        due_at: the time of the schedule that it answers.
        by: who has asked for it; empty for the schedule itself.
        attempt: 1 is the first.
        state: ``begun``, ``sent``, ``failed``, or ``held`` because data were late.
        codes: of the exports that it made.
        fault: what is wrong, as ``IocError.kept`` keeps it; empty for nothing.
    """

    id: int
    schedule: str
    due_at: datetime
    begun_at: datetime
    ended_at: datetime | None
    by: str
    attempt: int
    state: str
    codes: tuple[str, ...]
    fault: str


class Journal:
    """The journal of one deployment, in the data folder."""

    def __init__(self, folder: Path) -> None:
        self._ledger = Ledger(folder / FILE, STEPS)

    def begin(self, schedule: str, due: datetime, now: datetime, attempt: int, by: str = "") -> int:
        """An attempt begins. Raises StoreError."""
        with self._ledger.writing() as connection:
            given = [schedule, due.isoformat(), now.isoformat(), by, attempt, BEGUN]
            sql = "INSERT INTO delivery (schedule, due_at, begun_at, by, attempt, state, codes, fault) VALUES (?, ?, ?, ?, ?, ?, '', '')"
            return int(connection.execute(sql, given).lastrowid or 0)

    def end(self, id_: int, now: datetime, state: str, codes: tuple[str, ...] = (), fault: str = "") -> None:
        """It has come to an end. Raises StoreError."""
        with self._ledger.writing() as connection:
            sql = "UPDATE delivery SET ended_at = ?, state = ?, codes = ?, fault = ? WHERE id = ?"
            connection.execute(sql, [now.isoformat(), state, " ".join(codes), fault, id_])

    def last(self, schedule: str) -> Sending | None:
        """The newest attempt of a schedule."""
        found = self.all(schedule, 1)
        return found[0] if found else None

    def all(self, schedule: str | None = None, most: int = 50) -> list[Sending]:
        """The newest first."""
        where, values = ("WHERE schedule = ? ", [schedule]) if schedule else ("", [])
        return [_sending(row) for row in self._ledger.rows(f"SELECT * FROM delivery {where}ORDER BY id DESC LIMIT {int(most)}", values)]


def _sending(row: Any) -> Sending:
    given = dict(row)
    for name in ("due_at", "begun_at", "ended_at"):
        given[name] = datetime.fromisoformat(given[name]) if given[name] else None
    return Sending(**given | {"codes": tuple(given["codes"].split())})
