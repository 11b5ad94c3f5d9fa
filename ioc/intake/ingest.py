"""Takes deliveries in: each a run with its counts, read ahead while the one before is being written; small ones share a commit."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from ioc.catalogue.contract import Contract
from ioc.catalogue.mapping import Mapping
from ioc.errors import FeedRejected, FeedUnavailable, IocError
from ioc.intake.inspection import Inspector, Verdict
from ioc.intake.port import Batch, Delivery
from ioc.intake.read_ahead import read_ahead, together
from ioc.intake.small_deliveries import Gathered, Small, read_whole, source_rows
from ioc.store.feeds import at_position
from ioc.store.group_commit import take_in_together
from ioc.store.receipts import BrokenSourceRow, Tally
from ioc.store.store import Run, Store

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
    """What became of some deliveries, each a run.

    Attributes:
        tally: the counts of all together.
        runs: their numbers.
        faults: of each that could not be read, why.
        begins_anew: whether the last was stopped before anything said where it is gone on with.
    """

    tally: Tally
    runs: tuple[int, ...] = ()
    faults: tuple[IocError, ...] = ()
    begins_anew: bool = False


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
    taking = _Taking(store, target, progress, stopping or threading.Event(), gently)
    for delivery in deliveries:
        if taking.stopping.is_set():
            break
        taking.take(delivery, again=again)
    taking.write()
    return Outcome(taking.total, tuple(taking.runs), tuple(taking.faults), taking.begins_anew)


@dataclass
class _Taking:
    """Deliveries being taken in: what has become of them, and small ones that wait to share a commit."""

    store: Store
    target: Target
    progress: Callable[[str, Tally], None] | None
    stopping: threading.Event
    gently: bool
    total: Tally = field(default_factory=Tally)
    runs: list[int] = field(default_factory=list)
    faults: list[IocError] = field(default_factory=list)
    waiting: Gathered = field(default_factory=Gathered)
    begins_anew: bool = False

    def take(self, delivery: Delivery, *, again: bool) -> None:
        """Take a delivery in, or let it wait for others; in the end none waits of which no other follows at once."""
        if self.waiting.holds(delivery):
            self.write()
        if not again and delivery.fingerprint and (fate := self.store.fate(self.target.feed, delivery.fingerprint)):
            _settle(delivery, taken_in=fate == "done")
        elif delivery.fingerprint and not self.gently and not delivery.endless and (delivery.more or self.waiting.small):
            self._gather(delivery)
        else:
            self._alone(delivery)
        if not delivery.more:
            self.write()

    def _gather(self, delivery: Delivery) -> None:
        found = read_whole(delivery)
        writes = self._inspector.passed(found.table) if isinstance(found, Small) and found.batch else ()
        if not isinstance(found, Small) or writes is None:
            self.write()
            self._alone(found.again() if isinstance(found, Small) else found)
            return
        if not self.waiting.has_room(found):
            self.write()
        self.waiting.small.append(replace(found, writes=writes))

    def write(self) -> None:
        """Take what waits in with one commit; if that fails one by one, so that what is wrong with one is not the others' loss."""
        small = self.waiting.let_go()
        if self.stopping.is_set():
            return
        if len(small) == 1:
            self._alone(small[0].again())
        if len(small) < 2:
            return
        run = self._begun(small[0].delivery)
        try:
            receipts = take_in_together(self.store, run, [each.part() for each in small], [w for each in small for w in each.writes])
        except Exception as error:
            self.store.finish(run, "failed", error.kept() if isinstance(error, IocError) else str(error))
            for each in small:
                self._alone(each.again())
            return
        for each, (number, receipt) in zip(small, receipts, strict=True):
            self._note(number, receipt.tally, each.fault)
            if self.progress and each.batch:
                self.progress(each.delivery.name, receipt.tally)
            if not isinstance(each.fault, FeedUnavailable):
                _settle(each.delivery, taken_in=each.fault is None)
        self.store.tidying.due(self.target.record)

    def _alone(self, delivery: Delivery) -> None:
        run = self._begun(delivery)
        if self.gently:
            batches = _small(read_ahead(delivery.batches))
        else:
            batches = read_ahead(delivery.batches) if delivery.endless else together(delivery.batches)
        judged = _portions(self._inspector, run, batches) if delivery.endless else self._inspector.inspected(run, batches)
        if self.gently:
            judged = _with_pauses(judged, self.stopping)
        placed: list[str] = []
        self._note(run.id, *_one(self.store, run, delivery, _placing(judged, placed), self.progress, self.stopping))
        self.begins_anew = self.stopping.is_set() and not delivery.fingerprint and not placed

    def _begun(self, delivery: Delivery) -> Run:
        target = self.target
        return self.store.begin(target.feed, target.record, target.mapping, delivery.name, delivery.fingerprint, simulated=target.simulated)

    def _note(self, number: int, tally: Tally, fault: IocError | None) -> None:
        self.runs.append(number)
        self.total += tally
        self.faults += [fault] if fault else []

    @cached_property
    def _inspector(self) -> Inspector:
        return Inspector(self.store, self.target.feed, self.target.mapping, self.target.contract, learns=not self.gently)


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


def _placing(judged: Iterator[tuple[Batch, Verdict]], placed: list[str]) -> Iterator[tuple[Batch, Verdict]]:
    """The same; the positions that come with them are noted once they are kept."""
    for batch, verdict in judged:
        yield batch, verdict
        placed += [] if batch.position is None else [batch.position]


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
