"""Sends what lies in quarantine through its feed's mapping again, after mapping or catalogue has been mended."""

from __future__ import annotations

import contextlib
import json
import threading

import pyarrow as pa

from ioc.intake.ingest import Target
from ioc.store.feeds import Waiting, released, waiting
from ioc.store.receipts import Tally
from ioc.store.store import Run, Store

# Rows that are taken in with one commit.
AT_ONCE = 20_000


def replay(store: Store, target: Target, stopping: threading.Event | None = None) -> Tally:
    """Take a feed's quarantined rows in again, each delivery's as a run of its own.

    What is taken in leaves quarantine in the same transaction; what is at fault again lies there again, with its new reason. A row
    that could not be split into columns stays: nothing of it was kept.

    Args:
        store: where they lie.
        target: the feed, with the mapping as it is now.
        stopping: set when it should come to its end; what has not gone through by then stays where it is.

    Returns:
        What became of the rows.
    """
    stopping = stopping or threading.Event()
    mapping, total = target.mapping.again(), Tally()
    with store.read() as snapshot:
        runs = waiting(snapshot, target.feed)
    for run in runs:
        if stopping.is_set():
            break
        new = store.begin(target.feed, target.record, mapping, run.name, None, simulated=target.simulated, again=True)
        try:
            total += _one(store, run, new, stopping)
        except BaseException as error:
            with contextlib.suppress(Exception):  # a disk that is full cannot note it; the first error is the one to tell
                store.finish(new, "failed", str(error))
            raise
        store.finish(new, "stopped" if stopping.is_set() else "done")
    return total


def _one(store: Store, run: Waiting, new: Run, stopping: threading.Event) -> Tally:
    """The rows of one delivery, some at a time."""
    total = Tally()
    while not stopping.is_set() and (rows := _rows(store, run)):
        numbers = [number for number, _ in rows]
        table = _table(rows, new.mapping.columns())
        total += store.take_in(new, table, pa.array(numbers, pa.int64()), also=[released(run.run, numbers)])
    return total


def _rows(store: Store, run: Waiting) -> list[tuple[int, str]]:
    with store.read() as snapshot:
        return run.rows(snapshot, AT_ONCE)


def _table(rows: list[tuple[int, str]], columns: set[str]) -> pa.Table:
    """What was kept of the rows, as the source's columns; one that was not kept then is empty."""
    kept = [json.loads(payload) for _, payload in rows]
    return pa.table({column: pa.array([row.get(column) for row in kept], pa.string()) for column in sorted(columns)})
