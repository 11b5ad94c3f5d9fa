"""XLSX and XLS workbooks. Numbers and dates keep their types; a column that mixes types becomes text, `7` and not `7.0`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from data_sources.readers.cells import column
from data_sources.readers.content import Content
from data_sources.readers.header import check_columns, find_header
from data_sources.readers.options import FileOptions
from data_sources.readers.pieces import Piece, batches
from data_sources.readers.survey import Survey
from data_sources.readers.workbook import Request, Rows, Sheet, read_apart
from ioc.errors import FeedRejected
from ioc.intake.port import Batch

_SAMPLE_ROWS = 200


def read_sheet(content: Content, found: Survey, options: FileOptions) -> Iterator[Batch]:
    """The rows of one sheet; a row's number is the one that the program that wrote it shows.

    Raises:
        FeedRejected: damaged, locked, no such sheet, an empty sheet, no header, or other columns than expected.
    """
    sheet = read_apart(_request(content, options, options.sheet))
    assert isinstance(sheet, Sheet)
    where = f"{content.name}, sheet “{sheet.name}”"
    if not any(cell != "" for row in sheet.rows for cell in row):
        raise FeedRejected("{where} is empty.", "Say which sheet holds the data with sheet.", where=where)
    most = max(_SAMPLE_ROWS, *options.header_rows, options.header_row if isinstance(options.header_row, int) else 0)
    header = find_header(where, sheet.rows[:most], options, sheet.merges)
    check_columns(where, header.names, options.columns)
    yield from batches([_piece(sheet.rows, header.names, header.last_row)])


def sheet_names(content: Content, options: FileOptions) -> list[str]:
    """The visible sheets of a workbook, in order."""
    names = read_apart(_request(content, options, None))
    assert isinstance(names, list)
    return names


def _request(content: Content, options: FileOptions, sheet: int | str | None) -> Request:
    return Request(content.name, content.whole(options.max_document_mib), sheet, options.encoding, options.max_document_mib)


def _piece(rows: Rows, names: tuple[str, ...], header_rows: int) -> Piece:
    """The rows below the header that are not blank."""
    numbered = [(number, row) for number, row in enumerate(rows[header_rows:], header_rows + 1) if any(cell != "" for cell in row)]
    columns = [column([None if row[place] == "" else row[place] for _, row in numbered]) for place in range(len(names))]
    return Piece(pa.table(columns, names=list(names)), np.array([number for number, _ in numbered], np.int64))
