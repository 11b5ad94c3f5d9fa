"""JSON objects as a table: a column a key, in the order in which keys are met; lists and objects inside become JSON text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from data_sources.readers.cells import column
from data_sources.readers.header import unique_names


def objects_table(objects: Sequence[Mapping[str, object]]) -> pa.Table:
    """The objects as rows; a key that one lacks is null there."""
    keys = list(dict.fromkeys(key for each in objects for key in each))
    return pa.table([column([each.get(key) for each in objects]) for key in keys], names=list(unique_names(keys)))
