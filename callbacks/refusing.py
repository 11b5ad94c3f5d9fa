"""What is answered to whoever may not have an address answered: a way to sign in, or a sentence."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import orjson
from flask import Response, redirect, request

from callbacks.guard import unkept
from ioc.access.asking import preferred
from ioc.access.viewer import Viewer
from ioc.clock import Clock
from ioc.views.ask import Views
from layouts.dash_app import SHEETS, Pages
from layouts.screens.message import message
from layouts.state import context_of


def refusing(pages: Pages, views: Views, clock: Clock, by_header: bool) -> Callable[[Viewer | None], Response]:
    """The answer.

    Args:
        pages, views, clock: what a page is made of.
        by_header: whether administrators sign in by a header (HTTP Basic), for which browsers ask.
    """

    def refuse(viewer: Viewer | None) -> Response:
        context = context_of(
            request.path, request.query_string.decode("utf-8", "replace"), clock.now(), views.zone(), preferred(views.language())
        )
        context = context.at_present()
        unknown = viewer is None
        by_program = request.path.startswith(("/api/", "/_dash", "/live", "/metrics")) or request.method not in {"GET", "HEAD"}
        by_name = by_header and request.path.startswith("/admin") and not (viewer and viewer.role)
        challenge = {"WWW-Authenticate": 'Basic realm="IOC", charset="UTF-8"'} if by_name else {}
        if by_program:
            told = context.words
            key = "access.unknown" if unknown else "access.refused"
            body = {"type": "about:blank", "title": told(key), "status": 401 if unknown else 403, "detail": told(f"{key}_hint")}
            return unkept(Response(orjson.dumps(body), body["status"], challenge, mimetype="application/problem+json"))
        if viewer and viewer.role and not viewer.permissions:  # the first password is still to be changed
            return unkept(redirect(context.link("/account"), 303))  # type: ignore[arg-type]
        if unknown and not challenge:
            whole = request.full_path.rstrip("?")
            kept = [(key, value) for key, value in context.query if key in {"lang", "theme"}]
            answer = redirect(f"/login?{urlencode([*kept, *([('next', whole)] if whole != '/' else [])])}".rstrip("?"), 303)
            return unkept(answer)  # type: ignore[arg-type]
        said = ("administrators.closed", "administrators.sign_in_hint" if challenge else "access.refused_hint")
        if not request.path.startswith("/admin"):
            said = ("access.refused", "access.refused_hint")
        page = message(context.words(said[0]), context.words(said[1]), context, status=401 if challenge else 403)
        return unkept(Response(pages.plain(page, SHEETS), page.status, challenge, mimetype="text/html"))

    return refuse
