"""Text as a database writes it, as columns of the types that it declares."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

MOMENT, ZONED = pa.timestamp("us"), pa.timestamp("us", "UTC")
# For decimals of which the database does not say how many places they have: enough of them for what it computes itself.
ANY_DECIMAL = pa.decimal128(38, 20)


def decimal(precision: int | None, scale: int | None) -> pa.DataType | None:
    """The type of a declared decimal; None where only text holds it."""
    if precision is None or scale is None:
        return ANY_DECIMAL
    return pa.decimal128(precision, scale) if 0 < precision <= 38 and 0 <= scale <= precision else None


def typed(table: pa.Table, kinds: Sequence[pa.DataType | None]) -> pa.Table:
    """The table with each column in its type. One that holds what its type cannot (NaN, infinity, 0000-00-00) stays text, as written."""
    columns = [column if kind is None else _as(column, kind) for column, kind in zip(table.columns, kinds, strict=True)]
    return pa.table(columns, names=table.column_names)


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    try:
        if pa.types.is_boolean(kind):
            return pc.equal(column, "t")
        if kind == ZONED and not _names_offset(column):
            return pc.assume_timezone(column.cast(MOMENT), "UTC")
        return column.cast(kind)
    except pa.ArrowInvalid:
        return column


def _names_offset(column: pa.ChunkedArray) -> bool:
    first = next((value.as_py() for value in column.drop_null()[:1]), "")
    return "+" in first


def texts(values: Sequence[object]) -> pa.Array:
    """Values of one column as text; bytes as PostgreSQL writes them: `\\x` and two digits each."""
    first = next((value for value in values if value is not None), None)
    if isinstance(first, bytes):
        return pa.array([f"\\x{value.hex()}" if isinstance(value, bytes) else None for value in values], pa.string())
    return pa.array(values, pa.string())
