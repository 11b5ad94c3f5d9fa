"""What surrounds every page: whose it is, what it shows, of which data, and the ways to other languages and schemes."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from ioc.text import dates
from ioc.views.model import Stamp
from layouts.attributes import data
from layouts.state import Context
from layouts.theme import FONT


def shell(
    content: list[Any], organisation: str, title: str, stamp: Stamp | None, context: Context, *, aside: Any = None
) -> dmc.MantineProvider:
    """A whole page: header, the mark of simulated data, the band of a past moment, content, and the stamp of the data."""
    words = context.words
    return dmc.MantineProvider(
        html.Div(
            [
                html.A(words("app.skip"), href="#main", className="ioc-skip"),
                _header(organisation, title, stamp, context, aside),
                html.Div(words("app.lost"), id="ioc-lost", className="ioc-lost", role="status", hidden=True),
                *_past(stamp, context),
                html.Main(content, id="main", className="ioc-main"),
                _footer(stamp, context),
            ],
            className=f"ioc ioc-{context.scheme}",
            lang=context.language,
            **data(version=str(stamp.version if stamp else 0), title=f"{title} – {organisation}"),
        ),
        forceColorScheme=context.scheme,
        theme={"fontFamily": FONT},
    )


def _header(organisation: str, title: str, stamp: Stamp | None, context: Context, aside: Any) -> html.Header:
    words = context.words
    other = "en" if context.language == "vi" else "vi"
    scheme = "light" if context.scheme == "dark" else "dark"
    simulated = [html.Span(words("app.simulated"), className="ioc-simulated")] if stamp and stamp.simulated else []
    return html.Header(
        [
            html.Div(
                [
                    dcc.Link(f"{organisation} · {words('app.title')}", href=context.link("/"), className="ioc-organisation"),
                    html.H1(title, className="ioc-title"),
                ],
                className="ioc-names",
            ),
            *([aside] if aside is not None else []),
            html.Nav(
                [
                    *simulated,
                    *(dcc.Link(each.label, href=context.link(f"/screens/{each.code}"), className="ioc-switch") for each in context.screens),
                    dcc.Link(words("app.other_language"), href=context.with_query(lang=other), className="ioc-switch"),
                    dcc.Link(words(f"app.{scheme}"), href=context.with_query(theme=scheme), className="ioc-switch"),
                ],
                className="ioc-nav",
            ),
        ],
        className="ioc-header",
    )


def _past(stamp: Stamp | None, context: Context) -> list[html.Div]:
    if stamp is None or stamp.as_of is None:
        return []
    words = context.words
    text = words("app.as_of", moment=dates.moment(stamp.as_of, context.zone))
    leave = dcc.Link(words("app.as_of_leave"), href=context.with_query(as_of=None), className="ioc-switch")
    return [html.Div([html.Span(text), leave], className="ioc-past", role="status")]


def _footer(stamp: Stamp | None, context: Context) -> html.Footer:
    if stamp is None:
        return html.Footer(className="ioc-footer")
    text = context.words("app.version", version=stamp.version, moment=dates.moment(stamp.at, context.zone))
    return html.Footer(html.Span(text), className="ioc-footer")
