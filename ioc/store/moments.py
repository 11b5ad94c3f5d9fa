"""Moments and days that a source has written plainly, all in one manner: read by Arrow, at a sixth of what SQL takes for text."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ioc.catalogue.model import FieldType

# Put before the name of a column of text: the same, read.
READ = "__read_"
_DAY = len("2026-11-23")
_MOMENTS = {len("2026-11-23 14:05:09"): None, len("2026-11-23T14:05:09Z"): "UTC", len("2026-11-23T14:05:09+07:00"): "UTC"}
_LAST_COLON = len("2026-11-23 14:05")


def read_plainly(column: pa.ChunkedArray, kind: FieldType, missing: tuple[str, ...]) -> pa.ChunkedArray | None:
    """The moments or days in a column of text, an empty text being none.

    Args:
        column: text without blanks around it.
        kind: of the field.
        missing: what else a source writes for nothing.

    Returns:
        None unless every value is there in full and in the same manner, so that no value is read otherwise than SQL would.
    """
    lengths = pc.binary_length(column)
    empty = pc.equal(lengths, 0)
    if pc.any(empty).as_py():
        column, lengths = pc.if_else(empty, pa.scalar(None, column.type), column), pc.if_else(empty, None, lengths)
    least, most = pc.min_max(lengths).as_py().values()
    if least is None or least != most or any(len(marker) == most for marker in missing):
        return None
    with suppress(pa.ArrowInvalid):
        if kind is FieldType.DATE:
            return pc.cast(column, pa.date32()) if most == _DAY else None
        if most in _MOMENTS and all(_tell_seconds(chunk, most) for chunk in column.chunks):
            return pc.cast(column, pa.timestamp("us", _MOMENTS[most]))
    return None


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
