"""Fetching from a real server, as the intake does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from data_sources.http.feed import connect
from data_sources.http.options import HttpOptions
from ioc.intake.port import Occasion
from tests.data_sources.web import Asked, Web, send

Answer = Callable[[Asked, BaseHTTPRequestHandler], None]
ROWS = [{"id": str(number), "at": f"2026-11-{number:02d}T08:00:00+07:00"} for number in range(1, 11)]


@contextmanager
def serving(answer: Answer, **options: Any) -> Iterator[tuple[Web, HttpOptions]]:
    web = Web(answer)
    try:
        yield web, HttpOptions.model_validate({"url": web.url, "retries": 1} | options)
    finally:
        web.close()


def fetched(options: HttpOptions, position: str | None = None, base: Path = Path(), **rest: Any) -> tuple[list[dict[str, Any]], str | None]:
    """The rows of one asking, and the position that is kept with them."""
    rows: list[dict[str, Any]] = []
    for delivery in connect(options, base).deliveries(Occasion(position, **rest)):
        for batch in delivery.batches:
            rows += batch.table.to_pylist()
            position = batch.position or position
    return rows, position


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [str(row["id"]) for row in rows]


def whole(body: Any, **rest: Any) -> Answer:
    return lambda asked, handler: send(handler, body, **rest)
