"""The addresses of walls: the page of a playlist, a screen of it, and the panels of a screen that have changed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import orjson
from flask import Blueprint, Response, g, request

from callbacks.plain_pages import PlainPages, to
from ioc.access.asking import viewer as asker
from ioc.access.devices import Devices
from ioc.access.entrance import DEVICE_COOKIE
from ioc.access.policy import may_open
from ioc.access.viewer import Viewer
from ioc.errors import UnknownName
from ioc.views.cache import ViewCache
from ioc.views.model import Stamp
from ioc.views.panels.types import PlaylistView
from layouts.elements import Element
from layouts.state import Context
from layouts.wall import changes, nothing, pane, stamped, wall

log = logging.getLogger(__name__)


# How long a device keeps its token: browsers keep no cookie longer.
COOKIE_SECONDS = 400 * 86_400


def blueprint(plain: PlainPages, cache: ViewCache, devices: Devices) -> Blueprint:
    """The routes.

    Args:
        plain: what a page is made of.
        cache: keeps what was drawn, so that however many walls ask, it is drawn once for a data version.
        devices: those that may show walls.
    """
    routes, walls = Blueprint("wall", __name__), _Walls(plain, cache, devices)
    routes.before_request(walls.admit)
    routes.get("/wall")(walls.first)
    routes.get("/wall/<playlist>")(walls.page)
    routes.get("/wall/<playlist>/<screen>")(walls.screen)
    routes.get("/wall/<playlist>/<screen>/changes")(walls.changes)
    for path in ("/live", "/live/seen"):
        routes.get(path, endpoint=path[1:].replace("/", "_"))(walls.refuse)  # who may hear it is served before
    return routes


@dataclass(frozen=True)
class _Walls:
    plain: PlainPages
    cache: ViewCache
    devices: Devices

    def admit(self) -> Response | None:
        """Whether a wall may be shown; a token in the address is put into a cookie, and is seen in no address after that."""
        if not request.path.startswith("/wall"):
            return None
        token = request.args.get("token")
        if token and self.devices.named(token, self.plain.clock.now()):
            context = self._context()
            answer = to(context.with_query(token=None), 302)
            answer.set_cookie(DEVICE_COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure)
            return answer
        return None if may_open(g.viewer, "GET", request.path) else self.refuse()

    def refuse(self) -> Response:
        """That this device may not show walls, or no longer."""
        context = self._context()
        what, hint = context.words("wall.refused"), context.words("wall.refused_hint")
        if request.path.count("/") > 2:
            return Response(self._calm(context, what, hint), 401, {"Cache-Control": "no-store"}, mimetype="application/json")
        return self._calm_page("", what, hint, context, 401)

    def first(self) -> Response:
        """The first playlist, or the list of what there is."""
        name = next(iter(self.plain.views.playlists()), None)
        return to(self._context().link(f"/wall/{name}" if name else "/screens"), 302)

    def page(self, playlist: str) -> Response:
        """The whole page, with the screen whose turn it is; of an unknown playlist, or where it cannot be drawn, a calm one that waits."""
        context = self._context()
        try:
            return self._page(playlist, context)
        except UnknownName:
            return self._unknown(playlist, context)
        except Exception:
            log.exception("the wall %s could not be drawn", playlist)
            words = context.words
            return self._calm_page(playlist, words("wall.failed"), words("wall.failed_hint"), context, 500)

    def _page(self, playlist: str, context: Context) -> Response:
        viewer = _viewer(context)
        found = self.plain.views.playlist(viewer, playlist)
        turn = turn_at(found, context.now.timestamp(), context.get("hold"))
        shown, stamp = self._first_pane(turn, context)
        body = wall(found, shown, stamp, self._build(playlist, context), context)
        return Response(self.plain.pages.wall(found.label, str(body), context), mimetype="text/html")

    def _first_pane(self, turn: str | None, context: Context) -> tuple[Element, Stamp | None]:
        """What stands on the page at first, and what data it shows; of a screen that is gone or fails why: the page goes on."""
        if turn is None:
            return nothing(context.words("wall.empty"), "", context), None
        try:
            view = self.plain.views.screen(_viewer(context), turn)
            return pane(view, context), view.stamp
        except UnknownName as error:
            return nothing(*context.words.told(error), context), None
        except Exception:
            log.exception("the screen %s could not be drawn", turn)
            return nothing(context.words("wall.failed"), context.words("wall.failed_hint"), context), None

    def screen(self, playlist: str, screen: str) -> Response:
        """A screen of a playlist, as HTML."""
        return self._drawn(playlist, screen, "", lambda context: self._pane(screen, context))

    def changes(self, playlist: str, screen: str) -> Response:
        """The panels named by ``panels=0,3``, as HTML each."""
        wanted = request.args.get("panels", "")
        numbers = frozenset(int(each) for each in wanted.split(",") if each.isdecimal())
        return self._drawn(
            playlist, screen, wanted, lambda context: changes(self.plain.views.screen(_viewer(context), screen), numbers, context)
        )

    def _pane(self, screen: str, context: Context) -> dict[str, object]:
        view = self.plain.views.screen(_viewer(context), screen)
        return {"version": view.stamp.version, "said": stamped(view.stamp, context), "html": str(pane(view, context))}

    def _build(self, playlist: str, context: Context) -> str:
        """What a page of a playlist is made with: when it is another, files or turns, a wall loads itself anew at a quiet moment.

        Raises UnknownName.
        """
        turns = repr(self.plain.views.playlist(_viewer(context), playlist))
        return f"{self.plain.pages.build}-{sha256(turns.encode()).hexdigest()[:6]}"

    def _drawn(self, playlist: str, screen: str, wanted: str, draw: Callable[[Context], dict[str, object]]) -> Response:
        """An answer made once for all who ask the same at one data version, which tells the moment in its header."""
        context, build = self._context(), ""
        try:
            build = self._build(playlist, context)
            self._check(playlist, screen, context)
            state = (self.plain.views.version(), self.plain.views.arranged(), int(context.now.timestamp()) // 5)
            alike = (build, screen, wanted, _viewer(context).scope, context.language, *state)
            return self._said(self.cache.get(("wall", *alike), lambda: orjson.dumps({"build": build, **draw(context)})), 200)
        except UnknownName as error:
            gone = build or self.plain.pages.build  # of a playlist that is gone: the page that says so is another
            return self._said(self._calm(context, *context.words.told(error), gone), 404)
        except Exception:
            log.exception("the screen %s could not be drawn", screen)
            return self._said(self._calm(context, context.words("wall.failed"), context.words("wall.failed_hint"), build), 500)

    def _check(self, playlist: str, screen: str, context: Context) -> None:
        """See that a screen is one of a playlist's: a wall is let in to show that one. Raises UnknownName."""
        known = [turn.screen for turn in self.plain.views.playlist(_viewer(context), playlist).turns]
        if screen not in known:
            raise UnknownName("screen", screen, known)

    def _said(self, body: bytes, status: int) -> Response:
        headers = {"Cache-Control": "no-store", "X-IOC-Now": f"{self.plain.clock.now().timestamp():.3f}"}
        return Response(body, status=status, mimetype="application/json", headers=headers)

    def _calm(self, context: Context, what: str, hint: str, build: str = "") -> bytes:
        """A sentence in place of a screen. Without a build, as of a passing fault, a wall stays the page that it is."""
        return orjson.dumps({"build": build, "html": str(nothing(what, hint, context))})

    def _unknown(self, playlist: str, context: Context) -> Response:
        names = ", ".join(text.of(context.language) for text in self.plain.views.playlists().values())
        what, hint = context.words("wall.unknown", name=playlist), context.words("wall.unknown_hint", names=names)
        return self._calm_page(playlist, what, hint, context, 404)

    def _calm_page(self, playlist: str, what: str, hint: str, context: Context, status: int) -> Response:
        """A page of one sentence, which looks again by itself."""
        body = wall(PlaylistView(playlist, what, "", (), None), nothing(what, hint, context), None, self.plain.pages.build, context)
        headers = {"Cache-Control": "no-store"}
        return Response(self.plain.pages.wall(what, str(body), context), status, headers, mimetype="text/html")

    def _context(self) -> Context:
        return self.plain.context().before_nobody()


def turn_at(playlist: PlaylistView, moment: float, held: str | None = None) -> str | None:
    """The screen whose turn it is: all walls of a playlist follow the same clock, so that they agree without talking."""
    if not playlist.turns:
        return None
    if held in {turn.screen for turn in playlist.turns}:
        return held
    rest = moment % sum(turn.seconds for turn in playlist.turns)
    for turn in playlist.turns:
        rest -= turn.seconds
        if rest < 0:
            return turn.screen
    return playlist.turns[-1].screen


def _viewer(context: Context) -> Viewer:
    """Who looks: a wall that has been admitted sees what the pages show, a person no more than on them."""
    return Viewer("wall", context.language, asker(context.language).scope)
