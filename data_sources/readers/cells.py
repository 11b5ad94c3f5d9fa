"""Python values of one column as an Arrow column: numbers, dates and truth values as such, anything mixed as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import orjson
import pyarrow as pa

_EXACT = 2**53
"""Up to here every whole number has its own floating-point value."""


def column(values: Sequence[object]) -> pa.Array:
    """The values with one type for all; text when they have no type in common, so that none is bent into another."""
    kinds = {type(value) for value in values} - {type(None)}
    if not kinds or kinds == {str}:
        return pa.array(values, pa.string())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds <= {int, float}:
        return _numbers(values)
    if kinds == {dt.date}:
        return pa.array(values, pa.date32())
    if kinds <= {dt.date, dt.datetime}:
        return pa.array([_moment(value) for value in values], pa.timestamp("us"))
    return pa.array([None if value is None else as_text(value) for value in values], pa.string())


def _numbers(values: Sequence[object]) -> pa.Array:
    present = [value for value in values if isinstance(value, (int, float))]
    if all(value.is_integer() and abs(value) <= _EXACT for value in present if isinstance(value, float)):
        whole = [None if value is None else int(value) for value in values]  # type: ignore[call-overload]  # only numbers are left
        if all(-(2**63) <= value < 2**63 for value in whole if value is not None):
            return pa.array(whole, pa.int64())
    elif all(-_EXACT <= value <= _EXACT for value in present if isinstance(value, int)):
        return pa.array([None if value is None else float(value) for value in values], pa.float64())  # type: ignore[arg-type]
    return pa.array([None if value is None else as_text(value) for value in values], pa.string())


def _moment(value: object) -> dt.datetime | None:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)
    return value if isinstance(value, dt.datetime) else None


def as_text(value: object) -> str:
    """One value as a person would write it: whole numbers without a point, dates as ISO 8601, lists and objects as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return str(int(value))
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return orjson.dumps(value).decode()
    return str(value)
