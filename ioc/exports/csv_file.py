"""An exhibit as CSV: UTF-8 with a mark by which spreadsheets know it, numbers as on screen, separators of the reader's country."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from ioc.exports.exhibit import Cell, Column, Exhibit
from ioc.exports.exhibit_text import definitions, facts, plain, shown_number
from ioc.exports.progress import Progress

# Between cells, and before decimals, as spreadsheets of a country expect them.
SEPARATORS = {"vi": (";", ","), "en": (",", ".")}
# What a spreadsheet would take for a formula if a cell began with it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(exhibit: Exhibit, file: Path, separators: str, progress: Progress) -> None:
    """Write its tables, one below the other; then, below an empty line, where they come from. Raises OSError."""
    between, decimal = SEPARATORS[separators]
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=between, lineterminator="\r\n")
        for number, table in enumerate(exhibit.tables):
            if len(exhibit.tables) > 1:
                writer.writerows([*([[]] if number else []), [defused(table.title)]])
            writer.writerow([defused(column.label) for column in table.columns])
            for row in progress.over(table.rows):
                writer.writerow([_cell(cell, column, exhibit, decimal) for cell, column in zip(row, table.columns, strict=True)])
        writer.writerow([])
        writer.writerows(_rows(facts(exhibit)))
        for label, lines in definitions(exhibit):
            writer.writerow([defused(label)])
            writer.writerows(_rows(lines))


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _rows(lines: Iterable[tuple[str, str]]) -> list[list[str]]:
    return [[defused(heading), defused(text)] for heading, text in lines]


def _cell(cell: Cell, column: Column, exhibit: Exhibit, decimal: str) -> str:
    number = plain(cell, column)
    if number:
        shown = shown_number(number)
        return f"{shown.normalize():f}".replace(".", decimal)
    if isinstance(cell, datetime):
        return cell.astimezone(exhibit.zone).strftime("%Y-%m-%d %H:%M:%S")
    return cell.isoformat() if isinstance(cell, date) else defused(cell if isinstance(cell, str) else "")
