"""What ``ioc query``, ``ioc targets`` and ``ioc explain`` tell people: the columns of their tables, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from ioc.catalogue.model import Catalogue
from ioc.commands.tables import Column
from ioc.text import dates
from ioc.text.amounts import signed_number
from ioc.text.numbers import NOTHING, number, with_unit
from ioc.text.words import Words
from ioc.views.explanation import ExplanationView, Measured
from ioc.views.labels import code_labels, dimension_label
from ioc.views.model import OverviewView, TileView
from ioc.views.reading import count_of_rest
from ioc.views.values import ValuesView

# One more place than the indicator's own, so that small parts of a change are seen.
FINER = 1


def values(view: ValuesView, catalogue: Catalogue, words: Words) -> Iterator[Column]:
    """The values of an indicator: of what, the value, what it comes from."""
    question, spec = view.question, catalogue.indicators[view.question.indicator]
    for place, dimension in enumerate(question.by):
        labels = code_labels(catalogue, question.indicator, dimension, words.language)
        cells = [_called(value.codes[place], labels.get(value.codes[place] or "", "")) for value in view.values]
        yield Column(dimension_label(catalogue, question.indicator, dimension, words.language), cells, shrinks=True)
    if question.period:
        periods = [dates.period(value.span.start, question.period, words) if value.span else NOTHING for value in view.values]
        yield Column(words("export.column.period"), periods)
    shown = [words("answer.hidden") if each.hidden else with_unit(each.value, spec.unit, words, spec.precision) for each in view.values]
    yield Column(words("export.column.value"), shown, right=True)
    if view.intervals:
        ends = [
            (with_unit(end, spec.unit, words, spec.precision) for end in (each.low, each.high)) if each else () for each in view.intervals
        ]
        yield Column(words("answer.interval"), [" – ".join(pair) or NOTHING for pair in ends], right=True)
    yield Column(words("export.column.numerator"), [number(each.numerator, words.language) for each in view.values], right=True)
    yield Column(words("export.column.denominator"), [number(each.denominator, words.language) for each in view.values], right=True)
    small = [bool(each and each.small) for each in view.intervals] or [False] * len(view.values)
    remarks = [
        ", ".join(filter(None, (words("period.provisional") if value.provisional else "", words("answer.small") if few else "")))
        for value, few in zip(view.values, small, strict=True)
    ]
    if any(remarks):
        yield Column(words("export.column.provisional"), remarks)


def days(view: ValuesView, words: Words) -> str:
    """The days that values are of, in a sentence; nothing of a series, whose periods say it."""
    start, end = view.question.start, view.question.end
    if start is None or end is None or view.question.period:
        return ""
    return words("answer.day", day=dates.day(end)) if start == end else words("answer.days", start=dates.day(start), end=dates.day(end))


def year(view: OverviewView, words: Words) -> str:
    """The days that every target's value is of, in a sentence."""
    spans = [tile.span for group in view.groups for tile in group.tiles]
    if not spans:
        return ""
    return words("answer.year", start=dates.day(min(each.start for each in spans)), end=dates.day(max(each.end for each in spans)))


def targets(view: OverviewView, words: Words) -> Iterator[Column]:
    """Every target: value, goal, status; where there is room, its path, what is to be expected, and the verdict of a day gone by."""
    tiles = [tile for group in view.groups for tile in group.tiles]
    yield Column(words("export.column.indicator"), [tile.label for tile in tiles], shrinks=True)
    yield Column(words("export.column.value"), [_shown(tile.value, tile, words) for tile in tiles], right=True)
    yield Column(words("export.column.goal"), [_goal(tile, words) for tile in tiles])
    yield Column(words("export.column.horizon"), [dates.day(tile.goal.horizon) if tile.goal else NOTHING for tile in tiles])
    yield Column(words("export.column.status"), [words(f"status.{tile.status}") for tile in tiles])
    paths = [_shown(tile.goal.asked if tile.goal else None, tile, words) for tile in tiles]
    yield Column(words("outlook.key_path"), paths, right=True, spare=True)
    yield Column(words("outlook.key_middle"), [_forecast(tile, words) for tile in tiles], right=True, spare=True)
    yield Column(words("answer.verdict"), [_verdict(tile, words) for tile in tiles], spare=True)
    spans = [" – ".join(dict.fromkeys(map(dates.day, (tile.span.start, tile.span.end)))) for tile in tiles]
    yield Column(words("export.column.period"), spans, spare=True)
    yield Column(words("answer.code"), [tile.indicator for tile in tiles], spare=True)


def contributions(view: ExplanationView, words: Words) -> Iterator[Column]:
    """What each group adds to a change; all that is not told one by one in the last row."""
    rest = view.rest.count > 0
    for place, dimension in enumerate(view.by):
        cells = [_called(each.codes[place].code, each.codes[place].label) for each in view.rows]
        others = [count_of_rest(view.rest.count, words) if place == 0 else ""] if rest else []
        yield Column(dimension.label, [*cells, *others], shrinks=True)
    each_effect = [*((each.effect, each.rate, each.mix) for each in view.rows), *([_of(view)] if rest else [])]
    for name, place in (("answer.effect", 0), *([] if view.additive else [("explanation.kind_rate", 1), ("explanation.kind_mix", 2)])):
        yield Column(words(name), [signed_number(effects[place], words, view.places + FINER) for effects in each_effect], right=True)
    for name, sides in (("answer.before", [each.before for each in view.rows]), ("answer.after", [each.after for each in view.rows])):
        shown = [_measured(side, view, words) for side in sides]
        if {*shown} - {NOTHING}:  # the parts of a composite have values of their own units
            yield Column(words(name), [*shown, *([""] if rest else [])], right=True, spare=True)


def _of(view: ExplanationView) -> tuple[Decimal, Decimal, Decimal]:
    return view.rest.effect, view.rest.rate, view.rest.mix


def _measured(side: Measured, view: ExplanationView, words: Words) -> str:
    return with_unit(side.value, view.unit, words, view.precision)


def _called(code: str | None, label: str) -> str:
    """A code, by which it is asked for, with its name."""
    return " ".join(dict.fromkeys(filter(None, (code, label)))) or NOTHING


def _shown(value: Decimal | None, tile: TileView, words: Words) -> str:
    return with_unit(value, tile.unit, words, tile.precision, tile.goal.target if tile.goal else None)


def _goal(tile: TileView, words: Words) -> str:
    if tile.goal is None:
        return NOTHING
    return words(f"goal.{tile.goal.comparator}", target=with_unit(tile.goal.target, tile.unit, words, tile.precision))


def _forecast(tile: TileView, words: Words) -> str:
    if tile.goal is None or tile.goal.outlook is None:
        return NOTHING
    ahead = tile.goal.outlook.expected
    value, low, high = (_shown(each, tile, words) for each in (ahead.value, ahead.low, ahead.high))
    return f"{value} ({low} – {high})"


def _verdict(tile: TileView, words: Words) -> str:
    """What the last goal whose horizon has passed came to on its day."""
    past = [goal for goal in tile.goals if goal.verdict is not None]
    if not past:
        return NOTHING
    key = "met_then" if past[-1].met_at_horizon else "missed_then"
    return words(f"goal.{key}", day=dates.day(past[-1].horizon), value=_shown(past[-1].verdict, tile, words))


def breaks(view: ValuesView, words: Words) -> Iterable[str]:
    """A sentence for each day from which on another formula is in force."""
    return [words("answer.break", day=dates.day(each.on), source=each.source.of(words.language)) for each in view.breaks]


def remark(left_out: Sequence[str], words: Words) -> str:
    """What the terminal had no room for, and how to see it."""
    return words("answer.left_out", columns=", ".join(left_out)) if left_out else ""
