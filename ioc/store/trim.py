"""Text without blanks around it. Most columns have none, which the first and last bytes of their values show at a glance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


def trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of text without the blanks around its values, whatever Unicode counts as such."""
    if any(_may_have_blanks(chunk) for chunk in column.chunks):
        return pc.utf8_trim_whitespace(column)
    return column


def _may_have_blanks(chunk: pa.StringArray | pa.LargeStringArray) -> bool:
    """Whether a value begins or ends with a byte that a blank could begin or end with; all but visible ASCII can."""
    _, offsets, data = chunk.buffers()
    if data is None or not len(chunk):
        return False
    width = np.int64 if pa.types.is_large_string(chunk.type) else np.int32
    ends = np.frombuffer(offsets, width).astype(np.int64, copy=False)[chunk.offset : chunk.offset + len(chunk) + 1]
    filled = ends[1:] > ends[:-1]
    letters = np.frombuffer(data, np.uint8)
    return not (_visible(letters[ends[:-1][filled]]) and _visible(letters[ends[1:][filled] - 1]))


def _visible(edges: npt.NDArray[np.uint8]) -> bool:
    """Whether all of some bytes are visible ASCII."""
    return not len(edges) or bool(edges.min() > ord(" ") and edges.max() < 0x7F)
