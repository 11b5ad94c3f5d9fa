"""The page at an address: answered whole at first, drawn again when the address or the data change."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from dash import ClientsideFunction, Input, Output, State, no_update

from ioc.access.asking import preferred
from ioc.access.asking import viewer as asker
from ioc.access.policy import may_open
from ioc.access.viewer import Viewer
from ioc.clock import Clock
from ioc.errors import BadQuestion, Refusal, UnknownName, nearest
from ioc.views.address import indicator_question
from ioc.views.alerts import alerts_from_words
from ioc.views.ask import IndicatorQuestion, Views
from ioc.views.records import RecordsQuestion, records_from_words
from ioc.views.runs import runs_from_words
from ioc.views.values import past_from_words
from layouts import ids
from layouts.dash_app import Pages
from layouts.page import Page
from layouts.screens.alerts import alerts
from layouts.screens.changes import changed_targets, changes
from layouts.screens.feed import feed
from layouts.screens.feeds import feeds
from layouts.screens.indicator import indicator
from layouts.screens.message import message
from layouts.screens.milestones import milestones
from layouts.screens.overview import overview
from layouts.screens.record import record
from layouts.screens.records import records
from layouts.screens.screen import screen, screens
from layouts.screens.search import search
from layouts.screens.unit import unit
from layouts.state import KEPT, Context, context_of

log = logging.getLogger(__name__)

# Within so many seconds an address answers the same unless the data change: ages are told in minutes.
SECONDS_ALIKE = 5
# What has pages of its own, and where they are.
PLACES = {"indicator": "/indicators", "screen": "/screens", "feed": "/feeds", "record": "/records", "key": "/records", "unit": "/units"}


def register(app: Pages, views: Views, clock: Clock) -> None:
    """Tell the application how to draw a page, and register the callback that draws it again."""

    def at(path: str, search: str) -> Page:
        context = context_of(path, search, clock.now(), views.zone(), preferred(views.language()))
        viewer = asker(context.language)
        unread = views.alerts.unread(viewer) if views.alerts else 0
        return page(views, replace(context, recounting=views.recounting(), unread=unread), viewer)

    app.page = at
    app.moment = lambda: (
        views.version(),
        views.arranged(),
        views.alerts.mark() if views.alerts else 0,
        int(clock.now().timestamp()) // SECONDS_ALIKE,
        asker(preferred(views.language())).rights,
    )

    @app.callback(
        Output(ids.PAGE, "children"),
        Output(ids.BUILD, "data"),
        Output(ids.PARTS, "data"),
        Input(ids.LOCATION, "pathname"),
        Input(ids.LOCATION, "search"),
        Input(ids.VERSION, "data"),
        State(ids.BUILD, "data"),
        prevent_initial_call=True,
    )
    def show(path: str | None, search: str | None, _version: object, build: str | None) -> Any:
        drawn = at(path or "/", search or "")
        if drawn.build != build:
            return drawn.content, drawn.build, no_update
        return no_update, no_update, list(drawn.parts())

    # Parts are changed in place, so that nothing flashes and focus stays. They pass through an output of the callback, because
    # Dash drops the outputs of an answer that a newer one has overtaken, but not what `dash.set_props` sends along.
    app.clientside_callback(ClientsideFunction("ioc", "change"), Input(ids.PARTS, "data"), prevent_initial_call=True)


def page(views: Views, context: Context, viewer: Viewer | None = None) -> Page:
    """The page of an address for a viewer; without one, for whoever runs the product. A fault is drawn as a page that says so."""
    words, viewer = context.words, viewer or Viewer("page", context.language)
    if not may_open(viewer, "GET", context.path):  # a page that stands may ask for another address than it was opened at
        return message(words("access.refused"), words("access.refused_hint"), context, status=403)
    try:
        return _page(views, viewer, context)
    except UnknownName as error:
        return _unknown(error, views, viewer, context)
    except Refusal as error:
        return message(*words.told(error), context, status=error.status)
    except BadQuestion as error:
        return _not_so(words.told(error), context)
    except Exception:
        log.exception("the page %s could not be drawn", context.path)
        return message(words("error.failed"), words("error.failed_hint"), context, status=500)


def _not_so(told: tuple[str, str], context: Context) -> Page:
    """What cannot be asked like that: why, and the same page without a past moment, or with nothing that an address may add."""
    words, ways = context.words, []
    if context.get("as_of"):
        ways.append((words("app.as_of_leave"), context.with_query(as_of=None)))
    if any(key not in KEPT for key, _ in context.query):
        ways.append((words("error.bare"), context.link(context.path)))
    return message(words("error.bad_question"), " ".join(told), context.at_present(), links=tuple(ways), status=400)


def _unknown(error: UnknownName, views: Views, viewer: Viewer, context: Context) -> Page:
    """What is not there: a page of its own, answered with the ways to the nearest, or a part of a question."""
    words = context.words
    what, hint = words.told(error)
    if error.kind not in PLACES:
        return _not_so((what, hint), context)
    near = tuple(
        (_label(error.kind, name, views, viewer, context), context.link(f"{PLACES[error.kind]}/{name}"))
        for name in nearest(error.name, error.known)
    )
    return message(what, words("error.nearest" if near else "error.not_found_hint"), context, links=near)


def _label(kind: str, name: str, views: Views, viewer: Viewer, context: Context) -> str:
    """The words for what has a page of its own."""
    if kind == "screen":
        return views.screens()[name].of(context.language)
    if kind == "feed":
        return views.feed(viewer, name).tile.label
    if kind == "unit":
        return views.unit(viewer, name).unit.label
    if kind == "record":
        return views.records(viewer, RecordsQuestion(name)).record.label
    return views.indicator(viewer, IndicatorQuestion(name)).tile.label


def _page(views: Views, viewer: Viewer, context: Context) -> Page:
    """The page of the first route that the path fits; a page of the present leads to no past moment."""
    for pattern, draw in PRESENT:
        if found := re.fullmatch(pattern, context.path):
            return draw(views, viewer, context.at_present(), *map(_named, found.groups()))
    as_of = past_from_words(context.get("as_of"), views.zone(), context.now)
    context = replace(context, now=as_of) if as_of else context
    for pattern, draw_at in ROUTES:
        if found := re.fullmatch(pattern, context.path):
            return draw_at(views, viewer, context, as_of, *map(_named, found.groups()))
    return message(context.words("error.not_found"), context.words("error.not_found_hint"), context)


def _named(part: str | None) -> str:
    """A part of a path as the name that it stands for."""
    return unquote(part or "")


def _overview(views: Views, viewer: Viewer, context: Context, as_of: datetime | None) -> Page:
    return overview(views.overview(viewer, as_of), context)


def _indicator(views: Views, viewer: Viewer, context: Context, as_of: datetime | None, name: str) -> Page:
    return indicator(views.indicator(viewer, indicator_question(name, context), as_of), context, views.known_anomalies(viewer, name, as_of))


def _screen(views: Views, viewer: Viewer, context: Context, as_of: datetime | None, name: str) -> Page:
    return screen(views.screen(viewer, name, as_of), context)


def _unit(views: Views, viewer: Viewer, context: Context, as_of: datetime | None, name: str) -> Page:
    return unit(views.unit(viewer, name, as_of), context)


def _records(views: Views, viewer: Viewer, context: Context, as_of: datetime | None, name: str) -> Page:
    given = dict(context.query) | {"columns": ",".join(context.all("columns"))}
    return records(views.records(viewer, records_from_words(name, given, context.all("where")), as_of), context)


def _record(views: Views, viewer: Viewer, context: Context, as_of: datetime | None, name: str, key: str) -> Page:
    return record(views.record(viewer, name, key, as_of), context)


def _feed(views: Views, viewer: Viewer, context: Context, name: str) -> Page:
    return feed(views.feed(viewer, name, runs_from_words(dict(context.query))), context) if name else feeds(views.feeds(viewer), context)


def _milestones(views: Views, viewer: Viewer, context: Context, as_of: datetime | None) -> Page:
    return milestones(views.milestones(viewer, as_of), context)


def _alerts(views: Views, viewer: Viewer, context: Context, as_of: datetime | None) -> Page:
    if views.alerts is None:
        return message(context.words("error.not_found"), context.words("error.not_found_hint"), context)
    asked = alerts_from_words(context.get("state"), context.get("kind"), context.get("severity"), None, "all")
    return alerts(views.alerts.view(viewer, asked, as_of), context)


def _screens(views: Views, _viewer: Viewer, context: Context, _as_of: datetime | None) -> Page:
    return screens(views.screens(), views.playlists(), context)


def _changes(views: Views, viewer: Viewer, context: Context, as_of: datetime | None, name: str) -> Page:
    if as_of is None:
        raise BadQuestion("since_when")
    if name:
        return changes(views.changes(viewer, name, as_of), context)
    return changed_targets(views.changed_targets(viewer, as_of), context)


def _search(views: Views, viewer: Viewer, context: Context, _as_of: datetime | None) -> Page:
    return search(views.search(viewer, context.get("q") or ""), context)


# Paths and what draws them: those that have a past, and those that are of the present only.
ROUTES: tuple[tuple[str, Callable[..., Page]], ...] = (
    ("/", _overview),
    (r"/indicators/([^/]+)", _indicator),
    (r"/screens/([^/]+)", _screen),
    (r"/units/([^/]+)", _unit),
    ("/milestones", _milestones),
    ("/alerts", _alerts),
    ("/screens", _screens),
    ("/search", _search),
    (r"/changes(?:/([^/]+))?", _changes),
    (r"/records/([^/]+)", _records),
    (r"/records/([^/]+)/(.+)", _record),
)
PRESENT: tuple[tuple[str, Callable[..., Page]], ...] = ((r"/feeds(?:/([^/]+))?", _feed),)
