"""The viewer of a request, for whatever answers it: ``install`` looks at each request once, ``viewer`` tells who it was."""

from __future__ import annotations

import threading
from base64 import b64decode
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

from flask import Flask, Response, g, request

from ioc.access.entrance import Asking, Entrance
from ioc.access.policy import changed, may_open, viewed
from ioc.access.trail import AuditTrail
from ioc.access.viewer import Viewer

# What a page asks for by itself, again and again: it tells nothing about whether somebody sits before it. Scripts that ask for other
# addresses by themselves say so in a header.
_BY_ITSELF = frozenset({"/live", "/api/v1/version", "/_reload-hash", "/admin/pictures"})
BY_ITSELF_HEADER = "X-IOC-By-Itself"
# A page that a browser asks for again by itself says so in its address: no header can be given to that.
BY_ITSELF_QUERY = "by_itself"
_AGAIN = "/snapshots/"
_REDRAWN = "/_dash-update-component"
_LAST_PAGES, _LAST_VIEWERS = 32, 1024
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

    looks = _Looks()

    def look() -> Response | None:
        asking = asked()
        redrawn, is_led = _redrawn() if request.path == _REDRAWN else (None, True)
        by_itself = request.path in _BY_ITSELF or BY_ITSELF_HEADER in request.headers or not is_led
        by_itself = by_itself or (request.path.startswith(_AGAIN) and BY_ITSELF_QUERY in request.args)
        shut = entrance.guesses.shut_for(asking.remote, entrance.clock.now()) if entrance.tries(asking) else 0
        found = entrance.viewer(asking, touch=not by_itself)
        g.viewer = found
        is_nobody = entrance.tries(asking) and not (found and (found.role or found.is_administrator))
        if trail and is_nobody and not shut:
            trail.note(Viewer("", address=asking.remote), "sign_in.refused", _named(asking), "basic")
        if not may_open(found, request.method, request.path):
            if asking.is_of_a_wall:
                return None  # which is refused calmly, by a page of its own
            return _later(refuse(found), shut) if shut and is_nobody else refuse(found)
        path, query = redrawn or (request.path, request.query_string.decode("utf-8", "replace"))
        is_shown = redrawn is not None or request.method == "GET"
        records = viewed(path) if found and is_shown and may_open(found, "GET", path) else None
        # What a page says of itself is not believed: it is drawn anew for new data without a line only as it stood already.
        if found and trail and records and (looks.are_new(found.name, f"{path}?{query}") or is_led):
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

    def keep(answer: Response) -> Response:
        found: Viewer | None = g.get("viewer")
        if found and (found.role or found.is_administrator) and "Cache-Control" not in answer.headers:
            answer.headers["Cache-Control"] = "private, no-store"  # whoever sits here next is somebody else
        return answer

    flask.before_request(look)
    flask.after_request(note)
    flask.after_request(keep)


def _later(answer: Response, seconds: int) -> Response:
    """An answer to whoever has guessed too often: a browser is not to ask for another password before some seconds have gone."""
    answer.status_code, answer.headers["Retry-After"] = 429, str(seconds)
    del answer.headers["WWW-Authenticate"]
    return answer


def _named(asking: Asking) -> str:
    """The name that somebody brings in a header."""
    given = asking.headers.get("authorization", "").partition(" ")[2]
    try:
        return b64decode(given.strip()).decode("utf-8", "replace").partition(":")[0][:64]
    except ValueError:
        return ""


def _redrawn() -> tuple[tuple[str, str] | None, bool]:
    """Of a page that stands and is drawn anew in place: its path and query, if it says them; and whether a person has led it there."""
    given = request.get_json(silent=True)
    changed, inputs = (given.get("changedPropIds"), given.get("inputs")) if isinstance(given, dict) else (None, None)
    if not isinstance(changed, list) or not isinstance(inputs, list):
        return None, False
    said = {str(each.get("property")): str(each.get("value") or "") for each in inputs if isinstance(each, dict)}
    place = (unquote(said["pathname"]), said.get("search", "").removeprefix("?")) if "pathname" in said else None
    return place, any(str(each).endswith((".pathname", ".search")) for each in changed)


class _Looks:
    """The last pages of records that each of the last viewers was shown."""

    def __init__(self) -> None:
        self._last: OrderedDict[str, deque[str]] = OrderedDict()
        self._guard = threading.Lock()

    def are_new(self, name: str, address: str) -> bool:
        """Whether it is not one of them; from now on it is."""
        with self._guard:
            last = self._last.setdefault(name, deque(maxlen=_LAST_PAGES))
            self._last.move_to_end(name)
            if len(self._last) > _LAST_VIEWERS:
                self._last.popitem(last=False)
            is_new = address not in last
            if is_new:
                last.append(address)
            return is_new
