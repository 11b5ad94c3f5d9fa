"""JSON objects as a table: a column a key, in the order in which keys are met; lists and objects inside become JSON text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
import orjson
import pyarrow as pa

from data_sources.readers.cells import column
from data_sources.readers.header import unique_names
from data_sources.readers.pieces import Piece
from ioc.errors import FeedRejected
from ioc.intake.port import BrokenRow

# More different keys are no columns: somebody uses values as keys, and each would take room in every row.
MOST_COLUMNS = 2_000


def objects_piece(objects: Sequence[Mapping[str, object]], rows: Sequence[int], broken: Sequence[BrokenRow] = ()) -> Piece:
    """The objects as rows of these numbers; a key that one lacks is null there. What is nested too deep is reported as broken.

    Raises:
        FeedRejected: they have more different keys than a table may have columns.
    """
    keys = set(chain.from_iterable(objects))
    if len(keys) > MOST_COLUMNS:
        raise FeedRejected(
            "The objects have {count:,} different keys, more than the {most:,} columns that a table may have.",
            "Values may stand where keys belong; ask for records that all have the same keys.",
            count=len(keys),
            most=MOST_COLUMNS,
        )
    try:
        return Piece(objects_table(objects), np.array(rows, np.int64), broken)
    except TypeError:  # a list or an object inside is deeper than can be written
        fits = [can_be_written(each) for each in objects]
    deep = [BrokenRow(row, "json", "nested too deep") for row, fit in zip(rows, fits, strict=True) if not fit]
    kept = [each for each, fit in zip(objects, fits, strict=True) if fit]
    return Piece(objects_table(kept), np.array([row for row, fit in zip(rows, fits, strict=True) if fit], np.int64), [*broken, *deep])


def objects_table(objects: Sequence[Mapping[str, object]]) -> pa.Table:
    """The objects as rows; a key that one lacks is null there. Raises TypeError for what is nested too deep."""
    keys = list(dict.fromkeys(chain.from_iterable(objects)))
    columns = _all_text(objects, keys) or [column([each.get(key) for each in objects]) for key in keys]
    return pa.table(columns, names=list(unique_names(keys)))


def _all_text(objects: Sequence[Mapping[str, object]], keys: Sequence[str]) -> list[pa.Array] | None:
    """All columns at once, which is the fastest; None when anything is not text."""
    try:
        columns: list[pa.Array] = pa.array(objects, pa.struct([(key, pa.string()) for key in keys])).flatten()
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return None
    return columns


def can_be_written(value: object) -> bool:
    """Whether a value can be kept as JSON: not when it is nested more than some 250 deep."""
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return True
