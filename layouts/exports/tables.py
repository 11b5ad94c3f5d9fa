"""The tables of an exhibit for paper and pictures."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice

from ioc.exports.exhibit import Exhibit, Kind, Table
from ioc.exports.exhibit_text import told
from ioc.text.numbers import number
from layouts import elements as h
from layouts.state import Context

# Rows that a picture has room for, and that paper is worth; longer tables belong into a workbook.
PICTURE_ROWS, PAPER_ROWS = 15, 500
# Sentences above a table in a picture.
MOST_SENTENCES = 3
_STYLES = {Kind.NUMBER: "ioc-x-n", Kind.DAY: "ioc-x-m", Kind.MOMENT: "ioc-x-m"}
# Columns that can be read beside each other.
MOST_COLUMNS = 14


def listed(exhibit: Exhibit, context: Context) -> h.Element:
    """The first rows of its first table, as a picture."""
    said = exhibit.parts[0].sentences[:MOST_SENTENCES] if exhibit.parts else ()
    return h.div(".ioc-x-listed")[
        h.div(".ioc-x-words")[(h.p[each] for each in said)] if said else None,
        (table(each, exhibit, context, PICTURE_ROWS) for each in exhibit.tables[:1]),
    ]


def table(given: Table, exhibit: Exhibit, context: Context, most: int = PAPER_ROWS) -> h.Node:
    """A table, and how many rows are not in it."""
    columns = given.columns[:MOST_COLUMNS]
    rows = (
        h.tr[(h.td(class_=_STYLES.get(column.kind))[told(cell, column, exhibit)] for cell, column in zip(row, columns, strict=False))]
        for row in islice(iter(given.rows), most)
    )
    heading = h.tr[(h.th(class_="ioc-x-n" if column.kind is Kind.NUMBER else None, scope="col")[column.label] for column in columns)]
    shown, of = (number(Decimal(count), context.language) for count in (most, given.count))
    left = given.count > most
    rest = context.words("export.more_rows", shown=shown, of=of)
    return [h.table(".ioc-x-table")[h.thead[heading], h.tbody[rows]], h.p(".ioc-x-rest")[rest] if left else None]
