"""Where a time axis is written on: the beginnings of quarters, months or years, the year below its first mark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ioc.text import dates
from ioc.text.words import Words

MOST_MARKS = 9


def marks(starts: Sequence[date], kind: str, words: Words) -> list[tuple[int, tuple[str, ...]]]:
    """The marks for periods of a kind that begin on these days, as (index, lines)."""
    chosen = [index for index, start in enumerate(starts) if _is_mark(start, starts[index - 1] if index else None, kind, len(starts))]
    found: list[tuple[int, tuple[str, ...]]] = []
    year = None
    for index in chosen[:: -(-len(chosen) // MOST_MARKS) or 1]:
        start = starts[index]
        lines = (dates.tick(start, kind, words),)
        found.append((index, lines if kind == "year" or start.year == year else (*lines, str(start.year))))
        year = start.year
    return found


def _is_mark(start: date, before: date | None, kind: str, count: int) -> bool:
    if kind in {"year", "quarter"} or count <= MOST_MARKS:
        return True
    if kind == "month":
        return start.month in (1, 4, 7, 10)
    return before is None or start.month != before.month or (count <= 31 and start.weekday() == 0)
