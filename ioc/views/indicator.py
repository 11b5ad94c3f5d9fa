"""One indicator explained: trend, split, goals, definition, within the filters that were chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from ioc.catalogue.model import Catalogue, Indicator, Measure, Unit
from ioc.catalogue.period import Period, back, periods
from ioc.catalogue.tree import BELOW, units_above
from ioc.errors import BadQuestion
from ioc.indicators.explanation import earlier
from ioc.indicators.peers import ranks, standing
from ioc.indicators.sample import interval
from ioc.indicators.values import Question, Value, ask, check_question
from ioc.store.snapshot import Snapshot
from ioc.text.words import words
from ioc.views.ask import IndicatorQuestion
from ioc.views.comparison import beside, by_working_days
from ioc.views.drilldown import numbers_behind
from ioc.views.explaining import explanation_view
from ioc.views.explanation import ExplanationQuestion
from ioc.views.labels import code_label, code_labels, dimension_label, filters_of, group_labels
from ioc.views.model import Choice, FeedBehind, Filter, IndicatorView, Point, SplitRow, SplitView, Stamp, TileView
from ioc.views.multiples import multiples
from ioc.views.reading import reading
from ioc.views.scoring import score_view
from ioc.views.tiles import parted, records_of, spans, tiles

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
    chosen = Period(start, min(end, today)) if asked.start or asked.end else None
    tile = _tile(snapshot, question, today, now, language, chosen)
    shown = split_view(snapshot, replace(question, period=None, by=(split,)), today, language) if split else None
    return IndicatorView(
        stamp=stamp,
        tile=tile,
        definition=spec.definition.of(language),
        formula=spec.formula.of(language),
        source=spec.source.of(language),
        hide_below=spec.hide_below,
        period=asked.period,
        start=start,
        end=end,
        filters=tuple(_filter(catalogue, asked.indicator, dimension, code, language) for dimension, code in asked.where),
        trend=trend_points(snapshot, question, today),
        dimensions=tuple(Choice(name, dimension_label(catalogue, asked.indicator, name, language)) for name in dimensions),
        split=shown,
        feeds=feeds,
        reading=() if chosen else _reading(snapshot, stamp, tile, question, today, language),
        chosen=chosen is not None,
        beside=beside(snapshot, question, asked.beside, today, language, trend_points) if asked.beside else None,
        behind=numbers_behind(catalogue, asked.indicator),
        score=score_view(snapshot, _of_value(question, chosen), today, language) if spec.parts else None,
        groups=_groups(catalogue, asked.indicator, split, language),
        multiples=multiples(snapshot, replace(question, by=(shown.dimension,)), shown.rows, today) if shown else (),
        by_working_days=by_working_days(spec),
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


def _of_value(question: Question, chosen: Period | None) -> Question:
    """The question for what the value at the top is made of: of chosen days, or of those that a score is told of by itself."""
    return (
        Question(question.indicator, start=chosen.start, end=chosen.end, where=question.where)
        if chosen
        else Question(question.indicator, where=question.where)
    )


def _filter(catalogue: Catalogue, indicator: str, dimension: str, code: str, language: str) -> Filter:
    """One chosen limit in words."""
    labels = code_labels(catalogue, indicator, dimension, language)
    unit = code.removesuffix(BELOW)
    units = units_above(catalogue, unit) if unit in catalogue.units and dimension in _of_units(catalogue, indicator) else ()
    above = tuple(Choice(f"{each}{BELOW}", labels.get(each, each)) for each in units)
    label = Choice(code, code_label(labels, code, language))
    return Filter(Choice(dimension, dimension_label(catalogue, indicator, dimension, language)), label, above)


def _groups(catalogue: Catalogue, indicator: str, split: str | None, language: str) -> tuple[Choice, ...]:
    """The groups of units that a trend can be compared with, where it is split by units."""
    if split not in _of_units(catalogue, indicator):
        return ()
    return tuple(Choice(code, label) for code, label in group_labels(catalogue, language).items())


def _of_units(catalogue: Catalogue, indicator: str) -> set[str]:
    """The dimensions of an indicator whose codes are units."""
    fields = (catalogue.records[record].fields for record in records_of(catalogue, indicator))
    return {name for each in fields for name, field in each.items() if field.codes == "units"}


def _tile(snapshot: Snapshot, question: Question, today: date, now: datetime, language: str, chosen: Period | None = None) -> TileView:
    """The tile of the whole, or, within filters or chosen days, the same with their value; goals are set for the whole and the year."""
    tile = tiles(snapshot, [question.indicator], today, now, language, ahead=True)[question.indicator]
    if not question.where and not chosen:
        return tile
    year = chosen or spans(snapshot.catalogue, today).year
    found = ask(snapshot, Question(question.indicator, start=year.start, end=year.end, where=question.where), today)
    value = found[0] if found else None
    return replace(
        tile,
        value=value.value if value else None,
        numerator=value.numerator if value else None,
        denominator=value.denominator if value else None,
        change=None,
        span=Period(year.end, year.end) if tile.stock else year,
    )


def trend_points(snapshot: Snapshot, question: Question, today: date) -> tuple[Point, ...]:
    """One point a period, with gaps where there is nothing, and marked where another formula begins."""
    assert question.period and question.start and question.end
    wanted = list(periods(question.period, question.start, min(question.end, today)))
    if len(wanted) > MOST_POINTS:
        raise BadQuestion("points", count=len(wanted), most=MOST_POINTS)
    found: dict[date, Value] = {value.span.start: value for value in ask(snapshot, question, today) if value.span}
    points = [
        Point(span.start, span.end, v.numerator, v.denominator, v.value, v.provisional)
        if (v := found.get(span.start))
        else Point(span.start, span.end, None, None, None, span.end >= today)
        for span in wanted
    ]
    return parted(snapshot.catalogue, question.indicator, points)


def split_view(snapshot: Snapshot, question: Question, today: date, language: str) -> SplitView:
    """The question's one dimension as ranked rows, the best first, those without value last."""
    catalogue = snapshot.catalogue
    (dimension,) = question.by
    spec = catalogue.indicators[question.indicator]
    labels = code_labels(catalogue, question.indicator, dimension, language)
    values = ask(snapshot, question, today)
    whole = share_of(spec, values)
    rows = [_row(spec, value, labels, whole) for value in values]
    most_first = spec.direction == "up" or spec.measure is Measure.COUNT
    if spec.ranked:
        rows = _ranked(rows, _before(snapshot, question, today, most_first), most_first)
    rows.sort(key=lambda row: (row.value is None, row.rank or 0, row.label))
    shown = None if whole is None else Decimal(100 * whole) if spec.unit is Unit.PERCENT else Decimal(whole)
    return SplitView(dimension, dimension_label(catalogue, question.indicator, dimension, language), tuple(rows), shown, spec.ranked)


def _row(spec: Indicator, value: Value, labels: Mapping[str, str], whole: float | None) -> SplitRow:
    code = value.codes[0] or ""
    stands = None
    if whole is not None and value.denominator:
        stands = standing(value.numerator or Decimal(0), value.denominator, whole)
    low, high, small = interval(spec, value) or (None, None, False)
    label = labels.get(code, code)
    return SplitRow(code, label, value.numerator, value.denominator, value.value, standing=stands, low=low, high=high, small=small)


def share_of(spec: Indicator, values: Sequence[Value]) -> float | None:
    """The share that all groups have together, if the indicator is a share of records and there are any."""
    if spec.measure is not Measure.RATIO or spec.value is not None or spec.total is not None:
        return None
    records = sum((value.denominator or Decimal(0) for value in values), Decimal(0))
    return float(sum((value.numerator or Decimal(0) for value in values), Decimal(0)) / records) if records else None


def _before(snapshot: Snapshot, question: Question, today: date, most_first: bool) -> dict[str, int | None]:
    """The ranks of the period before, where it is known which that is."""
    if question.start is None or question.end is None:
        return {}
    span = earlier(Period(question.start, question.end), "previous")
    values = ask(snapshot, replace(question, start=span.start, end=span.end), today)
    found = ranks([value.value for value in values], most_first)
    return {value.codes[0] or "": rank for value, rank in zip(values, found, strict=True)}


def _ranked(rows: Sequence[SplitRow], before: Mapping[str, int | None], most_first: bool) -> list[SplitRow]:
    found = []
    for row, rank in zip(rows, ranks([row.value for row in rows], most_first), strict=True):
        was = before.get(row.code)
        found.append(replace(row, rank=rank, moved=was - rank if was is not None and rank is not None else None))
    return found
