"""The remote control of walls, for administrators alone: the list of them with small pictures, and what they are told to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import orjson
from flask import Blueprint, Response, request

from callbacks.guard import Guard
from callbacks.plain_pages import unkept
from ioc.access.policy import may_control_walls
from ioc.access.same_origin import check_sender
from ioc.access.viewer import Viewer
from ioc.errors import Refusal, UnknownName
from ioc.views.cache import ViewCache
from ioc.views.walls import PICTURED, screens_shown
from layouts import elements as h
from layouts.dash_app import REMOTE_SCRIPTS, REMOTE_SHEETS
from layouts.screens.walls import walls
from layouts.state import Context
from layouts.wall import nothing, pane, still_wall

ACTIONS = ("identify", "message", "playlist", "reload", "emergency")
MOST_LETTERS = 300


class Remote(Protocol):
    """Who tells walls what to do."""

    def control(self, to: str, action: str, text: str = "") -> bool:
        """Tell one wall, or with an empty ``to`` all of them; False when there is no such wall."""
        ...


def blueprint(guard: Guard, cache: ViewCache, remote: Remote) -> Blueprint:
    """The routes.

    Args:
        guard: shows pages to administrators alone.
        cache: keeps pictures, so that each is drawn once however many walls show the same.
        remote: tells walls what to do.
    """
    routes, found = Blueprint("remote", __name__), _RemoteControl(guard, cache, remote)
    routes.get("/admin/screens")(found.all)
    routes.get("/admin/pictures")(found.picture)
    routes.post("/admin/screens")(found.control)
    return routes


@dataclass(frozen=True)
class _RemoteControl:
    guard: Guard
    cache: ViewCache
    remote: Remote

    def all(self) -> Response:
        """The list."""
        context, viewer = self.guard.asker()
        if not may_control_walls(viewer):
            return self.guard.closed(context)
        views = self.guard.views
        page = walls(views.walls(), views.playlists(), views.screens(), views.version(), context)
        return self.guard.page(page, REMOTE_SHEETS, REMOTE_SCRIPTS)

    def picture(self) -> Response:
        """The screens named by ``screens``, as a wall shows them, without a life of their own."""
        context, viewer = self.guard.asker()
        if not may_control_walls(viewer):
            return self.guard.closed(context)
        views, names = self.guard.views, screens_shown(request.args.get("screens", ""))[:PICTURED]
        minute = int(context.now.timestamp()) // 60
        alike = (names, viewer.scope, context.language, context.scheme, views.version(), views.arranged(), minute)
        html = self.cache.get(("picture", *alike), lambda: self._drawn(names, viewer, context))
        return unkept(Response(html, mimetype="text/html"))

    def _drawn(self, names: tuple[str, ...], viewer: Viewer, context: Context) -> str:
        body = still_wall([self._pane(name, viewer, context) for name in names], context)
        return self.guard.pages.wall(context.words("walls.picture"), str(body), context, alive=False)

    def _pane(self, name: str, viewer: Viewer, context: Context) -> h.Element:
        try:
            return pane(self.guard.views.screen(viewer, name), context.before_nobody())
        except UnknownName as error:
            return nothing(*context.words.told(error), context)

    def control(self) -> Response:
        """Tells a wall, or all, what to do."""
        context, viewer = self.guard.asker()
        given, words = request.form, context.words
        to, action, text = given.get("wall", ""), given.get("do", ""), given.get("text", "").strip()[:MOST_LETTERS]
        try:
            check_sender(dict(request.headers), request.host)
            if not may_control_walls(viewer):
                raise Refusal("administrators", 403)
        except Refusal as error:
            return _told(" ".join(words.told(error)), error.status)
        if action not in ACTIONS or (action == "playlist" and text not in self.guard.views.playlists()) or (action == "emergency" and to):
            return _told(words("walls.unknown_action"), 400)
        if not self.remote.control(to, action, text):
            return _told(words("walls.gone"), 404)
        return _told(words("walls.sent"), 202)


def _told(title: str, status: int) -> Response:
    return unkept(Response(orjson.dumps({"title": title}), status, mimetype="application/json"))
