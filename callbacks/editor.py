"""The addresses of the editor of screens, for administrators alone: the list, one screen, and what is done to it, each by POST."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson
from flask import Blueprint, Response, request

from callbacks.guard import Guard
from callbacks.plain_pages import to, unkept
from callbacks.playlist_editor import Rotating
from ioc.access.policy import may_arrange_screens
from ioc.access.same_origin import check_sender
from ioc.access.viewer import Viewer
from ioc.errors import Refusal
from ioc.views.playlist_editor import Turning
from ioc.views.screen_editor import ArrangedView, Preview, ScreenTile
from layouts.dash_app import EDITOR_SCRIPTS, EDITOR_SHEETS
from layouts.page import Page
from layouts.panels.grid import drawn
from layouts.screens.editor import editor, editor_list, past
from layouts.screens.message import message
from layouts.state import Context

log = logging.getLogger(__name__)

MOST_BYTES = 200_000


class Arranging(Protocol):
    """Who reads what the editor shows; ``turning`` is for playlists."""

    turning: Turning

    def screens(self) -> tuple[ScreenTile, ...]:
        """All that can be arranged."""
        ...

    def screen(self, viewer: Viewer, name: str, like: str = "") -> ArrangedView:
        """One of them. Raises Refusal."""
        ...

    def revision(self, name: str) -> str:
        """Stands for its file as it is. Raises Refusal."""
        ...

    def preview(self, viewer: Viewer, name: str, data: object) -> Preview:
        """A draft of a screen as a wall would show it."""
        ...


class Keeper(Protocol):
    """Who keeps screens. Each raises Refusal, and Overtaken when the file is no longer the one that the change is based on."""

    def save(self, name: str, data: object, based_on: str, by: str, at: datetime) -> Any:
        """Keep a screen as it was arranged."""
        ...

    def restore(self, name: str, number: int, based_on: str, by: str, at: datetime) -> Any:
        """Make an older state the present one."""
        ...

    def give_up(self, name: str, based_on: str, by: str, at: datetime) -> Any:
        """Take its file away."""
        ...


def blueprint(guard: Guard, arranging: Arranging, keeper: Keeper, changed: Callable[[], object]) -> Blueprint:
    """The routes.

    Args:
        guard: shows pages to administrators alone.
        arranging: reads what is shown.
        keeper: keeps what is saved.
        changed: called when screens are others than before.
    """
    routes, found = Blueprint("editor", __name__), _Editor(guard, arranging, keeper, changed)
    rotating = Rotating(guard, arranging.turning, changed)
    routes.get("/admin/screens/edit")(found.all)
    routes.get("/admin/screens/<screen>/edit")(found.one)
    routes.post("/admin/screens/<screen>/preview")(found.preview)
    routes.post("/admin/screens/<screen>")(found.save)
    routes.post("/admin/screens/<screen>/restore")(found.restore)
    routes.post("/admin/screens/<screen>/give_up")(found.give_up)
    routes.get("/admin/playlists/<playlist>", endpoint="playlist")(rotating.one)
    routes.post("/admin/playlists/<playlist>", endpoint="playlist_save")(rotating.save)
    routes.get("/admin/playlists/<playlist>/<does>", endpoint="playlist_again")(rotating.one)  # a page that a button has led to, once more
    routes.post("/admin/playlists/<playlist>/<any(add,earlier,later,remove):does>", endpoint="playlist_step")(rotating.step)
    routes.post("/admin/playlists/<playlist>/restore", endpoint="playlist_restore")(rotating.restore)
    routes.post("/admin/playlists/<playlist>/give_up", endpoint="playlist_give_up")(rotating.give_up)
    return routes


@dataclass(frozen=True)
class _Editor:
    """What each address answers."""

    guard: Guard
    arranging: Arranging
    keeper: Keeper
    changed: Callable[[], object]

    def all(self) -> Response:
        """The list; with ``new``, the way to a screen of that name."""
        context, viewer = self.guard.asker()
        if not may_arrange_screens(viewer):
            return self.guard.closed(context)
        name, like = context.get("new"), context.get("like") or ""
        playlists = self.arranging.turning.playlists()
        if name is None:
            return self._page(editor_list(self.arranging.screens(), playlists, context))
        try:
            self.arranging.screen(viewer, name)
        except Refusal as error:
            return self._page(editor_list(self.arranging.screens(), playlists, context, " ".join(context.words.told(error))))
        return to(context.link(f"/admin/screens/{name}/edit", *([("like", like)] if like else [])))

    def one(self, screen: str) -> Response:
        """The editor of a screen."""
        context, viewer = self.guard.asker()
        if not may_arrange_screens(viewer):
            return self.guard.closed(context)
        try:
            view = self.arranging.screen(viewer, screen, context.get("like") or "")
        except Refusal as error:
            return self._page(message(*context.words.told(error), context, status=error.status))
        return self._page(editor(view, context), EDITOR_SCRIPTS)

    def preview(self, screen: str) -> Response:
        """A draft as a wall would show it, and what is wrong with it."""

        def look(context: Context, viewer: Viewer, given: dict[str, Any]) -> dict[str, Any]:
            found = self.arranging.preview(viewer, screen, given.get("screen"))
            cells = [str(drawn(panel, context)) if panel else "" for panel in found.panels]
            return {"cells": cells, "faults": _told(found, context), "revision": self.arranging.revision(screen)}

        return self._done(look)

    def save(self, screen: str) -> Response:
        """Keep a draft."""

        def save(context: Context, viewer: Viewer, given: dict[str, Any]) -> dict[str, Any]:
            found = self.arranging.preview(viewer, screen, given.get("screen"))
            if found.faults:  # also what reads well but cannot be drawn
                raise _Faults(_told(found, context))
            self.keeper.save(screen, given.get("screen"), str(given.get("based_on", "")), viewer.name, self.guard.clock.now())
            return self._saved(screen, viewer, context)

        return self._done(save)

    def restore(self, screen: str) -> Response:
        """Make an older state the present one."""

        def restore(context: Context, viewer: Viewer, given: dict[str, Any]) -> dict[str, Any]:
            number = given.get("number")
            self.keeper.restore(
                screen, number if isinstance(number, int) else 0, str(given.get("based_on", "")), viewer.name, self.guard.clock.now()
            )
            return self._saved(screen, viewer, context)

        return self._done(restore)

    def give_up(self, screen: str) -> Response:
        """Take the file of a screen away."""

        def give_up(context: Context, viewer: Viewer, given: dict[str, Any]) -> dict[str, Any]:
            self.keeper.give_up(screen, str(given.get("based_on", "")), viewer.name, self.guard.clock.now())
            return self._saved(screen, viewer, context)

        return self._done(give_up)

    def _page(self, page: Page, scripts: tuple[str, ...] = ()) -> Response:
        return self.guard.page(page, EDITOR_SHEETS, scripts)

    def _saved(self, screen: str, viewer: Viewer, context: Context) -> dict[str, Any]:
        self.changed()
        view = self.arranging.screen(viewer, screen)
        return {"title": context.words("editor.saved"), "revision": view.revision, "past": "".join(map(str, past(view, context)))}

    def _done(self, do: Callable[[Context, Viewer, dict[str, Any]], dict[str, Any]]) -> Response:
        """Do what a page of this site asks for, if an administrator sits before it."""
        context, viewer = self.guard.asker()
        words = context.words
        try:
            check_sender(dict(request.headers), request.host)
            if not may_arrange_screens(viewer):
                raise Refusal("administrators", 403)
            return _json(do(context, viewer, _given()), 200)
        except _Faults as error:
            return _json({"title": words("editor.said.wrong"), "faults": error.faults}, 400)
        except Refusal as error:
            title, hint = words.told(error)
            return _json({"title": title, "detail": hint, "overtaken": error.fault == "screen_overtaken"}, error.status)
        except OSError as error:
            log.exception("a screen could not be kept")
            return _json({"title": words("editor.unwritten", fault=error.strerror or str(error))}, 503)


class _Faults(Exception):
    """What was to be saved is at fault; told already."""

    def __init__(self, faults: list[dict[str, Any]]) -> None:
        self.faults = faults
        super().__init__()


def _told(found: Preview, context: Context) -> list[dict[str, Any]]:
    """What is wrong, in the language of whoever looks, by panel and key."""
    return [{"panel": each.panel, "key": each.fault.key, "text": context.words.sentence(each.fault.kept())} for each in found.faults]


def _given() -> dict[str, Any]:
    """What a page has sent. Raises Refusal when it is no object of JSON."""
    try:
        given = orjson.loads(request.get_data(cache=False) if (request.content_length or 0) <= MOST_BYTES else b"")
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise Refusal("unreadable", 400)
    return given


def _json(body: dict[str, Any], status: int) -> Response:
    return unkept(Response(orjson.dumps(body), status, mimetype="application/json"))
