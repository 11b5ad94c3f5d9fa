"""The viewer of a request, for whatever answers it: ``install`` looks at each request once, ``viewer`` tells who it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Flask, Response, g, request

from ioc.access.entrance import Asking, Entrance
from ioc.access.policy import changed, may_open, viewed
from ioc.access.trail import AuditTrail
from ioc.access.viewer import Viewer

# What a page asks for by itself, again and again: it tells nothing about whether somebody sits before it.
_BY_ITSELF = frozenset({"/_dash-update-component", "/live", "/api/v1/version", "/_reload-hash"})
Refuse = Callable[[Viewer | None], Response]


def viewer(language: str) -> Viewer:
    """Who has sent the request that is being answered, asking in a language. Raises RuntimeError where nobody has looked."""
    found: Viewer | None = g.get("viewer")
    if found is None:
        raise RuntimeError("Nobody has looked who asks: call ioc.access.asking.install on this application.")
    return found if found.language == language else replace(found, language=language)


def preferred(default: str) -> str:
    """The language that whoever asks has chosen, or the default."""
    found: Viewer | None = g.get("viewer")
    return found.language if found and found.role else default


def asked() -> Asking:
    """What the request that is being answered says of whoever sends it."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Asking(request.method, request.path, request.query_string.decode("latin-1"), headers, request.host, request.remote_addr or "")


def install(flask: Flask, entrance: Entrance, refuse: Refuse, trail: AuditTrail | None = None) -> None:
    """Have every request of an application looked at before it is answered.

    Args:
        flask: the application.
        entrance: tells who asks.
        refuse: answers what may not be answered: to somebody who is known, or to somebody unknown, who may sign in.
        trail: where views of records are written down.
    """

    def look() -> Response | None:
        asking = asked()
        found = entrance.viewer(asking, touch=request.path not in _BY_ITSELF)
        g.viewer = found
        if not may_open(found, request.method, request.path):
            return None if asking.is_of_a_wall else refuse(found)  # a wall is refused calmly, by a page of its own
        if found and trail and request.method == "GET" and (records := viewed(request.path)):
            query = request.query_string.decode("utf-8", "replace")
            trail.note(found, "view", records, query)
        return None

    def note(answer: Response) -> Response:
        found: Viewer | None = g.get("viewer")
        done = changed(request.method, request.path) if found and trail and answer.status_code < 400 else None
        if done and found and trail:
            given = request.get_json(silent=True) if request.is_json else None
            about = str(given.get("what", "")) if isinstance(given, dict) else ""
            trail.note(found, done[0], (done[1] or about)[:200], request.query_string.decode("utf-8", "replace"))
        return answer

    flask.before_request(look)
    flask.after_request(note)
