"""A folder of files, asked as the conductor asks it."""

from __future__ import annotations

import threading
import time
from typing import Any

from data_sources.file import FileOptions
from ioc.catalogue.mapping import identity
from ioc.intake.ingest import Outcome, Target, take_in
from ioc.intake.port import Occasion
from ioc.store.source_notes import noted
from ioc.store.store import Store
from tests.office import rows_of

HEAD = "id,unit,joined_on\n"


def row(key: str) -> str:
    return f"{key},a,2026-01-01\n"


def options(**given: Any) -> FileOptions:
    return FileOptions.model_validate({"path": "in", "settle_seconds": 0.2} | given)


def asked(store: Store, feed: Any, stopping: threading.Event | None = None) -> Outcome:
    """One asking, as the conductor does it."""
    ending = stopping or threading.Event()
    target = Target("people", "staff", identity(store.catalogue.records["staff"]))
    occasion = Occasion(
        stopping=ending,
        recall=lambda: store.notes("people"),
        remember=lambda changes: store.write(noted("people", changes)),
    )
    return take_in(store, target, feed.deliveries(occasion), again=False, stopping=ending)


def ids(store: Store) -> list[str]:
    return [key for (key,) in rows_of(store, "SELECT id FROM rec_staff ORDER BY id")]


def runs(store: Store) -> list[tuple[str, str]]:
    return [(name, state) for name, state in rows_of(store, "SELECT name, state FROM run ORDER BY run")]


def wait_for(what: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)
