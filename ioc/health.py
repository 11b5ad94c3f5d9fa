"""Addresses by which machines see how the product is doing: whether it lives, whether it can serve, and what it counts of itself."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response

from ioc.metrics import CONTENT_TYPE, Metrics


def blueprint(faults: Callable[[], list[str]], state: Callable[[], str], metrics: Metrics) -> Blueprint:
    """The addresses.

    Args:
        faults: why it cannot serve; nothing while it can.
        state: what to say while it can.
        metrics: what is counted; who may read it stands in the policy.
    """
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> Response:
        return _plain("ok")

    @health.get("/readyz")
    def readyz() -> Response:
        found = faults()
        return _plain("not ready: " + "; ".join(found), 503) if found else _plain(f"ready: {state()}")

    @health.get("/metrics")
    def figures() -> Response:
        return Response(metrics.text(), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})

    return health


def _plain(text: str, status: int = 200) -> Response:
    return Response(f"{text}\n", status, mimetype="text/plain", headers={"Cache-Control": "no-store"})
