"""A page that says in a sentence why it shows nothing else, and offers a way on."""

from __future__ import annotations

from dash import dcc, html

from layouts.shell import shell
from layouts.state import Context


def message(title: str, text: str, context: Context, links: tuple[tuple[str, str], ...] = ()) -> html.Div:
    """The page. ``links`` are further ways on, as (words, address)."""
    ways = [*links, (context.words("error.home"), context.link("/"))]
    return shell(
        [
            html.Div(
                [
                    html.H2(title),
                    html.P(text),
                    html.Ul([html.Li(dcc.Link(words, href=address, className="ioc-link")) for words, address in ways]),
                ],
                className="ioc-message",
            )
        ],
        "IOC",
        title,
        None,
        context,
    )
