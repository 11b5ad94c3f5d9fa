"""How long all targets take with status, path, forecast and what they need: nothing kept, kept, and after a commit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.data import open_store
from benchmarks.forecasting import ministry_store
from benchmarks.report import milliseconds, processor, say
from ioc.access.viewer import Viewer
from ioc.config import Settings
from ioc.goals.forecast import forecast
from ioc.goals.smoothing import library
from ioc.store.store import Store
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer

TRIES = 7


def run(folder: Path, rows: int) -> None:
    """Measure on the ministry's three years, and on the dossiers that loading left."""
    library()
    _measure(ministry_store(folder), "targets, ministry")
    place = folder / f"store-{rows}"
    if (place / "ioc.duckdb").exists():
        _measure(open_store(place), f"targets {rows:,}")


def _measure(store: Store, part: str) -> None:
    viewer = Viewer("benchmark")

    def all_targets() -> int:
        view = Gatherer(store, Settings(), ViewCache()).overview(viewer)
        return sum(len(group.tiles) for group in view.groups)

    def cold() -> None:
        forecast.cache_clear()
        store.forget()
        all_targets()

    part = f"{part}, {all_targets()} targets with {len(store.catalogue.goals)} goals"
    say(part, "status, path, forecast and what is needed, nothing kept", _both(cold), "below 300 ms")
    say(part, "… after a commit that changed no closed month", _both(all_targets), "")
    kept = Gatherer(store, Settings(), ViewCache())
    kept.overview(viewer)
    say(part, "… the same data version again", _both(lambda: kept.overview(viewer)), "below 30 ms")
    store.close()


def _both(work: Callable[[], object]) -> str:
    return f"{milliseconds(work, TRIES):.0f} ms; processor {processor(work, TRIES):.0f} ms"
