"""The few rules that all addresses fall under, for what is counted and logged: never an address itself."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from werkzeug.exceptions import HTTPException

from callbacks.page import PRESENT, ROUTES

PUSHED = re.compile(r"/api/v1/feeds/[^/]+/records")


def route_in(flask: Flask) -> Callable[[str, str], str]:
    """Tells the rule that a path falls under; what falls under none is one and the same."""
    pages = [
        (re.compile(pattern), pattern.replace("(?:/([^/]+))?", "").replace("([^/]+)", "<name>").replace("(.+)", "<key>"))
        for pattern, _ in (*ROUTES, *PRESENT)
    ]

    def route(method: str, path: str) -> str:
        if PUSHED.fullmatch(path):
            return "/api/v1/feeds/<feed>/records"
        try:
            rule, _ = flask.url_map.bind("localhost").match(path, method=method, return_rule=True)
        except HTTPException:
            return "other"
        if rule.rule in {"/", "/<path:path>"}:  # the pages, of which Dash knows one
            return next((name for pattern, name in pages if pattern.fullmatch(path)), "other")
        return str(rule.rule)

    return route
