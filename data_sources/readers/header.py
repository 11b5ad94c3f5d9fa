"""Where the names of the columns stand and what they are: below titles and letterheads, over several rows, blank or repeated."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import mode

from data_sources.readers.cells import as_text
from data_sources.readers.options import FileOptions
from ioc.errors import FeedRejected, nearest

Grid = Sequence[Sequence[object]]
Merge = tuple[tuple[int, int], tuple[int, int]]
"""Cells drawn as one: (first row, first column), (last row, last column), counted from 0."""

_YEAR = re.compile(r"(19|20)\d\d")
_FULL = 0.7
_HALF = 0.5


@dataclass(frozen=True)
class Header:
    """The columns' names, and the last row (counted from 1) that belongs to the header; the data begin below."""

    names: tuple[str, ...]
    last_row: int


def find_header(name: str, rows: Grid, options: FileOptions, merges: Sequence[Merge] | None = None) -> Header:
    """The header of a table of which the first rows are given.

    Args:
        name: what the table is called in messages.
        rows: the first rows, beginning with row 1.
        options: where to look.
        merges: merged cells of a sheet; None for formats without any, where a blank upper cell belongs to its left neighbour.

    Raises:
        FeedRejected: there is no such row, or none looks like a header.
    """
    if options.header_row == 0:
        return Header(unique_names([""] * mode(len(row) for row in rows if row)), 0)
    chosen = options.header_rows or (() if options.header_row == "auto" else (options.header_row,))
    if not chosen:
        first = _first_header_row(rows)
        if first is None:
            raise FeedRejected(
                "No row of {name} looks like a header.", "Say which one names the columns with header_row (0 when none does).", name=name
            )
        chosen = tuple(range(first, _last_merged(first, merges or ()) + 1))
    if chosen[-1] > len(rows):
        raise FeedRejected(
            "{name} has no row {row} to take the header from.", "Check header_row or header_rows.", name=name, row=chosen[-1]
        )
    wide = max(len(rows[row - 1]) for row in chosen)
    labels = [[_tidy(cell) for cell in (*rows[row - 1], *[""] * (wide - len(rows[row - 1])))] for row in chosen]
    _fill_across(labels) if merges is None else _fill_merged(labels, chosen, merges)
    return Header(unique_names(_joined(parts) for parts in zip(*labels, strict=True)), chosen[-1])


def check_columns(name: str, found: Iterable[str], expected: Sequence[str]) -> None:
    """Refuses a table whose columns are not the expected ones; says nothing when none are expected.

    Raises:
        FeedRejected: naming every missing column with the new ones that look like it, and every new one.
    """
    names = list(found)
    missing = [each for each in expected if each not in names]
    new = [each for each in names if each not in expected]
    if not expected or not (missing or new):
        return
    what = "The columns of {name} have changed: missing {missing}; new {new}."
    if not missing or not new:
        what = "The columns of {name} have changed: missing {missing}." if missing else "The columns of {name} have changed: new {new}."
    raise FeedRejected(
        what,
        "Adapt the mapping and `columns`, or ask the sender for the old form.",
        name=name,
        missing=", ".join(_with_nearest(each, new) for each in missing),
        new=", ".join(f"“{each}”" for each in new),
    )


def unique_names(labels: Iterable[str]) -> tuple[str, ...]:
    """Names that are tidy, never blank and never the same twice."""
    names: dict[str, None] = {}
    for place, label in enumerate(labels, 1):
        base = _tidy(label) or f"column_{place}"
        name, times = base, 1
        while name in names:
            times += 1
            name = f"{base} ({times})"
        names[name] = None
    return tuple(names)


def _with_nearest(name: str, others: Sequence[str]) -> str:
    close = nearest(name, others, most=1)
    return f"“{name}” (perhaps now “{close[0]}”)" if close else f"“{name}”"


def _tidy(cell: object) -> str:
    text = "" if cell is None else as_text(cell)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _first_header_row(rows: Grid) -> int | None:
    """The first row of labels that is about as wide as the rows of data; failing that, one that is more than half as wide."""
    filled = [sum(1 for cell in row if _tidy(cell)) for row in rows]
    widths = sorted(count for count in filled if count)
    # Three quarters up, not half: letterhead and footnotes may outnumber the rows of a short table, but they are narrower.
    usual = widths[ceil(0.75 * len(widths)) - 1] if widths else 0
    for least in (_FULL * usual, _HALF * usual + 0.01):
        for index, row in enumerate(rows):
            if filled[index] and filled[index] >= least and _are_labels(row):
                return index + 1
    return None


def _are_labels(row: Sequence[object]) -> bool:
    """Whether most cells that are not empty are words or years, not numbers or dates."""
    texts = [_tidy(cell) for cell in row if _tidy(cell)]
    labels = [text for text in texts if _YEAR.fullmatch(text) or sum(map(str.isalpha, text)) > sum(map(str.isdigit, text))]
    return len(labels) > len(texts) / 2


def _last_merged(first: int, merges: Iterable[Merge]) -> int:
    """The last row of the cells that begin in row `first` and reach further down."""
    return max((bottom + 1 for (top, _), (bottom, _) in merges if top == first - 1), default=first)


def _fill_merged(labels: list[list[str]], rows: Sequence[int], merges: Iterable[Merge]) -> None:
    places = {row - 1: index for index, row in enumerate(rows)}
    for (top, left), (bottom, right) in merges:
        if top not in places:
            continue
        label = labels[places[top]][left] if left < len(labels[0]) else ""
        for row in range(top, bottom + 1):
            if row in places:
                end = min(right + 1, len(labels[0]))
                labels[places[row]][left:end] = [label] * max(0, end - left)


def _fill_across(labels: list[list[str]]) -> None:
    for depth, row in enumerate(labels[:-1]):
        for place in range(1, len(row)):
            if not row[place] and any(lower[place] for lower in labels[depth + 1 :]):
                row[place] = row[place - 1]


def _joined(parts: Iterable[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if part and (not kept or kept[-1] != part):
            kept.append(part)
    return " / ".join(kept)
