"""An exhibit as a workbook: real numbers and dates in the form that the screen shows, and a sheet that says where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import xlsxwriter

from ioc.exports.exhibit import Amount, Cell, Column, Exhibit, Kind, Table
from ioc.exports.exhibit_text import definitions, facts, plain, shown_number, told
from ioc.exports.progress import Progress
from ioc.exports.xlsx_waterfall import fall_sheet
from ioc.text.words import words

# A sheet holds 1,048,576 rows; what is longer goes on on the next.
MOST_ROWS = 1_000_000
# Widths are taken from so many rows: they must be known before the first is written.
LOOKED_AT = 200
NARROWEST, WIDEST = 9, 60
# Letters that a line of definitions holds; how high a line is, and a row at most, in points.
WORDS_WIDE, LINE_HIGH, HIGHEST = 110, 14, 400
MOST_LETTERS = 31  # of a sheet's name
HEAD_ROWS = 3
FONT = "Arial"  # on every machine, with all Vietnamese letters


def write_xlsx(exhibit: Exhibit, file: Path, progress: Progress) -> None:
    """Write it, row by row; memory does not grow with them. Raises OSError."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(file), {**options, "tmpdir": str(file.parent), "remove_timezone": True})
    try:
        writer = Writer(book, exhibit)
        for part in exhibit.parts:
            for table in part.tables:
                writer.table(table, progress)
            if part.chart and part.chart.kind == "fall":
                fall_sheet(writer, part.chart)
        writer.provenance()
        mark = exhibit.mark
        book.set_properties(
            {
                "title": exhibit.title[:250],
                "author": mark.made_by[:250] if mark else "",
                "company": exhibit.organisation[:250],
                "keywords": mark.code if mark else "",
                "comments": mark.verify if mark else "",
                **({"created": mark.made_at.astimezone(exhibit.zone).replace(tzinfo=None)} if mark else {}),
            }
        )
    except BaseException:
        for sheet in book.worksheets():  # closes and takes away what it had put aside
            sheet._opt_close()
            if sheet.row_data_filename:
                Path(sheet.row_data_filename).unlink(missing_ok=True)
        book.fileclosed = 1
        raise
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error)) from error


class Writer:
    """A workbook that is being written."""

    def __init__(self, book: Any, exhibit: Exhibit) -> None:
        self.book, self.exhibit = book, exhibit
        self.names: set[str] = set()
        self.formats: dict[str, Any] = {}
        self.title = self.form(bold=True, font_size=14)
        self.note = self.form(font_color="#4f5b68")
        self.heading = self.form(bold=True, text_wrap=True, valign="top", bg_color="#e4eaf0", bottom=1)
        self.text = self.form(valign="top", indent=1)
        self.wrapped = self.form(text_wrap=True, valign="top")
        self.bold = self.form(bold=True, valign="top")
        self.day = self.form(num_format="dd/mm/yyyy", valign="top", align="left", indent=1)
        self.moment = self.form(num_format="dd/mm/yyyy hh:mm", valign="top", align="left", indent=1)

    def form(self, **given: Any) -> Any:
        """A format of cells."""
        return self.book.add_format({"font_name": FONT, "font_size": 10, **given})

    def number(self, amount: Amount) -> Any:
        """The format in which a number reads as on screen: whole ones without places."""
        places = 0 if amount.value == amount.value.to_integral_value() else amount.places
        unit = '"%"' if amount.unit == "percent" else ""
        pattern = "#,##0" + ("." + "0" * places if places else "") + unit
        if pattern not in self.formats:
            self.formats[pattern] = self.form(num_format=pattern, valign="top")
        return self.formats[pattern]

    def table(self, table: Table, progress: Progress) -> None:
        """A table, on as many sheets as it needs."""
        rows: Iterator[tuple[Cell, ...]] = iter(progress.over(table.rows))
        number = 1
        while True:
            few = list(islice(rows, LOOKED_AT))
            if not few and number > 1:
                return
            self._sheet(table, number, few, islice(rows, MOST_ROWS - len(few)))
            number += 1
            if len(few) < LOOKED_AT:
                return

    def _sheet(self, table: Table, number: int, few: Sequence[tuple[Cell, ...]], rest: Iterable[tuple[Cell, ...]]) -> None:
        sheet = self.book.add_worksheet(self.named(table.title if number == 1 else f"{table.title} {number}"))
        exhibit, columns = self.exhibit, table.columns
        sheet.write_string(0, 0, table.title[:32_000], self.title)
        sheet.write_string(1, 0, self.about(), self.note)
        sheet.freeze_panes(HEAD_ROWS + 1, 0)
        widths = [_width(index, column, few, exhibit) for index, column in enumerate(columns)]
        deepest = max((-(-len(column.label) // int(width)) for column, width in zip(columns, widths, strict=True)), default=1)
        sheet.set_row(HEAD_ROWS, (min(deepest, 4) + 0.3) * LINE_HIGH)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, widths[index])
            sheet.write_string(HEAD_ROWS, index, column.label, self.heading)
        last = HEAD_ROWS
        for row in chain(few, rest):
            last += 1
            for index, cell in enumerate(row):
                self.cell(sheet, last, index, cell, columns[index])
        if last > HEAD_ROWS:
            sheet.autofilter(HEAD_ROWS, 0, last, len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROWS)
        sheet.set_footer(f"&L{_in_footer(self.code())}&R&P/&N")

    def cell(self, sheet: Any, row: int, index: int, cell: Cell, column: Column) -> None:
        """One cell. Text stays text, whatever it begins with."""
        if cell is None or cell == "":
            return
        if isinstance(cell, str):
            sheet.write_string(row, index, cell[:32_000], self.text)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, index, cell.astimezone(self.exhibit.zone).replace(tzinfo=None), self.moment)
        elif isinstance(cell, date):
            sheet.write_datetime(row, index, cell, self.day)
        elif amount := plain(cell, column):
            sheet.write_number(row, index, _exact(amount), self.number(amount))

    def provenance(self) -> None:
        """What everything carries, and what its indicators mean."""
        said = words(self.exhibit.language)
        sheet = self.book.add_worksheet(self.named(said("export.provenance")))
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, WORDS_WIDE)
        row = 0
        for heading, text in facts(self.exhibit):
            sheet.write_string(row, 0, heading, self.bold)
            self.wrapping(sheet, row, text)
            row += 1
        for label, lines in definitions(self.exhibit):
            row += 1
            sheet.write_string(row, 0, label[:32_000], self.title)
            row += 1
            for heading, text in lines:
                sheet.write_string(row, 0, heading, self.bold)
                self.wrapping(sheet, row, text)
                row += 1
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def wrapping(self, sheet: Any, row: int, text: str) -> None:
        """A text of several lines: the height of its row is said, as not every program finds it by itself."""
        lines = sum(-(-max(len(line), 1) // WORDS_WIDE) for line in text[:32_000].split("\n"))
        sheet.set_row(row, min(lines * LINE_HIGH, HIGHEST))
        sheet.write_string(row, 1, text[:32_000], self.wrapped)

    def about(self) -> str:
        """The line below a table's title."""
        mark = self.exhibit.mark
        given = dict(facts(self.exhibit))
        said = words(self.exhibit.language)
        wanted = ("scope", "period", "filters", "data_at", "version")
        lines = [f"{heading}: {given[heading]}" for key in wanted if (heading := said(f"export.fact.{key}")) in given]
        marks = [said("app.simulated")] if self.exhibit.simulated else []
        marks += [said("export.late")] if any(each.late for each in self.exhibit.sources) else []
        return " · ".join([*marks, *([mark.classification] if mark and mark.classification else []), *lines])[:32_000]

    def code(self) -> str:
        """The code and where it can be asked about."""
        return f"{self.exhibit.mark.code} · {self.exhibit.mark.verify}" if self.exhibit.mark else ""

    def named(self, title: str) -> str:
        """A sheet's name: without what is not allowed in one, and with no other of the same."""
        bare = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:MOST_LETTERS].strip() or Kind.TEXT.value
        name, number = bare, 1
        while name.casefold() in self.names:
            number += 1
            ending = f" {number}"
            name = bare[: MOST_LETTERS - len(ending)] + ending
        self.names.add(name.casefold())
        return name


def _width(index: int, column: Column, few: Sequence[tuple[Cell, ...]], exhibit: Exhibit) -> float:
    """How wide a column is, in letters: by its first rows and the words of its heading."""
    letters = [len(told(row[index], column, exhibit)) for row in few]
    return min(max([*letters, *(len(word) for word in column.label.split()), NARROWEST]) * 1.05 + 3, WIDEST)


def _exact(amount: Amount) -> float:
    """A number as it is; only where its form would round it up to what it has not reached, as it is shown."""
    shown = shown_number(amount)
    usual = shown_number(Amount(amount.value, "number", amount.places))
    return float(amount.value if shown == usual else shown)


def _in_footer(text: str) -> str:
    return text.replace("&", "&&")[:200]
