"""The feed port: what a data source hands to the intake. Sources know this module and nothing else of ours but errors.

A source delivers **tables of source columns**, untranslated: text as text, native types where the format has them
(Parquet, Excel dates). Mapping, typing, checking and refusing are the intake's work, so that they are the same for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa


@dataclass(frozen=True)
class BrokenRow:
    """A row that the source could not even split into columns; goes to quarantine as it is described here.

    ``row`` counts from 1 as a person would count in the source (the header is row 1 of a sheet).
    ``reason`` is one of the codes in ``ioc/text`` under ``quarantine``; ``detail`` never carries the row's content.
    """

    row: int
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Batch:
    """Some rows of one source, in source order.

    Attributes:
        table: one column a source column, names as in the source (unique, stripped); any Arrow type.
        rows: source row number of each row of ``table``, or None when they run on from ``first_row`` without gap.
        first_row: source row number of the first row.
        broken: rows that could not be split, met while this batch was read.
    """

    table: pa.Table
    first_row: int = 1
    rows: pa.Int64Array | None = None
    broken: tuple[BrokenRow, ...] = field(default=())


@dataclass(frozen=True)
class Delivery:
    """One thing delivered: a file, a page, a message. ``name`` is shown to people; ``fingerprint`` tells it apart from any other.

    ``batches`` may be consumed once. It raises ``FeedRejected`` when what was delivered can never be read
    and ``FeedUnavailable`` when it may be readable later.
    """

    name: str
    fingerprint: str
    batches: Iterator[Batch]


class Feed(Protocol):
    """A connected source."""

    def deliveries(self) -> Iterator[Delivery]:
        """What there is to take in now, oldest first."""
        ...
