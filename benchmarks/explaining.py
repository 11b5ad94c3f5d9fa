"""How long it takes to explain a number: a change taken apart by one, two and three dimensions, from cells and from the records."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from benchmarks.data import NOW, open_store
from benchmarks.report import milliseconds, processor, say
from ioc.access.viewer import Viewer
from ioc.catalogue.model import Catalogue
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.store.recount import recount
from ioc.store.store import Store
from ioc.views.cache import ViewCache
from ioc.views.explanation import ExplanationQuestion
from ioc.views.gather import Gatherer

MONTH, YEAR = (date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 1, 1), date(2026, 10, 31))
# What is asked, by which dimensions, over which days, and what is promised.
QUESTIONS = (
    ("cells: unit", ("unit",), YEAR, ""),
    ("cells: unit, procedure", ("unit", "procedure"), YEAR, "below 200 ms"),
    ("records: unit, procedure, channel; a month", ("unit", "procedure", "channel"), MONTH, "below 200 ms"),
    ("records: unit, procedure, channel; ten months", ("unit", "procedure", "channel"), YEAR, "below 200 ms"),
)


def run(folder: Path, rows: int) -> None:
    """Measure on the store that loading left, each time anew, without any cache; and where a cube of all three dimensions is declared."""
    place, part = folder / f"store-{rows}", f"explaining {rows:,}"
    store = open_store(place, "2GB")
    try:
        for title, by, span, promise in QUESTIONS:
            _measure(store, part, title, by, span, promise)
    finally:
        store.close()
    dossier = store.catalogue.records["dossier"]
    finer = dossier.model_copy(update={"cubes": (*dossier.cubes, ("unit", "procedure", "channel"))})
    more = Catalogue.model_validate(store.catalogue.model_dump(by_alias=True) | {"records": {"dossier": finer}})
    store = Store(place / "ioc.duckdb", more, FrozenClock(NOW), memory_limit="2GB")
    try:
        recount(store)
        for title, by, span, promise in QUESTIONS[2:]:
            _measure(store, part, title.replace("records", "cells of these three dimensions"), by, span, promise)
    finally:
        store.close()


def _measure(store: Store, part: str, title: str, by: tuple[str, ...], span: tuple[date, date], promise: str) -> None:
    question = ExplanationQuestion("online_rate", by=by, start=span[0], end=span[1])

    def ask() -> object:
        store.forget()
        return Gatherer(store, Settings(), ViewCache()).explanation(Viewer("benchmark"), question)

    say(part, f"against last year, {title}", f"{milliseconds(ask):.0f} ms; processor {processor(ask):.0f} ms", promise)
