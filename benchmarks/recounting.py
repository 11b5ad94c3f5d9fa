"""How long the writer is held, and commits wait, while cells are counted anew after changed declarations, in a copy of the store."""

from __future__ import annotations

import random
import shutil
import time
from datetime import date
from pathlib import Path

from benchmarks.committing import changed
from benchmarks.compacting import beside, commit, held, told
from benchmarks.data import NOW, catalogue
from benchmarks.report import say
from ioc.catalogue.model import CalendarDay, Catalogue
from ioc.clock import FrozenClock
from ioc.store.recount import recount
from ioc.store.store import Store

TABLES = 8
QUICK = "completed_at <= due_at AND working_days_between(date_of(received_at), date_of(completed_at)) <= 10"


def run(folder: Path, rows: int) -> None:
    """Measure one more indicator, other days off, and another time zone, which changes every sum."""
    place, part = folder / f"recounting-{rows}", f"recounting {rows:,}"
    shutil.copytree(folder / f"store-{rows}", place, dirs_exist_ok=True)
    plain = catalogue()
    quick = plain.indicators["ontime_rate"].model_copy(update={"succeeds": QUICK})
    more = plain.model_dump(by_alias=True) | {"indicators": {**plain.indicators, "quick": quick}}
    off = CalendarDay(kind="holiday", name=quick.label)
    moved = plain.organisation.model_copy(update={"time_zone": "Asia/Ho_Chi_Minh"})
    changes = {
        "one more indicator": more,
        "three days off": more | {"calendar": {date(2025, 4, day): off for day in (1, 2, 3)}},
        "two days off": more | {"calendar": {date(2025, 4, day): off for day in (1, 2)}},
        "another time zone, all sums": more | {"organisation": moved},
        "the former one": more,
    }
    try:
        for number, (what, said) in enumerate(changes.items()):
            _measure(place, Catalogue.model_validate(said), f"{part}, {what}", commits=number % 2 == 0)
    finally:
        shutil.rmtree(place)


def _measure(place: Path, of: Catalogue, part: str, *, commits: bool) -> None:
    start = time.perf_counter()
    store = Store(place / "ioc.duckdb", of, FrozenClock(NOW), memory_limit="2GB")
    opened, lacking = time.perf_counter() - start, sum(len(cube.terms) for cube in store.cells.missing["dossier"])
    try:
        if not commits:
            longest = held(lambda: recount(store), store)
            say(part, f"{lacking} sums lacking; start in {opened:.1f} s; the writer held", f"{longest:.0f} ms at longest", "")
            return
        store.warm()
        rows, step = _rows(store), int(time.monotonic())
        tables = [changed(store, random.Random(step + each).sample(range(rows), 1000), each) for each in range(TABLES)]
        alone = [commit(store, table) for table in tables]
        took, waited = beside(lambda: recount(store), store, tables)
        say(
            part, f"{lacking} sums lacking, counted in {took:.1f} s; commits of 1,000 beside it", f"{told(waited)}; alone {told(alone)}", ""
        )
    finally:
        store.close()


def _rows(store: Store) -> int:
    with store.database.read() as cursor:
        return int(cursor.execute("SELECT count(*) FROM rec_dossier WHERE _until = 2147483647").fetchall()[0][0])
