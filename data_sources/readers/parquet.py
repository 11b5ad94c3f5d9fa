"""Parquet: columns come with the types that they were written with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data_sources.readers.content import Content
from data_sources.readers.header import check_columns, unique_names
from data_sources.readers.options import FileOptions
from data_sources.readers.pieces import Piece, batches
from data_sources.readers.survey import Survey
from ioc.errors import FeedRejected
from ioc.intake.port import Batch

_ROWS = 131_072


def read_parquet(content: Content, found: Survey, options: FileOptions) -> Iterator[Batch]:
    """The rows of a Parquet file, numbered from 1.

    Raises:
        FeedRejected: damaged, not Parquet, or other columns than expected.
    """
    with content.open() as file:
        try:
            yield from batches(_pieces(content.name, pq.ParquetFile(file), options))
        except (pa.ArrowException, OSError) as fault:  # Arrow calls damaged data an OSError, like a failing disk
            raise FeedRejected(
                "{name} cannot be read as Parquet: {fault}.", "Send it again.", name=content.name, fault=str(fault).rstrip(".")
            ) from fault


def _pieces(name: str, file: pq.ParquetFile, options: FileOptions) -> Iterator[Piece]:
    names = list(unique_names(file.schema_arrow.names))
    check_columns(name, names, options.columns)
    first = 1
    for batch in file.iter_batches(batch_size=_ROWS):
        yield Piece(pa.Table.from_batches([batch]).rename_columns(names), np.arange(first, first + batch.num_rows))
        first += batch.num_rows
    if first == 1:
        yield Piece(file.schema_arrow.empty_table().rename_columns(names), np.empty(0, np.int64))
