"""How long a question about a past moment takes, with one record in a hundred changed since: from cells, and from the records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from benchmarks.committing import changed
from benchmarks.data import NOW, open_store
from benchmarks.report import compared, processor, say
from ioc.catalogue.mapping import identity
from ioc.clock import FrozenClock
from ioc.indicators.values import Question, ask
from ioc.store.store import Store

QUESTIONS = {
    "one indicator, this year": Question("online_rate", start=date(2026, 1, 1)),
    "one indicator by unit x month over 24 months": Question("online_rate", by=("unit",), period="month", start=date(2024, 12, 1)),
    "one indicator by procedure within a unit, this year": Question(
        "ontime_rate", by=("procedure",), start=date(2026, 1, 1), where=(("unit", ("Unit 07",)),)
    ),
}


def run(folder: Path, rows: int) -> None:
    """Measure over the store that loading left; the moment is one at which all its records were known."""
    store = open_store(folder / f"store-{rows}", "2GB")
    try:
        with store.read() as now, store.read(NOW) as then:
            already = now.version > then.version
        if not already:
            _change(store, range(0, rows, 100))
        for figure, question in QUESTIONS.items():

            def past(*, cells: bool = True, question: Question = question) -> object:
                with store.read(NOW) as snapshot:
                    return ask(snapshot if cells else replace(snapshot, cubes={}, counts=None), question, NOW.date())

            assert past() == past(cells=False)
            ours, records = compared(past, lambda past=past: past(cells=False), 5)  # type: ignore[misc]
            value = f"{ours:.0f} ms, {processor(past, 5):.0f} ms of processor time; from the records of then {records:.0f} ms"
            say(f"past {rows:,}", f"{figure}, as of a past moment", value, "below 1.5 s at 100 M")
    finally:
        store.close()


def _change(store: Store, numbers: range) -> None:
    store.clock = FrozenClock(NOW + timedelta(hours=1))
    run_ = store.begin("benchmark", "dossier", identity(store.catalogue.records["dossier"]), "changes", None, simulated=False)
    for start in range(0, len(numbers), 100_000):
        table = changed(store, list(numbers[start : start + 100_000]), start)
        store.take_in(run_, table, pa.array(range(table.num_rows), pa.int64()))
    store.finish(run_)
