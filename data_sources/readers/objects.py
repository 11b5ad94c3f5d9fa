"""JSON objects as a table: a column a key, in the order in which keys are met; lists and objects inside become JSON text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import pyarrow as pa

from data_sources.readers.cells import column
from data_sources.readers.header import unique_names


def objects_table(objects: Sequence[Mapping[str, object]]) -> pa.Table:
    """The objects as rows; a key that one lacks is null there."""
    keys = list(dict.fromkeys(chain.from_iterable(objects)))
    return pa.table(
        _all_text(objects, keys) or [_column([each.get(key) for each in objects]) for key in keys], names=list(unique_names(keys))
    )


def _all_text(objects: Sequence[Mapping[str, object]], keys: Sequence[str]) -> list[pa.Array] | None:
    """All columns at once, which is the fastest; None when anything is not text."""
    try:
        columns: list[pa.Array] = pa.array(objects, pa.struct([(key, pa.string()) for key in keys])).flatten()
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return None
    return columns


def _column(values: Sequence[object]) -> pa.Array:
    """The values as text at once where all of them are text, as most are."""
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return column(values)
