"""Why an indicator changed: what is compared, the change as a waterfall, the weightiest groups in words."""

from __future__ import annotations

from ioc.text.numbers import with_unit
from ioc.views.explanation import AGAINST, ExplanationView
from ioc.views.reading import summary, told
from layouts import elements as h
from layouts.markup import Markup
from layouts.panels.choices import choices
from layouts.panels.export import export
from layouts.panels.span import day
from layouts.state import Context
from layouts.waterfall import waterfall


def panel(view: ExplanationView, context: Context) -> Markup:
    """The panel."""
    words, lines = context.words, told(view, context.words)
    head = [*_head(view.against, context, view.label), [h.p[each] for each in summary(view, words)]]
    drawn = None
    if view.steps:
        was, now = (with_unit(each.value, view.unit, words, view.precision) for each in (view.before, view.after))
        alt = words("explanation.alt", title=words("explanation.title"), was=was, now=now, lines="").strip()
        drawn = h.div(".ioc-why-chart", role="group", aria_label=alt)[waterfall(view, context)]
    return _framed([h.div(".ioc-why-head")[head], drawn, h.ul(".ioc-why-lines")[(h.li[each] for each in lines)]])


def unknown(reason: str, context: Context) -> Markup:
    """The panel where nothing can be explained, and why not."""
    return _framed(h.div(".ioc-why-head")[_head(context.get("why") or AGAINST[0], context), h.p(".ioc-faint")[reason]])


def _framed(content: h.Node) -> Markup:
    return Markup(content, tag="section", className="ioc-panel ioc-panel-why")


def _head(against: str, context: Context, label: str = "") -> list[h.Element]:
    words = context.words
    title = words("explanation.title")
    ways = choices(title, ((words(f"explanation.against_{way}"), context.with_query(why=way), way == against) for way in AGAINST))
    button = export(f"{label} – {title}", "why", context) if label else None
    return [h.div(".ioc-panel-head")[h.h2(".ioc-panel-title")[title], _around(context), ways, button]]


def _around(context: Context) -> h.Element:
    """Before and after a day: the days from it on against as many before."""
    words = context.words
    kept = (h.input(type="hidden", name=name, value=value) for name, value in context.query if name not in {"from", "why", "period"})
    return h.form(".ioc-span", method="get", action=context.path)[
        kept,
        h.input(type="hidden", name="why", value="previous"),
        day("from", words("explanation.around"), ""),
        h.button(".ioc-choice")[words("beside.show")],
    ]
