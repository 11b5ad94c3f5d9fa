"""How often one may ask: whoever signs in, programs that read the API, and whoever makes exports. Others are answered meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from flask import Flask, Response, g, request
from flask_limiter import ApplicationLimit, Limiter, RequestLimit

from callbacks.plain_pages import unkept
from ioc.access.asking import preferred
from ioc.access.viewer import Viewer
from ioc.text.words import words

# A program may ask twenty times a second, on the whole; pages ask for the version by themselves, which is not counted.
API, EXPORTS = "1200 per minute", "60 per minute"
_UNCOUNTED = frozenset({"/api/v1/version", "/api/v1/openapi.json"})
_EXPORTS = ("/snapshots", "/api/v1/snapshots", "/reports")


def limiter(flask: Flask, is_closed: bool, language: str) -> Limiter:
    """The limits of an application, by who asks, or from where.

    Args:
        flask: the application; who asks has been looked at before.
        is_closed: whether others than this machine are let in at all; where not, API and exports have no limit.
        language: of whoever has chosen none.
    """

    def told(_: RequestLimit) -> Response:
        said = words(preferred(language))
        body = {"type": "about:blank", "title": said("access.too_often"), "status": 429, "detail": said("access.too_often_hint")}
        return unkept(Response(orjson.dumps(body), 429, mimetype="application/problem+json"))

    def later(answer: Response) -> Response:
        if answer.status_code == 429:
            answer.headers.setdefault("Retry-After", "60")
        return answer

    def limit(rate: str, scope: str, counts: Callable[[], bool]) -> ApplicationLimit:
        return ApplicationLimit(limit_provider=rate, scope=scope, key_function=_who, exempt_when=lambda: not counts(), on_breach=told)

    limits: list[str | Callable[[], str] | ApplicationLimit] = (
        [limit(API, "api", _asks_api), limit(EXPORTS, "exports", _makes_export)] if is_closed else []
    )
    flask.after_request(later)
    return Limiter(_address, app=flask, application_limits=limits, storage_uri="memory://", headers_enabled=False)


def _asks_api() -> bool:
    return request.path.startswith("/api/") and request.path not in _UNCOUNTED


def _makes_export() -> bool:
    return request.method == "POST" and request.path.startswith(_EXPORTS) and not request.path.endswith("/cancel")  # which ends work


def _who() -> str:
    found: Viewer | None = g.get("viewer")
    return f"{found.role} {found.name}" if found and found.role else _address()


def _address() -> str:
    return request.remote_addr or ""
