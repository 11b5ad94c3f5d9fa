"""Small tables, as parsers hand them out, gathered into batches of a good size, without rows that are blank or no text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data_sources.readers.encoding import BROKEN
from ioc.intake.port import Batch, BrokenRow

MOST_ROWS = 122_880  # a row group of the store; whoever writes takes several that wait at once
FIRST_ROWS = MOST_ROWS // 2
MOST_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Piece:
    """A table, the number that each of its rows has in the source, and the rows beside them that could not be split."""

    table: pa.Table
    rows: npt.NDArray[np.int64]
    broken: Sequence[BrokenRow] = ()


def batches(pieces: Iterable[Piece]) -> Iterator[Batch]:
    """Batches of `MOST_ROWS` rows, fewer when rows are wide, when columns change their types, or where the end is reached.

    The first is the smallest, so that it can be worked on soon, while the next is read.
    """
    held: list[Piece] = []
    most = FIRST_ROWS
    for piece in pieces:
        if held and not _fit([*held, piece]):
            yield _batch(held)
            held, most = [], MOST_ROWS
        held.append(piece)
        while (rows := sum(each.table.num_rows for each in held)) >= most:
            last = held.pop()
            full, rest = _cut(last, last.table.num_rows - (rows - most))
            yield _batch([*held, full])
            held, most = [rest] if rest.table.num_rows or rest.broken else [], MOST_ROWS
    if held:
        yield _batch(held)


def _cut(piece: Piece, rows: int) -> tuple[Piece, Piece]:
    """So many rows of a piece, and the others; what is broken goes with the rows before it."""
    if rows == piece.table.num_rows:
        return piece, Piece(piece.table.slice(rows), piece.rows[rows:])
    before = [each for each in piece.broken if each.row < piece.rows[rows]]
    after = [each for each in piece.broken if each.row >= piece.rows[rows]]
    return Piece(piece.table.slice(0, rows), piece.rows[:rows], before), Piece(piece.table.slice(rows), piece.rows[rows:], after)


def _fit(pieces: Sequence[Piece]) -> bool:
    return bool(pieces[-1].table.schema.equals(pieces[0].table.schema)) and sum(piece.table.nbytes for piece in pieces) <= MOST_BYTES


def _batch(pieces: Sequence[Piece]) -> Batch:
    rows = np.concatenate([piece.rows for piece in pieces])
    first = int(rows[0]) if len(rows) else 1
    unbroken = len(rows) == 0 or int(rows[-1]) - first == len(rows) - 1
    return Batch(
        table=pa.concat_tables([piece.table for piece in pieces]),
        first_row=first,
        rows=None if unbroken else pa.array(rows),
        broken=tuple(broken for piece in pieces for broken in piece.broken),
    )


def without_blank(piece: Piece) -> Piece:
    """The piece without the rows in which every column is empty: they are no data, and a gap in the numbers shows each."""
    if not piece.table.num_rows or not piece.table.num_columns:
        return piece
    blank: pa.BooleanArray | pa.ChunkedArray | None = None
    for column in piece.table.columns:
        empty = pc.fill_null(pc.equal(column, ""), True)
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            return piece
    return _kept(piece, pc.invert(blank), ())


def without_damaged(piece: Piece) -> Piece:
    """The piece without the rows that hold a byte which is no text; those are reported as broken."""
    if not piece.table.num_rows or not piece.table.num_columns:
        return piece
    damaged = reduce(pc.or_, [pc.fill_null(pc.match_substring(column, BROKEN), False) for column in piece.table.columns])
    if not pc.any(damaged).as_py():
        return piece
    numbers = piece.rows[np.asarray(damaged)]
    broken = [BrokenRow(int(row), "encoding", "a byte that is no text in this encoding") for row in numbers]
    return _kept(piece, pc.invert(damaged), broken)


def _kept(piece: Piece, mask: pa.ChunkedArray, broken: Sequence[BrokenRow]) -> Piece:
    return Piece(piece.table.filter(mask), piece.rows[np.asarray(mask)], (*piece.broken, *broken))


def composed(piece: Piece) -> Piece:
    """The piece with letters and their combining marks made one letter each (NFC)."""
    columns = [pc.utf8_normalize(column, form="NFC") if pa.types.is_string(column.type) else column for column in piece.table.columns]
    return Piece(pa.table(columns, names=piece.table.column_names), piece.rows, piece.broken)
