"""Records as JSON, as a source writes them: moments and days in ISO 8601, what is nothing left out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

Row = dict[str, Any]


def rows(records: pa.Table) -> list[Row]:
    """The records as JSON objects."""
    return [{key: _plain(value) for key, value in row.items() if value is not None} for row in records.to_pylist()]


def lines(objects: Sequence[Row]) -> bytes:
    """JSON objects as NDJSON."""
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects).encode()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
