"""A score as the tree of what it is made of: as bars as long as their points, to be seen from afar, and as a table, to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from ioc.catalogue.model import Unit
from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.text.numbers import number, signed, with_unit
from ioc.views.panels.types import PanelView, ScorePanel
from ioc.views.score import ScoreNode, ScoreView
from layouts import elements as h
from layouts.panels.export import export
from layouts.panels.frame import empty, framed, led, span, whole
from layouts.panels.leads import ALL, Span, counts, fraction, to_indicator
from layouts.state import Context

# Decimal places of points: to be seen, and to be read beside published ones.
FAR, NEAR = 1, 2


def panel(view: PanelView, content: ScorePanel, context: Context) -> h.Element:
    """The whole and its first parts as bars."""
    tree, words = content.score, context.words
    if tree is None or not tree.measured:
        return framed(view, empty(context), context)
    lacking = tree.most - tree.measured
    total = h.div(".ioc-score-total")[
        h.p(".ioc-value")[
            h.span(".ioc-digits", style="--chars:4")[number(tree.points, context.language, FAR, tree.measured)],
            h.span(".ioc-unit")[" / ", number(tree.measured, context.language)],
        ],
        h.p[words("panel.points")],
        h.p(".ioc-faint")[words("panel.unmeasured", points=number(lacking, context.language))] if lacking else None,
    ]
    widest = max(part.most for part in tree.children)
    bars = (_bar(part, part.most / widest, view, context) for part in tree.children)
    parts = h.ol(".ioc-score-parts", style=f"--rows:{len(tree.children)}")[bars]
    return framed(view, h.div(".ioc-score")[total, parts], context, note=span(view.frame, context), lead=whole(view, context))


def _bar(part: ScoreNode, share: Decimal, view: PanelView, context: Context) -> h.Element:
    reached = Decimal(0) if part.points is None else part.points / part.most * 100
    points, most = number(part.points, context.language, FAR, part.most), number(part.most, context.language)
    return h.li(class_="ioc-reached" if part.points == part.most else None)[
        h.span(".ioc-score-name")[led(unbroken(part.label), whole(view, context, part.indicator) if part.indicator else None, context)],
        h.span(".ioc-score-track", style=f"width:{share * 100:.1f}%", aria_hidden="true")[h.i(style=f"width:{reached:.1f}%")],
        h.b(".ioc-number")[context.words("panel.points_of", points=points, most=most)],
        None if part.value is None else h.span(".ioc-number.ioc-faint")[with_unit(part.value, part.unit, context.words, part.precision)],
    ]


def table(view: ScoreView, context: Context) -> h.Element:
    """All parts of all parts, the whole first, each led to by its name, with what was published beside them."""
    words, tree = context.words, view.tree
    columns = ("part", "points", "value", *(("published", "difference") if view.provider else ()))
    heads = (h.th(class_=None if column == "part" else "ioc-number", scope="col")[words(f"score.{column}")] for column in columns)
    rows = (_row(node, depth, columns[1:], (view.span.start, view.span.end), context) for node, depth in _walk(tree))
    said = [
        words("score.span", start=dates.day(view.span.start), end=dates.day(view.span.end)),
        words("score.out_of", measured=number(tree.measured, context.language), most=number(tree.most, context.language)),
        words("score.beside", provider=view.provider) if view.provider else "",
    ]
    title = words("score.title")
    return h.section(".ioc-panel.ioc-panel-score")[
        h.div(".ioc-panel-head")[h.h2(".ioc-panel-title")[title], export(title, "score", context)],
        h.p(".ioc-faint")[" ".join(filter(None, said))],
        h.div(".ioc-scroll", tabindex="0", role="region", aria_label=title)[h.table(".ioc-table")[h.thead[h.tr[heads]], h.tbody[rows]]],
    ]


def _walk(node: ScoreNode, depth: int = 0) -> Iterator[tuple[ScoreNode, int]]:
    yield node, depth
    for child in node.children:
        yield from _walk(child, depth + 1)


def _row(node: ScoreNode, depth: int, columns: Sequence[str], days: Span, context: Context) -> h.Element:
    """A row; each cell carries the name of its column, for screens on which a row is a paragraph."""
    address = to_indicator(node.indicator, context.where, context, _chosen(days, context)) if node.indicator and depth else None
    name = h.a(".ioc-link", href=address)[node.label] if address else h.span[node.label]
    label = h.th(scope="row", class_=f"ioc-score-{min(depth, 2)}")[name]
    cells = (h.td(".ioc-number", data_label=context.words(f"score.{column}"))[_CELLS[column](node, days, context)] for column in columns)
    return h.tr(class_=None if node.points is not None else "ioc-faint")[label, cells]


def _chosen(days: Span, context: Context) -> Span:
    """The days that a part's own page is of: those of this page, where it is limited to some."""
    return days if context.get("from") or context.get("to") else ALL


def _own(node: ScoreNode, _: Span, context: Context) -> h.Node:
    """Our points, and the most that there are, where not all of them could be measured."""
    most = h.span(".ioc-faint")[f" ({number(node.most, context.language)})"] if node.measured != node.most else None
    return [_points(node.points, node.measured, context), most]


def _theirs(node: ScoreNode, _: Span, context: Context) -> h.Node:
    return _points(node.published.points, node.published.most, context) if node.published else ""


def _points(points: Decimal | None, most: Decimal | None, context: Context) -> h.Node:
    if points is None:
        return context.words("score.unmeasured")
    return [
        h.b[number(points, context.language, NEAR, most)],
        h.span(".ioc-faint")[f" / {number(most, context.language)}"] if most is not None else None,
    ]


def _value(node: ScoreNode, days: Span, context: Context) -> h.Node:
    """The value of what is no score itself, and its two numbers as ways to the records that they count."""
    if node.value is None:
        return ""
    shown = with_unit(node.value, node.unit, context.words, NEAR)
    if node.numerator is None or node.denominator is None or node.indicator is None:
        return shown
    pair = counts((node.numerator, node.denominator), node.indicator, node.behind, context.where, context, days)
    return [shown, h.span(".ioc-faint")[" · ", fraction(pair)]]


def _difference(node: ScoreNode, _: Span, context: Context) -> h.Node:
    theirs = node.published
    if theirs is None or node.why is None:
        return ""
    shown = ""
    if node.difference is not None and node.why != "same":
        shown = signed(node.difference, Unit.NUMBER, context.words, NEAR) + ", "
    every: Mapping[str, Mapping[str, Decimal | None]] = {
        "other_records": {"denominator": theirs.denominator, "own": node.denominator},
        "other_judgement": {"numerator": theirs.numerator, "own": node.numerator},
        "partly": {"measured": node.measured, "most": node.most},
    }
    told = {key: number(value, context.language) for key, value in every.get(node.why, {}).items()}
    return [h.b[shown], h.span(".ioc-faint")[context.words(f"score.{node.why}", **told)]]


_CELLS = {"points": _own, "value": _value, "published": _theirs, "difference": _difference}
