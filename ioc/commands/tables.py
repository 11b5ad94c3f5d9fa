"""Answers as tables for people: in a language, numbers to the right, no wider than the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

# How wide an answer may be where nobody looks at it in a terminal; how far a column of words is cut.
ENDLESS, NARROWEST = 10_000, 14
BETWEEN = "  "


@dataclass(frozen=True)
class Column:
    """A column of texts.

    Attributes:
        right: whether it is of numbers, which stand to the right.
        shrinks: whether its texts may be cut where there is no room.
        spare: whether it may be left out where there still is none.
    """

    heading: str
    cells: Sequence[str]
    right: bool = False
    shrinks: bool = False
    spare: bool = False

    @property
    def width(self) -> int:
        """The letters of its longest text."""
        return max(map(len, (self.heading, *self.cells)))


def local(at: datetime | str | None, zone: ZoneInfo) -> str:
    """A moment, or one in ISO form, to the second in the organisation's time zone; nothing of none."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) and at else at
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}" if isinstance(moment, datetime) else ""


def table(columns: Sequence[Column]) -> tuple[list[str], list[str]]:
    """The lines of a table, and the headings of columns for which the terminal has no room."""
    room = shutil.get_terminal_size((ENDLESS, 24)).columns
    shown = _fitted([each for each in columns if not each.spare], room)
    left_out = []
    for each in (each for each in columns if each.spare):
        wider = _fitted([*shown, each], room)
        if _width(wider) <= room:
            shown = wider
        else:
            left_out.append(each.heading)
    return list(_lines(shown)), left_out


def _width(columns: Sequence[Column]) -> int:
    return sum(each.width for each in columns) + len(BETWEEN) * (len(columns) - 1)


def _fitted(columns: list[Column], room: int) -> list[Column]:
    """The columns with the widest that may be cut made narrower until all fit, or no more can be cut."""
    found = list(columns)
    while (excess := _width(found) - room) > 0:
        place = max((index for index, each in enumerate(found) if each.shrinks), key=lambda index: found[index].width, default=None)
        if place is None or found[place].width <= NARROWEST:
            break
        others = [each.width for index, each in enumerate(found) if each.shrinks and index != place]
        width = max(found[place].width - excess, NARROWEST, min(max(others, default=0), found[place].width - 1))
        found[place] = _cut(found[place], width)
    return found


def _cut(column: Column, width: int) -> Column:
    cells = [text if len(text) <= width else f"{text[: width - 1].rstrip()}…" for text in (column.heading, *column.cells)]
    return replace(column, heading=cells[0], cells=cells[1:])


def _lines(columns: Sequence[Column]) -> Iterator[str]:
    widths = [each.width for each in columns]
    rows = [[each.heading for each in columns], ["-" * width for width in widths], *zip(*(each.cells for each in columns), strict=True)]
    for row in rows:
        cells = (text.rjust(width) if each.right else text.ljust(width) for text, each, width in zip(row, columns, widths, strict=True))
        yield BETWEEN.join(cells).rstrip()
