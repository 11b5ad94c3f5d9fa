"""One indicator explained: trend, split, goals, definition, within the filters that were chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from ioc.catalogue.model import Catalogue, Measure
from ioc.errors import BadQuestion
from ioc.indicators.behind import record_behind
from ioc.indicators.period import back, periods
from ioc.indicators.values import Question, Value, ask, check_question
from ioc.store.snapshot import Snapshot
from ioc.text.words import words
from ioc.views.ask import IndicatorQuestion
from ioc.views.explaining import explanation_view
from ioc.views.explanation import ExplanationQuestion
from ioc.views.labels import code_labels, dimension_label, filters_of
from ioc.views.model import Choice, FeedBehind, Filter, IndicatorView, Point, SplitRow, SplitView, Stamp, TileView
from ioc.views.reading import reading
from ioc.views.tiles import spans, tiles

# A trend of more points than this says nothing on any screen.
MOST_POINTS = 1500
_DEFAULT_PERIODS = {"day": 91, "week": 52, "month": 24, "quarter": 12, "year": 5}


def indicator_view(
    snapshot: Snapshot, stamp: Stamp, asked: IndicatorQuestion, today: date, now: datetime, language: str, feeds: tuple[FeedBehind, ...]
) -> IndicatorView:
    """See ``IndicatorView``; ``feeds`` are those that it rests on. Raises UnknownName or BadQuestion when the question does not fit."""
    catalogue = snapshot.catalogue
    where = tuple((dimension, (code,)) for dimension, code in asked.where)
    question = Question(asked.indicator, period=asked.period, where=where)
    spec = check_question(catalogue, question)
    end = asked.end or today
    start = asked.start or back(asked.period, end, _DEFAULT_PERIODS[asked.period] - 1)
    question = replace(question, start=start, end=end)
    check_question(catalogue, question)
    dimensions = catalogue.dimensions_of(asked.indicator)
    split = asked.split or (dimensions[0] if dimensions else None)
    check_question(catalogue, replace(question, by=(split,) if split else ()))
    tile = _tile(snapshot, question, today, now, language)
    return IndicatorView(
        stamp=stamp,
        tile=tile,
        definition=spec.definition.of(language),
        formula=spec.formula.of(language),
        source=spec.source.of(language),
        period=asked.period,
        start=start,
        end=end,
        filters=tuple(_filter(catalogue, asked.indicator, dimension, code, language) for dimension, code in asked.where),
        trend=_trend(snapshot, question, today),
        dimensions=tuple(Choice(name, dimension_label(catalogue, asked.indicator, name, language)) for name in dimensions),
        split=split_view(snapshot, replace(question, period=None, by=(split,)), today, language) if split else None,
        feeds=feeds,
        reading=_reading(snapshot, stamp, tile, question, today, language),
        record=record_behind(catalogue, asked.indicator),
    )


def reading_of(snapshot: Snapshot, stamp: Stamp, question: Question, today: date, now: datetime, language: str) -> tuple[str, str]:
    """An indicator, within the filters of a question, in two sentences. Raises UnknownName or BadQuestion."""
    check_question(snapshot.catalogue, question)
    return _reading(snapshot, stamp, _tile(snapshot, question, today, now, language), question, today, language)


def _reading(snapshot: Snapshot, stamp: Stamp, tile: TileView, question: Question, today: date, language: str) -> tuple[str, str]:
    """The main cause is looked for among the codes of the first dimension alone, which is quick."""
    catalogue = snapshot.catalogue
    limited = {dimension for dimension, _ in question.where}
    by = tuple(name for name in catalogue.dimensions_of(question.indicator) if name not in limited)[:1]
    try:
        why = explanation_view(snapshot, stamp, ExplanationQuestion(question.indicator, by=by, where=question.where), today, language)
    except BadQuestion:  # there is nothing to compare with, or it cannot be taken apart
        why = None
    names = filters_of(catalogue, question.indicator, question.where, language)
    return reading(tile, why, words(language), today, catalogue.zone, simulated=stamp.simulated, filters=[each.label for each in names])


def _filter(catalogue: Catalogue, indicator: str, dimension: str, code: str, language: str) -> Filter:
    """One chosen limit in words."""
    label = code_labels(catalogue, indicator, dimension, language).get(code, code)
    return Filter(Choice(dimension, dimension_label(catalogue, indicator, dimension, language)), Choice(code, label))


def _tile(snapshot: Snapshot, question: Question, today: date, now: datetime, language: str) -> TileView:
    """The tile of the whole, or, within filters, the same with the filtered value; goals are set for the whole only."""
    tile = tiles(snapshot, [question.indicator], today, now, language)[question.indicator]
    if not question.where:
        return tile
    year = spans(snapshot.catalogue, today).year
    found = ask(snapshot, Question(question.indicator, start=year.start, end=year.end, where=question.where), today)
    value = found[0] if found else None
    return replace(
        tile,
        value=value.value if value else None,
        numerator=value.numerator if value else None,
        denominator=value.denominator if value else None,
        change=None,
    )


def _trend(snapshot: Snapshot, question: Question, today: date) -> tuple[Point, ...]:
    """One point a period, with gaps where there is nothing."""
    assert question.period and question.start and question.end
    wanted = list(periods(question.period, question.start, min(question.end, today)))
    if len(wanted) > MOST_POINTS:
        raise BadQuestion("points", count=len(wanted), most=MOST_POINTS)
    found: dict[date, Value] = {value.span.start: value for value in ask(snapshot, question, today) if value.span}
    return tuple(
        Point(span.start, span.end, v.numerator, v.denominator, v.value, v.provisional)
        if (v := found.get(span.start))
        else Point(span.start, span.end, None, None, None, span.end >= today)
        for span in wanted
    )


def split_view(snapshot: Snapshot, question: Question, today: date, language: str) -> SplitView:
    """The question's one dimension as ranked rows, the best first, those without value last."""
    catalogue = snapshot.catalogue
    (dimension,) = question.by
    spec = catalogue.indicators[question.indicator]
    labels = code_labels(catalogue, question.indicator, dimension, language)
    rows = [
        SplitRow(code, labels.get(code, code), value.numerator, value.denominator, value.value)
        for value in ask(snapshot, question, today)
        for code in [value.codes[0] or ""]
    ]
    most_first = spec.direction == "up" or spec.measure is Measure.COUNT
    rows.sort(key=lambda row: (row.value is None, -(row.value or 0) if most_first else (row.value or 0), row.label))
    return SplitView(dimension, dimension_label(catalogue, question.indicator, dimension, language), tuple(rows))
