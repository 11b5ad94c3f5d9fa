"""What is answered to whoever may not have an address answered: a way to sign in, or a sentence."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import orjson
from flask import Response, request

from callbacks.plain_pages import PlainPages, to, unkept
from ioc.access.viewer import Viewer
from layouts.screens.message import message


def refusing(plain: PlainPages, by_header: bool) -> Callable[[Viewer | None], Response]:
    """The answer.

    Args:
        plain: what a page is made of.
        by_header: whether administrators sign in by a header (HTTP Basic), for which browsers ask.
    """

    def refuse(viewer: Viewer | None) -> Response:
        context = plain.context().at_present()
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
            return to(context.link("/account"))
        if unknown and not challenge:
            whole = request.full_path.rstrip("?")
            kept = [(key, value) for key, value in context.query if key in {"lang", "theme"}]
            return to(f"/login?{urlencode([*kept, *([('next', whole)] if whole != '/' else [])])}".rstrip("?"))
        said = ("administrators.closed", "administrators.sign_in_hint" if challenge else "access.refused_hint")
        if not request.path.startswith("/admin"):
            said = ("access.refused", "access.refused_hint")
        answer = plain.page(message(context.words(said[0]), context.words(said[1]), context, status=401 if challenge else 403))
        answer.headers.update(challenge)
        return answer

    return refuse
