"""Looks at deliveries before their records count, and remembers what is usual for their feed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain

import pyarrow as pa

from ioc.catalogue.contract import Contract
from ioc.catalogue.mapping import Mapping
from ioc.intake.port import Batch
from ioc.intake.shape import LEAST_ROWS, Column, Shape, differences, remembered, shape_of
from ioc.store.feeds import Write
from ioc.store.findings import findings, found, shaped, shapes
from ioc.store.store import Run, Store

# Of a feed that holds, so many rows of a delivery are looked at before the first of them counts; of others, the first batch. One of more
# rows than the second does not wait until it is known whether another follows: meanwhile the writer would have nothing to do.
MOST_LOOKED_AT = 1_000_000
LOOKED_AT = 50_000
# Of records that never end, the shape is remembered this often.
LEARN_SECONDS = 60


@dataclass(frozen=True)
class Verdict:
    """Whether records wait for a person, and what is to be kept with them."""

    held: bool = False
    writes: tuple[Write, ...] = ()


class Inspector:
    """What is known of one feed's deliveries. Used by whoever writes for that feed, one at a time.

    What is asked for once more of days gone by (``learns`` False) comes in other portions: how much it is says nothing, and is not learnt.
    """

    def __init__(self, store: Store, feed: str, mapping: Mapping, contract: Contract, *, learns: bool = True) -> None:
        self._store = store
        self._feed = feed
        self._columns = mapping.columns()
        self._contract = contract if learns else contract.model_copy(update={"volume": None})
        self._learns = learns
        self._learnt = -float(LEARN_SECONDS)
        with store.read() as snapshot:
            self._usual = _shapes(shapes(snapshot, feed))
            self._stands = any(each.ended_at is None for each in findings(snapshot, feed))

    def inspected(self, run: Run, batches: Iterator[Batch]) -> Iterator[tuple[Batch, Verdict]]:
        """The batches of one delivery, and what was found when it was looked at; the first carries what is to be kept."""
        seen, whole = self._beginning(batches)
        if not seen:
            return
        shape = shape_of(pa.concat_tables([each.table for each in seen], promote_options="permissive"), self._columns)
        verdict, rows = self._judge(run, shape, whole=whole), 0
        for number, batch in enumerate(chain(_let_go(seen), batches)):
            rows += batch.table.num_rows
            yield batch, verdict if number == 0 else replace(verdict, writes=())
        if not whole:  # only now is it known how many there are
            self._store.write(*self._judge(run, replace(shape, rows=rows), whole=True, held=verdict.held).writes)
        if not verdict.held:
            self._store.write(*self._learn(replace(shape, rows=rows)))

    def portion(self, run: Run, table: pa.Table) -> Verdict:
        """What is found about some rows of a delivery that never ends."""
        if table.num_rows < LEAST_ROWS:
            return Verdict()
        shape = shape_of(table, self._columns)
        verdict = self._judge(run, shape, whole=False)
        if verdict.held or time.monotonic() - self._learnt < LEARN_SECONDS:
            return verdict
        self._learnt = time.monotonic()
        return replace(verdict, writes=(*verdict.writes, *self._learn(shape)))

    def passed(self, table: pa.Table) -> tuple[Write, ...] | None:
        """What is to be kept with a small delivery that is as usual; None for one that is to be taken in by itself."""
        shape = shape_of(table, self._columns)
        unusual = differences(shape, self._usual, self._contract, whole=True)
        return None if unusual or (self._stands and shape.rows >= LEAST_ROWS) else self._learn(shape)

    def _beginning(self, batches: Iterator[Batch]) -> tuple[list[Batch], bool]:
        """The first batches of a delivery, and whether they are all."""
        seen: list[Batch] = []
        for batch in batches:
            seen.append(batch)
            rows = sum(each.table.num_rows for each in seen)
            if rows > MOST_LOOKED_AT if self._contract.hold else rows > LOOKED_AT or (rows and len(seen) > 1):
                return seen, False
        return seen, True

    def _judge(self, run: Run, shape: Shape, *, whole: bool, held: bool | None = None) -> Verdict:
        """What is found about a shape; whether its records wait is decided, unless it has been (``held``)."""
        found_now = differences(shape, self._usual, self._contract, whole=whole)
        if not found_now and (not self._stands or shape.rows < LEAST_ROWS):
            return Verdict()
        held = bool(found_now) and self._contract.hold if held is None else held
        self._stands = bool(found_now) or (self._stands and not whole)
        return Verdict(held, (found(self._feed, run.id, found_now, self._store.clock.now(), held=held, whole=whole),))

    def _learn(self, shape: Shape) -> tuple[Write, ...]:
        """What is usual from now on, to be kept."""
        usual = remembered(self._usual, shape)
        if usual == self._usual or not self._learns:
            return ()
        self._usual = usual
        return (shaped(self._feed, json.dumps([asdict(each) for each in usual])),)


def _let_go(seen: list[Batch]) -> Iterator[Batch]:
    """Batches that are held no longer than until they are asked for."""
    while seen:
        yield seen.pop(0)


def _shapes(kept: str | None) -> list[Shape]:
    return [
        Shape(each["rows"], each["sample"], {name: Column(**column) for name, column in each["columns"].items()})
        for each in json.loads(kept or "[]")
    ]
