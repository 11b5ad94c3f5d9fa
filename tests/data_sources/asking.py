"""Feeds of kind `sql` on a test's server, asked by hand."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from data_sources.sql.feed import connect
from data_sources.sql.options import SqlOptions
from ioc.intake.port import Batch, Feed, Occasion
from tests.data_sources.databases import PASSWORD, Server


def feed(server: Server, query: str, base: Path | None = None, **options: Any) -> Feed:
    settings = {"url": server.url(), "password": PASSWORD, "tls": "none", "query": query} | options
    return connect(SqlOptions.model_validate(settings), base or server.folder)


def asked(feed: Feed, position: str | None = None, stopping: threading.Event | None = None) -> list[Batch]:
    """All batches of one asking; none when there was no delivery."""
    occasion = Occasion(position, stopping or threading.Event())
    return [batch for delivery in feed.deliveries(occasion) for batch in delivery.batches]


def rows(batches: list[Batch]) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for batch in batches for row in batch.table.to_pylist()]


def table(server: Server, columns: str, *values: str) -> str:
    """A new table with rows; its name."""
    name = f"t{time.monotonic_ns()}"
    server.execute(f"CREATE TABLE {name} ({columns})", *[f"INSERT INTO {name} VALUES ({row})" for row in values])
    return name


def last(batches: list[Batch]) -> str:
    position = batches[-1].position
    assert position is not None
    return position
