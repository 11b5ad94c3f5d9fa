"""CSV and TSV, streamed through Arrow's parser. Every value stays text.

A quoted value may hold line breaks; then row numbers count records, as a spreadsheet that opens the file would.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import accumulate, islice
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from data_sources.readers.content import Content
from data_sources.readers.encoding import BROKEN, Text, detect, utf8
from data_sources.readers.header import Header, check_columns, find_header
from data_sources.readers.options import FileOptions
from data_sources.readers.pieces import Piece, batches, composed, without_blank, without_damaged
from data_sources.readers.survey import Survey
from ioc.errors import FeedRejected
from ioc.intake.port import Batch, BrokenRow

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

# A block holds whole records. What Arrow's parser needs is some forty times a block, so that it is no larger than it must be.
_BLOCK_OF_RECORDS = 16 * 2**20
# No letter takes more than three times its bytes once it is UTF-8.
_GROWTH = 3
_SAMPLE = 2**20
_SAMPLE_ROWS = 200
_SEPARATORS = ",;\t|"


def read_csv(content: Content, found: Survey, options: FileOptions) -> Iterator[Batch]:
    """The rows of a CSV file.

    Raises:
        FeedRejected: no header, other columns than expected, or a record larger than the parser's block.
    """
    text = detect(found, options.encoding)
    sample = _Sample(content, text, options)
    if not any(cell.strip() for row in sample.rows for cell in row):
        raise FeedRejected("{name} is empty.", "Check the export that wrote it.", name=content.name)
    header = find_header(content.name, sample.rows, options)
    if any(BROKEN in name for name in header.names):
        raise FeedRejected(
            "The header of {name} holds bytes that are no text in {encoding}.",
            "Name its encoding.",
            name=content.name,
            encoding=text.encoding,
        )
    check_columns(content.name, header.names, options.columns)
    with content.open() as file:
        stream = utf8(file, text)
        stream.read(sample.offsets[header.last_row])
        may_span = found.quotes or options.quote != '"'
        block = max(_BLOCK_OF_RECORDS, int(options.max_line_mib * 2**20) + 1) if may_span else _GROWTH * found.line + 1
        pieces = _parsed(content.name, stream, header, sample.separator, options, block, may_span=may_span)
        yield from batches(_mended(piece, text) for piece in _closed(pieces, header, found.tail, options.quote))


def read_tsv(content: Content, found: Survey, options: FileOptions) -> Iterator[Batch]:
    """The rows of a file in which tabs separate the columns, unless another separator is given."""
    separator = "\t" if options.delimiter == "auto" else options.delimiter
    return read_csv(content, found, options.model_copy(update={"delimiter": separator}))


class _Sample:
    """The first rows of a file, split as Python's own reader splits them, and the byte that each next row begins at."""

    def __init__(self, content: Content, text: Text, options: FileOptions) -> None:
        with content.open() as file:
            stream = utf8(file, text)
            data = stream.read(_SAMPLE)
            data += stream.readline()
        lines = list(io.StringIO(data.decode(), newline=""))
        self.separator = _separator(lines, options.quote) if options.delimiter == "auto" else options.delimiter
        most = max(_SAMPLE_ROWS, *options.header_rows, options.header_row if isinstance(options.header_row, int) else 0)
        ends = [0, *accumulate(len(line.encode()) for line in lines)]
        self.rows: list[list[str]] = []
        self.offsets = [0]
        reader = _reader(lines, self.separator, options.quote)
        with suppress(csv.Error):  # a value longer than Python's reader takes; the rows before it are sample enough
            for row in islice(reader, most):
                self.rows.append(row)
                self.offsets.append(ends[reader.line_num])


def _reader(lines: Sequence[str], separator: str, quote: str) -> CsvReader:
    if not quote:
        return csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=separator, quotechar=quote)


def _separator(lines: Sequence[str], quote: str) -> str:
    """The separator that splits most rows into the same number of columns, more than one; of equals, into more."""
    named = re.fullmatch(r"sep=(.)\s*", lines[0]) if lines else None
    if named:
        return named[1]
    best = (0.0, 1, ",")
    for separator in _SEPARATORS:
        widths: Counter[int] = Counter()
        with suppress(csv.Error):
            widths.update(len(row) for row in islice(_reader(lines, separator, quote), _SAMPLE_ROWS) if row)
        for width, times in widths.items():
            if width > 1:
                best = max(best, (times / widths.total(), width, separator))
    return best[2]


def _parsed(
    name: str, stream: BinaryIO, header: Header, separator: str, options: FileOptions, block: int, *, may_span: bool
) -> Iterator[Piece]:
    """The blocks that Arrow's parser makes of the rows below the header; unless rows may span lines, it looks for line ends only."""
    met: list[BrokenRow] = []

    def note(row: pacsv.InvalidRow) -> str:
        if row.text.strip():
            met.append(BrokenRow(row.number + header.last_row, "columns", _what_is_broken(row)))
        else:
            met.append(BrokenRow(row.number + header.last_row, ""))
        return "skip"

    types = dict.fromkeys(header.names, pa.string())
    following = header.last_row + 1
    try:
        with pacsv.open_csv(
            stream,
            read_options=pacsv.ReadOptions(
                column_names=list(header.names), block_size=block, use_threads=False
            ),  # one thread: with more, Arrow does not say which rows are broken, and is no faster
            parse_options=pacsv.ParseOptions(
                delimiter=separator,
                quote_char=options.quote or False,
                newlines_in_values=may_span,
                ignore_empty_lines=False,
                invalid_row_handler=note,
            ),
            convert_options=pacsv.ConvertOptions(column_types=types, strings_can_be_null=False),
        ) as reader:
            for batch in reader:
                piece, following = _numbered(pa.Table.from_batches([batch]), met, following)
                yield piece
    except pa.ArrowInvalid as fault:
        if "Empty CSV" not in str(fault):
            raise _unreadable(name, fault, following, block) from fault
    rest = [row for row in met if row.reason]
    yield Piece(pa.schema(list(types.items())).empty_table(), np.empty(0, np.int64), rest)


def _what_is_broken(row: pacsv.InvalidRow) -> str:
    lines = len(row.text.splitlines())
    spans = f"; it goes on over {lines} lines, so a quote may not be closed" if lines > 1 else ""
    return f"{row.expected_columns} columns expected, {row.actual_columns} found{spans}"


def _numbered(table: pa.Table, met: list[BrokenRow], first: int) -> tuple[Piece, int]:
    """A piece whose rows are numbered from `first`, skipping the broken rows between them; and the next number."""
    end = first + table.num_rows
    inside = 0
    while inside < len(met) and met[inside].row < end:
        inside += 1
        end += 1
    between, met[:] = met[:inside], met[inside:]
    rows = np.arange(first, end)
    if between:
        rows = np.delete(rows, [row.row - first for row in between])
    return Piece(table, rows, [row for row in between if row.reason]), end


def _closed(pieces: Iterator[Piece], header: Header, tail: bytes, quote: str) -> Iterator[Piece]:
    """The pieces; when a quote is still open at the end of the file, every line that it swallowed is reported as broken."""
    ends_quoted = bool(quote) and tail.rstrip(b"\r\n\0").endswith(quote.encode())
    held: Piece | None = None
    for piece in pieces:
        if held is not None and piece.table.num_rows:
            yield held
            held = piece
        elif held is not None:
            held = Piece(held.table, held.rows, [*held.broken, *piece.broken])
        else:
            held = piece
    if held is None:
        return
    last = held.table.column(header.names[-1])[-1].as_py() if held.table.num_rows else ""
    follows = held.broken and held.table.num_rows and held.broken[-1].row > held.rows[-1]
    if ends_quoted or "\n" not in last or follows:
        yield held
        return
    row = int(held.rows[-1])
    swallowed = [BrokenRow(row + at, "columns", f"a quote opened in row {row} is never closed") for at in range(len(last.splitlines()))]
    yield Piece(held.table.slice(0, held.table.num_rows - 1), held.rows[:-1], [*held.broken, *swallowed])


def _mended(piece: Piece, text: Text) -> Piece:
    if text.damaged:
        piece = without_damaged(piece)
    return without_blank(composed(piece) if text.compose else piece)


def _unreadable(name: str, fault: pa.ArrowInvalid, row: int, block: int) -> FeedRejected:
    if "straddling" in str(fault):
        return FeedRejected(
            "A record of {name} after row {row} is longer than {mib} MiB.",
            "A quote may not be closed there.",
            name=name,
            row=row,
            mib=block // 2**20,
        )
    return FeedRejected(
        "{name} cannot be split into columns after row {row}: {fault}.", "Check delimiter and quote.", name=name, row=row, fault=fault
    )
