"""Drafts of reports: what their authors have written in place of the generated sentences, until it is fixed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ioc.errors import Refusal, UnknownName
from ioc.ledger import Ledger

FILE = "reports.sqlite"
STEPS = (
    """CREATE TABLE draft (
    id INTEGER PRIMARY KEY, report TEXT NOT NULL, at TEXT NOT NULL, begun_at TEXT NOT NULL, begun_by TEXT NOT NULL, said TEXT NOT NULL,
    changed_at TEXT NOT NULL, changed_by TEXT NOT NULL, fixed_at TEXT, fixed_by TEXT, scope TEXT
);
""",
)
_MOMENTS = ("at", "begun_at", "changed_at", "fixed_at")
MOST = 100


@dataclass(frozen=True)
class Draft:
    """One draft.

    Attributes:
        at: the moment that its figures are of.
        said: by the number of a section, its paragraphs as they are to stand.
        scope: of whoever began it; None is the whole organisation.
    """

    id: int
    report: str
    at: datetime
    begun_at: datetime
    begun_by: str
    said: Mapping[int, Sequence[str]]
    changed_at: datetime
    changed_by: str
    fixed_at: datetime | None
    fixed_by: str | None
    scope: str | None


class Drafts:
    """The drafts of one deployment, in the data folder."""

    def __init__(self, folder: Path) -> None:
        self._ledger = Ledger(folder / FILE, STEPS)

    def all(self, scope: str | None = None) -> list[Draft]:
        """The newest first; within a scope only what was begun within it. Raises StoreError."""
        within = "" if scope is None else "WHERE scope = ? "
        return [
            _draft(row) for row in self._ledger.rows(f"SELECT * FROM draft {within}ORDER BY id DESC LIMIT {MOST}", [scope] if scope else [])
        ]

    def find(self, id_: str, scope: str | None = None) -> Draft:
        """One draft. Raises UnknownName or StoreError."""
        rows = self._ledger.rows("SELECT * FROM draft WHERE id = ?", [int(id_)]) if id_.isdigit() and len(id_) < 12 else []
        found = [draft for draft in map(_draft, rows) if scope is None or draft.scope == scope]
        if not found:
            raise UnknownName("draft", id_, ())
        return found[0]

    def fixed(self, report: str, since: datetime) -> Draft | None:
        """The draft of a report for the whole organisation that was fixed last, if that was after a moment. Raises StoreError."""
        sql = "SELECT * FROM draft WHERE report = ? AND scope IS NULL AND fixed_at IS NOT NULL"
        found = [draft for draft in map(_draft, self._ledger.rows(sql, [report])) if draft.fixed_at and draft.fixed_at > since]
        return max(found, key=lambda draft: (draft.fixed_at, draft.id), default=None)

    def begin(self, report: str, at: datetime, by: str, now: datetime, scope: str | None = None) -> int:
        """Begin a draft of a report whose figures are of a moment; tells its number. Raises StoreError."""
        with self._ledger.writing() as connection:
            given = [report, at.isoformat(), now.isoformat(), by, "{}", now.isoformat(), by, scope]
            sql = "INSERT INTO draft (report, at, begun_at, begun_by, said, changed_at, changed_by, scope) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            return int(connection.execute(sql, given).lastrowid or 0)

    def write(self, id_: int, said: Mapping[int, Sequence[str]], by: str, now: datetime, seen: str) -> None:
        """Keep what an author has written.

        Args:
            seen: when it was last changed, as the author saw it.

        Raises:
            Refusal: it is fixed, or somebody else has changed it since.
        """
        with self._ledger.writing() as connection:
            draft = _draft(connection.execute("SELECT * FROM draft WHERE id = ?", [id_]).fetchone())
            if draft.fixed_at:
                raise Refusal("report_fixed")
            if seen != draft.changed_at.isoformat():
                raise Refusal("report_changed", name=draft.changed_by)
            kept = json.dumps({str(number): list(paragraphs) for number, paragraphs in said.items()}, ensure_ascii=False)
            connection.execute("UPDATE draft SET said = ?, changed_at = ?, changed_by = ? WHERE id = ?", [kept, now.isoformat(), by, id_])

    def fix(self, id_: int, by: str, now: datetime) -> None:
        """It is not changed any more. Raises Refusal when it is so already."""
        with self._ledger.writing() as connection:
            if not connection.execute(
                "UPDATE draft SET fixed_at = ?, fixed_by = ? WHERE id = ? AND fixed_at IS NULL", [now.isoformat(), by, id_]
            ).rowcount:
                raise Refusal("report_fixed")


def _draft(row: Any) -> Draft:
    given = dict(row) | {name: datetime.fromisoformat(row[name]) if row[name] else None for name in _MOMENTS}
    return Draft(**given | {"said": {int(number): tuple(said) for number, said in json.loads(row["said"]).items()}})
