"""A score as a table of its parts, each led to by its name: points, what they rest on, and what was published beside them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import htpy as h

from ioc.catalogue.model import Unit
from ioc.text import dates
from ioc.text.numbers import number, signed, with_unit
from ioc.views.score import ScoreNode, ScoreView
from layouts.state import Context

PLACES = 2


def score_table(view: ScoreView, context: Context) -> h.Element:
    """The table, the whole first."""
    words, tree = context.words, view.tree
    columns = ("part", "points", "value", *(("published", "difference") if view.provider else ()))
    heads = (h.th(class_=None if column == "part" else "ioc-number", scope="col")[words(f"score.{column}")] for column in columns)
    rows = (_row(node, depth, view, context) for node, depth in _walk(tree))
    said = [
        words("score.span", start=dates.day(view.span.start), end=dates.day(view.span.end)),
        words("score.out_of", measured=number(tree.measured, context.language), most=number(tree.most, context.language)),
        words("score.beside", provider=view.provider) if view.provider else "",
    ]
    title = words("score.title")
    return h.section(".ioc-panel.ioc-panel-score")[
        h.h2(".ioc-panel-title")[title],
        h.p(".ioc-faint")[" ".join(filter(None, said))],
        h.div(".ioc-scroll", tabindex="0", role="region", aria_label=title)[h.table(".ioc-table")[h.thead[h.tr[heads]], h.tbody[rows]]],
    ]


def _walk(node: ScoreNode, depth: int = 0) -> Iterator[tuple[ScoreNode, int]]:
    yield node, depth
    for child in node.children:
        yield from _walk(child, depth + 1)


def _row(node: ScoreNode, depth: int, view: ScoreView, context: Context) -> h.Element:
    address = context.link(f"/indicators/{node.indicator}") if node.indicator and depth else None
    name = h.a(".ioc-link", href=address)[node.label] if address else h.span[node.label]
    own = h.td(".ioc-number")[_points(node.points, node.measured, context), _most(node, context)]
    rest = [h.td(".ioc-number")[_value(node, context)]]
    if view.provider:
        theirs = node.published
        rest.append(h.td(".ioc-number")[_points(theirs.points, theirs.most, context) if theirs else ""])
        rest.append(h.td(".ioc-number")[_difference(node, context)])
    label = h.th(scope="row", class_=f"ioc-score-{min(depth, 2)}")[name]
    return h.tr(class_=None if node.points is not None else "ioc-faint")[label, own, rest]


def _points(points: Decimal | None, most: Decimal | None, context: Context) -> h.Node:
    if points is None:
        return context.words("score.unmeasured")
    return [
        h.b[number(points, context.language, PLACES, most)],
        h.span(".ioc-faint")[f" / {number(most, context.language)}"] if most is not None else None,
    ]


def _most(node: ScoreNode, context: Context) -> h.Node:
    """The most points, where not all of them could be measured."""
    return h.span(".ioc-faint")[f" ({number(node.most, context.language)})"] if node.measured != node.most else None


def _value(node: ScoreNode, context: Context) -> h.Node:
    if node.value is None:
        return ""
    fraction = ""
    if node.numerator is not None and node.denominator is not None:
        parts = (number(part, context.language) for part in (node.numerator, node.denominator))
        fraction = " · " + context.words("overview.of", **dict(zip(("numerator", "denominator"), parts, strict=True)))
    return [with_unit(node.value, Unit.PERCENT, context.words, PLACES), h.span(".ioc-faint")[fraction]]


def _difference(node: ScoreNode, context: Context) -> h.Node:
    theirs = node.published
    if theirs is None or node.why is None:
        return ""
    shown = ""
    if node.difference is not None and node.why != "same":
        shown = signed(node.difference, Unit.NUMBER, context.words, PLACES) + ", "
    figures = {
        "other_records": {"denominator": theirs.denominator, "own": node.denominator},
        "other_judgement": {"numerator": theirs.numerator, "own": node.numerator},
    }.get(node.why, {})
    told = {key: number(value, context.language) for key, value in figures.items()}
    return [h.b[shown], h.span(".ioc-faint")[context.words(f"score.{node.why}", **told)]]
