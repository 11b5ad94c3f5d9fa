"""How long a commit of 1,000 changed records takes until its values can be read."""

from __future__ import annotations

import random
import statistics
import time
from datetime import timedelta
from pathlib import Path

import pyarrow as pa

from benchmarks.data import NOW, open_store
from benchmarks.report import say
from ioc.catalogue.mapping import identity
from ioc.indicators.values import Question, ask
from ioc.store.store import Store

SYSTEM = "_key_hash, _version, _since, _until, _gone, _run, _row"


def run(folder: Path, rows: int) -> None:
    """Measure commits on the store that loading left: changes among the newest records, and scattered over all years."""
    store = open_store(folder / f"store-{rows}", "2GB")
    chance = random.Random(7)
    try:
        start = time.perf_counter()
        store.warm()
        say(f"commits {rows:,}", "index of keys made, beside everything else", f"{time.perf_counter() - start:.1f} s", "")
        for name, choose in (
            ("recent", lambda: [rows - 1 - chance.randrange(20_000) for _ in range(1000)]),
            ("scattered", lambda: chance.sample(range(rows), 1000)),
        ):
            taken = [_commit(store, sorted(set(choose())), step) for step in range(12)][2:]
            value = f"median {statistics.median(taken):.0f} ms, worst of 10 {max(taken):.0f} ms"
            say(f"commits {rows:,}", f"1,000 changed records, {name}, until the new value is read", value, "below 100 ms at 10 M")
    finally:
        store.close()


def _commit(store: Store, numbers: list[int], step: int) -> float:
    table = changed(store, numbers, step)
    run_ = store.begin("benchmark", "dossier", identity(store.catalogue.records["dossier"]), "changes", None, simulated=False)
    start = time.perf_counter()
    store.take_in(run_, table, pa.array(range(table.num_rows), pa.int64()))
    with store.read() as snapshot:
        ask(snapshot, Question("online_rate"), NOW.date())
    taken = (time.perf_counter() - start) * 1000
    store.finish(run_, "measured")
    return taken


def changed(store: Store, numbers: list[int], step: int) -> pa.Table:
    """The records of some numbers, each with another status and another answer, as a source would tell them again."""
    ids = ", ".join(f"'H{number:010d}'" for number in numbers)
    moment = (NOW + timedelta(seconds=step + time.monotonic())).replace(tzinfo=None)
    new = f"'completed' AS status, NOT fully_online AS fully_online, TIMESTAMP '{moment}' AS updated_at"
    sql = f"SELECT * EXCLUDE ({SYSTEM}) REPLACE ({new}) FROM rec_dossier WHERE _until = 2147483647 AND dossier_id IN ({ids})"
    with store.database.read() as cursor:
        return cursor.sql(sql).to_arrow_table()
