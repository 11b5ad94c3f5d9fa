"""NDJSON: one JSON object a line. A line that is none is reported and the others are taken in.

Blocks whose lines are all written alike are split (``even_lines.py``), others go through Arrow's parser, with the types that their first
lines show. A block in which that fails, or might bend a value, is read line by line instead, which is slower and always right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pajson

from data_sources.readers.content import Content
from data_sources.readers.encoding import Text, detect, has_broken, utf8
from data_sources.readers.even_lines import even
from data_sources.readers.header import check_columns, unique_names
from data_sources.readers.objects import objects_piece
from data_sources.readers.options import FileOptions
from data_sources.readers.pieces import Piece, batches, composed
from data_sources.readers.survey import Survey
from ioc.errors import FeedRejected
from ioc.intake.port import Batch, BrokenRow

# Whole lines, each ended by a line break, and how many.
Block = tuple[bytes, int]

# Of this size a block is still at hand in the processor's cache when it is parsed.
_BLOCK = _PART = 4 * 2**20
_SHOWN = 100
_EXACT = 2.0**53


def read_ndjson(content: Content, found: Survey, options: FileOptions) -> Iterator[Batch]:
    """The objects of an NDJSON file as rows; a row's number is its line's.

    Raises:
        FeedRejected: there is no line that is not blank, or the columns are not the expected ones.
    """
    text = detect(found, options.encoding)
    with content.open() as file:
        yield from batches(_pieces(content.name, utf8(file, text), text, options))


def _pieces(name: str, stream: BinaryIO, text: Text, options: FileOptions) -> Iterator[Piece]:
    anything = False
    for piece in pieces_of_lines(name, _blocks(stream), options.columns):
        anything = anything or bool(piece.table.num_rows or piece.broken)
        yield composed(piece) if text.compose else piece
    if not anything:
        raise FeedRejected("{name} is empty: it has no line with an object.", "Check the export that wrote it.", name=name)


def pieces_of_lines(name: str, blocks: Iterable[Block], columns: Sequence[str] = ()) -> Iterator[Piece]:
    """The objects in blocks of whole lines as rows, a piece a block; lines are numbered through all of them. See `Lines`."""
    lines, line = Lines(name, columns), 1
    for block, count in blocks:
        yield lines.piece(block, line, count)
        line += count


@dataclass
class Lines:
    """Reads block after block of lines, so that all have the same columns.

    Attributes:
        name: what they are called in messages.
        columns: that they must have; none expects nothing.
    """

    name: str
    columns: Sequence[str] = ()
    _known: pa.Schema = field(default_factory=lambda: pa.schema([]))

    def piece(self, block: bytes, line: int, count: int) -> Piece:
        """The objects in so many lines of UTF-8, each ended by a line break, of which the first has this number.

        Raises:
            FeedRejected: the columns are not the expected ones, or are too many.
        """
        piece = _fast(block, line, count, self._known) or _line_by_line(block, line)
        if not piece.table.num_rows:
            return piece
        # Only the first block must show every expected column: a key may be left out of an object, and is then null.
        check_columns(self.name, dict.fromkeys([*piece.table.column_names, *self._known.names]), self.columns)
        piece = _aligned(piece, self._known)
        self._known = piece.table.schema
        return piece


def _blocks(stream: BinaryIO) -> Iterator[Block]:
    """Pieces of whole lines, each ended by a line break."""
    while block := stream.read(_BLOCK):
        if not block.endswith(b"\n"):
            block += stream.readline()
        block = block if block.endswith(b"\n") else block + b"\n"
        yield block, block.count(b"\n")


def _aligned(piece: Piece, known: pa.Schema) -> Piece:
    """The piece with the columns that earlier ones had, in their order, and its own new ones after them."""
    columns = {name: piece.table.column(name) for name in piece.table.column_names}
    size = piece.table.num_rows
    earlier = {field.name: columns.pop(field.name, None) for field in known}
    # A column without a value says nothing of its type; another type would end the batch.
    filled = {
        name: pa.nulls(size, known.field(name).type) if found is None or found.null_count == size else found
        for name, found in earlier.items()
    }
    return Piece(pa.table({**filled, **columns}), piece.rows, piece.broken)


def _fast(block: bytes, line: int, lines: int, known: pa.Schema) -> Piece | None:
    """The block split, or through Arrow's parser; None when it could not be sure of every value."""
    if has_broken(block):
        return None
    parsed = _parsed(block, lines, known) if known else None  # most blocks are as the ones before
    if parsed is None:
        parsed = _parsed(block, lines, _shown_schema(block, known), is_tried=bool(known))
    if parsed is None:
        return None
    # Other than one row a line: a blank line, an object over two, two in one. Arrow also reads NaN, and both round large numbers.
    floats = [column for column in parsed.columns if pa.types.is_floating(column.type)]
    if parsed.num_rows != lines or not all(_is_exact(column) for column in floats):
        return None
    return Piece(parsed.rename_columns(list(unique_names(parsed.column_names))), np.arange(line, line + lines))


def _parsed(block: bytes, lines: int, schema: pa.Schema | None, *, is_tried: bool = False) -> pa.Table | None:
    """The block of so many lines in columns of these types; None where a line has others, or none are known.

    ``is_tried``: its lines have been found not to be alike.
    """
    if schema is None:
        return None
    if not is_tried and (found := even(block, lines, schema)) is not None:
        return found
    with suppress(pa.ArrowInvalid):
        return pajson.read_json(
            pa.BufferReader(block),
            # One thread: the others are at work on the rows before, and shared out it takes more of the processor.
            read_options=pajson.ReadOptions(block_size=_PART, use_threads=False),
            parse_options=pajson.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
        )
    return None


def _shown_schema(block: bytes, known: pa.Schema) -> pa.Schema | None:
    """The types in the first lines, or of earlier blocks where those are null; None when a column has no one simple type."""
    values: dict[str, set[type]] = {}
    for line in block[: 2**20].split(b"\n", _SHOWN)[:_SHOWN]:
        try:
            shown = orjson.loads(line) if line else {}
        except orjson.JSONDecodeError:
            return None
        if not isinstance(shown, dict):
            return None
        for key, value in shown.items():
            values.setdefault(key, set()).add(type(value))
    types = {key: _type(kinds - {type(None)}, known, key) for key, kinds in values.items()}
    return pa.schema([(key, kind) for key, kind in types.items() if kind]) if types and all(types.values()) else None


def _type(kinds: set[type], known: pa.Schema, key: str) -> pa.DataType | None:
    if not kinds and key in known.names:
        return known.field(key).type
    if kinds <= {str}:
        return pa.string()
    if kinds == {bool}:
        return pa.bool_()
    if kinds <= {int, float}:
        was_float = key in known.names and pa.types.is_floating(known.field(key).type)
        return pa.float64() if float in kinds or was_float else pa.int64()
    return None


def _is_exact(column: pa.ChunkedArray) -> bool:
    most = pc.max(pc.abs(column)).as_py()
    return most is None or (most <= _EXACT and not pc.any(pc.is_nan(column)).as_py())


def _line_by_line(block: bytes, first: int) -> Piece:
    objects: list[dict[str, object]] = []
    rows: list[int] = []
    broken: list[BrokenRow] = []
    for number, line in enumerate(block.split(b"\n")[:-1], first):
        if not line.strip():
            continue
        found = _object(line)
        if isinstance(found, dict):
            objects.append(found)
            rows.append(number)
        else:
            broken.append(BrokenRow(number, *found))
    return objects_piece(objects, rows, broken)


def _object(line: bytes) -> dict[str, object] | tuple[str, str]:
    """The object in a line, or the reason and the detail of what is wrong with it."""
    if has_broken(line):
        return "encoding", "a byte that is no text in this encoding"
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as fault:
        return "json", f"{fault.msg} at character {fault.pos + 1}"
    if not isinstance(found, dict):
        return "json", "not an object"
    return found
