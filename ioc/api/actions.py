"""What may be done to a feed over HTTP, each as a POST. The answer says what will happen; how it went stands on the feed's page."""

from __future__ import annotations

from typing import Any, Protocol

import orjson
from flask import Blueprint, Response, request

from ioc.access.sender import check_sender
from ioc.text.words import words

ACTIONS = ("run", "pause", "resume", "replay")


class FeedControls(Protocol):
    """Who does it. Each raises UnknownName, or Refusal when it makes no sense now."""

    def run(self, feed: str) -> str:
        """Ask a feed now; what happens, in a word."""
        ...

    def pause(self, feed: str) -> str:
        """Take nothing more from a feed; what happens, in a word."""
        ...

    def resume(self, feed: str) -> str:
        """Let a feed go on; what happens, in a word."""
        ...

    def replay(self, feed: str) -> int:
        """Send what lies in quarantine through again; how many rows."""
        ...


def add_actions(routes: Blueprint, controls: FeedControls, language: Any) -> None:
    """Add the routes of all actions; ``language`` tells in which the answer is."""

    def act(feed: str, action: str) -> Response:
        check_sender(dict(request.headers), request.host)
        done = getattr(controls, action)(feed)
        rows = {"rows": done} if action == "replay" else {}
        title = words(language())(f"action.{action if rows else done}", feed=feed, **rows)
        body = orjson.dumps({"feed": feed, "action": action, "title": title, **rows})
        return Response(body, 202, {"Cache-Control": "no-store"}, mimetype="application/json")

    for action in ACTIONS:
        routes.add_url_rule(f"/feeds/<feed>/{action}", endpoint=action, view_func=act, methods=["POST"], defaults={"action": action})
