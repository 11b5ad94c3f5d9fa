"""Around every request: an id that its answer and its log lines carry, and how long it took, by route."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

from structlog.contextvars import bound_contextvars

from ioc.asgi import App, Receive, Scope, Send
from ioc.metrics import Metrics

HEADER = b"x-request-id"
SLOW_SECONDS = 5.0
_GIVEN = re.compile(rb"[A-Za-z0-9-]{8,64}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
log = logging.getLogger("ioc.requests")


class RequestTelemetry:
    """An ASGI application, observed.

    Args:
        within: what answers.
        route: the rule that a path falls under, of which there are few; never the path itself.
        metrics: where it is counted.
    """

    def __init__(self, within: App, route: Callable[[str, str], str], metrics: Metrics) -> None:
        self._within, self._route, self._metrics = within, route, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http":
            await self._within(scope, receive, send)
            return
        given = dict(scope["headers"]).get(HEADER, b"")
        request = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex.encode()
        status, began, stream = 0, time.perf_counter(), scope["path"] == "/live"

        async def passed_on(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), (HEADER, request)]}
            await send(message)

        if stream:
            self._metrics.streams.inc()
        try:
            with bound_contextvars(request=request.decode()):
                if _CONTROLS.search(scope["path"]):  # no address of ours has any, and an answer may not repeat them
                    await _refused(passed_on)
                else:
                    await self._within(scope, receive, passed_on)
        finally:
            if stream:
                self._metrics.streams.dec()
            else:
                self._noted(scope, status, time.perf_counter() - began, request)

    def _noted(self, scope: Scope, status: int, seconds: float, request: bytes) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = self._route(method, scope["path"])
        self._metrics.answered(method, route, status, seconds)
        level = logging.WARNING if status >= 500 or seconds > SLOW_SECONDS else logging.INFO
        if log.isEnabledFor(level):
            said = {"request": request.decode(), "method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
            log.log(level, "answered", extra=said)


async def _refused(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": b"There are control characters in the address.\n"})
