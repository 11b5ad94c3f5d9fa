"""How long a commit of 1,000 changed records waits while cells are compacted."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute

from benchmarks.committing import changed
from benchmarks.data import open_store
from benchmarks.report import say
from ioc.catalogue.mapping import identity
from ioc.store.store import Store

# So many changed records, scattered over all years, have cells grow as they do within weeks.
GROWN = 800_000
TABLES = 30


def run(folder: Path, rows: int) -> None:
    """Measure on the store that loading left, after many records have changed in it."""
    store = open_store(folder / f"store-{rows}", "2GB")
    part, chance = f"compacting {rows:,}", random.Random(11)
    store.tidying.leave_to(lambda record: None)
    try:
        store.warm()
        for start in range(0, GROWN, 100_000):
            commit(store, changed(store, chance.sample(range(rows), min(100_000, rows // 4)), start))
        tables = [changed(store, chance.sample(range(rows), 1000), GROWN + step) for step in range(TABLES)]
        alone = [commit(store, table) for table in tables[:8]]
        say(part, "commits of 1,000 scattered changes alone", told(alone), "")
        before, compaction = _cells(store), store.tidying.compaction
        longest = held(lambda: [compaction.compact(cube) for cube in store.cells.cubes["dossier"]], store)
        say(part, f"{before:,} rows of cells become {_cells(store):,}: the writer held", f"{longest:.0f} ms at longest", "below 100 ms")
        for start in range(0, GROWN, 100_000):
            commit(store, changed(store, chance.sample(range(rows), min(100_000, rows // 4)), start))
        took, waited = beside(lambda: [compaction.compact(cube) for cube in store.cells.cubes["dossier"]], store, tables[8:])
        say(part, f"… commits while that is done again, in {took:.1f} s", told(waited), "")
        took, waited = beside(store.database.checkpoint, store, tables[8:])
        say(part, f"… while the log is written into the file, in {took:.1f} s", told(waited), "")
    finally:
        store.close()


def beside(work: Callable[[], object], store: Store, tables: list[pa.Table]) -> tuple[float, list[float]]:
    """Some work, and commits as long as it goes on: how many seconds it took, and the milliseconds of each commit."""
    ended: list[float] = []

    def timed() -> None:
        work()
        ended.append(time.perf_counter())

    thread, waited, start = threading.Thread(target=timed), list[float](), time.perf_counter()
    thread.start()
    for step in range(1000):
        waited.append(commit(store, _again(tables[step % len(tables)], step)))
        if ended:
            break
    thread.join()
    return ended[0] - start, waited


def held(work: Callable[[], object], store: Store) -> float:
    """The longest time in milliseconds that some work keeps others from writing."""
    thread, longest = threading.Thread(target=work), 0.0
    thread.start()
    while thread.is_alive():
        start = time.perf_counter()
        store.database.wait()
        longest = max(longest, time.perf_counter() - start)
        time.sleep(0.001)
    return longest * 1000


def _again(table: pa.Table, step: int) -> pa.Table:
    """The same records, told again later."""
    place = table.schema.get_field_index("updated_at")
    later = pa.compute.add(table.column(place), pa.scalar(10**10 * (step + 1), pa.duration("us")))
    return table.set_column(place, "updated_at", later)


def commit(store: Store, table: pa.Table) -> float:
    """Commit a delivery: the milliseconds until it is taken in."""
    start = time.perf_counter()
    run_ = store.begin("benchmark", "dossier", identity(store.catalogue.records["dossier"]), "changes", None, simulated=False)
    store.take_in(run_, table, pa.array(range(table.num_rows), pa.int64()))
    taken = (time.perf_counter() - start) * 1000
    store.finish(run_, "measured")
    return taken


def _cells(store: Store) -> int:
    with store.database.read() as cursor:
        return sum(cursor.execute(f"SELECT count(*) FROM {cube.table}").fetchall()[0][0] for cube in store.cells.cubes["dossier"])


def told(taken: list[float]) -> str:
    """Times in words."""
    return f"median {statistics.median(taken):.0f} ms, longest of {len(taken)} {max(taken):.0f} ms"
