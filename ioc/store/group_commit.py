"""Several small deliveries taken in with one commit, after which each has a run, counts and row numbers of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa

from ioc.store.database import first
from ioc.store.feeds import Write
from ioc.store.receipts import Receipt, Tally
from ioc.store.store import Run, Store
from ioc.store.tables import record_table


@dataclass(frozen=True)
class Part:
    """One of the deliveries: what it is called and told apart by, its rows and their numbers in the source, and how it ends."""

    name: str
    fingerprint: str | None
    table: pa.Table
    rows: pa.Int64Array
    state: str = "done"
    message: str | None = None


@dataclass
class _Runs:
    """The runs of the deliveries. The first was begun for all; the others are numbered within the commit."""

    run: Run
    parts: Sequence[Part]
    at: datetime
    ids: list[int] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)

    def numbered(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Give every row that was taken in the run and the number that are its own."""
        (last,) = first(cursor, "SELECT max(run) FROM run")
        self.ids = [self.run.id, *range(last + 1, last + len(self.parts))]
        cursor.execute("DELETE FROM run WHERE run = ?", [self.run.id])
        sizes = [part.table.num_rows for part in self.parts]
        own_rows = pa.chunked_array([part.rows for part in self.parts], pa.int64())
        places = np.arange(1, len(own_rows) + 1)
        cursor.register("placed", pa.table({"place": places, "own_run": np.repeat(self.ids, sizes), "own_row": own_rows}))
        cursor.execute(
            f"""UPDATE {record_table(self.run.record)} SET _run = own_run, _row = own_row
            FROM placed WHERE _run = {self.run.id} AND _row = place"""
        )
        cursor.execute(
            f"UPDATE quarantine SET run = own_run, source_row = own_row FROM placed WHERE run = {self.run.id} AND source_row = place"
        )
        cursor.unregister("placed")

    def noted(self, receipt: Receipt) -> Write | None:
        """Gathers what became of each; with the last, notes all at once."""
        self.receipts.append(receipt)
        return self._write if len(self.receipts) == len(self.parts) else None

    def _write(self, cursor: duckdb.DuckDBPyConnection) -> None:
        parts, run = self.parts, self.run
        texts = {key: pa.array([getattr(part, key) for part in parts], pa.string()) for key in ("name", "fingerprint", "state", "message")}
        counts = {key: [getattr(receipt.tally, key) for receipt in self.receipts] for key in Tally.__dataclass_fields__}
        cursor.register("ended", pa.table({"run": self.ids, **texts, **counts}))
        cursor.execute(
            """INSERT INTO run BY NAME
            SELECT *, ? AS feed, ? AS record, ? AS simulated, ?::TIMESTAMP AS started_at, started_at AS finished_at FROM ended""",
            [run.feed, run.record, run.simulated, self.at],
        )
        cursor.unregister("ended")


def take_in_together(store: Store, run: Run, parts: Sequence[Part], also: Sequence[Write] = ()) -> list[tuple[int, Receipt]]:
    """Take the deliveries in, and tell of each its run and what became of its rows. All of it is kept, or nothing.

    Args:
        store: where the records go.
        run: begun for the first of them.
        parts: the deliveries; columns of one name have one type.
        also: what else is to be kept with them.
    """
    runs = _Runs(run, parts, store.clock.now().replace(tzinfo=None))
    receipts = store.take_in_parts(run, [part.table for part in parts], 1, [runs.noted] * len(parts), (runs.numbered, *also))
    return list(zip(runs.ids, receipts, strict=True))
