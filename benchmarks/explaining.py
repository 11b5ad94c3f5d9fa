"""How long it takes to explain a number: a change taken apart by one, two and three dimensions, from cells and from the records."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from benchmarks.data import open_store
from benchmarks.report import milliseconds, say
from ioc.access.viewer import Viewer
from ioc.config import Settings
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
    """Measure on the store that loading left, each time anew, without any cache."""
    store = open_store(folder / f"store-{rows}", "2GB")
    part = f"explaining {rows:,}"
    try:
        for title, by, (start, end), promise in QUESTIONS:
            question = ExplanationQuestion("online_rate", by=by, start=start, end=end)

            def ask(question: ExplanationQuestion = question) -> object:
                store.forget()
                return Gatherer(store, Settings(), ViewCache()).explanation(Viewer("benchmark"), question)

            say(part, f"against last year, {title}", f"{milliseconds(ask):.0f} ms", promise)
    finally:
        store.close()
