"""Columns of text that a source has written plainly, all in one manner: read by Arrow, at a sixth of what SQL takes for text.

What is read here need not be said in SQL: of a small batch, most of what it costs is that its SQL is understood.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import MAXYEAR, MINYEAR

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ioc.catalogue.model import FieldType

# Put before the name of a column of text: the same, read.
READ = "__read_"
_DAY = len("2026-11-23")
_MOMENTS = {len("2026-11-23 14:05:09"): None, len("2026-11-23T14:05:09Z"): "UTC", len("2026-11-23T14:05:09+07:00"): "UTC"}
_LAST_COLON = len("2026-11-23 14:05")
# Whole numbers of so many digits are whole numbers of 64 bits.
_DIGITS = 18


def read_plainly(column: pa.ChunkedArray, kind: FieldType, missing: tuple[str, ...]) -> pa.ChunkedArray | None:
    """What a column of text says, an empty text being nothing; of Arrow's type “null” where it says nothing at all.

    Args:
        column: text without blanks around it.
        kind: of the field.
        missing: what else a source writes for nothing.

    Returns:
        None unless every value is there in full and in the same manner, so that no value is read otherwise than SQL would.
    """
    if column.null_count == len(column):
        return pa.chunked_array([pa.nulls(len(column))])
    if kind not in _READ:
        return None
    lengths = pc.binary_length(column)
    empty = pc.equal(lengths, 0)
    if pc.any(empty).as_py():
        column, lengths = pc.if_else(empty, pa.scalar(None, column.type), column), pc.if_else(empty, None, lengths)
    least, most = pc.min_max(lengths).as_py().values()
    if least is None:
        return pa.chunked_array([pa.nulls(len(column))])
    with suppress(pa.ArrowInvalid):
        return _READ[kind](column, least, most, missing)
    return None


def _whole_numbers(column: pa.ChunkedArray, least: int, most: int, missing: tuple[str, ...]) -> pa.ChunkedArray | None:
    if most > _DIGITS or any(marker.isdecimal() for marker in missing) or not pc.all(pc.ascii_is_decimal(column)).as_py():
        return None
    return pc.cast(column, pa.int64())


def _logical(column: pa.ChunkedArray, least: int, most: int, missing: tuple[str, ...]) -> pa.ChunkedArray | None:
    yes = pc.equal(column, "true")
    known = pc.all(pc.or_(yes, pc.equal(column, "false"))).as_py() and not {"true", "false"} & set(missing)
    return yes if known else None


def _days(column: pa.ChunkedArray, least: int, most: int, missing: tuple[str, ...]) -> pa.ChunkedArray | None:
    plain = least == most == _DAY and not any(len(marker) == most for marker in missing)
    return _within(pc.cast(column, pa.date32())) if plain else None


def _moments(column: pa.ChunkedArray, least: int, most: int, missing: tuple[str, ...]) -> pa.ChunkedArray | None:
    plain = least == most and most in _MOMENTS and not any(len(marker) == most for marker in missing)
    if plain and all(_tell_seconds(chunk, most) for chunk in column.chunks):
        return _within(pc.cast(column, pa.timestamp("us", _MOMENTS[most])))
    return None


def _within(days: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """What was read, unless a day of it lies so far off that not every engine and calendar can hold it."""
    first, last = (pc.year(each) for each in pc.min_max(days).values())
    return days if first.as_py() >= MINYEAR + 1 and last.as_py() < MAXYEAR else None


def _tell_seconds(chunk: pa.StringArray | pa.LargeStringArray, length: int) -> bool:
    """Whether the values, all of one length, have minutes and seconds, divided by a colon."""
    _, offsets, data = chunk.buffers()
    if data is None or not len(chunk):
        return True
    ends = np.frombuffer(offsets, np.int64 if pa.types.is_large_string(chunk.type) else np.int32)[
        chunk.offset : chunk.offset + len(chunk) + 1
    ]
    starts = ends[:-1][np.diff(ends) == length]
    return bool((np.frombuffer(data, np.uint8)[starts + _LAST_COLON] == ord(":")).all())


_READ = {
    FieldType.INTEGER: _whole_numbers,
    FieldType.NUMBER: _whole_numbers,
    FieldType.BOOLEAN: _logical,
    FieldType.DATE: _days,
    FieldType.TIMESTAMP: _moments,
}
