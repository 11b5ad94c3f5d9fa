"""Moments that lie ahead: what a wrong clock wrote must not hide what comes before it. So no watermark ever passes now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

# Where a moment or a day has no zone, it may be of the earliest zone there is.
EARLIEST_ZONE = timedelta(hours=14)

Arrow = TypeVar("Arrow", pa.Array, pa.ChunkedArray)


def without_ahead(values: Arrow, now: datetime) -> Arrow:
    """Moments or days without those that lie ahead; values of any other type are all kept."""
    if pa.types.is_timestamp(values.type):
        limit = latest(now if values.type.tz else datetime.min, now)
    elif pa.types.is_date(values.type):
        limit = latest(date.min, now)
    else:
        return values
    return values.filter(pc.less_equal(values, pa.scalar(limit, values.type)))


def latest(like: datetime | date, now: datetime) -> datetime | date:
    """The latest moment, or day, that does not lie ahead: with a zone if ``like`` has one."""
    if isinstance(like, datetime) and like.tzinfo:
        return now
    local = now.astimezone(UTC).replace(tzinfo=None) + EARLIEST_ZONE
    return local if isinstance(like, datetime) else local.date()
