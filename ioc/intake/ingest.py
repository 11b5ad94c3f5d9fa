"""Takes deliveries in: each a run with its counts, read ahead while the one before is being written."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import pyarrow as pa

from ioc.catalogue.contract import Contract
from ioc.catalogue.mapping import Mapping
from ioc.errors import FeedRejected, FeedUnavailable, IocError
from ioc.intake.inspection import Inspector, Verdict
from ioc.intake.port import Batch, Delivery
from ioc.store.feeds import at_position
from ioc.store.parts import Tally
from ioc.store.store import BrokenSourceRow, Run, Store

T = TypeVar("T")

# So many rows are written at once when others are not to wait.
GENTLE_ROWS = 5_000


@dataclass(frozen=True)
class Target:
    """Where a feed's deliveries go: its name, the record type, and the mapping between; and what is expected of them."""

    feed: str
    record: str
    mapping: Mapping
    simulated: bool = False
    contract: Contract = field(default_factory=Contract)


@dataclass(frozen=True)
class Outcome:
    """What became of some deliveries, each a run. ``faults`` tells of each that could not be read."""

    tally: Tally
    runs: tuple[int, ...] = ()
    faults: tuple[IocError, ...] = ()


def take_in(
    store: Store,
    target: Target,
    deliveries: Iterable[Delivery],
    progress: Callable[[str, Tally], None] | None = None,
    *,
    again: bool = True,
    stopping: threading.Event | None = None,
    gently: bool = False,
) -> Outcome:
    """Take deliveries in, one after the other. One that cannot be read does not stop the others.

    Args:
        store: where the records go.
        target: whose deliveries these are.
        deliveries: from the feed, oldest first.
        progress: called after each batch with the delivery's name and its counts so far.
        stopping: set when it should come to its end; what has not been taken in by then is left for the next time.
        again: whether one that was taken in before is taken in once more, which changes nothing but is counted; or passed over.
        gently: in small portions with a pause after each, so that other feeds wait for none of them; no position is kept.
    """
    stopping = stopping or threading.Event()
    inspector: Inspector | None = None
    total, runs, faults = Tally(), [], []
    for delivery in deliveries:
        if stopping.is_set():
            break
        if not again and delivery.fingerprint and (fate := store.fate(target.feed, delivery.fingerprint)):
            _settle(delivery, taken_in=fate == "done")
            continue
        run = store.begin(target.feed, target.record, target.mapping, delivery.name, delivery.fingerprint, simulated=target.simulated)
        inspector = inspector or Inspector(store, target.feed, target.mapping, target.contract)
        batches = _small(read_ahead(delivery.batches)) if gently else read_ahead(delivery.batches)
        judged = _portions(inspector, run, batches) if delivery.endless else inspector.inspected(run, batches)
        if gently:
            judged = _with_pauses(judged, stopping)
        tally, fault = _one(store, run, delivery, judged, progress, stopping)
        total += tally
        runs.append(run.id)
        if fault:
            faults.append(fault)
    return Outcome(total, tuple(runs), tuple(faults))


def _small(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The same rows in batches that are written in no time, without positions."""
    for batch in batches:
        rows, last = source_rows(batch), max(0, batch.table.num_rows - 1) // GENTLE_ROWS * GENTLE_ROWS
        for start in range(0, last + 1, GENTLE_ROWS):
            ends = start == last
            yield Batch(
                batch.table.slice(start, GENTLE_ROWS),
                rows=rows.slice(start, GENTLE_ROWS),
                broken=batch.broken if ends else (),
                kept=batch.kept if ends else None,
            )


def _with_pauses(judged: Iterator[tuple[Batch, Verdict]], stopping: threading.Event) -> Iterator[tuple[Batch, Verdict]]:
    """The same, and after each as long a pause as it took to write."""
    for each in judged:
        start = time.monotonic()
        yield each
        stopping.wait(time.monotonic() - start)


def _portions(inspector: Inspector, run: Run, batches: Iterator[Batch]) -> Iterator[tuple[Batch, Verdict]]:
    for batch in batches:
        yield batch, inspector.portion(run, batch.table)


def _one(
    store: Store,
    run: Run,
    delivery: Delivery,
    judged: Iterator[tuple[Batch, Verdict]],
    progress: Callable[[str, Tally], None] | None,
    stopping: threading.Event,
) -> tuple[Tally, IocError | None]:
    """One delivery as one run; what was taken in before a fault stays, and taking it in again changes nothing."""
    tally, stopped = Tally(), False
    try:
        for batch, verdict in judged:
            if stopped := stopping.is_set():
                break
            broken = tuple(BrokenSourceRow(row.row, row.reason, row.detail) for row in batch.broken)
            also = [*verdict.writes, *([at_position(run.feed, batch.position)] if batch.position is not None else [])]
            tally += store.take_in(run, batch.table, source_rows(batch), broken, also, hold=verdict.held)
            if batch.kept:
                batch.kept()
            if progress:
                progress(delivery.name, tally)
    except (FeedRejected, FeedUnavailable) as error:
        state = "rejected" if isinstance(error, FeedRejected) else "unavailable"
        store.finish(run, state, error.kept())
        if isinstance(error, FeedRejected):
            _settle(delivery, taken_in=False)
        return tally, error
    except BaseException as error:
        with contextlib.suppress(Exception):  # a disk that is full cannot note it; the first error is the one to tell
            store.finish(run, "failed", error.kept() if isinstance(error, IocError) else str(error))
        raise
    if stopped or (stopping.is_set() and not delivery.fingerprint):
        store.finish(run, "stopped")
        return tally, None
    store.finish(run)
    _settle(delivery, taken_in=True)
    return tally, None


def _settle(delivery: Delivery, *, taken_in: bool) -> None:
    if delivery.settled:
        delivery.settled(taken_in)


def source_rows(batch: Batch) -> pa.Int64Array:
    """The source row number of each row of a batch."""
    if batch.rows is not None:
        return batch.rows
    return pa.array(np.arange(batch.first_row, batch.first_row + batch.table.num_rows))


def read_ahead(items: Iterable[T], depth: int = 1) -> Iterator[T]:
    """The same items, the next of them being made in a thread while one is in use. Errors arrive in their place."""
    waiting: queue.Queue[tuple[bool, T | BaseException | None]] = queue.Queue(maxsize=depth)
    abandoned = threading.Event()

    def put(entry: tuple[bool, T | BaseException | None]) -> bool:
        while not abandoned.is_set():
            try:
                waiting.put(entry, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        try:
            for item in items:
                if not put((True, item)):
                    return
            put((False, None))
        except BaseException as error:
            put((False, error))

    thread = threading.Thread(target=work, name="read-ahead", daemon=True)
    thread.start()
    try:
        while True:
            more, item = waiting.get()
            if not more:
                if isinstance(item, BaseException):
                    raise item
                return
            yield item  # type: ignore[misc]
    finally:
        abandoned.set()
