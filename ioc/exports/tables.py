"""The tables and charts that panels and pages have in common: indicators at a glance, a course over time, a split, milestones, feeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from ioc.exports.exhibit import Amount, Cell, Chart, Column, Headline, Kind, Remark, Series, Table
from ioc.text import dates
from ioc.text.numbers import with_unit
from ioc.text.words import Words
from ioc.views.feed import FeedTile
from ioc.views.model import GoalView, MilestoneTile, Point, SplitRow, TileView
from ioc.views.notes import NotesView, NoteView, shortened

# Parts of fractions are whole numbers, or amounts that are shown with one place.
PART_PLACES = 1


def column(code: str, words: Words, kind: Kind = Kind.TEXT, unit: str = "number", places: int = 0) -> Column:
    """A column with its heading."""
    return Column(code, words(f"export.column.{code}"), kind, unit, places)


def value(tile: TileView) -> Amount | None:
    """A tile's value."""
    return None if tile.value is None else Amount(tile.value, tile.unit, tile.precision, tile.goal.target if tile.goal else None)


def goal_level(goal: GoalView | None) -> Decimal | None:
    """Where a goal lies on the scale of the value."""
    if goal is None:
        return None
    return -goal.target if goal.comparator == "down" else goal.target


def goal_words(goal: GoalView | None, unit: str, places: int, words: Words) -> str:
    """A goal and its day: “≥ 80% đến 31/12/2027”; empty where there is none."""
    if goal is None:
        return ""
    bound = words(f"goal.{goal.comparator}", target=with_unit(goal.target, unit, words, places))
    return f"{bound} {words('goal.by', day=dates.day(goal.horizon))}"


def headline(tile: TileView, words: Words) -> Headline:
    """The one number of an indicator."""
    return Headline(value(tile), words(f"status.{tile.status}"), goal_words(tile.goal, tile.unit, tile.precision, words))


def tiles_table(title: str, tiles: Sequence[TileView], words: Words) -> Table:
    """Indicators at a glance, one a row."""
    columns = (
        column("indicator", words),
        column("value", words, Kind.NUMBER, places=1),
        *(column(part, words, Kind.NUMBER, places=PART_PLACES) for part in ("numerator", "denominator")),
        column("goal", words),
        column("horizon", words, Kind.DAY),
        column("status", words),
        column("change", words, Kind.NUMBER, places=1),
        column("data_at", words, Kind.MOMENT),
        column("owner", words),
    )
    rows = tuple(_tile(tile, words) for tile in tiles)
    return Table(title, columns, rows, len(rows))


def _tile(tile: TileView, words: Words) -> tuple[Cell, ...]:
    goal = tile.goal
    bound = words(f"goal.{goal.comparator}", target=with_unit(goal.target, tile.unit, words, tile.precision)) if goal else ""
    change = None if tile.change is None else Amount(tile.change, "number", tile.precision)
    horizon, status = goal.horizon if goal else None, words(f"status.{tile.status}")
    return (tile.label, value(tile), tile.numerator, tile.denominator, bound, horizon, status, change, tile.data_at, tile.owner)


def course_table(title: str, points: Sequence[Point], period: str, unit: str, places: int, words: Words) -> Table:
    """A course over time, one period a row; fractions only where there are any."""
    parts = any(point.denominator is not None for point in points)
    columns = (
        column("period", words),
        column("start", words, Kind.DAY),
        column("end", words, Kind.DAY),
        column("value", words, Kind.NUMBER, unit, places),
        *((column(part, words, Kind.NUMBER, places=PART_PLACES) for part in ("numerator", "denominator")) if parts else ()),
        column("provisional", words),
    )
    rows = tuple(
        (
            dates.period(point.start, period, words),
            point.start,
            point.end,
            point.value,
            *((point.numerator, point.denominator) if parts else ()),
            ", ".join(_remarks(point, words)),
        )
        for point in points
    )
    return Table(title, columns, rows, len(rows))


def _remarks(point: Point, words: Words) -> Iterator[str]:
    """What is to be known of a point: that its period is open, or that another formula begins with it."""
    if point.provisional:
        yield words("period.provisional")
    if point.new_formula:
        yield words("indicator.new_formula")


def course_chart(
    title: str, points: Sequence[Point], period: str, unit: str, places: int, goal: GoalView | None, words: Words
) -> Chart | None:
    """The same as a line, one for each formula; None where there is no value at all."""
    if all(point.value is None for point in points):
        return None
    starts = [0, *(index for index, point in enumerate(points) if point.new_formula)]
    series = tuple(
        Series(
            f"{title} ({words('indicator.new_formula')})" if start else title,
            tuple(point.value if start <= index < end else None for index, point in enumerate(points)),
            tuple(point.provisional for point in points),
        )
        for start, end in pairwise((*starts, len(points)))
    )
    categories = tuple(dates.period(point.start, period, words) for point in points)
    return Chart("line", title, categories, series, unit, places, goal_level(goal), goal_words(goal, unit, places, words))


def split_table(title: str, by: str, rows: Sequence[SplitRow], unit: str, places: int, words: Words) -> Table:
    """An indicator by the codes of a dimension, the best first."""
    ranked = any(row.rank is not None for row in rows)
    parts = any(row.denominator is not None for row in rows)
    columns = (
        *((column("rank", words, Kind.NUMBER),) if ranked else ()),
        Column("code", by),
        column("value", words, Kind.NUMBER, unit, places),
        *((column(part, words, Kind.NUMBER, places=PART_PLACES) for part in ("numerator", "denominator")) if parts else ()),
    )
    found = tuple(
        (
            *((Decimal(row.rank) if row.rank is not None else None,) if ranked else ()),
            row.label or words("records.nothing"),
            row.value,
            *((row.numerator, row.denominator) if parts else ()),
        )
        for row in rows
    )
    return Table(title, columns, found, len(found))


def split_chart(title: str, rows: Sequence[SplitRow], unit: str, places: int, goal: GoalView | None, words: Words) -> Chart | None:
    """The same as bars; None where there is no value at all."""
    known = [row for row in rows if row.value is not None]
    if not known:
        return None
    labels = tuple(row.label or words("records.nothing") for row in known)
    series = (Series(title, tuple(row.value for row in known)),)
    return Chart("bar", title, labels, series, unit, places, goal_level(goal), goal_words(goal, unit, places, words))


def milestones_table(title: str, milestones: Iterable[MilestoneTile], words: Words) -> Table:
    """What must stand by when."""
    columns = (
        column("milestone", words),
        column("state", words),
        column("percent", words, Kind.NUMBER, "percent"),
        column("status", words),
        column("horizon", words, Kind.DAY),
        column("due_on", words, Kind.DAY),
        column("reported_at", words, Kind.MOMENT),
        column("owner", words),
        column("reason", words),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            each.label,
            each.state_label or words("overview.not_reported"),
            each.percent,
            words(f"status.{each.status}"),
            each.horizon,
            each.due_on,
            each.updated_at,
            each.owner,
            each.reason,
        )
        for each in milestones
    )
    return Table(title, columns, rows, len(rows))


def feeds_table(title: str, feeds: Sequence[FeedTile], words: Words) -> Table:
    """How the feeds do."""
    columns = (
        column("feed", words),
        column("records", words),
        column("health", words),
        column("last_arrival", words, Kind.MOMENT),
        column("last_event", words, Kind.MOMENT),
        *(column(each, words, Kind.NUMBER) for each in ("runs", "accepted", "rejected")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            each.label,
            each.record.label,
            words(f"status.{each.health}"),
            each.last_arrival,
            each.last_event if isinstance(each.last_event, datetime) else None,
            *(Decimal(count) for count in (each.runs, each.accepted, each.rejected)),
        )
        for each in feeds
    )
    return Table(title, columns, rows, len(rows))


def notes_table(title: str, noted: NotesView, words: Words) -> Table:
    """What was noted on the days of a trend, one note or answer a row."""
    columns = (
        column("from", words, Kind.DAY),
        column("to", words, Kind.DAY),
        column("about", words),
        column("note", words),
        column("author", words),
        column("written", words, Kind.MOMENT),
    )
    rows = tuple(
        (each.start, each.end, _about(each, noted, words), each.text, each.author or words("notes.here"), each.written_at)
        for each in noted.said
    )
    return Table(title, columns, rows, len(rows))


def _about(note: NoteView, noted: NotesView, words: Words) -> str:
    of = words("notes.everywhere") if note.everywhere else "" if noted.indicator else note.indicator
    return " · ".join(filter(None, (note.unit, of)))


def remarks(noted: NotesView) -> tuple[Remark, ...]:
    """The notes in short, as they stand at a chart; answers are left out."""
    return tuple(Remark(each.start, each.end, shortened(each.text)) for each in noted.notes)
