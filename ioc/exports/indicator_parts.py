"""The parts of an indicator's page: number, course, split, what lies ahead, a score's tree, many small courses, and what changed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from ioc.exports.exhibit import Amount, Cell, Chart, Column, Kind, Part, Series, Table
from ioc.exports.tables import course_chart, course_table, goal_level, goal_words, headline, split_chart, split_table, tiles_table
from ioc.goals.status import Status
from ioc.text import dates
from ioc.text.words import Words
from ioc.views.course_ahead import course_ahead
from ioc.views.explanation import Compared, ExplanationView
from ioc.views.model import IndicatorView, TileView
from ioc.views.prospects import range_held
from ioc.views.reading import side, summary
from ioc.views.reading import told as reasons
from ioc.views.score import ScoreNode
from ioc.views.unusual import AnomaliesView

POINTS = 2


def parts_of(view: IndicatorView, said: Words) -> Iterator[Part]:
    """Each part that the page has something to show of."""
    tile = view.tile
    if view.filters or view.chosen:  # goals are set for the whole: a part has a value, but no verdict
        tile = replace(tile, goal=None, goals=(), status=Status.NO_GOAL)
    view = replace(view, tile=tile)
    unit, places, goal = tile.unit, tile.precision, tile.goal
    yield Part("value", "number", tile.label, headline=headline(tile, said), tables=(tiles_table(tile.label, (tile,), said),))
    title = f"{tile.label} – {said('indicator.trend')}"
    course = (view.trend, view.period, unit, places)
    yield Part("trend", "trend", title, tables=(course_table(title, *course, said),), chart=course_chart(title, *course, goal, said))
    if view.split:
        title = f"{tile.label} – {said('indicator.split', dimension=view.split.label)}"
        table = split_table(title, view.split.label, view.split.rows, unit, places, said)
        chart = split_chart(title, view.split.rows, unit, places, goal, said)
        yield Part("split", "split", title, tables=(table,), chart=chart)
    yield from chain(_ahead(view, said), _score(view, said), _multiples(view, said))


def _ahead(view: IndicatorView, said: Words) -> Iterable[Part]:
    """What was done and what is expected, with its range, and the same in sentences."""
    tile, found = view.tile, course_ahead(view.tile)
    if found is None:
        return ()
    title = f"{tile.label} – {said('outlook.title')}"
    number = (Kind.NUMBER, tile.unit, tile.precision)
    columns = (
        Column("until", said("export.column.end"), Kind.DAY),
        Column("value", said("outlook.key_judged"), *number),
        Column("expected", said("outlook.key_middle"), *number),
        Column("low", said("export.column.low"), *number),
        Column("high", said("export.column.high"), *number),
    )
    done = [(on, value, None, None, None) for on, value in found.done]
    ahead = [(each.on, None, each.value, each.low, each.high) for each in found.ahead]
    rows: tuple[tuple[Cell, ...], ...] = (*done, *ahead)
    series = tuple(Series(column.label, tuple(row[place] for row in rows)) for place, column in enumerate(columns) if place)  # type: ignore[misc]
    goal, days = found.goals[-1], tuple(dates.day(on) for on, *_ in (*done, *ahead))
    level, words = goal_level(goal), goal_words(goal, tile.unit, tile.precision, said)
    chart = Chart("line", title, days, series, tile.unit, tile.precision, level, words)
    sentences = tuple(f"{goal_words(each, tile.unit, tile.precision, said)}: {' '.join(each.prospect)}" for each in found.goals)
    held = range_held(tile.ahead.forecast, said) if tile.ahead.forecast else ""
    return (Part("outlook", "outlook", title, held, sentences=sentences, tables=(Table(title, columns, rows, len(rows)),), chart=chart),)


def _score(view: IndicatorView, said: Words) -> Iterable[Part]:
    """All parts of all parts."""
    if view.score is None:
        return ()
    title = f"{view.tile.label} – {said('score.title')}"
    published = (("published", said("score.published")), ("difference", said("score.difference"))) if view.score.provider else ()
    columns = (
        Column("part", said("score.part")),
        *(
            Column(code, label, Kind.NUMBER, places=POINTS)
            for code, label in (
                ("points", said("score.points")),
                ("most", said("export.column.most")),
                ("value", said("score.value")),
                *published,
            )
        ),
    )
    rows = tuple(_node(node, depth, bool(published)) for node, depth in _walk(view.score.tree))
    return (Part("score", "score", title, tables=(Table(title, columns, rows, len(rows)),)),)


def _walk(node: ScoreNode, depth: int = 0) -> Iterator[tuple[ScoreNode, int]]:
    yield node, depth
    for child in node.children:
        yield from _walk(child, depth + 1)


def _node(node: ScoreNode, depth: int, beside: bool) -> tuple[Cell, ...]:
    value = None if node.value is None else Amount(node.value, node.unit, node.precision)
    theirs = (node.published.points if node.published else None, node.difference) if beside else ()
    return ("\u2003" * depth + node.label, node.points, node.most, value, *theirs)


def _multiples(view: IndicatorView, said: Words) -> Iterable[Part]:
    """The courses of the weightiest codes: a row for each, a column for each period."""
    if not view.multiples or view.split is None:
        return ()
    tile, label = view.tile, view.split.label
    title = f"{tile.label} – {said('indicator.multiples', dimension=label[:1].lower() + label[1:])}"
    points = max((each.points for each in view.multiples), key=len)
    heads = tuple(
        Column(point.start.isoformat(), dates.period(point.start, view.period, said), Kind.NUMBER, tile.unit, tile.precision)
        for point in points
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.row.label or said("records.nothing"), *({p.start: p.value for p in each.points}.get(point.start) for point in points))
        for each in view.multiples
    )
    return (Part("multiples", "multiples", title, tables=(Table(title, (Column("code", label), *heads), rows, len(rows)),)),)


def why_part(view: ExplanationView, label: str, said: Words) -> Part:
    """What changed an indicator: the value before, what each group added and how far it is then, the value after: they add up."""
    title = f"{label} – {said('explanation.title')}"
    kinds = () if view.additive else ("rate", "mix")
    columns = (
        Column("part", said("explanation.part")),
        Column("value", said("export.column.value"), Kind.NUMBER, places=view.places),
        Column("until", said("export.column.until"), Kind.NUMBER, view.unit, view.places),
        *(Column(kind, said(f"export.column.{kind}"), Kind.NUMBER, places=view.places) for kind in kinds),
    )
    course = [view.start]
    for step in view.steps:
        course.append(course[-1] + step.effect)
    rest: tuple[Cell, ...] = (None,) * len(kinds)

    def end(compared: Compared, value: Decimal) -> tuple[Cell, ...]:
        return (side(compared, view), Amount(value, view.unit, view.places), value, *rest)

    steps: list[tuple[Cell, ...]] = [
        (step.label, step.effect, until, *(getattr(step, kind) for kind in kinds))
        for step, until in zip(view.steps, course[1:], strict=True)
    ]
    rows = (end(view.before, view.start), *steps, end(view.after, course[-1]))
    values = (view.start, *(step.effect for step in view.steps), course[-1])
    labels = tuple(str(row[0]) for row in rows)
    chart = Chart("fall", title, labels, (Series(title, values),), view.unit, view.places, up_is_good=view.direction == "up")
    sentences = (*summary(view, said), *reasons(view, said))
    table = Table(title, columns, rows, len(rows))
    return Part("why", "why", title, sentences=sentences, tables=(table,), chart=chart if view.steps else None)


def unusual_part(view: AnomaliesView, tile: TileView, said: Words) -> Part:
    """What has left its usual range, one value a row, the newest first."""
    title = f"{view.label} – {said('anomaly.title')}"
    number = (Kind.NUMBER, tile.unit, tile.precision)
    columns = (
        Column("who", said("export.column.about")),
        Column("start", said("export.column.start"), Kind.DAY),
        Column("end", said("export.column.end"), Kind.DAY),
        Column("value", said("export.column.value"), *number),
        Column("low", said("export.column.low"), *number),
        Column("high", said("export.column.high"), *number),
        Column("note", said("export.column.note")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.code.label if each.code else "", each.span.start, each.span.end, each.value, each.low, each.high, each.text)
        for each in view.anomalies
    )
    said_so = () if rows else (said("anomaly.none", since=dates.day(view.since)) if view.judged else said("anomaly.not_judged"),)
    return Part("unusual", "unusual", title, sentences=said_so, tables=(Table(title, columns, rows, len(rows)),))
