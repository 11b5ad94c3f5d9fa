"""Sends what lies in quarantine through its feed's mapping again, after mapping or catalogue has been mended."""

from __future__ import annotations

import json

import pyarrow as pa

from ioc.intake.ingest import Target
from ioc.store.feeds import Waiting, released, waiting
from ioc.store.parts import Tally
from ioc.store.store import Store

# Rows that are taken in with one commit.
AT_ONCE = 20_000


def replay(store: Store, target: Target) -> Tally:
    """Take a feed's quarantined rows in again.

    What is taken in leaves quarantine in the same transaction; what is at fault again lies there again, with its new reason. A row
    that could not be split into columns stays: nothing of it was kept.

    Returns:
        What became of the rows.
    """
    mapping, total = target.mapping.again(), Tally()
    with store.read() as snapshot:
        runs = waiting(snapshot, target.feed)
    for run in runs:
        new = store.begin(target.feed, target.record, mapping, f"{run.name} (again)", None, simulated=target.simulated)
        while rows := _rows(store, run):
            numbers = [number for number, _ in rows]
            total += store.take_in(new, _table(rows, mapping.columns()), pa.array(numbers, pa.int64()), also=[released(run.run, numbers)])
        store.finish(new)
    return total


def _rows(store: Store, run: Waiting) -> list[tuple[int, str]]:
    with store.read() as snapshot:
        return run.rows(snapshot, AT_ONCE)


def _table(rows: list[tuple[int, str]], columns: set[str]) -> pa.Table:
    """What was kept of the rows, as the source's columns; one that was not kept then is empty."""
    kept = [json.loads(payload) for _, payload in rows]
    return pa.table({column: pa.array([row.get(column) for row in kept], pa.string()) for column in sorted(columns)})
