"""What may be done to a feed over HTTP, each as a POST. The answer says what will happen; how it went stands on the feed's page."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

import orjson
from flask import Blueprint, Response, request

from ioc.access.same_origin import check_sender
from ioc.text.words import words
from ioc.views.values import day_from_words

ACTIONS = ("run", "pause", "resume", "replay", "backfill", "cancel")


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

    def backfill(self, feed: str, first: date | None, last: date | None) -> str:
        """Begin to ask a feed once more for some days; what happens, in a word. Raises BadQuestion for days that cannot be asked for."""
        ...

    def cancel(self, feed: str) -> str:
        """End asking for days gone by; what happens, in a word."""
        ...


def add_actions(routes: Blueprint, controls: FeedControls, language: Any) -> None:
    """Add the routes of all actions; ``language`` tells in which the answer is."""

    def act(feed: str, action: str) -> Response:
        check_sender(dict(request.headers), request.host)
        days = [day_from_words(request.values.get(name)) for name in ("from", "to")] if action == "backfill" else []
        done = getattr(controls, action)(feed, *days)
        rows = {"rows": done} if action == "replay" else {}
        title = words(language())(f"action.{action if rows else done}", feed=feed, **rows)
        body = orjson.dumps({"feed": feed, "action": action, "title": title, **rows})
        return Response(body, 202, {"Cache-Control": "no-store"}, mimetype="application/json")

    for action in ACTIONS:
        routes.add_url_rule(f"/feeds/<feed>/{action}", endpoint=action, view_func=act, methods=["POST"], defaults={"action": action})
