"""Small deliveries that come one upon the other, gathered until they are taken in with one commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
import pyarrow as pa

from ioc.errors import FeedRejected, FeedUnavailable
from ioc.intake.port import Batch, Delivery
from ioc.store.feeds import Write
from ioc.store.group_commit import Part

# So many deliveries, and rows, share a commit at most; what is lost with the program before it is only read once more.
MOST_DELIVERIES, MOST_ROWS = 200, 4_000


@dataclass(frozen=True)
class Small:
    """A delivery that has been read to its end: its only batch, none where it holds nothing or ``fault`` says why it cannot be read."""

    delivery: Delivery
    batch: Batch | None = None
    fault: FeedRejected | FeedUnavailable | None = None
    writes: tuple[Write, ...] = ()

    @property
    def table(self) -> pa.Table:
        """Its rows."""
        return pa.table({}) if self.batch is None else self.batch.table

    def again(self) -> Delivery:
        """The delivery, to be read by somebody else."""
        return resumed(self.delivery, [self.batch] if self.batch else [], self.fault)

    def part(self) -> Part:
        """What the store takes in."""
        state = "rejected" if isinstance(self.fault, FeedRejected) else "unavailable" if self.fault else "done"
        rows = pa.array([], pa.int64()) if self.batch is None else source_rows(self.batch)
        message = self.fault.kept() if self.fault else None
        return Part(self.delivery.name, self.delivery.fingerprint, self.table, rows, state, message)


def read_whole(delivery: Delivery) -> Small | Delivery:
    """A small delivery, read to its end; or the delivery as it was, if it is to be taken in by itself."""
    read: list[Batch] = []
    try:
        for batch in delivery.batches:
            read.append(batch)
            if len(read) > 1 or batch.table.num_rows > MOST_ROWS or batch.broken or batch.position is not None or batch.kept:
                return resumed(delivery, chain(read, delivery.batches))
    except (FeedRejected, FeedUnavailable) as fault:
        return resumed(delivery, read, fault) if read else Small(delivery, fault=fault)
    except Exception as error:
        return resumed(delivery, read, error)
    return Small(delivery, read[0] if read else None)


def resumed(delivery: Delivery, batches: Sequence[Batch] | Iterator[Batch], fault: Exception | None = None) -> Delivery:
    """A delivery of which something has been read already: the same batches, and the same fault after them."""

    def found() -> Iterator[Batch]:
        yield from batches
        if fault:
            raise fault

    return replace(delivery, batches=found())


@dataclass
class Gathered:
    """Small deliveries that wait for others."""

    small: list[Small] = field(default_factory=list)

    def holds(self, delivery: Delivery) -> bool:
        """Whether the same is among them."""
        return any(each.delivery.fingerprint == delivery.fingerprint for each in self.small)

    def has_room(self, new: Small) -> bool:
        """Whether another can share their commit: columns of one name must have one type."""
        if len(self.small) >= MOST_DELIVERIES or sum(each.table.num_rows for each in (*self.small, new)) > MOST_ROWS:
            return False
        try:
            pa.unify_schemas([each.table.schema for each in (*self.small, new)])
        except pa.ArrowTypeError:
            return False
        return True

    def let_go(self) -> list[Small]:
        """All of them; none waits any more."""
        found, self.small = self.small, []
        return found


def source_rows(batch: Batch) -> pa.Int64Array:
    """The source row number of each row of a batch."""
    if batch.rows is not None:
        return batch.rows
    return pa.array(np.arange(batch.first_row, batch.first_row + batch.table.num_rows))
