"""A few choices of which one holds: the chosen one is marked, the others lead to their addresses."""

from __future__ import annotations

from collections.abc import Iterable

from dash import dcc, html

from layouts.attributes import aria


def choices(options: Iterable[tuple[str, str, bool]]) -> html.Nav:
    """The choices, each as (words, address, whether it is the chosen one)."""
    return html.Nav(
        [
            html.Span(words, className="ioc-choice ioc-chosen", **aria(current="true"))
            if chosen
            else dcc.Link(words, href=address, className="ioc-choice")
            for words, address, chosen in options
        ],
        className="ioc-choices",
    )
