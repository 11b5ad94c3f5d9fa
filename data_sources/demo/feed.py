"""Feeds of kind ``demo``: the demonstration ministry's records of one type, first the history, then what changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from data_sources.demo.ministry import DemoMinistry
from ioc.catalogue.load import BUILT_IN, load
from ioc.catalogue.model import Catalogue
from ioc.clock import Clock, SystemClock
from ioc.intake.port import Batch, Delivery, Feed, Occasion

CATALOGUE = "moha"  # the story is about this ministry's units and procedures
SEED = 1105


class DemoOptions(BaseModel):
    """Options of a feed of kind ``demo``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record: str = Field(description="the record type that it delivers")
    seed: int = Field(default=SEED, description="another number gives another ministry")
    years: int = Field(default=3, ge=0, le=8, description="how far the history goes back")
    scale: float = Field(default=1, gt=0, le=10, description="size of the ministry; 0.01 has a hundredth of the records")


class DemoFeed:
    """One record type of a demonstration ministry.

    Args:
        ministry: whose records.
        record: of which type.
        clock: tells until when.
        since: where an earlier stream ended; without it the history comes first.
    """

    def __init__(self, ministry: DemoMinistry, record: str, clock: Clock, since: datetime | None = None) -> None:
        self._ministry = ministry
        self._record = record
        self._clock = clock
        self._since = since

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        """The history, the first time; then each time what has changed since the last."""
        if self._since is None:
            yield self._delivery("history", self._ministry.now, self._ministry.history(self._record))
            self._since = self._ministry.now
        until = self._clock.now()
        changes = self._ministry.changes(self._record, self._since, until)
        if len(changes):
            yield self._delivery(f"changes since {self._since.isoformat()}", until, iter([changes]))
        self._since = until

    def _delivery(self, what: str, until: datetime, tables: Iterator[pa.Table]) -> Delivery:
        name = f"{self._record}: {what} until {until.isoformat()}"
        return Delivery(name, f"{self._ministry.identity}:{name}", _batches(tables))


def connect(options: DemoOptions, base: Path) -> Feed:
    """A feed of the demonstration ministry; ``base`` is not needed, for it reads no file of the deployment."""
    clock = SystemClock()
    ministry = DemoMinistry(_catalogue(), options.seed, clock.now(), options.years, options.scale)
    return DemoFeed(ministry, options.record, clock)


@lru_cache(maxsize=1)
def _catalogue() -> Catalogue:
    return load(BUILT_IN / CATALOGUE, CATALOGUE)


def _batches(tables: Iterator[pa.Table]) -> Iterator[Batch]:
    row = 1
    for table in tables:
        yield Batch(table, first_row=row)
        row += len(table)
