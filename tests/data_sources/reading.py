"""Reading files through the feed, as the intake does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from data_sources.file import FileOptions, connect
from ioc.intake.port import BrokenRow, Delivery


@dataclass(frozen=True)
class Taken:
    """All that one delivery brought."""

    columns: list[str]
    rows: list[dict[str, Any]]
    numbers: list[int]
    broken: list[BrokenRow]
    types: dict[str, pa.DataType]

    @property
    def cells(self) -> list[list[Any]]:
        return [list(row.values()) for row in self.rows]


def take(delivery: Delivery) -> Taken:
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    broken: list[BrokenRow] = []
    schema = pa.schema([])
    for batch in delivery.batches:
        schema = batch.table.schema
        rows += batch.table.to_pylist()
        size = batch.table.num_rows
        numbers += batch.rows.to_pylist() if batch.rows is not None else range(batch.first_row, batch.first_row + size)
        broken += batch.broken
    assert len(rows) == len(numbers)
    return Taken(schema.names, rows, numbers, broken, dict(zip(schema.names, schema.types, strict=True)))


def deliveries(path: Path, **options: Any) -> list[Delivery]:
    return list(connect(FileOptions(path=path.name, **options), path.parent).deliveries())


def read(path: Path, **options: Any) -> Taken:
    (delivery,) = deliveries(path, **options)
    return take(delivery)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
