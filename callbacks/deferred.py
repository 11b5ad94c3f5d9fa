"""What comes after the rest of a page: it is asked for once the page stands, and again with every change of it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from dash import ClientsideFunction, Input, Output, State

from ioc.access.asking import preferred
from ioc.access.asking import viewer as asker
from ioc.access.policy import may_open
from ioc.access.viewer import Viewer
from ioc.clock import Clock
from ioc.errors import BadQuestion, UnknownName
from ioc.views.address import explanation_question, indicator_question
from ioc.views.ask import Views
from ioc.views.model import IndicatorView
from ioc.views.notes import Margin, NotesView, of_unit
from ioc.views.unusual import AnomaliesView
from ioc.views.values import past_from_words
from layouts import ids
from layouts.dash_app import Pages
from layouts.markup import Markup, still
from layouts.panels import notes, peers, unusual, why
from layouts.screens.deferred import mark, stood
from layouts.screens.indicator import trend_figure
from layouts.state import Context, context_of

log = logging.getLogger(__name__)


def register(app: Pages, views: Views, clock: Clock, margin: Margin | None = None) -> None:
    """Register the callback."""

    @app.callback(
        Output(ids.LATER, "html"),
        Output(ids.LATER_PARTS, "data"),
        Input(ids.LATER_ASK, "data"),
        State(ids.LOCATION, "pathname"),
        State(ids.LOCATION, "search"),
    )
    def fill(ask: object, path: str | None, search: str | None) -> tuple[str, list[Any]]:
        context = context_of(path or "/", search or "", clock.now(), views.zone(), preferred(views.language()))
        viewer = asker(context.language)
        panels, parts = later(views, context, viewer, margin, stood(ask)) if may_open(viewer, "GET", context.path) else ([], [])
        return still(panels), parts

    app.clientside_callback(ClientsideFunction("ioc", "changeLater"), Input(ids.LATER_PARTS, "data"), prevent_initial_call=True)


def later(
    views: Views, context: Context, viewer: Viewer | None = None, margin: Margin | None = None, stands: str = ""
) -> tuple[list[Markup], list[Any]]:
    """The panels, and the trend again if it ``stands`` without what is unusual or was noted; what cannot be told says so, what fails is
    logged and said."""
    viewer = viewer or Viewer("page", context.language)
    try:
        as_of = past_from_words(context.get("as_of"), views.zone(), context.now)
        context = replace(context, now=as_of) if as_of else context
        if not context.path.startswith("/indicators/"):
            return _margin(views, viewer, context, as_of, margin), []
        found = views.anomalies(viewer, _name(context), as_of)
        view = views.indicator(viewer, indicator_question(_name(context), context), as_of)
        noted = margin.beside(viewer, view, as_of) if margin else None
        panels = [_why(views, viewer, context, as_of), peers.panel(view, context), unusual.panel(found, context)]
        panels.append(notes.panel(noted, context) if noted else None)
        return [each for each in panels if each is not None], _marks(view, context, found, noted, stands)
    except Exception:
        log.exception("what comes later on %s could not be drawn", context.path)
        if not context.path.startswith("/indicators/"):
            return [Markup(context.words("explanation.failed"), tag="p", className="ioc-faint")], []
        return [why.unknown(context.words("explanation.failed"), context)], []


def _margin(views: Views, viewer: Viewer, context: Context, as_of: datetime | None, margin: Margin | None) -> list[Markup]:
    """The notes on a unit's page or a screen."""
    if margin is None:
        return []
    if context.path.startswith("/units/"):
        noted = margin.about(viewer, of_unit(views.unit(viewer, _name(context), as_of), context.today), as_of)
    else:
        noted = margin.on_screen(viewer, views.screen(viewer, _name(context), as_of), context.today, as_of)
    shown = notes.panel(noted, context)
    return [] if shown is None else [shown]


def _marks(view: IndicatorView, context: Context, found: AnomaliesView, noted: NotesView | None, stands: str) -> list[Any]:
    if all(point.value is None for point in view.trend):
        return []
    figure = trend_figure(view, context, found)
    figure = notes.marked(figure, view.trend, noted, context) if noted else figure
    return [] if mark(figure) == stands else [[ids.TREND, {"figure": figure}]]


def _name(context: Context) -> str:
    return unquote(context.path.split("/", 2)[2])


def _why(views: Views, viewer: Viewer, context: Context, as_of: datetime | None) -> Markup:
    try:
        return why.panel(views.explanation(viewer, explanation_question(_name(context), context), as_of), context)
    except (BadQuestion, UnknownName) as error:
        return why.unknown(" ".join(context.words.told(error)), context)
