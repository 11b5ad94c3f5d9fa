"""Feeds of kind `sql`: a database is asked one query; what is new in its answer is taken in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Engine

from data_sources.readers.header import unique_names
from data_sources.readers.pieces import FIRST_ROWS
from data_sources.sql.columns import typed
from data_sources.sql.database import Pieces
from data_sources.sql.engine import database, engine
from data_sources.sql.options import SqlOptions, Watermark
from data_sources.sql.session import Result, Session
from data_sources.sql.watermark import Position, advanced, bound, check_sorted, position, within
from ioc.clock import Clock, SystemClock
from ioc.errors import FeedRejected, FeedUnavailable, offered
from ioc.intake.port import Batch, Delivery, Feed, Occasion

_MOST_BYTES = 64 * 2**20


def connect(options: SqlOptions, base: Path) -> Feed:
    """The feed of a query.

    Args:
        options: the database and the query.
        base: the folder that relative paths start from.
    """
    return SqlFeed(options, base, SystemClock())


@dataclass(frozen=True)
class SqlFeed:
    """The rows that a query gives.

    Attributes:
        options: the database and the query.
        base: the folder that relative paths start from.
        clock: tells which moments lie ahead.
    """

    options: SqlOptions
    base: Path
    clock: Clock

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        """What is new in the answer: at most one delivery, none when it is what the last one brought.

        Raises:
            FeedUnavailable: the database is not there now, or broke off before its first rows.
            FeedRejected: address, account or query are not right.
        """
        occasion = occasion or Occasion()
        before = position(occasion.position, self.options.watermark, self.clock.now())
        values = {"watermark": bound(before, self.options.watermark)} if self.options.watermark else {}
        if occasion.span:
            values = within(*occasion.span, self.options.watermark)
        with Session(self._engine, database(self.options), self.options, occasion.stopping) as session:
            batches = self._batches(session, before, values, None if occasion.span else self.options.watermark)
            first = next(batches, None)
            if first is None or (first.position is not None and first.position == occasion.position):
                return
            yield Delivery(self.options.place, None, chain([first], batches))

    def _batches(self, session: Session, before: Position, values: dict[str, Any], watermark: Watermark | None) -> Iterator[Batch]:
        """The answer in batches. When it should end before it has come to its end, it just does."""
        try:
            result = session.ask(values)
            yield from self._read(result, before, watermark)
        except (FeedUnavailable, FeedRejected):
            if not session.stopping.is_set():
                raise

    def _read(self, result: Result, before: Position, watermark: Watermark | None) -> Iterator[Batch]:
        names = list(unique_names(result.names))
        if watermark and watermark.column not in names:
            raise FeedRejected(
                "The query gives no column “{column}”, the watermark.", column=watermark.column, **offered(watermark.column, names)
            )
        at, first_row, latest = before, 1, None
        for text, is_last in _gathered(result.pieces, self.options.batch_rows):
            table = typed(text.rename_columns(names), result.kinds)
            if watermark:
                wanted = result.kinds[names.index(watermark.column)]
                marks = table[watermark.column]
                latest = check_sorted(watermark.column, marks, latest) if watermark.sorted else None
                whole = is_last or not watermark.sorted
                at = advanced(at, watermark.column, marks, wanted, self.clock.now(), ordered=watermark.sorted, whole=whole)
            seen = self._digest(table) if is_last and first_row == 1 else ""
            kept = replace(at, seen=seen)
            yield Batch(table, first_row=first_row, position=kept.written() if is_last or (watermark and watermark.sorted) else None)
            first_row += table.num_rows

    def _digest(self, table: pa.Table) -> str:
        """Tells what an asking brought from anything else, in whatever order the rows came."""
        digest = hashlib.sha256(self.options.query.encode())
        with pa.ipc.new_stream(pa.PythonFile(_Digested(digest), "w"), table.schema) as stream:
            stream.write_table(table.sort_by([(name, "ascending") for name in table.column_names]).combine_chunks())
        return digest.hexdigest()

    @cached_property
    def _engine(self) -> Engine:
        return engine(self.options, self.base)


@dataclass(frozen=True)
class _Digested:
    """A file that only keeps the digest of what is written."""

    digest: Any
    closed: bool = False

    def write(self, data: bytes) -> int:
        """Add to the digest."""
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def _gathered(pieces: Pieces, most: int) -> Iterator[tuple[pa.Table, bool]]:
    """Tables of at most so many rows out of pieces of any size, and whether each is the last. The first is small: it is soon worked on."""
    held: list[pa.Table] = []
    now = min(most, FIRST_ROWS)
    for piece in pieces:
        if held and not _fit(held, piece):
            yield pa.concat_tables(held), False
            held, now = [], most
        held.append(piece)
        while sum(each.num_rows for each in held) > now:
            whole = pa.concat_tables(held)
            yield whole.slice(0, now), False
            held, now = [whole.slice(now)], most
    if held:
        yield pa.concat_tables(held), True


def _fit(held: list[pa.Table], piece: pa.Table) -> bool:
    return bool(piece.schema.equals(held[0].schema)) and sum(each.nbytes for each in held) < _MOST_BYTES
