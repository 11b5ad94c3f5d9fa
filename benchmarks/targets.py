"""How long all targets take with status, path, forecast and what they need: nothing kept, after real commits, and nothing changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median

import pyarrow as pa

from benchmarks.data import open_store
from benchmarks.forecasting import ministry_store
from benchmarks.report import say
from ioc.access.viewer import Viewer
from ioc.catalogue.mapping import identity
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.goals.forecast import forecast
from ioc.goals.smoothing import library
from ioc.store.store import Store
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer

TRIES = 9
# So many records of the open month are told again by each commit, and so many of a closed one.
RECORDS = 35
# They are looked for in so many days; of a hundred million that many are quickly sorted.
SOME = 30
SYSTEM = "_key_hash, _version, _since, _until, _gone, _run, _row"


def run(folder: Path, rows: int) -> None:
    """Measure on the ministry's three years, and on the dossiers that loading left."""
    library()
    _measure(ministry_store(folder), "targets, ministry")
    place = folder / f"store-{rows}"
    if (place / "ioc.duckdb").exists():
        _measure(open_store(place, "2GB"), f"targets {rows:,}")


@dataclass
class _Times:
    """Milliseconds by the clock and of the processor, try by try."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def of(self, work: Callable[[], object]) -> None:
        """Do it, and note how long it took."""
        start, used = time.perf_counter(), time.process_time()
        work()
        self.clock.append((time.perf_counter() - start) * 1000)
        self.processor.append((time.process_time() - used) * 1000)

    def __str__(self) -> str:
        return f"{median(self.clock):.0f} ms; processor {median(self.processor):.0f} ms"


def _measure(store: Store, part: str) -> None:
    viewer, kept = Viewer("benchmark"), Gatherer(store, Settings(), ViewCache())

    def all_targets(views: Gatherer = kept) -> int:
        return sum(len(group.tiles) for group in views.overview(viewer).groups)

    part = f"{part}, {all_targets()} targets with {len(store.catalogue.goals)} goals"
    cold, same = _Times(), _Times()
    for _ in range(TRIES):
        forecast.cache_clear()
        store.forget()
        cold.of(lambda: all_targets(Gatherer(store, Settings(), ViewCache())))
    say(part, "status, path, forecast and what is needed, nothing kept", str(cold), "below 300 ms")
    for record in [name for name in ("dossier", "petition", "document") if name in store.catalogue.records]:
        for month, back in (("of the open month", 0), ("of a closed month", 62)):
            after, told = _Times(), 0
            for step in range(TRIES):
                told = _tell_again(store, record, back, step)
                after.of(all_targets)
            say(part, f"… after a commit of {told} {record}s {month}", str(after), "below 30 ms")
    for _ in range(TRIES):
        same.of(all_targets)
    say(part, "… the same data version again", str(same), "below 30 ms")
    store.close()


def _tell_again(store: Store, record: str, back: int, step: int) -> int:
    """Commit some records, of so many days back, as their source would tell them again, with another answer each time."""
    spec = store.catalogue.records[record]
    assert spec.event and spec.version, "the benchmark's record types have both"
    store.clock = FrozenClock(store.clock.now() + timedelta(seconds=10))
    moment = store.clock.now().replace(tzinfo=None)
    said = " ".join(rule.check for rule in spec.rules.values())  # what no rule speaks of may be told either way
    flag = min((name for name, each in spec.fields.items() if each.type == "boolean"), key=lambda name: name in said)
    moments = [name for name, each in spec.fields.items() if each.type == "timestamp" and name != spec.version]
    zoned = ", ".join(f"timezone('UTC', {name}) AS {name}" for name in moments)  # else they would be taken for the office's own time
    newest = f"(SELECT max({spec.version}) FROM rec_{record}) + INTERVAL 1 SECOND"  # also of a run before this one
    sql = f"""SELECT * EXCLUDE ({SYSTEM}) REPLACE (
            NOT coalesce({flag}, {step % 2 == 0}) AS {flag}, timezone('UTC', {newest}) AS {spec.version}, {zoned})
        FROM rec_{record} WHERE _until = 2147483647 AND {spec.event} < TIMESTAMP '{moment - timedelta(days=back)}'
            AND {spec.event} > TIMESTAMP '{moment - timedelta(days=back + SOME)}'
        ORDER BY {spec.event} DESC LIMIT {RECORDS}"""
    with store.database.read() as cursor:
        table = cursor.sql(sql).to_arrow_table()
    run_ = store.begin("benchmark", record, identity(spec), "told again", None, simulated=False)
    tally = store.take_in(run_, table, pa.array(range(table.num_rows), pa.int64()))
    store.finish(run_)
    assert tally.accepted and not tally.duplicates, "records are told otherwise than before"
    return tally.accepted
