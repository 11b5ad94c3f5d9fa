"""What comes after the rest of an indicator's page: it is asked for once the page stands, and again with every change of it."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from dash import Input, Output, State

from ioc.access.viewer import Viewer
from ioc.clock import Clock
from ioc.errors import BadQuestion, UnknownName
from ioc.views.ask import Views
from ioc.views.explanation import AGAINST, ExplanationQuestion
from ioc.views.values import day_from_words, moment_from_words
from layouts import ids
from layouts.dash_app import Pages
from layouts.panels import why
from layouts.state import Context, context_of

log = logging.getLogger(__name__)


def register(app: Pages, views: Views, clock: Clock) -> None:
    """Register the callback."""

    @app.callback(
        Output(ids.LATER, "children"),
        Input(ids.LATER_ASK, "data"),
        State(ids.LOCATION, "pathname"),
        State(ids.LOCATION, "search"),
    )
    def fill(_ask: object, path: str | None, search: str | None) -> list[Any]:
        return later(views, context_of(path or "/", search or "", clock.now(), views.zone(), views.language()))


def later(views: Views, context: Context) -> list[Any]:
    """The panels; what cannot be told says so, and what fails is logged and said."""
    try:
        return [_why(views, context)]
    except Exception:
        log.exception("what comes later on %s could not be drawn", context.path)
        return [why.unknown(context.words("explanation.failed"), context)]


def _why(views: Views, context: Context) -> Any:
    as_of = moment_from_words(context.get("as_of"), views.zone())
    context = replace(context, now=min(as_of, context.now)) if as_of else context
    try:
        return why.panel(views.explanation(Viewer("page", context.language), _question(context), as_of), context)
    except (BadQuestion, UnknownName) as error:
        return why.unknown(" ".join(context.words.told(error)), context)


def _question(context: Context) -> ExplanationQuestion:
    split = context.get("split")
    return ExplanationQuestion(
        context.path.rsplit("/", 1)[-1],
        by=(split,) if split else None,
        start=day_from_words(context.get("from")),
        end=day_from_words(context.get("to")),
        against=context.get("why") or AGAINST[0],
        where=tuple((dimension, (code,)) for text in context.all("where") for dimension, _, code in [text.partition(":")]),
    )
